#include "app/log_limits.h"

#include <gtest/gtest.h>

#include "tests/player/lists.h"

namespace vitrine {
namespace {

using testing::LoggedLines;
using Lines = std::vector<std::string>;

TEST(RepeatLimit, ALineIsSaidOnceAndThenWithANumber) {
    LoggedLines log;
    {
        const RepeatLimit limit;
        for (uint64_t i = 0; i < 2 * RepeatLimit::kRepeatsPerLine; ++i) {
            log_error("a: no such file");
            log_warning("b: {} broken", 1);
        }
        log_info("path");
        log_info("path");
        const std::string again = " (again, 100 times since it was last said)";
        EXPECT_EQ(log.lines(), (Lines{"a: no such file", "b: 1 broken", "a: no such file" + again,
                                      "b: 1 broken" + again, "path", "path"}));
    }
    log_error("a: no such file");
    EXPECT_EQ(log.lines().size(), 7u) << "it has ended";
}

TEST(RepeatLimit, KeepsSoManyLinesAndNoMore) {
    LoggedLines log;
    const RepeatLimit limit;
    for (size_t i = 0; i <= RepeatLimit::kMostKept; ++i) log_error("{}", i);
    EXPECT_EQ(log.lines().size(), RepeatLimit::kMostKept + 1);
    log_error("{}", RepeatLimit::kMostKept);
    EXPECT_EQ(log.lines().size(), RepeatLimit::kMostKept + 1);
    log_error("0");
    EXPECT_EQ(log.lines().size(), RepeatLimit::kMostKept + 2) << "it was forgotten";
}

TEST(ErrorRow, TheRestOfALongRowIsCounted) {
    LoggedLines log;
    ErrorRow row;
    row.end();
    for (uint64_t i = 0; i < ErrorRow::kMostSaid; ++i) row.add("error");
    row.end();
    EXPECT_EQ(log.lines(), Lines(ErrorRow::kMostSaid, "error"));
    for (uint64_t i = 0; i < ErrorRow::kMostSaid + 5; ++i) row.add("another");
    row.end();
    EXPECT_EQ(log.count("another"), ErrorRow::kMostSaid);
    EXPECT_EQ(log.lines().back(), "and 5 more");
}

}  // namespace
}  // namespace vitrine
