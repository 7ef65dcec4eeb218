// From a picture that the camera has ready to textures that can be drawn: what a frame costs the
// program beside the filming and the drawing. Usage: hand_over FRAMES. Prints a line of figures.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "render/importer.h"
#include "tests/lab/camera.h"
#include "tests/lab/hidden.h"

namespace vitrine {
namespace {

constexpr size_t kWarmUp = 16;  // every buffer was used

[[noreturn]] void die(const Error& error) {
    std::fprintf(stderr, "hand_over: %s\n", error.text.c_str());
    std::exit(1);
}

template <typename T>
T or_die(Result<T> result) {
    if (!result) die(result.error());
    return std::move(*result);
}

std::unique_ptr<TextureImporter> open_importer(GlContext& context) {
    for (const ImporterRow& row : importer_rows()) {
        if (row.name == "dmabuf") return or_die(row.make(context));
    }
    die({Errc::unsupported, "there is no importer of dma-bufs"});
}

void measure(size_t frames) {
    lab::hide("/dev/dri");
    const auto context = or_die(GlContext::make_offscreen());
    const auto importer = open_importer(*context);
    lab::CameraOptions options;
    options.frames_per_second = 60;
    const auto camera = or_die(lab::Camera::open(options));
    if (auto ok = camera->start(); !ok) die(ok.error());
    const MonotonicClock clock;
    std::vector<Nanos> times;
    uint64_t images_before = 0;
    for (size_t i = 0; i < frames + kWarmUp; ++i) {
        if (i == kWarmUp) images_before = importer->counters().images_created;
        if (auto ok = camera->wait(); !ok) die(ok.error());
        const Nanos start = clock.now();
        auto frame = or_die(camera->frame_of(or_die(camera->take())));
        const auto imported = or_die(importer->import(frame));
        if (i >= kWarmUp) times.push_back(clock.now() - start);
        importer->release(imported);
        frame.reset();  // its buffer goes back
        if (auto ok = camera->lend(); !ok) die(ok.error());
    }
    std::sort(times.begin(), times.end());
    const auto at = [&](size_t percent) {
        const Nanos time = times[(times.size() - 1) * percent / 100];
        return std::chrono::duration<double, std::milli>(time).count();
    };
    std::printf(
        "camera to textures: p50 %.4f ms, p99 %.4f ms, %zu frames, %llu EGLImages\n", at(50),
        at(99), times.size(),
        static_cast<unsigned long long>(importer->counters().images_created - images_before));
}

}  // namespace
}  // namespace vitrine

int main(int count, char** arguments) {
    const size_t frames = count == 2 ? std::strtoul(arguments[1], nullptr, 10) : 0;
    if (frames == 0) {
        std::fprintf(stderr, "usage: hand_over FRAMES\n");
        return 2;
    }
    vitrine::measure(frames);
    return 0;
}
