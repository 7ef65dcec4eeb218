#include "tests/lab/script.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

namespace vitrine::lab {
namespace {

constexpr auto input = Side::input;
constexpr auto output = Side::output;

}  // namespace

uint32_t Script::foreign_type(Side side) const {
    if (side == input)
        return planes_ ? V4L2_BUF_TYPE_VIDEO_OUTPUT : V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE;
    return planes_ ? V4L2_BUF_TYPE_VIDEO_CAPTURE : V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;
}

short Script::poll_now(short events, int timeout_ms) {
    pollfd one{device_->fd(), events, 0};
    return machine_.kernel->poll(&one, 1, timeout_ms) < 0 ? POLLNVAL : one.revents;
}

Script::~Script() {
    for (const auto& [data, bytes] : maps_) munmap(data, bytes);
}

void Script::set_coded() {
    v4l2_format format{};
    format.type = type(input);
    // Which lie at the same place in the other structure.
    format.fmt.pix.pixelformat = machine_.coded.fourcc;
    format.fmt.pix.width = 1280;
    format.fmt.pix.height = 720;
    answer("S_FMT(input)", device_->ioctl(VIDIOC_S_FMT, &format));
}

void Script::set_raw() {
    v4l2_format format{};
    format.type = type(output);
    (void)device_->ioctl(VIDIOC_G_FMT, &format);
    answer("S_FMT(output)", device_->ioctl(VIDIOC_S_FMT, &format));
}

void Script::subscribe() {
    for (const uint32_t type : {V4L2_EVENT_SOURCE_CHANGE, V4L2_EVENT_EOS}) {
        v4l2_event_subscription subscription{};
        subscription.type = type;
        answer("SUBSCRIBE_EVENT", device_->ioctl(VIDIOC_SUBSCRIBE_EVENT, &subscription));
    }
}

void Script::buffers(Side side, uint32_t count, uint32_t memory) {
    v4l2_requestbuffers request{};
    request.type = type(side);
    request.count = count;
    request.memory = memory;
    const int error = device_->ioctl(VIDIOC_REQBUFS, &request);
    answer(fmt::format("REQBUFS({}, {})", name_of(side), count), error);
    if (error == 0 && side == input) map_inputs(request.count);
    if (error == 0 && side == output) outputs_ = request.count;
}

void Script::unit(uint32_t index, size_t number) {
    const Unit& bytes = machine_.units->at(number);
    v4l2_buffer buffer = buffer_of(input, index);
    if (index < maps_.size() && maps_[index].second >= bytes.size()) {
        std::memcpy(maps_[index].first, bytes.data(), bytes.size());
    }
    (planes_ ? plane_.bytesused : buffer.bytesused) = static_cast<uint32_t>(bytes.size());
    buffer.timestamp.tv_sec = static_cast<time_t>(number);
    answer(fmt::format("QBUF(input, {})", index), device_->ioctl(VIDIOC_QBUF, &buffer));
}

void Script::picture(uint32_t index, uint32_t memory) {
    v4l2_buffer buffer = buffer_of(output, index);
    buffer.memory = memory;
    answer(fmt::format("QBUF(output, {})", index), device_->ioctl(VIDIOC_QBUF, &buffer));
}

void Script::all_pictures() {
    for (uint32_t i = 0; i < outputs_; ++i) {
        v4l2_buffer buffer = buffer_of(output, i);
        const int error = device_->ioctl(VIDIOC_QBUF, &buffer);
        if (error != 0) answer("QBUF(output, each)", error);
    }
}

void Script::take_unit() {
    v4l2_buffer buffer = buffer_of(input, 0);
    const int error = dequeue(buffer, POLLOUT, kPatientMs);
    answer("DQBUF(input)", error, (buffer.flags & V4L2_BUF_FLAG_ERROR) != 0 ? " broken" : "");
    if (error == 0) taken_unit = buffer.index;
}

void Script::take_picture(bool give_back, int patient_ms) {
    v4l2_buffer buffer = buffer_of(output, 0);
    const int error = dequeue(buffer, POLLIN, patient_ms);
    std::string what;
    if (error == 0) {
        what = bytes_used(buffer) == 0 ? " empty" : fmt::format(" of {}", buffer.timestamp.tv_sec);
        if ((buffer.flags & V4L2_BUF_FLAG_LAST) != 0) what += " LAST";
        if ((buffer.flags & V4L2_BUF_FLAG_ERROR) != 0) what += " ERROR";
    }
    answer("DQBUF(output)", error, what);
    if (error == 0 && give_back) {
        buffer = buffer_of(output, buffer.index);
        answer("QBUF(output)", device_->ioctl(VIDIOC_QBUF, &buffer));
    }
    last_seen = error != 0 || (buffer.flags & V4L2_BUF_FLAG_LAST) != 0;
}

void Script::pictures_until_last() {
    for (last_seen = false; !last_seen;) take_picture();
}

void Script::event() {
    (void)poll_now(POLLPRI, kPatientMs / 4);
    v4l2_event event{};
    const int error = device_->ioctl(VIDIOC_DQEVENT, &event);
    std::string what;
    if (error == 0) {
        what = event.type == V4L2_EVENT_EOS ? " EOS" : fmt::format(" type {}", event.type);
        if (event.type == V4L2_EVENT_SOURCE_CHANGE) {
            what = fmt::format(" SOURCE_CHANGE {}", event.u.src_change.changes);
        }
    }
    answer("DQEVENT", error, what);
}

void Script::command(uint32_t cmd) {
    v4l2_decoder_cmd command{};
    command.cmd = cmd;
    const char* name = cmd == V4L2_DEC_CMD_STOP ? "STOP" : "START";
    answer(fmt::format("DECODER_CMD({})", name), device_->ioctl(VIDIOC_DECODER_CMD, &command));
}

void Script::poll(short events) {
    std::this_thread::sleep_for(std::chrono::milliseconds(kQuietMs));
    const short seen = poll_now(events, 0);
    std::string names;
    const std::pair<short, const char*> all[] = {
        {POLLIN, " IN"}, {POLLOUT, " OUT"}, {POLLPRI, " PRI"}, {POLLERR, " ERR"}};
    for (const auto& [bit, each] : all) {
        if ((seen & bit) != 0) names += each;
    }
    said.push_back(fmt::format("poll({:#x}) ={}", events, names));
}

void Script::flags(Side side, uint32_t index) {
    v4l2_buffer buffer = buffer_of(side, index);
    const int error = device_->ioctl(VIDIOC_QUERYBUF, &buffer);
    const uint32_t known = V4L2_BUF_FLAG_QUEUED | V4L2_BUF_FLAG_DONE | V4L2_BUF_FLAG_MAPPED |
                           V4L2_BUF_FLAG_PREPARED | V4L2_BUF_FLAG_ERROR;
    answer(fmt::format("QUERYBUF({}, {})", name_of(side), index), error,
           error == 0 ? fmt::format(" {:#x}", buffer.flags & known) : "");
}

void Script::size() {
    v4l2_format format{};
    format.type = type(output);
    const int error = device_->ioctl(VIDIOC_G_FMT, &format);
    v4l2_selection visible{};
    visible.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;  // which every device takes here
    visible.target = V4L2_SEL_TGT_COMPOSE;
    const int second = device_->ioctl(VIDIOC_G_SELECTION, &visible);
    answer("G_FMT(output)", error);
    answer("G_SELECTION(compose)", second,
           fmt::format(" {}x{}", visible.r.width, visible.r.height));
}

void Script::export_picture(uint32_t index, uint32_t plane, uint32_t how) {
    v4l2_exportbuffer request{};
    request.type = type(output);
    request.index = index;
    request.plane = plane;
    request.flags = how;
    const int error = device_->ioctl(VIDIOC_EXPBUF, &request);
    answer(fmt::format("EXPBUF({}, {}, {:#x})", index, plane, how), error);
    if (error == 0) ::close(request.fd);
}

void Script::control(uint32_t id, bool set) {
    v4l2_control control{id, 3};
    answer(fmt::format("{}({:#x})", set ? "S_CTRL" : "G_CTRL", id),
           device_->ioctl(set ? VIDIOC_S_CTRL : VIDIOC_G_CTRL, &control));
}

void Script::create(Side side, uint32_t count, uint32_t memory, bool small) {
    v4l2_create_buffers request{};
    request.count = count;
    request.memory = memory;
    request.format.type = type(side);
    (void)device_->ioctl(VIDIOC_G_FMT, &request.format);
    if (small && planes_) request.format.fmt.pix_mp.plane_fmt[0].sizeimage = 16;
    if (small && !planes_) request.format.fmt.pix.sizeimage = 16;
    const int error = device_->ioctl(VIDIOC_CREATE_BUFS, &request);
    answer(fmt::format("CREATE_BUFS({}, {})", name_of(side), count), error,
           error == 0 ? fmt::format(" from {}", request.index) : "");
}

void Script::quiet() const {
    std::this_thread::sleep_for(std::chrono::milliseconds(kQuietMs));
}

void Script::begin(uint32_t pictures) {
    subscribe();
    set_coded();
    buffers(input, 4);
    on(input);
    unit(0, 0);
    event();
    size();
    buffers(output, pictures);
    all_pictures();
    on(output);
    take_picture();
    EXPECT_EQ(said.back(), "DQBUF(output) = 0 of 0") << "of no use is what was said before";
    picture(0);
}

v4l2_buffer Script::buffer_of(Side side, uint32_t index) {
    v4l2_buffer buffer{};
    buffer.type = type(side);
    buffer.index = index;
    buffer.memory = V4L2_MEMORY_MMAP;
    if (!planes_) return buffer;
    plane_ = {};
    buffer.m.planes = &plane_;
    buffer.length = 1;
    return buffer;
}

uint32_t Script::bytes_used(const v4l2_buffer& buffer) const {
    return planes_ ? plane_.bytesused : buffer.bytesused;
}

void Script::answer(const std::string& call, int error, const std::string& what) {
    said.push_back(fmt::format("{} = {}{}", call, error == 0 ? "0" : strerrorname_np(error), what));
}

void Script::stream(const char* call, unsigned long request, Side side) {
    auto number = static_cast<int>(type(side));
    answer(fmt::format("{}({})", call, name_of(side)), device_->ioctl(request, &number));
}

int Script::dequeue(v4l2_buffer& buffer, short events, int patient_ms) {
    const v4l2_buffer asked = buffer;
    for (int waited = 0;; waited += 20) {
        buffer = asked;
        const int error = device_->ioctl(VIDIOC_DQBUF, &buffer);
        if (error != EAGAIN || waited >= patient_ms) return error;
        // Not of poll alone, which says POLLERR at once where nothing can come.
        if ((poll_now(events, 20) & events) == 0) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }
}

void Script::map_inputs(uint32_t count) {
    for (const auto& [data, bytes] : maps_) munmap(data, bytes);
    maps_.clear();
    for (uint32_t i = 0; i < count; ++i) {
        v4l2_buffer buffer = buffer_of(input, i);
        if (device_->ioctl(VIDIOC_QUERYBUF, &buffer) != 0) return;
        const uint32_t offset = planes_ ? plane_.m.mem_offset : buffer.m.offset;
        const uint32_t length = planes_ ? plane_.length : buffer.length;
        void* data = machine_.kernel->mmap(device_->fd(), length, offset);
        ASSERT_NE(data, MAP_FAILED);
        maps_.emplace_back(data, length);
    }
}

}  // namespace vitrine::lab
