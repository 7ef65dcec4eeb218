// Other tracks of the item that plays, and its chapters. The item is opened once more, ahead of
// where it plays, and follows when the playing one has come to its first new frame.
#include <algorithm>
#include <utility>

#include "core/log.h"
#include "player/engine.h"

namespace vitrine {
namespace {

// How far ahead of the playing one it is opened, in time that passes: about what opening takes. Who
// comes too late is sent on twice as far, so often.
constexpr Nanos kAhead = std::chrono::milliseconds(500);
constexpr int kMostAttempts = 4;
constexpr Nanos kTolerated = std::chrono::milliseconds(50);  // that is seen twice

std::string chosen_text(const SourceInfo& info, Track::Kind kind) {
    const Track* track = find_track(info.tracks, kind, chosen_track(info.tracks, kind));
    return track != nullptr ? text_of(*track) : fmt::format("no {}", name_of(kind));
}

}  // namespace

// What its owner asks for.

int Engine::wanted_track(Track::Kind kind) const {
    if (!current_) return 0;
    const int chosen = chosen_track(current_->session->info().tracks, kind);
    if (!switch_) return chosen;
    const Item& item = switch_->item;
    return (kind == Track::Kind::video ? item.video_track : item.audio_track).value_or(chosen);
}

Result<void> Engine::check_track(Track::Kind kind, int number) const {
    if (!current_) return fail(Errc::unavailable, "nothing plays whose tracks could be chosen");
    const SourceInfo& info = current_->session->info();
    const bool none = kind == Track::Kind::audio && number == 0;
    if (!none && find_track(info.tracks, kind, number) == nullptr) {
        return fail(Errc::invalid_argument, "{}: no {} track {} in it; {}", info.name,
                    name_of(kind), number, tracks_text(info.tracks, kind));
    }
    if (kind == Track::Kind::audio && options_.sound == nullptr) {
        return fail(Errc::unavailable, "{}: no sound is played, whatever the track", info.name);
    }
    if (!info.seekable) {
        return fail(Errc::unsupported, "{}: cannot be seeked, so that its tracks stay as they are",
                    info.name);
    }
    const bool ends = skip_ || late_seam_ || player_->is_next_laid();
    if (ends || current_->session->gave_source_back()) {
        return fail(Errc::unavailable, "{}: is about to end; its tracks stay as they are",
                    info.name);
    }
    return {};
}

Result<void> Engine::choose_track(Track::Kind kind, int number) {
    if (wanted_track(kind) == number && current_) return {};
    if (auto possible = check_track(kind, number); !possible) return possible;
    TrackSwitch wanted;
    wanted.item = switch_ ? switch_->item : current_from_here();
    wanted.before = current_from_here();
    wanted.kind = kind;
    wanted.number = current_->number;
    wanted.counted = current_->counted;
    (kind == Track::Kind::video ? wanted.item.video_track : wanted.item.audio_track) = number;
    drop_switch();
    const Item& before = wanted.before;
    if (wanted.item.video_track == before.video_track &&
        wanted.item.audio_track == before.audio_track) {
        return {};  // it was changed back before it was there
    }
    put_next_aside();
    switch_ = std::move(wanted);
    return {};
}

/// The present item from the present pass on, with the tracks that it has now.
Item Engine::current_from_here() const {
    const Session& session = *current_->session;
    Item item = current_->item;
    if (const int video = chosen_track(session.info().tracks, Track::Kind::video)) {
        item.video_track = video;
    }
    if (options_.sound != nullptr) {
        item.audio_track = chosen_track(session.info().tracks, Track::Kind::audio);
    }
    // What is beyond those that were begun may be left to a repeat by now.
    if (item.passes == 1) item.passes = std::max<uint64_t>(session.counters().passes, 1);
    if (item.passes != 0) item.passes -= std::min(player_->passes_done(), item.passes - 1);
    return item;
}

Result<size_t> Engine::seek_chapter(int by) {
    if (!current_) return fail(Errc::unavailable, "nothing plays that could be seeked");
    const SourceInfo& info = current_->session->info();
    const Chapters& chapters = info.chapters;
    if (chapters.empty()) return fail(Errc::unsupported, "{}: has no chapters", info.name);
    const Nanos here = position();
    const auto present = chapter_at(chapters, here);
    int64_t wanted = (present ? static_cast<int64_t>(*present) : -1) + by;
    if (present && by < 0 && here - chapters[*present].start > kBackToStart) ++wanted;
    wanted = std::max<int64_t>(wanted, 0);
    const auto index = static_cast<size_t>(wanted);
    std::optional<Nanos> end = current_->session->end();
    if (info.duration) end = std::min(end.value_or(*info.duration), *info.duration);
    if (index >= chapters.size() || (end && chapters[index].start >= *end)) {
        return fail(Errc::unavailable, "{}: no chapter further on", info.name);
    }
    if (auto sought = seek_to(chapters[index].start); !sought) return Failure(sought.error());
    return index;
}

// What the list has next waits meanwhile: no more than kSourcesOpen are open.

void Engine::put_next_aside() {
    if (next_) {
        (next_->repeat ? repeat_ : held_) = Listed{std::move(next_->item), next_->number};
        drop_next();
    } else if (asked_ && !asked_switch_) {
        put_aside_ = true;
        opener_->cancel_one();
    }
}

/// What was being opened when the switch was asked for.
bool Engine::take_aside(Item& item, uint64_t number) {
    if (!std::exchange(put_aside_, false) || over_) return false;
    if (gave_up_opening_ || is_beyond_list()) return false;
    (asked_repeat_ ? repeat_ : held_) = Listed{std::move(item), number};
    return true;
}

// Its way: wanted, asked for, open, begun.

/// Where it is to be opened.
Nanos Engine::aim_switch() {
    const Nanos here = position();
    const Nanos on_line = player_->line_position();
    Nanos ahead{0};
    if (player_->shown_at(on_line)) {
        const double real = static_cast<double>(kAhead.count()) * (1 << switch_->attempts);
        ahead = Nanos(static_cast<Nanos::rep>(real * player_->speed()));
    }
    const Session& session = *current_->session;
    Nanos aim = here + ahead;
    switch_->offset = on_line - here;
    if (session.end() && aim >= *session.end()) aim = here;
    // As the playing one has gone on since the choice.
    switch_->item.passes = switch_->before.passes = current_from_here().passes;
    const auto length = session.pass_length();
    if (length && aim >= *length && switch_->item.passes != 1) {
        aim -= *length;
        switch_->offset += *length;
        if (switch_->item.passes != 0) --switch_->item.passes;
    }
    ++switch_->attempts;
    return aim;
}

void Engine::ask_for_switch() {
    if (asked_ || over_ || switch_->asked || switch_->session) return;
    if (current_) switch_->item.resume_at = aim_switch();
    switch_->asked = asked_switch_ = true;
    asked_ = switch_->number;
    opener_->open_again(switch_->item);
}

/// Where a device decodes one file at a time: the last picture stays until it is there.
void Engine::leave_for_switch() {
    switch_->item.resume_at = switch_->before.resume_at = position();
    if (switch_->session) opener_->close(std::move(switch_->session));
    switch_->session.reset();
    stage_.presenter->fade_next(Nanos{0});  // nor does a picture keep the device
    leave_current(Leave::early);
}

void Engine::take_switch(Result<OpenedItem> opened) {
    asked_.reset();
    asked_switch_ = false;
    const bool wanted = switch_ && std::exchange(switch_->asked, false) && !over_;
    if (!opened) {
        const bool lacks = lacks_device({opened.error().text});
        if (lacks) one_at_a_time_ = true;
        if (!wanted || lacks) return;
        if (opened.error().code == Errc::interrupted) return drop_switch();
        return fail_switch(opened.error());
    }
    const DecodePath path = opened->session->path();
    const bool lacks = !path.hardware && lacks_device(path.refused);
    if (lacks) one_at_a_time_ = true;
    if (!wanted || lacks) return opener_->close(std::move(opened->session));
    switch_->session = std::move(opened->session);
}

void Engine::fail_switch(const Error& error) {
    const std::string& name = current_ ? current_->session->info().name : switch_->item.file;
    if (!switch_->going_back) {
        log_warning("{}: its tracks stay as they are: {}", name, error.text);
        events_->push(failed_event(EngineEvent::Kind::tracks_kept, switch_->number, error));
    }
    if (switch_->session) opener_->close(std::move(switch_->session));
    switch_->session.reset();
    if (current_) {
        switch_.reset();
    } else if (!std::exchange(switch_->going_back, true)) {
        switch_->item = switch_->before;
    } else {
        note_skipped(std::move(switch_->item), error, SkippedItem::Why::not_opened,
                     switch_->number);
        switch_.reset();
    }
}

/// It is to be opened anew, for what plays is elsewhere now.
void Engine::restart_switch() {
    if (!switch_) return;
    if (switch_->session) opener_->close(std::move(switch_->session));
    switch_->session.reset();
    if (std::exchange(switch_->asked, false)) opener_->cancel_one();
    switch_->attempts = 0;
}

void Engine::drop_switch() {
    restart_switch();
    switch_.reset();
}

/// What opened may still have nothing to show.
void Engine::settle_switch() {
    if (!switch_ || !switch_->session) return;
    const FrameQueue::Head head = switch_->session->queue().head();
    if (head.first || !head.finished) return;
    const Error nothing{Errc::protocol, "not one picture in it"};
    fail_switch(switch_->session->error().value_or(nothing));
}

bool Engine::switch_is_ready() const {
    return switch_ && switch_->session && switch_->session->queue().head().first;
}

/// Brings it as far as it goes now. When to look again; none: when something comes.
Result<std::optional<Nanos>> Engine::advance_switch(bool& begun) {
    settle_switch();
    if (!switch_) return std::nullopt;
    if (current_ && !opens_beside_current() && !asked_) leave_for_switch();
    ask_for_switch();
    if (!switch_is_ready()) return std::nullopt;
    if (current_) {
        const Nanos now = clock_.now();
        const Nanos first = *switch_->session->queue().head().first;
        const auto due = player_->shown_at(first + switch_->offset);
        if (due && *due > now) return due;
        if (due && now - *due > kTolerated && switch_->attempts < kMostAttempts) {
            statistics_.add_dropped(DropCause::seek, switch_->session->seek(aim_switch()));
            return std::nullopt;
        }
    }
    begun = true;
    if (auto ok = begin_switch(); !ok) return Failure(ok.error());
    return std::nullopt;
}

Result<void> Engine::begin_switch() {
    TrackSwitch made = std::move(*switch_);
    switch_.reset();
    if (repeat_) {  // as the item before it is now
        repeat_->item.video_track = made.item.video_track;
        repeat_->item.audio_track = made.item.audio_track;
    }
    if (!made.going_back) {
        const SourceInfo& info = made.session->info();
        const std::string text = chosen_text(info, made.kind);
        log_info("{}: {}", info.name, text);
        events_->push({EngineEvent::Kind::tracks_changed, made.number, text});
    }
    next_ = Listed{std::move(made.item), made.number, std::move(made.session), made.counted};
    next_->switched = true;
    next_->again = current_->again;
    return begin_next(false);
}

/// The item ended before it was there: only what repeats it can have the tracks.
void Engine::give_up_switch_at_end() {
    if (!switch_) return;
    for (Listed* each : {&*current_, repeat_ ? &*repeat_ : nullptr}) {
        if (each == nullptr) continue;
        each->item.video_track = switch_->item.video_track;
        each->item.audio_track = switch_->item.audio_track;
    }
    const Error error{Errc::unavailable, fmt::format("{}: ended before its other tracks were there",
                                                     current_->session->info().name)};
    log_info("{}", error.text);
    events_->push(failed_event(EngineEvent::Kind::tracks_kept, switch_->number, error));
    drop_switch();
}

}  // namespace vitrine
