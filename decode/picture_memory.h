// The memory of software-decoded pictures: the pool where it can, plain memory where it must, and
// the one place that turns a decoded AVFrame into a Picture. Pictures of formats or row orders that
// our table lacks are converted, one counted copy each. fill() may be called from any thread, the
// rest is thread-bound.
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
    /// Without a pool every picture is in plain memory.
    PictureMemory(std::shared_ptr<PicturePool> pool, int pitch_alignment, int frames_held);

    /// Gives the frame planes in a pool buffer, with the margins that the decoder wants. False when
    /// that cannot be: the frame is then as before.
    [[nodiscard]] bool fill(AVCodecContext& context, AVFrame& frame);
    /// Storage, lease, crop and copies of a decoded frame.
    [[nodiscard]] Result<Picture> take(const AVFrame& frame);
    /// Of the picture taken last: the pool's name or "memory".
    [[nodiscard]] const std::string& storage() const { return storage_; }

  private:
    [[nodiscard]] bool fill_planes(AVFrame& frame, PixelFormat format, Size padded, int alignment,
                                   size_t limit);
    [[nodiscard]] Result<Picture> wrap(const AVFrame& frame);
    [[nodiscard]] Result<Picture> wrap_shared(const AVFrame& frame, PixelFormat format,
                                              PictureBuffer& buffer);
    [[nodiscard]] Result<Picture> convert(const AVFrame& frame);
    void say_once_that_memory_ran_out(const Error& error);

    const std::shared_ptr<PicturePool> pool_;
    const int pitch_alignment_;
    const int frames_held_;
    std::atomic<bool> said_memory_ = false;
    bool said_conversion_ = false;
    av::Scaler scaler_;
    std::string storage_ = "memory";
};

}  // namespace vitrine
