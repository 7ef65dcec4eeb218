// Whole playback of numbered clips, untimed and offscreen, with the numbers read back from the
// pixels that were presented. For the tests of this room. Thread-bound.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "player/player.h"
#include "player/pool_memory.h"
#include "render/drawing_gpu.h"
#include "tests/support/failing_kernel.h"
#include "tests/support/numbered.h"

namespace vitrine::testing {

struct Way {
    std::string name;
    std::string importer;
    bool pool;         // decode into importable memory
    std::string used;  // the importer that must have been used in the end
    int copies_per_frame;
};

/// One clip on one way, untimed.
class Playback {
  public:
    /// media: what the way itself says is filled in.
    explicit Playback(const Way& way, MediaOptions media = {},
                      std::unique_ptr<Clock> clock = std::make_unique<MonotonicClock>())
        : way_(way), media_(std::move(media)), clock_(std::move(clock)) {}
    ~Playback() {
        player.reset();
        session.reset();
    }
    Playback(const Playback&) = delete;
    Playback& operator=(const Playback&) = delete;

    Result<void> open(const std::string& clip) {
        auto context = GlContext::make_offscreen();
        if (!context) return Failure(context.error());
        media_.frames_held = frames_held;
        media_.cuda_device = ask_for_drawing_gpu(**context);
        if (way_.pool) media_.pool = choose_pool_memory(borrowed(kernel_), **context).memory;
        auto source = open_media(clip, media_, *clock_);
        if (!source) return Failure(source.error());
        auto output = make_offscreen_output(std::move(*context), {320, 180});
        if (!output) return Failure(output.error());
        PresenterHooks hooks;
        hooks.pixels = [this](const FrameRecord&, const Picture& picture) {
            const auto view = rgba_view(picture.rgba.data(), picture.size);
            numbers.push_back(read_number(view).value_or(-1));
            last = picture;
            const auto* bytes = reinterpret_cast<const char*>(picture.rgba.data());
            digests.push_back(
                std::hash<std::string_view>()(std::string_view(bytes, picture.rgba.size())));
        };
        hooks.presented = [this](const FrameRecord& record) {
            times.push_back(record.pts);
            statistics.add_presented(record);
        };
        GlPresenterOptions options;
        if (way_.importer != "auto") options.importers = {way_.importer};
        options.draw.fit = Fit::stretch;
        auto presenter = make_gl_presenter(std::move(*output), options, *clock_, std::move(hooks));
        if (!presenter) return Failure(presenter.error());
        presenter_ = std::move(*presenter);
        session = std::make_unique<Session>(std::move(*source), 4, *clock_);
        PlayerOptions untimed;
        untimed.pacer.untimed = true;
        player = std::make_unique<Player>(*session, *presenter_, statistics, *clock_, untimed);
        return {};
    }

    /// Plays until so many frames were shown, or to the end.
    void play(size_t frames = SIZE_MAX) {
        while (numbers.size() < frames) {
            auto tick = player->tick();
            ASSERT_TRUE(tick) << tick.error().text;
            if (tick->ended) break;
            if (!tick->wake_at) (void)session->queue().wait_for_frame(std::chrono::seconds(10));
        }
        ASSERT_TRUE(presenter_->finish());
    }

    [[nodiscard]] std::string importer() const { return presenter_->importer_name(); }
    [[nodiscard]] ImportCounters imports() const { return presenter_->import_counters(); }

    /// What the decoder is told before open().
    int frames_held = 10;

    // Of each picture presented: what it says, and what all its pixels come to.
    std::vector<int> numbers;
    std::vector<size_t> digests;
    std::vector<Nanos> times;  // on the stream's time line
    Picture last;
    PlaybackStatistics statistics;
    std::unique_ptr<Session> session;
    std::unique_ptr<Player> player;

  private:
    const Way way_;
    MediaOptions media_;
    const std::unique_ptr<Clock> clock_;
    RealKernel kernel_;
    std::unique_ptr<Presenter> presenter_;
};

/// first, first + 1, ... last.
inline std::vector<int> count_from(int first, int last) {
    std::vector<int> numbers;
    for (int i = first; i <= last; ++i) numbers.push_back(i);
    return numbers;
}

}  // namespace vitrine::testing
