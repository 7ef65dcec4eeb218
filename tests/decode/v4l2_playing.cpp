#include "tests/decode/v4l2_playing.h"

#include <drm_fourcc.h>
#include <linux/videodev2.h>
#include <sys/mman.h>

#include <cstring>

#include "hw/dma_buf_view.h"

namespace vitrine::testing {
namespace {

constexpr const char* kNode = "/dev/video10";
// Far more than any stream here needs.
constexpr int kMostReceives = 20'000;

struct Codec {
    std::string_view encoder;
    AVCodecID id;
    uint32_t fourcc;
};
constexpr std::array kCodecs = {
    Codec{"mpeg2video", AV_CODEC_ID_MPEG2VIDEO, V4L2_PIX_FMT_MPEG2},
    Codec{"mpeg4", AV_CODEC_ID_MPEG4, V4L2_PIX_FMT_MPEG4},
    Codec{"libx264", AV_CODEC_ID_H264, V4L2_PIX_FMT_H264},
    Codec{"libvpx", AV_CODEC_ID_VP8, V4L2_PIX_FMT_VP8},
    Codec{"libvpx-vp9", AV_CODEC_ID_VP9, V4L2_PIX_FMT_VP9},
};

const Codec& codec_of(const PlayingOptions& options) {
    const std::string encoder =
        options.encoder.empty() ? stream_for(options.profile).encoder : options.encoder;
    return *std::find_if(kCodecs.begin(), kCodecs.end(),
                         [&](const Codec& each) { return each.encoder == encoder; });
}

vpu::Size shown(const Rect& crop) {
    return {static_cast<uint32_t>(crop.width), static_cast<uint32_t>(crop.height)};
}

std::optional<int> number_in(const VideoFrame::Storage& storage, const Rect& crop) {
    const auto at = [&](const std::byte* luma, uint32_t pitch) {
        return vpu::number_in(luma + static_cast<size_t>(crop.y) * pitch + crop.x, pitch,
                              shown(crop));
    };
    if (const auto* plain = std::get_if<CpuFrame>(&storage)) {
        return at(plain->plane(0).data, plain->plane(0).pitch);
    }
    const DmaBufDescription& memory = std::get<DmaBufFrame>(storage).description();
    if (memory.modifier != DRM_FORMAT_MOD_LINEAR) {
        const auto copied = copy_to_memory(std::make_shared<RealKernel>(), memory);
        if (!copied) return std::nullopt;
        return at(copied->frame.plane(0).data, copied->frame.plane(0).pitch);
    }
    const DmaBufPlane& plane = memory.planes.front();
    const DmaBufObject& object = memory.objects[plane.object];
    void* mapped = ::mmap(nullptr, object.size, PROT_READ, MAP_SHARED, object.fd, 0);
    if (mapped == MAP_FAILED) return std::nullopt;
    const auto number = at(static_cast<const std::byte*>(mapped) + plane.offset, plane.pitch);
    ::munmap(mapped, object.size);
    return number;
}

}  // namespace

vpu::StreamOptions stream_for(const std::string& profile) {
    vpu::StreamOptions options;
    const auto& coded = vpu::find_profile(profile)->coded;
    const bool has_mpeg2 = std::any_of(coded.begin(), coded.end(), [](const auto& each) {
        return each.fourcc == V4L2_PIX_FMT_MPEG2;
    });
    if (!has_mpeg2) options.encoder = "libx264";
    return options;
}

std::vector<int> numbers(int first, int count) {
    std::vector<int> out(static_cast<size_t>(count));
    std::iota(out.begin(), out.end(), first);
    return out;
}

std::optional<int> number_of(const DecodedPicture& picture) {
    return number_in(picture.storage, picture.info.crop);
}

std::optional<int> number_of(const VideoFrame& frame) {
    return number_in(frame.storage(), frame.info().crop);
}

PlayingOptions on(const std::string& profile, const std::string& faults) {
    PlayingOptions options;
    options.profile = profile;
    options.faults = faults;
    return options;
}

std::vector<vpu::Unit> changing(const std::string& profile, vpu::Size first, vpu::Size second) {
    vpu::StreamOptions before = stream_for(profile);
    before.size = first;
    before.reorder = 2;
    vpu::StreamOptions after = stream_for(profile);
    after.reorder = 2;
    after.size = second;
    after.first_number = 10;
    return vpu::join(vpu::make_stream(before), vpu::make_stream(after));
}

std::vector<vpu::Unit> from_number(const std::string& profile, int first) {
    vpu::StreamOptions options = stream_for(profile);
    options.first_number = first;
    return vpu::make_stream(options);
}

Playing::Manner holding(size_t pictures) {
    Playing::Manner manner;
    manner.hold = pictures;
    return manner;
}

Playing::Manner only(size_t pictures) {
    Playing::Manner manner;
    manner.pictures = pictures;
    return manner;
}

Playing::Playing(PlayingOptions options)
    : device_(vpu::interposer::use({options.profile, options.faults, "", ""})),
      units_(std::move(options.units)) {
    if (units_.empty()) units_ = vpu::make_stream(stream_for(options.profile));
    auto device = V4l2Device::open(options.kernel, kNode);
    if (!device) {
        error = device.error();
        return;
    }
    const Codec& codec = codec_of(options);
    const av::CodecParameters stated(avcodec_parameters_alloc());
    stated->codec_type = AVMEDIA_TYPE_VIDEO;
    stated->codec_id = codec.id;
    stated->width = 176;
    stated->height = 144;
    V4l2DecoderOptions out;
    out.name = "v4l2";
    out.device = std::move(*device);
    out.coded = {codec.fourcc};
    out.stream = {stated.get(), {1, 25}};
    out.lending.frames_held = options.frames_held;
    out.clock = options.clock;
    auto made = V4l2Decoder::open(std::move(out));
    if (made) {
        decoder_ = std::move(*made);
    } else {
        error = made.error();
    }
}

void Playing::set_units(std::vector<vpu::Unit> units) {
    units_ = std::move(units);
    next_ = 0;
    drained_ = false;
}

void Playing::flush() {
    decoder_->flush();
    drained_ = false;
}

bool Playing::feed(bool drain) {
    if (next_ == units_.size()) {
        if (!drain || std::exchange(drained_, true)) return false;
        EXPECT_TRUE(decoder_->send(nullptr, serial_));
        return true;
    }
    const vpu::Unit& unit = units_[next_];
    const av::Packet packet(av_packet_alloc());
    if (av_new_packet(packet.get(), static_cast<int>(unit.size())) != 0) return false;
    std::memcpy(packet->data, unit.data(), unit.size());
    packet->pts = static_cast<int64_t>(next_);
    ++next_;
    const auto sent = decoder_->send(packet.get(), ++serial_);
    EXPECT_TRUE(sent) << sent.error().text;
    return true;
}

void Playing::take(DecodedPicture picture, const Manner& manner, Run& run) {
    run.numbers.push_back(number_of(picture).value_or(-1));
    run.stamps.push_back(picture.timestamp.value_or(-1));
    run.corrupt += picture.info.corrupt ? 1 : 0;
    run.copies += picture.info.copies;
    held_.push_back(std::move(picture));
    while (held_.size() > manner.hold) held_.erase(held_.begin());
}

Playing::Run Playing::run(const Manner& manner) {
    Run run;
    int waits = 0;
    for (int i = 0; i < kMostReceives; ++i) {
        if (run.numbers.size() == manner.pictures) return run;
        auto received = decoder_->receive();
        if (!received && received.error().code != Errc::protocol) {
            run.lost = received.error();
            return run;
        }
        if (received && std::holds_alternative<Waiting>(*received)) {
            run.starved = std::get<Waiting>(*received).starved;
            run.stuck = ++waits == manner.most_waits;
            if (run.stuck) return run;
            continue;
        }
        waits = 0;
        if (!received) {
            ++run.broken;
        } else if (auto* picture = std::get_if<DecodedPicture>(&*received)) {
            take(std::move(*picture), manner, run);
        } else if (std::holds_alternative<Ended>(*received)) {
            run.ended = true;
            return run;
        } else if (std::holds_alternative<OpenAnew>(*received)) {
            run.outgrown = true;
            return run;
        } else if (!feed(manner.drain)) {
            return run;
        }
    }
    run.stuck = true;
    return run;
}

Warnings::Warnings(LogLevel most)
    : before_(set_log_sink([this, most](LogLevel level, std::string_view line) {
          if (level <= most) lines_.emplace_back(line);
      })) {}

Warnings::~Warnings() {
    set_log_sink(before_);
}

int Warnings::count(std::string_view words) const {
    return static_cast<int>(std::count_if(
        lines_.begin(), lines_.end(),
        [&](const std::string& line) { return line.find(words) != std::string::npos; }));
}

}  // namespace vitrine::testing
