// What the tests of this room share: opening, reading to the end, and the generated clips.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "core/log.h"
#include "decode/media_source.h"
#include "tests/support/failing_kernel.h"
#include "tests/support/make_clip.h"
#include "tests/support/reference_decode.h"

namespace vitrine {

using testing::ClipOptions;
using testing::make_clip;
using testing::TemporaryFolder;

inline std::shared_ptr<BufferAllocator> allocator_named(Kernel& kernel, std::string_view name) {
    for (AllocatorTrial& trial : open_allocators(testing::borrowed(kernel))) {
        if (trial.name == name && trial.allocator) return std::move(*trial.allocator);
    }
    return nullptr;
}

/// Reads until an error, which it returns, or to the end; counts the frames meanwhile.
inline std::optional<Error> read_to_error(FrameSource& source, std::atomic<int>& frames) {
    while (true) {
        const auto frame = source.read();
        if (!frame) return frame.error();
        if (!*frame) return std::nullopt;
        ++frames;
    }
}

inline const Clock& test_clock() {
    static const MonotonicClock clock;
    return clock;
}

inline std::unique_ptr<FrameSource> open_or_fail(const std::string& path,
                                                 const MediaOptions& options = {}) {
    auto source = open_media(path, options, test_clock());
    if (!source) ADD_FAILURE() << source.error().text;
    return source ? std::move(*source) : nullptr;
}

inline std::vector<FramePtr> read_all(FrameSource& source) {
    std::vector<FramePtr> frames;
    while (true) {
        auto frame = source.read();
        if (!frame) {
            ADD_FAILURE() << frame.error().text;
            return frames;
        }
        if (!*frame) return frames;
        frames.push_back(std::move(*frame));
    }
}

/// What is left of a frame once its memory went back.
struct Seen {
    Nanos pts;
    uint64_t sequence;
    std::string pixels;
    friend bool operator==(const Seen&, const Seen&) = default;
    friend void PrintTo(const Seen& seen, std::ostream* out) {
        *out << seen.sequence << "@" << seen.pts.count() << " " << seen.pixels.substr(0, 6);
    }
};

/// Reads to the end holding one frame at a time, as a player does.
inline std::vector<Seen> watch_all(FrameSource& source) {
    std::vector<Seen> out;
    while (true) {
        const auto frame = source.read();
        if (!frame) ADD_FAILURE() << frame.error().text;
        if (!frame || !*frame) return out;
        const FrameInfo& info = (*frame)->info();
        out.push_back({info.pts, info.sequence, testing::fingerprint(**frame)});
    }
}

inline std::vector<std::string> pixels_of(const std::vector<Seen>& frames) {
    std::vector<std::string> out;
    for (const Seen& frame : frames) out.push_back(frame.pixels);
    return out;
}

/// Lines logged while it lives, instead of on stderr.
class LogCatcher {
  public:
    LogCatcher()
        : before_(set_log_sink([this](LogLevel level, std::string_view line) {
              if (level <= LogLevel::warning) lines.emplace_back(line);
          })) {}
    ~LogCatcher() { set_log_sink(before_); }
    LogCatcher(const LogCatcher&) = delete;
    LogCatcher& operator=(const LogCatcher&) = delete;
    [[nodiscard]] int count(std::string_view words) const {
        int found = 0;
        for (const std::string& line : lines) found += line.find(words) != std::string::npos;
        return found;
    }

    std::vector<std::string> lines;  // warnings and errors

  private:
    LogSink before_;
};

struct NamedClip {
    std::string name;
    ClipOptions options;
};

/// Codecs, containers, sizes, pixel formats, reordering: every one can be made by every FFmpeg.
inline std::vector<NamedClip> clips() {
    const auto clip = [](std::string name, std::string encoder, AVPixelFormat format, Size size) {
        ClipOptions options;
        options.encoder = std::move(encoder);
        options.format = format;
        options.size = size;
        return NamedClip{std::move(name), options};
    };
    std::vector<NamedClip> all = {
        clip("plain.mp4", "mpeg4", AV_PIX_FMT_YUV420P, {64, 48}),
        clip("odd.avi", "mpeg4", AV_PIX_FMT_YUV420P, {161, 121}),
        clip("reordered.mkv", "mpeg4", AV_PIX_FMT_YUV420P, {320, 180}),
        clip("broadcast.ts", "mpeg2video", AV_PIX_FMT_YUV420P, {320, 184}),
        clip("stills.mov", "mjpeg", AV_PIX_FMT_YUVJ420P, {100, 75}),
        clip("half.mkv", "mjpeg", AV_PIX_FMT_YUVJ422P, {66, 50}),
        clip("exact.mkv", "ffv1", AV_PIX_FMT_YUV444P, {33, 17}),
        clip("deep.mkv", "ffv1", AV_PIX_FMT_YUV420P10LE, {97, 65}),
        clip("gray.mkv", "ffv1", AV_PIX_FMT_GRAY8, {64, 64}),
        clip("bare.mkv", "rawvideo", AV_PIX_FMT_YUYV422, {64, 32}),
        clip("raw.m4v", "mpeg4", AV_PIX_FMT_YUV420P, {64, 48}),
    };
    all[2].options.b_frames = 2;
    all[3].options.b_frames = 2;
    all[3].options.with_audio = false;
    all[3].options.first_pts = 1000;
    return all;
}

}  // namespace vitrine
