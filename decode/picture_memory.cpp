#include "decode/picture_memory.h"

#include <drm_fourcc.h>

#include <algorithm>

#include "core/log.h"
#include "hw/av/cpu_frame.h"
#include "hw/av/error.h"
#include "hw/av/pixel_format.h"

namespace vitrine {
namespace {

constexpr int kDecoderAlignment = 64;  // the widest vectors of libavcodec, AVX-512's

void release_buffer(void* buffer, uint8_t*) {
    PicturePool::give_back(static_cast<PictureBuffer*>(buffer));
}

BufferNeed need_of(const AVCodecContext& context, int frames_held) {
    const AVCodecID id = context.codec_id;
    BufferNeed need;
    need.long_references =
        id == AV_CODEC_ID_H264 || id == AV_CODEC_ID_HEVC || id == AV_CODEC_ID_VVC;
    need.reordered = context.has_b_frames;
    need.threads = context.thread_count;
    need.frames_held = frames_held;
    return need;
}

std::string format_name(const AVFrame& frame) {
    const char* name = av_get_pix_fmt_name(static_cast<AVPixelFormat>(frame.format));
    return name ? name : "unknown";
}

/// swscale takes gray for full range and the rest for limited, and would stretch one to the other.
void keep_values(SwsContext& scaler, const AVFrame& frame, PixelFormat to) {
    if (info(to).model == ColorModel::rgb) return;
    const int full = frame.color_range == AVCOL_RANGE_JPEG ? 1 : 0;
    const int* table = sws_getCoefficients(SWS_CS_ITU601);
    constexpr int kOne = 1 << 16;
    (void)sws_setColorspaceDetails(&scaler, table, full, table, full, 0, kOne, kOne);
}

bool is_bottom_up(const AVFrame& frame) {
    return std::any_of(std::begin(frame.linesize), std::end(frame.linesize),
                       [](int linesize) { return linesize < 0; });
}

}  // namespace

PictureMemory::PictureMemory(std::shared_ptr<PicturePool> pool, int pitch_alignment,
                             int frames_held, std::string_view name)
    : pool_(std::move(pool)),
      pitch_alignment_(std::max(pitch_alignment, kDecoderAlignment)),
      frames_held_(frames_held),
      name_(name) {}

void PictureMemory::say_once(std::atomic<bool>& said, std::string_view what, const Error& error) {
    if (said.exchange(true)) return;
    log_warning("{}: {} and must be copied to the GPU: {}", name_, what, error.text);
}

/// A buffer of the pool, or of plain memory when it has none to give.
AVBufferRef* PictureMemory::obtain(size_t size, size_t limit) {
    auto lent = pool_->lend(size, limit);
    if (!lent) {
        say_once(said_memory_, "some frames are decoded into plain memory", lent.error());
        return av_buffer_alloc(size);
    }
    auto* start = reinterpret_cast<uint8_t*>((*lent)->memory().data());
    AVBufferRef* reference = av_buffer_create(start, size, release_buffer, *lent, 0);
    if (reference == nullptr) PicturePool::give_back(*lent);
    return reference;
}

bool PictureMemory::fill_planes(AVFrame& frame, PixelFormat format, Size padded, int alignment,
                                size_t limit) {
    const PictureLayout layout = lay_out_picture(format, padded, alignment);
    // Plain memory is laid out the same way, for many decoders fail when a pitch changes midway,
    // and it may begin anywhere.
    const auto slack = static_cast<size_t>(kDecoderAlignment);
    frame.buf[0] = obtain(layout.size + slack, limit);
    if (frame.buf[0] == nullptr) return false;
    const auto address = reinterpret_cast<uintptr_t>(frame.buf[0]->data);
    uint8_t* start = frame.buf[0]->data + (slack - address % slack) % slack;
    for (size_t i = 0; i < static_cast<size_t>(info(format).plane_count); ++i) {
        frame.data[i] = start + layout.planes[i].offset;
        frame.linesize[i] = static_cast<int>(layout.planes[i].pitch);
    }
    frame.extended_data = frame.data;
    return true;
}

bool PictureMemory::fill(AVCodecContext& context, AVFrame& frame) {
    const auto mapping = av::from_av(static_cast<AVPixelFormat>(frame.format));
    if (!pool_ || !mapping) return false;
    Size padded{frame.width, frame.height};
    std::array<int, AV_NUM_DATA_POINTERS> wanted{};
    avcodec_align_dimensions2(&context, &padded.width, &padded.height, wanted.data());
    const int alignment =
        std::max(pitch_alignment_, *std::max_element(wanted.begin(), wanted.end()));
    return fill_planes(frame, mapping->format, padded, alignment,
                       buffer_limit(need_of(context, frames_held_)));
}

Result<DecodedPicture> PictureMemory::wrap_shared(const AVFrame& frame, PixelFormat format,
                                                  PictureBuffer& buffer) {
    DmaBufDescription description;
    description.format = format;
    description.coded_size = {frame.width, frame.height};
    description.modifier = DRM_FORMAT_MOD_LINEAR;
    description.objects = {buffer.memory().object()};
    description.generation = buffer.generation();
    const auto* start = reinterpret_cast<const uint8_t*>(buffer.memory().data());
    for (size_t i = 0; i < static_cast<size_t>(info(format).plane_count); ++i) {
        if (frame.data[i] < start) {
            return fail(Errc::protocol, "a decoder put plane {} outside of its buffer", i);
        }
        description.planes.push_back({0, static_cast<uint64_t>(frame.data[i] - start),
                                      static_cast<uint32_t>(frame.linesize[i])});
    }
    auto storage = make_dma_buf_frame(std::move(description));
    if (!storage) return Failure(storage.error());
    auto lease = av::lease_on(frame);
    if (!lease) return Failure(lease.error());
    return DecodedPicture{std::move(*storage), std::move(*lease), {}};
}

Result<DecodedPicture> PictureMemory::wrap_plain(const AVFrame& frame) {
    auto memory = av::wrap_cpu_frame(frame);
    if (!memory) return Failure(memory.error());
    auto lease = av::lease_on(frame);
    if (!lease) return Failure(lease.error());
    return DecodedPicture{std::move(*memory), std::move(*lease), {}};
}

Result<DecodedPicture> PictureMemory::wrap(const AVFrame& frame) {
    const auto mapping = av::from_av(static_cast<AVPixelFormat>(frame.format));
    PictureBuffer* buffer = pool_ ? pool_->find(frame.data[0]) : nullptr;
    if (mapping && buffer != nullptr) {
        const auto ended = buffer->end_cpu_access();
        if (ended) {
            storage_ = pool_->name();
            if (!buffer->memory().has_descriptor()) return wrap_plain(frame);
            return wrap_shared(frame, mapping->format, *buffer);
        }
        // The CPU sees the right picture all the same.
        say_once(said_access_, "some frames cannot be handed over as they are", ended.error());
    }
    storage_ = "memory";
    return wrap_plain(frame);
}

/// Into the nearest format of our table, rows top down.
Result<DecodedPicture> PictureMemory::convert(const AVFrame& frame) {
    const auto source_format = static_cast<AVPixelFormat>(frame.format);
    const auto same = av::from_av(source_format);
    const auto format = same ? std::optional(same->format) : av::nearest(source_format);
    av::Frame out(av_frame_alloc());
    if (!format || !out) {
        return fail(Errc::unsupported, "pixel format {} cannot be shown", format_name(frame));
    }
    out->format = av::to_av(*format);
    out->width = frame.width;
    out->height = frame.height;
    const bool pooled =
        pool_ && fill_planes(*out, *format, {frame.width, frame.height}, pitch_alignment_,
                             buffer_limit({false, 0, 1, frames_held_}));
    if (!pooled && av_frame_get_buffer(out.get(), kDecoderAlignment) < 0) {
        return fail(Errc::unavailable, "no memory to convert a picture");
    }
    if (!said_conversion_) {
        said_conversion_ = true;
        log_warning("{}: its pictures are {}, and each is converted to {} by the CPU", name_,
                    same ? "stored bottom up" : format_name(frame), info(*format).name);
    }
    int status = 0;
    if (same) {
        out->format = frame.format;  // yuvj420p is yuv420p by another name
        status = av_frame_copy(out.get(), &frame);
    } else {
        scaler_.reset(sws_getCachedContext(
            scaler_.release(), frame.width, frame.height, source_format, out->width, out->height,
            av::to_av(*format), SWS_BILINEAR | SWS_ACCURATE_RND, nullptr, nullptr, nullptr));
        if (!scaler_) {
            return fail(Errc::unsupported, "pixel format {} cannot be converted to {}",
                        format_name(frame), info(*format).name);
        }
        keep_values(*scaler_, frame, *format);
        status = sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height, out->data,
                           out->linesize);
    }
    if (status < 0) return fail(Errc::protocol, "conversion: {}", av::error_text(status));
    auto picture = wrap(*out);
    if (!picture) return picture;
    if (!same) {
        picture->info.color = av::color_after_conversion(source_format, *format);
        const char* name = av_get_pix_fmt_name(source_format);
        picture->info.converted_from = name != nullptr ? name : "another format";
    }
    picture->info.copies = 1;
    picture->info.bytes_copied = static_cast<uint64_t>(
        av_image_get_buffer_size(av::to_av(*format), frame.width, frame.height, 1));
    return picture;
}

Result<DecodedPicture> PictureMemory::take(const AVFrame& frame) {
    const bool known = av::from_av(static_cast<AVPixelFormat>(frame.format)).has_value();
    auto picture = known && !is_bottom_up(frame) ? wrap(frame) : convert(frame);
    if (picture) picture->info.crop = av::crop_of(frame);
    return picture;
}

}  // namespace vitrine
