// The bounded queue between the thread that reads a source and the thread that shows its frames.
// The taking side never blocks. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>

#include "core/frame.h"

namespace vitrine {

/// Where a frame stands in all that is played, once it is its turn.
struct PlayedPlace {
    uint64_t item = 0;  // of the list, from 0
    /// Frames of one line are to be shown at the distance of their pts + offset; a seek, a pause or
    /// a late item begins another line.
    uint64_t line = 0;
    Nanos offset{0};
};

/// A frame on its way, with when it passed each stage so far.
struct QueuedFrame {
    FramePtr frame;
    Stamps stamps;
    PlayedPlace place{};
};

class FrameQueue {
  public:
    /// capacity: frames that may wait at a time, at least 1.
    explicit FrameQueue(size_t capacity) : capacity_(capacity) {}

    /// Waits for room, then puts the frame at the end. False when the queue is closed: the frame's
    /// lease has then ended.
    [[nodiscard]] bool push(QueuedFrame frame);
    /// No more frames will come; those that wait can still be taken. Nothing on a closed queue.
    void finish();
    /// Drops what waits and makes push() fail until reopen(). A push() that waits for room fails,
    /// even when reopen() follows before it wakes: its frame belongs to the time before.
    /// Returns how many frames were dropped.
    size_t close();
    void reopen();

    [[nodiscard]] QueuedFrame pop();  // its frame is null when none waits
    /// Presentation times of the first and second frame that wait.
    struct Head {
        std::optional<Nanos> first;
        std::optional<Nanos> second;
        bool finished = false;  // nothing will follow what waits
    };
    [[nodiscard]] Head head() const;
    [[nodiscard]] size_t size() const;
    /// Nothing changes before a frame is taken or the queue is closed: it is finished, or a push()
    /// waits for room.
    [[nodiscard]] bool at_rest() const;
    /// Waits until a frame waits or the queue is finished; false after the time given.
    bool wait_for_frame(Nanos longest) const;

    /// Called after each push and after finish(), on the pushing thread and outside the lock.
    void set_listener(std::function<void()> listener);

  private:
    void notify();

    const size_t capacity_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::deque<QueuedFrame> frames_;
    size_t waiting_ = 0;  // calls of push()
    bool finished_ = false;
    bool closed_ = false;
    uint64_t closings_ = 0;
    std::function<void()> listener_;
};

}  // namespace vitrine
