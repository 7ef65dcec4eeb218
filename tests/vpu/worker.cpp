// What the hardware does: takes access units, announces what the stream is, writes pictures.
#include "tests/vpu/session.h"

#include <algorithm>

namespace vpu {

void Session::work() {
    Lock lock(mutex);
    while (!quit_) {
        if (!step(lock)) changed.wait(lock);
    }
}

/// Does one piece of work; false where there is none.
bool Session::step(Lock& lock) {
    if (node_.gone || input.failed || output.failed) return false;
    if (can_deliver()) {
        deliver(lock);
    } else if (can_deliver_last()) {
        deliver_last();
    } else if (can_flush()) {
        flush_codec(lock);
    } else if (can_decode()) {
        decode_next(lock);
    } else {
        return false;
    }
    return true;
}

bool Session::can_decode() const {
    if (!input.streaming() || !input.has_queued() || held_input_ != nullptr) return false;
    if (!pictures_.empty() || !later_.empty()) return false;
    if (stop_requested_ && taken_units_ >= stop_after_) return false;
    if (phase == Phase::headers) return true;
    return phase == Phase::decoding && output.streaming() && output.has_queued();
}

bool Session::can_flush() const {
    if (phase != Phase::headers && phase != Phase::decoding) return false;
    return stop_requested_ && taken_units_ >= stop_after_ && !codec_flushed_ && pictures_.empty() &&
           output.streaming() && output.has_queued();
}

bool Session::can_deliver() const {
    const bool has_enough = output.count() - output.held_outside() >= profile().keeps;
    return !pictures_.empty() && !starved_ && output.streaming() && output.has_queued() &&
           has_enough && (phase == Phase::decoding || phase == Phase::draining);
}

bool Session::can_deliver_last() const {
    return phase == Phase::draining && pictures_.empty() && drain_follows() && output.streaming() &&
           output.has_queued();
}

/// LAST comes after what is in pictures_.
bool Session::drain_follows() const {
    return change_pending_ || (stop_requested_ && codec_flushed_ && later_.empty());
}

void Session::decode_next(Lock& lock) {
    Buffer& buffer = *input.take();
    ++taken_units_;
    std::vector<Picture> fresh;
    bool intact = true;
    if (!swallowing_) {
        const auto& plane = buffer.planes[0];
        const std::span unit(plane.memory->data() + plane.data_offset,
                             plane.bytes_used - plane.data_offset);
        const int64_t timestamp_ns = buffer.timestamp_ns;
        working_ = true;
        lock.unlock();
        intact = codec_->decode(unit, timestamp_ns, fresh);
        lock.lock();
        working_ = false;
    }
    if (!intact) buffer.flags |= V4L2_BUF_FLAG_ERROR;
    const bool changed_before = change_pending_;
    if (phase == Phase::headers && !swallowing_) read_headers(buffer);
    if (phase == Phase::decoding) check_still_supported();
    if (!swallowing_) take_pictures(fresh);
    if (profile().change_keeps_unit && change_pending_ && !changed_before) held_input_ = &buffer;
    if (held_input_ == nullptr) input.finish(buffer);
    notify();
}

void Session::flush_codec(Lock& lock) {
    std::vector<Picture> fresh;
    working_ = true;
    lock.unlock();
    codec_->drain(fresh);
    lock.lock();
    working_ = false;
    codec_flushed_ = true;
    phase = Phase::draining;
    if (!swallowing_) take_pictures(fresh);
    notify();
}

void Session::take_pictures(std::vector<Picture>& fresh) {
    // Where CAPTURE has yet to be set up, or a change waits, they belong to what comes after.
    auto& target = change_pending_ ? later_ : pictures_;
    for (auto& picture : fresh) target.push_back(std::move(picture));
    if (phase == Phase::decoding || phase == Phase::draining) split_at_change();
}

void Session::read_headers(Buffer& buffer) {
    const auto header = codec_->header();
    if (!header) return;
    const Size coded_size = header->geometry.coded;
    const bool fits = coded_size.width <= align_up(profile().max_size.width, 16) &&
                      coded_size.height <= align_up(profile().max_size.height, 16);
    const bool supported = header->supported && fits;
    if (faults_.has(FaultKind::swallow_profile) || (!supported && profile().swallows_unsupported)) {
        swallowing_ = true;
        return;
    }
    if (!supported) {
        fail_fatally();
        return;
    }
    announce(*header);
    if (phase == Phase::ready) held_input_ = &buffer;
}

/// The stream may become one of more bits, without a change of its size.
void Session::check_still_supported() {
    const auto header = codec_->header();
    if (swallowing_ || !header || header->supported) return;
    if (profile().swallows_unsupported) {
        swallowing_ = true;
    } else {
        fail_fatally();
    }
}

void Session::announce(const StreamHeader& header) {
    geometry = header.geometry;
    color = header.color;
    headers_known = true;
    min_capture =
        profile().min_capture_buffers + (profile().min_counts_reorder ? header.reorder_depth : 0);
    send_event(V4L2_EVENT_SOURCE_CHANGE, V4L2_EVENT_SRC_CH_RESOLUTION);
    if (!output.streaming()) {
        phase = Phase::ready;
    } else if (raw_layout() == active_) {
        // The client had set up CAPTURE for this very stream.
        active_geometry_ = geometry;
        phase = Phase::decoding;
    } else {
        change_pending_ = true;
        phase = Phase::draining;
    }
}

void Session::announce_change(const Geometry& next) {
    geometry = next;
    headers_known = true;
    if (const auto header = codec_->header()) color = header->color;
    change_pending_ = true;
    error_given_ = false;
    phase = Phase::draining;
    send_event(V4L2_EVENT_SOURCE_CHANGE, V4L2_EVENT_SRC_CH_RESOLUTION);
    notify();
}

void Session::split_at_change() {
    if (change_pending_) return;
    const auto first = std::find_if(
        pictures_.begin(), pictures_.end(),
        [this](const Picture& picture) { return picture.geometry != active_geometry_; });
    if (first == pictures_.end()) return;
    const Geometry next = first->geometry;
    std::move(first, pictures_.end(), std::back_inserter(later_));
    pictures_.erase(first, pictures_.end());
    announce_change(next);
}

/// True where the fault put something else in the picture's place.
bool Session::fault_before_picture() {
    if (faults_.take(FaultKind::vanish, delivered_)) {
        node_.gone = true;
        notify();
        return true;
    }
    if (faults_.take(FaultKind::eio, delivered_)) {
        fail_fatally();
        return true;
    }
    if (faults_.take(FaultKind::starve, delivered_)) {
        starved_ = true;
        return true;
    }
    if (faults_.take(FaultKind::swallow, delivered_)) {
        swallowing_ = true;
        pictures_.clear();
        return true;
    }
    if (!change_pending_ && faults_.take(FaultKind::source_change, delivered_)) {
        later_ = std::move(pictures_);
        pictures_.clear();
        announce_change(active_geometry_);
        return true;
    }
    if (faults_.take(FaultKind::stall_poll, delivered_)) stalled_poll_ = true;
    if (faults_.take(FaultKind::hang, delivered_)) hangs_ = true;
    if (faults_.take(FaultKind::error_buffer, delivered_)) pictures_.front().corrupt = true;
    return false;
}

void Session::deliver(Lock& lock) {
    if (fault_before_picture()) return;
    const Picture picture = std::move(pictures_.front());
    pictures_.pop_front();
    Buffer& buffer = *output.take();
    const Layout layout = active_;
    bool fits = true;
    std::array<std::byte*, 3> planes{};
    for (uint32_t i = 0; i < layout.plane_count; ++i) {
        planes[i] = buffer.planes[i].memory->data();
        fits = fits && buffer.planes[i].memory->bytes() >= layout.plane_bytes[i];
    }
    working_ = true;
    lock.unlock();
    if (fits) write_picture(*picture.frame, layout, planes);
    lock.lock();
    working_ = false;

    const bool corrupt = picture.corrupt || !fits;
    for (uint32_t i = 0; i < layout.plane_count; ++i) {
        buffer.planes[i].bytes_used = fits ? layout.plane_bytes[i] : 0;
    }
    buffer.flags = picture.kind_flags | (corrupt ? V4L2_BUF_FLAG_ERROR : 0U);
    buffer.timestamp_ns = picture.timestamp_ns;
    buffer.sequence = output.next_sequence++;
    ++delivered_;
    recorder_.picture(corrupt);
    const bool is_last = phase == Phase::draining && pictures_.empty() && drain_follows() &&
                         profile().last_on_picture;
    if (is_last) buffer.flags |= V4L2_BUF_FLAG_LAST;
    output.finish(buffer);
    if (is_last) finish_drain();
    notify();
}

/// An empty buffer, where no picture could carry the mark.
void Session::deliver_last() {
    const bool error_first = profile().error_before_last && change_pending_ && !error_given_;
    Buffer& buffer = *output.take();
    for (uint32_t i = 0; i < buffer.plane_count; ++i) buffer.planes[i].bytes_used = 0;
    buffer.flags = error_first ? V4L2_BUF_FLAG_ERROR : V4L2_BUF_FLAG_LAST;
    buffer.timestamp_ns = 0;
    buffer.sequence = output.next_sequence++;
    output.finish(buffer);
    error_given_ = error_first;
    if (!error_first) finish_drain();
    notify();
}

void Session::finish_drain() {
    phase = Phase::stopped;
    if (change_pending_) {
        if (resume_requested_) enter_decoding();
        return;
    }
    stop_requested_ = false;
    codec_flushed_ = false;
    send_event(V4L2_EVENT_EOS, 0);
}

/// CAPTURE is set up, or set up anew: pictures go to its buffers from here on.
void Session::enter_decoding() {
    active_ = raw_layout();
    active_geometry_ = geometry;
    if (change_pending_) {
        pictures_ = std::move(later_);
        later_.clear();
    }
    change_pending_ = false;
    resume_requested_ = false;
    if (held_input_ != nullptr) {
        input.finish(*held_input_);
        held_input_ = nullptr;
    }
    phase = stop_requested_ && codec_flushed_ ? Phase::draining : Phase::decoding;
    split_at_change();
}

}  // namespace vpu
