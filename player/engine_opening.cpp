// What follows the item that plays: when it is opened, and what came of that.
#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "core/log.h"
#include "player/engine.h"

namespace vitrine {
namespace {

/// Items that cannot be opened are looked past so far; then the present one is played to its end.
constexpr size_t kMostSkippedAhead = 16;

// Between two tries of an endless list, while nothing of it can be shown; doubled up to the latter.
constexpr Nanos kFirstRetry = std::chrono::milliseconds(250);
constexpr Nanos kLastRetry = std::chrono::seconds(4);

/// What drivers answer where all that they have is in use. Sources keep reasons as text.
bool says_in_use(const std::string& reason) {
    constexpr std::array<int, 4> kErrors = {EBUSY, ENOMEM, ENOSPC, EAGAIN};
    const bool by_errno = std::any_of(kErrors.begin(), kErrors.end(), [&](int error) {
        return reason.find(errno_text(error)) != std::string::npos;
    });
    return by_errno || reason.find(" is busy") != std::string::npos;
}

}  // namespace

// What the opener answers.

void Engine::take_answers() {
    while (auto answer = opener_->take()) {
        std::visit([this](auto& what) { take(std::move(what)); }, *answer);
    }
}

/// Whether what was asked for is not wanted any more.
bool Engine::is_let_go(const Item& item) {
    const bool in_vain = std::exchange(asked_in_vain_, false);
    if (!in_vain && (asked_repeat_ || item.number >= first_wanted_)) return false;
    put_aside_ = gave_up_opening_ = false;
    return true;
}

/// What was asked for came behind its end; a repeat does not.
bool Engine::is_beyond_list() const {
    return list_over_ && !asked_repeat_;
}

void Engine::take(OpenedItem opened) {
    if (asked_switch_) return take_switch(std::move(opened));
    const uint64_t number = *std::exchange(asked_, std::nullopt);
    if (is_let_go(opened.item)) return opener_->close(std::move(opened.session));
    note_pass(opened.item.pass);
    if (take_aside(opened.item, number)) return opener_->close(std::move(opened.session));
    if (std::exchange(gave_up_opening_, false) || over_ || is_beyond_list()) {
        opener_->close(std::move(opened.session));
        return;
    }
    const DecodePath path = opened.session->path();
    if (!path.hardware && lacks_device(path.refused)) {
        opener_->close(std::move(opened.session));
        open_after_current(std::move(opened.item), number);
        return;
    }
    next_ = Listed{std::move(opened.item), number, std::move(opened.session), false, asked_repeat_};
}

void Engine::take(UnopenedItem unopened) {
    if (asked_switch_) return take_switch(Failure(unopened.error));
    const uint64_t number = *std::exchange(asked_, std::nullopt);
    if (is_let_go(unopened.item)) return;
    const bool interrupted = unopened.error.code == Errc::interrupted;
    const uint64_t pass = unopened.item.pass;
    if (interrupted && take_aside(unopened.item, number)) return note_pass(pass);
    put_aside_ = false;
    const bool gave_up = std::exchange(gave_up_opening_, false);
    if (interrupted && !gave_up) list_over_ = true;
    if (interrupted || gave_up) return;  // nobody waits for it
    note_pass(pass);
    if (is_beyond_list()) return;
    if (lacks_device({unopened.error.text})) {
        open_after_current(std::move(unopened.item), number);
        return;
    }
    if (asked_repeat_ && current_) current_->again = 0;
    note_skipped(std::move(unopened.item), std::move(unopened.error), SkippedItem::Why::not_opened,
                 number);
}

void Engine::take(NothingYet nothing) {
    taken_ = *std::exchange(asked_, std::nullopt);  // the number is still to be given
    put_aside_ = gave_up_opening_ = false;
    nothing_yet_ = !std::exchange(asked_in_vain_, false);
    ask_list_at_.reset();
    if (nothing.ask_again_after) ask_list_at_ = clock_.now() + *nothing.ask_again_after;
    if (late_seam_) late_seam_->list_was_empty = true;
}

void Engine::take(EndOfList end) {
    if (end.ask_again_after && list_end_ != ListEnd::asked) {
        list_end_ = ListEnd::near;
        return take(NothingYet{end.ask_again_after});
    }
    taken_ = *std::exchange(asked_, std::nullopt);
    put_aside_ = gave_up_opening_ = false;
    if (!std::exchange(asked_in_vain_, false)) list_over_ = true;
}

void Engine::take(ClosedItem closed) {
    const auto of_session = [&](const Leaving& each) {
        return each.session == closed.session.get();
    };
    const auto found = std::find_if(leaving_.begin(), leaving_.end(), of_session);
    if (found == leaving_.end()) return;  // it never began
    EndedItem ended = std::move(found->what);
    leaving_.erase(found);
    ended.path = closed.session->path();
    ended.counters = closed.session->counters();
    statistics_.add_dropped(DropCause::stopped, closed.dropped);
    if (hooks_.end_item) hooks_.end_item(ended);
}

/// A list that repeats itself is over when nothing of a whole pass could be shown.
void Engine::note_pass(uint64_t pass) {
    list_end_ = ListEnd::open;
    if (pass == pass_) return;
    if (pass_ && played_in_pass_ == 0) note_empty_pass();
    pass_ = pass;
    played_in_pass_ = 0;
}

/// What has played may come back.
void Engine::note_empty_pass() {
    if (!options_.endless || shown() == 0) {
        list_over_ = true;
        return;
    }
    if (!outage_) outage_ = Outage{clock_.now(), kFirstRetry};
    nothing_yet_ = true;
    ask_list_at_ = clock_.now() + outage_->retry_after;
    outage_->retry_after = std::min(2 * outage_->retry_after, kLastRetry);
    if (late_seam_) late_seam_->list_was_empty = true;
}

/// When something else should be on the screen.
void Engine::say_outage() {
    if (!outage_ || next_ || std::exchange(outage_->said, true)) return;
    log_warning("nothing in the list can be played any more: it is tried again every few seconds");
}

void Engine::end_outage() {
    if (!outage_) return;
    if (outage_->said) {
        log_info("the list plays again, after {:.1f} s", in_seconds(clock_.now() - outage_->since));
    }
    outage_.reset();
    nothing_yet_ = false;
}

void Engine::note_skipped(Item item, Error error, SkippedItem::Why why, uint64_t number) {
    if (outage_) return;  // it was told in the pass before
    skipped_.push_back({{std::move(item), std::move(error), why}, number});
}

/// When it would have been their turn.
void Engine::tell_skipped() {
    for (; !skipped_.empty(); skipped_.pop_front()) {
        const Skipped& skipped = skipped_.front();
        statistics_.add_skipped_items();
        events_->push(
            failed_event(EngineEvent::Kind::item_skipped, skipped.number, skipped.what.error));
        if (hooks_.skip_item) hooks_.skip_item(skipped.what);
    }
}

/// An item that opened may still have nothing to show.
void Engine::settle_next() {
    if (!next_) return;
    const FrameQueue::Head head = next_->session->queue().head();
    if (head.first || !head.finished) return;
    const Error nothing{Errc::protocol,
                        fmt::format("{}: not one picture in it", next_->session->info().name)};
    if (next_->repeat && current_) current_->again = 0;
    note_skipped(std::move(next_->item), next_->session->error().value_or(nothing),
                 SkippedItem::Why::no_picture, next_->number);
    opener_->close(std::move(next_->session));
    next_.reset();
}

/// It does not follow.
void Engine::drop_next() {
    if (!next_) return;
    opener_->close(std::move(next_->session));
    next_.reset();
    if (player_) player_->unprepare();
}

/// The present item is not played once more, or it is to be asked for anew.
void Engine::drop_repeat() {
    if (current_) current_->again = 0;
    repeat_.reset();
    if (next_ && next_->repeat) drop_next();
    if (!asked_ || asked_switch_ || !asked_repeat_) return;
    asked_in_vain_ = true;
    opener_->cancel_one();
}

/// Whether it is the present item that goes on: once more, or with other tracks.
bool Engine::awaits_current() const {
    const bool repeat_asked = asked_ && !asked_switch_ && asked_repeat_ && !asked_in_vain_;
    return switch_ || repeat_ || repeat_asked || (next_ && next_->repeat);
}

/// Be it to be opened, being opened, or open with nothing to show yet.
void Engine::drop_awaited() {
    if (asked_ && !asked_switch_ && !asked_repeat_) {
        gave_up_opening_ = true;
        opener_->cancel_one();
    } else if (next_) {
        drop_next();
    } else {
        held_.reset();
    }
}

/// The list gives it again.
void Engine::drop_all_ahead() {
    skipped_.clear();
    held_.reset();
    drop_next();
    if (!asked_ || asked_switch_) return;
    asked_in_vain_ = true;
    opener_->cancel_one();
}

/// Whether an item has to do without a device that the present one has for itself.
bool Engine::lacks_device(const std::vector<std::string>& reasons) const {
    if (!current_ || current_->session->gave_source_back()) return false;
    return current_->session->path().hardware &&
           std::any_of(reasons.begin(), reasons.end(), says_in_use);
}

void Engine::open_after_current(Item item, uint64_t number) {
    if (!std::exchange(one_at_a_time_, true)) {
        log_info(
            "{} decodes one file at a time: the next is opened when the one before has been "
            "decoded to its end",
            current_->session->path().decoder);
    }
    (asked_repeat_ ? repeat_ : held_) = Listed{std::move(item), number};
}

// What it is asked for.

void Engine::let_go_before(uint64_t item_number) {
    first_wanted_ = item_number;
    opener_->let_go_before(item_number);
    const auto is_unwanted = [&](const Item& item) { return item.number < item_number; };
    skipped_.erase(std::remove_if(skipped_.begin(), skipped_.end(),
                                  [&](const Skipped& each) { return is_unwanted(each.what.item); }),
                   skipped_.end());
    if (held_ && is_unwanted(held_->item)) held_.reset();
    if (next_ && !next_->repeat && is_unwanted(next_->item)) drop_next();
}

/// How much longer the present item will be shown, in its last pass; none: unknown.
std::optional<Nanos> Engine::left_of_current() const {
    const Session& session = *current_->session;
    std::optional<Nanos> end = session.info().duration;
    if (session.end()) end = std::min(end.value_or(*session.end()), *session.end());
    if (!end || options_.player.pacer.untimed) return std::nullopt;
    return *end - player_->position();
}

/// Whether two items may be open at a time now.
bool Engine::opens_beside_current() const {
    if (options_.gapless == Gapless::off) return false;
    return !one_at_a_time_ || !current_->session->path().hardware;
}

/// Whether its source will not go on with another pass.
bool Engine::is_in_last_pass() const {
    const uint64_t wanted = current_->item.passes;
    return wanted == 1 || (wanted != 0 && current_->session->counters().passes >= wanted);
}

/// The present item once more, which its source has given as often as it could.
std::optional<Item> Engine::repeat_of_current() const {
    const Session& session = *current_->session;
    if (skip_ || player_->shown_of_session() == 0 || session.error()) return {};
    if (!session.info().seekable) return {};  // what came through a pipe is gone
    Item again = current_->item;
    if (again.passes != 1) {
        const uint64_t given = std::max<uint64_t>(session.counters().passes, 1);
        if (again.passes != 0 && given >= again.passes) return {};
        again.repeats = again.passes == 0 ? Item::kForever : again.passes - given - 1;
    } else {
        if (again.repeats == 0) return {};
        if (again.repeats != Item::kForever) --again.repeats;
    }
    again.passes = 1;
    again.resume_at.reset();
    return again;
}

/// Asked for once: what cannot be opened again is not tried for ever.
void Engine::note_repeat() {
    if (repeat_) return;
    auto again = repeat_of_current();
    current_->item.passes = 1;
    current_->item.repeats = 0;
    if (!again) return;
    current_->again = again->repeats == Item::kForever ? Item::kForever : again->repeats + 1;
    repeat_ = Listed{std::move(*again), current_->number};
}

/// Whether that is still to be settled.
bool Engine::wants_repeat() const {
    return current_ && (current_->item.passes != 1 || current_->item.repeats != 0);
}

bool Engine::is_time_to_open() const {
    if (!current_) return true;
    if (options_.gapless == Gapless::off) return false;
    const FrameQueue::Head head = current_->session->queue().head();
    // What is to follow depends on whether anything of it can be shown.
    if (head.first && player_->shown_of_session() == 0) return skip_;
    const bool all_decoded = head.finished;
    // The sound ends with its source.
    if (!opens_beside_current()) return all_decoded && player_->has_read_sound();
    if (all_decoded || skip_) return true;
    if (player_->shown_of_session() == 0 || !is_in_last_pass()) return false;
    const auto left = left_of_current();
    return !left || *left <= options_.open_ahead;
}

bool Engine::may_ask() const {
    if (switch_ || asked_ || next_ || over_) return false;
    if (list_over_ && !repeat_ && !held_ && !wants_repeat()) return false;
    return skipped_.size() < kMostSkippedAhead && is_time_to_open();
}

/// It had nothing yet, and is not to be asked again so soon.
bool Engine::waits_for_list() const {
    if (!nothing_yet_ || list_changed_) return false;
    return !ask_list_at_ || clock_.now() < *ask_list_at_;
}

/// When it is asked again; none: not by time.
std::optional<Nanos> Engine::list_due() const {
    return nothing_yet_ && !repeat_ && !held_ && may_ask() ? ask_list_at_ : std::nullopt;
}

/// Nothing plays any more that it could wait for.
void Engine::ask_at_end() {
    if (list_end_ != ListEnd::near || asked_) return;
    list_end_ = ListEnd::asked;
    nothing_yet_ = false;
}

void Engine::ask_for_next() {
    if (!may_ask()) return;
    if (current_) note_repeat();
    std::optional<Listed>& waiting = repeat_ ? repeat_ : held_;
    if (!waiting && !back_from_ && (list_over_ || waits_for_list())) return;
    if (current_ && !opens_beside_current() && !current_->session->gave_source_back()) {
        // Nor is one picture of the item before to keep the device that the next needs.
        stage_.presenter->fade_next(Nanos{0});
        current_->session->expect_no_more();
        opener_->give_source_back(current_->session);
    }
    asked_repeat_ = repeat_.has_value();
    if (waiting) {
        asked_ = waiting->number;
        if (asked_repeat_) {
            opener_->open_again(std::move(waiting->item));
        } else {
            opener_->open_listed(std::move(waiting->item));
        }
        waiting.reset();
    } else {
        asked_ = taken_++;
        nothing_yet_ = false;
        list_changed_ = false;  // before it is asked: what is said meanwhile holds
        opener_->open_next(std::exchange(back_from_, std::nullopt));
    }
}

}  // namespace vitrine
