#include "player/session.h"

#include <gtest/gtest.h>

#include "tests/support/fake_sound.h"
#include "tests/support/fake_source.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;

constexpr Nanos kPatience = 10s;

class SessionTest : public ::testing::Test {
  protected:
    std::unique_ptr<Session> start(FakeSourceOptions options, size_t capacity = 4) {
        return std::make_unique<Session>(make_fake_source(std::move(options), log_), capacity,
                                         clock_);
    }

    /// Takes frames until the end and returns their times.
    static std::vector<Nanos> drain(Session& session) {
        std::vector<Nanos> times;
        for (;;) {
            EXPECT_TRUE(session.queue().wait_for_frame(kPatience));
            QueuedFrame queued = session.queue().pop();
            if (queued.frame) {
                times.push_back(queued.frame->info().pts);
            } else if (session.queue().head().finished) {
                return times;
            }
        }
    }

    MonotonicClock clock_;
    std::shared_ptr<FakeSourceLog> log_ = std::make_shared<FakeSourceLog>();
};

TEST_F(SessionTest, HandsOutEveryFrameInOrder) {
    const auto times = even_times(100, 40ms);
    auto session = start({times});
    EXPECT_EQ(drain(*session), times);
    EXPECT_FALSE(session->error());
}

TEST_F(SessionTest, StampsWhenAFrameWasQueued) {
    auto session = start({even_times(1, 40ms)});
    ASSERT_TRUE(session->queue().wait_for_frame(kPatience));
    EXPECT_TRUE(session->queue().pop().stamps.at(Stage::queued));
}

TEST_F(SessionTest, ReadsNoFurtherAheadThanTheQueueTakes) {
    auto session = start({even_times(100, 40ms)}, 3);
    while (session->queue().size() < 3) std::this_thread::yield();
    std::this_thread::sleep_for(20ms);
    EXPECT_LE(log_->reads, 4) << "three wait and one is held by the thread";
}

TEST_F(SessionTest, EndsWhereItIsToldTo) {
    auto session = std::make_unique<Session>(make_fake_source({even_times(100, 40ms)}, log_), 4,
                                             clock_, 100ms);
    EXPECT_EQ(drain(*session), (std::vector<Nanos>{0ms, 40ms, 80ms}));
    EXPECT_EQ(session->seek(40ms), 1u) << "the frame that was decoded in vain";
    EXPECT_EQ(drain(*session), (std::vector<Nanos>{40ms, 80ms}));
    EXPECT_EQ(session->stop(), 1u);
}

TEST_F(SessionTest, GivesItsSourceBackBeforeItsLastFramesAreTaken) {
    FakeSourceOptions options{even_times(3, 40ms)};
    options.held = std::make_shared<int>();
    const std::weak_ptr<void> source = options.held;
    auto session = start(std::move(options));
    while (!session->queue().head().finished) std::this_thread::yield();
    session->expect_no_more();
    session->give_source_back();
    EXPECT_TRUE(source.expired());
    EXPECT_EQ(session->path().decoder, "fake");
    EXPECT_EQ(session->counters().decoded, 3u);
    EXPECT_EQ(drain(*session), even_times(3, 40ms));
    EXPECT_FALSE(session->error());
    (void)session->refuse_path("cannot be shown", 0);
    EXPECT_TRUE(session->queue().head().finished) << "nobody waits for what will not come";
    EXPECT_TRUE(session->error());
    EXPECT_EQ(session->stop(), 0u);
}

/// Whoever holds it for longer closes nothing.
TEST_F(SessionTest, ClosesItsSoundWithItself) {
    for (const bool early : {false, true}) {
        FakeSourceOptions options{even_times(3, 40ms)};
        const auto sound = std::make_shared<testing::FakeSound>(48000, 48000);
        options.sound = sound;
        auto session = start(std::move(options));
        if (early) {
            session->expect_no_more();
            session->give_source_back();
        }
        EXPECT_FALSE(sound->closed()) << "it is still heard";
        (void)session->close();
        EXPECT_TRUE(sound->closed());
    }
}

TEST_F(SessionTest, SeekEmptiesTheQueueAndNothingOldFollows) {
    auto session = start({even_times(100, 40ms)});
    while (session->queue().size() < 4) std::this_thread::yield();
    EXPECT_EQ(session->seek(2s), 4u);
    const auto times = drain(*session);
    ASSERT_EQ(times.size(), 50u);
    EXPECT_EQ(times.front(), Nanos(2s));
}

TEST_F(SessionTest, SeekWorksAfterTheEnd) {
    auto session = start({even_times(10, 40ms)});
    drain(*session);
    session->seek(Nanos{0});
    EXPECT_EQ(drain(*session).size(), 10u);
}

TEST_F(SessionTest, ABurstOfSeeksEndsAtTheNewest) {
    auto session = start({even_times(1000, 40ms)});
    for (int i = 1; i <= 200; ++i) session->seek(i * Nanos(40ms));
    EXPECT_EQ(drain(*session).front(), Nanos(8s));
}

TEST_F(SessionTest, AnErrorEndsTheStreamAfterTheFramesBeforeIt) {
    auto session = start({even_times(100, 40ms), true, 7});
    EXPECT_EQ(drain(*session).size(), 7u);
    ASSERT_TRUE(session->error());
    EXPECT_EQ(session->error()->text, "fake: broken at 7");
}

TEST_F(SessionTest, ARefusedPathGoesOnOnTheNextRungOrEndsWithTheReason) {
    auto session = start({even_times(100, 40ms), true, std::nullopt, 2});
    session->refuse_path("first", 0);
    EXPECT_FALSE(drain(*session).empty());
    EXPECT_FALSE(session->error());
    session->refuse_path("second", 0);
    EXPECT_TRUE(drain(*session).empty());
    ASSERT_TRUE(session->error());
    EXPECT_EQ(session->error()->text, "no other decoder is left: second");
}

TEST_F(SessionTest, LeavesNoFrameBehindWhereverItStops) {
    for (int pause_us = 0; pause_us < 2000; pause_us += 100) {
        auto session = start({even_times(1000, 40ms)});
        std::this_thread::sleep_for(std::chrono::microseconds(pause_us));
        QueuedFrame kept = session->queue().pop();
        session.reset();
        EXPECT_EQ(*log_->leases, kept.frame ? 1 : 0);
        kept.frame.reset();
        EXPECT_EQ(*log_->leases, 0);
    }
}

}  // namespace
}  // namespace vitrine
