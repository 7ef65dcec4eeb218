#include "app/standard_streams.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

namespace vitrine {
namespace {

/// Runs in a child, since it spoils the standard descriptors; what it exits with is the answer.
TEST(StandardStreams, ClosedOnesAreKeptOutOfTheWay) {
    const auto child = [] {
        for (int fd = 0; fd <= 2; ++fd) close(fd);
        prepare_standard_streams();
        const int opened = open("/dev/zero", O_RDONLY);
        const bool printed = print("nobody sees this\n").has_value();
        _exit(opened > 2 && printed ? 0 : 1);
    };
    EXPECT_EXIT(child(), ::testing::ExitedWithCode(0), "");
}

TEST(StandardStreams, AFullDiskIsAnErrorWithAText) {
    const auto child = [] {
        prepare_standard_streams();
        dup2(open("/dev/full", O_WRONLY), STDOUT_FILENO);
        const auto printed = print("more than nothing\n");
        if (printed || printed.error().code != Errc::io) _exit(1);
        print_to_stderr(printed.error().text);
        _exit(0);
    };
    EXPECT_EXIT(child(), ::testing::ExitedWithCode(0), "standard output: No space left on device");
}

TEST(StandardStreams, AReaderWhoHasLeftIsNoError) {
    const auto child = [] {
        prepare_standard_streams();
        int ends[2];
        if (pipe(ends) != 0) _exit(1);
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        _exit(print("to nobody\n") ? 0 : 1);
    };
    EXPECT_EXIT(child(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace vitrine
