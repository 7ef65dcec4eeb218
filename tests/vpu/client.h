// A small V4L2 client for the tests: each call is one ioctl and gives 0 or the errno, and a few
// helpers run the usual sequences. It closes its node at the end. Thread-bound.
#pragma once

#include <fcntl.h>
#include <linux/videodev2.h>

#include <array>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "tests/vpu/emulator.h"
#include "tests/vpu/stream.h"

namespace vpu {

/// What a DQBUF(CAPTURE) gave.
struct Received {
    int error = 0;
    uint32_t index = 0;
    uint32_t flags = 0;
    uint32_t bytes_used = 0;
    uint32_t data_offset = 0;
    int64_t time_us = 0;
    std::optional<int> number;  // read from the pixels of an MMAP buffer
    [[nodiscard]] bool last() const { return (flags & V4L2_BUF_FLAG_LAST) != 0; }
    [[nodiscard]] bool corrupt() const { return (flags & V4L2_BUF_FLAG_ERROR) != 0; }
};

class Client {
  public:
    Client(Emulator& emulator, const std::string& profile, int flags = O_RDWR | O_NONBLOCK,
           const std::string& path = "/dev/video10");
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    template <typename T>
    int call(unsigned long request, T& argument) {
        return -emulator_.ioctl(fd_, request, &argument);
    }

    // One ioctl each. 0 or the errno.
    int set_coded(uint32_t fourcc = V4L2_PIX_FMT_MPEG2, Size size = {});
    int set_raw(uint32_t fourcc);
    v4l2_format format(bool capture);
    int request(bool capture, uint32_t count, uint32_t memory = V4L2_MEMORY_MMAP);
    int stream(bool capture, bool on);
    int queue_unit(uint32_t index, const Unit& unit, int64_t time_us);
    int queue_picture(uint32_t index, const std::vector<int>& import_fds = {});
    int dequeue_unit(uint32_t* index = nullptr, uint32_t* flags = nullptr);
    Received dequeue_picture();
    int command(uint32_t command);
    int event(uint32_t* type);
    int subscribe(uint32_t type);
    int export_picture(uint32_t index, uint32_t plane, int& fd, uint32_t flags = O_CLOEXEC);
    int query(bool capture, uint32_t index, v4l2_buffer& buffer);
    uint32_t minimum();
    v4l2_rect visible();

    // Sequences.
    /// S_FMT, REQBUFS, STREAMON of OUTPUT and the subscription to both events.
    void start_input(uint32_t buffers = 4, uint32_t fourcc = V4L2_PIX_FMT_MPEG2);
    /// G_FMT, REQBUFS, mmap, QBUF of all, STREAMON of CAPTURE.
    void start_output(uint32_t buffers = 6);
    /// Feeds units until the event comes or they run out; true where it came.
    bool feed_until_event(uint32_t type);
    /// Feeds and collects, giving the pictures back at once, until LAST, an error, or nothing moves
    /// any more. Sends STOP after the last unit, once, if asked to.
    struct Run {
        std::vector<int> numbers;  // -1 where a picture shows none
        std::vector<int64_t> times_us;
        std::vector<bool> corrupt;
        int error = 0;  // of the DQBUF that ended it: EPIPE, EIO, ENODEV
        bool last_seen = false;
        bool last_empty = false;
        bool event_seen = false;  // a source change
        bool stuck = false;       // poll timed out
    };
    Run run(bool stop_when_done = true, bool give_back = true);
    void set_units(std::vector<Unit> units, int64_t first_time = 0);
    [[nodiscard]] bool all_fed() const { return next_unit_ == units_.size(); }
    short poll(short events, int timeout_ms);

    [[nodiscard]] int fd() const { return fd_; }
    [[nodiscard]] uint32_t output_count() const { return output_count_; }
    [[nodiscard]] uint32_t type(bool capture) const;
    void unmap();

  private:
    void feed();
    void map_output();

    Emulator& emulator_;
    bool planes_;
    int fd_ = -1;
    std::vector<Unit> units_;
    size_t next_unit_ = 0;
    bool stop_sent_ = false;  // for these units
    int64_t first_time_ = 0;
    std::vector<uint32_t> free_inputs_;
    std::vector<std::pair<std::byte*, size_t>> input_maps_;
    std::vector<std::pair<std::byte*, size_t>> output_maps_;  // plane 0
    uint32_t output_count_ = 0;
    uint32_t plane_count_ = 1;
    uint32_t pitch_ = 0;
    Size shown_;
};

/// An emulator of that profile with those faults; the test fails where the words are wrong.
[[nodiscard]] std::unique_ptr<Emulator> make_emulator(const std::string& profiles,
                                                      const std::string& faults = {});

[[nodiscard]] inline std::vector<int> numbers(int first, int count) {
    std::vector<int> list(static_cast<size_t>(count));
    std::iota(list.begin(), list.end(), first);
    return list;
}

constexpr int kMicrosPerUnit = 40'000;

}  // namespace vpu
