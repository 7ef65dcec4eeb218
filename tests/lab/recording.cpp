#include "tests/lab/recording.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <map>
#include <thread>

namespace vitrine::lab {
namespace {

constexpr auto kPatience = std::chrono::seconds(5);
constexpr auto kPause = std::chrono::milliseconds(2);
constexpr uint64_t kMicrosPerSecond = 1'000'000;
constexpr uint32_t kFlags = V4L2_BUF_FLAG_QUEUED | V4L2_BUF_FLAG_DONE | V4L2_BUF_FLAG_PREPARED |
                            V4L2_BUF_FLAG_ERROR | V4L2_BUF_FLAG_LAST | V4L2_BUF_FLAG_TIMESTAMP_MASK;

std::string side_of(uint32_t type) {
    return V4L2_TYPE_IS_OUTPUT(type) ? "(input)" : "(output)";
}

bool has_buffer(unsigned long request) {
    return request == VIDIOC_QUERYBUF || request == VIDIOC_QBUF || request == VIDIOC_DQBUF;
}

uint64_t tag_of(const v4l2_buffer& buffer) {
    return static_cast<uint64_t>(buffer.timestamp.tv_sec) * kMicrosPerSecond +
           static_cast<uint64_t>(buffer.timestamp.tv_usec);
}

uint32_t& bytes_used(v4l2_buffer& buffer) {
    return V4L2_TYPE_IS_MULTIPLANAR(buffer.type) ? buffer.m.planes[0].bytesused : buffer.bytesused;
}

std::string name_of(unsigned long request, Argument& argument) {
    switch (request) {
        case VIDIOC_QUERYCAP:
            return "QUERYCAP";
        case VIDIOC_ENUM_FMT:
            return "ENUM_FMT" + side_of(argument.as<v4l2_fmtdesc>().type);
        case VIDIOC_G_FMT:
            return "G_FMT" + side_of(argument.as<v4l2_format>().type);
        case VIDIOC_S_FMT:
            return "S_FMT" + side_of(argument.as<v4l2_format>().type);
        case VIDIOC_REQBUFS:
            return "REQBUFS" + side_of(argument.as<v4l2_requestbuffers>().type);
        case VIDIOC_QUERYBUF:
            return "QUERYBUF" + side_of(argument.as<v4l2_buffer>().type);
        case VIDIOC_QBUF:
            return "QBUF" + side_of(argument.as<v4l2_buffer>().type);
        case VIDIOC_DQBUF:
            return "DQBUF" + side_of(argument.as<v4l2_buffer>().type);
        case VIDIOC_EXPBUF:
            return "EXPBUF" + side_of(argument.as<v4l2_exportbuffer>().type);
        case VIDIOC_STREAMON:
            return "STREAMON" + side_of(argument.as<uint32_t>());
        case VIDIOC_STREAMOFF:
            return "STREAMOFF" + side_of(argument.as<uint32_t>());
        case VIDIOC_G_SELECTION:
            return "G_SELECTION";
        case VIDIOC_G_CTRL:
            return "G_CTRL";
        case VIDIOC_SUBSCRIBE_EVENT:
            return "SUBSCRIBE_EVENT";
        case VIDIOC_DQEVENT:
            return "DQEVENT";
        case VIDIOC_DECODER_CMD:
            return "DECODER_CMD";
        default:
            return fmt::format("a call of the number {}", request & 0xff);
    }
}

std::string said_of(unsigned long request, v4l2_buffer& buffer) {
    std::string out = fmt::format(", buffer {}, flags {:#x}", buffer.index, buffer.flags & kFlags);
    if (V4L2_TYPE_IS_MULTIPLANAR(buffer.type)) out += fmt::format(", planes {}", buffer.length);
    const bool input = V4L2_TYPE_IS_OUTPUT(buffer.type);
    if (request == VIDIOC_DQBUF && !input && bytes_used(buffer) == 0) return out + ", empty";
    if (request == VIDIOC_DQBUF && !input) out += fmt::format(", the {}th", buffer.sequence);
    const bool tagged = request == VIDIOC_DQBUF || (request == VIDIOC_QBUF && input);
    return tagged ? out + fmt::format(", of {}", tag_of(buffer)) : out;
}

std::string said_of(const v4l2_event& event) {
    std::string out = fmt::format(", type {}, the {}th", event.type, event.sequence);
    if (event.type == V4L2_EVENT_SOURCE_CHANGE)
        out += fmt::format(", changes {}", event.u.src_change.changes);
    return out;
}

std::string said_of(unsigned long request, Argument& after) {
    if (has_buffer(request)) return said_of(request, after.as<v4l2_buffer>());
    if (request == VIDIOC_DQEVENT) return said_of(after.as<v4l2_event>());
    if (request == VIDIOC_REQBUFS) {
        const auto& buffers = after.as<v4l2_requestbuffers>();
        const uint32_t known = V4L2_BUF_CAP_SUPPORTS_MMAP | V4L2_BUF_CAP_SUPPORTS_ORPHANED_BUFS;
        return fmt::format(", {} of {:#x}", buffers.count, buffers.capabilities & known);
    }
    if (request == VIDIOC_G_SELECTION) {
        const v4l2_rect& r = after.as<v4l2_selection>().r;
        return fmt::format(", {}x{} at {},{}", r.width, r.height, r.left, r.top);
    }
    if (request == VIDIOC_G_FMT || request == VIDIOC_S_FMT) {
        const auto& format = after.as<v4l2_format>();
        return V4L2_TYPE_IS_MULTIPLANAR(format.type)
                   ? fmt::format(", planes {}", format.fmt.pix_mp.num_planes)
                   : "";
    }
    return "";
}

/// One machine's decoder, and what is needed to make the calls that a program made.
class Caller {
  public:
    Caller(const Machine& machine, const std::vector<size_t>& numbers)
        : machine_(machine), numbers_(numbers), device_(machine.open()) {}
    ~Caller() {
        for (const auto& [index, memory] : inputs_) munmap(memory.first, memory.second);
    }
    Caller(const Caller&) = delete;
    Caller& operator=(const Caller&) = delete;

    std::string repeat(Call& call) {
        if (call.request == VIDIOC_DECODER_CMD) std::this_thread::sleep_for(kRest);
        if (call.request == VIDIOC_S_FMT) choose_format(call.before.as<v4l2_format>());
        if (call.request == VIDIOC_QBUF) fill(call.before.as<v4l2_buffer>());
        Argument argument = call.before;
        int error = 0;
        const auto end = std::chrono::steady_clock::now() + kPatience;
        while (true) {
            argument = call.before;
            error = device_->ioctl(call.request, argument.get());
            const bool nothing = error == EAGAIN || error == ENOENT;
            if (!nothing || std::chrono::steady_clock::now() > end) break;
            std::this_thread::sleep_for(kPause);
        }
        if (error == 0) keep(call.request, argument);
        return answer_of(call.request, argument, error);
    }

  private:
    void choose_format(v4l2_format& format) const {
        if (!V4L2_TYPE_IS_OUTPUT(format.type)) return;
        if (V4L2_TYPE_IS_MULTIPLANAR(format.type)) {
            format.fmt.pix_mp.pixelformat = machine_.coded.fourcc;
        } else {
            format.fmt.pix.pixelformat = machine_.coded.fourcc;
        }
    }
    void fill(v4l2_buffer& buffer) {
        if (!V4L2_TYPE_IS_OUTPUT(buffer.type)) return;
        const Unit& unit = machine_.units->at(numbers_.at(tag_of(buffer) - 1));
        const auto& [memory, bytes] = inputs_.at(buffer.index);
        if (bytes >= unit.size()) std::memcpy(memory, unit.data(), unit.size());
        bytes_used(buffer) = static_cast<uint32_t>(unit.size());
    }
    void keep(unsigned long request, Argument& answer) {
        if (request == VIDIOC_EXPBUF) exported_.emplace_back(answer.as<v4l2_exportbuffer>().fd);
        if (request != VIDIOC_QUERYBUF) return;
        const auto& buffer = answer.as<v4l2_buffer>();
        if (!V4L2_TYPE_IS_OUTPUT(buffer.type)) return;
        const bool planes = V4L2_TYPE_IS_MULTIPLANAR(buffer.type);
        const uint32_t bytes = planes ? buffer.m.planes[0].length : buffer.length;
        const uint32_t offset = planes ? buffer.m.planes[0].m.mem_offset : buffer.m.offset;
        void* memory = machine_.kernel->mmap(device_->fd(), bytes, offset);
        if (memory != MAP_FAILED) inputs_[buffer.index] = {memory, bytes};
    }

    const Machine& machine_;
    const std::vector<size_t>& numbers_;
    const std::shared_ptr<V4l2Device> device_;
    std::map<uint32_t, std::pair<void*, size_t>> inputs_;
    std::vector<UniqueFd> exported_;
};

/// That nothing had come yet depends on time, and on nothing that one could repeat.
bool is_of_the_moment(const Call& call) {
    return (call.request == VIDIOC_DQBUF && call.error == EAGAIN) ||
           (call.request == VIDIOC_DQEVENT && call.error == ENOENT);
}

}  // namespace

Argument::Argument(unsigned long request, const void* from) : bytes(_IOC_SIZE(request)) {
    std::memcpy(bytes.data(), from, bytes.size());
    if (!has_buffer(request)) return;
    const auto& buffer = *static_cast<const v4l2_buffer*>(from);
    if (!V4L2_TYPE_IS_MULTIPLANAR(buffer.type)) return;
    std::memcpy(planes.data(), buffer.m.planes, buffer.length * sizeof planes[0]);
}

void* Argument::get() {
    if (bytes.size() == sizeof(v4l2_buffer)) {
        auto& buffer = *reinterpret_cast<v4l2_buffer*>(bytes.data());
        if (V4L2_TYPE_IS_MULTIPLANAR(buffer.type)) buffer.m.planes = planes.data();
    }
    return bytes.data();
}

std::string answer_of(unsigned long request, Argument& after, int error) {
    const char* name = error == 0 ? "0" : strerrorname_np(error);
    const std::string out = fmt::format("{} = {}", name_of(request, after), name);
    return error == 0 ? out + said_of(request, after) : out;
}

int RecordingKernel::ioctl(int fd, unsigned long request, void* argument) {
    constexpr auto kV4l2 = 'V';
    if (_IOC_TYPE(request) != kV4l2) return PassingKernel::ioctl(fd, request, argument);
    if (request == VIDIOC_DECODER_CMD) std::this_thread::sleep_for(kRest);
    Argument before(request, argument);
    const int result = PassingKernel::ioctl(fd, request, argument);
    const int error = result < 0 ? errno : 0;
    Argument after(request, argument);
    calls.push_back({request, std::move(before), error, answer_of(request, after, error)});
    errno = error;
    return result;
}

Replay replay(std::vector<Call> recording, const Machine& machine,
              const std::vector<size_t>& numbers) {
    constexpr size_t kBefore = 12;  // calls that are shown before a difference
    Replay out;
    std::deque<std::string> before;
    Caller caller(machine, numbers);
    for (Call& call : recording) {
        if (is_of_the_moment(call)) continue;
        const std::string answer = caller.repeat(call);
        ++out.compared;
        if (answer != call.answer) {
            for (const std::string& line : before) out.difference += "    " + line + "\n";
            out.difference += "was " + call.answer + "\nis  " + answer + "\n";
            return out;
        }
        before.push_back(answer);
        if (before.size() > kBefore) before.pop_front();
    }
    return out;
}

}  // namespace vitrine::lab
