#include "decode/v4l2_output.h"

#include <algorithm>

#include "core/counted.h"
#include "core/log.h"
#include "hw/dma_buf_view.h"

namespace vitrine {
namespace {

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

}  // namespace

V4l2Output::V4l2Output(std::shared_ptr<V4l2Device> device, Size stated, V4l2Lending lending)
    : device_(std::move(device)),
      lending_(std::move(lending)),
      memory_(device_->kernel(), device_->path()),
      crop_{0, 0, stated.width, stated.height} {}

/// The driver's own choice where we know that format, else what it makes of the offers that we
/// know.
Result<V4l2Layout> V4l2Output::choose_layout() {
    auto now = device_->format(V4l2Side::output);
    if (!now) return Failure(now.error());
    picture_ = *now;
    if (const auto layout = layout_of(picture_.format)) return *layout;
    auto offers = device_->formats(V4l2Side::output);
    if (!offers) return Failure(offers.error());
    std::vector<std::string> answers;  // bounded, as the offers are
    for (const V4l2FormatOffer& offer : *offers) {
        if (!layout_of(offer.format)) {
            answers.push_back(fmt::format("{} is not known here either", to_string(offer.format)));
            continue;
        }
        V4l2Picture wish;
        wish.format = offer.format;
        wish.size = now->size;
        auto set = device_->set_format(V4l2Side::output, wish);
        if (!set) return Failure(set.error());
        answers.push_back(fmt::format("asked for {} it took {}", to_string(offer.format),
                                      to_string(set->format)));
        const auto layout = layout_of(set->format);
        if (!layout) continue;
        picture_ = *set;
        return *layout;
    }
    if (answers.empty()) answers.emplace_back("it offers no other");
    return fail(Errc::unsupported, "{} gives pictures as {}, which is not known here; {}",
                device_->path(), to_string(now->format), fmt::join(answers, ", "));
}

Result<void> V4l2Output::set_up() {
    auto layout = choose_layout();
    if (!layout) return Failure(layout.error());
    layout_ = *layout;
    if (auto ok = find_crop(); !ok) return ok;
    if (auto ok = allocate(); !ok) return ok;
    generation_ = lending_.generations->next();
    return lend_and_start();
}

/// Where the device cannot say what is to be shown, it is what was shown of pictures of this size.
Result<void> V4l2Output::find_crop() {
    auto visible = device_->visible_part();
    if (!visible) return Failure(visible.error());
    const Size coded = picture_.size;
    if (crop_of_ && *crop_of_ != coded) crop_ = {0, 0, coded.width, coded.height};
    crop_of_ = coded;
    crop_ = usable_crop(*visible, coded, {crop_.width, crop_.height});
    return {};
}

Result<int> V4l2Output::least_buffers() {
    auto least = device_->least_output_buffers();
    if (!least) return Failure(least.error());
    return least->value_or(most_needed_by(lending_.codec));
}

Result<void> V4l2Output::allocate() {
    auto said = device_->least_output_buffers();
    if (!said) return Failure(said.error());
    const int least = said->value_or(most_needed_by(lending_.codec));
    const int wanted = std::min(least + lending_.frames_held, V4l2Queue::kMostBuffers);
    if (auto ok = allocate_queue(wanted); !ok) return ok;
    // A driver raises the number asked for to what it needs; where it does not say that otherwise,
    // this is its word.
    const bool raised = !*said && queue_->count() > wanted;
    most_lent_ = raised ? 0 : std::max(queue_->count() - least, 0);
    return {};
}

/// The device's own memory where it shares that, else ours.
Result<void> V4l2Output::allocate_queue(int count) {
    V4l2Queue::Options asked{V4l2Side::output, V4l2Memory::exported, picture_, count, nullptr};
    if (exports_) {
        auto queue = V4l2Queue::allocate(device_, asked);
        if (queue) {
            queue_ = std::move(*queue);
            return {};
        }
        if (queue.error().code != Errc::unsupported) return Failure(queue.error());
        exports_ = false;
        log_info("{}", queue.error().text);
    }
    return allocate_ours(asked);
}

/// A driver looks at memory when it gets it: each buffer is lent before it counts as taken.
Result<void> V4l2Output::allocate_ours(V4l2Queue::Options asked) {
    asked.memory = V4l2Memory::imported;
    while (BufferAllocator* allocator = memory_.best()) {
        asked.allocator = allocator;
        auto queue = V4l2Queue::allocate(device_, asked);
        Result<void> taken;
        if (queue) {
            queue_ = std::move(*queue);
            taken = lend();
        } else {
            taken = Failure(queue.error());
        }
        if (taken) {
            memory_.note_taken();
            return {};
        }
        queue_.reset();
        if (taken.error().code == Errc::device_lost) return taken;
        memory_.refuse(taken.error());
    }
    return memory_.nothing_left();
}

Result<void> V4l2Output::lend_and_start() {
    if (auto ok = lend(); !ok) return ok;
    return queue_->start();
}

Result<void> V4l2Output::change() {
    changing_ = false;
    if (auto ok = stop(); !ok) return ok;
    auto now = device_->format(V4l2Side::output);
    if (!now) return Failure(now.error());
    auto least = least_buffers();
    if (!least) return Failure(least.error());
    if (*now == picture_ && queue_->count() - *least >= most_lent_) {
        picture_.color = now->color;
        if (auto ok = find_crop(); !ok) return ok;
        return lend_and_start();
    }
    outgrown_ = !queue_->can_release();
    if (outgrown_) return {};
    const auto released = queue_->release();
    queue_.reset();
    // Who imported them, and keeps that, may hold them longer than the pictures are held.
    if (!released) return Failure(released.error());
    outgrown_ = !*released;
    return outgrown_ ? Result<void>() : set_up();
}

Result<void> V4l2Output::stop() {
    at_last_ = false;
    refused_ = false;
    return queue_ ? queue_->stop() : Result<void>();
}

Result<void> V4l2Output::restart() {
    if (!queue_) return {};
    return changing_ ? change() : lend_and_start();
}

/// The device still needs buffers for the pictures before a source change, though some drivers look
/// at the new size already.
Result<void> V4l2Output::lend() {
    while (!refused_) {
        auto buffer = queue_->take_free();
        if (!buffer) break;
        auto ok = queue_->queue(std::move(*buffer));
        refused_ = !ok && changing_ && ok.error().code == Errc::invalid_argument;
        if (!ok && !refused_) return ok;
    }
    return {};
}

Result<std::optional<ReadyBuffer>> V4l2Output::take() {
    auto got = queue_->dequeue();
    if (!got) return Failure(got.error());
    if (std::holds_alternative<V4l2Queue::AtLast>(*got)) at_last_ = true;
    auto* buffer = std::get_if<ReadyBuffer>(&*got);
    if (buffer == nullptr) return std::optional<ReadyBuffer>();
    if (buffer->report().last) at_last_ = true;
    return std::optional<ReadyBuffer>(std::move(*buffer));
}

Result<DecodedPicture> V4l2Output::picture_of(ReadyBuffer buffer) {
    const bool lendable = queue_->held() <= most_lent_;
    return lendable ? wrap(std::move(buffer)) : copy(std::move(buffer));
}

Result<DecodedPicture> V4l2Output::wrap(ReadyBuffer buffer) {
    DmaBufDescription description;
    auto planes = planes_of(layout_, picture_, buffer.report().data_offsets);
    if (!planes) return Failure(planes.error());
    description.format = layout_.format;
    description.coded_size = picture_.size;
    description.modifier = modifier_of(layout_, picture_);
    description.objects = buffer.objects();
    description.planes = std::move(*planes);
    description.generation = generation_;
    auto storage = make_dma_buf_frame(std::move(description));
    if (!storage) return Failure(storage.error());
    DecodedPicture picture{
        std::move(*storage), std::make_shared<ReadyBuffer>(std::move(buffer)), {}};
    picture.info.crop = crop_;
    picture.device_color = picture_.color;
    copied_last_ = false;
    return picture;
}

/// The device needs this buffer back at once.
Result<DecodedPicture> V4l2Output::copy(ReadyBuffer buffer) {
    if (!lending_.may_copy) {
        return fail(Errc::unsupported, "{} gave {}, too few to lend more than {}", device_->path(),
                    counted(queue_->count(), "buffer"), most_lent_);
    }
    if (!said_copies_) {
        said_copies_ = true;
        log_warning("{}: it gave {}, too few to lend more than {}: pictures are copied",
                    device_->path(), counted(queue_->count(), "buffer"), most_lent_);
    }
    auto lent = wrap(std::move(buffer));
    if (!lent) return lent;
    const auto& memory = std::get<DmaBufFrame>(lent->storage).description();
    auto copied = copy_to_memory(device_->kernel(), memory);
    if (!copied) return Failure(copied.error());
    DecodedPicture picture{std::move(copied->frame), std::move(copied->memory), lent->info};
    picture.device_color = lent->device_color;
    picture.info.copies = 1;
    picture.info.bytes_copied = copied->bytes;
    copied_last_ = true;
    return picture;
}

}  // namespace vitrine
