// One open of an emulated decoder: both queues, the formats, the events and the decoding state,
// with the worker thread that plays the hardware. A thread of its own, because a device works while
// its client does something else: poll has to wake up, buffers finish between two calls, and a race
// in a client shows. The ioctls (ioctl_*.cpp) and the worker (worker.cpp) act on it under its
// mutex; the worker lets go of it only while it decodes or writes a picture, with `working` set,
// and whoever would pull buffers or the codec away waits for that to end. Thread-safe through
// `mutex`.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/vpu/codec.h"
#include "tests/vpu/fault.h"
#include "tests/vpu/layout.h"
#include "tests/vpu/profile.h"
#include "tests/vpu/queue.h"
#include "tests/vpu/recorder.h"

namespace vpu {

class Session;

/// What the open files of one node share. Outlives them.
struct Node {
    std::string path;
    uint32_t number = 0;
    const Profile* profile = nullptr;
    std::atomic<bool> gone{false};
    /// Of a camera: the open file that films, or is about to; null for none.
    std::atomic<const Session*> claimed_by{nullptr};
};

struct CodedSettings {
    const CodedFormat* format = nullptr;
    Size size;
    uint32_t bytes = 0;
    StreamColor color;
    bool size_given = false;  // the client named one
};

enum class Phase {
    headers,  // looking for the parameters of the stream
    ready,    // parameters known, waiting for CAPTURE to be set up
    decoding,
    draining,  // a source change or a STOP: the pictures before it still come out
    stopped,   // LAST was given out; waits to be resumed
};

class Session {
  public:
    Session(Node& node, FaultPlan& faults, Recorder& recorder);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// One system call; `argument` is the client's structure. 0 or a negative errno.
    int ioctl(unsigned long request, void* argument, int fd);
    /// The descriptor to map in place of the device's, or a negative errno.
    int mmap_target(uint64_t offset, size_t bytes, int protection, int flags);
    /// Which of `events` (and POLLERR, POLLHUP) hold now.
    short poll(short events);
    /// `event_fd` is written to at every change, until removed.
    void add_waiter(int event_fd);
    void remove_waiter(int event_fd);

    // --- what the ioctls and the worker share, all under the mutex ---
    using Lock = std::unique_lock<std::mutex>;

    [[nodiscard]] const Profile& profile() const { return *node_.profile; }
    [[nodiscard]] Node& node() { return node_; }
    [[nodiscard]] FaultPlan& faults() { return faults_; }
    [[nodiscard]] Recorder& recorder() { return recorder_; }
    [[nodiscard]] Queue* queue_of(uint32_t type);
    /// Of the format that queries tell.
    [[nodiscard]] Layout raw_layout() const;
    /// That a buffer has to fit now: until CAPTURE is stopped, what it was set up for.
    [[nodiscard]] Layout needed_layout() const;
    /// Refuses a call that breaks a rule: counts it, logs why, and gives -error back.
    int refuse(int error, const std::string& why);
    [[nodiscard]] bool is_nonblocking() const;
    void notify();
    void wait_until_idle(Lock& lock);
    void send_event(uint32_t type, uint32_t changes);

    int stream_on(Queue& queue);
    /// Counts an access unit that was put on the input queue.
    void unit_queued() { ++queued_units_; }
    /// The input buffers are gone: back to the beginning.
    void forget_stream();
    void stream_off(Queue& queue, Lock& lock);
    int start_command();
    int stop_command();
    void fail_fatally();

    std::mutex mutex;
    std::condition_variable changed;
    int fd = -1;  // of the call being answered

    CodedSettings coded;
    uint32_t raw_fourcc = 0;
    Geometry geometry;  // announced: what queries answer
    bool headers_known = false;
    uint32_t min_capture = 0;
    StreamColor color;
    Queue input;
    Queue output;

    uint32_t subscribed = 0;  // bit per event type
    uint32_t event_sequence = 0;
    std::deque<v4l2_event> events;  // one source change (merged) and two EOS at most

    Phase phase = Phase::headers;

  private:
    void work();
    bool step(Lock& lock);
    [[nodiscard]] bool can_decode() const;
    [[nodiscard]] bool can_flush() const;
    [[nodiscard]] bool can_deliver() const;
    [[nodiscard]] bool can_deliver_last() const;
    void decode_next(Lock& lock);
    void flush_codec(Lock& lock);
    void take_pictures(std::vector<Picture>& fresh);
    void read_headers(Buffer& buffer);
    void check_still_supported();
    void announce(const StreamHeader& header);
    void announce_change(const Geometry& next);
    void split_at_change();
    void deliver(Lock& lock);
    void deliver_last();
    void finish_drain();
    bool fault_before_picture();
    void enter_decoding();
    void drop_stream();
    [[nodiscard]] bool drain_follows() const;

    Node& node_;
    FaultPlan& faults_;
    Recorder& recorder_;
    std::vector<int> waiters_;  // one per blocked poll

    std::unique_ptr<Codec> codec_;
    bool working_ = false;
    bool quit_ = false;
    Layout active_;  // of the CAPTURE buffers, since the client last set them up
    Geometry active_geometry_;
    std::deque<Picture> pictures_;  // decoded, before a pending change; bounded by one decode
    std::deque<Picture> later_;     // after it
    Buffer* held_input_ = nullptr;  // the access unit that brought what is announced

    bool stop_requested_ = false;  // DEC_CMD_STOP, until its LAST
    uint64_t stop_after_ = 0;      // number of access units queued before it
    bool codec_flushed_ = false;
    bool change_pending_ = false;    // from a source change until the client resumes
    bool resume_requested_ = false;  // START came before LAST did
    bool error_given_ = false;       // the ERROR buffer that some give before LAST

    bool swallowing_ = false;  // for good, until a flush
    bool stalled_poll_ = false;
    std::atomic<bool> hangs_{false};  // every ioctl, from the next one on
    bool starved_ = false;
    uint64_t queued_units_ = 0;
    uint64_t taken_units_ = 0;
    uint64_t delivered_ = 0;
    std::thread worker_;
};

}  // namespace vpu
