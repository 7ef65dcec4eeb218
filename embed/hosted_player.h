// A player that runs by itself, for a program that draws the pictures: an engine and its sound on a
// thread of their own, which puts each picture on a board when it is its time. Thread-safe: what is
// asked for is queued, and obeyed in its order; no call waits longer than a mutex is held, but
// close().
#pragma once

#include <array>
#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "core/call_guard.h"
#include "core/clock.h"
#include "embed/picture_board.h"
#include "embed/picture_copier.h"
#include "embed/places.h"
#include "embed/released_frames.h"
#include "player/engine.h"
#include "player/item_queue.h"
#include "player/media_opener.h"
#include "player/sound/sound_player.h"

namespace vitrine {

struct HostedPlayerOptions {
    bool sound = true;
    std::string sound_device;  // "": the system's default
    bool hardware_decoding = true;
    std::vector<std::string> decoders;  // rows or libavcodec names, forced; empty: every row
    // At a time; pools are made for them.
    int renderers = 1;  // 1 to kMostRenderers
    int frames = 0;     // that the host takes; 0 to kMostFrames
    /// A frame whose release fence says nothing for so long is taken back.
    Nanos fence_patience = std::chrono::seconds(10);
    /// There is something to be asked for: an event, or another picture. Called on any thread;
    /// must not call the player. May be empty.
    std::function<void()> wake;
};

/// What was counted up to the last picture.
struct HostedCounters {
    uint64_t decoded = 0;
    uint64_t presented = 0;
    uint64_t dropped = 0;
    uint64_t copies = 0;
    uint64_t bytes_copied = 0;
    uint64_t skipped_items = 0;
};

class HostedPlayer {
  public:
    static constexpr size_t kMostRequests = 1024;  // that wait
    static constexpr int kMostRenderers = 16;
    static constexpr int kMostFrames = 16;

    /// Errors: invalid_argument for such a number of renderers or frames; unavailable when there is
    /// no descriptor left.
    [[nodiscard]] static Result<std::shared_ptr<HostedPlayer>> make(HostedPlayerOptions options);
    ~HostedPlayer();  // as close()
    HostedPlayer(const HostedPlayer&) = delete;
    HostedPlayer& operator=(const HostedPlayer&) = delete;

    /// Ends playing and waits until everything is closed, and for the fences of frames that were
    /// given back; the last picture stays on the board.
    /// Nothing is obeyed any more, and nobody is woken.
    void close();

    // Errors of all of these: unavailable when kMostRequests wait. What comes of them later is told
    // by events.
    /// Plays this as soon as it can be, in place of what plays and what waits.
    [[nodiscard]] Result<void> open(Item item);
    /// Behind what waits.
    [[nodiscard]] Result<void> queue(Item item);
    /// Nothing plays and nothing waits.
    [[nodiscard]] Result<void> stop();
    /// To be obeyed by the engine, on its thread; an error that it returns is told by an event.
    [[nodiscard]] Result<void> ask(std::function<Result<void>(Engine&)> request);

    /// As it was when the playing thread looked last.
    [[nodiscard]] PropertyValue get(Property property) const;
    [[nodiscard]] HostedCounters counters() const;
    /// All that was counted, up to a second ago.
    [[nodiscard]] PlaybackStatistics statistics() const;

    /// Readable while an event waits; borrowed.
    [[nodiscard]] int event_fd() const { return events_->fd(); }
    [[nodiscard]] std::optional<EngineEvent> next_event() { return events_->pop(); }

    /// One more renderer draws its pictures, as long as what is returned lives; the player must
    /// outlive that. Errors: unavailable where there are as many as it was made for.
    [[nodiscard]] Result<std::shared_ptr<void>> add_renderer();
    /// Likewise of a frame that is taken from the board.
    [[nodiscard]] Result<std::shared_ptr<void>> add_frame();
    /// Such a frame, and its place, go when the fence says so.
    void give_back(FramePtr frame, std::shared_ptr<void> place, UniqueFd fence);
    [[nodiscard]] PictureCopier& copier() { return copier_; }

    [[nodiscard]] PictureBoard& board() { return board_; }
    [[nodiscard]] const Clock& clock() const { return clock_; }

  private:
    explicit HostedPlayer(HostedPlayerOptions options);
    [[nodiscard]] Result<void> start();
    [[nodiscard]] EngineHooks engine_hooks();
    [[nodiscard]] MediaOpenerParts opener_parts();
    [[nodiscard]] Result<void> put(std::function<Result<void>(Engine&)> request);
    void run();
    void obey_requests();
    void look(std::optional<Nanos> next_due);
    void keep_statistics();
    void hand_out_events();
    void rest(const Engine::Tick& tick);

    const HostedPlayerOptions options_;
    MonotonicClock clock_;
    const std::shared_ptr<CallGuard> calls_ = std::make_shared<CallGuard>();
    Places renderers_;
    Places frames_;
    PictureBoard board_;
    PictureCopier copier_;
    ReleasedFrames released_;
    PlaybackStatistics statistics_{clock_.now()};  // the playing thread's
    std::unique_ptr<Presenter> presenter_;
    std::unique_ptr<SoundPlayer> sound_;  // null where none is wanted
    ItemQueue items_;
    std::optional<WakeUp> wake_;  // of the playing thread
    std::atomic<bool> quit_{false};
    std::optional<MediaOpener> opener_;
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<EventQueue> events_;  // the engine's, once what they tell of can be asked for

    mutable std::mutex mutex_;
    std::deque<std::function<Result<void>(Engine&)>> requests_;  // at most kMostRequests
    bool over_ = false;                                          // nothing is obeyed any more
    std::array<PropertyValue, kPropertyCount> values_;
    HostedCounters counters_;
    PlaybackStatistics kept_statistics_;
    Nanos kept_at_ = Nanos::min();   // the playing thread's
    uint64_t decoded_of_ended_ = 0;  // items; the playing thread's
    std::thread thread_;             // last: it uses all of the above
};

}  // namespace vitrine
