#include "app/bench_trial.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "app/bench_feed.h"
#include "render/fence.h"

namespace vitrine {
namespace {

constexpr Nanos kFencePatience = std::chrono::seconds(10);
constexpr uint64_t kAlonePerFrame = 4;  // one picture alone for so many together
constexpr uint64_t kLeastAlone = 5;

struct Submitted {
    uint64_t number;
    ProbedPixel pixel;
    GpuFrame frame;
    DrawTarget target;
    GpuFence fence;
    Nanos at;
    std::optional<size_t> timed;
};

Failure wrong_picture(uint64_t number, const std::string& what) {
    return fail(Errc::unavailable, "picture {}: {}", number, what);
}

class BenchTrial {
  public:
    BenchTrial(const BenchTools& tools, const TrialPlan& plan,
               std::unique_ptr<TextureTransfer> transfer, std::unique_ptr<BenchFeed> feed)
        : tools_(tools), plan_(plan), transfer_(std::move(transfer)), feed_(std::move(feed)) {}
    ~BenchTrial();

    Result<TrialSamples> run();

  private:
    Result<void> run_together(uint64_t frames, Nanos longest);
    Result<void> run_alone(uint64_t frames);
    Result<void> step();
    Result<void> finish_in_memory(const GpuFrame& frame);
    Result<void> prepare();
    Result<void> show(const GpuFrame& frame, const DrawTarget& target);
    Result<void> submit(GpuFrame frame, const DrawTarget& target, std::optional<size_t> timed);
    Result<void> check(const Submitted& done);
    Result<void> retire_oldest();
    Result<void> retire_all();
    void count(const GpuFrame& frame);

    const BenchTools& tools_;
    const TrialPlan& plan_;
    std::unique_ptr<TextureTransfer> transfer_;
    std::unique_ptr<BenchFeed> feed_;
    std::deque<Submitted> in_flight_;   // at most kTransfersInFlight
    std::optional<ProbedPixel> pixel_;  // of the picture that is seen next
    uint64_t number_ = 0;
    TrialSamples samples_;
};

/// Whatever went wrong, the GPU may still be at it.
BenchTrial::~BenchTrial() {
    for (const Submitted& each : in_flight_) {
        (void)each.fence.wait(kFencePatience);
        if (each.timed) (void)tools_.timer->take(*each.timed);
        transfer_->release(each.frame);
    }
}

Result<void> BenchTrial::prepare() {
    if (auto ok = feed_->prepare(*transfer_, samples_); !ok) return ok;
    if (!pixel_ || !plan_.row->shows_first_only) pixel_ = feed_->pixel();
    return {};
}

/// What is not to be drawn is in memory.
Result<void> BenchTrial::show(const GpuFrame& frame, const DrawTarget& target) {
    if (frame.texture_count == 0) return {};
    DrawOptions filled;
    filled.fit = Fit::stretch;
    if (auto ok = tools_.renderer.draw(frame, target, filled); !ok) return ok;
    return tools_.output.present();
}

/// What is in memory, and not to be drawn, is looked at there at once.
Result<void> BenchTrial::finish_in_memory(const GpuFrame& frame) {
    const std::string wrong = feed_->wrong_copy(*frame.frame);
    transfer_->release(frame);
    if (!wrong.empty()) return wrong_picture(number_, wrong);
    ++number_;
    return {};
}

Result<void> BenchTrial::step() {
    if (in_flight_.size() >= kTransfersInFlight) {
        if (auto ok = retire_oldest(); !ok) return ok;
    }
    if (auto ok = prepare(); !ok) return ok;
    const DrawTarget target = tools_.output.begin_frame();
    const auto timed = tools_.timer != nullptr ? tools_.timer->begin() : std::nullopt;

    const Nanos cpu = tools_.cpu_clock.now();
    const Nanos written = tools_.clock.now();
    auto frame = feed_->hand_over(*transfer_);
    const Nanos handed = tools_.clock.now();
    const Result<void> shown = frame ? show(*frame, target) : Failure(frame.error());
    const Nanos submitted = tools_.clock.now();
    samples_.cpu.push_back(tools_.cpu_clock.now() - cpu);
    samples_.hand_over.push_back(handed - written);
    samples_.frame.push_back(submitted - written);

    if (timed) tools_.timer->end();
    if (frame) count(*frame);
    if (shown && frame->texture_count > 0) return submit(std::move(*frame), target, timed);
    if (timed) (void)tools_.timer->take(*timed);
    if (shown) return finish_in_memory(*frame);
    if (frame) transfer_->release(*frame);
    return shown;
}

void BenchTrial::count(const GpuFrame& frame) {
    ++samples_.frames;
    // The first picture has none before.
    if (!plan_.row->shows_first_only && pixel_->tells_apart) ++samples_.told_apart;
    samples_.copies += static_cast<uint64_t>(frame.copies);
    samples_.device_copies += static_cast<uint64_t>(frame.device_copies);
    samples_.bytes_copied += frame.bytes_copied;
}

Result<void> BenchTrial::submit(GpuFrame frame, const DrawTarget& target,
                                std::optional<size_t> timed) {
    auto fence = GpuFence::make(tools_.output.context());
    if (!fence) {
        if (timed) (void)tools_.timer->take(*timed);
        transfer_->release(frame);
        return Failure(fence.error());
    }
    in_flight_.push_back({number_++, *pixel_, std::move(frame), target, std::move(*fence),
                          tools_.clock.now(), timed});
    return {};
}

Result<void> BenchTrial::check(const Submitted& done) {
    const auto [x, y] = done.pixel.at;
    const auto pixel = read_pixel(tools_.output.context(), done.target, x, y);
    if (!pixel) return Failure(pixel.error());
    const std::string wrong = done.pixel.wrong(*pixel, done.frame.external);
    if (!wrong.empty()) return wrong_picture(done.number, wrong);
    return {};
}

Result<void> BenchTrial::retire_oldest() {
    Submitted& oldest = in_flight_.front();
    const auto finished = oldest.fence.wait(kFencePatience);
    if (!finished) return Failure(finished.error());
    if (!*finished) return fail(Errc::timeout, "the GPU does not finish a picture");
    if (oldest.timed) {
        const auto time = tools_.timer->take(*oldest.timed);
        if (time) samples_.gpu.push_back(*time);
    } else {
        samples_.gpu.push_back(tools_.clock.now() - oldest.at);
    }
    const Result<void> right = check(oldest);
    transfer_->release(oldest.frame);
    in_flight_.pop_front();
    return right;
}

Result<void> BenchTrial::retire_all() {
    while (!in_flight_.empty()) {
        if (auto ok = retire_oldest(); !ok) return ok;
    }
    return {};
}

Result<void> BenchTrial::run_together(uint64_t frames, Nanos longest) {
    const Nanos start = tools_.clock.now();
    for (uint64_t i = 0; i < frames; ++i) {
        if (longest > Nanos{0} && i > 0 && tools_.clock.now() - start >= longest) break;
        if (tools_.stopped()) return fail(Errc::interrupted, "the trial was stopped");
        if (auto ok = step(); !ok) return ok;
    }
    if (auto ok = retire_all(); !ok) return ok;
    samples_.wall = tools_.clock.now() - start;
    return {};
}

Result<void> BenchTrial::run_alone(uint64_t frames) {
    for (uint64_t i = 0; i < frames; ++i) {
        if (tools_.stopped()) return fail(Errc::interrupted, "the trial was stopped");
        if (auto ok = step(); !ok) return ok;
        if (auto ok = retire_all(); !ok) return ok;
    }
    return {};
}

Result<TrialSamples> BenchTrial::run() {
    if (auto ok = run_together(plan_.warm_up, {}); !ok) return Failure(ok.error());
    samples_ = {};
    if (auto ok = run_together(plan_.frames, plan_.duration); !ok) return Failure(ok.error());
    TrialSamples together = std::exchange(samples_, {});
    if (tools_.timer != nullptr) return together;
    // Of pictures in a row the fence tells when it was asked, and not when the GPU was done.
    const uint64_t alone = std::max(together.frames / kAlonePerFrame, kLeastAlone);
    if (auto ok = run_alone(alone); !ok) return Failure(ok.error());
    together.gpu = std::move(samples_.gpu);
    return together;
}

void append(std::vector<Nanos>& to, const std::vector<Nanos>& more) {
    to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

void TrialSamples::add(const TrialSamples& other) {
    append(decode, other.decode);
    append(write, other.write);
    append(hand_over, other.hand_over);
    append(frame, other.frame);
    append(whole, other.whole);
    append(cpu, other.cpu);
    append(gpu, other.gpu);
    wall += other.wall;
    frames += other.frames;
    told_apart += other.told_apart;
    copies += other.copies;
    device_copies += other.device_copies;
    bytes_copied += other.bytes_copied;
}

Result<TrialSamples> run_trial(const BenchTools& tools, const TrialPlan& plan) {
    auto transfer = plan.row->make(tools.output.context(), plan.transfer);
    if (!transfer) return Failure(transfer.error());
    auto feed = plan.file.empty()
                    ? make_written_feed(plan.transfer, tools.clock)
                    : make_decoded_feed(plan.file, **transfer, tools.clock, tools.stopped);
    if (!feed) return Failure(feed.error());
    return BenchTrial(tools, plan, std::move(*transfer), std::move(*feed)).run();
}

}  // namespace vitrine
