// A player that runs by itself, its board, and those who look at it from other threads.
#include "embed/hosted_player.h"

#include <gtest/gtest.h>

#include <sys/eventfd.h>

#include <future>

#include "embed/hosted_frame.h"
#include "tests/support/make_clip.h"
#include "tests/support/wait_until.h"

namespace vitrine {
namespace {

class Hosted : public ::testing::Test {
  protected:
    Hosted() { testing::make_clip(clip_, {}); }

    void make(int renderers = 1, int frames = 0) {
        HostedPlayerOptions options;
        options.sound = false;
        options.renderers = renderers;
        options.frames = frames;
        options.fence_patience = std::chrono::milliseconds(20);
        options.wake = [this] { ++woken_; };
        player_ = HostedPlayer::make(std::move(options)).value();
    }
    [[nodiscard]] Item item(uint64_t passes = 1) const {
        Item item;
        item.file = clip_;
        item.passes = passes;
        return item;
    }
    testing::TemporaryFolder folder_;
    const std::string clip_ = folder_.file("a.mp4");
    std::atomic<int> woken_{0};
    std::shared_ptr<HostedPlayer> player_;
};

TEST_F(Hosted, PicturesThatSeveralShowCountOnce) {
    make();
    ASSERT_TRUE(player_->open(item(0)));
    std::atomic<bool> done{false};
    std::vector<std::thread> renderers;
    std::array<std::atomic<uint64_t>, 2> last{};
    for (auto& newest : last) {
        renderers.emplace_back([&] {
            while (!done) {
                const PictureBoard::Posted posted = player_->board().take();
                if (posted.number != newest) {
                    newest = posted.number;
                    player_->board().note_importer("fake", {});
                    player_->board().note_shown(posted.number, {}, player_->clock().now());
                }
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
        });
    }
    testing::wait_until([&] { return last[0] > 20 && last[1] > 20; });
    done = true;
    for (std::thread& renderer : renderers) renderer.join();
    player_->close();
    const uint64_t posted = player_->board().look().number;
    EXPECT_LE(player_->counters().presented, posted);
    EXPECT_GT(player_->counters().presented, 15u);
    EXPECT_GE(woken_, 20);
    EXPECT_NE(player_->board().look().frame, nullptr) << "the last one stays";
}

/// As those of windows that are hidden: the decoder has memory for what they keep.
TEST_F(Hosted, WhatRenderersKeepIsMissedByNobody) {
    make(HostedPlayer::kMostRenderers);
    ASSERT_TRUE(player_->open(item(0)));
    std::vector<FramePtr> kept;
    constexpr size_t kKeptByAll = 15 * 4;  // all but the one that is drawn
    testing::wait_until([&] {
        const FramePtr frame = player_->board().look().frame;
        if (frame && (kept.empty() || kept.back() != frame)) kept.push_back(frame);
        return kept.size() == kKeptByAll;
    });
    for (size_t i = 0; i < kept.size(); ++i) {
        EXPECT_NE(kept[i]->dma_buf(), nullptr) << i << " was decoded into plain memory";
    }
    player_->close();
}

/// A fence that never signals keeps a frame so long and no longer, be the player at rest.
TEST_F(Hosted, AFrameIsTakenBackFromAFenceThatHangs) {
    make(1, 1);
    ASSERT_TRUE(player_->open(item()));
    std::unique_ptr<HostedFrame> frame;
    const auto is_taken = [&] {
        auto taken = HostedFrame::take(player_);
        if (taken) frame = std::move(*taken);
        return frame != nullptr;
    };
    testing::wait_until(is_taken);
    const UniqueFd fence(eventfd(0, EFD_CLOEXEC));
    ASSERT_TRUE(frame->release_after(fence.get()));
    frame.reset();
    testing::wait_until(is_taken);
}

/// They are told of it, as the rest of what they did not draw.
TEST_F(Hosted, PicturesThatNobodyShowsAreCounted) {
    make();
    ASSERT_TRUE(player_->open(item()));
    testing::wait_until([&] {
        const auto event = player_->next_event();
        return event && event->kind == EngineEvent::Kind::list_waits;
    });
    EXPECT_GE(player_->counters().dropped, 49u) << "the last one may still be taken";
    player_->close();
    EXPECT_EQ(player_->counters().dropped, 50u);
    EXPECT_EQ(player_->counters().presented, 0u);
    EXPECT_EQ(player_->counters().decoded, 50u);
}

/// What a renderer cannot import the player makes in another way, or says that there is none.
TEST_F(Hosted, ARefusedPictureChangesTheWayOrEnds) {
    make();
    ASSERT_TRUE(player_->open(item(0)));
    uint64_t refused = 0;
    testing::wait_until([&] {
        const PictureBoard::Posted posted = player_->board().look();
        if (posted.number > refused) {
            refused = posted.number;
            player_->board().refuse(posted, {Errc::unsupported, "no way to import it"});
        }
        const auto event = player_->next_event();
        return event && event->kind == EngineEvent::Kind::list_waits;
    });
    EXPECT_GT(refused, 0u);
}

/// Of a source that is over, or once more by another renderer.
TEST(PictureBoard, ARefusalOfWhatIsOverIsNone) {
    PictureBoard board;
    board.begin_source();
    board.post(nullptr, {});
    const PictureBoard::Posted picture = board.look();
    board.refuse(picture, {Errc::unsupported, "first"});
    EXPECT_TRUE(board.take_refusal());
    board.refuse(picture, {Errc::unsupported, "another renderer"});
    EXPECT_FALSE(board.take_refusal());
    board.post(nullptr, {});
    board.refuse(board.look(), {Errc::unsupported, "not taken in time"});
    board.begin_source();
    EXPECT_FALSE(board.take_refusal());
    board.refuse(picture, {Errc::unsupported, "of the source before"});
    EXPECT_FALSE(board.take_refusal());
    EXPECT_NE(picture.source, 0u);
    EXPECT_EQ(board.look().source, picture.source) << "as long as its picture is up";
}

/// While a host draws, or waits for its display, the next pictures may be up.
TEST(PictureBoard, APictureThatIsReportedLateCountsAsShown) {
    PictureBoard board;
    board.post(nullptr, {});
    EXPECT_EQ(board.take().number, 1u);
    for (int i = 0; i < 30; ++i) board.post(nullptr, {});
    EXPECT_EQ(board.take_unseen(), 29u) << "which nobody can take any more";
    board.note_shown(1, {}, Nanos{1});
    EXPECT_EQ(board.take_shown().size(), 1u);
    board.note_shown(1, {}, Nanos{1});
    board.note_shown(2, {}, Nanos{1});
    EXPECT_TRUE(board.take_shown().empty()) << "each once, and none that nobody took";
}

/// Of what was taken and is not reported there is a bound.
TEST(PictureBoard, PicturesThatAreTakenAndNotReportedCountAsUnseen) {
    PictureBoard board;
    for (int i = 0; i < 40; ++i) {
        board.post(nullptr, {});
        (void)board.take();
    }
    EXPECT_EQ(board.take_unseen(), 24u);
    board.note_shown(24, {}, Nanos{1});
    EXPECT_TRUE(board.take_shown().empty()) << "too late";
    board.note_shown(39, {}, Nanos{1});
    EXPECT_EQ(board.take_shown().size(), 1u);
    EXPECT_EQ(board.take_unseen(), 14u) << "those before it, which are not going to be";
    board.give_up_unseen();
    EXPECT_EQ(board.take_unseen(), 1u);
}

/// What an event tells of can be asked for by then.
TEST_F(Hosted, EventsComeAfterWhatTheyTellOf) {
    make();
    ASSERT_TRUE(player_->ask([](Engine& engine) -> Result<void> {
        engine.observe(Property::paused);
        return {};
    }));
    for (int i = 0; i < 50; ++i) {
        const bool paused = i % 2 == 0;
        ASSERT_TRUE(
            player_->ask([=](Engine& engine) { return engine.set(Property::paused, paused); }));
        testing::wait_until([&] {
            const auto event = player_->next_event();
            if (!event || event->kind != EngineEvent::Kind::property_changed) return false;
            return i > 0 || player_->get(Property::paused) == PropertyValue(true);
        });
        EXPECT_EQ(player_->get(Property::paused), PropertyValue(paused)) << i;
    }
}

/// Whoever asks faster than is obeyed is told, and nothing grows without end.
TEST_F(Hosted, SoManyRequestsWaitAndNoMore) {
    make();
    std::promise<void> at_work;
    std::promise<void> go_on;
    ASSERT_TRUE(player_->ask([&](Engine&) -> Result<void> {
        at_work.set_value();
        go_on.get_future().wait();
        return {};
    }));
    at_work.get_future().wait();
    int obeyed = 0;  // by the playing thread, which has ended when it is read
    const auto count = [&](Engine&) -> Result<void> {
        ++obeyed;
        return {};
    };
    for (size_t i = 0; i < HostedPlayer::kMostRequests; ++i) ASSERT_TRUE(player_->ask(count)) << i;
    const auto refused = player_->ask(count);
    EXPECT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unavailable);
    std::promise<void> done;
    go_on.set_value();
    testing::wait_until([&] {
        return player_
            ->ask([&](Engine&) -> Result<void> {
                done.set_value();
                return {};
            })
            .has_value();
    });
    done.get_future().wait();
    player_->close();
    EXPECT_EQ(obeyed, static_cast<int>(HostedPlayer::kMostRequests));
    EXPECT_FALSE(player_->ask(count)) << "playing is over";
}

TEST_F(Hosted, EveryRequestIsObeyedOrRefused) {
    make();
    std::atomic<int> obeyed{0};
    std::atomic<int> asked{0};
    std::vector<std::thread> users;
    for (int i = 0; i < 4; ++i) {
        users.emplace_back([&] {
            for (int k = 0; k < 2000; ++k) {
                const auto put = player_->ask([&](Engine&) -> Result<void> {
                    ++obeyed;
                    return {};
                });
                asked += put ? 1 : 0;
                EXPECT_TRUE(put || put.error().code == Errc::unavailable);
                (void)player_->get(Property::paused);
                (void)player_->counters();
            }
        });
    }
    for (std::thread& user : users) user.join();
    testing::wait_until([&] { return obeyed == asked; });
}

/// However it meets what is just being asked for or opened, the last of them plays.
TEST_F(Hosted, TheNewestOfManyIsPlayed) {
    make();
    const std::string other = folder_.file("b.mp4");
    testing::make_clip(other, {});
    for (int i = 0; i < 50; ++i) {
        ASSERT_TRUE(player_->open(item(0)));
        if (i % 3 == 0) (void)player_->stop();
        Item newest = item(0);
        if (i % 2 == 0) newest.file = other;
        ASSERT_TRUE(player_->open(newest));
        testing::wait_until(
            [&] { return player_->get(Property::file) == PropertyValue(newest.file); });
        const uint64_t seen = player_->board().look().number;
        testing::wait_until([&] { return player_->board().look().number > seen; });
    }
    ASSERT_TRUE(player_->stop());
    testing::wait_until([&] { return player_->get(Property::file) == PropertyValue(); });
}

TEST_F(Hosted, ClosesInTheMiddleOfAnything) {
    for (int i = 0; i < 20; ++i) {
        make();
        ASSERT_TRUE(player_->open(item(0)));
        if (i % 2 == 0) testing::wait_until([&] { return player_->board().look().number > 0; });
        player_->close();
        player_.reset();
    }
}

}  // namespace
}  // namespace vitrine
