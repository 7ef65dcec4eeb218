// What a program does with libvitrine: play, queue, seek, ask, draw.
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/embed/host.h"
#include "tests/support/temporary_folder.h"

namespace vitrine {
namespace {

class CApi : public testing::Host {
  protected:
    [[nodiscard]] std::string text(const char* name) const {
        char value[256] = "";
        if (vitrine_player_get_text(player_.get(), name, value, sizeof(value), nullptr)) return "";
        return value;
    }
    [[nodiscard]] int64_t integer(const char* name) const {
        int64_t value = -1;
        (void)vitrine_player_get_integer(player_.get(), name, &value);
        return value;
    }

    const std::string clip_ = VITRINE_TEST_CLIPS "/second.mp4";  // 25 frames
};

TEST_F(CApi, IsBlackBeforeTheFirstPicture) {
    EXPECT_FALSE(has_new_picture(renderer_.get()));
    draw();
    const Picture black = picture();
    for (size_t i = 0; i < black.rgba.size(); ++i) {
        ASSERT_EQ(black.rgba[i], i % 4 == 3 ? 255 : 0) << i;
    }
}

/// Every picture is drawn once, in order, or counted as not drawn.
TEST_F(CApi, PlaysAFileToItsEnd) {
    open(clip_);
    play_to_the_end();
    ASSERT_FALSE(numbers_.empty());
    EXPECT_EQ(numbers_.back(), 24);
    for (size_t i = 1; i < numbers_.size(); ++i) EXPECT_LT(numbers_[i - 1], numbers_[i]);
    play_until([&] { return statistics().presented == numbers_.size(); });
    EXPECT_EQ(statistics().presented + statistics().dropped, 25u);
    EXPECT_EQ(statistics().decoded, 25u);
    EXPECT_EQ(count_told(VITRINE_EVENT_ITEM_BEGAN), 1);
    EXPECT_EQ(text("file"), clip_);
    EXPECT_EQ(text("path").find("h264 > "), 0u) << text("path");
    EXPECT_NE(text("path").find(" > host"), std::string::npos) << text("path");
}

/// The JSON says of the same run what the struct says, and more; whole where there is room.
TEST_F(CApi, StatisticsComeAsJsonToo) {
    open(clip_);
    play_to_the_end();
    play_until([&] { return statistics().presented == numbers_.size(); });
    const auto json = [&] {
        std::string text;
        for (size_t needed = 1; needed > text.size();) {  // it grows while it plays
            text.resize(needed);
            const int status =
                vitrine_player_statistics_json(player_.get(), text.data(), text.size(), &needed);
            if (status != VITRINE_OK) throw std::runtime_error(vitrine_error_text());
        }
        return nlohmann::json::parse(text.c_str());
    };
    play_until([&] { return json()["frames"]["presented"] == statistics().presented; });
    EXPECT_EQ(json()["schema"], 1);
    EXPECT_EQ(json()["frames"]["dropped"]["total"], statistics().dropped);
    EXPECT_EQ(json()["frames"]["copies"], statistics().copies);
    EXPECT_GT(json()["first_picture_ns"], 0);
    ASSERT_EQ(vitrine_player_stop(player_.get()), VITRINE_OK);  // items are counted as they end
    play_until([&] { return !json()["paths"].empty(); });
    EXPECT_EQ(json()["paths"][0]["decoder"], "h264");
    EXPECT_EQ(json()["source"]["decoded"], 25);
    char cut[10];
    ASSERT_EQ(vitrine_player_statistics_json(player_.get(), cut, sizeof(cut), nullptr), VITRINE_OK);
    EXPECT_EQ(std::strlen(cut), 9u);
}

TEST_F(CApi, AQueuedItemFollows) {
    open(clip_);
    ASSERT_EQ(vitrine_player_queue(player_.get(), clip_.c_str(), nullptr), VITRINE_OK);
    play_to_the_end();
    EXPECT_EQ(count_told(VITRINE_EVENT_ITEM_BEGAN), 2);
    EXPECT_EQ(count_told(VITRINE_EVENT_ITEM_ENDED), 1) << "the last picture of the other stays";
    EXPECT_EQ(numbers_.back(), 24);
    play_until([&] { return statistics().presented == numbers_.size(); });
    EXPECT_EQ(statistics().presented + statistics().dropped, 50u);
}

/// In place of what plays and of what is queued.
TEST_F(CApi, OpenGoesOnWithAnotherAtOnce) {
    vitrine_item for_ever{};
    for_ever.size = sizeof(for_ever);
    for_ever.loop = UINT64_MAX;
    open(clip_, &for_ever);
    ASSERT_EQ(vitrine_player_queue(player_.get(), "/nonexistent", nullptr), VITRINE_OK);
    play_until([&] { return numbers_.size() >= 3; });
    const std::string other = VITRINE_TEST_CLIPS "/mpeg4.avi";
    open(other);
    play_to_the_end();
    EXPECT_EQ(text("file"), other);
    EXPECT_EQ(numbers_.back(), 49);
    EXPECT_EQ(count_told(VITRINE_EVENT_ITEM_SKIPPED), 0) << "what was queued before";
}

TEST_F(CApi, StopsWithTheLastPictureLeft) {
    vitrine_item for_ever{};
    for_ever.size = sizeof(for_ever);
    for_ever.loop = UINT64_MAX;
    open(clip_, &for_ever);
    play_until([&] { return numbers_.size() >= 3; });
    ASSERT_EQ(vitrine_player_stop(player_.get()), VITRINE_OK);
    play_until([&] { return count_told(VITRINE_EVENT_ITEM_ENDED) == 1; });
    const int last = numbers_.back();
    draw();
    EXPECT_EQ(numbers_.back(), last);
    EXPECT_EQ(integer("item"), -1) << "nothing plays";
}

TEST_F(CApi, APartIsPlayedSoManyTimes) {
    vitrine_item part{};
    part.size = sizeof(part);
    part.start = 200'000'000;
    part.end = 400'000'000;
    part.loop = 2;
    open(clip_, &part);
    play_to_the_end();
    EXPECT_EQ(*std::min_element(numbers_.begin(), numbers_.end()), 5);
    EXPECT_EQ(*std::max_element(numbers_.begin(), numbers_.end()), 9);
    EXPECT_LE(numbers_.size(), 10u);
    EXPECT_EQ(numbers_.back(), 9);
}

TEST_F(CApi, PausesSeeksAndSteps) {
    ASSERT_EQ(vitrine_player_pause(player_.get()), VITRINE_OK);
    open(clip_);
    play_until([&] { return !numbers_.empty(); });
    EXPECT_EQ(numbers_.back(), 0);
    ASSERT_EQ(vitrine_player_seek(player_.get(), 400'000'000, VITRINE_SEEK_EXACT), VITRINE_OK);
    play_until([&] { return numbers_.back() == 10; });
    ASSERT_EQ(vitrine_player_step(player_.get(), 1), VITRINE_OK);
    play_until([&] { return numbers_.back() == 11; });
    ASSERT_EQ(vitrine_player_step(player_.get(), -1), VITRINE_OK);
    play_until([&] { return numbers_.back() == 10; });
    ASSERT_EQ(vitrine_player_seek(player_.get(), -200'000'000, VITRINE_SEEK_RELATIVE), VITRINE_OK);
    play_until([&] { return numbers_.back() == 5; });
    EXPECT_EQ(numbers_, (std::vector<int>{0, 10, 11, 10, 5}));
    ASSERT_EQ(vitrine_player_play(player_.get()), VITRINE_OK);
    play_to_the_end();
    EXPECT_EQ(numbers_.back(), 24);
}

TEST_F(CApi, GoesOnWithTheNextItem) {
    vitrine_item for_ever{};
    for_ever.size = sizeof(for_ever);
    for_ever.loop = UINT64_MAX;
    open(clip_, &for_ever);
    ASSERT_EQ(vitrine_player_queue(player_.get(), clip_.c_str(), nullptr), VITRINE_OK);
    play_until([&] { return numbers_.size() >= 2; });
    ASSERT_EQ(vitrine_player_next(player_.get()), VITRINE_OK);
    play_to_the_end();
    EXPECT_EQ(integer("item"), 1);
}

TEST_F(CApi, PropertiesAreSetAndObserved) {
    ASSERT_EQ(vitrine_player_observe(player_.get(), "speed", 1), VITRINE_OK);
    play_until([&] { return count_told(VITRINE_EVENT_PROPERTY) == 1; });
    EXPECT_STREQ(told_.back().text, "speed");
    ASSERT_EQ(vitrine_player_set_number(player_.get(), "speed", 2), VITRINE_OK);
    play_until([&] { return count_told(VITRINE_EVENT_PROPERTY) == 2; });
    double speed = 0;
    ASSERT_EQ(vitrine_player_get_number(player_.get(), "speed", &speed), VITRINE_OK);
    EXPECT_EQ(speed, 2);
    ASSERT_EQ(vitrine_player_set_integer(player_.get(), "paused", 1), VITRINE_OK);
    play_until([&] { return integer("paused") == 1; });
}

TEST_F(CApi, WhatCannotBePlayedIsTold) {
    open("/nonexistent.mp4");
    play_to_the_end();
    ASSERT_EQ(count_told(VITRINE_EVENT_ITEM_SKIPPED), 1);
    EXPECT_EQ(statistics().skipped_items, 1u);
    const auto skipped = std::find_if(told_.begin(), told_.end(), [](const vitrine_event& each) {
        return each.kind == VITRINE_EVENT_ITEM_SKIPPED;
    });
    EXPECT_NE(std::strstr(skipped->text, "/nonexistent.mp4"), nullptr) << skipped->text;
    EXPECT_EQ(skipped->error, VITRINE_ERROR_IO);
}

TEST_F(CApi, WhatIsRefusedLaterIsTold) {
    ASSERT_EQ(vitrine_player_set_number(player_.get(), "speed", 100), VITRINE_OK);
    ASSERT_EQ(vitrine_player_seek(player_.get(), 0, 0), VITRINE_OK) << "nothing plays";
    play_until([&] { return count_told(VITRINE_EVENT_REQUEST_FAILED) == 2; });
    EXPECT_NE(std::strlen(told_.back().text), 0u);
    std::vector<int> errors;
    for (const vitrine_event& each : told_) {
        if (each.kind == VITRINE_EVENT_REQUEST_FAILED) errors.push_back(each.error);
    }
    EXPECT_EQ(errors,
              (std::vector<int>{VITRINE_ERROR_INVALID_ARGUMENT, VITRINE_ERROR_UNAVAILABLE}));
}

/// Each takes the newest picture, and a picture that both show counts once.
TEST_F(CApi, SeveralRenderersShowOnePlayer) {
    testing::RendererHandle other(vitrine_renderer_create(player_.get(), nullptr));
    ASSERT_TRUE(other) << vitrine_error_text();
    ASSERT_EQ(vitrine_player_pause(player_.get()), VITRINE_OK);
    open(clip_);
    play_until([&] { return !numbers_.empty(); });
    EXPECT_FALSE(has_new_picture(renderer_.get()));
    EXPECT_TRUE(has_new_picture(other.get()));
    const vitrine_target target = whole();
    ASSERT_EQ(vitrine_renderer_draw(other.get(), &target), VITRINE_OK);
    ASSERT_EQ(vitrine_renderer_presented(other.get(), 0), VITRINE_OK);
    EXPECT_EQ(drawn_number(), 0);
    ASSERT_EQ(vitrine_player_step(player_.get(), 1), VITRINE_OK);
    play_until([&] { return numbers_.back() == 1 && statistics().presented == 2; });
}

/// A part of the framebuffer; all else stays as it was.
TEST_F(CApi, DrawsIntoAPart) {
    ASSERT_EQ(vitrine_player_pause(player_.get()), VITRINE_OK);
    open(clip_);
    play_until([&] { return !numbers_.empty(); });
    const GlFunctions& gl = context_->gl();
    gl.BindFramebuffer(GL_FRAMEBUFFER, target_.framebuffer.name());
    gl.ClearColor(0, 1, 0, 1);
    gl.Clear(GL_COLOR_BUFFER_BIT);
    vitrine_target part = whole();
    part.x = 160;
    part.y = 90;
    part.width = 160;
    part.height = 90;
    ASSERT_EQ(vitrine_renderer_draw(renderer_.get(), &part), VITRINE_OK);
    const Picture drawn = picture();
    int green = 0;
    for (int y = 0; y < kSize.height; ++y) {
        for (int x = 0; x < kSize.width; ++x) {
            const uint8_t* pixel = &drawn.rgba[static_cast<size_t>(y * kSize.width + x) * 4];
            const bool is_green = pixel[0] == 0 && pixel[1] == 255 && pixel[2] == 0;
            const bool inside = x >= 160 && y < 90;  // from the top
            ASSERT_TRUE(inside || is_green) << x << "," << y;
            green += inside && is_green ? 1 : 0;
        }
    }
    EXPECT_LT(green, 100);
    auto view = testing::rgba_view(drawn.rgba.data(), drawn.size);
    view.picture = {160, 0, 160, 90};
    EXPECT_EQ(testing::read_number(view), 0);
}

TEST_F(CApi, MixesWithWhatIsThere) {
    ASSERT_EQ(vitrine_player_pause(player_.get()), VITRINE_OK);
    open(clip_);
    play_until([&] { return !numbers_.empty(); });
    const Picture before = picture();
    const GlFunctions& gl = context_->gl();
    gl.BindFramebuffer(GL_FRAMEBUFFER, target_.framebuffer.name());
    gl.ClearColor(1, 1, 1, 1);
    gl.Clear(GL_COLOR_BUFFER_BIT);
    vitrine_target half = whole();
    half.transparency = 0.5;
    ASSERT_EQ(vitrine_renderer_draw(renderer_.get(), &half), VITRINE_OK);
    const Picture mixed = picture();
    for (size_t i = 0; i < mixed.rgba.size(); i += 4) {
        ASSERT_NEAR(mixed.rgba[i], (before.rgba[i] + 255) / 2, 2) << i;
    }
}

/// Never within a character, and told how long it is.
TEST_F(CApi, ATextIsCutWhereItDoesNotFit) {
    const testing::TemporaryFolder folder;
    const std::string file = folder.file("\u00e4\u00f6.mp4");
    std::filesystem::copy(clip_, file);
    open(file);
    play_until([&] { return text("file") == file; });
    for (size_t size = 1; size <= file.size() + 1; ++size) {
        std::string cut(size, 'x');
        size_t needed = 0;
        ASSERT_EQ(vitrine_player_get_text(player_.get(), "file", cut.data(), size, &needed),
                  VITRINE_OK);
        EXPECT_EQ(needed, file.size() + 1);
        const std::string got = cut.c_str();
        EXPECT_EQ(file.compare(0, got.size(), got), 0);
        EXPECT_GE(got.size() + 2, size) << "no more is left out than a character";
        const bool within = got.size() < file.size() && (file[got.size()] & '\xc0') == '\x80';
        EXPECT_FALSE(within) << size;
    }
}

/// What it makes in GL it makes once.
TEST_F(CApi, ADrawOfTheSamePictureMakesNothing) {
    ASSERT_EQ(vitrine_player_pause(player_.get()), VITRINE_OK);
    open(clip_);
    play_until([&] { return !numbers_.empty(); });
    const uint64_t copies = statistics().copies;
    const auto textures = context_->live();
    for (int i = 0; i < 50; ++i) draw();
    EXPECT_EQ(context_->live(), textures);
    EXPECT_EQ(statistics().copies, copies);
    EXPECT_EQ(numbers_, std::vector<int>(51, 0));
}

TEST(CApiText, WhatHasNoValueIsLeftAlone) {
    const testing::PlayerHandle player = testing::make_player();
    char text[4] = "xyz";
    size_t needed = 1;
    EXPECT_EQ(vitrine_player_get_text(player.get(), "file", text, sizeof(text), &needed),
              VITRINE_ERROR_UNAVAILABLE);
    EXPECT_STREQ(text, "xyz");
    EXPECT_EQ(needed, 1u);
}

}  // namespace
}  // namespace vitrine
