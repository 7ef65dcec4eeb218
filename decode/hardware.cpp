#include "decode/hardware.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "core/log.h"
#include "decode/hardware_open.h"
#include "hw/av/cpu_frame.h"
#include "hw/av/cuda_frame.h"
#include "hw/av/drm_frame.h"
#include "hw/av/error.h"
#include "hw/cuda_errors.h"

namespace vitrine {
namespace {

// Between two questions to a decoder that takes no packet and gives no picture.
constexpr Nanos kPatience = std::chrono::milliseconds(10);
// So often asked in vain, a drain is over (0.5 s; some drivers give up by themselves after 0.3 s),
// and what is lent out is taken for too much (1 s).
constexpr int kDrainWaits = 50;
constexpr int kStarvedWaits = 100;
// Frames that are read and dropped on the way to the end of a drain: more than V4L2 has.
constexpr int kMostDrained = 64;
// Packets since a flush that are remembered until a picture of theirs comes.
constexpr size_t kMostSent = 256;

/// A frame that is out; the last reference to it counts it back in.
struct LentFrame {
    LentFrame(Lease lent, std::shared_ptr<std::atomic<int>> counter)
        : lease(std::move(lent)), count(std::move(counter)) {
        ++*count;
    }
    ~LentFrame() {
        lease.reset();
        --*count;
    }
    LentFrame(const LentFrame&) = delete;
    LentFrame& operator=(const LentFrame&) = delete;
    Lease lease;
    std::shared_ptr<std::atomic<int>> count;
};

}  // namespace

// Opening.

HardwareDecoder::HardwareDecoder(HardwareRecipe recipe, OpenHardware open, av::Frame frame,
                                 av::Frame mapped)
    : AvDecoder(std::move(open.context), std::move(frame)),
      recipe_(std::move(recipe)),
      family_(av_family_of(recipe_.rung.decoder)),
      answers_(std::move(open.answers)),
      may_lend_(open.may_lend),
      lent_(std::make_shared<std::atomic<int>>(0)),
      mapped_(std::move(mapped)) {}

Result<std::unique_ptr<Decoder>> HardwareDecoder::open(HardwareRecipe recipe) {
    if (!recipe.options.generations) {
        recipe.options.generations = std::make_shared<GenerationSource>();
    }
    auto open = open_hardware(recipe);
    if (!open) return Failure(open.error());
    av::Frame frame(av_frame_alloc());
    av::Frame mapped(av_frame_alloc());
    if (!frame || !mapped) return fail(Errc::unavailable, "no memory for a frame");
    return std::unique_ptr<Decoder>(new HardwareDecoder(std::move(recipe), std::move(*open),
                                                        std::move(frame), std::move(mapped)));
}

void HardwareDecoder::reopen() {
    context_.reset();  // a device may admit one at a time
    auto open = open_hardware(recipe_);
    if (!open) {
        lost_ = Error{Errc::device_lost,
                      fmt::format("{} does not open again: {}", name(), open.error().text)};
        return;
    }
    answers_ = std::move(open->answers);
    context_ = std::move(open->context);
    may_lend_ = open->may_lend;
    lent_ = std::make_shared<std::atomic<int>>(0);
    size_ = {};
}

// Giving.

std::string HardwareDecoder::storage() const {
    if (copied_last_) return "memory";
    return std::string(vitrine::name_of(recipe_.rung.storage));
}

Result<void> HardwareDecoder::send(AVPacket* packet, uint64_t serial) {
    if (lost_) return Failure(*lost_);
    if (packet != nullptr && settling_) {
        if (!first_serial_) first_serial_ = serial;
        sent_since_.push_back(packet->pts);
        if (sent_since_.size() > kMostSent) sent_since_.pop_front();
    }
    const av::ErrorsHeard heard;
    auto sent = AvDecoder::send(packet, serial);
    note_reason(heard);
    if (!sent) return Failure(with_reason(sent.error()));
    return sent;
}

void HardwareDecoder::flush() {
    if (lost_) return;
    const bool anew = family_.flush == FlushWay::reopen
                          ? fed()
                          : family_.flush == FlushWay::after_drain && ending() && !drain();
    settling_ = true;
    first_serial_.reset();
    sent_since_.clear();
    waits_ = 0;
    gave_up_drain_ = false;
    if (anew) reopen();
    if (!lost_) AvDecoder::flush();
}

/// Reads what is left, to the end. False when that does not come.
bool HardwareDecoder::drain() {
    if (gave_up_drain_) return false;
    if (ended()) return true;
    const av::Frame frame(av_frame_alloc());
    int waits = 0;
    for (int dropped = 0; frame && dropped < kMostDrained;) {
        const int status = avcodec_receive_frame(context_.get(), frame.get());
        if (status == AVERROR_EOF) return true;
        if (status != AVERROR(EAGAIN)) {  // a frame, or an error in place of one
            av_frame_unref(frame.get());
            ++dropped;
        } else if (++waits < kDrainWaits) {
            std::this_thread::sleep_for(kPatience);
        } else {
            return false;
        }
    }
    return false;
}

// Taking.

Result<Received> HardwareDecoder::receive() {
    if (lost_) return Failure(*lost_);
    if (gave_up_drain_) return Received(Ended{});
    while (true) {
        const av::ErrorsHeard heard;
        auto received = AvDecoder::receive();
        note_reason(heard);
        if (received && std::holds_alternative<Waiting>(*received)) return wait();
        waits_ = 0;
        if (!received) return Failure(with_reason(received.error()));
        const auto* picture = std::get_if<DecodedPicture>(&*received);
        if (picture != nullptr) cuda_reason_.clear();
        if (picture == nullptr || !is_stale(*picture)) return received;
    }
}

/// It has all it can take, and nothing to give.
Received HardwareDecoder::wait() {
    std::this_thread::sleep_for(kPatience);
    const int out = lent_->load();
    const bool starved = !ending() || out >= may_lend_;
    if (++waits_ < (starved ? kStarvedWaits : kDrainWaits)) return Waiting{};
    waits_ = 0;
    if (!starved) {
        log_warning("{}: its end did not come, and is taken as reached", name());
        gave_up_drain_ = true;
        return Ended{};
    }
    if (out == 0) return Waiting{};
    *recipe_.limit = out - 1;
    return OpenAnew{
        fmt::format("it gives nothing while {} of its pictures are in use: it may lend "
                    "{} from now on",
                    out, out - 1)};
}

/// Whether it was sent before the flush. Decoders of which the picture does not say from which
/// packet it is keep at least its time.
bool HardwareDecoder::is_stale(const DecodedPicture& picture) {
    if (!settling_) return false;
    bool stale = false;
    if (picture.packet) {
        stale = !first_serial_ || *picture.packet < *first_serial_;
    } else if (picture.packet_timestamp) {
        stale = std::find(sent_since_.begin(), sent_since_.end(), *picture.packet_timestamp) ==
                sent_since_.end();
    }
    settling_ = stale;
    return stale;
}

Failure HardwareDecoder::refuse_format(const AVFrame& frame) const {
    return fail(Errc::unsupported, "it gives {}, not {}{}",
                name_of(static_cast<AVPixelFormat>(frame.format)), name_of(recipe_.wanted),
                answers_->asked == 0 ? ", and never asked which" : "");
}

Result<DecodedPicture> HardwareDecoder::take(const AVFrame& frame) {
    if (frame.format != recipe_.wanted) return refuse_format(frame);
    if (recipe_.wanted == AV_PIX_FMT_DRM_PRIME) return wrap(frame, av::crop_of(frame));
    if (recipe_.wanted == AV_PIX_FMT_CUDA) return take_cuda(frame);
    return map_and_wrap(frame);
}

/// Libavcodec's numbers say nothing of CUDA's errors; its log does.
void HardwareDecoder::note_reason(const av::ErrorsHeard& heard) {
    if (recipe_.wanted != AV_PIX_FMT_CUDA) return;
    if (std::string reason = explain_cuda_log(heard.text()); !reason.empty())
        cuda_reason_ = std::move(reason);
}

Error HardwareDecoder::with_reason(Error error) const {
    if (!cuda_reason_.empty()) error.text += ": " + cuda_reason_;
    return error;
}

Result<DecodedPicture> HardwareDecoder::take_cuda(const AVFrame& frame) {
    const Rect crop = av::crop_of(frame);
    may_lend_ = std::min(recipe_.limit->load(), context_->extra_hw_frames);
    if (!may_lend()) {
        if (auto allowed = begin_copy(); !allowed) return Failure(allowed.error());
        return give_copy(av::copy_cuda_frame(frame), crop);
    }
    auto storage = av::wrap_cuda_frame(frame);
    if (!storage) return Failure(storage.error());
    return lend(*storage, frame, crop);
}

Result<DecodedPicture> HardwareDecoder::map_and_wrap(const AVFrame& surface) {
    av_frame_unref(mapped_.get());
    mapped_->format = AV_PIX_FMT_DRM_PRIME;
    const int status =
        av_hwframe_map(mapped_.get(), &surface, AV_HWFRAME_MAP_READ | AV_HWFRAME_MAP_DIRECT);
    if (status < 0) {
        return fail(Errc::unsupported, "the surface cannot be mapped to a dma-buf: {}",
                    av::error_text(status));
    }
    auto picture = wrap(*mapped_, av::crop_of(surface));  // holds the surface by the mapping
    av_frame_unref(mapped_.get());
    return picture;
}

Result<DecodedPicture> HardwareDecoder::wrap(const AVFrame& drm_frame, const Rect& crop) {
    const Size size{drm_frame.width, drm_frame.height};
    if (size != size_ || answers_->asked != asked_) {
        size_ = size;
        asked_ = answers_->asked;
        generation_ = recipe_.options.generations->next();
    }
    auto description = av::map_drm_frame(drm_frame, generation_);
    if (!description) return Failure(description.error());
    auto storage = make_dma_buf_frame(std::move(*description));
    if (!storage) return Failure(storage.error());
    if (may_lend()) return lend(std::move(*storage), drm_frame, crop);
    if (auto allowed = begin_copy(); !allowed) return Failure(allowed.error());
    return give_copy(copy_to_memory(recipe_.options.kernel, storage->description()), crop);
}

Result<DecodedPicture> HardwareDecoder::lend(VideoFrame::Storage storage, const AVFrame& frame,
                                             const Rect& crop) {
    auto lease = av::lease_on(frame);
    if (!lease) return Failure(lease.error());
    DecodedPicture picture{
        std::move(storage), std::make_shared<LentFrame>(std::move(*lease), lent_), {}};
    picture.info.crop = crop;
    copied_last_ = false;
    return picture;
}

/// The decoder needs this frame back at once. Errors: unsupported where no copies are wanted.
Result<void> HardwareDecoder::begin_copy() {
    if (recipe_.options.hardware_required) {
        return fail(Errc::unsupported, "it has too few frames to lend more than {}", may_lend_);
    }
    if (!std::exchange(said_copies_, true)) {
        log_warning("{}: it has too few frames to lend more than {}: pictures are copied", name(),
                    may_lend_);
    }
    return {};
}

Result<DecodedPicture> HardwareDecoder::give_copy(Result<CopiedPicture> copied, const Rect& crop) {
    if (!copied) return Failure(copied.error());
    DecodedPicture picture{std::move(copied->frame), std::move(copied->memory), {}};
    picture.info.crop = crop;
    picture.info.copies = 1;
    picture.info.bytes_copied = copied->bytes;
    copied_last_ = true;
    return picture;
}

}  // namespace vitrine
