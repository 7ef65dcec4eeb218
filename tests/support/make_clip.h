// Makes small clips in a test's own process, with encoders that every FFmpeg has (mpeg4,
// mpeg2video, mjpeg, ffv1, rawvideo), and what is needed to make bad ones. Reentrant.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/geometry.h"
#include "hw/av/libav.h"
#include "tests/support/temporary_folder.h"

namespace vitrine::testing {

struct ClipOptions {
    std::string encoder = "mpeg4";
    AVPixelFormat format = AV_PIX_FMT_YUV420P;
    Size size{64, 48};
    int frames = 50;
    int key_interval = 12;
    int b_frames = 0;
    AVRational time_base{1, 25};
    int64_t first_pts = 0;
    std::string container;      // by the name's end when empty
    std::string muxer_options;  // "movflags=+faststart:..."
    AVRational sample_aspect{0, 1};
    AVColorSpace matrix = AVCOL_SPC_UNSPECIFIED;
    AVColorRange range = AVCOL_RANGE_UNSPECIFIED;
    /// Sound of 8 kHz beside it, one channel of 16 bits, whose nth sample is n (modulo 65536).
    bool with_audio = false;
    int audio_samples = 8000;
    bool video = true;
};

/// Every frame differs from every other. Throws std::runtime_error.
void make_clip(const std::string& path, const ClipOptions& options);

/// The picture that make_clip encodes as its nth.
[[nodiscard]] av::Frame make_picture(AVPixelFormat format, Size size, int n);

[[nodiscard]] std::vector<char> read_file(const std::string& path);
void write_file(const std::string& path, const std::vector<char>& bytes);

}  // namespace vitrine::testing
