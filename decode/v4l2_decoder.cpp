#include "decode/v4l2_decoder.h"

#include <algorithm>
#include <cstring>

#include "core/log.h"
#include "hw/dma_buf_view.h"

namespace vitrine {
namespace {

constexpr int kInputBuffers = 4;
// An access unit must lie in one buffer, and a driver's own idea of how large one can be is often
// too small. Half a raw picture of 4:2:0 and something: no encoder that is used for playing needs
// more, and a unit that does is refused, not cut.
constexpr uint32_t kLeastInputBytes = 1 << 20;
constexpr uint32_t kMostInputBytes = 32 << 20;
uint32_t input_bytes_for(Size size) {
    const uint64_t pixels = static_cast<uint64_t>(size.width) * static_cast<uint64_t>(size.height);
    const uint64_t bytes = pixels * 3 / 4 + kLeastInputBytes;
    return static_cast<uint32_t>(std::min<uint64_t>(bytes, kMostInputBytes));
}

// Pictures that a device may have in the making; the oldest is forgotten.
constexpr size_t kMostSent = 128;
// How long receive() waits for the device before the caller may look around.
constexpr Nanos kPatience = std::chrono::milliseconds(50);
// That receive() makes at a stretch; a device that wakes us for nothing must not keep us.
constexpr int kMostSteps = 64;

/// Buffers that a device needs where its driver has no V4L2_CID_MIN_BUFFERS_FOR_CAPTURE, which
/// dev-decoder.rst leaves open: as many as the codec may refer to (H.264 A.3.1, HEVC A.4.2; eight
/// of VP9 and AV1), one in the making, and one that waits to be taken. Programs that copy each
/// picture at once get by with a guess (20 in FFmpeg's wrapper, 2 in GStreamer); what is lent must
/// be spare.
int most_needed_by(AVCodecID codec) {
    constexpr int kBesidesReferences = 2;
    switch (codec) {
        case AV_CODEC_ID_H264:
        case AV_CODEC_ID_HEVC:
            return 16 + kBesidesReferences;
        case AV_CODEC_ID_VP9:
        case AV_CODEC_ID_AV1:
            return 8 + kBesidesReferences;
        case AV_CODEC_ID_VP8:
            return 3 + kBesidesReferences;
        default:  // of the MPEG kind
            return 2 + kBesidesReferences;
    }
}

/// Where it makes sense at all.
Rect usable_crop(std::optional<Rect> visible, Size coded, Size stated) {
    const auto fits = [&](const Rect& r) {
        return r.x >= 0 && r.y >= 0 && r.width > 0 && r.height > 0 &&
               r.width <= coded.width - r.x && r.height <= coded.height - r.y;
    };
    if (visible && fits(*visible)) return *visible;
    const Rect by_stream{0, 0, stated.width, stated.height};
    return fits(by_stream) ? by_stream : Rect{0, 0, coded.width, coded.height};
}

std::optional<int64_t> if_set(int64_t timestamp) {
    return timestamp == AV_NOPTS_VALUE ? std::nullopt : std::optional(timestamp);
}

}  // namespace

// Setting up.

Result<std::unique_ptr<Decoder>> V4l2Decoder::open(V4l2DecoderOptions options) {
    auto access_units = AccessUnits::make(options.stream);
    if (!access_units) return Failure(access_units.error());
    const AVCodecParameters& stated = *options.stream.parameters;
    const Size size{stated.width, stated.height};
    if (!options.generations) options.generations = std::make_shared<GenerationSource>();
    std::unique_ptr<V4l2Decoder> decoder(
        new V4l2Decoder(std::move(options), std::move(*access_units)));
    decoder->crop_ = {0, 0, size.width, size.height};
    decoder->least_unsaid_ = most_needed_by(stated.codec_id);
    if (auto ok = decoder->set_up_input(size); !ok) return Failure(ok.error());
    return std::unique_ptr<Decoder>(std::move(decoder));
}

/// The size of the stream is not told to the device: it finds it in the stream, and some drivers
/// cannot make buffers for a size that they were told.
Result<void> V4l2Decoder::set_up_input(Size size) {
    if (auto ok = device().subscribe_to_source_changes(); !ok) return ok;
    V4l2Picture wish;
    wish.format = options_.coded;
    wish.planes[0].bytes = input_bytes_for(size);
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

/// The driver's own choice where we know that format, else the first that we know.
Result<V4l2Layout> V4l2Decoder::choose_layout() {
    auto now = device().format(V4l2Side::output);
    if (!now) return Failure(now.error());
    picture_ = *now;
    if (const auto layout = layout_of(picture_.format)) return *layout;
    auto offers = device().formats(V4l2Side::output);
    if (!offers) return Failure(offers.error());
    std::vector<std::string> names;
    for (const V4l2FormatOffer& offer : *offers) {
        names.push_back(to_string(offer.format));
        const auto layout = layout_of(offer.format);
        if (!layout) continue;
        V4l2Picture wish;
        wish.format = offer.format;
        wish.size = picture_.size;
        auto set = device().set_format(V4l2Side::output, wish);
        if (!set) return Failure(set.error());
        if (set->format != offer.format) continue;
        picture_ = *set;
        return *layout;
    }
    return fail(Errc::unsupported, "{} gives pictures as {} only, which cannot be shown",
                device().path(), fmt::join(names, ", "));
}

Result<void> V4l2Decoder::set_up_output() {
    auto layout = choose_layout();
    if (!layout) return Failure(layout.error());
    layout_ = *layout;
    if (auto ok = find_crop(); !ok) return ok;
    if (auto ok = allocate_output(); !ok) return ok;
    generation_ = options_.generations->next();
    if (auto ok = lend_output(); !ok) return ok;
    return output_->start();
}

/// Where the device cannot say what is to be shown, it is what was shown of pictures of this size.
Result<void> V4l2Decoder::find_crop() {
    auto visible = device().visible_part();
    if (!visible) return Failure(visible.error());
    const Size coded = picture_.size;
    if (crop_of_ && *crop_of_ != coded) crop_ = {0, 0, coded.width, coded.height};
    crop_of_ = coded;
    crop_ = usable_crop(*visible, coded, {crop_.width, crop_.height});
    return {};
}

Result<int> V4l2Decoder::least_buffers() {
    auto least = device().least_output_buffers();
    if (!least) return Failure(least.error());
    return least->value_or(least_unsaid_);
}

Result<void> V4l2Decoder::allocate_output() {
    auto said = device().least_output_buffers();
    if (!said) return Failure(said.error());
    const int least = said->value_or(least_unsaid_);
    const int wanted = std::min(least + options_.frames_held, V4l2Queue::kMostBuffers);
    V4l2Queue::Options asked{V4l2Side::output, V4l2Memory::exported, picture_, wanted, nullptr};
    auto queue = V4l2Queue::allocate(options_.device, asked);
    if (!queue && queue.error().code == Errc::unsupported && options_.allocator) {
        asked.memory = V4l2Memory::imported;
        asked.allocator = options_.allocator.get();
        queue = V4l2Queue::allocate(options_.device, asked);
    }
    if (!queue) return Failure(queue.error());
    output_ = std::move(*queue);
    // A driver raises the number asked for to what it needs; where it does not say that otherwise,
    // this is its word.
    const bool raised = !*said && output_->count() > wanted;
    most_lent_ = raised ? 0 : std::max(output_->count() - least, 0);
    return {};
}

/// The pictures before the change, if there was one, are all out. Buffers of the same kind go on
/// being used.
Result<void> V4l2Decoder::change_output() {
    changing_ = false;
    at_last_ = false;
    refused_ = false;
    stop_sent_ = false;  // to stop the output side may have ended the drain
    if (auto ok = output_->stop(); !ok) return ok;
    auto now = device().format(V4l2Side::output);
    if (!now) return Failure(now.error());
    auto least = least_buffers();
    if (!least) return Failure(least.error());
    if (*now == picture_ && output_->count() - *least >= most_lent_) {
        if (auto ok = find_crop(); !ok) return ok;
        if (auto ok = lend_output(); !ok) return ok;
        return output_->start();
    }
    outgrown_ = !output_->can_release();
    if (outgrown_) return {};
    if (auto ok = output_->release(); !ok) return ok;
    output_.reset();
    return set_up_output();
}

// Giving.

Result<void> V4l2Decoder::send(AVPacket* packet, uint64_t serial) {
    if (packet != nullptr) {
        if (!first_serial_) first_serial_ = serial;
        const int64_t timestamp = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
        const bool shown = (packet->flags & AV_PKT_FLAG_DISCARD) == 0;
        sent_.push_back({serial, packet->pts, timestamp, packet->duration, shown});
        if (sent_.size() > kMostSent) sent_.pop_front();
    } else {
        draining_ = true;
    }
    if (auto ok = access_units_.send(packet); !ok) return ok;
    return collect_units(serial);
}

Result<void> V4l2Decoder::collect_units(uint64_t serial) {
    while (true) {
        auto unit = access_units_.next();
        if (!unit) return Failure(unit.error());
        if (!*unit) return {};
        if (static_cast<uint64_t>((*unit)->size) > input_bytes_) {
            return fail(Errc::protocol, "an access unit of {} bytes is more than {} takes ({})",
                        (*unit)->size, device().path(), input_bytes_);
        }
        units_.push_back({std::move(*unit), serial});
    }
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

/// Every buffer that nobody holds goes to the device. It still needs them for the pictures before a
/// source change, though some drivers look at the new size already.
Result<void> V4l2Decoder::lend_output() {
    while (!refused_) {
        auto buffer = output_->take_free();
        if (!buffer) break;
        auto ok = output_->queue(std::move(*buffer));
        refused_ = !ok && changing_ && ok.error().code == Errc::invalid_argument;
        if (!ok && !refused_) return ok;
    }
    return {};
}

/// A drain is of effect only while both sides stream.
Result<void> V4l2Decoder::stop_when_all_is_sent() {
    if (!draining_ || stop_sent_ || !units_.empty() || !output_) return {};
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
    for (int steps = 0; !ended_; ++steps) {
        if (outgrown_) {
            return Received(OpenAnew{
                fmt::format("{} makes no buffers of another size while those before are in use",
                            device().path())});
        }
        if (steps == kMostSteps) return Received(Waiting{output_ && output_->queued() == 0});
        auto got = step();
        if (!got && got.error().code == Errc::protocol) return Failure(got.error());  // one picture
        if (!got) return lose(got.error());
        if (*got) return std::move(**got);
    }
    return Received(Ended{});
}

Result<std::optional<Received>> V4l2Decoder::step() {
    if (at_last_) {
        auto after = after_last();
        if (!after || *after || outgrown_) return after;
    }
    if (output_) {
        output_->clear_wake();
        if (auto ok = lend_output(); !ok) return Failure(ok.error());
    }
    if (auto ok = submit_units(); !ok) return Failure(ok.error());
    if (auto ok = stop_when_all_is_sent(); !ok) return Failure(ok.error());
    const bool has_input = find_free_input();
    const bool hungry = has_input && units_.empty() && !draining_;
    const int wake = output_ ? output_->wake_fd() : -1;
    auto ready = device().wait({!has_input || (draining_ && !output_), output_ != nullptr}, wake,
                               hungry ? Nanos(0) : kPatience);
    if (!ready) return Failure(ready.error());
    return look_at(*ready, hungry);
}

Result<std::optional<Received>> V4l2Decoder::look_at(const V4l2Readiness& ready, bool hungry) {
    if (ready.event) {
        if (auto ok = take_events(); !ok) return Failure(ok.error());
        return std::optional<Received>();
    }
    const bool trouble = ready.error && !ready.input && !ready.woken;
    if (ready.output || (trouble && output_ && output_->queued() > 0)) return take_output();
    if (ready.input || (trouble && input_->queued() > 0)) {
        if (auto ok = take_input(); !ok) return Failure(ok.error());
        return std::optional<Received>();
    }
    if (hungry) return std::optional<Received>(NeedsPacket{});
    if (ready.woken) return std::optional<Received>();
    // No header was ever found, and there is nothing more to find it in.
    if (draining_ && !output_ && input_->queued() == 0) {
        ended_ = true;
        return std::optional<Received>(Ended{});
    }
    if (ready.error && output_) output_->wait_for_free(kPatience);
    return std::optional<Received>(Waiting{output_ && output_->queued() == 0});
}

Result<void> V4l2Decoder::take_events() {
    while (true) {
        auto event = device().next_event();
        if (!event) return Failure(event.error());
        if (!*event) return {};
        if (**event != V4l2Event::source_change) continue;
        if (output_) {
            changing_ = true;
        } else if (auto ok = set_up_output(); !ok) {
            return ok;
        }
    }
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
    auto got = output_->dequeue();
    if (!got) return Failure(got.error());
    if (std::holds_alternative<V4l2Queue::AtLast>(*got)) at_last_ = true;
    auto* buffer = std::get_if<ReadyBuffer>(&*got);
    if (buffer == nullptr) return std::optional<Received>();
    if (buffer->report().last) at_last_ = true;
    return give(std::move(*buffer));
}

/// The pictures before a source change, or all there are, have come.
Result<std::optional<Received>> V4l2Decoder::after_last() {
    if (auto ok = take_events(); !ok) return Failure(ok.error());
    if (changing_) {
        if (auto ok = change_output(); !ok) return Failure(ok.error());
        return std::optional<Received>();
    }
    if (stop_sent_) {
        ended_ = true;
        return std::optional<Received>(Ended{});
    }
    // Perhaps the event is on its way. Else the stream has the mark of an end within it, and the
    // device goes on with what comes behind when its output is started again.
    auto ready = device().wait({}, -1, kPatience);
    if (!ready) return Failure(ready.error());
    if (ready->event) return std::optional<Received>();
    if (auto ok = change_output(); !ok) return Failure(ok.error());
    return std::optional<Received>();
}

Result<std::optional<Received>> V4l2Decoder::give(ReadyBuffer buffer) {
    const ReadyBuffer::Report report = buffer.report();
    const bool stale = first_serial_ && report.tag < *first_serial_;
    const bool empty = report.bytes_used[0] == 0;
    // Before a source change some drivers give back what they have as broken.
    const Sent* sent = find_sent(report.tag);
    const bool hidden = sent != nullptr && !sent->shown;
    if (stale || hidden || (empty && (!report.corrupt || changing_))) {
        return std::optional<Received>();
    }
    if (empty) return fail(Errc::protocol, "{}: a picture could not be decoded", device().path());
    const bool lendable = output_->held() <= most_lent_;
    auto picture = lendable ? wrap(std::move(buffer)) : copy(std::move(buffer));
    if (!picture) return Failure(picture.error());
    picture->info.corrupt = report.corrupt;
    if (sent != nullptr) describe(*sent, *picture);
    return std::optional<Received>(std::move(*picture));
}

Result<DecodedPicture> V4l2Decoder::wrap(ReadyBuffer buffer) {
    DmaBufDescription description;
    auto planes = planes_of(layout_, picture_, buffer.report().data_offsets);
    if (!planes) return Failure(planes.error());
    description.format = layout_.format;
    description.coded_size = picture_.size;
    description.objects = buffer.objects();
    description.planes = std::move(*planes);
    description.generation = generation_;
    auto storage = make_dma_buf_frame(std::move(description));
    if (!storage) return Failure(storage.error());
    DecodedPicture picture{
        std::move(*storage), std::make_shared<ReadyBuffer>(std::move(buffer)), {}};
    picture.info.crop = crop_;
    copied_last_ = false;
    return picture;
}

/// The device needs this buffer back at once.
Result<DecodedPicture> V4l2Decoder::copy(ReadyBuffer buffer) {
    if (!options_.may_copy) {
        return fail(Errc::unsupported, "{} gave {} buffers, too few to lend more than {}",
                    device().path(), output_->count(), most_lent_);
    }
    if (!said_copies_) {
        said_copies_ = true;
        log_warning("{}: it gave {} buffers, too few to lend more than {}: pictures are copied",
                    device().path(), output_->count(), most_lent_);
    }
    auto lent = wrap(std::move(buffer));
    if (!lent) return lent;
    const auto& memory = std::get<DmaBufFrame>(lent->storage).description();
    auto copied = copy_to_memory(device().kernel(), memory);
    if (!copied) return Failure(copied.error());
    DecodedPicture picture{std::move(copied->frame), std::move(copied->memory), lent->info};
    picture.info.copies = 1;
    picture.info.bytes_copied = copied->bytes;
    copied_last_ = true;
    return picture;
}

const V4l2Decoder::Sent* V4l2Decoder::find_sent(uint64_t serial) const {
    const auto sent = std::find_if(sent_.begin(), sent_.end(),
                                   [&](const Sent& each) { return each.serial == serial; });
    return sent == sent_.end() ? nullptr : &*sent;
}

void V4l2Decoder::describe(const Sent& sent, DecodedPicture& picture) {
    picture.packet = sent.serial;
    picture.timestamp = if_set(sent.timestamp);
    picture.packet_timestamp = if_set(sent.pts);
    picture.duration = sent.duration;
}

/// Both sides are stopped and started: what the device holds of before is gone, and it is no longer
/// draining, which some drivers cannot be told otherwise.
void V4l2Decoder::flush() {
    units_.clear();
    sent_.clear();
    access_units_.flush();
    first_serial_.reset();
    draining_ = stop_sent_ = ended_ = at_last_ = false;
    if (lost_ || outgrown_) return;
    auto ok = input_->stop();
    if (ok && output_) ok = output_->stop();
    if (ok && output_) ok = take_events();  // a change that was not seen yet
    if (ok) ok = input_->start();
    refused_ = false;
    if (ok && output_ && changing_) {
        ok = change_output();
    } else if (ok && output_) {
        ok = lend_output();
        if (ok) ok = output_->start();
    }
    if (!ok) (void)lose(ok.error());
}

}  // namespace vitrine
