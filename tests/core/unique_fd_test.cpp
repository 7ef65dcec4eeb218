#include "core/unique_fd.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace vitrine {
namespace {

bool is_open(int fd) {
    return fcntl(fd, F_GETFD) != -1;
}

UniqueFd open_null() {
    return UniqueFd(open("/dev/null", O_RDONLY | O_CLOEXEC));
}

TEST(UniqueFd, IsEmptyAtFirst) {
    const UniqueFd empty;
    EXPECT_FALSE(empty);
    EXPECT_EQ(empty.get(), -1);
}

TEST(UniqueFd, ClosesAtItsEnd) {
    int number = -1;
    {
        const UniqueFd fd = open_null();
        ASSERT_TRUE(fd);
        number = fd.get();
        EXPECT_TRUE(is_open(number));
    }
    EXPECT_FALSE(is_open(number));
}

TEST(UniqueFd, MovesWithoutClosing) {
    UniqueFd from = open_null();
    const int number = from.get();
    const UniqueFd to = std::move(from);
    EXPECT_EQ(from.get(), -1);  // NOLINT(bugprone-use-after-move): what a moved-from one is
    EXPECT_EQ(to.get(), number);
    EXPECT_TRUE(is_open(number));
}

TEST(UniqueFd, AssignmentClosesWhatItHeld) {
    UniqueFd first = open_null();
    UniqueFd second = open_null();
    const int closed = first.get();
    const int kept = second.get();
    first = std::move(second);
    EXPECT_FALSE(is_open(closed));
    EXPECT_TRUE(is_open(kept));
    EXPECT_EQ(first.get(), kept);
}

TEST(UniqueFd, SurvivesAssignmentToItself) {
    UniqueFd fd = open_null();
    const int number = fd.get();
    UniqueFd& same = fd;
    fd = std::move(same);
    EXPECT_EQ(fd.get(), number);
    EXPECT_TRUE(is_open(number));
}

TEST(UniqueFd, ReleaseGivesUpOwnership) {
    UniqueFd fd = open_null();
    const int number = fd.release();
    EXPECT_FALSE(fd);
    EXPECT_TRUE(is_open(number));
    close(number);
}

TEST(UniqueFd, ResetToItsOwnDescriptorKeepsItOpen) {
    UniqueFd fd = open_null();
    fd.reset(fd.get());
    EXPECT_TRUE(is_open(fd.get()));
    const int number = fd.get();
    fd.reset();
    EXPECT_FALSE(is_open(number));
}

}  // namespace
}  // namespace vitrine
