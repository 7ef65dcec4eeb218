#include "core/log.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace vitrine {
namespace {

struct Line {
    LogLevel level;
    std::string text;
};

class Log : public ::testing::Test {
  protected:
    void SetUp() override {
        set_log_sink([this](LogLevel level, std::string_view text) {
            lines_.push_back({level, std::string(text)});
        });
    }
    void TearDown() override {
        set_log_sink({});
        set_log_level(LogLevel::info);
    }
    std::vector<Line> lines_;
};

TEST_F(Log, LevelsHaveNamesThatReadBack) {
    for (int i = 0; i <= static_cast<int>(LogLevel::trace); ++i) {
        const auto level = static_cast<LogLevel>(i);
        EXPECT_EQ(log_level_from(name_of(level)), level);
    }
    EXPECT_EQ(log_level_from("loud"), std::nullopt);
    EXPECT_EQ(log_level_from(""), std::nullopt);
}

TEST_F(Log, TheSinkGetsLevelAndText) {
    log_warning("{} of {}", 2, "three");
    ASSERT_EQ(lines_.size(), 1u);
    EXPECT_EQ(lines_[0].level, LogLevel::warning);
    EXPECT_EQ(lines_[0].text, "2 of three");
}

TEST_F(Log, InfoIsTheLevelToStartWith) {
    log_debug("unseen");
    log_info("seen");
    ASSERT_EQ(lines_.size(), 1u);
    EXPECT_EQ(lines_[0].text, "seen");
}

TEST_F(Log, EachLevelLetsThroughItselfAndWhatIsGraver) {
    for (int i = 0; i <= static_cast<int>(LogLevel::trace); ++i) {
        lines_.clear();
        set_log_level(static_cast<LogLevel>(i));
        log_error("e");
        log_warning("w");
        log_info("i");
        log_debug("d");
        log(LogLevel::trace, "t");
        EXPECT_EQ(lines_.size(), static_cast<size_t>(i));
    }
}

TEST_F(Log, SetLogSinkGivesBackTheOneBefore) {
    LogSink before = set_log_sink([](LogLevel, std::string_view) {});
    log_info("elsewhere");
    EXPECT_TRUE(lines_.empty());
    set_log_sink(before);
    log_info("here");
    EXPECT_EQ(lines_.size(), 1u);
}

TEST_F(Log, WithoutASinkLinesGoToStandardErrorAndNameTheGraveLevels) {
    set_log_sink({});
    ::testing::internal::CaptureStderr();
    ::testing::internal::CaptureStdout();
    log_info("chosen");
    log_error("lost");
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "vitrine: chosen\nvitrine: error: lost\n");
    EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
}

}  // namespace
}  // namespace vitrine
