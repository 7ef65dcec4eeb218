#include "hw/kernel.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/unique_fd.h"
#include "tests/support/failing_kernel.h"

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

/// One node, and who asks for it.
class NodeAndAsker final : public testing::PassingKernel {
  public:
    uid_t owner = 0;
    gid_t group = 54321;  // has no name
    mode_t mode = 0660;
    ProcessIdentity who{1000, {1000}};

    int stat(const char*, struct stat& status) override {
        status = {};
        status.st_uid = owner;
        status.st_gid = group;
        status.st_mode = S_IFCHR | mode;
        return 0;
    }
    ProcessIdentity identity() override { return who; }
    /// After the colon.
    std::string remedy(int error_number) {
        const std::string text = explain_open_failure(*this, "/dev/video9", error_number).text;
        return text.substr(text.find("): ") + 3);
    }
};

constexpr const char* kSandbox =
    "it is not these rights that forbid it, but a container or a sandbox around this program: let "
    "it have the device ('docker run --device=/dev/video9')";

TEST(OpenFailure, NamesTheOwnerAndTheGroupToBeIn) {
    NodeAndAsker node;
    const Error error = explain_open_failure(node, "/dev/video9", EACCES);
    EXPECT_EQ(error.code, Errc::unsupported);
    EXPECT_EQ(error.text, "/dev/video9 belongs to root:54321 (0660): add yourself to group 54321");
}

TEST(OpenFailure, DoesNotSendAnybodyToAGroupThatHeIsIn) {
    NodeAndAsker node;
    node.who.groups = {1000, 54321};
    EXPECT_EQ(node.remedy(EACCES), kSandbox);
    node.mode = 0600;
    EXPECT_EQ(node.remedy(EACCES),
              "its rights admit root only: a udev rule must open it to a group");
}

TEST(OpenFailure, DoesNotSendRootToAGroup) {
    NodeAndAsker node;
    node.who = {0, {0}};
    for (const mode_t mode : {0660, 0600, 0}) {
        node.mode = mode;
        EXPECT_EQ(node.remedy(EACCES), kSandbox);
    }
}

TEST(OpenFailure, ThatIsNotPermittedIsAContainers) {
    NodeAndAsker node;
    EXPECT_EQ(node.remedy(EPERM), kSandbox);
    node.group = 0;
    EXPECT_EQ(node.remedy(EPERM), kSandbox);
}

TEST(OpenFailure, OfANodeThatEverybodyMayOpenIsASandboxes) {
    NodeAndAsker node;
    node.mode = 0666;
    EXPECT_EQ(node.remedy(EACCES), kSandbox);
    node.owner = 1000;
    node.mode = 0600;
    EXPECT_EQ(node.remedy(EACCES), kSandbox) << "it is his own";
}

/// Nobody is to become a member of group root.
TEST(OpenFailure, OfWhatRootHasForItselfAsksForAUdevRule) {
    NodeAndAsker node;
    node.group = 0;
    EXPECT_EQ(node.remedy(EACCES),
              "its rights admit root and group root only: a udev rule must open it to a group");
    node.mode = 0600;
    EXPECT_EQ(node.remedy(EACCES),
              "its rights admit root only: a udev rule must open it to a group");
    node.owner = 54322;
    EXPECT_EQ(node.remedy(EACCES),
              "its rights admit 54322 only: a udev rule must open it to a group");
}

TEST(Kernel, KnowsWhomItRunsAs) {
    RealKernel kernel;
    const ProcessIdentity who = kernel.identity();
    EXPECT_EQ(who.user, geteuid());
    EXPECT_EQ(std::count(who.groups.begin(), who.groups.end(), getegid()) > 0, true);
    EXPECT_GE(who.groups.size(), static_cast<size_t>(getgroups(0, nullptr)));
}

}  // namespace
}  // namespace vitrine
