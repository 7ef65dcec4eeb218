// One open source and the thread that reads it into a queue. The queue's taking side and everything
// here but the thread itself belong to the render thread, which never waits for the source.
// Thread-bound, but for counters, path and give_source_back, which may come from any one thread.
#pragma once

#include <atomic>
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
    /// Starts reading. queue_capacity: frames decoded ahead. end: the first frame from there on,
    /// and all that follow, are left out. gain: of the sound. `clock` must outlive the session.
    Session(std::unique_ptr<FrameSource> source, size_t queue_capacity, const Clock& clock,
            std::optional<Nanos> end = std::nullopt, double gain = 1.0);
    /// Stops; frames that are out stay valid.
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    [[nodiscard]] FrameQueue& queue() { return queue_; }
    [[nodiscard]] const SourceInfo& info() const { return info_; }
    /// Null where there is none.
    [[nodiscard]] const std::shared_ptr<SoundSource>& sound() const { return sound_; }
    [[nodiscard]] std::optional<Nanos> end() const { return end_; }
    [[nodiscard]] double gain() const { return gain_; }
    // As FrameSource has them.
    void set_passes(uint64_t passes);
    [[nodiscard]] std::optional<Nanos> pass_length() const;
    [[nodiscard]] std::optional<Nanos> pictures_end() const;  // end(), where that is before it
    [[nodiscard]] DecodePath path() const;
    [[nodiscard]] SourceCounters counters() const;

    /// Empties the queue at once; frames from the new position follow. Of several requests the
    /// newest counts. Returns how many frames were dropped from the queue.
    size_t seek(const SeekTarget& target);
    size_t seek(Nanos position) { return seek(SeekTarget{position}); }
    /// This frame and those after it cannot be shown: asks for the next rung of the ladder, which
    /// goes on with it.
    size_t refuse_path(std::string reason, uint64_t first_failed_sequence);

    /// Stops reading for good and empties the queue. Returns how many frames were dropped, the one
    /// that the thread held among them.
    size_t stop();

    /// When everything has been read: nobody asks for more than what waits in the queue. The owner
    /// says so, and has give_source_back() called on a thread that may wait for a decoder to close.
    void expect_no_more() { expects_no_more_ = true; }
    [[nodiscard]] bool gave_source_back() const { return expects_no_more_; }
    void give_source_back();
    /// Stops, gives the source back and closes the sound, on such a thread too: whoever has either
    /// for longer waits for nothing. Returns as stop().
    size_t close();

    /// What ended the stream before its end, if something did.
    [[nodiscard]] std::optional<Error> error() const;

  private:
    struct Refusal {
        std::string reason;
        uint64_t first_failed_sequence = 0;
    };
    struct Request {
        std::optional<SeekTarget> seek;
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
    void ask_to_stop();
    size_t end_without_source();

    std::atomic<bool> elsewhere_{false};   // a seek, or stopping, is pending; the source asks it
    std::unique_ptr<FrameSource> source_;  // null once it was given back
    const SourceInfo info_;
    const std::shared_ptr<SoundSource> sound_;
    const std::optional<Nanos> end_;
    const double gain_;
    bool expects_no_more_ = false;  // the owner's
    FrameQueue queue_;
    const Clock& clock_;
    mutable std::mutex mutex_;
    std::condition_variable requested_;
    Request request_;
    size_t pushed_in_vain_ = 0;  // frames that met a closed queue since the last request
    std::optional<Error> error_;
    DecodePath last_path_;  // of the source that was given back
    SourceCounters last_counters_;
    std::optional<Nanos> last_pass_length_;
    std::optional<Nanos> last_pictures_end_;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace vitrine
