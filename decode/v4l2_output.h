// The output side of a V4L2 decoder: which format, crop and buffers its pictures have, from the
// first source change on and through later ones, and the pictures themselves. Buffers that are
// lent out come back by themselves; where the device gave too few to lend, pictures are copied, and
// that is said. Thread-bound; pictures outlive it. After
// Documentation/userspace-api/media/v4l/dev-decoder.rst.
#pragma once

#include <memory>
#include <optional>

#include "core/generations.h"
#include "decode/decoder.h"
#include "hw/device_memory.h"
#include "hw/v4l2_queue.h"

namespace vitrine {

struct V4l2Lending {
    int frames_held = 8;   // that may be lent out at a time
    bool may_copy = true;  // pictures, where the device gives too few buffers to lend them
    std::shared_ptr<GenerationSource> generations;
    /// The stream's, which says what a device may need whose driver does not.
    AVCodecID codec = AV_CODEC_ID_NONE;
};

class V4l2Output {
  public:
    /// stated: the stream's size by its container.
    V4l2Output(std::shared_ptr<V4l2Device> device, Size stated, V4l2Lending lending);

    /// Once the device knows the stream. Errors of this and all that follow: unsupported (pictures
    /// that cannot be shown), unavailable (no memory), device_lost.
    [[nodiscard]] Result<void> set_up();
    /// Null until then.
    [[nodiscard]] V4l2Queue* queue() const { return queue_.get(); }
    /// Every buffer is with whoever pictures were lent to: not those that it does not take now.
    [[nodiscard]] bool starved() const { return queue_ && queue_->queued() == 0 && !refused_; }

    /// Another source is announced; the pictures before it are still to come, and then change().
    void announce_change() { changing_ = true; }
    [[nodiscard]] bool changing() const { return changing_; }
    /// Starts anew: with the buffers that there are if they fit, else with others. Where the device
    /// cannot make others while these are in use, it is outgrown: of no more use, and stopped.
    [[nodiscard]] Result<void> change();
    [[nodiscard]] bool outgrown() const { return outgrown_; }
    /// What the device has comes back as free.
    [[nodiscard]] Result<void> stop();
    /// After a stop.
    [[nodiscard]] Result<void> restart();

    /// Every buffer that nobody holds goes to the device.
    [[nodiscard]] Result<void> lend();
    /// What is ready, if something is.
    [[nodiscard]] Result<std::optional<ReadyBuffer>> take();
    /// The buffer marked last was taken.
    [[nodiscard]] bool at_last() const { return at_last_; }
    /// Errors: unsupported (too few buffers to lend, and copies are not allowed), protocol, io.
    [[nodiscard]] Result<DecodedPicture> picture_of(ReadyBuffer buffer);
    [[nodiscard]] bool copied_last() const { return copied_last_; }

  private:
    [[nodiscard]] Result<V4l2Layout> choose_layout();
    [[nodiscard]] Result<void> find_crop();
    [[nodiscard]] Result<int> least_buffers();
    [[nodiscard]] Result<void> allocate();
    [[nodiscard]] Result<void> allocate_queue(int count);
    [[nodiscard]] Result<void> allocate_ours(V4l2Queue::Options asked);
    [[nodiscard]] Result<void> lend_and_start();
    [[nodiscard]] Result<DecodedPicture> wrap(ReadyBuffer buffer);
    [[nodiscard]] Result<DecodedPicture> copy(ReadyBuffer buffer);

    const std::shared_ptr<V4l2Device> device_;
    const V4l2Lending lending_;
    bool exports_ = true;  // until it was seen that it does not
    DeviceMemory memory_;  // for buffers, where it does not
    std::unique_ptr<V4l2Queue> queue_;
    V4l2Picture picture_;
    V4l2Layout layout_{};
    Rect crop_;
    std::optional<Size> crop_of_;  // coded size that it belongs to; null: the stream's own word
    uint64_t generation_ = 0;
    int most_lent_ = 0;
    bool changing_ = false;
    bool refused_ = false;  // the device takes no more buffers before the change
    bool at_last_ = false;
    bool outgrown_ = false;
    bool copied_last_ = false;
    bool said_copies_ = false;
};

}  // namespace vitrine
