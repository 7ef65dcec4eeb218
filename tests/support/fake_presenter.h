// A Presenter that notes what it is shown, and when. For tests of what plays. Thread-bound.
#pragma once

#include <functional>
#include <vector>

#include "player/presenter.h"

namespace vitrine {

/// Notes what is shown and when; refuses as many frames as it is told to.
class FakePresenter final : public Presenter {
  public:
    explicit FakePresenter(const Clock& clock) : clock_(clock) {}

    void begin_source() override { ++sources_begun; }
    void set_draw(const DrawOptions&) override {}
    Result<void> resize(Size) override { return {}; }
    Result<Nanos> make_room() override { return Nanos{0}; }
    Result<void> show(const QueuedFrame& queued) override {
        if (while_shown) while_shown();
        if (refusals_left > 0) {
            --refusals_left;
            return fail(refuses_with, "fake: cannot import");
        }
        shown.push_back({queued.frame->info().pts, clock_.now()});
        if (fade_ > Nanos{0} && !fade_began_) fade_began_ = clock_.now();
        note_drawn();
        if (statistics == nullptr) return {};
        FrameRecord record = make_record(queued);
        record.stamps.set(Stage::presented, clock_.now());
        statistics->add_presented(record);
        return {};
    }
    void fade_next(Nanos length) override {
        fades.push_back({length, shown.size(), clock_.now()});
        fade_ = shown.empty() ? Nanos{0} : length;
        fade_began_.reset();
    }
    std::optional<Nanos> fade_drawn() const override {
        return fade_began_ ? std::optional(fade_drawn_) : std::nullopt;
    }
    Result<void> redraw() override {
        if (redraw_fails_with) return fail(*redraw_fails_with, "fake: cannot draw");
        redrawn.push_back(clock_.now());
        note_drawn();
        return {};
    }
    void poll() override {}
    bool wait_for_gpu(Nanos) override { return false; }
    Result<void> finish() override { return {}; }
    Result<Picture> last_picture() override { return fail(Errc::unsupported, "fake"); }
    std::string importer_name() const override { return "fake"; }
    std::string output_name() const override { return "fake"; }
    std::vector<std::string> refused_importers() const override { return {}; }
    ImportCounters import_counters() const override { return {}; }
    GpuTiming gpu_timing() const override { return GpuTiming::none; }

    struct Shown {
        Nanos pts;
        Nanos moment;
    };
    struct FadeAsked {
        Nanos length;
        size_t shown_before;  // frames
        Nanos moment;
    };
    std::function<void()> while_shown;
    std::vector<Shown> shown;
    std::vector<FadeAsked> fades;
    std::vector<Nanos> redrawn;
    std::optional<Errc> redraw_fails_with;
    int refusals_left = 0;
    Errc refuses_with = Errc::unsupported;
    PlaybackStatistics* statistics = nullptr;  // told of each frame, where there are some
    int sources_begun = 0;

  private:
    void note_drawn() {
        if (!fade_began_) return;
        fade_drawn_ = clock_.now();
        if (fade_drawn_ - *fade_began_ >= fade_) {
            fade_began_.reset();
            fade_ = Nanos{0};
        }
    }

    const Clock& clock_;
    Nanos fade_{0};  // of the next frame, or of that which fades in
    std::optional<Nanos> fade_began_;
    Nanos fade_drawn_{0};
};

}  // namespace vitrine
