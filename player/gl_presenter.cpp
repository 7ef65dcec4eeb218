#include <algorithm>
#include <utility>

#include "core/log.h"
#include "player/presenter.h"
#include "render/gpu_timer.h"
#include "render/render_texture.h"

namespace vitrine {
namespace {

// A GPU that has not finished a picture after so long has hung.
constexpr Nanos kGpuPatience = std::chrono::seconds(10);

/// A frame, and how it is drawn.
struct Shown {
    ImportedFrame imported;
    DrawOptions draw;
};

/// A frame that fades in, or the next that is to.
struct Fade {
    Shown over;
    Nanos length{0};
    std::optional<Nanos> began;  // when the frame was shown
    Nanos drawn{0};              // last
    double opacity = 0;          // that it was drawn with
};

struct InFlight {
    ImportedFrame imported;
    ImportedFrame under;  // what it fades in over, if that was drawn too
    GpuFence fence;
    std::optional<FrameRecord> record;  // none for a redraw
    std::optional<size_t> timed;        // the timer's slot
};

class GlPresenter final : public Presenter {
  public:
    GlPresenter(std::shared_ptr<Output> output, std::unique_ptr<Renderer> renderer,
                std::unique_ptr<ImportLadder> ladder, const GlPresenterOptions& options,
                const Clock& clock, PresenterHooks hooks)
        : clock_(clock),
          hooks_(std::move(hooks)),
          draw_(options.draw),
          gpu_times_(options.gpu_times),
          output_(std::move(output)),
          mirrors_(options.mirrors),
          renderer_(std::move(renderer)),
          ladder_(std::move(ladder)) {}

    ~GlPresenter() override {
        // Even a GPU that hangs must not keep the process; what it still samples then leaks with
        // it.
        (void)finish();
    }

    void begin_source() override { ladder_->begin_source(); }

    Result<void> resize(Size size) override {
        auto resized = finish();
        if (resized) resized = output_->resize(size);
        if (!resized) fade_.reset();
        return resized;
    }

    Result<Nanos> make_room() override {
        poll();
        const Nanos start = clock_.now();
        while (in_flight_.size() >= kFramesInFlight) {
            if (!settle_oldest(in_flight_.front().fence.wait(kGpuPatience))) return hung();
        }
        if (auto ok = tell_lost(); !ok) return Failure(ok.error());
        return clock_.now() - start;
    }

    Result<void> show(const QueuedFrame& queued) override {
        FrameRecord record = make_record(queued);

        auto imported = ladder_->import(queued.frame);
        if (!imported) return Failure(imported.error());
        record.stamps.set(Stage::imported, clock_.now());
        record.copies += (*imported)->copies;
        record.bytes_copied += (*imported)->bytes_copied;
        if (gpu_times_ && gpu_timing_ == GpuTiming::none) make_timer(**imported);
        return draw_and_present({std::move(*imported), draw_}, std::move(record));
    }

    void set_draw(const DrawOptions& draw) override { draw_ = draw; }

    void fade_next(Nanos length) override {
        fade_.reset();
        if (current_ && length > Nanos{0}) fade_ = Fade{*current_, length, {}};
    }

    std::optional<Nanos> fade_drawn() const override {
        return is_fading() ? std::optional(fade_->drawn) : std::nullopt;
    }

    Result<void> redraw() override {
        if (!current_) {
            renderer_->clear(output_->begin_frame());
            on_mirrors([this](Output& mirror) {
                renderer_->clear(mirror.begin_frame());
                return mirror.present();
            });
            return output_->present();
        }
        if (auto room = make_room(); !room) return Failure(room.error());
        return draw_and_present(*current_, std::nullopt);
    }

    void poll() override {
        while (!in_flight_.empty() && settle_oldest(in_flight_.front().fence.is_signalled())) {
        }
    }

    bool wait_for_gpu(Nanos longest) override {
        if (in_flight_.empty()) return false;
        (void)settle_oldest(in_flight_.front().fence.wait(longest));
        return true;
    }

    Result<void> finish() override {
        while (!in_flight_.empty()) {
            if (!settle_oldest(in_flight_.front().fence.wait(kGpuPatience))) return hung();
        }
        return tell_lost();
    }

    Result<Picture> last_picture() override {
        if (!current_) return fail(Errc::unavailable, "no frame has been presented");
        // Beside the output: what is drawn into a window and never presented would keep its next
        // picture from following a change of size.
        const Size size = output_->begin_frame().size;
        auto beside = make_render_texture(output_->context(), size);
        if (!beside) return Failure(beside.error());
        const DrawTarget target{beside->framebuffer.name(), size, true};
        if (auto drawn = draw(*current_, target); !drawn) return Failure(drawn.error());
        return read_pixels(output_->context(), target);
    }

    std::string importer_name() const override { return std::string(ladder_->used()); }
    std::string output_name() const override {
        std::string names(output_->name());
        for (const auto& mirror : mirrors_) names += fmt::format("+{}", mirror->name());
        return names;
    }
    std::vector<std::string> refused_importers() const override { return ladder_->refused(); }
    ImportCounters import_counters() const override { return ladder_->counters(); }
    GpuTiming gpu_timing() const override { return gpu_timing_; }

  private:
    [[nodiscard]] bool is_fading() const { return fade_ && fade_->began; }

    /// As far as it is by now; when it is over, what was there before goes.
    void bring_fade_on(bool by_frame) {
        if (!fade_ || (!fade_->began && !by_frame)) return;
        const Nanos now = clock_.now();
        if (!fade_->began) fade_->began = now;
        fade_->drawn = now;
        fade_->opacity = static_cast<double>((now - *fade_->began).count()) /
                         static_cast<double>(fade_->length.count());
        if (fade_->opacity >= 1) fade_.reset();
    }

    Result<void> draw(const Shown& shown, const DrawTarget& target) {
        if (!is_fading()) return renderer_->draw(*shown.imported, target, shown.draw);
        const Shown& under = fade_->over;
        if (auto ok = renderer_->draw(*under.imported, target, under.draw); !ok) return ok;
        return renderer_->draw_over(*shown.imported, target, shown.draw, fade_->opacity);
    }

    Result<void> draw_and_present(Shown shown, std::optional<FrameRecord> record) {
        bring_fade_on(record.has_value());
        const DrawTarget target = output_->begin_frame();
        const auto timed = record && timer_ ? timer_->begin() : std::nullopt;
        const auto drawn = draw(shown, target);
        if (timed) timer_->end();
        if (!drawn) {
            if (timed) (void)timer_->take(*timed);
            // Of two pictures one may have been drawn.
            if (is_fading()) (void)put_in_flight(shown, std::nullopt);
            return drawn;
        }
        on_mirrors([&](Output& mirror) { return draw(shown, mirror.begin_frame()); });
        if (auto guarded = put_in_flight(shown, timed); !guarded) return guarded;
        current_ = std::move(shown);
        if (record) {
            record->stamps.set(Stage::drawn, clock_.now());
            if (auto read = hand_out_pixels(*record, target); !read) return read;
        }
        if (auto presented = output_->present(); !presented) return presented;
        on_mirrors([](Output& mirror) { return mirror.present(); });
        if (record && output_->presents_at_swap()) {
            record->stamps.set(Stage::presented, clock_.now());
        }
        in_flight_.back().record = std::move(record);
        return {};
    }

    void on_mirrors(const std::function<Result<void>(Output&)>& act) {
        const auto fails = [&](const std::shared_ptr<Output>& mirror) {
            const auto done = act(*mirror);
            if (!done) {
                log_warning("output {} shows nothing more: {}", mirror->name(), done.error().text);
            }
            return !done;
        };
        mirrors_.erase(std::remove_if(mirrors_.begin(), mirrors_.end(), fails), mirrors_.end());
    }

    /// From here on a fence guards what was drawn, whatever fails.
    Result<void> put_in_flight(const Shown& shown, std::optional<size_t> timed) {
        auto fence = GpuFence::make(output_->context());
        if (!fence) return Failure(fence.error());
        ImportedFrame under = is_fading() ? fade_->over.imported : nullptr;
        in_flight_.push_back(
            {shown.imported, std::move(under), std::move(*fence), std::nullopt, timed});
        return {};
    }

    Result<void> hand_out_pixels(const FrameRecord& record, const DrawTarget& target) {
        if (!hooks_.pixels) return {};
        auto picture = read_pixels(output_->context(), target);
        if (!picture) return Failure(picture.error());
        hooks_.pixels(record, *picture);
        return {};
    }

    /// What the oldest frame's fence said; false when the frame stays. A fence that failed never
    /// signals: its frame goes unreported, and the error is kept for the next that can return it.
    bool settle_oldest(const Result<bool>& signalled) {
        if (!signalled) {
            if (!lost_) lost_ = signalled.error();
            if (const auto timed = in_flight_.front().timed) (void)timer_->take(*timed);
            in_flight_.pop_front();
            return true;
        }
        if (*signalled) retire_oldest();
        return *signalled;
    }

    Result<void> tell_lost() {
        if (!lost_) return {};
        return Failure(*std::exchange(lost_, std::nullopt));
    }

    void retire_oldest() {
        InFlight done = std::move(in_flight_.front());
        in_flight_.pop_front();
        if (!done.record) {
            if (done.timed) (void)timer_->take(*done.timed);
            return;
        }
        const Nanos now = clock_.now();
        done.record->stamps.set(Stage::gpu_done, now);
        if (!output_->presents_at_swap()) done.record->stamps.set(Stage::presented, now);
        if (done.timed) {
            done.record->gpu_time = timer_->take(*done.timed);
        } else if (gpu_timing_ == GpuTiming::submit_to_fence) {
            done.record->gpu_time = done.record->stamps.between(Stage::drawn, Stage::gpu_done);
        }
        if (hooks_.presented) hooks_.presented(*done.record);
    }

    /// With the first frame as the known draw. A software renderer has no clock but the
    /// processor's, and to draw there is dear.
    void make_timer(const GpuFrame& frame) {
        const GlFacts& facts = output_->context().facts();
        Result<std::unique_ptr<GpuTimer>> timer =
            fail(Errc::unsupported, "{} is a software renderer", facts.gl_renderer);
        if (!facts.software_renderer) {
            timer = GpuTimer::make(output_->context(), clock_, [&] {
                return renderer_->draw(frame, output_->begin_frame(), draw_);
            });
        }
        if (timer) {
            timer_ = std::move(*timer);
            gpu_timing_ = GpuTiming::timer_query;
        } else {
            gpu_timing_ = GpuTiming::submit_to_fence;
            log_info("GPU times are from submit to fence: {}", timer.error().text);
        }
    }

    static Failure hung() {
        return fail(Errc::timeout, "the GPU has not finished a picture within {} s",
                    std::chrono::duration_cast<std::chrono::seconds>(kGpuPatience).count());
    }

    const Clock& clock_;
    PresenterHooks hooks_;
    DrawOptions draw_;
    bool gpu_times_;
    GpuTiming gpu_timing_ = GpuTiming::none;
    // Torn down in reverse: frames, then importers, then the renderer, then the output with the
    // context.
    std::shared_ptr<Output> output_;
    std::vector<std::shared_ptr<Output>> mirrors_;
    std::unique_ptr<Renderer> renderer_;
    std::unique_ptr<ImportLadder> ladder_;
    std::unique_ptr<GpuTimer> timer_;
    std::optional<Shown> current_;
    std::optional<Fade> fade_;
    std::deque<InFlight> in_flight_;  // at most kFramesInFlight
    std::optional<Error> lost_;       // by a fence, not yet told
};

}  // namespace

Result<std::unique_ptr<Presenter>> make_gl_presenter(std::shared_ptr<Output> output,
                                                     const GlPresenterOptions& options,
                                                     const Clock& clock, PresenterHooks hooks) {
    auto renderer = Renderer::make(output->context());
    if (!renderer) return Failure(renderer.error());
    auto ladder = ImportLadder::make(output->context(), **renderer, options.importers);
    if (!ladder) return Failure(ladder.error());
    return std::make_unique<GlPresenter>(std::move(output), std::move(*renderer),
                                         std::move(*ladder), options, clock, std::move(hooks));
}

}  // namespace vitrine
