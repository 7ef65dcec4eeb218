// One open source and the thread that reads it into a queue. The queue's taking side and everything
// here but the thread itself belong to the render thread, which never waits for the source.
// Thread-bound, but for counters and path, which are thread-safe.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "core/frame_queue.h"
#include "core/stream.h"

namespace vitrine {

class Session {
  public:
    /// Starts reading. queue_capacity: frames decoded ahead. `clock` must outlive the session.
    Session(std::unique_ptr<FrameSource> source, size_t queue_capacity, const Clock& clock);
    /// Stops; frames that are out stay valid.
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    [[nodiscard]] FrameQueue& queue() { return queue_; }
    [[nodiscard]] const SourceInfo& info() const { return source_->info(); }
    [[nodiscard]] DecodePath path() const { return source_->path(); }
    [[nodiscard]] SourceCounters counters() const { return source_->counters(); }

    /// Empties the queue at once; frames from the new position follow. Of several requests the
    /// newest counts. Returns how many frames were dropped from the queue.
    size_t seek(Nanos position);
    /// This frame and those after it cannot be shown: asks for the next rung of the ladder, which
    /// goes on with it.
    size_t refuse_path(std::string reason, uint64_t first_failed_sequence);

    /// Stops reading for good and empties the queue. Returns how many frames were dropped, the one
    /// that the thread held among them.
    size_t stop();

    /// What ended the stream before its end, if something did.
    [[nodiscard]] std::optional<Error> error() const;

  private:
    struct Refusal {
        std::string reason;
        uint64_t first_failed_sequence = 0;
    };
    struct Request {
        std::optional<Nanos> seek;
        std::optional<Refusal> refuse;
        bool stop = false;
        [[nodiscard]] bool pending() const { return seek || refuse || stop; }
    };

    size_t request(const std::function<void(Request&)>& change);
    void run();
    Request take_request();
    /// False when what was asked left the source without a way to go on.
    bool obey(const Request& request);
    /// Reads one frame into the queue; false when none will follow.
    bool read_one();
    void wait_for_request();
    void fail_with(const Error& error);
    [[nodiscard]] bool has_request() const;

    std::unique_ptr<FrameSource> source_;
    FrameQueue queue_;
    const Clock& clock_;
    mutable std::mutex mutex_;
    std::condition_variable requested_;
    Request request_;
    size_t pushed_in_vain_ = 0;  // frames that met a closed queue since the last request
    std::optional<Error> error_;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace vitrine
