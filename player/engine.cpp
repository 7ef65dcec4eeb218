#include "player/engine.h"

#include <algorithm>
#include <utility>

#include "core/log.h"

namespace vitrine {
namespace {

constexpr Nanos kPathCheckPeriod = std::chrono::milliseconds(250);
constexpr Nanos kRefresh = std::chrono::milliseconds(16);  // about that of most displays

NextAnswer divided(NextAnswer next) {
    auto* item = std::get_if<Item>(&next);
    if (item != nullptr && item->passes != 1 && is_part(*item)) divide(*item, item->passes);
    return next;
}

std::string path_text(const Session& session, const Presenter& presenter) {
    const DecodePath path = session.path();
    return fmt::format("{} > {} > {} > {}", path.decoder, path.storage, presenter.importer_name(),
                       presenter.output_name());
}

std::optional<Nanos> earlier(std::optional<Nanos> a, std::optional<Nanos> b) {
    return a && b ? std::min(*a, *b) : a ? a : b;
}

double in_milliseconds(Nanos time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::make(const EngineOptions& options, EngineHooks hooks,
                                             PlaybackStatistics& statistics, const Clock& clock) {
    if (auto taken = check_speed(options.speed); !taken) return Failure(taken.error());
    auto events = EventQueue::make();
    if (!events) return Failure(events.error());
    return std::unique_ptr<Engine>(
        new Engine(options, std::move(hooks), statistics, clock, std::move(*events)));
}

Engine::Engine(const EngineOptions& options, EngineHooks hooks, PlaybackStatistics& statistics,
               const Clock& clock, std::unique_ptr<EventQueue> events)
    : options_(options),
      hooks_(std::move(hooks)),
      statistics_(statistics),
      clock_(clock),
      events_(std::move(events)),
      speed_(options.speed),
      suspended_(clock.suspended()),
      opener_(std::make_unique<Opener>(
          Opener::Options{[this] { return divided(hooks_.next_item()); }, hooks_.go_back,
                          hooks_.open, options_.queue_capacity, &clock_, hooks_.wake})) {}

Engine::~Engine() {
    finish();
}

void Engine::open_first() {
    ask_for_next();
}

void Engine::cancel() {
    opener_->cancel();
}

void Engine::finish() {
    cancel();
    over_ = true;
    if (current_) leave_current(Leave::early);
    drop_switch();
    drop_next();
    // What was being opened when it was cancelled is closed by the second round.
    for (int round = 0; round < 2; ++round) {
        opener_->wait_until_idle();
        take_answers();
    }
    opener_->wait_until_idle();
    take_answers();
}

// From one item to the next.

bool Engine::next_is_ready() const {
    return next_ && next_->session->queue().head().first;
}

Result<Engine::Tick> Engine::tick() {
    auto tick = show_what_is_due();
    tell_list_waits();
    watch_.look([this](Property property) { return get(property); }, *events_);
    return tick;
}

Result<Engine::Tick> Engine::show_what_is_due() {
    note_standstill(overdue());
    auto tick = bring_list_on();
    if (!tick || tick->ended) return tick;
    if (auto drawn = bring_fade_on(*tick); !drawn) return Failure(drawn.error());
    tick->wake_at = earlier(earlier(tick->wake_at, list_due()), note_stall());
    const bool plays = current_ && !paused() && !options_.player.pacer.untimed;
    due_ = plays ? tick->wake_at : std::nullopt;
    return tick;
}

/// Whoever stops the process or the output may well do so while a picture is shown.
Result<Player::Tick> Engine::tick_player() {
    const Nanos before = clock_.now();
    const bool runs = player_->shown_of_session() > 0 && !options_.player.pacer.untimed;
    auto tick = player_->tick();
    if (runs) note_standstill(clock_.now() - before);
    return tick;
}

/// Between two pictures that a display may show; the lead is half of it.
Nanos Engine::refresh() const {
    return std::max(kRefresh, 2 * stage_.lead);
}

/// Draws the picture that fades in, where that is due, and says when it is again.
Result<void> Engine::bring_fade_on(Tick& tick) {
    Presenter* presenter = stage_.presenter;
    const Nanos step = refresh();
    const auto next_draw = [&]() -> std::optional<Nanos> {
        const auto drawn = presenter != nullptr ? presenter->fade_drawn() : std::nullopt;
        return drawn ? std::optional(next_fade_draw(*drawn, step, tick.wake_at)) : std::nullopt;
    };
    auto next = next_draw();
    if (next && *next <= clock_.now()) {
        if (auto redrawn = presenter->redraw(); !redrawn) {
            presenter->fade_next(Nanos{0});
            if (redrawn.error().code == Errc::device_lost) return redrawn;
            log_warning("{}", redrawn.error().text);
        }
        next = next_draw();
    }
    if (next) tick.wake_at = std::min(*next, tick.wake_at.value_or(*next));
    return {};
}

Result<Engine::Tick> Engine::bring_list_on() {
    take_answers();
    while (!over_) {
        settle_next();
        if (current_) {
            auto played = play_current();
            if (!played) return Failure(played.error());
            if (*played) return **played;
            continue;
        }
        if (switch_) {
            bool begun = false;
            if (auto advanced = advance_switch(begun); !advanced) {
                return Failure(advanced.error());
            }
            if (begun || !switch_) continue;
            return Tick{};
        }
        tell_skipped();
        if (next_is_ready()) {
            if (late_seam_) count_seam(false);
            if (auto begun = begin_next(false); !begun) return Failure(begun.error());
            continue;
        }
        say_outage();
        ask_at_end();
        ask_for_next();
        return nothing_follows() ? end_list() : Tick{};
    }
    return Tick{true, std::nullopt};
}

/// Nothing where there is more to do at once.
Result<std::optional<Engine::Tick>> Engine::play_current() {
    bool switched = false;
    const auto switch_due = advance_switch(switched);
    if (!switch_due) return Failure(switch_due.error());
    if (switched || !current_) return std::nullopt;
    const auto tick = tick_player();
    if (!tick) {
        if (tick.error().code == Errc::device_lost) return Failure(tick.error());
        leave_current(Leave::broken, tick.error());
        return std::nullopt;
    }
    note_shown();
    if (player_->at_frame_limit()) {
        leave_current(Leave::early);
        over_ = true;
        return std::nullopt;
    }
    check_path();
    if (skip_) ask_at_end();
    ask_for_next();
    if (next_is_ready()) player_->prepare(*next_->session);
    if (skip_ && (next_is_ready() || nothing_follows() || !opens_beside_current())) {
        if (next_is_ready()) {
            if (auto begun = begin_next(false); !begun) return Failure(begun.error());
        } else if (!nothing_follows() || !stage_.hold_last) {
            leave_current(Leave::early);
        }
        skip_ = false;
        return std::nullopt;
    }
    if (!tick->drained) return Tick{false, earlier(tick->wake_at, *switch_due)};
    auto next = go_on_after(*tick);
    if (next && *next) (*next)->wake_at = earlier((*next)->wake_at, *switch_due);
    return next;
}

/// All frames of the present item have been taken.
Result<std::optional<Engine::Tick>> Engine::go_on_after(const Player::Tick& tick) {
    const bool is_due = tick.seam && *tick.seam <= clock_.now();
    if (!is_due && !player_->awaits_step()) {
        return Tick{false, nothing_follows() || !tick.seam ? tick.wake_at : tick.seam};
    }
    give_up_switch_at_end();
    if (!next_is_ready()) return wait_for_next(tick);
    const bool in_line = !late_seam_;
    // Nobody looked in time. Within a refresh the display may have shown it no sooner anyway.
    if (in_line && is_due && clock_.now() - *tick.seam > refresh()) {
        late_seam_ = LateSeam{*tick.seam};
    }
    count_seam(!late_seam_);
    if (auto begun = begin_next(in_line); !begun) return Failure(begun.error());
    return std::nullopt;
}

/// The last frame stays meanwhile.
std::optional<Engine::Tick> Engine::wait_for_next(const Player::Tick& tick) {
    if (nothing_follows()) {
        if (tick.ended) return end_list();
        return Tick{false, tick.wake_at};
    }
    const bool timed = !options_.player.pacer.untimed && player_->shown_of_session() > 0;
    if (timed && tick.seam && !late_seam_) late_seam_ = LateSeam{*tick.seam, nothing_yet_};
    if (options_.gapless == Gapless::off) {
        if (!tick.ended && !player_->awaits_step()) return Tick{false, tick.wake_at};
        note_repeat();
        leave_current(Leave::ended);
        return std::nullopt;
    }
    tell_skipped();
    say_outage();
    if (tick.seam) ask_at_end();  // not where somebody only steps
    ask_for_next();
    return Tick{};
}

void Engine::count_seam(bool on_time) {
    if (options_.player.pacer.untimed || player_->shown_of_session() == 0) return;
    if (on_time) {
        statistics_.add_seam_on_time();
        return;
    }
    if (late_seam_->list_was_empty) return;
    const Nanos late = clock_.now() - late_seam_->due;
    statistics_.add_late_seam(late);
    events_->push({EngineEvent::Kind::seam_late, next_->number, next_->item.file, late});
    const std::string text =
        fmt::format("{}: begins {:.1f} ms late; the last picture stayed meanwhile",
                    next_->session->info().name, in_milliseconds(late));
    if (options_.gapless == Gapless::strict) {
        log_error("{}", text);
        seam_failed_ = true;
    } else if (options_.gapless == Gapless::off) {
        log_info("{}", text);
    } else {
        log_warning("{}", text);
    }
}

/// How long an item fades in: no longer than it is shown, or it would never be there wholly.
Nanos Engine::fade_of(const Listed& next) const {
    if (options_.player.pacer.untimed || player_->awaits_step()) return Nanos{0};
    Session& session = *next.session;
    std::optional<Nanos> end = session.info().duration;
    if (session.end()) end = std::min(end.value_or(*session.end()), *session.end());
    const auto first = session.queue().head().first;
    if (!end || !first || next.item.passes != 1 || next.item.repeats != 0) return options_.fade;
    const auto shown = std::chrono::duration_cast<Nanos>((*end - *first) / player_->speed());
    return std::min(options_.fade, std::max(shown, Nanos{0}));
}

Result<void> Engine::begin_next(bool in_line) {
    Listed next = std::move(*next_);
    next_.reset();
    if (current_) leave_current(skip_ || next.switched ? Leave::early : Leave::ended);
    if (!next.switched) tell_skipped();
    late_seam_.reset();
    const auto stage = hooks_.begin_item(next.item, next.session->info());
    if (!stage) {
        opener_->close(next.session);
        if (!player_) {
            over_ = true;
            return Failure(stage.error());
        }
        note_skipped(std::move(next.item), stage.error(), SkippedItem::Why::no_stage, next.number);
        tell_skipped();
        return {};
    }
    stage_ = *stage;
    current_ = std::move(next);
    if (player_) {
        const bool is_new = !current_->repeat && !current_->switched;
        if (is_new) stage_.presenter->fade_next(fade_of(*current_));
        player_->follow_with(*current_->session, in_line, stage_.lead);
    } else {
        PlayerOptions player = options_.player;
        player.pacer.lead = stage_.lead;
        player_ = std::make_unique<Player>(*current_->session, *stage_.presenter, statistics_,
                                           clock_, player, options_.sound);
        player_->set_speed(speed_);
        if (begins_paused_) player_->toggle_pause();
    }
    events_->push({EngineEvent::Kind::item_began, current_->number, current_->item.file});
    return {};
}

void Engine::leave_current(Leave how, std::optional<Error> error) {
    EndedItem ended = describe_current();
    ended.early = how == Leave::early;
    if (ended.early) ended.error.reset();
    if (error) ended.error = error;
    tell_failed(ended);
    EngineEvent told{EngineEvent::Kind::item_ended, current_->number, ended.item.file};
    told.early = ended.early;
    told.error = ended.error;
    events_->push(std::move(told));
    leaving_.push_back({std::move(ended), current_->session.get()});
    opener_->close(std::move(current_->session));
    current_.reset();
}

EndedItem Engine::describe_current() const {
    const Session& session = *current_->session;
    EndedItem item;
    item.item = current_->item;
    item.info = session.info();
    item.shown = player_->shown_of_session();
    item.error = session.error();
    item.path = session.path();
    item.counters = session.counters();
    item.importer = stage_.presenter->importer_name();
    item.output = stage_.presenter->output_name();
    item.refused_importers = stage_.presenter->refused_importers();
    return item;
}

Engine::Tick Engine::end_list() {
    tell_skipped();
    if (!std::exchange(told_end_, true)) events_->push({EngineEvent::Kind::end_of_list});
    if (stage_.hold_last && player_) {
        if (current_ && !current_->told_failed) tell_failed(describe_current());
        return {};
    }
    if (current_) leave_current(Leave::ended);
    over_ = true;
    return {true, std::nullopt};
}

void Engine::note_shown() {
    if (current_->counted || player_->shown_of_session() == 0) return;
    current_->counted = true;
    ++played_in_pass_;
    end_outage();
}

void Engine::check_path() {
    const Nanos now = clock_.now();
    if (player_->shown_of_session() == 0 || (told_path_ && now < next_path_check_)) return;
    next_path_check_ = now + kPathCheckPeriod;
    std::string path = path_text(*current_->session, *stage_.presenter);
    if (told_path_ == path) return;
    events_->push({EngineEvent::Kind::path_changed, current_->number, path});
    told_path_ = std::move(path);
}

}  // namespace vitrine
