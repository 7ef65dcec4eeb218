// What happened at the emulated devices of one process: a log of every call with its answer, and
// counters, for a test to assert from outside. Both files are written as the environment asks.
// Thread-safe.
#pragma once

#include <cstdint>
#include <cstdio>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace vpu {

class Recorder {
  public:
    /// An empty path: that file is not written.
    Recorder(std::string log_path, std::string counters_path);
    ~Recorder();
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    /// `answer` is what the call returned, or a negative errno.
    void call(int fd, std::string_view name, std::string_view detail, long answer);
    /// A call that breaks the order or the limits that the kernel's documents set.
    void violation(int fd, std::string_view what);
    void opened();
    void closed();
    void exported();
    void mapped();
    void picture(bool corrupt);
    void held_outside(uint64_t buffers);

    [[nodiscard]] uint64_t calls(std::string_view name) const;
    [[nodiscard]] uint64_t violations() const;
    [[nodiscard]] std::string json() const;
    /// Writes the counters now; a process that never opened a node leaves the file alone.
    void write_counters() const;

  private:
    void write_line(const std::string& line);

    mutable std::mutex mutex_;
    std::string counters_path_;
    std::FILE* log_ = nullptr;
    uint64_t log_lines_ = 0;
    std::map<std::string, uint64_t, std::less<>> calls_;
    std::map<std::string, uint64_t, std::less<>> failures_;
    std::map<std::string, uint64_t, std::less<>> violations_;
    uint64_t opens_ = 0;
    uint64_t open_now_ = 0;
    uint64_t exports_ = 0;
    uint64_t maps_ = 0;
    uint64_t pictures_ = 0;
    uint64_t corrupt_pictures_ = 0;
    uint64_t max_held_outside_ = 0;
};

}  // namespace vpu
