// All the emulated nodes of a process, and the descriptors that are open on them. The descriptor of
// an open node is a real one (of /dev/null), so that fcntl, fstat and inheritance work by
// themselves; the table here says which of them stand for a device. A test makes one and calls it
// directly; the interposer owns one and puts it behind libc. Calls answer like the system call, or
// a negative errno. Thread-safe.
#pragma once

#include <poll.h>
#include <sys/types.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/vpu/session.h"

namespace vpu {

struct Settings {
    /// A comma-separated list of `[videoN=]profile`; numbers count up from 10 where none is given.
    /// Where a vendor has names of its own, `v4l2-nvenc=profile` has a number all the same.
    std::string profiles = "spec";
    std::string faults;
    std::string log_path;
    std::string counters_path;
};

class Emulator {
  public:
    using SystemPoll = int (*)(pollfd*, nfds_t, int timeout_ms);

    /// Null with the reason in `wrong` where the settings cannot be read.
    [[nodiscard]] static std::unique_ptr<Emulator> make(const Settings& settings,
                                                        std::string& wrong);
    ~Emulator();

    /// Names in /dev that are there now, such as "video10".
    [[nodiscard]] std::vector<std::string> names() const;
    /// True for any /dev/videoN and for the vendor's: the emulator owns them all, and those it has
    /// not do not exist.
    [[nodiscard]] static bool owns_path(std::string_view path);
    /// The device number of a node that exists.
    [[nodiscard]] std::optional<dev_t> device_number(std::string_view path) const;
    [[nodiscard]] std::optional<dev_t> device_number(int fd) const;
    [[nodiscard]] bool owns(int fd) const;

    int open(std::string_view path, int flags);
    /// Forgets the descriptor, which the caller then closes.
    void close(int fd);
    /// `copy` stands for the same open file as `fd`; no-op where `fd` is not a device's.
    void duplicated(int fd, int copy);
    int ioctl(int fd, unsigned long request, void* argument);
    /// A descriptor to map from offset 0, which the caller closes.
    int mmap_target(int fd, uint64_t offset, size_t bytes, int protection, int flags);
    /// Waits for devices and other descriptors together; `system` waits for the others.
    int poll(pollfd* fds, nfds_t count, int timeout_ms, SystemPoll system);

    [[nodiscard]] Recorder& recorder() { return recorder_; }
    /// Calls that hang return, now and later.
    void end_hangs() { faults_.end_hangs(); }

  private:
    Emulator(const Settings& settings, std::vector<Fault> faults);
    [[nodiscard]] Node* find_node(std::string_view path) const;
    [[nodiscard]] std::shared_ptr<Session> session(int fd) const;

    Recorder recorder_;
    FaultPlan faults_;
    std::vector<std::unique_ptr<Node>> nodes_;
    mutable std::mutex mutex_;
    std::map<int, std::shared_ptr<Session>> open_;  // at most kMaxOpen
    std::atomic<size_t> open_count_{0};             // read without the mutex, to be quick
};

}  // namespace vpu
