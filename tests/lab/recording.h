// The V4L2 calls that a program made to a decoder, each with its answer, and the same calls made
// again to another decoder. What the answers say is put into words, without what is each device's
// own: see answer_of(). Thread-bound.
#pragma once

#include <linux/videodev2.h>

#include <array>
#include <string>
#include <vector>

#include "tests/lab/machine.h"
#include "tests/support/failing_kernel.h"

namespace vitrine::lab {

/// A structure of a V4L2 call, and the planes that it may point to.
struct Argument {
    std::vector<std::byte> bytes;
    std::array<v4l2_plane, VIDEO_MAX_PLANES> planes{};

    Argument(unsigned long request, const void* from);
    /// With its pointer to its planes; good until it is copied.
    [[nodiscard]] void* get();
    template <typename T>
    [[nodiscard]] T& as() {
        return *static_cast<T*>(get());
    }
};

/// "DQBUF(output) = 0, buffer 3, flags 0x4000, the 3th, of 17". Not in it is what differs between
/// any two devices: memory's sizes, places and origin, formats' names and padding, and how many
/// buffers a device needs. Nor is V4L2_BUF_FLAG_MAPPED, which the emulator tells in QUERYBUF only,
/// for it has to search the process for it.
[[nodiscard]] std::string answer_of(unsigned long request, Argument& after, int error);

struct Call {
    unsigned long request = 0;
    Argument before;
    int error = 0;
    std::string answer;
};

inline constexpr auto kRest = std::chrono::milliseconds(100);  // after it nothing more comes

/// Writes down the calls to V4L2. Before a command it lets the device come to rest: whether LAST
/// lies on the last picture or on an empty buffer depends on what is still to be decoded.
class RecordingKernel final : public testing::PassingKernel {
  public:
    using PassingKernel::PassingKernel;
    int ioctl(int fd, unsigned long request, void* argument) override;
    std::vector<Call> calls;
};

/// Where the two differ, in words; and how many calls were compared.
struct Replay {
    std::string difference;
    int compared = 0;
};
/// Makes the calls to a machine's decoder. What came of itself is waited for. Units are the
/// machine's own: the recording's, whose tags begin at 1, were those of these numbers.
[[nodiscard]] Replay replay(std::vector<Call> recording, const Machine& machine,
                            const std::vector<size_t>& numbers);

}  // namespace vitrine::lab
