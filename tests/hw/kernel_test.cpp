#include "hw/kernel.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

#include "core/unique_fd.h"

namespace vitrine {
namespace {

TEST(Kernel, ErrnoSaysWhatTheCallerCanDo) {
    EXPECT_EQ(errc_of(ENOMEM), Errc::unavailable);
    EXPECT_EQ(errc_of(EMFILE), Errc::unavailable);
    EXPECT_EQ(errc_of(ENOENT), Errc::unsupported);
    EXPECT_EQ(errc_of(EACCES), Errc::unsupported);
    EXPECT_EQ(errc_of(EINVAL), Errc::invalid_argument);
    EXPECT_EQ(errc_of(EIO), Errc::io);
}

TEST(Kernel, ListsADirectorySortedAndWithoutItself) {
    RealKernel kernel;
    std::vector<std::string> names;
    ASSERT_EQ(kernel.list("/proc/self", names), 0);
    EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
    EXPECT_EQ(std::count(names.begin(), names.end(), "."), 0);
    EXPECT_EQ(std::count(names.begin(), names.end(), "maps"), 1);
    EXPECT_EQ(kernel.list("/nowhere", names), -1);
    EXPECT_EQ(errno, ENOENT);
}

TEST(Kernel, AMissingNodeIsSaidToBeMissing) {
    RealKernel kernel;
    const Error error = explain_open_failure(kernel, "/dev/nothing", ENOENT);
    EXPECT_EQ(error.code, Errc::unsupported);
    EXPECT_EQ(error.text, "cannot open /dev/nothing: No such file or directory");
}

TEST(Kernel, ANodeForItsOwnerOnlySaysSo) {
    RealKernel kernel;
    const Error error = explain_open_failure(kernel, "/proc/1", EACCES);
    EXPECT_NE(error.text.find("/proc/1 belongs to "), std::string::npos) << error.text;
    EXPECT_NE(error.text.find("udev rule"), std::string::npos) << error.text;
}

}  // namespace
}  // namespace vitrine
