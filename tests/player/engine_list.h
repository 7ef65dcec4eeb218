// A list of made-up items that an Engine plays on a clock that the test moves: what was shown and
// when, what the engine told, and how many sources were open at a time. Thread-bound but for what
// the opening thread calls.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <iterator>
#include <map>
#include <mutex>
#include <thread>

#include "core/log.h"
#include "player/engine.h"
#include "tests/support/fake_presenter.h"
#include "tests/support/fake_source.h"
#include "tests/support/manual_clock.h"

namespace vitrine::testing {

using namespace std::chrono_literals;

/// Counts how many of something there are, and how many there were at most.
struct Census {
    std::atomic<int> now{0};
    std::atomic<int> most{0};
    [[nodiscard]] std::shared_ptr<void> enter() {
        const int count = ++now;
        if (count > most) most = count;
        return {nullptr, [this](void*) { --now; }};
    }
};

class EngineList : public ::testing::Test {
  protected:
    struct Scripted {
        FakeSourceOptions source;
        std::optional<Error> error;            // in place of a source
        std::vector<Nanos> times_of_second{};  // of the second video track, if they are others
    };

    EngineList() : presenter_(clock_) {
        clock_.set(kStart);
        presenter_.statistics = &statistics_;
        log_before_ = set_log_sink([this](LogLevel level, std::string_view line) {
            std::lock_guard lock(mutex_);
            logged_.emplace_back(level, line);
        });
    }
    ~EngineList() override {
        open_gate();
        engine_.reset();
        set_log_sink(log_before_);
        EXPECT_EQ(sources_.now, 0) << "a source was left open";
        EXPECT_EQ(*log_->leases, 0) << "a frame was left";
    }

    /// An item of so many frames.
    void add(const std::string& name, size_t frames, Nanos distance = 40ms) {
        Scripted item;
        item.source.name = name;
        item.source.times = even_times(frames, distance);
        item.source.duration = distance;
        list_[name] = item;
        names_.push_back(name);
    }
    void add_bad(const std::string& name, Errc code = Errc::io) {
        list_[name].error = Error{code, name + ": bad"};
        names_.push_back(name);
    }

    /// Its pictures and sounds are in so many tracks, of which the first are played.
    void give_tracks(const std::string& name, int video, int audio) {
        Tracks& tracks = list_.at(name).source.tracks;
        for (int i = 1; i <= video; ++i) tracks.push_back({Track::Kind::video, i, "fake"});
        for (int i = 1; i <= audio; ++i) tracks.push_back({Track::Kind::audio, i, "fake"});
    }

    /// From now on it cannot be opened.
    void spoil(const std::string& name) {
        std::lock_guard lock(mutex_);
        list_.at(name).error = Error{Errc::io, name + ": gone"};
    }

    /// And now it can.
    void mend(const std::string& name) {
        std::lock_guard lock(mutex_);
        list_.at(name).error.reset();
    }

    /// From now on there is no picture in it.
    void empty(const std::string& name) {
        std::lock_guard lock(mutex_);
        list_.at(name).source.times.clear();
    }

    /// Nothing was added or played.
    void restart() {
        engine_.reset();
        names_.clear();
        list_.clear();
        loops_.clear();
        begun_.clear();
        presenter_.shown.clear();
        taken_ = 0;
        ended_ = false;
        clock_.set(kStart);
    }

    void start(EngineOptions options = {}) {
        EngineHooks hooks;
        hooks.next_item = next_item_ ? next_item_ : [this] { return next_item(); };
        if (goes_back_) {
            hooks.go_back = [this](const Item& item) {
                taken_ = std::max<size_t>(item.number, 1) - 1;
            };
        }
        hooks.open = [this](const Item& item, const auto& cancelled) {
            return open(item, cancelled);
        };
        hooks.begin_item = [this](const Item& item, const SourceInfo&) -> Result<ItemStage> {
            if (item.file == no_stage_for_) return fail(Errc::unavailable, "no stage");
            begun_.push_back(item.file);
            return ItemStage{&presenter_, lead_, hold_last_};
        };
        hooks.fail_item = [this](const EndedItem& item) { failed_items_.push_back(item); };
        hooks.end_item = [this](const EndedItem& item) { ended_items_.push_back(item); };
        hooks.skip_item = [this](const SkippedItem& item) { skipped_.push_back(item); };
        hooks.wake = [this] { ++woken_; };
        auto engine = Engine::make(options, std::move(hooks), statistics_, clock_);
        ASSERT_TRUE(engine) << engine.error().text;
        engine_ = std::move(*engine);
    }

    /// Ticks as an owner would, moving time on as told.
    void play_until(Nanos moment) {
        while (!ended_) {
            settle();
            const Engine::Ahead before = engine_->ahead();
            const auto tick = engine_->tick();
            if (!tick) {
                error_ = tick.error();
                ended_ = true;
                return;
            }
            ended_ = tick->ended;
            if (ended_) return;
            // What other threads do now takes no time on this clock.
            const bool under_way = is_under_way();  // first: it may be ready a moment later
            const bool got_ready = !reading_is_held() && !tick->wake_at && !engine_->paused() &&
                                   engine_->ahead() == Engine::Ahead::ready;
            // It may have become ready behind the engine's back, while that looked elsewhere.
            const bool came_on = engine_->ahead() != before;
            if (under_way || got_ready || came_on) {
                std::this_thread::sleep_for(100us);
            } else if (!tick->wake_at || *tick->wake_at > moment) {
                clock_.set(std::max(moment, clock_.now()));
                return;
            } else {
                clock_.set(std::max(*tick->wake_at, clock_.now()));
            }
        }
    }

    [[nodiscard]] bool is_under_way() {
        std::lock_guard lock(mutex_);
        const Engine::Ahead ahead = engine_->ahead();
        return !at_gate_ && (ahead == Engine::Ahead::opening || ahead == Engine::Ahead::opened);
    }

    [[nodiscard]] bool reading_is_held() const {
        std::lock_guard lock(mutex_);
        return at_gate_ && gate_.rfind("read ", 0) == 0;
    }

    /// Lets the reading thread of the present item fill its queue.
    void settle() const {
        const Session* session = engine_->session();
        if (session == nullptr) return;
        FrameQueue& queue = const_cast<Session*>(session)->queue();
        for (int i = 0; i < 20000; ++i) {
            if (queue.at_rest() || reading_is_held()) return;
            std::this_thread::sleep_for(100us);
        }
        ADD_FAILURE() << "the queue does not fill";
    }

    /// The item of this name is not opened before open_gate(); "close a", "read a": nor is that
    /// done with it.
    void close_gate(const std::string& name) {
        std::lock_guard lock(mutex_);
        gate_ = name;
    }
    void open_gate() {
        {
            std::lock_guard lock(mutex_);
            gate_.clear();
            at_gate_ = false;
        }
        gate_opened_.notify_all();
    }
    /// Nobody waits there then.
    void open_gate_when_given_up() {
        for (int i = 0; i < 20000; ++i) {
            {
                std::lock_guard lock(mutex_);
                if (gave_up_) break;
            }
            std::this_thread::sleep_for(100us);
        }
        EXPECT_TRUE(gave_up_);
        open_gate();
    }
    void wait_at_gate() {
        for (int i = 0; i < 20000; ++i) {
            (void)engine_->tick();
            if (is_at_gate()) return;
            std::this_thread::sleep_for(100us);
        }
        ADD_FAILURE() << "nobody came to the gate";
    }

    /// What is read was opened before: the engine has to have taken that up.
    [[nodiscard]] bool is_at_gate() {
        if (reading_is_held()) return engine_->ahead() != Engine::Ahead::opening;
        std::lock_guard lock(mutex_);
        return at_gate_;
    }

    [[nodiscard]] std::vector<Nanos> moments() const {
        std::vector<Nanos> all;
        for (const auto& each : presenter_.shown) all.push_back(each.moment - kStart);
        return all;
    }
    [[nodiscard]] std::vector<Nanos> pts() const {
        std::vector<Nanos> all;
        for (const auto& each : presenter_.shown) all.push_back(each.pts);
        return all;
    }
    [[nodiscard]] std::vector<EngineEvent> events(EngineEvent::Kind kind) {
        while (auto event = engine_->next_event()) told_.push_back(*event);
        std::vector<EngineEvent> of_kind;
        std::copy_if(told_.begin(), told_.end(), std::back_inserter(of_kind),
                     [&](const EngineEvent& each) { return each.kind == kind; });
        return of_kind;
    }
    [[nodiscard]] size_t count_logged(std::string_view text) {
        std::lock_guard lock(mutex_);
        return static_cast<size_t>(std::count_if(
            logged_.begin(), logged_.end(),
            [&](const auto& each) { return each.second.find(text) != std::string::npos; }));
    }

    static constexpr Nanos kStart = std::chrono::seconds(1000);
    ManualClock clock_;
    FakePresenter presenter_;
    PlaybackStatistics statistics_;
    std::shared_ptr<FakeSourceLog> log_ = std::make_shared<FakeSourceLog>();
    Census sources_;
    // The list, and what of it is special.
    std::vector<std::string> names_;
    std::map<std::string, Scripted> list_;
    uint64_t passes_ = 1;
    NextItem next_item_;  // in place of names_, where it is set
    bool goes_back_ = true;
    std::optional<NextAnswer> at_end_;           // in place of its end
    std::function<void()> while_list_is_asked_;  // on the opening thread
    std::map<std::string, std::optional<Nanos>> ends_;
    std::map<std::string, uint64_t> loops_;
    std::string no_stage_for_;
    std::optional<int> bad_track_;         // of the pictures: it cannot be opened
    std::atomic<bool> fails_once_{false};  // whatever is opened next
    Nanos lead_{0};
    bool hold_last_ = false;
    std::string device_;  // a name of which one source is open at a time, in hardware
    // What came of it.
    std::atomic<int> list_asked_{0};
    std::atomic<int> woken_{0};
    std::vector<std::string> begun_;
    std::vector<EndedItem> failed_items_;
    std::vector<EndedItem> ended_items_;
    std::vector<SkippedItem> skipped_;
    std::vector<uint64_t> asked_passes_;  // of sources; likewise
    std::vector<std::string> opened_;     // by the opening thread; read when it rests
    std::vector<Item> opened_items_;      // likewise
    bool ended_ = false;
    std::optional<Error> error_;
    std::unique_ptr<Engine> engine_;

  private:
    NextAnswer next_item() {
        ++list_asked_;
        if (taken_ == names_.size() * passes_) {
            if (while_list_is_asked_) while_list_is_asked_();
            if (at_end_) return *at_end_;
            return EndOfList{};
        }
        Item item;
        item.file = names_[taken_ % names_.size()];
        item.pass = taken_ / names_.size();
        item.number = taken_;
        if (const auto loops = loops_.find(item.file); loops != loops_.end()) {
            item.passes = loops->second;
        }
        if (const auto end = ends_.find(item.file); end != ends_.end()) item.end = end->second;
        ++taken_;
        return item;
    }

    void wait_at_gate_of(
        const std::string& name, const std::function<bool()>& cancelled = [] { return false; }) {
        std::unique_lock lock(mutex_);
        while (gate_ == name && !cancelled()) {
            at_gate_ = true;
            gate_opened_.wait_for(lock, 1ms);
        }
    }

    Result<std::unique_ptr<FrameSource>> open(const Item& item,
                                              const std::function<bool()>& cancelled) {
        wait_at_gate_of(item.file, cancelled);
        {
            std::lock_guard lock(mutex_);
            opened_.push_back(item.file);
            opened_items_.push_back(item);
            gave_up_ |= cancelled();
        }
        if (cancelled()) return fail(Errc::interrupted, "{}: interrupted", item.file);
        Scripted scripted;
        {
            std::lock_guard lock(mutex_);
            scripted = list_.at(item.file);
        }
        if (scripted.error) return Failure(*scripted.error);
        if (fails_once_.exchange(false)) return fail(Errc::io, "{}: not now", item.file);
        if (bad_track_ && item.video_track == bad_track_) {
            return fail(Errc::protocol, "{}: not one picture could be decoded", item.file);
        }
        asked_passes_.push_back(item.passes);
        if (!device_.empty()) {
            const bool free = sources_.now == 0;
            scripted.source.path.hardware = free;
            if (!free) scripted.source.path.refused = {device_ + ": " + errno_text(EBUSY)};
        }
        scripted.source.held = {nullptr, [this, file = item.file, inside = sources_.enter()](
                                             void*) { wait_at_gate_of("close " + file); }};
        scripted.source.before_read = [this, file = item.file] { wait_at_gate_of("read " + file); };
        if (item.video_track == 2 && !scripted.times_of_second.empty()) {
            scripted.source.times = scripted.times_of_second;
        }
        for (Track& track : scripted.source.tracks) {
            const bool video = track.kind == Track::Kind::video;
            track.chosen =
                track.number == (video ? item.video_track : item.audio_track).value_or(1);
        }
        auto source = make_fake_source(scripted.source, log_);
        const auto from = item.resume_at ? item.resume_at : item.start;
        if (from) (void)source->seek(*from);
        return source;
    }

    mutable std::mutex mutex_;
    std::condition_variable gate_opened_;
    std::string gate_;
    bool at_gate_ = false;
    bool gave_up_ = false;
    size_t taken_ = 0;
    std::vector<std::pair<LogLevel, std::string>> logged_;
    LogSink log_before_;
    std::vector<EngineEvent> told_;
};

}  // namespace vitrine::testing
