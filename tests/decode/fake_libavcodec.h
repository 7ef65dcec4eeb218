// Hardware decoders of patched FFmpegs, which no machine of ours has. Libavcodec's functions that
// decode/ calls are defined anew in a test's program (fake_libavcodec.cpp): for the decoders that
// are registered here they do as the family does it, for all others what the library does. The
// pictures are a software decoder's, laid out in memfds. Thread-safe but for registering.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "hw/av/libav.h"
#include "tests/support/tiled_picture.h"

namespace vitrine::testing {

/// How its frames lie, as AVDRMFrameDescriptor says it.
enum class DrmLayout {
    three_planes,     // YUV420: an object, a layer
    nv12,             // an object, a layer
    two_objects,      // NV12
    layer_per_plane,  // R8, GR88
    sand,             // NV12 in columns, an object
    sand_two_objects,
    sand_p030,
    sand_p030_two_objects,
    nv15,
    afbc,  // YUV420_8BIT, of no use to a CPU
};

/// What one decoder is like.
struct FakePlan {
    std::string name = "mpeg4_v4l2m2m";
    AVCodecID codec = AV_CODEC_ID_MPEG4;
    DrmLayout layout = DrmLayout::nv12;

    AVPixelFormat gives = AV_PIX_FMT_DRM_PRIME;  // or AV_PIX_FMT_VAAPI, which maps to it
    bool announces = true;                       // that, among its configurations
    int methods = AV_CODEC_HW_CONFIG_METHOD_INTERNAL;
    AVHWDeviceType device = AV_HWDEVICE_TYPE_NONE;
    bool refuses_foreign_devices = false;  // does not open with a device that it did not ask for
    enum class Asks { when_opened, at_each_size, never };
    Asks asks = Asks::when_opened;  // which format
    std::vector<AVPixelFormat> offers = {AV_PIX_FMT_DRM_PRIME, AV_PIX_FMT_NV12, AV_PIX_FMT_YUV420P};
    bool gives_memory = false;  // whatever was chosen

    std::string pool_option;  // a private one for the number of frames
    int pool = 20;            // frames, where no option says more
    int pool_needed = 4;      // of those, for itself
    int inputs = 4;           // packets that it holds
    bool tags = true;         // its frames say from which packet they are

    bool swallows = false;             // takes packets, gives nothing
    bool never_ends = false;           // a drain
    bool dies_of_early_flush = false;  // between the end and its EOF
    bool cannot_flush = false;         // nothing is forgotten, the end neither
    int stale_after_flush = 0;         // pictures of before
};

/// What was done with it.
struct FakeRecord {
    std::atomic<int> opened{0};
    std::atomic<int> open_now{0};
    std::atomic<int> flushed{0};
    std::atomic<int> most_lent{0};  // at a time, by one that was opened
    std::atomic<int> stale_given{0};
    std::atomic<int> ended_early{0};  // times that the end was sent before all was received
    std::atomic<int> refused_packets{0};
    std::atomic<int> threads{-1};
    std::atomic<int> extra_frames{-1};
    std::atomic<bool> had_device{false};
};

/// AV_HWDEVICE_TYPE_V4L2REQUEST of a patched library: a number that our header has no name for.
inline constexpr auto kPatchedDevice = static_cast<AVHWDeviceType>(15);

/// Registered for as long as it lives.
class FakeDecoder {
  public:
    explicit FakeDecoder(FakePlan plan);
    ~FakeDecoder();
    FakeDecoder(const FakeDecoder&) = delete;
    FakeDecoder& operator=(const FakeDecoder&) = delete;
    [[nodiscard]] const FakeRecord& record() const { return *record_; }

  private:
    std::shared_ptr<FakeRecord> record_;
    const AVCodec* codec_;
};

}  // namespace vitrine::testing
