#include "tests/vpu/client.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace vpu {
namespace {

// Long enough for a loaded machine under a sanitizer; a test that expects it waits for so long.
constexpr int kStuckMs = 1000;
constexpr int kPatientMs = 5000;

v4l2_buffer buffer_for(uint32_t type, uint32_t index, uint32_t memory,
                       std::array<v4l2_plane, VIDEO_MAX_PLANES>& planes, bool multi) {
    v4l2_buffer buffer{};
    buffer.type = type;
    buffer.index = index;
    buffer.memory = memory;
    if (multi) {
        buffer.m.planes = planes.data();
        buffer.length = VIDEO_MAX_PLANES;
    }
    return buffer;
}

}  // namespace

std::unique_ptr<Emulator> make_emulator(const std::string& profiles, const std::string& faults) {
    Settings settings;
    settings.profiles = profiles;
    settings.faults = faults;
    std::string wrong;
    auto emulator = Emulator::make(settings, wrong);
    EXPECT_NE(emulator, nullptr) << wrong;
    return emulator;
}

Client::Client(Emulator& emulator, const std::string& profile, int flags, const std::string& path)
    : emulator_(emulator),
      planes_(find_profile(profile)->multi_planar),
      fd_(emulator.open(path, flags)) {
    EXPECT_GE(fd_, 0);
}

Client::~Client() {
    unmap();
    emulator_.close(fd_);
    ::close(fd_);
}

uint32_t Client::type(bool capture) const {
    if (capture) {
        return planes_ ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE : V4L2_BUF_TYPE_VIDEO_CAPTURE;
    }
    return planes_ ? V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE : V4L2_BUF_TYPE_VIDEO_OUTPUT;
}

int Client::set_coded(uint32_t fourcc, Size size) {
    v4l2_format arg{};
    arg.type = type(false);
    // Both structures begin with width, height and the format.
    arg.fmt.pix.width = size.width;
    arg.fmt.pix.height = size.height;
    arg.fmt.pix.pixelformat = fourcc;
    return call(VIDIOC_S_FMT, arg);
}

int Client::set_raw(uint32_t fourcc) {
    v4l2_format arg = format(true);
    arg.fmt.pix.pixelformat = fourcc;
    return call(VIDIOC_S_FMT, arg);
}

v4l2_format Client::format(bool capture) {
    v4l2_format arg{};
    arg.type = type(capture);
    EXPECT_EQ(call(VIDIOC_G_FMT, arg), 0);
    return arg;
}

int Client::request(bool capture, uint32_t count, uint32_t memory) {
    v4l2_requestbuffers arg{};
    arg.type = type(capture);
    arg.count = count;
    arg.memory = memory;
    const int error = call(VIDIOC_REQBUFS, arg);
    if (error == 0 && capture) output_count_ = arg.count;
    return error;
}

int Client::stream(bool capture, bool on) {
    int arg = static_cast<int>(type(capture));
    return call(on ? VIDIOC_STREAMON : VIDIOC_STREAMOFF, arg);
}

int Client::queue_unit(uint32_t index, const Unit& unit, int64_t time_us) {
    std::array<v4l2_plane, VIDEO_MAX_PLANES> planes{};
    auto arg = buffer_for(type(false), index, V4L2_MEMORY_MMAP, planes, planes_);
    if (index < input_maps_.size()) {
        std::memcpy(input_maps_[index].first, unit.data(), unit.size());
    }
    (planes_ ? planes[0].bytesused : arg.bytesused) = static_cast<uint32_t>(unit.size());
    arg.timestamp.tv_sec = time_us / 1'000'000;
    arg.timestamp.tv_usec = time_us % 1'000'000;
    return call(VIDIOC_QBUF, arg);
}

int Client::queue_picture(uint32_t index, const std::vector<int>& import_fds) {
    std::array<v4l2_plane, VIDEO_MAX_PLANES> planes{};
    const uint32_t memory = import_fds.empty() ? V4L2_MEMORY_MMAP : V4L2_MEMORY_DMABUF;
    auto arg = buffer_for(type(true), index, memory, planes, planes_);
    for (size_t i = 0; i < import_fds.size(); ++i) {
        (planes_ ? planes[i].m.fd : arg.m.fd) = import_fds[i];
    }
    return call(VIDIOC_QBUF, arg);
}

int Client::dequeue_unit(uint32_t* index, uint32_t* flags) {
    std::array<v4l2_plane, VIDEO_MAX_PLANES> planes{};
    auto arg = buffer_for(type(false), 0, V4L2_MEMORY_MMAP, planes, planes_);
    const int error = call(VIDIOC_DQBUF, arg);
    if (index != nullptr) *index = arg.index;
    if (flags != nullptr) *flags = arg.flags;
    return error;
}

Received Client::dequeue_picture() {
    std::array<v4l2_plane, VIDEO_MAX_PLANES> planes{};
    auto arg = buffer_for(type(true), 0, V4L2_MEMORY_MMAP, planes, planes_);
    Received got;
    got.error = call(VIDIOC_DQBUF, arg);
    if (got.error != 0) return got;
    got.index = arg.index;
    got.flags = arg.flags;
    got.bytes_used = planes_ ? planes[0].bytesused : arg.bytesused;
    got.data_offset = planes[0].data_offset;
    got.time_us = int64_t{arg.timestamp.tv_sec} * 1'000'000 + arg.timestamp.tv_usec;
    if (got.bytes_used != 0 && got.index < output_maps_.size()) {
        got.number = number_in(output_maps_[got.index].first, pitch_, shown_);
    }
    return got;
}

int Client::command(uint32_t command) {
    v4l2_decoder_cmd arg{};
    arg.cmd = command;
    return call(VIDIOC_DECODER_CMD, arg);
}

int Client::event(uint32_t* type) {
    v4l2_event arg{};
    const int error = call(VIDIOC_DQEVENT, arg);
    if (type != nullptr) *type = arg.type;
    return error;
}

int Client::subscribe(uint32_t type) {
    v4l2_event_subscription arg{};
    arg.type = type;
    return call(VIDIOC_SUBSCRIBE_EVENT, arg);
}

int Client::export_picture(uint32_t index, uint32_t plane, int& fd, uint32_t flags) {
    v4l2_exportbuffer arg{};
    arg.type = type(true);
    arg.index = index;
    arg.plane = plane;
    arg.flags = flags;
    const int error = call(VIDIOC_EXPBUF, arg);
    fd = arg.fd;
    return error;
}

int Client::query(bool capture, uint32_t index, v4l2_buffer& buffer) {
    static thread_local std::array<v4l2_plane, VIDEO_MAX_PLANES> planes;
    planes = {};
    buffer = buffer_for(type(capture), index, V4L2_MEMORY_MMAP, planes, planes_);
    return call(VIDIOC_QUERYBUF, buffer);
}

uint32_t Client::minimum() {
    v4l2_control arg{};
    arg.id = V4L2_CID_MIN_BUFFERS_FOR_CAPTURE;
    EXPECT_EQ(call(VIDIOC_G_CTRL, arg), 0);
    return static_cast<uint32_t>(arg.value);
}

v4l2_rect Client::visible() {
    v4l2_selection arg{};
    arg.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    arg.target = V4L2_SEL_TGT_COMPOSE;
    EXPECT_EQ(call(VIDIOC_G_SELECTION, arg), 0);
    return arg.r;
}

void Client::start_input(uint32_t buffers, uint32_t fourcc) {
    ASSERT_EQ(subscribe(V4L2_EVENT_SOURCE_CHANGE), 0);
    ASSERT_EQ(subscribe(V4L2_EVENT_EOS), 0);
    ASSERT_EQ(set_coded(fourcc), 0);
    ASSERT_EQ(request(false, buffers), 0);
    for (uint32_t i = 0; i < buffers; ++i) {
        v4l2_buffer buffer{};
        ASSERT_EQ(query(false, i, buffer), 0);
        const uint32_t length = planes_ ? buffer.m.planes[0].length : buffer.length;
        const uint32_t offset = planes_ ? buffer.m.planes[0].m.mem_offset : buffer.m.offset;
        const int target =
            emulator_.mmap_target(fd_, offset, length, PROT_READ | PROT_WRITE, MAP_SHARED);
        ASSERT_GE(target, 0);
        void* mapped = ::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_SHARED, target, 0);
        ::close(target);
        ASSERT_NE(mapped, MAP_FAILED);
        input_maps_.emplace_back(static_cast<std::byte*>(mapped), length);
        free_inputs_.push_back(i);
    }
    ASSERT_EQ(stream(false, true), 0);
}

void Client::start_output(uint32_t buffers) {
    ASSERT_EQ(request(true, buffers), 0);
    map_output();
    for (uint32_t i = 0; i < output_count_; ++i) ASSERT_EQ(queue_picture(i), 0);
    ASSERT_EQ(stream(true, true), 0);
}

void Client::map_output() {
    for (auto& [data, bytes] : output_maps_) ::munmap(data, bytes);
    output_maps_.clear();
    const auto now = format(true);
    pitch_ = planes_ ? now.fmt.pix_mp.plane_fmt[0].bytesperline : now.fmt.pix.bytesperline;
    const auto rectangle = visible();
    shown_ = {rectangle.width, rectangle.height};
    for (uint32_t i = 0; i < output_count_; ++i) {
        v4l2_buffer buffer{};
        ASSERT_EQ(query(true, i, buffer), 0);
        plane_count_ = planes_ ? buffer.length : 1;
        const uint32_t length = planes_ ? buffer.m.planes[0].length : buffer.length;
        const uint32_t offset = planes_ ? buffer.m.planes[0].m.mem_offset : buffer.m.offset;
        const int target = emulator_.mmap_target(fd_, offset, length, PROT_READ, MAP_SHARED);
        ASSERT_GE(target, 0);
        void* mapped = ::mmap(nullptr, length, PROT_READ, MAP_SHARED, target, 0);
        ::close(target);
        ASSERT_NE(mapped, MAP_FAILED);
        output_maps_.emplace_back(static_cast<std::byte*>(mapped), length);
    }
}

void Client::unmap() {
    for (auto& [data, bytes] : output_maps_) ::munmap(data, bytes);
    for (auto& [data, bytes] : input_maps_) ::munmap(data, bytes);
    output_maps_.clear();
    input_maps_.clear();
}

void Client::set_units(std::vector<Unit> units, int64_t first_time) {
    units_ = std::move(units);
    next_unit_ = 0;
    stop_sent_ = false;
    first_time_ = first_time;
    // After a STREAMOFF every buffer is the client's again.
    free_inputs_.clear();
    for (uint32_t i = 0; i < input_maps_.size(); ++i) {
        v4l2_buffer buffer{};
        ASSERT_EQ(query(false, i, buffer), 0);
        if ((buffer.flags & (V4L2_BUF_FLAG_QUEUED | V4L2_BUF_FLAG_DONE)) == 0) {
            free_inputs_.push_back(i);
        }
    }
}

void Client::feed() {
    uint32_t index = 0;
    while (dequeue_unit(&index) == 0) free_inputs_.push_back(index);
    while (!free_inputs_.empty() && next_unit_ < units_.size()) {
        const auto time = first_time_ + static_cast<int64_t>(next_unit_) * kMicrosPerUnit;
        if (queue_unit(free_inputs_.back(), units_[next_unit_], time) != 0) return;
        free_inputs_.pop_back();
        ++next_unit_;
    }
}

bool Client::feed_until_event(uint32_t wanted) {
    for (int waited_ms = 0; waited_ms < kPatientMs; waited_ms += 20) {
        feed();
        uint32_t type = 0;
        if (event(&type) == 0 && type == wanted) return true;
        const bool starved = all_fed() && free_inputs_.size() == input_maps_.size();
        if (starved && waited_ms > 1000) return false;
        poll(POLLPRI | POLLOUT, 20);
    }
    return false;
}

Client::Run Client::run(bool stop_when_done, bool give_back) {
    Run run;
    int useless_polls = 0;
    for (;;) {
        feed();
        if (stop_when_done && !stop_sent_ && all_fed()) {
            EXPECT_EQ(command(V4L2_DEC_CMD_STOP), 0);
            stop_sent_ = true;
        }
        uint32_t type = 0;
        while (event(&type) == 0) run.event_seen |= type == V4L2_EVENT_SOURCE_CHANGE;
        const Received got = dequeue_picture();
        if (got.error == EAGAIN) {
            const short ready = poll(POLLIN | POLLOUT | POLLPRI, kStuckMs);
            const bool useless = ready == 0 || (ready & POLLERR) != 0;
            useless_polls = useless ? useless_polls + 1 : 0;
            if (ready != 0 && useless_polls < 2) continue;
            run.stuck = true;
            return run;
        }
        if (got.error != 0) {
            run.error = got.error;
            return run;
        }
        if (got.bytes_used != 0 || got.corrupt()) {
            run.numbers.push_back(got.number.value_or(-1));
            run.times_us.push_back(got.time_us);
            run.corrupt.push_back(got.corrupt());
        }
        if (got.last()) {
            run.last_seen = true;
            run.last_empty = got.bytes_used == 0;
            while (event(&type) == 0) run.event_seen |= type == V4L2_EVENT_SOURCE_CHANGE;
            return run;
        }
        if (!give_back) continue;
        // The device may fail between the two calls.
        const int refused = queue_picture(got.index);
        if (refused == EIO || refused == ENODEV) {
            run.error = refused;
            return run;
        }
        EXPECT_EQ(refused, 0);
    }
}

short Client::poll(short events, int timeout_ms) {
    pollfd entry{fd_, events, 0};
    emulator_.poll(&entry, 1, timeout_ms, ::poll);
    return entry.revents;
}

}  // namespace vpu
