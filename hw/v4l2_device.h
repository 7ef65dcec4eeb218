// An open node of V4L2 (/dev/videoN): what it is, what its queues are set to, its events and
// commands. Every call is one ioctl behind the Kernel seam; interrupted ones are repeated. Whoever
// holds it keeps the node open. The input side is what the program gives to the device (V4L2's
// OUTPUT), the output side what it gets from it (CAPTURE). Calls are thread-safe, as the kernel's
// are. After Documentation/userspace-api/media/v4l/.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/unique_fd.h"
#include "hw/kernel.h"
#include "hw/v4l2_format.h"

namespace vitrine {

enum class V4l2Side : uint8_t { input, output };
[[nodiscard]] std::string_view name_of(V4l2Side side);

/// The driver of v4l2loopback, which hands pictures from program to program. Whatever its
/// capabilities say, all who open a node of it share one and the same.
inline constexpr std::string_view kV4l2LoopbackDriver = "v4l2 loopback";

struct V4l2Capability {
    std::string driver;  // "bcm2835-codec"
    std::string card;    // "bcm2835-codec-decode"
    std::string bus;     // "platform:bcm2835-codec"
    uint32_t flags = 0;  // V4L2_CAP_* of this node
    /// Both sides, as a codec or converter has them, and a device of its own for each that opens
    /// it.
    [[nodiscard]] bool memory_to_memory() const;
    [[nodiscard]] bool multi_planar() const;
    [[nodiscard]] bool streams() const;
};

struct V4l2FormatOffer {
    V4l2Format format;
    std::string description;
    bool compressed = false;
};

enum class V4l2Event : uint8_t { source_change, end_of_stream, other };

/// What poll(2) says of a node.
struct V4l2Readiness {
    bool input = false;   // a buffer of that side can be dequeued
    bool output = false;  // likewise
    bool event = false;
    bool error = false;  // POLLERR or POLLHUP: nothing is queued, or the device is in trouble
    bool woken = false;  // the other descriptor became readable
    [[nodiscard]] bool any() const { return input || output || event || error || woken; }
};

class V4l2Device {
  public:
    /// Opens the node without blocking. Errors: unsupported (it is no V4L2 node, is not there, or
    /// is not ours to open, with owner and group), unavailable (busy), io.
    [[nodiscard]] static Result<std::shared_ptr<V4l2Device>> open(std::shared_ptr<Kernel> kernel,
                                                                  std::string path);

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] const V4l2Capability& capability() const { return capability_; }
    [[nodiscard]] const std::shared_ptr<Kernel>& kernel() const { return kernel_; }
    [[nodiscard]] int fd() const { return fd_.get(); }

    /// Errors of all that follow: as failure().
    [[nodiscard]] Result<std::vector<V4l2FormatOffer>> formats(V4l2Side side);
    [[nodiscard]] Result<V4l2Picture> format(V4l2Side side);
    /// Zeroes are the driver's to fill in. Returns what it made of the wish.
    [[nodiscard]] Result<V4l2Picture> set_format(V4l2Side side, const V4l2Picture& wish);
    /// The part of the output side's pictures that is to be shown; nothing where it cannot say.
    [[nodiscard]] Result<std::optional<Rect>> visible_part();
    /// Buffers of the output side that the device needs to go on; nothing where it cannot say.
    [[nodiscard]] Result<std::optional<int>> least_output_buffers();

    [[nodiscard]] Result<void> subscribe_to_source_changes();
    /// Nothing when there is none.
    [[nodiscard]] Result<std::optional<V4l2Event>> next_event();
    /// Decodes what was queued, and no more (V4L2_DEC_CMD_STOP).
    [[nodiscard]] Result<void> stop_decoding();

    struct Interest {
        bool input = false;
        bool output = false;
    };
    /// Waits, at most so long, for the sides of interest, an event, or a byte at wake_fd.
    [[nodiscard]] Result<V4l2Readiness> wait(Interest interest, int wake_fd, Nanos longest);

    /// V4L2_BUF_TYPE_* of a side.
    [[nodiscard]] uint32_t buffer_type(V4l2Side side) const;
    /// 0 or the errno; EINTR is tried again.
    [[nodiscard]] int ioctl(unsigned long request, void* argument);
    /// "VIDIOC_QBUF on /dev/video10: No such device". Errors: device_lost (EIO, ENODEV, a bad
    /// state of the hardware: reopen), unavailable (no memory, busy), else as errc_of().
    [[nodiscard]] Failure failure(std::string_view call, int error_number) const;

  private:
    V4l2Device(std::shared_ptr<Kernel> kernel, std::string path, UniqueFd fd)
        : kernel_(std::move(kernel)), path_(std::move(path)), fd_(std::move(fd)) {}
    [[nodiscard]] Result<void> query();

    const std::shared_ptr<Kernel> kernel_;
    const std::string path_;
    const UniqueFd fd_;
    V4l2Capability capability_;
};

}  // namespace vitrine
