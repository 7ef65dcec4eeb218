// Whether a decoder holds more the longer it runs: many frames, each imported, with a seek every so
// many. Usage: endurance FILE DECODER IMPORTER FRAMES SEEK_EVERY, with names as --hwdec and
// --import take them. Prints what the process holds after a twentieth of the frames, and at the
// end.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "bench/open.h"

namespace vitrine {
namespace {

struct Held {
    long descriptors = 0;
    long mappings = 0;
    uint64_t images_created = 0;
    LiveObjects live;
};

Held held(GlContext& context, const TextureImporter& importer) {
    std::ifstream maps("/proc/self/maps");
    return {std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}),
            std::count(std::istreambuf_iterator<char>(maps), {}, '\n'),
            importer.counters().images_created, context.live()};
}

void print(const char* when, size_t frames, const Held& now) {
    std::printf("%s %zu frames: %ld descriptors, %ld mappings, %llu EGLImages made so far\n", when,
                frames, now.descriptors, now.mappings,
                static_cast<unsigned long long>(now.images_created));
    std::printf(
        "  live: %d textures, %d framebuffers, %d buffers, %d programs, %d EGLImages, %d "
        "fences\n",
        now.live.textures, now.live.framebuffers, now.live.buffers, now.live.programs,
        now.live.images, now.live.fences);
}

void run(const std::string& file, const std::string& decoder, const std::string& importer_name,
         size_t frames, size_t seek_every) {
    auto context = bench::must(GlContext::make_offscreen());
    auto importer = bench::open_importer(importer_name, *context);
    const MonotonicClock clock;
    auto source = bench::open_on(file, decoder, clock);
    uint64_t seeks = 0;
    for (size_t i = 1; i <= frames; ++i) {
        const FramePtr frame = bench::must(source->read());
        if (!frame) bench::die({Errc::invalid_argument, file + ": too few frames between seeks"});
        importer->release(bench::must(importer->import(frame)));
        if (i == frames / 20) print("after", i, held(*context, *importer));
        if (i % seek_every != 0) continue;
        const Nanos target = std::chrono::milliseconds(seeks++ % 10 * 100);
        if (auto ok = source->seek(target); !ok) bench::die(ok.error());
    }
    print("after", frames, held(*context, *importer));
    std::printf("%llu seeks, %s, rebuilt %llu times\n", static_cast<unsigned long long>(seeks),
                source->path().decoder.c_str(),
                static_cast<unsigned long long>(source->counters().decoder_rebuilds));
}

}  // namespace
}  // namespace vitrine

int main(int count, char** arguments) {
    if (count != 6) {
        std::fprintf(stderr, "usage: endurance FILE DECODER IMPORTER FRAMES SEEK_EVERY\n");
        return 2;
    }
    vitrine::run(arguments[1], arguments[2], arguments[3], std::strtoul(arguments[4], nullptr, 10),
                 std::strtoul(arguments[5], nullptr, 10));
    return 0;
}
