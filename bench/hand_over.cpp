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

#include "bench/open.h"

namespace vitrine {
namespace {

// A picture of 1080p takes the emulated device a few milliseconds.
constexpr Nanos kRest = std::chrono::milliseconds(40);
constexpr size_t kWarmUp = 40;  // every buffer was used

double milliseconds(Nanos time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

void measure(const std::string& file, const std::string& decoder, const std::string& importer_name,
             size_t frames) {
    auto context = bench::must(GlContext::make_offscreen());
    auto importer = bench::open_importer(importer_name, *context);
    const MonotonicClock clock;
    auto source = bench::open_on(file, decoder, clock);

    std::vector<Nanos> times;
    uint64_t images_before = 0;
    for (size_t i = 0; i < frames + kWarmUp; ++i) {
        std::this_thread::sleep_for(kRest);
        if (i == kWarmUp) images_before = importer->counters().images_created;
        const Nanos start = clock.now();
        const FramePtr frame = bench::must(source->read());
        if (!frame) break;
        const GpuFrame imported = bench::must(importer->import(frame));
        if (i >= kWarmUp) times.push_back(clock.now() - start);
        importer->release(imported);
    }
    if (times.empty()) bench::die({Errc::invalid_argument, file + ": too few frames"});
    std::sort(times.begin(), times.end());
    const auto at = [&](size_t percent) {
        return milliseconds(times[(times.size() - 1) * percent / 100]);
    };
    const ImportCounters imports = importer->counters();
    const SourceCounters decoded = source->counters();
    const auto per_frame = [&](uint64_t total) {
        return static_cast<double>(total) / static_cast<double>(imports.frames);
    };
    std::printf(
        "%-28s %-8s p50 %.4f ms, p99 %.4f ms, %zu frames; per frame %.1f copies, %.0f bytes "
        "copied; %llu EGLImages made meanwhile\n",
        source->path().decoder.c_str(), importer_name.c_str(), at(50), at(99), times.size(),
        per_frame(imports.copies + decoded.copies),
        per_frame(imports.bytes_copied + decoded.bytes_copied),
        static_cast<unsigned long long>(imports.images_created - images_before));
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
