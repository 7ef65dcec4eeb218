#include "app/screenshot_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "core/unique_fd.h"
#include "tests/app/support.h"

namespace vitrine {
namespace {

/// Its PNG is longer than a pipe holds: nothing about it can be foretold from what came before.
Picture noisy_picture() {
    Picture picture{{512, 512}, {}};
    uint32_t state = 1;
    for (int i = 0; i < 512 * 512 * 4; ++i) {
        state = state * 1664525 + 1013904223;
        picture.rgba.push_back(static_cast<uint8_t>(state >> 24));
    }
    return picture;
}

Result<Picture> no_picture() {
    return fail(Errc::unavailable, "nothing was shown yet");
}

TEST(ScreenshotWriter, WritesWhatWasReadBack) {
    const test::TemporaryFolder folder;
    ScreenshotWriter writer;
    for (const char* name : {"a.png", "b.png"}) {
        writer.take([] { return Result<Picture>(noisy_picture()); }, folder.file(name));
        writer.finish();
        EXPECT_EQ(test::contents_of(folder.file(name)).substr(1, 3), "PNG");
    }
}

TEST(ScreenshotWriter, WithoutAPictureThereIsNoFile) {
    const test::TemporaryFolder folder;
    ScreenshotWriter writer;
    writer.take(no_picture, folder.file("a.png"));
    writer.finish();
    EXPECT_NE(access(folder.file("a.png").c_str(), F_OK), 0);
}

TEST(ScreenshotWriter, OneAtATime) {
    const test::TemporaryFolder folder;
    const std::string pipe = folder.file("pipe");
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    const UniqueFd reader(open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    ASSERT_TRUE(reader);
    ScreenshotWriter writer;
    writer.take([] { return Result<Picture>(noisy_picture()); }, pipe);

    // The writer cannot end before the pipe is read.
    bool asked = false;
    writer.take(
        [&] {
            asked = true;
            return no_picture();
        },
        folder.file("b.png"));
    EXPECT_FALSE(asked);

    // Until somebody has opened it for writing, a read would take that for the end.
    pollfd written{reader.get(), POLLIN, 0};
    ASSERT_EQ(poll(&written, 1, 30'000), 1);
    ASSERT_EQ(fcntl(reader.get(), F_SETFL, 0), 0);
    std::array<char, 4096> bytes;
    size_t total = 0;
    for (ssize_t got; (got = read(reader.get(), bytes.data(), bytes.size())) != 0;) {
        ASSERT_GT(got, 0);
        total += static_cast<size_t>(got);
    }
    writer.finish();
    EXPECT_GT(total, size_t{64 * 1024});
    writer.take(
        [&] {
            asked = true;
            return no_picture();
        },
        folder.file("b.png"));
    EXPECT_TRUE(asked);
}

}  // namespace
}  // namespace vitrine
