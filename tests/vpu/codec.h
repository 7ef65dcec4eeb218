// The decoding engine of an emulated device: one libavcodec software decoder, run in the thread
// that calls it and with no threads of its own, so that what comes out is the same in every run. It
// owns the pictures until they are moved out. Thread-bound: one caller at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "tests/vpu/layout.h"
#include "tests/vpu/profile.h"

struct AVCodecContext;
struct AVCodecParserContext;
struct AVPacket;

namespace vpu {

struct FrameFree {
    void operator()(AVFrame* frame) const;
};

struct Picture {
    std::unique_ptr<AVFrame, FrameFree> frame;
    Geometry geometry;
    int64_t timestamp_ns = 0;  // of the access unit that it came from
    uint32_t kind_flags = 0;   // V4L2_BUF_FLAG_KEYFRAME, _PFRAME or _BFRAME
    bool corrupt = false;
};

/// The V4L2 color fields of a stream; 0 means that the stream does not say.
struct StreamColor {
    uint32_t colorspace = 0;
    uint32_t matrix = 0;
    uint32_t range = 0;
    uint32_t transfer = 0;
};

struct StreamHeader {
    Geometry geometry;
    uint32_t reorder_depth = 0;
    bool supported = false;  // 8-bit 4:2:0
    StreamColor color;
};

class Codec {
  public:
    /// Null where libavcodec lacks the decoder.
    [[nodiscard]] static std::unique_ptr<Codec> open(const CodedFormat& format);
    [[nodiscard]] static bool exists(const CodedFormat& format);
    ~Codec();
    Codec(const Codec&) = delete;
    Codec& operator=(const Codec&) = delete;

    /// Decodes one access unit and appends what came out, in display order. False: it was corrupt.
    bool decode(std::span<const std::byte> unit, int64_t timestamp_ns, std::vector<Picture>& out);

    /// Gives out everything held back for reordering. The references survive: decoding may go on
    /// with any access unit (by decoding the units since the last key frame again, unseen).
    void drain(std::vector<Picture>& out);

    /// Forgets everything but the parameter sets: a seek.
    void reset();

    /// What the headers said; nothing until they were seen.
    [[nodiscard]] std::optional<StreamHeader> header() const;

  private:
    struct Unit {
        std::vector<std::byte> bytes;
        int64_t timestamp_ns;
    };

    Codec() = default;
    bool send(std::span<const std::byte> unit, int64_t timestamp_ns);
    void receive(std::vector<Picture>& out);
    void remember(std::span<const std::byte> unit, int64_t timestamp_ns);
    [[nodiscard]] bool starts_group(std::span<const std::byte> unit);
    /// Whether the unit just parsed has another size than those before it.
    [[nodiscard]] bool changes_size();
    void replay(std::vector<Picture>& out);

    AVCodecContext* context_ = nullptr;
    AVCodecContext* parser_context_ = nullptr;
    AVCodecParserContext* parser_ = nullptr;
    AVPacket* packet_ = nullptr;
    std::vector<Unit> group_;  // since the last key frame, bounded in remember()
    size_t group_bytes_ = 0;
    Size parsed_size_;
    bool drained_ = false;
    std::vector<int64_t> unseen_;  // timestamps of replayed pictures that were given out before
};

}  // namespace vpu
