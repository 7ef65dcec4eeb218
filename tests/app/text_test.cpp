#include "app/text.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

using namespace std::chrono_literals;

TEST(Text, OneLineHasNoControlCharacters) {
    EXPECT_EQ(one_line("a\nb\tc\x1b[31m\x7f"), "a?b?c?[31m?");
    EXPECT_EQ(one_line("größe"), "größe");
}

TEST(Text, Numbers) {
    EXPECT_EQ(milliseconds(1234567ns), "1.235");
    EXPECT_EQ(clock_time(0s), "0:00");
    EXPECT_EQ(clock_time(125999ms), "2:05");
    EXPECT_EQ(clock_time(3723s), "1:02:03");
    EXPECT_EQ(clock_time(-1500ms), "-0:02");
    EXPECT_EQ(byte_count(0), "0 bytes");
    EXPECT_EQ(byte_count(1023), "1023 bytes");
    EXPECT_EQ(byte_count(1536), "1.5 KiB");
    EXPECT_EQ(byte_count(uint64_t{5} << 40), "5.0 TiB");
    EXPECT_EQ(byte_count(uint64_t{5} << 50), "5120.0 TiB");
}

TEST(Text, AlignedTextIsBrokenBetweenWords) {
    EXPECT_EQ(aligned({{"a", "one two three"}, {"long", "x"}, {"", "y"}}, 2, 15),
              "  a     one two\n"
              "        three\n"
              "  long  x\n"
              "        y\n");
    EXPECT_EQ(aligned({{"a", "unbreakable"}}, 0, 5), "a  unbreakable\n");
    EXPECT_EQ(aligned({{"a", ""}}, 0, 5), "a\n");
    EXPECT_EQ(aligned({}, 2, 80), "");
}

}  // namespace
}  // namespace vitrine
