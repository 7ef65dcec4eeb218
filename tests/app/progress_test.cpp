#include "app/progress.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "core/log.h"
#include "core/unique_fd.h"
#include "tests/app/support.h"
#include "tests/support/manual_clock.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using test::contains;

/// A terminal whose other side the test holds.
struct Terminal {
    UniqueFd screen;
    UniqueFd program;

    Terminal() {
        screen.reset(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
        EXPECT_EQ(grantpt(screen.get()), 0);
        EXPECT_EQ(unlockpt(screen.get()), 0);
        program.reset(open(ptsname(screen.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
        fcntl(screen.get(), F_SETFL, O_NONBLOCK);
    }
    /// What has been written since the last call.
    std::string text() const {
        char buffer[4096];
        const ssize_t got = read(screen.get(), buffer, sizeof(buffer));
        return got > 0 ? std::string(buffer, static_cast<size_t>(got)) : std::string();
    }
};

ProgressState sample_state() {
    return {65s, 130s, 24.96, "h264 > udmabuf > dmabuf > offscreen", 3, false};
}

TEST(ProgressText, SaysHowPlayingGoes) {
    EXPECT_EQ(progress_text(sample_state(), 100),
              "1:05 / 2:10  25.0 fps  h264 > udmabuf > dmabuf > offscreen  3 dropped");
    ProgressState state = sample_state();
    state.duration.reset();
    state.dropped = 0;
    state.paused = true;
    EXPECT_EQ(progress_text(state, 100),
              "1:05  paused  25.0 fps  h264 > udmabuf > dmabuf > offscreen");
}

TEST(ProgressText, NeverReachesTheLastColumn) {
    EXPECT_EQ(progress_text(sample_state(), 10).size(), 9u);
    EXPECT_EQ(progress_text(sample_state(), 1), "");
    EXPECT_EQ(progress_text(sample_state(), 0), "");
}

TEST(ProgressLine, TakesWhatIsNotPlayingToo) {
    const Terminal terminal;
    ManualClock clock;
    {
        ProgressLine line(clock, terminal.program.get());
        line.update("trial 1 of 9");
        EXPECT_EQ(terminal.text(), "\r\x1b[Ktrial 1 of 9");
        line.update("trial 2 of 9");
        EXPECT_EQ(terminal.text(), "") << "too soon";
        clock.advance(1s);
        line.update("trial 3 of 9 " + std::string(200, 'x'));
        EXPECT_EQ(terminal.text(), "\r\x1b[Ktrial 3 of 9 " + std::string(66, 'x'));
    }
    EXPECT_EQ(terminal.text(), "\r\x1b[K");
}

TEST(ProgressLine, IsDrawnFourTimesASecondAndCleared) {
    const Terminal terminal;
    ManualClock clock(1s);
    ProgressLine line(clock, terminal.program.get());
    EXPECT_TRUE(line.due());
    line.update(sample_state());
    EXPECT_TRUE(contains(terminal.text(), "\r\x1b[K1:05 / 2:10"));
    clock.advance(249ms);
    EXPECT_FALSE(line.due());
    line.update(sample_state());
    EXPECT_EQ(terminal.text(), "");
    clock.advance(1ms);
    line.update(sample_state());
    EXPECT_TRUE(contains(terminal.text(), "1:05 / 2:10"));
    line.clear();
    EXPECT_EQ(terminal.text(), "\r\x1b[K");
    line.clear();
    EXPECT_EQ(terminal.text(), "") << "nothing is there any more";
}

TEST(ProgressLine, IsClearedBeforeALineOfTheLogAndGivesTheLogBack) {
    const Terminal terminal;
    const ManualClock clock(1s);
    std::string logged;
    set_log_sink([&](LogLevel, std::string_view text) { logged += text; });
    {
        ProgressLine line(clock, terminal.program.get());
        line.update(sample_state());
        (void)terminal.text();
        log_warning("first");
        EXPECT_EQ(terminal.text(), "\r\x1b[K");
        EXPECT_EQ(logged, "first");
    }
    log_warning("second");
    EXPECT_EQ(logged, "firstsecond");
    set_log_sink({});
}

TEST(ProgressLine, TheLogGoesToTheTerminalWhereItHasNoOtherPlace) {
    const Terminal terminal;
    const ManualClock clock(1s);
    ProgressLine line(clock, terminal.program.get());
    log_warning("something");
    EXPECT_TRUE(contains(terminal.text(), "vitrine: warning: something"));
}

TEST(ProgressLine, WithoutATerminalThereIsNone) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const UniqueFd reading(ends[0]);
    const UniqueFd writing(ends[1]);
    fcntl(reading.get(), F_SETFL, O_NONBLOCK);
    const ManualClock clock(1s);
    ProgressLine line(clock, writing.get());
    EXPECT_FALSE(line.due());
    line.update(sample_state());
    line.clear();
    char byte;
    EXPECT_EQ(read(reading.get(), &byte, 1), -1);
}

}  // namespace
}  // namespace vitrine
