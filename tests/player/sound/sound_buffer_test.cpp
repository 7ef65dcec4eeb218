#include "player/sound/sound_buffer.h"

#include <gtest/gtest.h>

#include "tests/support/fake_sound.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using testing::FakeSound;

constexpr SoundFormat kFormat{1000, 1};  // a sample is a millisecond
constexpr Nanos kLate = 20ms;

class SoundBufferTest : public ::testing::Test {
  protected:
    /// Samples first, first + 1, ..., which stand at as many milliseconds.
    static SoundBlock block(int64_t first, int64_t count, uint64_t epoch = 0) {
        return stamped(first * 1ms, first, count, epoch);
    }
    static SoundBlock stamped(Nanos pts, int64_t first, int64_t count, uint64_t epoch = 0) {
        SoundBlock out;
        out.pts = pts;
        out.epoch = epoch;
        for (int64_t i = 0; i < count; ++i) {
            out.samples.push_back(FakeSound::sample(first + i));
        }
        return out;
    }
    /// Asks for so many, at the even pace of the device. Numbers; -1: silence.
    std::vector<int64_t> ask(int64_t count) {
        std::vector<float> samples(static_cast<size_t>(count), 99.0F);
        buffer_.fill(samples, now_);
        now_ += count * 1ms;
        std::vector<int64_t> out;
        for (const float sample : samples) {
            out.push_back(sample == 0.0F ? -1 : FakeSound::number_of(sample));
        }
        return out;
    }
    static std::vector<int64_t> numbers(int64_t first, int64_t count) {
        std::vector<int64_t> out;
        for (int64_t i = 0; i < count; ++i) out.push_back(first + i);
        return out;
    }
    static std::vector<int64_t> silence(size_t count) { return std::vector<int64_t>(count, -1); }

    SoundBuffer buffer_{kFormat, kLate};
    Nanos now_ = 1s;
};

TEST_F(SoundBufferTest, IsSilentUntilItIsStarted) {
    buffer_.push(block(100, 50));
    EXPECT_FALSE(buffer_.ready(0));  // nobody asked yet
    EXPECT_EQ(ask(10), silence(10));
    EXPECT_TRUE(buffer_.ready(0));
    EXPECT_FALSE(buffer_.position(now_));
    buffer_.start(100ms);
    EXPECT_EQ(ask(10), numbers(100, 10));
}

TEST_F(SoundBufferTest, APositionIsHeardALatencyAfterItWasGiven) {
    buffer_.push(block(100, 100));
    (void)ask(10);
    buffer_.start(100ms);
    const Nanos started = now_;
    EXPECT_EQ(buffer_.position(started), 100ms);
    (void)ask(10);
    (void)ask(10);
    EXPECT_EQ(buffer_.position(started + 10ms), 100ms);  // not heard yet
    EXPECT_EQ(buffer_.position(started + kLate), 100ms);
    EXPECT_EQ(buffer_.position(started + kLate + 7ms), 107ms);
}

/// As where the pictures were there first.
TEST_F(SoundBufferTest, WhatJoinsTimeThatGoesOnDoesNotMoveIt) {
    for (const int speed : {1, 2}) {
        buffer_.hold();
        buffer_.set_speed(speed);
        (void)ask(100);
        for (const auto since_it_asked : {0ms, 13ms}) {
            const Nanos moment = now_ + since_it_asked;
            buffer_.join(100ms, moment);
            EXPECT_EQ(buffer_.position(moment), 100ms);
            EXPECT_EQ(buffer_.position(moment + 7ms), 100ms + 7ms * speed);
        }
    }
    buffer_.set_speed(1);
    const Nanos started = now_;
    buffer_.join(100ms - kLate, started);
    buffer_.push(block(100, 100));
    EXPECT_EQ(ask(10), numbers(100, 10));
    (void)ask(10);
    for (const auto after : {0ms, 10ms, 19ms, 20ms, 27ms}) {
        EXPECT_EQ(buffer_.position(started + after), 100ms - kLate + after);
    }
}

/// It stands still where the first samples are wanted, and not before.
TEST_F(SoundBufferTest, WhatJoinsAndHasNothingToBeHeardMovesNoTimeEither) {
    (void)ask(10);
    const Nanos started = now_;
    buffer_.join(100ms, started);
    EXPECT_EQ(ask(10), silence(10));
    EXPECT_EQ(buffer_.position(started), 100ms);
    EXPECT_EQ(buffer_.position(started + 7ms), 107ms);
    EXPECT_EQ(buffer_.position(started + kLate + 7ms), 100ms + kLate);
}

TEST_F(SoundBufferTest, BlocksFollowEachOtherWithoutASeam) {
    for (int64_t first = 1; first < 100; first += 7) buffer_.push(block(first, 7));
    (void)ask(1);
    buffer_.start(1ms);
    std::vector<int64_t> heard;
    for (const int count : {3, 10, 1, 25, 30}) {
        for (const int64_t each : ask(count)) heard.push_back(each);
    }
    EXPECT_EQ(heard, numbers(1, 69));
    EXPECT_EQ(buffer_.counters().underruns, 0u);
}

TEST_F(SoundBufferTest, ASmallGapIsClosedAndALargeOneIsSilent) {
    buffer_.push(block(1, 10));
    buffer_.push(stamped(16ms, 11, 10));   // 5 ms later than it would be
    buffer_.push(stamped(126ms, 21, 10));  // 100 ms
    (void)ask(1);
    buffer_.start(1ms);
    EXPECT_EQ(ask(20), numbers(1, 20));
    const auto rest = ask(140);
    const auto first = static_cast<size_t>(std::find(rest.begin(), rest.end(), 21) - rest.begin());
    EXPECT_NEAR(static_cast<double>(first), 105, 1);
    EXPECT_EQ(std::vector<int64_t>(rest.begin() + static_cast<ptrdiff_t>(first),
                                   rest.begin() + static_cast<ptrdiff_t>(first) + 10),
              numbers(21, 10));
}

/// Among others it might lie as far from its moment.
TEST_F(SoundBufferTest, TheFirstSampleIsTheOneAskedFor) {
    buffer_.push(block(1, 100));
    (void)ask(1);
    buffer_.start(6ms);
    EXPECT_EQ(ask(10), numbers(6, 10));
    buffer_.clear();
    buffer_.push(block(106, 100));
    buffer_.start(101ms);
    EXPECT_EQ(ask(5), silence(5));
    EXPECT_EQ(ask(10), numbers(106, 10));
}

TEST_F(SoundBufferTest, WhatIsLateIsLeftOutAndCounted) {
    buffer_.push(block(1, 200));
    (void)ask(1);
    buffer_.start(151ms);
    EXPECT_EQ(ask(10), numbers(151, 10));
    EXPECT_EQ(buffer_.counters().late_samples, 150u);
}

TEST_F(SoundBufferTest, TimeStandsStillForWantOfSamples) {
    buffer_.push(block(1, 10));
    (void)ask(1);
    buffer_.start(1ms);
    (void)ask(10);
    EXPECT_EQ(ask(50), silence(50));
    EXPECT_EQ(buffer_.position(now_ + kLate), 11ms);
    buffer_.push(block(11, 20));
    EXPECT_EQ(ask(20), numbers(11, 20));
    EXPECT_EQ(buffer_.counters().underruns, 1u);
    EXPECT_EQ(buffer_.counters().silence, 50ms);
}

TEST_F(SoundBufferTest, ButNotForLong) {
    buffer_.push(block(1, 10));
    (void)ask(1);
    buffer_.start(1ms);
    (void)ask(10);
    for (int i = 0; i < 150; ++i) (void)ask(10);
    const auto position = buffer_.position(now_ + kLate);
    ASSERT_TRUE(position);
    EXPECT_NEAR(static_cast<double>(position->count()), Nanos(511ms).count(), 2e6);
}

TEST_F(SoundBufferTest, ForAsLongAsPicturesAreMissingToo) {
    (void)ask(10);
    buffer_.push(block(100, 5));
    buffer_.start(100ms);
    (void)ask(1200);  // pictures wait for it; and then they went on, and are over too
    buffer_.set_pictures_missing(true);
    const auto stalled = buffer_.position(now_ + kLate);
    (void)ask(5000);
    EXPECT_EQ(buffer_.position(now_), stalled);
    buffer_.set_pictures_missing(false);
    buffer_.push(block(stalled->count() / 1'000'000, 10));
    EXPECT_EQ(ask(10), numbers(stalled->count() / 1'000'000, 10));
    EXPECT_EQ(buffer_.counters().late_samples, 0u);
    EXPECT_EQ(buffer_.counters().underruns, 1u);
}

TEST_F(SoundBufferTest, BehindTheEndTimeGoesOn) {
    buffer_.push(block(1, 10));
    buffer_.end(0);
    (void)ask(1);
    buffer_.start(1ms);
    (void)ask(30);
    EXPECT_EQ(buffer_.position(now_ + kLate), 31ms);
    EXPECT_EQ(buffer_.counters().underruns, 0u);
}

TEST_F(SoundBufferTest, BehindTheEndTimeWaitsForWhatIsToFollow) {
    buffer_.push(block(1, 10));
    buffer_.end(0, 16ms);
    (void)ask(1);
    buffer_.start(1ms);
    (void)ask(30);  // to the end, five of silence, and then time stands still
    EXPECT_EQ(buffer_.position(now_ + kLate), 16ms);
    EXPECT_EQ(buffer_.counters().underruns, 1u);
    buffer_.push(block(16, 20));
    EXPECT_EQ(ask(20), numbers(16, 20));
    EXPECT_EQ(buffer_.counters().late_samples, 0u);
    buffer_.end(0);
    (void)ask(30);
    EXPECT_EQ(buffer_.position(now_ + kLate), 66ms);
}

TEST_F(SoundBufferTest, APauseLosesNothing) {
    buffer_.push(block(1, 100));
    (void)ask(1);
    buffer_.start(1ms);
    EXPECT_EQ(ask(10), numbers(1, 10));
    buffer_.pause(true);
    EXPECT_EQ(ask(500), silence(500));
    buffer_.pause(false);
    EXPECT_EQ(ask(10), numbers(11, 10));
    EXPECT_EQ(buffer_.position(now_ + kLate), 21ms);
}

TEST_F(SoundBufferTest, ANewEpochVoidsWhatWaits) {
    buffer_.push(block(1, 100));
    (void)ask(1);
    buffer_.start(1ms);
    (void)ask(10);
    buffer_.push(block(500, 50, 1));
    EXPECT_EQ(ask(10), silence(10));  // until it is started there
    buffer_.push(block(11, 50, 0));   // too late
    EXPECT_TRUE(buffer_.ready(1));
    buffer_.start(500ms);
    EXPECT_EQ(ask(50), numbers(500, 50));
}

TEST_F(SoundBufferTest, VolumeIsRampedAndSilencedInTheEnd) {
    SoundBlock loud;
    loud.samples.assign(200, 1.0F);
    buffer_.push(loud);
    std::vector<float> out(100);
    buffer_.fill(out, now_);
    buffer_.start(0ms);
    buffer_.set_volume(0);
    buffer_.fill(out, now_ += 100ms);
    EXPECT_NEAR(out[0], 0.9F, 1e-4);
    EXPECT_NEAR(out[4], 0.5F, 1e-4);
    EXPECT_EQ(out[50], 0.0F);
}

TEST_F(SoundBufferTest, HasRoomForAQuarterOfASecond) {
    EXPECT_TRUE(buffer_.wait_for_room(1ms));
    buffer_.push(block(0, 250));
    EXPECT_FALSE(buffer_.wait_for_room(1ms));
    (void)ask(1);
    buffer_.start(0ms);
    (void)ask(10);
    EXPECT_TRUE(buffer_.wait_for_room(1ms));
}

}  // namespace
}  // namespace vitrine
