#include "tests/vpu/session.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace vpu {
namespace {

constexpr size_t kMaxEndEvents = 2;

v4l2_buf_type buffer_type(const Profile& profile, bool capture) {
    if (capture) {
        return profile.multi_planar ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE
                                    : V4L2_BUF_TYPE_VIDEO_CAPTURE;
    }
    return profile.multi_planar ? V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE : V4L2_BUF_TYPE_VIDEO_OUTPUT;
}

Geometry placeholder(Size size) {
    return {size, {0, 0, size.width, size.height}};
}

timespec now() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time;
}

}  // namespace

Session::Session(Node& node, FaultPlan& faults, Recorder& recorder)
    : geometry(placeholder(node.profile->placeholder)),
      min_capture(node.profile->min_capture_buffers),
      input(buffer_type(*node.profile, false)),
      output(buffer_type(*node.profile, true)),
      node_(node),
      faults_(faults),
      recorder_(recorder) {
    recorder_.opened();
    if (!profile().camera.empty()) return;
    coded.format = &profile().coded.front();
    coded.size = profile().placeholder;
    coded.bytes = profile().input_bytes;
    raw_fourcc = profile().raw.front();
    worker_ = std::thread([this] { work(); });
}

Session::~Session() {
    {
        const std::lock_guard lock(mutex);
        quit_ = true;
        notify();
    }
    if (worker_.joinable()) worker_.join();
    const Session* self = this;
    node_.claimed_by.compare_exchange_strong(self, nullptr);
    recorder_.closed();
}

int Session::mmap_target(uint64_t offset, size_t bytes, int protection, int flags) {
    const std::lock_guard lock(mutex);
    if (node_.gone) return -ENODEV;
    Queue& queue = offset >= kCaptureOffset ? output : input;
    if (queue.memory() != V4L2_MEMORY_MMAP) return refuse(EINVAL, "mmap: no MMAP buffers");
    if ((flags & MAP_SHARED) == 0) return refuse(EINVAL, "mmap: not MAP_SHARED");
    const int needed = queue.is_capture() ? PROT_READ : PROT_WRITE;
    if ((protection & needed) == 0) return refuse(EINVAL, "mmap: protection does not fit");
    const BufferPlane* plane = queue.plane_at(offset);
    if (plane == nullptr) return refuse(EINVAL, "mmap: no buffer at that offset");
    if (bytes > plane->memory->bytes()) return refuse(EINVAL, "mmap: longer than the buffer");
    const int copy = ::fcntl(plane->memory->fd(), F_DUPFD_CLOEXEC, 0);
    if (copy < 0) return -errno;
    recorder_.mapped();
    return copy;
}

// As v4l2_m2m_poll() has it.
short Session::poll(short wanted) {
    const std::lock_guard lock(mutex);
    if (node_.gone) return POLLERR | POLLHUP | POLLPRI;
    if (stalled_poll_) return 0;
    int ready = events.empty() ? 0 : POLLPRI;
    const int data = wanted & (POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM);
    const bool no_input = !input.streaming() || input.idle();
    const bool no_output = !output.streaming() || (output.idle() && !output.last_dequeued);
    if (data != 0 && (input.failed || output.failed || (no_input && no_output))) {
        return static_cast<short>((ready & wanted) | POLLERR);
    }
    if (input.has_done()) ready |= POLLOUT | POLLWRNORM;
    if (output.has_done() || output.last_dequeued) ready |= POLLIN | POLLRDNORM;
    return static_cast<short>(ready & wanted);
}

void Session::add_waiter(int event_fd) {
    const std::lock_guard lock(mutex);
    waiters_.push_back(event_fd);
}

void Session::remove_waiter(int event_fd) {
    const std::lock_guard lock(mutex);
    waiters_.erase(std::find(waiters_.begin(), waiters_.end(), event_fd));
}

Queue* Session::queue_of(uint32_t type) {
    if (type == input.type()) return &input;
    if (type == output.type()) return &output;
    return nullptr;
}

Layout Session::raw_layout() const {
    return make_layout(profile(), raw_fourcc, geometry);
}

Layout Session::needed_layout() const {
    return output.streaming() ? active_ : raw_layout();
}

int Session::refuse(int error, const std::string& why) {
    recorder_.violation(fd, why);
    return -error;
}

bool Session::is_nonblocking() const {
    const int flags = ::fcntl(fd, F_GETFL);
    return flags >= 0 && (flags & O_NONBLOCK) != 0;
}

void Session::notify() {
    changed.notify_all();
    for (const int waiter : waiters_) eventfd_write(waiter, 1);
}

void Session::wait_until_idle(Lock& lock) {
    changed.wait(lock, [this] { return !working_; });
}

void Session::send_event(uint32_t type, uint32_t changes) {
    if ((subscribed & (1U << type)) == 0) return;
    const auto same = [&](const v4l2_event& event) { return event.type == type; };
    if (type == V4L2_EVENT_SOURCE_CHANGE) {
        std::erase_if(events, same);
    } else if (static_cast<size_t>(std::count_if(events.begin(), events.end(), same)) ==
               kMaxEndEvents) {
        events.erase(std::find_if(events.begin(), events.end(), same));
    }
    v4l2_event event{};
    event.type = type;
    event.sequence = event_sequence++;
    event.timestamp = now();
    if (type == V4L2_EVENT_SOURCE_CHANGE) event.u.src_change.changes = changes;
    events.push_back(event);
    notify();
}

int Session::stream_on(Queue& queue) {
    if (&queue == &input && codec_ == nullptr) {
        codec_ = Codec::open(*coded.format);
        if (codec_ == nullptr) return -ENOMEM;
    }
    queue.start();
    if (&queue == &output) {
        if (phase == Phase::headers) {
            active_ = raw_layout();
            active_geometry_ = geometry;
        } else {
            enter_decoding();
        }
    }
    notify();
    return 0;
}

void Session::stream_off(Queue& queue, Lock& lock) {
    if (&queue == &output && queue.streaming()) {
        lock.unlock();
        std::this_thread::sleep_for(faults_.stop_takes());
        lock.lock();
    }
    wait_until_idle(lock);
    queue.stop();
    if (&queue == &input) {
        drop_stream();
        output.last_dequeued = false;
        if (phase == Phase::draining || phase == Phase::stopped) phase = Phase::decoding;
    } else if (phase != Phase::headers && phase != Phase::ready) {
        stop_requested_ = false;
        codec_flushed_ = false;
        phase = Phase::stopped;
    }
    notify();
}

void Session::drop_stream() {
    held_input_ = nullptr;
    pictures_.clear();
    later_.clear();
    stop_requested_ = false;
    codec_flushed_ = false;
    change_pending_ = false;
    resume_requested_ = false;
    swallowing_ = false;
    taken_units_ = queued_units_;
    if (codec_ != nullptr) codec_->reset();
}

void Session::forget_stream() {
    drop_stream();
    codec_.reset();
    headers_known = false;
    phase = Phase::headers;
}

int Session::start_command() {
    if (!input.streaming() || !output.streaming()) return 0;
    if (phase == Phase::draining && change_pending_) {
        resume_requested_ = profile().start_resumes;
        return 0;
    }
    const bool drain_unfinished =
        stop_requested_ || (phase == Phase::stopped && !output.last_dequeued);
    if (drain_unfinished && !(phase == Phase::stopped && change_pending_)) {
        return refuse(EBUSY, "DECODER_CMD START: the drain is in progress");
    }
    if (phase == Phase::stopped && profile().start_resumes) {
        output.last_dequeued = false;
        enter_decoding();
        notify();
    }
    return 0;
}

int Session::stop_command() {
    if (!input.streaming() || !output.streaming()) return 0;
    if (stop_requested_) return refuse(EBUSY, "DECODER_CMD STOP: the drain is in progress");
    if (phase == Phase::stopped && !change_pending_) return 0;
    stop_requested_ = true;
    stop_after_ = queued_units_;
    notify();
    return 0;
}

void Session::fail_fatally() {
    input.failed = true;
    output.failed = true;
    notify();
}

}  // namespace vpu
