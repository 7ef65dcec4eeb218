#include "app/bench_feed.h"

#include <utility>

#include "app/bench_clip.h"

namespace vitrine {
namespace {

class WrittenFeed final : public BenchFeed {
  public:
    WrittenFeed(BenchPicture picture, const Clock& clock)
        : picture_(std::move(picture)), clock_(clock) {}

    Result<void> prepare(TextureTransfer& transfer, TrialSamples& samples) override {
        number_ = next_++;
        const Nanos start = clock_.now();
        const auto lent = transfer.lend();
        if (!lent) return Failure(lent.error());
        picture_.write(number_, *lent);
        samples.write.push_back(clock_.now() - start);
        return {};
    }
    Result<GpuFrame> hand_over(TextureTransfer& transfer) override { return transfer.hand_over(); }
    ProbedPixel pixel() const override { return picture_.pixel(number_, kBenchTarget); }
    std::string wrong_copy(const VideoFrame& copy) const override {
        return picture_.wrong_memory(number_, copy);
    }

  private:
    BenchPicture picture_;
    const Clock& clock_;
    uint64_t next_ = 0;
    uint64_t number_ = 0;  // of the picture that was prepared
};

class DecodedFeed final : public BenchFeed {
  public:
    DecodedFeed(BenchClip clip, const Clock& clock)
        : clip_(std::move(clip)),
          clock_(clock),
          probe_(clip_.facts().shown, clip_.facts().format, kBenchTarget, kTransfersInFlight + 1) {}

    Result<void> prepare(TextureTransfer&, TrialSamples& samples) override {
        frame_.reset();
        const Nanos start = clock_.now();
        auto frame = clip_.next();
        samples.decode.push_back(clock_.now() - start);
        if (!frame) return Failure(frame.error());
        frame_ = std::move(*frame);
        const auto pixel = probe_.choose(*frame_);
        if (!pixel) return Failure(pixel.error());
        pixel_ = *pixel;
        return {};
    }
    Result<GpuFrame> hand_over(TextureTransfer& transfer) override {
        return transfer.hand_over_frame(frame_);
    }
    ProbedPixel pixel() const override { return pixel_; }
    std::string wrong_copy(const VideoFrame& copy) const override {
        return probe_.wrong_copy(copy, *frame_, pixel_);
    }

  private:
    BenchClip clip_;
    const Clock& clock_;
    PictureProbe probe_;
    FramePtr frame_;  // that was prepared
    ProbedPixel pixel_;
};

}  // namespace

Result<std::unique_ptr<BenchFeed>> make_written_feed(const TransferPlan& plan, const Clock& clock) {
    auto picture = BenchPicture::make(plan.format, plan.size);
    if (!picture) return Failure(picture.error());
    return std::make_unique<WrittenFeed>(std::move(*picture), clock);
}

Result<std::unique_ptr<BenchFeed>> make_decoded_feed(const std::string& file,
                                                     TextureTransfer& transfer, const Clock& clock,
                                                     const std::function<bool()>& interrupted) {
    auto memory = transfer.decoder_memory();
    if (!memory) return Failure(memory.error());
    auto clip = BenchClip::open(file, std::move(*memory), clock, interrupted);
    if (!clip) return Failure(clip.error());
    return std::make_unique<DecodedFeed>(std::move(*clip), clock);
}

}  // namespace vitrine
