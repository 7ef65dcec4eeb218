// vivid's cameras, by our own device and queue: a test picture in buffers that are shared by
// descriptor. There is one of either kind of V4L2 device: single-planar, and multi-planar, whose
// buffers may have a piece of memory for each plane. Thread-bound; pictures outlive it.
#pragma once

#include <optional>
#include <string>

#include "hw/v4l2_queue.h"
#include "tests/lab/nodes.h"

namespace vitrine::lab {

/// The name of its node.
[[nodiscard]] std::string camera_name(bool multi_planar);
/// Of a test that is run with either: "MultiPlanar".
[[nodiscard]] std::string name_of_kind(bool multi_planar);

struct CameraOptions {
    bool multi_planar = false;
    std::optional<V4l2Format> format;  // null: NV12, in two pieces of memory where it can be
    Size size = {640, 360};
    uint32_t frames_per_second = 30;  // 1, 2, 4, 5, 10, 15, 25, 30 and more
    int buffers = 4;
    std::shared_ptr<Kernel> kernel = std::make_shared<RealKernel>();
};

class Camera {
  public:
    /// Sets the camera and makes its buffers; every one of them is lent to it.
    [[nodiscard]] static Result<std::unique_ptr<Camera>> open(const CameraOptions& options = {});

    [[nodiscard]] Result<void> start() { return queue_->start(); }
    /// Until there is a picture. Errors: timeout after some seconds; what the device says.
    [[nodiscard]] Result<void> wait();
    /// The picture that there is: one ioctl. Errors: unavailable where there is none.
    [[nodiscard]] Result<ReadyBuffer> take();
    /// Both.
    [[nodiscard]] Result<ReadyBuffer> next();
    /// What nobody holds goes to the camera again.
    [[nodiscard]] Result<void> lend();
    [[nodiscard]] Result<void> stop() { return queue_->stop(); }

    /// The picture where it lies; the frame holds the buffer.
    [[nodiscard]] Result<FramePtr> frame_of(ReadyBuffer buffer) const;

    [[nodiscard]] V4l2Device& device() { return *device_; }
    [[nodiscard]] const V4l2Picture& picture() const { return picture_; }

  private:
    std::shared_ptr<V4l2Device> device_;
    V4l2Picture picture_;
    std::unique_ptr<V4l2Queue> queue_;
};

}  // namespace vitrine::lab
