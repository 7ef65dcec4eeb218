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

TEST(ParseFade, TakesWholeMilliseconds) {
    EXPECT_EQ(parse_fade("fade:0").value(), Nanos(0));
    EXPECT_EQ(parse_fade("fade:500").value(), Nanos(500ms));
    EXPECT_EQ(parse_fade("fade:10000").value(), Nanos(10s));
    for (const char* text : {"", "fade", "fade:", "fade:10001", "fade:-1", "fade:1.5", "fade: 1",
                             "fade:1ms", "500", "cut:500", "fade:99999999999999999999"}) {
        const auto fade = parse_fade(text);
        ASSERT_FALSE(fade) << text;
        EXPECT_NE(fade.error().text.find("fade:500"), std::string::npos);
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
