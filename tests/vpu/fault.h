// Faults on demand. A plan is written as a comma-separated list: a name, where it takes a picture
// number `@N` (counted from 0 in each open of a node), and `+` to fire in every open instead of
// once in the life of the process:
//
//   eio@N            the queues fail with EIO until both were stopped
//   starve@N         no picture comes out any more, though buffers are queued
//   stall-poll@N     pictures come, but poll never wakes
//   source-change@N  a source change to the same size before picture N
//   error-buffer@N   picture N carries V4L2_BUF_FLAG_ERROR
//   hang@N           no ioctl returns any more from when picture N is ready
//   vanish@N         the node is gone: ENODEV, POLLHUP, no name in /dev
//   swallow-profile  input is taken, nothing is ever announced
//   swallow@N        from picture N on input is taken, and nothing comes of it
//   lie-pitch, lie-size, lie-offset, lie-format   what is told of the CAPTURE buffers is wrong
//   lie-color        likewise: BT.2020 and PQ in full range, whatever the stream says
//   open-busy, open-denied, no-querycap           EBUSY, EACCES, ENOTTY; with @N of /dev/videoN
//   only
//   one-open         EBUSY while another open file has the node
//   open-hang        open does not return; @N as above
//   slow-stop        STREAMOFF of CAPTURE takes 1500 ms, or @N ms
//   no-memory        there is none for CAPTURE buffers: ENOMEM
//   no-export        EXPBUF is ENOTTY
//   contiguous-only  likewise, and QBUF takes DMABUFs that lie in one piece only: EFAULT. Here
//                    those do whose name (memfd_create) has "cma" in it
//
// What hangs does so until end_hangs(); it fails with EIO then.
// Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vpu {

enum class FaultKind {
    eio,
    starve,
    stall_poll,
    hang,
    source_change,
    error_buffer,
    vanish,
    swallow_profile,
    swallow,
    lie_pitch,
    lie_size,
    lie_offset,
    lie_format,
    lie_color,
    open_busy,
    open_denied,
    no_querycap,
    open_hang,
    one_open,
    no_memory,
    no_export,
    contiguous_only,
    slow_stop,
};

/// What may stand behind the name of a fault. All but a picture's may be left out.
enum class FaultNumber { none, picture, node, milliseconds };

struct FaultName {
    std::string_view name;
    FaultKind kind;
    FaultNumber number;
};
/// Every fault there is, for tests that have to know them all.
[[nodiscard]] std::span<const FaultName> all_faults();

struct Fault {
    FaultKind kind = FaultKind::eio;
    std::optional<uint64_t> picture;  // or the number of a node, or milliseconds
    bool repeats = false;
    bool used = false;
};

class FaultPlan {
  public:
    /// Nothing where the text cannot be read; `wrong` then holds the part.
    [[nodiscard]] static std::optional<std::vector<Fault>> parse(std::string_view text,
                                                                 std::string& wrong);

    FaultPlan() = default;
    explicit FaultPlan(std::vector<Fault> faults);

    /// True when a fault of that kind fires at that picture; it is then used up, unless it repeats.
    [[nodiscard]] bool take(FaultKind kind, uint64_t picture);
    /// True when the plan has a fault of that kind that has no picture number.
    [[nodiscard]] bool has(FaultKind kind) const;
    /// True when the plan has a fault of that kind for every node, or for the one of that number.
    [[nodiscard]] bool has_for_node(FaultKind kind, uint64_t node) const;
    /// That a STREAMOFF of CAPTURE takes.
    [[nodiscard]] std::chrono::milliseconds stop_takes() const;

    /// A call that hangs is here.
    void hang();
    void end_hangs();

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool hangs_ended_ = false;
    std::vector<Fault> faults_;
};

}  // namespace vpu
