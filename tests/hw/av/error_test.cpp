#include "hw/av/error.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <thread>
#include <vector>

#include "hw/av/libav.h"
#include "hw/av/log.h"

namespace vitrine {
namespace {

TEST(AvError, SaysWhatTheCallerCanDo) {
    EXPECT_EQ(av::errc_of(AVERROR_INVALIDDATA), Errc::protocol);
    EXPECT_EQ(av::errc_of(AVERROR_EXIT), Errc::interrupted);
    EXPECT_EQ(av::errc_of(AVERROR(ENOMEM)), Errc::unavailable);
    EXPECT_EQ(av::errc_of(AVERROR_DECODER_NOT_FOUND), Errc::unsupported);
    EXPECT_EQ(av::errc_of(AVERROR(ETIMEDOUT)), Errc::timeout);
    EXPECT_EQ(av::errc_of(AVERROR(EIO)), Errc::io);
    EXPECT_EQ(av::error_text(AVERROR_INVALIDDATA), "Invalid data found when processing input");
}

TEST(AvLog, GoesThroughOurs) {
    av::route_log();
    std::vector<std::string> lines;
    const LogSink before =
        set_log_sink([&](LogLevel, std::string_view line) { lines.emplace_back(line); });
    const LogLevel level = log_level();
    set_log_level(LogLevel::info);
    av_log(nullptr, AV_LOG_ERROR, "a broken packet\n");
    EXPECT_TRUE(lines.empty()) << "what is lost is said by the source, once";
    set_log_level(LogLevel::debug);
    av_log(nullptr, AV_LOG_ERROR, "a broken packet\n");
    av_log(nullptr, AV_LOG_INFO, "chatter\n");
    set_log_level(level);
    set_log_sink(before);
    EXPECT_EQ(lines, std::vector<std::string>{"ffmpeg: a broken packet"});
}

TEST(AvLog, ErrorsAreHeardInPiecesAndOnOneThreadOnly) {
    av::route_log();
    std::string elsewhere;
    {
        const av::ErrorsHeard heard;
        av_log(nullptr, AV_LOG_ERROR, "%s failed", "cuInit(0)");
        {
            const av::ErrorsHeard inner;
            av_log(nullptr, AV_LOG_ERROR, "inner\n");
            EXPECT_EQ(inner.text(), "inner\n");
        }
        av_log(nullptr, AV_LOG_ERROR, " -> %s\n", "a reason");
        av_log(nullptr, AV_LOG_WARNING, "no error\n");
        std::thread([&] {
            const av::ErrorsHeard others;
            av_log(nullptr, AV_LOG_ERROR, "another thread's\n");
            elsewhere = others.text();
        }).join();
        EXPECT_EQ(heard.text(), "cuInit(0) failed -> a reason\n");
        EXPECT_EQ(elsewhere, "another thread's\n");
        for (int i = 0; i < 1000; ++i) av_log(nullptr, AV_LOG_ERROR, "line %d\n", i);
        EXPECT_LE(heard.text().size(), 4096U) << "of the last few lines only";
        EXPECT_NE(heard.text().find("line 999\n"), std::string::npos);
    }
    av_log(nullptr, AV_LOG_ERROR, "nobody listens\n");
}

}  // namespace
}  // namespace vitrine
