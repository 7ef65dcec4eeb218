// Calls that may never return, such as those into a driver, and how long to wait for them. A
// GuardedThread makes them for its owner, who waits, but not for ever: a thread that does not come
// back is left behind in its call, said, and counted in the CallGuard, and its owner goes on. It
// keeps what the call touches until it does come back, and ends by itself then. A CallGuard is
// shared by all who may call the same drivers, and thread-safe; a GuardedThread is thread-bound.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "core/clock.h"
#include "core/patience.h"
#include "core/result.h"

namespace vitrine {

/// That a call or the end of the thread may take, or less where less patience is left, and that it
/// may still take when its owner wants to be gone.
inline constexpr Nanos kLongestCall = std::chrono::seconds(3);
inline constexpr Nanos kLongestEnd = std::chrono::seconds(1);

class CallGuard {
  public:
    explicit CallGuard(
        std::shared_ptr<const Clock> clock = std::make_shared<const MonotonicClock>())
        : clock_(std::move(clock)) {}

    [[nodiscard]] const Clock& clock() const { return *clock_; }
    /// Threads that were left behind in a call.
    [[nodiscard]] int abandoned() const;
    /// Those of them that have not come back.
    [[nodiscard]] int still_away() const;

    /// A thread is left behind in a call to that.
    void note_abandoned(const std::string& callee);
    /// It came back, and has ended.
    void note_return(const std::string& callee);
    /// Whether a thread that was left behind in a call to that is still in it: no other is to
    /// follow it there.
    [[nodiscard]] bool shuns(const std::string& callee) const;

  private:
    const std::shared_ptr<const Clock> clock_;
    mutable std::mutex mutex_;
    int abandoned_ = 0;
    int still_away_ = 0;
    std::map<std::string, int> away_by_callee_;  // threads that have not come back; none is 0
};

class GuardedThread {
  public:
    struct Options {
        std::shared_ptr<CallGuard> guard;
        /// What calls take, the end of the thread among them, is spent of it, unless they are
        /// unhurried. Not null.
        std::shared_ptr<Patience> patience = std::make_shared<Patience>();
        std::string callee;   // what is called, for people and for CallGuard::shuns
        std::string remedy =  // where a call never returns, for people
            "choose another decoder, or load its driver anew or restart the machine";
        /// Nobody else calls it, so that one who is left behind there says nothing of others of
        /// that name, nor they of this one.
        bool callee_is_own = false;
        /// The owner has time: a call is waited for until it asks to stop.
        bool unhurried = false;
        /// Whether the owner was asked to stop: asked again and again while it waits for a call.
        /// May be empty.
        std::function<bool()> interrupted;
        /// Likewise while it waits for the end of the thread: whether nobody wants to. An owner
        /// who only goes on to something else does, for the device may be needed there.
        std::function<bool()> quitting;
        /// The last thing that the thread does, whether it was left behind or not. May be empty.
        std::function<void()> at_end;
    };

    explicit GuardedThread(Options options);
    /// Ends the thread, and waits for that like for a call.
    ~GuardedThread();
    GuardedThread(const GuardedThread&) = delete;
    GuardedThread& operator=(const GuardedThread&) = delete;

    /// Makes the call on the thread and waits for it. What the call touches it must own, or share
    /// with nobody who touches it before this has returned without an error.
    /// attempt: "decoding". Errors: timeout: it did not return, or one before did not, so that
    /// this one was not made; interrupted: it did not return soon after the owner was asked to
    /// stop.
    [[nodiscard]] Result<void> run(std::string_view attempt, std::function<void()> call);

  private:
    struct Shared;
    static void work(const std::shared_ptr<Shared>& shared);
    struct Wait {
        std::string_view attempt;
        const bool& done;  // under the lock
        Nanos start;
        Nanos longest;
        const std::function<bool()>& stop;
        bool counts;  // what it takes is spent of the patience
    };
    [[nodiscard]] Nanos longest_call() const;
    [[nodiscard]] Result<void> wait_for(const Wait& wait);
    [[nodiscard]] Result<void> leave_behind(std::string_view attempt, Nanos waited, Errc why);

    const std::shared_ptr<CallGuard> guard_;
    const std::shared_ptr<Patience> patience_;
    const std::string callee_;
    const std::string remedy_;
    const bool callee_is_own_;
    const bool unhurried_;
    const std::function<bool()> interrupted_;
    const std::function<bool()> quitting_;
    std::shared_ptr<Shared> shared_;  // null when the thread was left behind
    std::thread thread_;
};

/// One call on a thread of its own, which makes the result.
template <typename T>
[[nodiscard]] Result<T> run_guarded(GuardedThread::Options options, std::string_view attempt,
                                    std::function<Result<T>()> call) {
    auto result = std::make_shared<Result<T>>(fail(Errc::interrupted, "not called"));
    GuardedThread thread(std::move(options));
    auto done = thread.run(attempt, [result, call = std::move(call)] { *result = call(); });
    if (!done) return Failure(done.error());
    return std::move(*result);
}

}  // namespace vitrine
