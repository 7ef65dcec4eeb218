// The seam: in which manner each call is answered, and what of it is watched. The honest answers
// are in answering_device.cpp.
#include "tests/fuzz/answering_kernel.h"

#include <cstring>

#include "tests/fuzz/target.h"

namespace vitrine::fuzz {
namespace {

// What a byte of the input makes of an answer; below kRefuses it is an honest one.
constexpr uint8_t kRefuses = 192;
constexpr uint8_t kLies = 224;

constexpr int kMostCallsInOne = 500'000;  // until the watchdog, by its hasty clock, has had enough
// Signals do not come for ever.
constexpr int kMostInterruptions = 2000;
// What a process may have is bounded, and an input has to be quick.
constexpr size_t kMostDescriptors = 64;
constexpr size_t kMostBytesInOne = 1 << 16;
constexpr size_t kMostBytesMapped = 1 << 20;

int refuse(int error) {
    errno = error;
    return -1;
}

bool is_open(int fd) {
    return ::fcntl(fd, F_GETFD) != -1;
}

/// No other memory is to be had than memfds.
bool is_a_node(std::string_view path) {
    return path.rfind("/dev/video", 0) == 0;
}

/// Puts a number where the input says, among the words of a structure.
void spoil_word(Script& script, void* data, size_t size) {
    const size_t word = script.byte() % (size / sizeof(uint32_t));
    const uint32_t value = script.number();
    std::memcpy(static_cast<std::byte*>(data) + word * sizeof value, &value, sizeof value);
}

}  // namespace

AnsweringKernel::~AnsweringKernel() {
    require(mappings_.empty(), "what was mapped is unmapped");
    for (const int fd : descriptors_) require(!is_open(fd), "what was opened is closed");
}

bool AnsweringKernel::has(int fd) const {
    for (const uint32_t index : opened_.output.queued) {
        const auto memory = opened_.output.memory.find(index);
        if (memory != opened_.output.memory.end() && memory->second.count(fd) != 0) return true;
    }
    return false;
}

bool AnsweringKernel::lies() const {
    return manner_ >= kLies;
}

int AnsweringKernel::refusal() {
    constexpr std::array kErrors = {EAGAIN, EPIPE,  EIO,    EINVAL, ENOENT, EBUSY, ENOMEM, EINTR,
                                    ENOTTY, ENODEV, EACCES, EPERM,  EMFILE, ENXIO, EAGAIN, EINTR};
    manner_ = answers_.byte();
    int error = 0;
    if (manner_ >= kRefuses && !lies()) error = kErrors[manner_ % kErrors.size()];
    if (error == EINTR && ++interruptions_ > kMostInterruptions) error = EIO;
    if (error == EINTR) return error;
    ++calls_;
    require(++calls_in_one_ <= kMostCallsInOne, "a call comes to an end");
    return error;
}

int AnsweringKernel::open(const char* path, int flags) {
    if (!is_a_node(path)) return refuse(ENOENT);
    if (const int error = refusal(); error != 0) return refuse(error);
    const int fd = hand_out(PassingKernel::open("/dev/null", flags));
    if (fd < 0) return fd;
    opened_ = {};
    opened_.fd = fd;
    return fd;
}

int AnsweringKernel::ioctl(int fd, unsigned long request, void* argument) {
    require(descriptors_.count(fd) != 0, "a call is made of what was opened");
    if (fd != opened_.fd) return refuse(ENODEV);
    if (const int error = refusal(); error != 0) return refuse(error);
    const int error = answer(request, argument);
    const bool makes = request == VIDIOC_REQBUFS || request == VIDIOC_EXPBUF;
    if (error != 0 && (makes || !lies())) return refuse(error);
    if (lies()) spoil(request, argument);
    note_told(request, argument);
    return 0;
}

/// What no driver can change, because the kernel itself writes it, is left alone.
void AnsweringKernel::spoil(unsigned long request, void* argument) {
    if ((_IOC_DIR(request) & _IOC_READ) == 0 || request == VIDIOC_EXPBUF) return;
    const size_t size = _IOC_SIZE(request);
    const bool is_buffer = request == VIDIOC_DQBUF || request == VIDIOC_QUERYBUF;
    const bool is_format = request == VIDIOC_G_FMT || request == VIDIOC_S_FMT;
    for (int i = answers_.byte() % 4; i >= 0; --i) {
        if (is_buffer) {
            auto& buffer = *static_cast<v4l2_buffer*>(argument);
            const v4l2_buffer before = buffer;
            if (V4L2_TYPE_IS_MULTIPLANAR(before.type)) {
                spoil_word(answers_, before.m.planes, before.length * sizeof(v4l2_plane));
            }
            spoil_word(answers_, argument, size);
            buffer.type = before.type;
            if (!V4L2_TYPE_IS_MULTIPLANAR(before.type)) continue;
            buffer.m.planes = before.m.planes;
            buffer.length = before.length;
        } else if (is_format) {
            auto& format = *static_cast<v4l2_format*>(argument);
            spoil_word(answers_, &format.fmt, sizeof(v4l2_pix_format_mplane));
        } else if (request == VIDIOC_REQBUFS) {
            auto& made = *static_cast<v4l2_requestbuffers*>(argument);
            (answers_.byte() % 2 == 0 ? made.count : made.capabilities) = answers_.number();
        } else {
            spoil_word(answers_, argument, size);
        }
    }
}

/// What the client has to believe from here on.
void AnsweringKernel::note_told(unsigned long request, void* argument) {
    if (request == VIDIOC_REQBUFS) {
        const auto& told = *static_cast<v4l2_requestbuffers*>(argument);
        side(told.type).count = told.count;
    } else if (request == VIDIOC_DQBUF) {
        const auto& told = *static_cast<v4l2_buffer*>(argument);
        std::deque<uint32_t>& queued = side(told.type).queued;
        queued.erase(std::remove(queued.begin(), queued.end(), told.index), queued.end());
    }
}

void* AnsweringKernel::mmap(int fd, size_t size, off_t) {
    require(descriptors_.count(fd) != 0, "what is mapped was opened");
    int error = refusal();
    if (size == 0) error = EINVAL;
    if (size > kMostBytesInOne || mapped_bytes_ + size > kMostBytesMapped) error = ENOMEM;
    if (error != 0) {
        errno = error;
        return MAP_FAILED;
    }
    auto memory = std::make_unique<std::byte[]>(size);
    void* address = memory.get();
    mapped_bytes_ += size;
    mappings_[address] = {std::move(memory), size};
    return address;
}

int AnsweringKernel::munmap(void* address, size_t size) {
    const auto found = mappings_.find(address);
    require(found != mappings_.end() && found->second.second == size,
            "what is unmapped was mapped");
    mapped_bytes_ -= size;
    mappings_.erase(found);
    return 0;
}

int AnsweringKernel::poll(pollfd* fds, nfds_t count, int) {
    if (const int error = refusal(); error != 0) return refuse(error);
    const int others = PassingKernel::poll(fds + 1, count - 1, 0);
    if (descriptors_.count(fds[0].fd) == 0 || count == 1) {
        return std::max(others, 0) + PassingKernel::poll(fds, 1, 0);
    }
    const int seen = lies() ? answers_.byte() : ready_now();
    // That nothing but this is answered is the kernel's own doing.
    fds[0].revents = static_cast<short>(seen & (fds[0].events | POLLERR | POLLHUP));
    return std::max(others, 0) + (fds[0].revents != 0 ? 1 : 0);
}

int AnsweringKernel::eventfd() {
    if (const int error = refusal(); error != 0) return refuse(error);
    return hand_out(PassingKernel::eventfd());
}

int AnsweringKernel::memfd_create(const char* name, unsigned flags) {
    if (const int error = refusal(); error != 0) return refuse(error);
    return hand_out(PassingKernel::memfd_create(name, flags));
}

int AnsweringKernel::stat(const char*, struct stat& status) {
    if (const int error = refusal(); error != 0) return refuse(error);
    status = {};
    status.st_mode = S_IFCHR | 0660;
    return 0;
}

int AnsweringKernel::list(const char* path, std::vector<std::string>& names) {
    if (path != std::string_view("/dev")) return refuse(ENOENT);
    if (const int error = refusal(); error != 0) return refuse(error);
    names = {"null", "video0", "video10"};
    return 0;
}

int AnsweringKernel::hand_out(int fd) {
    require(fd >= 0, "this machine has descriptors left");
    for (auto each = descriptors_.begin(); each != descriptors_.end();) {
        each = is_open(*each) && *each != fd ? std::next(each) : descriptors_.erase(each);
    }
    if (descriptors_.size() >= kMostDescriptors) {
        ::close(fd);
        return refuse(EMFILE);
    }
    descriptors_.insert(fd);
    return fd;
}

}  // namespace vitrine::fuzz
