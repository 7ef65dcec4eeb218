#include "tests/vpu/profile.h"

#include <linux/videodev2.h>

#include <algorithm>
#include <array>

namespace vpu {
namespace {

constexpr CodedFormat kH264{V4L2_PIX_FMT_H264, "h264", "H.264"};
constexpr CodedFormat kHevc{V4L2_PIX_FMT_HEVC, "hevc", "HEVC"};
constexpr CodedFormat kVp8{V4L2_PIX_FMT_VP8, "vp8", "VP8"};
constexpr CodedFormat kVp9{V4L2_PIX_FMT_VP9, "vp9", "VP9"};
constexpr CodedFormat kMpeg2{V4L2_PIX_FMT_MPEG2, "mpeg2video", "MPEG-2 ES"};
constexpr CodedFormat kMpeg4{V4L2_PIX_FMT_MPEG4, "mpeg4", "MPEG-4 Part 2 ES"};
constexpr CodedFormat kAv1{kFourccAv1, "libdav1d", "AV1"};

constexpr std::array kAllCoded{kH264, kHevc, kVp8, kVp9, kMpeg2, kMpeg4, kAv1};
constexpr std::array kBcmCoded{kH264, kMpeg4, kMpeg2};
constexpr std::array kWaveCoded{kHevc, kH264};
constexpr std::array kVenusCoded{kMpeg4, kMpeg2, kH264, kVp8, kVp9, kHevc};

constexpr std::array<uint32_t, 2> kNv12First{V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_YUV420};
constexpr std::array<uint32_t, 2> kYu12First{V4L2_PIX_FMT_YUV420, V4L2_PIX_FMT_NV12};
constexpr std::array<uint32_t, 1> kNv12Only{V4L2_PIX_FMT_NV12};
constexpr std::array<uint32_t, 4> kNv12Planes{V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_YUV420,
                                              V4L2_PIX_FMT_NV12M, V4L2_PIX_FMT_YUV420M};
constexpr std::array<uint32_t, 4> kYu12Planes{V4L2_PIX_FMT_YUV420, V4L2_PIX_FMT_NV12,
                                              V4L2_PIX_FMT_YUV420M, V4L2_PIX_FMT_NV12M};
constexpr std::array<uint32_t, 1> kColumns{kFourccColumns};
constexpr std::array<uint32_t, 1> kColumnPlanes{kFourccColumnPlanes};
constexpr std::array<uint32_t, 2> kWebcam{V4L2_PIX_FMT_YUYV, V4L2_PIX_FMT_MJPEG};

constexpr Profile kSpec{
    .name = "spec",
    .driver = "vitrine-vpu",
    .card = "Emulated stateful decoder",
    .bus_info = "platform:vitrine-vpu",
    .coded = kAllCoded,
    .raw = kNv12First,
};

constexpr Profile with_planes(Profile row) {
    row.name = "spec-mplane";
    row.multi_planar = true;
    row.raw = kNv12Planes;
    return row;
}

constexpr Profile with_columns(Profile row, bool planes) {
    row.name = planes ? "spec-columns-mplane" : "spec-columns";
    row.multi_planar = planes;
    row.raw = planes ? std::span<const uint32_t>(kColumnPlanes) : kColumns;
    return row;
}

constexpr Profile without_orphans(Profile row) {
    row.name = "spec-noorphans";
    row.orphans_buffers = false;
    return row;
}

constexpr Profile without_start(Profile row) {
    row.name = row.multi_planar ? "spec-nostart-mplane" : "spec-nostart";
    row.start_resumes = false;
    return row;
}

constexpr Profile without_minimum(Profile row) {
    row.name = "spec-silent";
    row.tells_minimum = false;
    row.min_capture_buffers = 1;
    row.keeps = 4;
    return row;
}

// raspberrypi/linux drivers/staging/vc04_services/bcm2835-codec
constexpr Profile kBcm2835{
    .name = "bcm2835",
    .driver = "bcm2835-codec",
    .card = "bcm2835-codec-decode",
    .bus_info = "platform:bcm2835-codec",
    .multi_planar = true,
    .coded = kBcmCoded,
    .raw = kYu12First,
    .pitch_align = 32,
    .row_align = 16,
    .min_size = {32, 32},
    .max_size = {1920, 1920},
    .placeholder = {32, 32},
    .input_bytes = 512 * 1024,
    .min_capture_buffers = 1,
    .hint_sets_size = false,
    .width_is_visible = true,
    .start_resumes = false,
    .last_on_picture = false,
    .change_keeps_unit = false,
    .swallows_unsupported = true,
};

// torvalds/linux drivers/media/platform/chips-media/wave5
constexpr Profile kWave5{
    .name = "wave5",
    .driver = "wave5-dec",
    .card = "wave5-dec",
    .bus_info = "platform:wave5-dec",
    .multi_planar = true,
    .coded = kWaveCoded,
    .raw = kYu12Planes,
    .pitch_align = 32,
    .row_align = 8,
    .min_size = {8, 8},
    .max_size = {8192, 4320},
    .placeholder = {8, 8},
    .min_capture_buffers = 3,
    .min_counts_reorder = true,
    .hint_sets_size = false,
    .last_on_picture = false,
    .change_keeps_unit = false,
};

// torvalds/linux drivers/media/platform/qcom/venus
constexpr Profile kVenus{
    .name = "venus",
    .driver = "qcom-venus",
    .card = "Qualcomm Venus video decoder",
    .bus_info = "platform:qcom-venus",
    .multi_planar = true,
    .coded = kVenusCoded,
    .raw = kNv12Only,
    .pitch_align = 128,
    .row_align = 32,
    .min_size = {96, 96},
    .placeholder = {96, 96},
    .min_capture_buffers = 4,
    .last_on_picture = false,
    .error_before_last = true,
    .change_keeps_unit = false,
    .preset_breaks_capture = true,
};

constexpr Profile kCamera{
    .name = "webcam",
    .driver = "uvcvideo",
    .card = "Emulated webcam",
    .bus_info = "usb-0000:00:14.0-1",
    .camera = kWebcam,
    .max_size = {640, 480},
};

constexpr std::array kProfiles{kSpec,
                               with_planes(kSpec),
                               with_columns(kSpec, false),
                               with_columns(kSpec, true),
                               without_orphans(kSpec),
                               without_minimum(kSpec),
                               without_start(kSpec),
                               without_start(with_planes(kSpec)),
                               kBcm2835,
                               kWave5,
                               kVenus,
                               kCamera};

std::vector<std::string> names_of(bool (*fits)(const Profile&)) {
    std::vector<std::string> names;
    for (const Profile& profile : kProfiles) {
        if (fits(profile)) names.emplace_back(profile.name);
    }
    return names;
}

}  // namespace

const Profile* find_profile(std::string_view name) {
    const auto row = std::find_if(kProfiles.begin(), kProfiles.end(),
                                  [&](const Profile& profile) { return profile.name == name; });
    return row == kProfiles.end() ? nullptr : &*row;
}

std::span<const Profile> all_profiles() {
    return kProfiles;
}

std::vector<std::string> decoder_profiles() {
    return names_of([](const Profile& profile) { return profile.camera.empty(); });
}

std::vector<std::string> camera_profiles() {
    return names_of([](const Profile& profile) { return !profile.camera.empty(); });
}

}  // namespace vpu
