// The pictures of a file for bench, decoded by the CPU, again and again from the start.
// Thread-bound.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/stream.h"
#include "hw/buffer_allocator.h"

namespace vitrine {

struct ClipFacts {
    std::string file;
    std::string codec;
    std::string decoder;
    std::string converted_from;  // the format that the decoder gives, where the CPU converts it
    PixelFormat format = PixelFormat::nv12;
    Size size;        // as decoded
    FrameInfo shown;  // what every picture says of itself
};

class BenchClip {
  public:
    /// memory: that the decoder is to write into; null: plain memory. interrupted: as MediaOptions
    /// has it. Errors: as open_media; unsupported, where the CPU cannot read what is decoded.
    [[nodiscard]] static Result<BenchClip> open(const std::string& file,
                                                std::shared_ptr<BufferAllocator> memory,
                                                const Clock& clock,
                                                std::function<bool()> interrupted = {});

    [[nodiscard]] const ClipFacts& facts() const { return facts_; }
    /// The next picture, upright as it lies in memory. Errors: those of decoding; unsupported,
    /// where it is of another format or size than the first.
    [[nodiscard]] Result<FramePtr> next();

  private:
    explicit BenchClip(std::unique_ptr<FrameSource> source) : source_(std::move(source)) {}
    Result<FramePtr> read();

    std::unique_ptr<FrameSource> source_;
    FramePtr first_;  // read ahead; null once it was given
    ClipFacts facts_;
};

}  // namespace vitrine
