#include "app/values.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

using namespace std::chrono_literals;

TEST(ParseSize, TakesWidthAndHeight) {
    EXPECT_EQ(parse_size("1280x720").value(), (Size{1280, 720}));
    EXPECT_EQ(parse_size("1X16384").value(), (Size{1, 16384}));
}

TEST(ParseSize, RefusesTheRestAndSaysWhatItTakes) {
    for (const char* text : {"", "x", "0x1", "1x0", "16385x1", "1x16385", "12", "1x2x3", "-1x2",
                             " 1x2", "1x2 ", "1.5x2", "99999999999999999999x1", "+1x1"}) {
        const auto size = parse_size(text);
        ASSERT_FALSE(size) << text;
        EXPECT_NE(size.error().text.find("WIDTHxHEIGHT"), std::string::npos);
    }
}

TEST(ParseCount, TakesWholeNumbersFromOne) {
    EXPECT_EQ(parse_count("1").value(), 1u);
    EXPECT_EQ(parse_count("1000000000000000000").value(), 1'000'000'000'000'000'000u);
    for (const char* text : {"", "0", "-1", "1.0", "1e3", "1000000000000000001", "0x10", " 1"}) {
        EXPECT_FALSE(parse_count(text)) << text;
    }
}

TEST(ParseTime, TakesSecondsAndClockTimes) {
    EXPECT_EQ(parse_time("0").value(), 0ns);
    EXPECT_EQ(parse_time("90").value(), 90s);
    EXPECT_EQ(parse_time("90.5").value(), 90500ms);
    EXPECT_EQ(parse_time("1:30").value(), 90s);
    EXPECT_EQ(parse_time("01:02:03.25").value(), 3723250ms);
    EXPECT_EQ(parse_time("0.000000001").value(), 1ns);
    EXPECT_EQ(parse_time("0.0000000019").value(), 1ns);
    EXPECT_EQ(parse_time("100000:00:00").value(), 100000h);
}

TEST(ParseTime, RefusesTheRest) {
    for (const char* text :
         {"", ":", "1:", ":1", "1:60", "1:60:00", "1:2:3:4", "-1", "1.", ".5", "1.5.5", "1,5",
          "100000:00:01", "99999999999999999999", "1e3", "nan", "inf", " 1", "1:2.x"}) {
        EXPECT_FALSE(parse_time(text)) << text;
    }
}

TEST(ParseNames, SplitsAtCommas) {
    EXPECT_EQ(parse_names("vaapi,h264_v4l2m2m").value(),
              (std::vector<std::string>{"vaapi", "h264_v4l2m2m"}));
    for (const char* text : {"", ",", "a,", ",a", "a b", "a;b"}) {
        EXPECT_FALSE(parse_names(text)) << text;
    }
}

TEST(SlipOf, FindsSlipsAndNothingElse) {
    const std::vector<std::string_view> names = {"untimed", "timing", "fit", "frames"};
    EXPECT_EQ(slip_of("untimd", names), "untimed");
    EXPECT_EQ(slip_of("unitmed", names), "untimed");
    EXPECT_EQ(slip_of("fti", names), "fit");
    EXPECT_EQ(slip_of("frame", names), "frames");
    EXPECT_EQ(slip_of("completely-else", names), "");
    EXPECT_EQ(slip_of("", names), "");
    EXPECT_EQ(slip_of(std::string(100000, 'f'), names), "");
}

TEST(Nearest, IsNeverAtALoss) {
    const std::vector<std::string_view> names = {"hwdec", "hwdec-required", "timing", "timing-csv",
                                                 "size"};
    EXPECT_EQ(nearest("timign", names), "timing");
    EXPECT_EQ(slip_of("zzze", names), "");
    EXPECT_EQ(nearest("zzze", names), "size") << "two letters replaced";
    EXPECT_NE(nearest("completely-else", names), "");
    EXPECT_EQ(nearest("csv", names), "timing-csv") << "what holds it comes first";
    EXPECT_EQ(nearest("hwdec-req", names), "hwdec-required");
    EXPECT_NE(nearest("", names), "");
    EXPECT_NE(nearest(std::string(100000, 'f'), names), "");
    EXPECT_EQ(nearest("size", {}), "");
}

}  // namespace
}  // namespace vitrine
