// A list of numbered clips played by an Engine, offscreen, on a clock that stands still while other
// threads work: what each presented picture says, and when it was drawn, and what a device heard.
// Thread-bound but for what the opening thread calls.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <deque>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "player/engine.h"
#include "player/pool_memory.h"
#include "player/sound/sound_player.h"
#include "tests/support/failing_kernel.h"
#include "tests/support/fake_sound.h"
#include "tests/support/manual_clock.h"
#include "tests/support/numbered.h"

namespace vitrine::testing {

/// Seeks in a burst, once so many pictures were shown, or steps one by one.
struct Leap {
    size_t shown = 0;
    std::vector<Nanos> to;
    bool paused = false;  // until the first picture is there
    SeekTarget::Kind kind = SeekTarget::Kind::exact;
    int steps = 0;  // of pictures, back where it is negative; then it goes on
};

class ListPlayback {
  public:
    explicit ListPlayback(std::vector<std::string> files) : files_(std::move(files)) {}
    ~ListPlayback() {
        engine.reset();
        sound.reset();
    }
    ListPlayback(const ListPlayback&) = delete;
    ListPlayback& operator=(const ListPlayback&) = delete;

    /// media: what playing itself says is filled in.
    Result<void> open(EngineOptions options = {}, MediaOptions media = {}) {
        auto context = GlContext::make_offscreen();
        if (!context) return Failure(context.error());
        media.frames_held = kFramesHeld;
        media.pool = choose_pool_memory(borrowed(kernel_), **context).memory;
        media.generations = std::make_shared<GenerationSource>();
        context_ = std::move(*context);
        if (with_sound) {
            device_->format = {48000, 2};
            sound = std::make_unique<SoundPlayer>(opener_of(device_), clock, SoundOptions{});
            options.sound = sound.get();
            media.sound = true;
        }
        auto made = Engine::make(options, hooks(std::move(media)), statistics, clock);
        if (!made) return Failure(made.error());
        engine = std::move(*made);
        return {};
    }

    /// To the end of the list. False when an error ended it.
    bool play() {
        for (;;) {
            settle();
            leap();
            if (before_tick) before_tick();
            const auto tick = engine->tick();
            if (!tick) {
                ADD_FAILURE() << tick.error().text;
                return false;
            }
            if (tick->ended) break;
            const auto ahead = engine->ahead();
            const bool under_way =
                ahead == Engine::Ahead::opening || ahead == Engine::Ahead::opened;
            if (under_way || !tick->wake_at) {
                std::this_thread::sleep_for(std::chrono::microseconds(200));
            } else {
                go_on_to(std::max(*tick->wake_at, clock.now()));
            }
        }
        engine->finish();
        return true;
    }

    // Of each file; to be set before open().
    uint64_t passes = 1;
    std::optional<Nanos> end;
    bool with_sound = false;
    std::deque<Leap> leaps;  // in this order
    std::function<void()> before_tick;

    [[nodiscard]] int devices_opened() const { return device_->opened; }
    [[nodiscard]] Nanos period() const {
        return Nanos(std::chrono::seconds(1)) * device_->period / device_->format.rate_hz;
    }
    /// The sample that comes out of the device at that moment, two periods after it was asked for:
    /// its place in `heard`; nothing before the first one.
    [[nodiscard]] std::optional<size_t> sample_at(Nanos moment) const {
        const auto next = std::upper_bound(asked.begin(), asked.end(), moment - 2 * period());
        if (next == asked.begin()) return std::nullopt;
        const Nanos into = moment - 2 * period() - *std::prev(next);
        const auto before = static_cast<size_t>((next - asked.begin() - 1) * device_->period);
        const auto within =
            static_cast<size_t>(into * device_->format.rate_hz / Nanos(std::chrono::seconds(1)));
        return 2 * (before + within);
    }

    ManualClock clock;
    PlaybackStatistics statistics;
    std::vector<int> numbers;
    std::vector<Nanos> moments;
    std::vector<EndedItem> ended;
    std::vector<std::string> skipped;
    std::atomic<int> sources_opened{0};
    std::vector<float> heard;  // of two channels at 48 kHz
    std::vector<Nanos> asked;  // when the device did, for each period of it
    std::unique_ptr<SoundPlayer> sound;
    std::unique_ptr<Engine> engine;

  private:
    void leap() {
        if (leaps.empty() || numbers.size() < leaps.front().shown) return;
        const Leap leap = std::move(leaps.front());
        leaps.pop_front();
        if (leap.paused) engine->toggle_pause();
        for (const Nanos to : leap.to) {
            const auto sought = engine->seek_to(to, leap.kind);
            EXPECT_TRUE(sought) << sought.error().text;
        }
        settle();
        if (leap.steps != 0) return step(leap);
        if (!leap.paused) return;
        EXPECT_TRUE(engine->tick());
        EXPECT_EQ(numbers.size(), leap.shown + 1);
        go_on_to(clock.now() + std::chrono::milliseconds(500));
        EXPECT_TRUE(engine->tick());
        EXPECT_EQ(numbers.size(), leap.shown + 1);
        engine->toggle_pause();
    }

    void step(const Leap& leap) {
        for (int steps = 1; steps <= std::abs(leap.steps); ++steps) {
            if (leap.steps > 0) {
                engine->step();
            } else {
                EXPECT_TRUE(engine->step_back());
            }
            settle();
            EXPECT_TRUE(engine->tick());
            EXPECT_EQ(numbers.size(), leap.shown + static_cast<size_t>(steps));
            go_on_to(clock.now() + std::chrono::milliseconds(500));
        }
        engine->toggle_pause();
    }

    /// The device asks on the way.
    void go_on_to(Nanos moment) {
        if (!with_sound || moment < asks_at_) return clock.set(moment);
        clock.set(std::max(asks_at_, clock.now()));
        // What is decoded meanwhile takes no time, as long as the sound's thread is not held up.
        for (int i = 0; i < 1000 && sound->may_be_ready() && !sound->ready(); ++i) {
            std::this_thread::sleep_for(std::chrono::microseconds(200));
        }
        // Where the item's sound has just been read to its end, the engine is told before.
        const bool to_be_laid =
            engine->ahead() == Engine::Ahead::ready && sound->tail() && !sound->appended();
        if (to_be_laid && !std::exchange(told_, true)) return;
        told_ = false;
        const std::vector<float> got = device_->ask(clock.now());
        heard.insert(heard.end(), got.begin(), got.end());
        asked.push_back(clock.now());
        asks_at_ += period();
    }

    void settle() const {
        const Session* session = engine->session();
        if (session == nullptr) return;
        FrameQueue& queue = const_cast<Session*>(session)->queue();
        for (int i = 0; i < 100'000; ++i) {
            if (queue.at_rest()) return;
            std::this_thread::sleep_for(std::chrono::microseconds(100));
        }
        ADD_FAILURE() << "the queue does not fill";
    }

    EngineHooks hooks(MediaOptions media) {
        EngineHooks hooks;
        hooks.next_item = [this]() -> NextAnswer {
            if (taken_ == files_.size()) return EndOfList{};
            Item item;
            item.file = files_[taken_++];
            item.passes = passes;
            item.end = end;
            return item;
        };
        hooks.open = [this, media](const Item& item, const std::function<bool()>& cancelled) {
            MediaOptions own = media;
            own.patience = std::make_shared<Patience>();
            own.interrupted = cancelled;
            own.passes = item.passes;
            ++sources_opened;
            return open_media(item.file, own, clock);
        };
        hooks.begin_item = [this](const Item&, const SourceInfo&) { return begin(); };
        hooks.end_item = [this](const EndedItem& item) { ended.push_back(item); };
        hooks.skip_item = [this](const SkippedItem& item) { skipped.push_back(item.error.text); };
        return hooks;
    }

    Result<ItemStage> begin() {
        if (presenter_) return ItemStage{presenter_.get()};
        auto output = make_offscreen_output(std::move(context_), {320, 180});
        if (!output) return Failure(output.error());
        PresenterHooks hooks;
        hooks.pixels = [this](const FrameRecord& record, const Picture& picture) {
            const auto view = rgba_view(picture.rgba.data(), picture.size);
            numbers.push_back(read_number(view).value_or(-1));
            moments.push_back(*record.stamps.at(Stage::drawn));
        };
        hooks.presented = [this](const FrameRecord& record) { statistics.add_presented(record); };
        GlPresenterOptions options;
        options.draw.fit = Fit::stretch;
        auto presenter = make_gl_presenter(std::move(*output), options, clock, std::move(hooks));
        if (!presenter) return Failure(presenter.error());
        presenter_ = std::move(*presenter);
        return ItemStage{presenter_.get()};
    }

    const std::vector<std::string> files_;
    size_t taken_ = 0;
    const std::shared_ptr<FakeDeviceHandle> device_ = std::make_shared<FakeDeviceHandle>();
    Nanos asks_at_{0};
    bool told_ = false;
    RealKernel kernel_;
    std::unique_ptr<GlContext> context_;  // until the first item
    std::unique_ptr<Presenter> presenter_;
};

}  // namespace vitrine::testing
