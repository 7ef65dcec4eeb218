#include "player/session.h"

#include <algorithm>
#include <utility>

#include "core/log.h"
#include "core/thread_name.h"

namespace vitrine {

Session::Session(std::unique_ptr<FrameSource> source, size_t queue_capacity, const Clock& clock,
                 std::optional<Nanos> end, double gain)
    : source_(std::move(source)),
      info_(source_->info()),
      sound_(source_->sound()),
      end_(end),
      gain_(gain),
      queue_(queue_capacity),
      clock_(clock),
      thread_([this] { run(); }) {}

Session::~Session() {
    (void)stop();
}

size_t Session::stop() {
    if (thread_.joinable()) {
        ask_to_stop();
        source_->interrupt();
    }
    const size_t waited = queue_.close();
    if (thread_.joinable()) thread_.join();
    return waited + std::exchange(pushed_in_vain_, 0);
}

void Session::ask_to_stop() {
    {
        std::lock_guard lock(mutex_);
        request_.stop = true;
        elsewhere_ = true;
    }
    requested_.notify_all();
}

void Session::give_source_back() {
    if (thread_.joinable()) {
        ask_to_stop();
        thread_.join();
    }
    std::unique_ptr<FrameSource> closing;  // outside the lock
    std::lock_guard lock(mutex_);
    if (!source_) return;
    last_path_ = source_->path();
    last_counters_ = source_->counters();
    last_pass_length_ = source_->pass_length();
    last_pictures_end_ = source_->pictures_end();
    closing = std::move(source_);
}

size_t Session::close() {
    const size_t dropped = stop();
    give_source_back();
    if (sound_) sound_->close();
    return dropped;
}

void Session::set_passes(uint64_t passes) {
    std::lock_guard lock(mutex_);
    if (source_) source_->set_passes(passes);
}

std::optional<Nanos> Session::pass_length() const {
    std::lock_guard lock(mutex_);
    return source_ ? source_->pass_length() : last_pass_length_;
}

std::optional<Nanos> Session::pictures_end() const {
    std::lock_guard lock(mutex_);
    const auto pictures = source_ ? source_->pictures_end() : last_pictures_end_;
    return pictures && end_ ? std::min(*pictures, *end_) : pictures;
}

DecodePath Session::path() const {
    std::lock_guard lock(mutex_);
    return source_ ? source_->path() : last_path_;
}

SourceCounters Session::counters() const {
    std::lock_guard lock(mutex_);
    return source_ ? source_->counters() : last_counters_;
}

size_t Session::seek(const SeekTarget& target) {
    return request([&](Request& request) { request.seek = target; });
}

size_t Session::refuse_path(std::string reason, uint64_t first_failed_sequence) {
    return request([&](Request& request) {
        request.refuse = Refusal{std::move(reason), first_failed_sequence};
    });
}

size_t Session::request(const std::function<void(Request&)>& change) {
    if (expects_no_more_) return end_without_source();
    size_t dropped = 0;
    {
        // Under the lock, so that the thread cannot obey and reopen the queue before it is closed.
        std::lock_guard lock(mutex_);
        change(request_);
        elsewhere_ = request_.seek || request_.stop;
        dropped = queue_.close() + std::exchange(pushed_in_vain_, 0);
    }
    requested_.notify_all();
    return dropped;
}

/// What waits is of no use, and nobody is there to make anything else.
size_t Session::end_without_source() {
    const size_t dropped = queue_.close();
    queue_.reopen();
    queue_.finish();
    fail_with({Errc::unavailable,
               fmt::format("{}: its decoder has been given back for the next item", info_.name)});
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
    name_this_thread("vitrine:read");
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
    elsewhere_ = false;
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
        SeekTarget target = *request.seek;
        target.superseded = &elsewhere_;
        const auto done = source_->seek_to(target);
        if (!done && !has_request()) log_warning("{}", done.error().text);
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
    if (end_ && (*frame)->info().pts >= *end_) {
        std::lock_guard lock(mutex_);
        ++pushed_in_vain_;
        return false;
    }
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
