// From a picture that its decoder has ready to textures that can be drawn: what a frame costs the
// program beside the decoding itself. Before each frame the decoder gets time to finish it.
// Usage: hand_over FILE DECODER IMPORTER FRAMES, with names as --hwdec and --import take them.
// Prints a line of figures; where bench/v4l2.sh runs it, the device is tests/vpu's.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "decode/media_source.h"
#include "player/pool_memory.h"
#include "render/importer.h"

namespace vitrine {
namespace {

// A picture of 1080p takes the emulated device a few milliseconds.
constexpr Nanos kRest = std::chrono::milliseconds(40);
constexpr size_t kWarmUp = 40;  // every buffer was used

[[noreturn]] void die(const Error& error) {
    std::fprintf(stderr, "hand_over: %s\n", error.text.c_str());
    std::exit(1);
}

double milliseconds(Nanos time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

std::unique_ptr<TextureImporter> open_importer(std::string_view name, GlContext& context) {
    for (const ImporterRow& row : importer_rows()) {
        if (row.name != name) continue;
        auto importer = row.make(context);
        if (!importer) die(importer.error());
        return std::move(*importer);
    }
    die({Errc::invalid_argument, "there is no importer " + std::string(name)});
}

void measure(const std::string& file, const std::string& decoder, const std::string& importer_name,
             size_t frames) {
    auto context = GlContext::make_offscreen();
    if (!context) die(context.error());
    auto importer = open_importer(importer_name, **context);
    MediaOptions options;
    options.decoders = {decoder};
    const MonotonicClock clock;
    auto source = open_media(file, options, clock);
    if (!source) die(source.error());

    std::vector<Nanos> times;
    uint64_t images_before = 0;
    for (size_t i = 0; i < frames + kWarmUp; ++i) {
        std::this_thread::sleep_for(kRest);
        if (i == kWarmUp) images_before = importer->counters().images_created;
        const Nanos start = clock.now();
        auto frame = (*source)->read();
        if (!frame) die(frame.error());
        if (!*frame) break;
        auto imported = importer->import(*frame);
        if (!imported) die(imported.error());
        if (i >= kWarmUp) times.push_back(clock.now() - start);
        importer->release(*imported);
    }
    if (times.empty()) die({Errc::invalid_argument, file + ": too few frames"});
    std::sort(times.begin(), times.end());
    const auto at = [&](size_t percent) {
        return milliseconds(times[(times.size() - 1) * percent / 100]);
    };
    const ImportCounters counters = importer->counters();
    std::printf(
        "%-28s %-8s p50 %.4f ms, p99 %.4f ms, %zu frames, %.1f copies per frame, "
        "%llu EGLImages made meanwhile\n",
        (*source)->path().decoder.c_str(), importer_name.c_str(), at(50), at(99), times.size(),
        static_cast<double>(counters.copies + (*source)->counters().copies) /
            static_cast<double>(counters.frames),
        static_cast<unsigned long long>(counters.images_created - images_before));
}

}  // namespace
}  // namespace vitrine

int main(int count, char** arguments) {
    if (count != 5) {
        std::fprintf(stderr, "usage: hand_over FILE DECODER IMPORTER FRAMES\n");
        return 2;
    }
    vitrine::measure(arguments[1], arguments[2], arguments[3],
                     std::strtoul(arguments[4], nullptr, 10));
    return 0;
}
