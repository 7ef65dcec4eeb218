// A player that runs by itself, its board, and those who look at it from other threads.
#include "embed/hosted_player.h"

#include <gtest/gtest.h>

#include "tests/support/make_clip.h"

namespace vitrine {
namespace {

class Hosted : public ::testing::Test {
  protected:
    Hosted() { testing::make_clip(clip_, {}); }

    void make() {
        HostedPlayerOptions options;
        options.sound = false;
        options.wake = [this] { ++woken_; };
        player_ = HostedPlayer::make(std::move(options)).value();
    }
    [[nodiscard]] Item item(uint64_t passes = 1) const {
        Item item;
        item.file = clip_;
        item.passes = passes;
        return item;
    }
    template <typename Condition>
    void wait_until(const Condition& condition) {
        for (int i = 0; i < 20000; ++i) {
            if (condition()) return;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        FAIL() << "did not come to this";
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
                const PictureBoard::Posted posted = player_->board().look();
                if (posted.number != newest) {
                    newest = posted.number;
                    player_->board().note_importer("fake", {});
                    player_->board().note_shown(posted.number, {}, player_->clock().now());
                }
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
        });
    }
    wait_until([&] { return last[0] > 20 && last[1] > 20; });
    done = true;
    for (std::thread& renderer : renderers) renderer.join();
    player_->close();
    const uint64_t posted = player_->board().look().number;
    EXPECT_LE(player_->counters().presented, posted);
    EXPECT_GT(player_->counters().presented, 15u);
    EXPECT_GE(woken_, 20);
    EXPECT_NE(player_->board().look().frame, nullptr) << "the last one stays";
}

/// They are told of it, as the rest of what they did not draw.
TEST_F(Hosted, PicturesThatNobodyShowsAreCounted) {
    make();
    ASSERT_TRUE(player_->open(item()));
    wait_until([&] {
        const auto event = player_->next_event();
        return event && event->kind == EngineEvent::Kind::list_waits;
    });
    wait_until([&] { return player_->counters().dropped == 49; });
    EXPECT_EQ(player_->counters().presented, 0u);
    EXPECT_EQ(player_->counters().decoded, 50u);
}

/// What a renderer cannot import the player makes in another way, or says that there is none.
TEST_F(Hosted, ARefusedPictureChangesTheWayOrEnds) {
    make();
    ASSERT_TRUE(player_->open(item(0)));
    uint64_t refused = 0;
    wait_until([&] {
        const PictureBoard::Posted posted = player_->board().look();
        if (posted.number > refused) {
            refused = posted.number;
            player_->board().refuse(refused, {Errc::unsupported, "no way to import it"});
        }
        const auto event = player_->next_event();
        return event && event->kind == EngineEvent::Kind::list_waits;
    });
    EXPECT_GT(refused, 0u);
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
    wait_until([&] { return obeyed == asked; });
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
        wait_until([&] { return player_->get(Property::file) == PropertyValue(newest.file); });
        const uint64_t seen = player_->board().look().number;
        wait_until([&] { return player_->board().look().number > seen; });
    }
    ASSERT_TRUE(player_->stop());
    wait_until([&] { return player_->get(Property::file) == PropertyValue(); });
}

TEST_F(Hosted, ClosesInTheMiddleOfAnything) {
    for (int i = 0; i < 20; ++i) {
        make();
        ASSERT_TRUE(player_->open(item(0)));
        if (i % 2 == 0) wait_until([&] { return player_->board().look().number > 0; });
        player_->close();
        player_.reset();
    }
}

}  // namespace
}  // namespace vitrine
