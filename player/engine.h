// Plays a list, item after item without a seam, on one presenter: it has each opened ahead on a
// thread of its own and lets it follow at the moment when the last frame of the one before has been
// on for its duration; what is on the screen stays until then, be that late. Owns the sessions, the
// Player and the opening thread; its owner calls tick(), waits as it is told or until it is woken,
// and calls again. No call but finish() waits for another thread. Thread-bound to the render
// thread, but for the descriptor of the events, next_event(), events_dropped() and list_changed(),
// which are thread-safe.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "player/event_queue.h"
#include "player/opener.h"
#include "player/play_budget.h"
#include "player/player.h"
#include "player/property_watch.h"

namespace vitrine {

struct EngineOptions {
    PlayerOptions player;  // frame_limit is of all items together; lead is that of EngineHooks
    Gapless gapless = Gapless::automatic;
    SoundPlayer* sound = nullptr;  // plays what is to be heard; null for none; outlives the engine
    double speed = 1.0;            // as of set_speed()
    /// The pictures of each item fade in over the last one of the item before; not when they are
    /// stepped to, and not untimed. 0: they follow at once.
    Nanos fade{0};
    size_t queue_capacity = kQueueCapacity;
    /// The list repeats itself without end: once anything has played, a pass of which nothing could
    /// be shown is no end of it. The engine says so, and tries again at growing intervals.
    bool endless = false;
    /// How long before the end of an item the next is opened, where its length is known.
    Nanos open_ahead = std::chrono::seconds(10);
};

/// Where an item is shown.
struct ItemStage {
    Presenter* presenter = nullptr;  // the same for all items; outlives the engine
    Nanos lead{0};                   // as PacerOptions has it
    bool hold_last = false;          // the last frame of the list stays until somebody ends it
};

/// An item that has begun and ended.
struct EndedItem {
    Item item;
    SourceInfo info;
    uint64_t shown = 0;          // frames
    bool early = false;          // somebody ended it
    std::optional<Error> error;  // what ended it otherwise, before its end
    DecodePath path;
    SourceCounters counters;
    // Of the presenter, as it was then.
    std::string importer;
    std::string output;
    std::vector<std::string> refused_importers;
};
/// The way that its frames took; refused: what is out besides, for all items.
[[nodiscard]] PlaybackPath path_of(const EndedItem& item, std::vector<std::string> refused = {});

/// An item that never began.
struct SkippedItem {
    Item item;
    Error error;
    enum class Why { not_opened, no_picture, no_stage } why = Why::not_opened;
};

struct EngineHooks {
    NextItem next_item;
    /// The item before this one is to be given next, and those after it again. Called as next_item
    /// is; empty where a list has no way back.
    std::function<void(const Item&)> go_back;
    OpenItem open;
    /// Called before the first frame of an item is shown, on the render thread: opens what it is
    /// shown on, or changes its size. Errors: with the first item they end all, later ones are
    /// skipped.
    std::function<Result<ItemStage>(const Item&, const SourceInfo&)> begin_item;
    /// An item that something ended before its end, when all that came of it was shown: before
    /// end_item, and once, unless somebody seeks in it and it comes to that again.
    std::function<void(const EndedItem&)> fail_item;
    /// Each item that has begun comes here when its source has been closed, in the order of the
    /// list, and all of them by the end of finish().
    std::function<void(const EndedItem&)> end_item;
    /// Each item that has not, when it would have been its turn.
    std::function<void(const SkippedItem&)> skip_item;
    /// tick() has something to do. Called on any thread; may be empty.
    std::function<void()> wake;
};

class Engine {
  public:
    /// `statistics` and `clock` must outlive it. Errors: unavailable when there is no descriptor
    /// left; invalid_argument as set_speed().
    [[nodiscard]] static Result<std::unique_ptr<Engine>> make(const EngineOptions& options,
                                                              EngineHooks hooks,
                                                              PlaybackStatistics& statistics,
                                                              const Clock& clock);
    ~Engine();  // as finish()
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// The first item is opened from now on, while that is still made which it is to be shown on;
    /// otherwise from the first tick() on. To be called once, before that.
    void open_first();

    struct Tick {
        bool ended = false;  // the list, or as many frames as were asked for
        /// When to call again at the latest; none: when woken, or when something is asked.
        std::optional<Nanos> wake_at;
    };
    /// Shows or drops what is due, and goes on with the next item when it is its turn.
    /// Errors: the output is gone, or the first item has none; playing is over then.
    [[nodiscard]] Result<Tick> tick();

    /// The list that had nothing yet may have something by now. Any thread.
    void list_changed();
    /// Items of the list with a lesser Item::number that have not begun are let go, be they open by
    /// now, and are told to nobody.
    void let_go_before(uint64_t item_number);

    // Before the first item they hold for it: its first frame is shown.
    void pause();
    void play();
    void toggle_pause();
    [[nodiscard]] bool paused() const;
    /// How often the item that plays is played, counted from the pass on the screen; 0: without
    /// end. Passes that its source has begun to read ahead are played all the same. Errors:
    /// unavailable between two items, and at the end of one.
    [[nodiscard]] Result<void> set_loop(uint64_t passes);
    /// As set_loop() has it; 1 where nothing plays.
    [[nodiscard]] uint64_t loop() const;
    /// Within the item that plays; of several requests the newest counts. Errors: unsupported;
    /// unavailable between two items.
    [[nodiscard]] Result<void> seek_by(Nanos offset,
                                       SeekTarget::Kind kind = SeekTarget::Kind::exact);
    [[nodiscard]] Result<void> seek_to(Nanos position,
                                       SeekTarget::Kind kind = SeekTarget::Kind::exact);
    /// To the start of another chapter of the item that plays, so many further; a negative number
    /// goes back, first to the start of the present one where that is kBackToStart ago. The index
    /// of the chapter. Errors: as seek_to; unsupported where there are no chapters, unavailable
    /// where there is none further on.
    Result<size_t> seek_chapter(int by);
    static constexpr Nanos kBackToStart = std::chrono::seconds(5);  // as mpv has it

    /// Has another track of the item played from about here on: it is opened once more beside the
    /// playing one, which goes on until the first new frame is there. Whether that worked is told
    /// by an event and on the log. The last of several choices holds. number: from 1; of the sound
    /// 0, for none.
    /// Errors: invalid_argument where there is no such track; unsupported where the source cannot
    /// be seeked; unavailable between two items, at the end of one, and where no sound is played.
    [[nodiscard]] Result<void> choose_track(Track::Kind kind, int number);
    /// That is played, or was chosen and is to follow; 0: none.
    [[nodiscard]] int wanted_track(Track::Kind kind) const;

    /// Pauses and shows the next frame, be it of the next item.
    void step();
    /// Pauses and shows the frame before, within the item. Errors: as seeking's.
    [[nodiscard]] Result<void> step_back();
    /// For this item and those that follow: how much of the time line passes in a second. Errors:
    /// invalid_argument where it is not from kSlowest to kFastest.
    [[nodiscard]] Result<void> set_speed(double speed);
    [[nodiscard]] double speed() const { return speed_; }
    /// Goes on with the next item as soon as it is there, or where that is being waited for, with
    /// the one after it; after the last one the list has ended.
    void skip();
    /// Goes on with what the list has next as soon as it is there. Unlike skip() it lets go of
    /// nothing that is still to come, be it in the list by now or not.
    void go_on();
    /// Likewise with the item of this Item::number: what is before it is let go.
    void go_on_with(uint64_t item_number);
    /// Ends the item that plays at once, sound and all, and lets go of what is before that number.
    /// The last picture stays.
    void stop_before(uint64_t item_number);
    /// As skip() with the item before the present one. Errors: unsupported where the list has no
    /// way back; unavailable between two items.
    [[nodiscard]] Result<void> skip_back();
    /// Opening under way is given up. For finish() to come, from the render thread too.
    void cancel();
    /// Ends the item that plays and waits until everything is closed.
    void finish();

    // Of the item that plays, or played last.
    [[nodiscard]] bool begun() const { return player_ != nullptr; }
    /// Null between two items that do not follow each other at once.
    [[nodiscard]] const Session* session() const {
        return current_ ? current_->session.get() : nullptr;
    }
    /// As it would be told if it ended now; only where there is a session.
    [[nodiscard]] EndedItem describe_current() const;
    [[nodiscard]] Nanos position() const;
    [[nodiscard]] uint64_t shown_of_item() const;
    [[nodiscard]] uint64_t shown() const;
    /// How far the item is that comes next.
    enum class Ahead { none, opening, opened, ready };
    [[nodiscard]] Ahead ahead() const;
    /// Null before the first item.
    [[nodiscard]] Presenter* presenter() const { return stage_.presenter; }
    /// A seam was late though Gapless::strict was asked for.
    [[nodiscard]] bool seam_failed() const { return seam_failed_; }

    // All of that under names (property.h), for whoever offers them to others.
    /// No value where there is none at present: nothing plays, no sound is played, or it is not
    /// known.
    [[nodiscard]] PropertyValue get(Property property) const;
    /// Errors: invalid_argument for another type or what is out of range; unsupported where it
    /// cannot be set; those of the call that it stands for.
    [[nodiscard]] Result<void> set(Property property, const PropertyValue& value);
    /// Tells of it by an event once from the next tick on, and whenever a tick finds it changed;
    /// of changes that nobody took yet there is one.
    void observe(Property property, bool observed = true);

    /// Among the engine's own, from whoever runs it.
    void tell(EngineEvent event) { events_->push(std::move(event)); }
    [[nodiscard]] int event_fd() const { return events_->fd(); }
    [[nodiscard]] std::optional<EngineEvent> next_event() { return events_->pop(); }
    [[nodiscard]] uint64_t events_dropped() const { return events_->dropped(); }

  private:
    struct Listed {
        Item item;
        uint64_t number = 0;  // in the order of the list
        std::shared_ptr<Session> session{};
        bool counted = false;   // as one of its pass that could be shown
        bool repeat = false;    // the item before it, once more
        uint64_t again = 0;     // so often it is to follow itself, where that is settled
        bool switched = false;  // the item before it goes on with other tracks
        bool told_failed = false;
    };
    struct Skipped {
        SkippedItem what;
        uint64_t number;
    };
    struct Leaving {
        EndedItem what;
        const Session* session;
    };
    /// The present item as it is to go on with other tracks.
    struct TrackSwitch {
        Item item;         // as it is opened
        Item before;       // as it played, to go back to
        Track::Kind kind;  // of the track that was chosen last
        uint64_t number = 0;
        bool counted = false;
        bool asked = false;  // the opener is opening it
        bool going_back = false;
        std::shared_ptr<Session> session{};  // once it is open
        /// From its own time line to that of what plays meanwhile.
        Nanos offset{0};
        int attempts = 0;  // to be ahead of what plays
    };
    /// The next item was not there when it was its turn, or was not shown then.
    struct LateSeam {
        Nanos due;
        bool list_was_empty = false;  // so that nobody is late
    };
    /// Since a pass of an endless list of which nothing could be shown.
    struct Outage {
        Nanos since;
        Nanos retry_after;
        bool said = false;
    };
    /// ended: by itself; broken: it can go on no longer; early: nobody wants the rest.
    enum class Leave { ended, broken, early };

    Engine(const EngineOptions& options, EngineHooks hooks, PlaybackStatistics& statistics,
           const Clock& clock, std::unique_ptr<EventQueue> events);

    // What the opener answers (engine_opening.cpp).
    void take_answers();
    [[nodiscard]] bool is_let_go(const Item& item);
    [[nodiscard]] bool is_beyond_list() const;
    void take(OpenedItem opened);
    void take(UnopenedItem unopened);
    void take(NothingYet nothing);
    void take(EndOfList end);
    void take(ClosedItem closed);
    void settle_next();
    void drop_next();
    void drop_repeat();
    [[nodiscard]] bool awaits_current() const;
    void drop_awaited();
    void drop_all_ahead();
    void note_pass(uint64_t pass);
    void note_empty_pass();
    void say_outage();
    void end_outage();
    void note_skipped(Item item, Error error, SkippedItem::Why why, uint64_t number);
    [[nodiscard]] bool lacks_device(const std::vector<std::string>& reasons) const;
    void open_after_current(Item item, uint64_t number);

    // What it is asked for (likewise).
    void ask_for_next();
    void ask_at_end();
    [[nodiscard]] bool may_ask() const;
    [[nodiscard]] bool waits_for_list() const;
    [[nodiscard]] std::optional<Nanos> list_due() const;
    void note_repeat();
    [[nodiscard]] bool wants_repeat() const;
    [[nodiscard]] std::optional<Item> repeat_of_current() const;
    [[nodiscard]] bool is_in_last_pass() const;
    [[nodiscard]] bool is_time_to_open() const;
    [[nodiscard]] bool opens_beside_current() const;
    [[nodiscard]] std::optional<Nanos> left_of_current() const;

    // The two halves of a tick.
    [[nodiscard]] Result<Tick> show_what_is_due();
    [[nodiscard]] Result<Tick> bring_list_on();
    Result<void> bring_fade_on(Tick& tick);
    [[nodiscard]] Nanos refresh() const;
    [[nodiscard]] Result<Player::Tick> tick_player();
    [[nodiscard]] Nanos overdue();
    void note_standstill(Nanos stood);
    [[nodiscard]] bool is_starved() const;
    [[nodiscard]] std::optional<Nanos> note_stall();
    void end_stall();

    // From one item to the next.
    [[nodiscard]] bool next_is_ready() const;
    [[nodiscard]] bool nothing_follows() const {
        const bool waits = next_ || asked_ || repeat_ || held_ || switch_;
        return list_over_ && !waits && !wants_repeat();
    }
    [[nodiscard]] Result<std::optional<Tick>> play_current();
    [[nodiscard]] Result<std::optional<Tick>> go_on_after(const Player::Tick& tick);
    [[nodiscard]] std::optional<Tick> wait_for_next(const Player::Tick& tick);
    Result<void> begin_next(bool in_line);
    [[nodiscard]] Nanos fade_of(const Listed& next) const;
    [[nodiscard]] bool steps_past_end() const;
    void tell_list_waits();
    void tell_failed(const EndedItem& item);
    void count_seam(bool on_time);
    void leave_current(Leave how, std::optional<Error> error = std::nullopt);
    void tell_skipped();
    [[nodiscard]] Tick end_list();
    void note_shown();
    void check_path();
    [[nodiscard]] Result<void> seek(const SeekTarget& target);
    Result<void> go(const std::function<Result<void>()>& there);

    // Properties (engine_properties.cpp).
    [[nodiscard]] PropertyValue get_of_item(Property property) const;
    [[nodiscard]] PropertyValue get_of_sound(Property property) const;
    [[nodiscard]] Result<void> go_to_chapter(int64_t number);
    [[nodiscard]] Result<void> set_of_sound(Property property, const PropertyValue& value);

    // Another choice of tracks (engine_tracks.cpp).
    [[nodiscard]] Result<void> check_track(Track::Kind kind, int number) const;
    void put_next_aside();
    [[nodiscard]] bool take_aside(Item& item, uint64_t number);
    [[nodiscard]] Item current_from_here() const;
    [[nodiscard]] Nanos aim_switch();
    void ask_for_switch();
    void leave_for_switch();
    void take_switch(Result<OpenedItem> opened);
    void fail_switch(const Error& error);
    void restart_switch();
    void drop_switch();
    void settle_switch();
    [[nodiscard]] bool switch_is_ready() const;
    [[nodiscard]] Result<std::optional<Nanos>> advance_switch(bool& begun);
    [[nodiscard]] Result<void> begin_switch();
    void give_up_switch_at_end();

    const EngineOptions options_;
    const EngineHooks hooks_;
    PlaybackStatistics& statistics_;
    const Clock& clock_;
    const std::unique_ptr<EventQueue> events_;
    double speed_;
    PropertyWatch watch_;
    ItemStage stage_;
    std::unique_ptr<Player> player_;  // from the first item on
    std::optional<Listed> current_;
    std::optional<Listed> next_;
    std::optional<Listed> repeat_;   // of the present item, to be opened next
    std::optional<Listed> held_;     // comes then: taken from the list, it had to wait
    std::deque<Leaving> leaving_;    // being closed, in order; at most kSourcesOpen
    std::deque<Skipped> skipped_;    // before next_; at most kMostSkippedAhead
    uint64_t taken_ = 0;             // from the list
    uint64_t first_wanted_ = 0;      // of it, by Item::number
    std::optional<Item> back_from_;  // the list is to go back before it is asked
    bool asked_repeat_ = false;
    bool asked_switch_ = false;
    std::optional<TrackSwitch> switch_;
    bool put_aside_ = false;            // what is being opened is to wait for the switch
    std::optional<uint64_t> asked_;     // for the item of this number; its answer is still to come
    uint64_t told_waits_after_ = 0;     // items taken: that the list has no more yet
    bool nothing_yet_ = false;          // the list had no more when it was asked last
    std::optional<Nanos> ask_list_at_;  // then
    std::atomic<bool> list_changed_{false};  // since it was asked last
    /// near: over, unless it has more by the end of the present item; asked: then, or later.
    enum class ListEnd { open, near, asked } list_end_ = ListEnd::open;
    bool list_over_ = false;
    bool over_ = false;
    bool skip_ = false;
    bool gave_up_opening_ = false;  // of the item that is asked for
    bool asked_in_vain_ = false;    // nobody wants the answer any more
    bool begins_paused_ = false;    // as asked before the first item
    bool one_at_a_time_ = false;    // a device that decodes one file at a time was met
    bool told_end_ = false;
    bool seam_failed_ = false;
    std::optional<LateSeam> late_seam_;
    std::optional<uint64_t> pass_;  // of the last item that came from the list
    uint64_t played_in_pass_ = 0;   // items of which something was shown
    std::optional<Outage> outage_;
    std::optional<std::string> told_path_;
    Nanos next_path_check_{0};
    std::optional<Nanos> due_;  // when tick() was to be called, while something plays
    Nanos suspended_;           // as the clock had it then
    Nanos next_standstill_{0};  // is told then at the earliest
    struct Stall {
        const Session* session;  // to be compared only
        Nanos since;             // no picture has come
        uint64_t shown;          // until then
        bool said = false;
    };
    std::optional<Stall> stall_;
    Nanos next_stall_{0};             // likewise
    std::unique_ptr<Opener> opener_;  // last: its thread uses the hooks
};

}  // namespace vitrine
