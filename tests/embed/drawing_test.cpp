// How a host draws: a part of the picture, on corners, and by textures that it borrows.
#include <thread>

#include "render/gl_objects.h"
#include "tests/embed/host.h"
#include "tests/support/host_program.h"

namespace vitrine {
namespace {

class HostDraws : public testing::Host {
  protected:
    /// Of the picture, as the host's program samples it.
    [[nodiscard]] std::optional<int> sampled_number(const test::HostProgram& program,
                                                    const vitrine_textures& lent) {
        context_->gl().BindFramebuffer(GL_FRAMEBUFFER, target_.framebuffer.name());
        program.fill(kSize, lent.target, lent.textures, lent.count, lent.values[0], VITRINE_VALUES);
        return drawn_number();
    }

    const std::string clip_ = VITRINE_TEST_CLIPS "/second.mp4";  // 25 frames
};

/// The left half of the picture on the right half of the target, both ways; the rest is the
/// host's.
TEST_F(HostDraws, APictureIsCutAndPutOnCorners) {
    open(clip_);
    play_to_the_end();
    const auto drawn_over_green = [&](const vitrine_target& target) {
        const GlFunctions& gl = context_->gl();
        gl.BindFramebuffer(GL_FRAMEBUFFER, target_.framebuffer.name());
        gl.ClearColor(0, 1, 0, 1);
        gl.Clear(GL_COLOR_BUFFER_BIT);
        EXPECT_EQ(vitrine_renderer_draw(renderer_.get(), &target), VITRINE_OK)
            << vitrine_error_text();
        return picture();
    };
    constexpr int kHalf = kSize.width / 2;
    vitrine_target part = whole();
    part.x = kHalf;
    part.width = kHalf;
    part.fit = VITRINE_FIT_STRETCH;
    part.cut_right = 0.5;
    vitrine_target corners = whole();
    corners.cut_right = 0.5;
    corners.corners[0][0] = corners.corners[3][0] = kHalf;
    corners.corners[1][0] = corners.corners[2][0] = kSize.width;
    corners.corners[2][1] = corners.corners[3][1] = kSize.height;
    const Picture by_part = drawn_over_green(part);
    const Picture by_corners = drawn_over_green(corners);
    const Picture all = drawn_over_green(whole());
    for (size_t i = 0; i < all.rgba.size(); ++i) {
        ASSERT_LE(std::abs(by_part.rgba[i] - by_corners.rgba[i]), 1) << i;
        if (i % 4 == 3) continue;
        if (static_cast<int>(i / 4) % kSize.width < kHalf) {
            ASSERT_EQ(by_part.rgba[i], i % 4 == 1 ? 255 : 0) << i;
        } else {  // as the clip has the target's proportions
            ASSERT_LE(std::abs(by_part.rgba[i] - all.rgba[i - size_t{4} * kHalf]), 1) << i;
        }
    }
}

/// By the textures that are borrowed, in a program of the host's, as by draw().
TEST_F(HostDraws, ItsTexturesAreSampledByTheHost) {
    open(clip_);
    const char* shader = nullptr;
    std::optional<test::HostProgram> program;
    const auto sample = [&] {
        vitrine_textures lent{};
        lent.size = sizeof(lent);
        ASSERT_EQ(vitrine_renderer_borrow(renderer_.get(), &lent), VITRINE_OK)
            << vitrine_error_text();
        EXPECT_EQ(lent.width, 192);
        EXPECT_EQ(lent.height, 108);
        if (lent.shader != shader) {
            program.emplace(*context_, "#version 100\n", lent.shader);
            shader = lent.shader;
        }
        const auto number = sampled_number(*program, lent);
        ASSERT_EQ(vitrine_renderer_give_back(renderer_.get()), VITRINE_OK);
        ASSERT_EQ(vitrine_renderer_presented(renderer_.get(), 0), VITRINE_OK);
        numbers_.push_back(number.value_or(-1));
    };
    for (int i = 0; i < 20000 && !(is_played() && !has_new_picture(renderer_.get())); ++i) {
        if (has_new_picture(renderer_.get())) sample();
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ASSERT_FALSE(numbers_.empty());
    EXPECT_EQ(numbers_.back(), 24);
    for (size_t i = 1; i < numbers_.size(); ++i) EXPECT_LT(numbers_[i - 1], numbers_[i]);
    // What was reported late, for a program was built, counts as not shown.
    play_until([&] { return statistics().presented + statistics().dropped == 25; });
    EXPECT_GT(statistics().presented, 0u);
    EXPECT_LE(statistics().presented, numbers_.size());
    const Picture sampled = picture();
    draw();
    const Picture drawn = picture();
    for (size_t i = 0; i < drawn.rgba.size(); ++i) {
        ASSERT_LE(std::abs(drawn.rgba[i] - sampled.rgba[i]), 1) << i;
    }
    program.reset();
}

/// While they are lent they are of one picture, whatever comes meanwhile.
TEST_F(HostDraws, WhatIsBorrowedStaysTheSame) {
    vitrine_textures lent{};
    lent.size = sizeof(lent);
    EXPECT_EQ(vitrine_renderer_borrow(renderer_.get(), &lent), VITRINE_ERROR_UNAVAILABLE);
    EXPECT_EQ(vitrine_renderer_give_back(renderer_.get()), VITRINE_OK) << "nothing";
    ASSERT_EQ(vitrine_player_pause(player_.get()), VITRINE_OK);
    open(clip_);
    play_until([&] { return !numbers_.empty(); });
    ASSERT_EQ(vitrine_renderer_borrow(renderer_.get(), &lent), VITRINE_OK);
    test::HostProgram program(*context_, "#version 100\n", lent.shader);
    const auto number_of = [&](const vitrine_textures& textures) {
        return sampled_number(program, textures);
    };
    EXPECT_EQ(number_of(lent), 0);
    ASSERT_EQ(vitrine_player_play(player_.get()), VITRINE_OK);
    play_to_the_end();
    EXPECT_EQ(numbers_.back(), 24);
    EXPECT_EQ(number_of(lent), 0);
    vitrine_textures again{};
    again.size = sizeof(again);
    ASSERT_EQ(vitrine_renderer_borrow(renderer_.get(), &again), VITRINE_OK);
    EXPECT_EQ(number_of(again), 0);
    ASSERT_EQ(vitrine_renderer_give_back(renderer_.get()), VITRINE_OK);
    ASSERT_EQ(vitrine_renderer_borrow(renderer_.get(), &again), VITRINE_OK);
    EXPECT_EQ(number_of(again), 0) << "it was borrowed twice";
    ASSERT_EQ(vitrine_renderer_give_back(renderer_.get()), VITRINE_OK);
    ASSERT_EQ(vitrine_renderer_give_back(renderer_.get()), VITRINE_OK);
    ASSERT_EQ(vitrine_renderer_borrow(renderer_.get(), &again), VITRINE_OK);
    EXPECT_EQ(number_of(again), 24);
    EXPECT_EQ(again.shader, lent.shader);
    // The renderer goes with it.
}

/// Until they are given back; those that are borrowed then are of the new kind, and say so.
TEST_F(HostDraws, WhatIsBorrowedStaysWhenPicturesOfAnotherKindCome) {
    vitrine_textures lent{};
    lent.size = sizeof(lent);
    vitrine_item part{};
    part.size = sizeof(part);
    part.end = 200'000'000;
    ASSERT_EQ(vitrine_player_pause(player_.get()), VITRINE_OK);
    open(clip_, &part);
    for (const char* next : {"/ffv1_bgr0.mkv", "/h264_yuv444.mp4"}) {
        ASSERT_EQ(vitrine_player_queue(player_.get(),
                                       (VITRINE_TEST_CLIPS + std::string(next)).c_str(), &part),
                  VITRINE_OK);
    }
    play_until([&] { return !numbers_.empty(); });
    ASSERT_EQ(vitrine_renderer_borrow(renderer_.get(), &lent), VITRINE_OK);
    const std::string text = lent.shader;
    const test::HostProgram program(*context_, "#version 100\n", lent.shader);
    ASSERT_EQ(vitrine_player_play(player_.get()), VITRINE_OK);
    play_to_the_end();
    EXPECT_EQ(numbers_.back(), 4);
    EXPECT_EQ(sampled_number(program, lent), 0);
    EXPECT_EQ(lent.shader, text);
    vitrine_textures after{};
    after.size = sizeof(after);
    ASSERT_EQ(vitrine_renderer_borrow(renderer_.get(), &after), VITRINE_OK);
    EXPECT_EQ(after.shader, lent.shader);
    EXPECT_EQ(after.width, 192) << "it was borrowed twice";
    ASSERT_EQ(vitrine_renderer_give_back(renderer_.get()), VITRINE_OK);
    ASSERT_EQ(vitrine_renderer_give_back(renderer_.get()), VITRINE_OK);
    ASSERT_EQ(vitrine_renderer_borrow(renderer_.get(), &after), VITRINE_OK);
    EXPECT_EQ(after.width, 320);
    EXPECT_EQ(after.height, 180);
    EXPECT_NE(after.shader, lent.shader);
    EXPECT_EQ(lent.shader, text) << "it stays while the renderer does";
    const test::HostProgram another(*context_, "#version 100\n", after.shader);
    EXPECT_EQ(sampled_number(another, after), 4);
    ASSERT_EQ(vitrine_renderer_give_back(renderer_.get()), VITRINE_OK);
}

/// Its textures, program and active unit are as they were, though pictures were brought there.
TEST_F(HostDraws, BorrowingLeavesTheStateOfGl) {
    const GlFunctions& gl = context_->gl();
    const GlTexture mine = make_texture(*context_, GL_TEXTURE_2D);
    gl.ActiveTexture(GL_TEXTURE1);
    gl.BindTexture(GL_TEXTURE_2D, mine.name());
    gl.ActiveTexture(GL_TEXTURE2);
    gl.BindFramebuffer(GL_FRAMEBUFFER, target_.framebuffer.name());
    gl.Enable(GL_DEPTH_TEST);
    gl.PixelStorei(GL_UNPACK_ALIGNMENT, 2);
    open(clip_);
    for (int i = 0; i < 20000 && !has_new_picture(renderer_.get()); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    vitrine_textures lent{};
    lent.size = sizeof(lent);
    ASSERT_EQ(vitrine_renderer_borrow(renderer_.get(), &lent), VITRINE_OK) << vitrine_error_text();
    ASSERT_EQ(vitrine_renderer_give_back(renderer_.get()), VITRINE_OK);
    const auto integer_of = [&](GLenum name) {
        GLint value = -1;
        gl.GetIntegerv(name, &value);
        return value;
    };
    EXPECT_EQ(integer_of(GL_ACTIVE_TEXTURE), GL_TEXTURE2);
    EXPECT_EQ(integer_of(GL_TEXTURE_BINDING_2D), 0);
    gl.ActiveTexture(GL_TEXTURE1);
    EXPECT_EQ(integer_of(GL_TEXTURE_BINDING_2D), static_cast<GLint>(mine.name()));
    EXPECT_EQ(integer_of(GL_FRAMEBUFFER_BINDING), static_cast<GLint>(target_.framebuffer.name()));
    EXPECT_EQ(integer_of(GL_UNPACK_ALIGNMENT), 2);
    EXPECT_EQ(integer_of(GL_CURRENT_PROGRAM), 0);
    EXPECT_EQ(gl.IsEnabled(GL_DEPTH_TEST), GL_TRUE);
}

}  // namespace
}  // namespace vitrine
