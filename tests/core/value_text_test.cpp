#include "core/value_text.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

using namespace std::chrono_literals;

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

TEST(ParseDuration, IsATimeThatIsMoreThanNothing) {
    EXPECT_EQ(parse_duration("2.5").value(), 2500ms);
    EXPECT_EQ(parse_duration("0.000000001").value(), 1ns);
    for (const char* text : {"", "0", "0:00", "-1", "inf"}) {
        EXPECT_FALSE(parse_duration(text)) << text;
    }
}

TEST(ParseRounds, NothingAndInfAreForEver) {
    EXPECT_EQ(parse_rounds("").value(), 0u);
    EXPECT_EQ(parse_rounds("inf").value(), 0u);
    EXPECT_EQ(parse_rounds("1").value(), 1u);
    EXPECT_EQ(parse_rounds("1000000000000000000").value(), 1'000'000'000'000'000'000u);
    for (const char* text :
         {"0", "-1", "+1", "1.5", "infinite", "no", " 2", "99999999999999999999"}) {
        EXPECT_FALSE(parse_rounds(text)) << text;
    }
}

TEST(ParseTrack, IsANumberFromOneAndNoSoundIsNone) {
    EXPECT_EQ(parse_track("1").value(), 1);
    EXPECT_EQ(parse_track("1000").value(), 1000);
    EXPECT_EQ(parse_track_or_none("no").value(), 0);
    EXPECT_EQ(parse_track_or_none("7").value(), 7);
    for (const char* text : {"", "0", "-1", "1001", "1.5", "auto", "4294967297"}) {
        EXPECT_FALSE(parse_track(text)) << text;
        EXPECT_FALSE(parse_track_or_none(text)) << text;
    }
    EXPECT_FALSE(parse_track("no"));
}

TEST(ParseTime, RefusesTheRest) {
    for (const char* text :
         {"", ":", "1:", ":1", "1:60", "1:60:00", "1:2:3:4", "-1", "1.", ".5", "1.5.5", "1,5",
          "100000:00:01", "99999999999999999999", "1e3", "nan", "inf", " 1", "1:2.x"}) {
        EXPECT_FALSE(parse_time(text)) << text;
    }
}

TEST(Trimmed, LosesBlanksAtBothEndsOnly) {
    EXPECT_EQ(trimmed(" \t a b\r"), "a b");
    EXPECT_EQ(trimmed("a"), "a");
    EXPECT_EQ(trimmed(" \t "), "");
    EXPECT_EQ(trimmed(""), "");
}

TEST(SplitText, GivesOnePartMoreThanSeparators) {
    using Parts = std::vector<std::string_view>;
    EXPECT_EQ(split_text("a,b,,c", ','), (Parts{"a", "b", "", "c"}));
    EXPECT_EQ(split_text("", ','), Parts{""});
}

}  // namespace
}  // namespace vitrine
