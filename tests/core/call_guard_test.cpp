#include "core/call_guard.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>

#include "core/log.h"
#include "tests/support/blocked_call.h"

namespace vitrine {
namespace {

using testing::BlockedCall;

GuardedThread::Options options_for(const std::shared_ptr<CallGuard>& guard) {
    GuardedThread::Options options;
    options.guard = guard;
    options.callee = "/dev/hangs";
    return options;
}

class CallGuardTest : public ::testing::Test {
  protected:
    CallGuardTest()
        : before_(set_log_sink([this](LogLevel, std::string_view line) { said_ += line; })) {}
    ~CallGuardTest() override {
        blocked_->release();
        set_log_sink(before_);
    }
    std::function<void()> blocked() const {
        return [call = blocked_] { call->enter(); };
    }
    [[nodiscard]] const CallGuard& guard() const { return *blocked_->guard(); }

    std::shared_ptr<BlockedCall> blocked_ = std::make_shared<BlockedCall>();
    std::string said_;

  private:
    const LogSink before_;
};

TEST_F(CallGuardTest, CallsReturnAndAreMadeOnOneOtherThread) {
    GuardedThread thread(options_for(blocked_->guard()));
    std::vector<std::thread::id> made_by;
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(thread.run("asking", [&] { made_by.push_back(std::this_thread::get_id()); }));
    }
    EXPECT_NE(made_by[0], std::this_thread::get_id());
    EXPECT_EQ(made_by[0], made_by[1]);
    EXPECT_EQ(made_by[0], made_by[2]);
    EXPECT_EQ(guard().abandoned(), 0);
    EXPECT_EQ(said_, "");
}

TEST_F(CallGuardTest, WhoHasTimeWaitsForACallUntilItReturns) {
    auto options = options_for(blocked_->guard());
    options.unhurried = true;
    const auto patience = options.patience;
    int looks = 0;
    options.interrupted = [&] {
        blocked_->clock().advance(kLongestCall);
        if (++looks == 10) blocked_->release();
        return false;
    };
    GuardedThread thread(options);
    EXPECT_TRUE(thread.run("opening", blocked()));
    EXPECT_GE(looks, 10);
    EXPECT_EQ(patience->waited(), Nanos{0});
    EXPECT_EQ(guard().abandoned(), 0);
    EXPECT_EQ(said_, "");
}

TEST_F(CallGuardTest, ACallThatDoesNotReturnIsLeftSaidAndCounted) {
    GuardedThread thread(options_for(blocked_->guard()));
    const auto ran = thread.run("decoding", blocked());
    ASSERT_FALSE(ran);
    EXPECT_EQ(ran.error().code, Errc::timeout);
    EXPECT_EQ(ran.error().text, "decoding has not returned for 3 s");
    EXPECT_EQ(guard().abandoned(), 1);
    EXPECT_EQ(guard().still_away(), 1);
    for (const char* part : {"/dev/hangs: decoding has not returned for 3 s", "left behind",
                             "choose another decoder"}) {
        EXPECT_NE(said_.find(part), std::string::npos) << said_;
    }
    blocked_->release();
    EXPECT_EQ(guard().abandoned(), 1);
    EXPECT_EQ(guard().still_away(), 0);
}

TEST_F(CallGuardTest, NothingIsAskedOfWhatDoesNotAnswerBeforeItDoes) {
    GuardedThread thread(options_for(blocked_->guard()));
    EXPECT_FALSE(thread.run("decoding", blocked()));
    EXPECT_FALSE(thread.run("decoding", [] { ADD_FAILURE() << "it was called"; }));
    GuardedThread another(options_for(blocked_->guard()));
    const auto ran = another.run("opening", [] { ADD_FAILURE() << "it was called"; });
    ASSERT_FALSE(ran);
    EXPECT_EQ(ran.error().code, Errc::timeout);
    EXPECT_EQ(ran.error().text, "a call to /dev/hangs has not returned yet");
    blocked_->release();
    EXPECT_FALSE(guard().shuns("/dev/hangs"));
    EXPECT_TRUE(another.run("opening", [] {}));
    EXPECT_FALSE(thread.run("decoding", [] { ADD_FAILURE() << "its thread has ended"; }));
    EXPECT_EQ(guard().abandoned(), 1);
}

/// A device with two descriptors may hang on both.
TEST_F(CallGuardTest, TheLastToReturnEndsTheShunning) {
    CallGuard guard;
    guard.note_abandoned("/dev/hangs");
    guard.note_abandoned("/dev/hangs");
    guard.note_abandoned("/dev/other");
    guard.note_return("/dev/hangs");
    EXPECT_TRUE(guard.shuns("/dev/hangs"));
    guard.note_return("/dev/hangs");
    EXPECT_FALSE(guard.shuns("/dev/hangs"));
    EXPECT_TRUE(guard.shuns("/dev/other"));
    EXPECT_EQ(guard.abandoned(), 3);
    EXPECT_EQ(guard.still_away(), 1);
}

/// Time that passes between calls is nobody's fault.
TEST_F(CallGuardTest, OnlyTheTimeInACallCounts) {
    GuardedThread thread(options_for(blocked_->guard()));
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(thread.run("decoding", [] {}));
        blocked_->clock().advance(std::chrono::hours(1));
    }
    EXPECT_TRUE(thread.run("decoding", [] { std::this_thread::sleep_for(Nanos(30'000'000)); }))
        << "slower than a look at the clock";
    EXPECT_EQ(guard().abandoned(), 0);
}

/// As one that the whole process was stopped in.
TEST_F(CallGuardTest, ACallThatIsLateAndReturnsIsNotLeft) {
    GuardedThread thread(options_for(blocked_->guard()));
    EXPECT_TRUE(thread.run("decoding", [this] {
        blocked_->clock().advance(std::chrono::hours(1));
        std::this_thread::sleep_for(std::chrono::milliseconds(25));
    }));
    EXPECT_EQ(guard().abandoned(), 0);
}

/// A process that was stopped for long has waited for nobody, so the device is not out of patience.
TEST_F(CallGuardTest, TimeThatTheProcessWasStoppedForIsNotSpent) {
    auto options = options_for(blocked_->guard());
    const auto patience = options.patience;
    GuardedThread thread(std::move(options));
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(thread.run("decoding", [this] {
            blocked_->clock().advance(kLongestCall - std::chrono::milliseconds(600));
            std::this_thread::sleep_for(std::chrono::milliseconds(25));  // until there was a look
        }));
    }
    EXPECT_LT(patience->waited(), kLongestEnd);
    EXPECT_GT(patience->waited(), Nanos{0});
}

TEST_F(CallGuardTest, WhoIsAskedToStopWaitsLess) {
    blocked_ = std::make_shared<BlockedCall>(Nanos{0});
    auto options = options_for(blocked_->guard());
    options.interrupted = [&] {
        blocked_->clock().advance(kLongestEnd);
        return true;
    };
    GuardedThread thread(std::move(options));
    const auto ran = thread.run("decoding", blocked());
    ASSERT_FALSE(ran);
    EXPECT_EQ(ran.error().code, Errc::interrupted);
    EXPECT_LT(blocked_->clock().now(), kLongestCall);
    EXPECT_EQ(guard().abandoned(), 1);
}

TEST_F(CallGuardTest, WhoHadTimeSaysHowLongItWas) {
    auto options = options_for(blocked_->guard());
    options.unhurried = true;
    const auto patience = options.patience;
    options.interrupted = [&] {
        blocked_->clock().advance(std::chrono::seconds(100));
        return true;
    };
    GuardedThread thread(std::move(options));
    const auto ran = thread.run("opening", blocked());
    ASSERT_FALSE(ran);
    EXPECT_EQ(ran.error().text, "opening has not returned for 103 s");
    EXPECT_EQ(patience->waited(), Nanos{0});
}

/// Two of the same name that are not the same.
TEST_F(CallGuardTest, WhoseCalleeIsOwnIsNotHeldUpByAnother) {
    auto options = options_for(blocked_->guard());
    options.callee_is_own = true;
    GuardedThread stuck(options);
    EXPECT_EQ(stuck.run("asking", blocked()).error().code, Errc::timeout);
    EXPECT_TRUE(guard().shuns("/dev/hangs"));
    GuardedThread other(options);
    EXPECT_TRUE(other.run("asking", [] {}));
    EXPECT_FALSE(stuck.run("asking", [] {}));
}

TEST_F(CallGuardTest, TheEndIsOnTheThreadAndWaitedFor) {
    std::thread::id called_by;
    std::thread::id ended_by;
    auto options = options_for(blocked_->guard());
    options.at_end = [&] { ended_by = std::this_thread::get_id(); };
    {
        GuardedThread thread(std::move(options));
        ASSERT_TRUE(thread.run("asking", [&] { called_by = std::this_thread::get_id(); }));
    }
    EXPECT_EQ(ended_by, called_by);
}

TEST_F(CallGuardTest, AnEndThatHangsIsLeftToo) {
    auto options = options_for(blocked_->guard());
    options.at_end = blocked();
    { const GuardedThread thread(std::move(options)); }
    EXPECT_EQ(guard().abandoned(), 1);
    EXPECT_TRUE(guard().shuns("/dev/hangs"));
    EXPECT_NE(said_.find("closing it has not returned for 3 s"), std::string::npos) << said_;
}

/// What a device does that takes two seconds to stop, while its owner looks at the clock.
class SlowEnd {
  public:
    explicit SlowEnd(BlockedCall& call) : call_(call) {}
    void end() {
        call_.clock().advance(std::chrono::seconds(2));
        const int before = looks_;
        while (looks_ < before + kLooks && call_.guard()->abandoned() == 0)
            std::this_thread::yield();
    }
    bool look(bool answer) {
        ++looks_;
        return answer;
    }

  private:
    static constexpr int kLooks = 10;  // more than an owner takes who has waited for long enough
    BlockedCall& call_;
    std::atomic<int> looks_{0};
};

TEST_F(CallGuardTest, AnEndMayTakeAsLongAsACall) {
    SlowEnd slow(*blocked_);
    auto options = options_for(blocked_->guard());
    options.interrupted = [] { return true; };  // as a source is that was left for the next one
    options.quitting = [&] { return slow.look(false); };
    options.at_end = [&] { slow.end(); };
    { const GuardedThread thread(std::move(options)); }
    EXPECT_EQ(guard().abandoned(), 0);
    EXPECT_FALSE(guard().shuns("/dev/hangs"));
    EXPECT_EQ(said_, "");
}

TEST_F(CallGuardTest, WhoQuitsDoesNotWaitForTheEndForLong) {
    blocked_ = std::make_shared<BlockedCall>(Nanos{0});
    auto options = options_for(blocked_->guard());
    options.quitting = [&] {
        blocked_->clock().advance(kLongestEnd);
        return true;
    };
    options.at_end = blocked();
    { const GuardedThread thread(std::move(options)); }
    EXPECT_EQ(guard().abandoned(), 1);
    EXPECT_LT(blocked_->clock().now(), kLongestCall);
    EXPECT_NE(said_.find("closing it has not returned for 1 s"), std::string::npos) << said_;
}

/// Calls when the thread that it is of has ended.
struct AtThreadEnd {
    ~AtThreadEnd() {
        if (call) call();
    }
    std::function<void()> call;
};

/// Who is asked whether to stop may take as long as the thread does.
TEST_F(CallGuardTest, AThreadThatEndsWhileItsOwnerIsAskedIsNotLeft) {
    std::promise<void> asked;
    std::promise<void> ended;
    auto options = options_for(blocked_->guard());
    options.at_end = [&] {
        thread_local AtThreadEnd end;
        end.call = [&] { ended.set_value(); };
        asked.get_future().wait();
    };
    bool waited = true;
    int looks = 0;
    options.quitting = [&] {
        blocked_->clock().advance(kLongestCall);
        if (++looks < 6) return false;  // it is late enough to be left
        asked.set_value();
        waited = ended.get_future().wait_for(std::chrono::seconds(10)) == std::future_status::ready;
        return false;
    };
    { const GuardedThread thread(std::move(options)); }
    EXPECT_TRUE(waited) << "nobody holds it up";
    EXPECT_EQ(guard().abandoned(), 0);
    EXPECT_EQ(said_, "");
}

/// The end is waited for out of what is left, and for a second in any case.
TEST_F(CallGuardTest, AnEndIsWaitedForLessWhereLittlePatienceIsLeft) {
    auto options = options_for(blocked_->guard());
    options.patience->spend(Patience::kInAll - std::chrono::seconds(1));
    options.at_end = blocked();
    const auto patience = options.patience;
    { const GuardedThread thread(std::move(options)); }
    EXPECT_NE(said_.find("closing it has not returned for 1 s"), std::string::npos) << said_;
    EXPECT_LE(patience->waited_in_all(), Patience::kInAll + std::chrono::milliseconds(100));
}

/// What is left behind ends all the same when it comes back, and on its own thread.
TEST_F(CallGuardTest, AThreadThatComesBackEndsByItself) {
    const auto ended = std::make_shared<std::atomic<bool>>(false);
    const auto held = std::make_shared<int>(0);
    auto options = options_for(blocked_->guard());
    options.at_end = [ended] { *ended = true; };
    {
        GuardedThread thread(std::move(options));
        EXPECT_FALSE(thread.run("decoding", [call = blocked_, held] { call->enter(); }));
    }
    EXPECT_FALSE(*ended);
    EXPECT_EQ(held.use_count(), 2);
    blocked_->release();
    EXPECT_TRUE(*ended);
    EXPECT_EQ(held.use_count(), 1);
}

TEST_F(CallGuardTest, OneCallGivesItsResult) {
    const auto made = run_guarded<std::string>(options_for(blocked_->guard()), "asking",
                                               [] { return Result<std::string>("spec"); });
    ASSERT_TRUE(made);
    EXPECT_EQ(*made, "spec");
    const auto none = run_guarded<std::string>(options_for(blocked_->guard()), "asking",
                                               [call = blocked_]() -> Result<std::string> {
                                                   call->enter();
                                                   return std::string("too late");
                                               });
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, Errc::timeout);
}

}  // namespace
}  // namespace vitrine
