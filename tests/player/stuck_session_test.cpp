// A session whose decoder does not return from a call: playing goes on, paused or not, and the
// session can be stopped.
#include <gtest/gtest.h>

#include <atomic>

#include "player/session.h"
#include "tests/decode/sources.h"
#include "tests/decode/sticking.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using testing::BlockedCall;

constexpr AVCodecID kCodec = AV_CODEC_ID_MPEG4;
constexpr size_t kFrames = 60;
constexpr size_t kCapacity = 4;

class StuckSession : public ::testing::Test {
  protected:
    StuckSession() : path_(folder_.file("a.mkv")) {
        ClipOptions clip;
        clip.frames = kFrames;
        make_clip(path_, clip);
    }
    ~StuckSession() override {
        session_.reset();
        call_->release();
    }
    void play(In in, int pictures = 20, Nanos passes = kLongestCall) {
        call_ = std::make_shared<BlockedCall>(passes);
        StickPlan plan;
        plan.in = in;
        plan.pictures = pictures;
        plan.call = call_;
        MediaOptions options;
        options.calls = call_->guard();
        options.quitting = quitting_;
        auto source = open_media_on(path_, Ladder{{sticking(kCodec, plan), software(kCodec)}, {}},
                                    options, clock_);
        ASSERT_TRUE(source) << source.error().text;
        session_ = std::make_unique<Session>(std::move(*source), kCapacity, clock_);
    }
    /// Takes frames to the end; their numbers.
    [[nodiscard]] std::vector<uint64_t> drain() {
        std::vector<uint64_t> numbers;
        for (;;) {
            EXPECT_TRUE(session_->queue().wait_for_frame(20s));
            const QueuedFrame queued = session_->queue().pop();
            if (!queued.frame) return numbers;
            numbers.push_back(queued.frame->info().sequence);
        }
    }
    void wait_until_full() const {
        while (session_->queue().size() < kCapacity) std::this_thread::yield();
    }
    [[nodiscard]] static std::vector<uint64_t> all_numbers() {
        std::vector<uint64_t> numbers(kFrames);
        for (size_t i = 0; i < kFrames; ++i) numbers[i] = i;
        return numbers;
    }

    TemporaryFolder folder_;
    const std::string path_;
    MonotonicClock clock_;
    LogCatcher log_;
    std::function<bool()> quitting_;
    std::shared_ptr<BlockedCall> call_;
    std::unique_ptr<Session> session_;
};

// 21: "players stuck at last position".
TEST_F(StuckSession, C21_GoesOnWithEveryFrame) {
    for (const In in : {In::send, In::receive}) {
        play(in);
        EXPECT_EQ(drain(), all_numbers());
        EXPECT_FALSE(session_->error());
        EXPECT_FALSE(session_->path().hardware);
        EXPECT_EQ(call_->guard()->abandoned(), 1);
        session_.reset();
        call_->release();
    }
}

/// Nobody takes frames, and the decoder hangs before the queue is full.
TEST_F(StuckSession, WhilePausedFillsTheQueueByAnotherDecoder) {
    play(In::receive, 2);
    wait_until_full();
    EXPECT_EQ(call_->guard()->abandoned(), 1);
    EXPECT_FALSE(session_->path().hardware);
    EXPECT_EQ(drain(), all_numbers());
}

/// The thread waits for the queue, and no call is under way.
// 20: "own watchdog kills healthy video".
TEST_F(StuckSession, C20_APauseAloneAbandonsNothing) {
    play(In::receive, 1000);
    for (int i = 0; i < 5; ++i) {
        wait_until_full();
        std::this_thread::sleep_for(50ms);
        call_->clock().advance(1h);
    }
    EXPECT_EQ(drain(), all_numbers());
    EXPECT_TRUE(session_->path().hardware);
    EXPECT_EQ(call_->guard()->abandoned(), 0);
}

TEST_F(StuckSession, ASeekDuringTheCallIsObeyed) {
    play(In::receive, 20, 0s);
    for (int i = 0; i < 10; ++i) {
        ASSERT_TRUE(session_->queue().wait_for_frame(20s));
        (void)session_->queue().pop();
    }
    wait_until_full();
    for (int i = 0; i < 10; ++i) {
        ASSERT_TRUE(session_->queue().wait_for_frame(20s));
        (void)session_->queue().pop();
    }
    call_->wait_until_entered();
    session_->seek(1s);
    call_->clock().advance(kLongestCall);
    EXPECT_EQ(drain().size(), kFrames - 25);
    EXPECT_EQ(call_->guard()->abandoned(), 1);
}

/// As at quit and at an interrupt: before the call is given up as such.
TEST_F(StuckSession, StopsSoonWithinACall) {
    play(In::receive, 1, 0s);
    call_->wait_until_entered();
    std::atomic<bool> stopped{false};
    std::thread quit([&] {
        session_.reset();
        stopped = true;
    });
    while (!stopped) {
        call_->clock().advance(10ms);
        std::this_thread::sleep_for(1ms);
    }
    quit.join();
    EXPECT_EQ(call_->guard()->abandoned(), 1);
    EXPECT_LT(call_->clock().now(), kLongestCall);
    EXPECT_EQ(log_.count("decoding has not returned for 1 s"), 1);
}

// 22: "hangs when unloading video in vendor decoder".
TEST_F(StuckSession, C22_StopsThoughClosingHangs) {
    play(In::close, 1000);
    wait_until_full();
    session_.reset();
    EXPECT_EQ(call_->guard()->abandoned(), 1);
    EXPECT_EQ(log_.count("closing it has not returned for 3 s"), 1);
}

TEST_F(StuckSession, AtQuitDoesNotWaitForClosingForLong) {
    quitting_ = [this] {
        call_->clock().advance(kLongestEnd);
        return true;
    };
    play(In::close, 1000, 0s);
    wait_until_full();
    session_.reset();
    EXPECT_EQ(call_->guard()->abandoned(), 1);
    EXPECT_EQ(log_.count("closing it has not returned for 1 s"), 1);
}

}  // namespace
}  // namespace vitrine
