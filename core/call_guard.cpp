#include "core/call_guard.h"

#include <algorithm>
#include <condition_variable>
#include <optional>

#include "core/log.h"

namespace vitrine {
namespace {

constexpr Nanos kLook = std::chrono::milliseconds(20);  // between two looks at the clock
// A process that was stopped for long, as by a terminal, finds its calls late when it goes on; they
// return soon then.
constexpr int kLooksWhenLate = 5;
constexpr Nanos kLate = kLooksWhenLate * kLook;
constexpr Nanos kForEver = std::chrono::hours(24 * 365);

}  // namespace

int CallGuard::abandoned() const {
    std::lock_guard lock(mutex_);
    return abandoned_;
}

int CallGuard::still_away() const {
    std::lock_guard lock(mutex_);
    return still_away_;
}

void CallGuard::note_abandoned(const std::string& callee) {
    std::lock_guard lock(mutex_);
    ++abandoned_;
    ++still_away_;
    ++away_by_callee_[callee];
}

void CallGuard::note_return(const std::string& callee) {
    std::lock_guard lock(mutex_);
    --still_away_;
    const auto away = away_by_callee_.find(callee);
    if (--away->second == 0) away_by_callee_.erase(away);
}

bool CallGuard::shuns(const std::string& callee) const {
    std::lock_guard lock(mutex_);
    return away_by_callee_.count(callee) > 0;
}

/// What the thread and its owner both have; the thread's alone once it is left behind.
struct GuardedThread::Shared {
    std::mutex mutex;
    std::condition_variable changed;
    std::function<void()> call;  // to be made
    bool returned = false;       // the call
    bool ending = false;
    bool ended = false;
    bool abandoned = false;
    std::function<void()> at_end;
    std::shared_ptr<CallGuard> guard;
    std::string callee;
};

GuardedThread::GuardedThread(Options options)
    : guard_(std::move(options.guard)),
      patience_(std::move(options.patience)),
      callee_(std::move(options.callee)),
      remedy_(std::move(options.remedy)),
      callee_is_own_(options.callee_is_own),
      unhurried_(options.unhurried),
      interrupted_(std::move(options.interrupted)),
      quitting_(std::move(options.quitting)),
      shared_(std::make_shared<Shared>()) {
    shared_->at_end = std::move(options.at_end);
    shared_->guard = guard_;
    shared_->callee = callee_;
    thread_ = std::thread([shared = shared_] { work(shared); });
}

GuardedThread::~GuardedThread() {
    if (!shared_) return;
    const Nanos start = guard_->clock().now();
    {
        std::lock_guard lock(shared_->mutex);
        shared_->ending = true;
    }
    shared_->changed.notify_all();
    if (wait_for({"closing it", shared_->ended, start, longest_call(), quitting_, true}))
        thread_.join();
}

void GuardedThread::work(const std::shared_ptr<Shared>& shared) {
    std::unique_lock lock(shared->mutex);
    while (!shared->abandoned) {
        shared->changed.wait(lock, [&] { return shared->call || shared->ending; });
        if (!shared->call) break;
        std::function<void()> call = std::exchange(shared->call, nullptr);
        lock.unlock();
        call();
        call = nullptr;  // what it holds ends here, too
        lock.lock();
        shared->returned = true;
        shared->changed.notify_all();
    }
    lock.unlock();
    if (shared->at_end) shared->at_end();
    lock.lock();
    shared->ended = true;
    if (shared->abandoned) shared->guard->note_return(shared->callee);
    shared->changed.notify_all();
}

Result<void> GuardedThread::run(std::string_view attempt, std::function<void()> call) {
    if (!shared_ || (!callee_is_own_ && guard_->shuns(callee_))) {
        return fail(Errc::timeout, "a call to {} has not returned yet", callee_);
    }
    const Nanos start = guard_->clock().now();
    {
        std::lock_guard lock(shared_->mutex);
        shared_->call = std::move(call);
        shared_->returned = false;
    }
    shared_->changed.notify_all();
    const Nanos longest = unhurried_ ? kForEver : longest_call();
    return wait_for({attempt, shared_->returned, start, longest, interrupted_, !unhurried_});
}

Nanos GuardedThread::longest_call() const {
    return std::clamp(patience_->left() - kLate, kLongestEnd, kLongestCall);
}

Result<void> GuardedThread::wait_for(const Wait& wait) {
    std::optional<Nanos> stop;
    int late_looks = 0;
    Nanos last = wait.start;
    // A process that was stopped between two looks has not waited for the call.
    Nanos waited{0};
    const auto look = [&] {
        const Nanos now = guard_->clock().now();
        waited += std::min(now - std::exchange(last, now), kLate);
        return now;
    };
    std::unique_lock lock(shared_->mutex);
    while (!shared_->changed.wait_for(lock, kLook, [&] { return wait.done; })) {
        const Nanos now = look();
        if (!stop && wait.stop) {
            lock.unlock();  // who is asked may take its time, and the call return meanwhile
            if (wait.stop()) stop = now;
            lock.lock();
            if (wait.done) break;
        }
        const bool stopped = stop && now - *stop >= kLongestEnd;
        if (!stopped && now - wait.start < wait.longest) continue;
        if (++late_looks < kLooksWhenLate) continue;
        shared_->abandoned = true;
        guard_->note_abandoned(callee_);  // before it can return
        lock.unlock();
        if (wait.counts) patience_->spend(std::min(now - wait.start, wait.longest + kLate));
        const Nanos in_time = stopped ? kLongestEnd : wait.longest;
        return leave_behind(wait.attempt, unhurried_ ? now - wait.start : in_time,
                            stopped ? Errc::interrupted : Errc::timeout);
    }
    look();
    if (wait.counts) patience_->spend(waited);
    return {};
}

Result<void> GuardedThread::leave_behind(std::string_view attempt, Nanos waited, Errc why) {
    shared_.reset();
    thread_.detach();
    const auto seconds = std::chrono::round<std::chrono::seconds>(waited).count();
    log_warning(
        "{}: {} has not returned for {} s: the thread in it is left behind, and nothing is asked "
        "of {} until it returns; if it never does, {}",
        callee_, attempt, seconds, callee_, remedy_);
    return fail(why, "{} has not returned for {} s", attempt, seconds);
}

}  // namespace vitrine
