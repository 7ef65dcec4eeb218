// The memory of software-decoded pictures: the pool where it can, plain memory where it must, and
// the one place that turns a decoded AVFrame into a DecodedPicture. Pictures of formats or row
// orders that our table lacks are converted, one counted copy each. fill() may be called from any
// thread, the rest is thread-bound.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "decode/decoder.h"
#include "decode/picture_layout.h"
#include "decode/picture_pool.h"

namespace vitrine {

class PictureMemory {
  public:
    /// Without a pool every picture is in plain memory. name: of the file, for the log.
    PictureMemory(std::shared_ptr<PicturePool> pool, int pitch_alignment, int frames_held,
                  std::string_view name);

    /// Gives the frame planes with the margins that the decoder wants, in a pool buffer, or in
    /// plain memory when the pool has none to give. False without a pool, for formats outside our
    /// table, and when memory has run out: the frame is then as before.
    [[nodiscard]] bool fill(AVCodecContext& context, AVFrame& frame);
    /// Storage, lease, crop and copies of a decoded frame.
    [[nodiscard]] Result<DecodedPicture> take(const AVFrame& frame);
    /// Of the picture taken last: the pool's name or "memory".
    [[nodiscard]] const std::string& storage() const { return storage_; }

  private:
    [[nodiscard]] AVBufferRef* obtain(size_t size, size_t limit);
    [[nodiscard]] bool fill_planes(AVFrame& frame, PixelFormat format, Size padded, int alignment,
                                   size_t limit);
    [[nodiscard]] Result<DecodedPicture> wrap(const AVFrame& frame);
    [[nodiscard]] Result<DecodedPicture> wrap_shared(const AVFrame& frame, PixelFormat format,
                                                     PictureBuffer& buffer);
    /// In memory that only this process sees.
    [[nodiscard]] static Result<DecodedPicture> wrap_plain(const AVFrame& frame);
    [[nodiscard]] Result<DecodedPicture> convert(const AVFrame& frame);
    void say_once(std::atomic<bool>& said, std::string_view what, const Error& error);

    const std::shared_ptr<PicturePool> pool_;
    const int pitch_alignment_;
    const int frames_held_;
    const std::string name_;
    std::atomic<bool> said_memory_ = false;
    std::atomic<bool> said_access_ = false;
    bool said_conversion_ = false;
    av::Scaler scaler_;
    std::string storage_ = "memory";
};

}  // namespace vitrine
