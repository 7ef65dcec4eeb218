// To link into a program of the lab: this process, and what it starts, see no /dev/dri. Mesa's
// software renderer imports foreign dma-bufs only where there is no card.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

namespace {

class HiddenDisplays : public testing::Environment {
    void SetUp() override {
        ASSERT_EQ(unshare(CLONE_NEWNS), 0) << "this is a test of the lab: ./dev lab";
        ASSERT_EQ(mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
        ASSERT_EQ(mount("none", "/dev/dri", "tmpfs", 0, nullptr), 0);
        ASSERT_NE(access("/dev/dri/card0", F_OK), 0);
    }
};

const auto* const kHidden = testing::AddGlobalTestEnvironment(new HiddenDisplays);

}  // namespace
