#include "app/bench_clip.h"

#include <utility>

#include "decode/media_source.h"
#include "render/transfer.h"

namespace vitrine {
namespace {

// In flight, the one that is handed over, the one that draw-only keeps, and a spare.
constexpr int kHeld = static_cast<int>(kTransfersInFlight) + 3;
constexpr int kPitchAlignment = 256;  // what the pickiest drivers want

/// As it lies in memory: how it is to be turned and stretched is no matter of bench.
Result<FramePtr> as_it_lies(const FramePtr& frame) {
    FrameInfo plain = frame->info();
    plain.orientation = {};
    plain.sample_aspect = {1, 1};
    return make_frame(plain, frame->storage(), frame);
}

}  // namespace

Result<BenchClip> BenchClip::open(const std::string& file, std::shared_ptr<BufferAllocator> memory,
                                  const Clock& clock, std::function<bool()> interrupted) {
    MediaOptions options;
    options.interrupted = std::move(interrupted);
    options.hardware = false;
    options.frames_held = kHeld;
    options.passes = 0;
    options.pool = {std::move(memory), kPitchAlignment};
    auto source = open_media(file, options, clock);
    if (!source) return Failure(source.error());
    BenchClip clip(std::move(*source));
    auto first = clip.read();
    if (!first) return Failure(first.error());
    clip.first_ = std::move(*first);
    const VideoFrame& frame = *clip.first_;
    if (!cpu_planes(frame))
        return fail(Errc::unsupported, "{}: the CPU cannot read what is decoded", file);
    clip.facts_ = {file,
                   clip.source_->info().codec,
                   clip.source_->path().decoder,
                   std::string(frame.info().converted_from),
                   frame.format(),
                   frame.coded_size(),
                   frame.info()};
    return clip;
}

/// At its end the file begins again.
Result<FramePtr> BenchClip::read() {
    auto frame = source_->read();
    if (frame && *frame == nullptr) {
        if (auto ok = source_->seek(Nanos{0}); !ok) return Failure(ok.error());
        frame = source_->read();
    }
    if (!frame) return frame;
    if (*frame == nullptr) return fail(Errc::protocol, "the file has no pictures any more");
    return as_it_lies(*frame);
}

Result<FramePtr> BenchClip::next() {
    if (first_) return std::exchange(first_, nullptr);
    auto frame = read();
    if (!frame) return frame;
    const VideoFrame& is = **frame;
    if (is.format() == facts_.format && is.coded_size() == facts_.size) return frame;
    return fail(Errc::unsupported, "the file goes on with {} {}x{}, and began with {} {}x{}",
                info(is.format()).name, is.coded_size().width, is.coded_size().height,
                info(facts_.format).name, facts_.size.width, facts_.size.height);
}

}  // namespace vitrine
