#include "player/session.h"

#include <utility>

#include "core/log.h"

namespace vitrine {

Session::Session(std::unique_ptr<FrameSource> source, size_t queue_capacity, const Clock& clock)
    : source_(std::move(source)),
      queue_(queue_capacity),
      clock_(clock),
      thread_([this] { run(); }) {}

Session::~Session() {
    (void)stop();
}

size_t Session::stop() {
    if (!thread_.joinable()) return 0;
    {
        std::lock_guard lock(mutex_);
        request_.stop = true;
    }
    source_->interrupt();
    const size_t waited = queue_.close();
    requested_.notify_all();
    thread_.join();
    return waited + std::exchange(pushed_in_vain_, 0);
}

size_t Session::seek(Nanos position) {
    return request([&](Request& request) { request.seek = position; });
}

size_t Session::refuse_path(std::string reason, uint64_t first_failed_sequence) {
    return request([&](Request& request) {
        request.refuse = Refusal{std::move(reason), first_failed_sequence};
    });
}

size_t Session::request(const std::function<void(Request&)>& change) {
    size_t dropped = 0;
    {
        // Under the lock, so that the thread cannot obey and reopen the queue before it is closed.
        std::lock_guard lock(mutex_);
        change(request_);
        dropped = queue_.close() + std::exchange(pushed_in_vain_, 0);
    }
    requested_.notify_all();
    return dropped;
}

std::optional<Error> Session::error() const {
    std::lock_guard lock(mutex_);
    return error_;
}

bool Session::has_request() const {
    std::lock_guard lock(mutex_);
    return request_.pending();
}

void Session::run() {
    for (;;) {
        const Request request = take_request();
        if (request.stop) return;
        if (!obey(request) || !read_one()) {
            queue_.finish();
            wait_for_request();
        }
    }
}

Session::Request Session::take_request() {
    std::lock_guard lock(mutex_);
    if (request_.seek || request_.refuse) {
        queue_.reopen();
        error_.reset();  // of where it was before
    }
    return std::exchange(request_, {});
}

bool Session::obey(const Request& request) {
    if (request.refuse) {
        const auto& [reason, sequence] = *request.refuse;
        if (auto done = source_->refuse_path(reason, sequence); !done) {
            fail_with(done.error());
            return false;
        }
    }
    if (request.seek) {
        // Playing on from wherever that left the source is better than ending.
        if (auto done = source_->seek(*request.seek); !done) log_warning("{}", done.error().text);
    }
    return true;
}

bool Session::read_one() {
    Result<FramePtr> frame = source_->read();
    if (!frame) {
        if (!has_request()) fail_with(frame.error());
        return has_request();
    }
    if (!*frame) return false;
    Stamps stamps = (*frame)->info().stamps;
    stamps.set(Stage::queued, clock_.now());
    if (queue_.push({std::move(*frame), stamps})) return true;
    // It met a closed queue: a request waits to be obeyed.
    std::lock_guard lock(mutex_);
    ++pushed_in_vain_;
    return true;
}

void Session::wait_for_request() {
    std::unique_lock lock(mutex_);
    requested_.wait(lock, [this] { return request_.pending(); });
}

void Session::fail_with(const Error& error) {
    std::lock_guard lock(mutex_);
    if (!error_) error_ = error;
}

}  // namespace vitrine
