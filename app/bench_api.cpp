#include "app/bench_api.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "app/bench.h"
#include "app/bench_ways.h"
#include "app/text.h"
#include "render/fence.h"
#include "render/gl_calls.h"
#include "render/host_state.h"
#include "render/transfer/picture_memory.h"

namespace vitrine {
namespace {

constexpr Nanos kGpuPatience = std::chrono::seconds(10);
constexpr size_t kPictures = kTransfersInFlight + 1;
constexpr int kCallsTimed = 10000;
constexpr int kDrawsTimed = 200;  // and of what is between pictures
constexpr int kCallsCounted = 20;

/// Memory for a picture, shared where `shared` is not null.
struct Place {
    std::shared_ptr<SharedBuffer> shared;
    FramePtr frame;
    LentPlanes planes;
};

Result<Place> make_place(const TransferPlan& plan) {
    if (plan.memory != nullptr) {
        auto made = make_shared_picture(plan);
        if (!made) return Failure(made.error());
        return Place{std::move(made->memory), std::move(made->frame), made->planes};
    }
    auto made = make_plain_picture(plan);
    if (!made) return Failure(made.error());
    return Place{nullptr, std::move(made->frame), made->planes};
}

/// Pictures in turn.
class PictureRing {
  public:
    static Result<PictureRing> make(const TransferPlan& plan) {
        auto picture = BenchPicture::make(plan.format, plan.size);
        if (!picture) return Failure(picture.error());
        PictureRing ring(std::move(*picture));
        for (size_t i = 0; i < kPictures; ++i) {
            auto place = make_place(plan);
            if (!place) return Failure(place.error());
            ring.places_.push_back(std::move(*place));
        }
        return ring;
    }

    /// Errors: those of the CPU's access.
    Result<FramePtr> write(uint64_t number) {
        const Place& place = places_[number % places_.size()];
        if (place.shared) {
            if (auto ok = place.shared->begin_cpu_access(); !ok) return Failure(ok.error());
        }
        picture_.write(number, place.planes);
        if (place.shared) {
            if (auto ok = place.shared->end_cpu_access(); !ok) return Failure(ok.error());
        }
        return place.frame;
    }

    /// Errors: unavailable, where what was drawn is not that picture.
    [[nodiscard]] Result<void> check(uint64_t number, GlContext& context,
                                     const DrawTarget& target) const {
        const auto [x, y] = BenchPicture::place(number, target.size);
        const auto pixel = read_pixel(context, target, x, y);
        if (!pixel) return Failure(pixel.error());
        const std::string wrong = picture_.wrong_pixel(number, *pixel);
        if (wrong.empty()) return {};
        return fail(Errc::unavailable, "picture {}: {}", number, wrong);
    }

  private:
    explicit PictureRing(BenchPicture picture) : picture_(std::move(picture)) {}
    BenchPicture picture_;
    std::vector<Place> places_;
};

/// Errors: timeout; those of GL.
Result<void> wait_for_gpu(GlContext& context) {
    const auto fence = GpuFence::make(context);
    if (!fence) return Failure(fence.error());
    const auto finished = fence->wait(kGpuPatience);
    if (!finished) return Failure(finished.error());
    if (!*finished) return fail(Errc::timeout, "the GPU does not finish a picture");
    return {};
}

class ApiTrial {
  public:
    ApiTrial(const BenchTools& tools, const ApiPlan& plan, PictureRing ring,
             std::unique_ptr<BenchWay> program, std::unique_ptr<BenchWay> api)
        : tools_(tools),
          plan_(plan),
          ring_(std::move(ring)),
          ways_{Way{"program", std::move(program), {}}, Way{"api", std::move(api), {}}} {}

    Result<ApiSamples> run();

  private:
    struct Way {
        std::string_view name;
        std::unique_ptr<BenchWay> shows;
        TrialSamples samples;
    };
    Result<void> run_pictures(uint64_t frames, Nanos longest);
    Result<void> show(Way& way, const FramePtr& frame);
    [[nodiscard]] Result<void> check_importers() const;
    static void count_copies(Way& way);

    const BenchTools& tools_;
    const ApiPlan& plan_;
    PictureRing ring_;
    std::array<Way, 2> ways_;
    uint64_t number_ = 0;
};

Result<void> ApiTrial::show(Way& way, const FramePtr& frame) {
    const DrawTarget target = tools_.output.begin_frame();
    way.shows->offer(frame);
    const auto timed = tools_.timer != nullptr ? tools_.timer->begin() : std::nullopt;
    const Nanos cpu = tools_.cpu_clock.now();
    const Nanos start = tools_.clock.now();
    const auto shown = way.shows->show();
    const Nanos submitted = tools_.clock.now();
    TrialSamples& samples = way.samples;
    samples.cpu.push_back(tools_.cpu_clock.now() - cpu);
    samples.frame.push_back(submitted - start);
    if (timed) tools_.timer->end();
    const auto finished = shown ? wait_for_gpu(tools_.output.context()) : shown;
    const Nanos end = tools_.clock.now();
    const auto by_timer = timed ? tools_.timer->take(*timed) : std::nullopt;
    if (!finished) return finished;
    if (by_timer) samples.gpu.push_back(*by_timer);
    if (tools_.timer == nullptr) samples.gpu.push_back(end - submitted);
    samples.whole.push_back(end - start);
    samples.wall += end - start;
    ++samples.frames;
    if (auto ok = ring_.check(number_, tools_.output.context(), target); !ok)
        return fail(ok.error().code, "{}: {}", way.name, ok.error().text);
    return {};
}

Result<void> ApiTrial::run_pictures(uint64_t frames, Nanos longest) {
    const Nanos start = tools_.clock.now();
    for (uint64_t i = 0; i < frames; ++i, ++number_) {
        if (longest > Nanos{0} && i > 0 && tools_.clock.now() - start >= longest) break;
        if (tools_.stopped()) return fail(Errc::interrupted, "the trial was stopped");
        const auto frame = ring_.write(number_);
        if (!frame) return Failure(frame.error());
        for (const size_t at : bench_order(ways_.size(), plan_.seed, number_)) {
            if (auto ok = show(ways_[at], *frame); !ok) return ok;
        }
    }
    return {};
}

/// That both are as wanted: else one copies what the other does not.
Result<void> ApiTrial::check_importers() const {
    const std::string_view wanted = plan_.transfer.memory ? "dmabuf" : "upload";
    for (const Way& way : ways_) {
        const std::string importer = way.shows->importer();
        if (importer == wanted) continue;
        return fail(Errc::unsupported, "{} goes by {}: {}", way.name, importer,
                    joined(way.shows->refused_importers(), "; "));
    }
    return {};
}

/// Every picture of a way costs as many.
void ApiTrial::count_copies(Way& way) {
    const WayCopies all = way.shows->end();
    if (all.frames == 0) return;
    way.samples.copies = all.copies * way.samples.frames / all.frames;
    way.samples.bytes_copied = all.bytes * way.samples.frames / all.frames;
}

Result<ApiSamples> ApiTrial::run() {
    if (auto ok = run_pictures(plan_.warm_up, {}); !ok) return Failure(ok.error());
    if (auto ok = check_importers(); !ok) return Failure(ok.error());
    for (Way& way : ways_) way.samples = {};
    if (auto ok = run_pictures(plan_.frames, plan_.duration); !ok) return Failure(ok.error());
    for (Way& way : ways_) count_copies(way);
    return ApiSamples{std::move(ways_[0].samples), std::move(ways_[1].samples)};
}

/// Calls that are timed through one library, and counted through another with functions of its own,
/// in a context where the program draws too.
class ApiCalls {
  public:
    ApiCalls(const BenchTools& tools, PictureRing ring, std::unique_ptr<BenchWay> host,
             std::unique_ptr<ApiWay> timed, std::unique_ptr<ApiWay> counted)
        : tools_(tools),
          ring_(std::move(ring)),
          host_(std::move(host)),
          timed_(std::move(timed)),
          counted_(std::move(counted)) {}

    Result<std::vector<CallSamples>> run();

  private:
    using Call = std::function<Result<void>()>;
    /// A call as it is timed and as it is counted. between: before each that is timed; may be null.
    struct Measured {
        std::string name;
        int timed_calls;
        Call timed;
        Call counted;
        Call between;
    };
    [[nodiscard]] Result<CallSamples> measure(const Measured& what) const;
    Result<void> add(std::vector<CallSamples>& all, const Measured& what) const;
    Result<void> add_state(std::vector<CallSamples>& all) const;
    [[nodiscard]] Result<void> show_by_host() const;
    [[nodiscard]] Result<void> draw_over_black(ApiWay& way) const;

    const BenchTools& tools_;
    PictureRing ring_;
    std::unique_ptr<BenchWay> host_;
    std::unique_ptr<ApiWay> timed_;
    std::unique_ptr<ApiWay> counted_;
};

Result<CallSamples> ApiCalls::measure(const Measured& what) const {
    CallSamples samples;
    samples.name = what.name;
    Nanos cpu{0};
    for (int i = 0; i < what.timed_calls; ++i) {
        if (what.between && tools_.stopped())
            return fail(Errc::interrupted, "the bench was stopped");
        if (auto ok = what.between ? what.between() : Result<void>{}; !ok)
            return Failure(ok.error());
        const Nanos cpu_before = tools_.cpu_clock.now();
        const Nanos before = tools_.clock.now();
        const auto called = what.timed();
        samples.times.push_back(tools_.clock.now() - before);
        cpu += tools_.cpu_clock.now() - cpu_before;
        if (!called) return Failure(called.error());
    }
    samples.cpu = cpu / what.timed_calls;
    for (int i = 0; i < kCallsCounted; ++i) {
        const uint64_t before = gl_calls();
        if (auto called = what.counted(); !called) return Failure(called.error());
        samples.gl_calls = std::max(samples.gl_calls, gl_calls() - before);
    }
    return samples;
}

Result<void> ApiCalls::add(std::vector<CallSamples>& all, const Measured& what) const {
    auto samples = measure(what);
    if (!samples) return fail(samples.error().code, "{}: {}", what.name, samples.error().text);
    all.push_back(std::move(*samples));
    return {};
}

/// The GPU is done with all afterwards.
Result<void> ApiCalls::show_by_host() const {
    if (auto alone = wait_for_gpu(tools_.output.context()); !alone) return alone;
    const DrawTarget target = tools_.output.begin_frame();
    if (auto shown = host_->show(); !shown) return shown;
    return ring_.check(0, tools_.output.context(), target);
}

/// Errors: unavailable, where nothing was drawn.
Result<void> ApiCalls::draw_over_black(ApiWay& way) const {
    const DrawTarget target = tools_.output.begin_frame();
    tools_.renderer.clear(target);
    if (auto drawn = way.draw_only(); !drawn) return drawn;
    return ring_.check(0, tools_.output.context(), target);
}

Result<void> ApiCalls::add_state(std::vector<CallSamples>& all) const {
    auto plain = GlContext::join_current();
    if (!plain) return Failure(plain.error());
    auto counting = GlContext::join_current({nullptr, count_gl_calls});
    if (!counting) return Failure(counting.error());
    const HostVertexArray vertices(**plain);
    const auto kept_in = [&vertices](GlContext& context) -> Call {
        return [&]() -> Result<void> {
            const HostState state(context, vertices);
            return {};
        };
    };
    const Call timed = kept_in(**plain);
    const Call counted = kept_in(**counting);
    const Call between = [this] { return show_by_host(); };
    if (auto ok = between(); !ok) return ok;
    if (auto ok = add(all, {"state_in_a_row", kCallsTimed, timed, counted, {}}); !ok) return ok;
    return add(all, {"state_between_pictures", kDrawsTimed, timed, counted, between});
}

Result<std::vector<CallSamples>> ApiCalls::run() {
    const auto frame = ring_.write(0);
    if (!frame) return Failure(frame.error());
    for (BenchWay* way : {host_.get(), static_cast<BenchWay*>(timed_.get()),
                          static_cast<BenchWay*>(counted_.get())}) {
        way->offer(*frame);
        if (auto shown = way->show(); !shown) return Failure(shown.error());
    }
    for (ApiWay* way : {timed_.get(), counted_.get()}) {
        if (auto drawn = draw_over_black(*way); !drawn) return Failure(drawn.error());
    }
    const auto update = [](ApiWay& way) { return [&way] { return way.update_only(); }; };
    const auto draw = [](ApiWay& way) { return [&way] { return way.draw_only(); }; };
    std::vector<CallSamples> all;
    if (auto ok = add(all, {"update", kCallsTimed, update(*timed_), update(*counted_), {}}); !ok)
        return Failure(ok.error());
    if (auto ok = add(all, {"draw", kDrawsTimed, draw(*timed_), draw(*counted_),
                            [this] { return show_by_host(); }});
        !ok)
        return Failure(ok.error());
    if (auto ok = add_state(all); !ok) return Failure(ok.error());
    return all;
}

}  // namespace

Result<ApiSamples> run_api_trial(const BenchTools& tools, const ApiPlan& plan) {
    auto ring = PictureRing::make(plan.transfer);
    if (!ring) return Failure(ring.error());
    auto program = make_program_way(tools.output, tools.clock);
    if (!program) return Failure(program.error());
    auto api = make_api_way(tools.output);
    if (!api) return Failure(api.error());
    return ApiTrial(tools, plan, std::move(*ring), std::move(*program), std::move(*api)).run();
}

Result<std::vector<CallSamples>> measure_api_calls(const BenchTools& tools) {
    auto ring = PictureRing::make({PixelFormat::nv12, {1920, 1080}, nullptr});
    if (!ring) return Failure(ring.error());
    auto host = make_program_way(tools.output, tools.clock);
    if (!host) return Failure(host.error());
    auto timed = make_api_way(tools.output);
    if (!timed) return Failure(timed.error());
    auto counted = make_api_way(tools.output, {nullptr, count_gl_calls});
    if (!counted) return Failure(counted.error());
    return ApiCalls(tools, std::move(*ring), std::move(*host), std::move(*timed),
                    std::move(*counted))
        .run();
}

}  // namespace vitrine
