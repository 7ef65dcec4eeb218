// In any order, on any thread, with or without the context: nothing crashes, hangs or is left
// behind.
#include <cstring>

#include "tests/embed/host.h"

namespace vitrine {
namespace {

class Destruction : public testing::Host {
  protected:
    const std::string clip_ = VITRINE_TEST_CLIPS "/second.mp4";
};

TEST_F(Destruction, TheRendererGoesFirst) {
    open(clip_);
    play_until([&] { return numbers_.size() >= 2; });
    renderer_.reset();
}

/// It keeps the last picture, and draws it.
TEST_F(Destruction, ThePlayerGoesFirst) {
    open(clip_);
    play_until([&] { return numbers_.size() >= 2; });
    player_.reset();
    const int last = numbers_.back();
    const vitrine_target target = whole();
    ASSERT_EQ(vitrine_renderer_draw(renderer_.get(), &target), VITRINE_OK);
    EXPECT_GE(drawn_number().value_or(-1), last);
}

TEST_F(Destruction, TheContextGoesFirst) {
    open(clip_);
    play_until([&] { return numbers_.size() >= 2; });
    target_ = {};
    context_.reset();
    renderer_.reset();
    player_.reset();
    auto context = GlContext::make_offscreen();  // for the end of the test
    ASSERT_TRUE(context);
    context_ = std::move(*context);
}

TEST_F(Destruction, TheContextGoesFirstWithWhatIsBorrowed) {
    open(clip_);
    play_until([&] { return numbers_.size() >= 2; });
    vitrine_textures lent{};
    lent.size = sizeof(lent);
    ASSERT_EQ(vitrine_renderer_borrow(renderer_.get(), &lent), VITRINE_OK);
    target_ = {};
    context_.reset();
    EXPECT_EQ(vitrine_renderer_borrow(renderer_.get(), &lent), VITRINE_ERROR_WRONG_THREAD);
    EXPECT_EQ(vitrine_renderer_give_back(renderer_.get()), VITRINE_ERROR_WRONG_THREAD);
    EXPECT_NE(std::strstr(vitrine_error_text(), "GL context"), nullptr) << vitrine_error_text();
    renderer_.reset();
    player_.reset();
    auto context = GlContext::make_offscreen();  // for the end of the test
    ASSERT_TRUE(context);
    context_ = std::move(*context);
}

TEST_F(Destruction, TheRendererGoesOnAnotherThread) {
    open(clip_);
    play_until([&] { return numbers_.size() >= 2; });
    std::thread([&] { renderer_.reset(); }).join();
    player_.reset();
}

/// Whoever goes first, and wherever: with the picture, and without a leak.
TEST_F(Destruction, WhatIsBorrowedGoesWithTheRenderer) {
    const auto borrow = [&] {
        open(clip_);
        play_until([&] { return numbers_.size() >= 2; });
        vitrine_textures lent{};
        lent.size = sizeof(lent);
        ASSERT_EQ(vitrine_renderer_borrow(renderer_.get(), &lent), VITRINE_OK);
        ASSERT_EQ(vitrine_renderer_borrow(renderer_.get(), &lent), VITRINE_OK);
    };
    const auto make_anew = [&] {
        player_ = testing::make_player();
        renderer_.reset(vitrine_renderer_create(player_.get(), nullptr));
        ASSERT_TRUE(renderer_);
        numbers_.clear();
    };
    borrow();
    renderer_.reset();
    make_anew();
    borrow();
    player_.reset();
    renderer_.reset();
    EXPECT_EQ(context_->live().images, 0);
    make_anew();
    borrow();
    std::thread([&] { renderer_.reset(); }).join();
}

/// Before anything could come of it.
TEST_F(Destruction, DestroyedAtOnce) {
    for (int i = 0; i < 20; ++i) {
        const testing::PlayerHandle player = testing::make_player();
        ASSERT_TRUE(player);
        ASSERT_EQ(vitrine_player_open(player.get(), clip_.c_str(), nullptr), VITRINE_OK);
        const testing::RendererHandle renderer(vitrine_renderer_create(player.get(), nullptr));
        ASSERT_TRUE(renderer);
    }
}

}  // namespace
}  // namespace vitrine
