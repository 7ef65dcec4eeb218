#include "decode/v4l2_decoder.h"

#include <algorithm>
#include <cstring>

#include "hw/av/timestamp.h"

namespace vitrine {
namespace {

constexpr int kInputBuffers = 4;
// An access unit must lie in one buffer, and a driver's own idea of how large one can be is often
// too small. Half a raw picture of 4:2:0 and something: no encoder that is used for playing needs
// more, and a unit that does is refused, not cut.
constexpr uint32_t kLeastInputBytes = 1 << 20;
constexpr uint32_t kMostInputBytes = 32 << 20;
uint32_t input_bytes_for(Size size, size_t largest_packet) {
    const uint64_t pixels = static_cast<uint64_t>(size.width) * static_cast<uint64_t>(size.height);
    // A packet is not yet a unit: start codes and headers may come to it.
    const uint64_t bytes =
        std::max<uint64_t>(pixels * 3 / 4, largest_packet + largest_packet / 4) + kLeastInputBytes;
    return static_cast<uint32_t>(std::min<uint64_t>(bytes, kMostInputBytes));
}

// Pictures that a device may have in the making; the oldest is forgotten.
constexpr size_t kMostUnanswered = 128;
// How long receive() waits for the device before the caller may look around.
constexpr Nanos kStepOfWaiting = std::chrono::milliseconds(50);
// That receive() takes, and one more wait at most, whatever a device wakes us for: its caller looks
// in between whether a viewer wants something else, which nobody notices for so long, and how long
// no picture came, of which this is a thirtieth of what is too long.
constexpr Nanos kLongestReceive = std::chrono::milliseconds(100);
// Taken at a stretch, for the same reason: no driver has so many waiting.
constexpr int kMostEvents = 64;

/// Where a picture that others are made from is shown when the next such one is decoded; what lies
/// between them has a pts wherever it has a dts, for both are the same.
bool is_shown_with_next(AVCodecID codec) {
    return codec == AV_CODEC_ID_MPEG1VIDEO || codec == AV_CODEC_ID_MPEG2VIDEO ||
           codec == AV_CODEC_ID_MPEG4;
}

}  // namespace

// Setting up.

Result<std::unique_ptr<Decoder>> V4l2Decoder::open(V4l2DecoderOptions options) {
    auto access_units = AccessUnits::make(options.stream);
    if (!access_units) return Failure(access_units.error());
    const AVCodecParameters& stated = *options.stream.parameters;
    const Size size{stated.width, stated.height};
    auto& generations = options.lending.generations;
    if (!generations) generations = std::make_shared<GenerationSource>();
    options.lending.codec = stated.codec_id;
    std::unique_ptr<V4l2Decoder> decoder(
        new V4l2Decoder(std::move(options), std::move(*access_units), size));
    if (auto ok = decoder->set_up_input(size); !ok) return Failure(ok.error());
    return std::unique_ptr<Decoder>(std::move(decoder));
}

/// The size of the stream is not told to the device: it finds it in the stream, and some drivers
/// cannot make buffers for a size that they were told.
Result<void> V4l2Decoder::set_up_input(Size size) {
    if (auto ok = device().subscribe_to_source_changes(); !ok) return ok;
    V4l2Picture wish;
    wish.format = options_.coded;
    wished_input_bytes_ = input_bytes_for(size, options_.stream.largest_packet);
    wish.planes[0].bytes = wished_input_bytes_;
    auto set = device().set_format(V4l2Side::input, wish);
    if (!set) return Failure(set.error());
    if (set->format != options_.coded) {
        return fail(Errc::unsupported, "{} takes {} in place of {}", device().path(),
                    to_string(set->format), to_string(options_.coded));
    }
    auto queue = V4l2Queue::allocate(
        options_.device, {V4l2Side::input, V4l2Memory::mapped, *set, kInputBuffers, nullptr});
    if (!queue) return Failure(queue.error());
    input_ = std::move(*queue);
    input_bytes_ = set->planes[0].bytes;
    return input_->start();
}

// Giving.

Result<void> V4l2Decoder::send(AVPacket* packet, uint64_t serial) {
    owes_packet_ = false;
    if (packet != nullptr) {
        if (!first_serial_) first_serial_ = serial;
        note_sent(*packet, serial);
    } else {
        draining_ = true;
    }
    if (auto ok = access_units_.send(packet); !ok) return ok;
    return collect_units(serial);
}

void V4l2Decoder::note_sent(const AVPacket& packet, uint64_t serial) {
    if (packet.pts == AV_NOPTS_VALUE && packet.dts != AV_NOPTS_VALUE) {
        note_decoding_time(packet.dts);
    }
    const bool shown = (packet.flags & AV_PKT_FLAG_DISCARD) == 0;
    const bool key = (packet.flags & AV_PKT_FLAG_KEY) != 0;
    const int64_t not_before = key ? packet.dts : AV_NOPTS_VALUE;
    sent_.push_back({serial, packet.pts, packet.pts, not_before, packet.duration, shown});
    if (sent_.size() > kMostUnanswered) sent_.pop_front();
}

/// Some containers, AVI among them, say only when a packet is decoded.
void V4l2Decoder::note_decoding_time(int64_t dts) {
    if (!is_shown_with_next(options_.lending.codec)) {
        decoding_times_.push_back(dts);
        if (decoding_times_.size() > kMostUnanswered) decoding_times_.pop_front();
        return;
    }
    const auto before = std::find_if(sent_.rbegin(), sent_.rend(),
                                     [](const Sent& each) { return each.pts == AV_NOPTS_VALUE; });
    if (before != sent_.rend()) before->shown_at = dts;
}

Result<void> V4l2Decoder::collect_units(uint64_t serial) {
    while (true) {
        auto unit = access_units_.next();
        if (!unit) return Failure(unit.error());
        if (!*unit) return {};
        const auto size = static_cast<size_t>(std::max((*unit)->size, 0));
        if (size == 0) continue;  // to a device that is the end, or a whole buffer
        if (size > input_bytes_) return note_too_large(size);
        units_.push_back({std::move(*unit), serial});
    }
}

/// A stream may grow: its units then get larger buffers, once the decoder is opened anew.
Result<void> V4l2Decoder::note_too_large(size_t unit_bytes) {
    const std::string reason = fmt::format("an access unit of {} bytes is more than {} takes ({})",
                                           unit_bytes, device().path(), input_bytes_);
    if (unit_bytes > kMostInputBytes) return fail(Errc::protocol, "{}", reason);
    if (input_bytes_ < wished_input_bytes_) return lose({Errc::unsupported, reason});
    outgrown_ = OpenAnew{reason};
    return {};
}

bool V4l2Decoder::find_free_input() {
    if (!free_input_) free_input_ = input_->take_free();
    return free_input_.has_value();
}

Result<void> V4l2Decoder::submit_units() {
    while (!units_.empty() && find_free_input()) {
        FreeBuffer buffer = std::move(*free_input_);
        free_input_.reset();
        const Unit unit = std::move(units_.front());
        units_.pop_front();
        if (auto ok = submit(std::move(buffer), unit); !ok) return ok;
    }
    return {};
}

Result<void> V4l2Decoder::submit(FreeBuffer buffer, const Unit& unit) {
    const auto size = static_cast<size_t>(unit.packet->size);
    if (size > buffer.data().size()) {
        return fail(Errc::protocol, "{} made a buffer of {} bytes, too small for a unit of {}",
                    device().path(), buffer.data().size(), size);
    }
    std::memcpy(buffer.data().data(), unit.packet->data, size);
    return input_->queue(std::move(buffer), unit.serial, static_cast<uint32_t>(size));
}

/// A drain is of effect only while both sides stream.
Result<void> V4l2Decoder::stop_when_all_is_sent() {
    if (!draining_ || stop_sent_ || !units_.empty() || !output_.queue()) return {};
    stop_sent_ = true;
    return device().stop_decoding();
}

// Taking.

Failure V4l2Decoder::lose(const Error& error) {
    // What the device cannot do at all it will not do when opened anew.
    const bool hopeless = error.code == Errc::unsupported;
    lost_ = Error{hopeless ? Errc::unsupported : Errc::device_lost, error.text};
    return Failure(*lost_);
}

Result<Received> V4l2Decoder::receive() {
    if (lost_) return Failure(*lost_);
    if (outgrown_) return Received(*outgrown_);
    const Nanos start = options_.clock->now();
    while (!ended_) {
        if (output_.outgrown()) {
            return Received(OpenAnew{
                fmt::format("{} makes no buffers of another size while those before are in use",
                            device().path())});
        }
        auto got = step();
        if (!got && got.error().code == Errc::protocol) return Failure(got.error());  // one picture
        if (!got) return lose(got.error());
        if (*got) return std::move(**got);
        if (options_.clock->now() - start >= kLongestReceive) {
            return Received(Waiting{output_.starved()});
        }
    }
    return Received(Ended{});
}

Result<std::optional<Received>> V4l2Decoder::step() {
    if (output_.at_last()) {
        auto after = after_last();
        if (!after || *after || output_.outgrown()) return after;
    }
    if (V4l2Queue* output = output_.queue()) {
        output->clear_wake();
        if (auto ok = output_.lend(); !ok) return Failure(ok.error());
    }
    if (auto ok = submit_units(); !ok) return Failure(ok.error());
    if (auto ok = stop_when_all_is_sent(); !ok) return Failure(ok.error());
    const V4l2Queue* output = output_.queue();
    const bool has_input = find_free_input();
    const bool hungry = has_input && units_.empty() && !draining_;
    auto ready = device().wait({!has_input || (draining_ && !output), output != nullptr},
                               output ? output->wake_fd() : -1, hungry ? Nanos(0) : kStepOfWaiting);
    if (!ready) return Failure(ready.error());
    return look_at(*ready, hungry);
}

Result<std::optional<Received>> V4l2Decoder::look_at(const V4l2Readiness& ready, bool hungry) {
    if (ready.event) {
        if (auto ok = take_events(); !ok) return Failure(ok.error());
        return std::optional<Received>();
    }
    V4l2Queue* output = output_.queue();
    const bool trouble = ready.error && !ready.input && !ready.woken;
    const bool output_in_trouble = trouble && output && output->queued() > 0;
    if (ready.input || (trouble && !output_in_trouble && input_->queued() > 0)) {
        if (auto ok = take_input(); !ok) return Failure(ok.error());
        return std::optional<Received>();
    }
    // For each picture taken the device gets a packet first, or it would run dry while there are
    // pictures to take, and the next would have to be waited for.
    const bool owed = hungry && owes_packet_;
    if (!owed && (ready.output || output_in_trouble)) return take_output();
    if (hungry) return std::optional<Received>(NeedsPacket{});
    if (ready.woken) return std::optional<Received>();
    if (draining_ && !output && input_->queued() == 0) return end_without_header();
    if (ready.error && output) output->wait_for_free(kStepOfWaiting);
    return std::optional<Received>(Waiting{output_.starved()});
}

/// There is nothing more to find one in; what a device makes of the last buffer may come late.
Result<std::optional<Received>> V4l2Decoder::end_without_header() {
    auto ready = device().wait({}, -1, kStepOfWaiting);
    if (!ready) return Failure(ready.error());
    if (ready->event) return std::optional<Received>();
    ended_ = true;
    return std::optional<Received>(Ended{});
}

Result<void> V4l2Decoder::take_events() {
    for (int i = 0; i < kMostEvents; ++i) {
        auto event = device().next_event();
        if (!event) return Failure(event.error());
        if (!*event) break;
        if (**event != V4l2Event::source_change) continue;
        if (output_.queue()) {
            output_.announce_change();
        } else if (auto ok = output_.set_up(); !ok) {
            return ok;
        }
    }
    return {};
}

Result<void> V4l2Decoder::take_input() {
    auto got = input_->dequeue();
    if (!got) return Failure(got.error());
    if (auto* buffer = std::get_if<ReadyBuffer>(&*got)) {
        ReadyBuffer consumed = std::move(*buffer);  // and free again at once
    }
    return {};
}

Result<std::optional<Received>> V4l2Decoder::take_output() {
    auto buffer = output_.take();
    if (!buffer) return Failure(buffer.error());
    if (!*buffer) return std::optional<Received>();
    return give(std::move(**buffer));
}

/// The pictures before a source change, or all there are, have come.
Result<std::optional<Received>> V4l2Decoder::after_last() {
    if (auto ok = take_events(); !ok) return Failure(ok.error());
    if (stop_sent_ && !output_.changing()) {
        ended_ = true;
        return std::optional<Received>(Ended{});
    }
    if (!output_.changing()) {
        // Perhaps the event is on its way. Else the stream has the mark of an end within it, and
        // the device goes on with what comes behind when its output is started again.
        auto ready = device().wait({}, -1, kStepOfWaiting);
        if (!ready) return Failure(ready.error());
        if (ready->event) return std::optional<Received>();
    }
    stop_sent_ = false;  // to stop the output side may have ended the drain
    if (auto ok = output_.change(); !ok) return Failure(ok.error());
    return std::optional<Received>();
}

Result<std::optional<Received>> V4l2Decoder::give(ReadyBuffer buffer) {
    const ReadyBuffer::Report report = buffer.report();
    const bool stale = first_serial_ && report.tag < *first_serial_;
    const bool empty = report.bytes_used[0] == 0;
    // Before a source change some drivers give back what they have as broken.
    if (stale || (empty && (!report.corrupt || output_.changing()))) {
        return std::optional<Received>();
    }
    const Sent* sent = find_sent(report.tag);
    const auto timestamp = sent != nullptr ? take_timestamp(*sent) : std::nullopt;
    if (sent != nullptr && !sent->shown) return std::optional<Received>();
    if (empty) return fail(Errc::protocol, "{}: a picture could not be decoded", device().path());
    auto picture = output_.picture_of(std::move(buffer));
    if (!picture) return Failure(picture.error());
    picture->info.corrupt = report.corrupt;
    picture->timestamp = timestamp;
    if (sent != nullptr) {
        picture->packet = sent->serial;
        picture->packet_timestamp = if_set(sent->pts);
        picture->duration = sent->duration;
    }
    owes_packet_ = true;
    return std::optional<Received>(std::move(*picture));
}

const V4l2Decoder::Sent* V4l2Decoder::find_sent(uint64_t serial) const {
    const auto sent = std::find_if(sent_.begin(), sent_.end(),
                                   [&](const Sent& each) { return each.serial == serial; });
    return sent == sent_.end() ? nullptr : &*sent;
}

/// Pictures come as they are shown: each takes the next of the times that are known. What was to be
/// shown before a key frame is decoded, and still waits with it, never came.
std::optional<int64_t> V4l2Decoder::take_timestamp(const Sent& sent) {
    while (!decoding_times_.empty() && decoding_times_.front() < sent.not_before) {
        decoding_times_.pop_front();
    }
    if (sent.shown_at != AV_NOPTS_VALUE || decoding_times_.empty()) return if_set(sent.shown_at);
    const int64_t next = decoding_times_.front();
    decoding_times_.pop_front();
    return next;
}

/// Both sides are stopped and started: what the device holds of before is gone, and it is no longer
/// draining, which some drivers cannot be told otherwise.
void V4l2Decoder::flush() {
    units_.clear();
    sent_.clear();
    decoding_times_.clear();
    access_units_.flush();
    first_serial_.reset();
    draining_ = stop_sent_ = ended_ = false;
    if (lost_ || outgrown_ || output_.outgrown()) return;
    auto ok = input_->stop();
    if (ok) ok = output_.stop();
    if (ok && output_.queue()) ok = take_events();  // a change that was not seen yet
    if (ok) ok = input_->start();
    if (ok) ok = output_.restart();
    if (!ok) (void)lose(ok.error());
}

}  // namespace vitrine
