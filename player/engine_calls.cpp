// What an engine's owner asks for, and is told, while it plays.
#include <algorithm>
#include <utility>

#include "player/engine.h"
#include "player/sound/sound_player.h"

namespace vitrine {

PlaybackPath path_of(const EndedItem& item, std::vector<std::string> refused) {
    PlaybackPath path{item.path.decoder, item.path.hardware, item.path.storage,
                      item.importer,     item.output,        std::move(refused)};
    if (path.importer.empty()) path.importer = "none";
    for (const auto& more : {item.path.refused, item.refused_importers}) {
        path.refused.insert(path.refused.end(), more.begin(), more.end());
    }
    return path;
}

void Engine::list_changed() {
    list_changed_ = true;
    if (hooks_.wake) hooks_.wake();
}

void Engine::pause() {
    if (!paused()) toggle_pause();
}

void Engine::play() {
    if (paused()) toggle_pause();
}

void Engine::toggle_pause() {
    if (player_) return player_->toggle_pause();
    begins_paused_ = !begins_paused_;
}

bool Engine::paused() const {
    return player_ ? player_->paused() : begins_paused_;
}

Result<void> Engine::set_loop(uint64_t passes) {
    if (!current_) return fail(Errc::unavailable, "nothing plays that could be repeated");
    if (skip_ || late_seam_ || told_end_) {
        return fail(Errc::unavailable, "{}: is about to end, and is not repeated",
                    current_->session->info().name);
    }
    drop_repeat();
    if (passes != 1) put_next_aside();
    Item& item = current_->item;
    if (is_part(item)) {
        divide(item, passes);
    } else {
        item.passes = passes == 0 ? 0 : player_->passes_done() + passes;
        item.repeats = 0;
        current_->session->set_passes(item.passes);
    }
    if (!switch_) return {};
    switch_->item.repeats = switch_->before.repeats = item.repeats;
    restart_switch();
    return {};
}

uint64_t Engine::loop() const {
    if (!current_) return 1;
    const Item& item = current_->item;
    const uint64_t after = std::max(item.repeats, current_->again);
    if (item.passes == 0 || after == Item::kForever) return 0;
    // Where it is settled what follows, its source has given all its passes.
    const uint64_t given = std::max(item.passes, current_->session->counters().passes);
    return given - std::min(player_->passes_done(), given - 1) + after;
}

Result<void> Engine::seek_by(Nanos offset, SeekTarget::Kind kind) {
    // Forwards is not to lead back to the key frame that one came from.
    const Nanos beyond = offset > Nanos{0} ? position() : Nanos::min();
    return seek({position() + offset, kind, beyond});
}

Result<void> Engine::seek_to(Nanos position, SeekTarget::Kind kind) {
    return seek({position, kind});
}

Result<void> Engine::seek(const SeekTarget& target) {
    return go([&] { return player_->seek(target); });
}

Result<void> Engine::step_back() {
    return go([&] { return player_->step_back(); });
}

Result<void> Engine::go(const std::function<Result<void>()>& there) {
    if (!current_) return fail(Errc::unavailable, "nothing plays that could be seeked");
    // What was read of the next one's sound, and laid behind the present one's, is to come again.
    const bool laid = next_ && next_->session->sound() && player_->is_next_laid();
    if (laid && !current_->session->gave_source_back()) put_next_aside();
    auto gone = there();
    if (!gone) return gone;
    late_seam_.reset();  // its end comes anew
    current_->told_failed = false;
    restart_switch();
    return gone;
}

Result<void> Engine::set_speed(double speed) {
    if (auto taken = check_speed(speed); !taken) return taken;
    speed_ = speed;
    if (player_) player_->set_speed(speed);
    return {};
}

void Engine::step() {
    if (player_) player_->step();
}

void Engine::skip() {
    const bool awaited = !current_ || late_seam_;
    const bool goes_on = awaits_current();
    drop_switch();
    drop_repeat();
    if (!awaited) {
        skip_ = true;
    } else if (!goes_on) {
        drop_awaited();
    }
}

void Engine::go_on() {
    drop_switch();
    drop_repeat();
    if (current_ && !late_seam_) skip_ = true;
}

void Engine::go_on_with(uint64_t item_number) {
    let_go_before(item_number);
    go_on();
}

void Engine::stop_before(uint64_t item_number) {
    go_on_with(item_number);
    skip_ = false;
    late_seam_.reset();
    if (current_) leave_current(Leave::early);
    if (options_.sound != nullptr) options_.sound->stop();
}

Result<void> Engine::skip_back() {
    if (!hooks_.go_back) return fail(Errc::unsupported, "the list has no way back");
    if (!current_) return fail(Errc::unavailable, "nothing plays before which anything was");
    skip();
    drop_all_ahead();
    back_from_ = current_->item;
    list_over_ = told_end_ = false;
    return {};
}

Engine::Ahead Engine::ahead() const {
    if (asked_) return Ahead::opening;
    if (switch_) return switch_is_ready() ? Ahead::ready : Ahead::opened;
    if (!next_) return Ahead::none;
    return next_is_ready() ? Ahead::ready : Ahead::opened;
}

Nanos Engine::position() const {
    return current_ ? player_->position() : Nanos{0};
}

uint64_t Engine::shown_of_item() const {
    return player_ ? player_->shown_of_session() : 0;
}

uint64_t Engine::shown() const {
    return player_ ? player_->shown() : 0;
}

// What it is told.

/// Somebody asked for the picture behind the last.
bool Engine::steps_past_end() const {
    if (!current_ || !player_->awaits_step()) return false;
    const auto head = current_->session->queue().head();
    return head.finished && !head.first;
}

void Engine::tell_list_waits() {
    const bool stepped = steps_past_end();
    if (current_ && !late_seam_ && !stepped) told_waits_after_ = 0;
    const bool seen_all = stepped || (late_seam_ && late_seam_->list_was_empty);
    const bool shown_all = current_ ? seen_all : skipped_.empty();
    if (!nothing_yet_ || !shown_all || asked_ || told_waits_after_ == taken_) return;
    told_waits_after_ = taken_;
    EngineEvent told{EngineEvent::Kind::list_waits, taken_ - 1};
    if (current_) {
        const EndedItem shown = describe_current();
        tell_failed(shown);
        told.error = shown.error;
        if (told.error) told.item = current_->number;
    }
    events_->push(std::move(told));
}

/// While it is still the present one.
void Engine::tell_failed(const EndedItem& item) {
    if (!item.error || std::exchange(current_->told_failed, true)) return;
    if (hooks_.fail_item) hooks_.fail_item(item);
}

}  // namespace vitrine
