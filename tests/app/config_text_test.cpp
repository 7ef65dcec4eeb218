#include "app/config_text.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

/// "profile/key=value" of each line; "profile/key" where there is no value.
std::vector<std::string> lines_of(std::string_view text) {
    const auto parsed = parse_config("f.conf", text);
    if (!parsed) return {parsed.error().text};
    std::vector<std::string> out;
    for (const ConfigLine& line : parsed->lines) {
        out.push_back(line.profile + "/" + line.key + (line.value ? "=" + *line.value : ""));
    }
    return out;
}

using Lines = std::vector<std::string>;

TEST(ConfigText, IsInMpvsSyntax) {
    EXPECT_EQ(lines_of("# a comment\n\n  hwdec = no  # why\r\nuntimed\n--fit=cover\n"),
              (Lines{"/hwdec=no", "/untimed", "/fit=cover"}));
    EXPECT_EQ(lines_of("\xef\xbb\xbfsize=1x1"), (Lines{"/size=1x1"}));
    EXPECT_EQ(lines_of("a=\"x # y\" # z\nb='it \"is\"'\nc=%3%#\"'#d"),
              (Lines{"/a=x # y", "/b=it \"is\"", "/c=#\"'"}));
    EXPECT_EQ(lines_of("a=\nb=\"\"\n"), (Lines{"/a=", "/b="}));
    EXPECT_EQ(lines_of("a=x y\tz \t"), (Lines{"/a=x y\tz"}));
    EXPECT_EQ(lines_of("a=1\n[wall] # in the foyer\nb=2\n[default]\nc=3\n[wall]\nd=4"),
              (Lines{"/a=1", "wall/b=2", "/c=3", "wall/d=4"}));
    EXPECT_EQ(lines_of(""), Lines{});
}

TEST(ConfigText, KnowsAProfileOfWhichNothingIsSaid) {
    const auto parsed = parse_config("f.conf", "[b]\n[a]\n[b]\n[default]\n");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->profiles, (Lines{"b", "a"}));
}

TEST(ConfigText, CountsLinesFromOne) {
    const auto parsed = parse_config("f.conf", "\n# x\na=1\n\nb=2");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->lines[0].line, 3);
    EXPECT_EQ(parsed->lines[1].line, 5);
}

TEST(ConfigText, ErrorsNameFileAndLine) {
    const std::pair<std::string_view, std::string_view> wrong[] = {
        {"a=1\n=2", "f.conf:2: expected key=value"},
        {"a b=1", "f.conf:1: expected '=' behind the key"},
        {"a=\"x", "f.conf:1: the quote is not closed"},
        {"a=\"x\" y", "f.conf:1: expected nothing behind the value"},
        {"a=%9%x", "f.conf:1: expected %LENGTH%VALUE"},
        {"a=%-1%x", "f.conf:1: expected %LENGTH%VALUE"},
        {"a=%99999999999999999999%x", "f.conf:1: expected %LENGTH%VALUE"},
        {"a=50\n\nb=%", "f.conf:3: expected %LENGTH%VALUE"},
        {"[x", "f.conf:1: expected ']'"},
        {"[]", "f.conf:1: a profile's name has"},
        {"[a b]", "f.conf:1: a profile's name has"},
        {"[a] b=1", "f.conf:1: expected nothing behind the ']'"},
        {"{", "f.conf:1: expected key=value"},
    };
    for (const auto& [text, error] : wrong) {
        const auto parsed = parse_config("f.conf", text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().text.substr(0, error.size()), error) << text;
        EXPECT_EQ(parsed.error().code, Errc::invalid_argument);
    }
}

TEST(ConfigText, WhatIsTooMuchIsRefusedWithItsPlace) {
    const auto error_of = [](const std::string& text) {
        const auto parsed = parse_config("f.conf", text);
        return parsed ? "(none)" : parsed.error().text;
    };
    EXPECT_EQ(error_of("a=" + std::string(kLongestConfigLine - 2, 'x')), "(none)");
    EXPECT_EQ(error_of("\na=" + std::string(kLongestConfigLine - 1, 'x')),
              "f.conf:2: a line of 8193 bytes; 8192 are allowed");
    EXPECT_EQ(error_of(std::string(kMostConfigLines, '\n')), "(none)");
    EXPECT_EQ(error_of(std::string(kMostConfigLines + 1, '\n')),
              "f.conf:4097: more than 4096 lines");
    EXPECT_EQ(error_of(std::string(kLargestConfigBytes + 1, '\n')),
              "f.conf: has 262145 bytes; 262144 are allowed");
    EXPECT_EQ(error_of(std::string("a=1\nb=\0c", 8)),
              "f.conf:2: control characters; is it a text file?");
    EXPECT_EQ(error_of("[" + std::string(65, 'p') + "]").substr(0, 28),
              "f.conf:1: a profile's name h");
}

TEST(ConfigText, AQuotedValueIsReadAgainAsItWas) {
    for (const std::string_view value : {"", "x", "a b", " x", "x\t", "#1", "a#b", "\"", "'x'",
                                         "\"#'", "%5%", "50%", "a\"b'c#d ", "\xc3\xa4"}) {
        const auto quoted = quoted_value(value);
        ASSERT_TRUE(quoted) << value;
        EXPECT_EQ(lines_of("k=" + *quoted + "  # why"), (Lines{"/k=" + std::string(value)}));
    }
    EXPECT_EQ(quoted_value("1280x720"), "1280x720");
    EXPECT_FALSE(quoted_value("a\nb"));
}

}  // namespace
}  // namespace vitrine
