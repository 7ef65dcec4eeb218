// The emulator behind libc's own functions, linked into this program in place of preloading.
#include <dirent.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "core/unique_fd.h"
#include "tests/vpu/interposer.h"

namespace {

constexpr const char* kNode = "/dev/video10";

std::vector<std::string> video_names() {
    std::vector<std::string> names;
    DIR* directory = opendir("/dev");
    while (const dirent* entry = readdir(directory)) {
        if (std::strncmp(entry->d_name, "video", 5) == 0) names.emplace_back(entry->d_name);
    }
    closedir(directory);
    return names;
}

TEST(Interposer, TheNodeIsInDev) {
    EXPECT_EQ(video_names(), std::vector<std::string>{"video10"});
    dirent** list = nullptr;
    const int count = scandir(
        "/dev", &list, [](const dirent* entry) { return entry->d_name[0] == 'v' ? 1 : 0; },
        alphasort);
    bool found = false;
    for (int i = 0; i < count; ++i) {
        found = found || std::strcmp(list[i]->d_name, "video10") == 0;
        std::free(list[i]);
    }
    std::free(list);
    EXPECT_TRUE(found);
    bool iterated = false;
    for (const auto& entry : std::filesystem::directory_iterator("/dev")) {
        iterated = iterated || entry.path() == kNode;
    }
    EXPECT_TRUE(iterated);
}

TEST(Interposer, OtherDirectoriesAreAsTheyAre) {
    DIR* directory = opendir("/");
    ASSERT_NE(directory, nullptr);
    while (const dirent* entry = readdir(directory)) {
        EXPECT_NE(std::strncmp(entry->d_name, "video10", 8), 0);
    }
    closedir(directory);
}

TEST(Interposer, TheNodeIsACharacterDevice) {
    struct stat node {};
    ASSERT_EQ(stat(kNode, &node), 0);
    EXPECT_TRUE(S_ISCHR(node.st_mode));
    EXPECT_EQ(major(node.st_rdev), 81U);
    EXPECT_EQ(minor(node.st_rdev), 10U);
    EXPECT_EQ(access(kNode, R_OK | W_OK), 0);
    EXPECT_TRUE(std::filesystem::is_character_file(kNode));
    EXPECT_EQ(stat("/dev/video0", &node), -1);
    EXPECT_EQ(errno, ENOENT);
    const vitrine::UniqueFd fd(open(kNode, O_RDWR));
    ASSERT_TRUE(fd);
    struct stat opened {};
    ASSERT_EQ(fstat(fd.get(), &opened), 0);
    EXPECT_EQ(opened.st_rdev, makedev(81, 10));
}

TEST(Interposer, CallsGoToTheDevice) {
    const vitrine::UniqueFd fd(openat(AT_FDCWD, kNode, O_RDWR | O_NONBLOCK | O_CLOEXEC));
    ASSERT_TRUE(fd);
    v4l2_capability capability{};
    ASSERT_EQ(ioctl(fd.get(), VIDIOC_QUERYCAP, &capability), 0);
    EXPECT_STREQ(reinterpret_cast<const char*>(capability.driver), "vitrine-vpu");
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    EXPECT_EQ(ioctl(fd.get(), VIDIOC_STREAMON, &type), -1);
    EXPECT_EQ(errno, EINVAL);
    v4l2_requestbuffers request{};
    request.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    request.memory = V4L2_MEMORY_MMAP;
    request.count = 4;
    ASSERT_EQ(ioctl(fd.get(), VIDIOC_REQBUFS, &request), 0);
    v4l2_buffer buffer{};
    buffer.type = request.type;
    ASSERT_EQ(ioctl(fd.get(), VIDIOC_QUERYBUF, &buffer), 0);
    void* mapped =
        mmap(nullptr, buffer.length, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), buffer.m.offset);
    ASSERT_NE(mapped, MAP_FAILED);
    EXPECT_EQ(munmap(mapped, buffer.length), 0);
    EXPECT_EQ(mmap(nullptr, buffer.length, PROT_READ, MAP_PRIVATE, fd.get(), buffer.m.offset),
              MAP_FAILED);
}

TEST(Interposer, PollAndPpollKnowTheDevice) {
    const vitrine::UniqueFd fd(open(kNode, O_RDWR));
    pollfd entry{fd.get(), POLLIN, 0};
    EXPECT_EQ(poll(&entry, 1, 0), 1);
    EXPECT_EQ(entry.revents, POLLERR);
    entry.events = POLLPRI;
    EXPECT_EQ(poll(&entry, 1, 5), 0);
    const timespec moment{0, 5'000'000};
    EXPECT_EQ(ppoll(&entry, 1, &moment, nullptr), 0);
}

TEST(Interposer, DuplicatesStandForTheSameFile) {
    vitrine::UniqueFd first(open(kNode, O_RDWR));
    const vitrine::UniqueFd second(dup(first.get()));
    const vitrine::UniqueFd third(fcntl(first.get(), F_DUPFD_CLOEXEC, 0));
    const vitrine::UniqueFd fourth(dup2(first.get(), third.get() + 10));
    first.reset();
    v4l2_capability capability{};
    for (const int fd : {second.get(), third.get(), fourth.get()}) {
        EXPECT_EQ(ioctl(fd, VIDIOC_QUERYCAP, &capability), 0);
    }
    const vitrine::UniqueFd null(open("/dev/null", O_RDWR));
    EXPECT_EQ(dup2(null.get(), second.get()), second.get());
    EXPECT_EQ(ioctl(second.get(), VIDIOC_QUERYCAP, &capability), -1) << "not the device any more";
}

TEST(Interposer, AnotherDeviceCanBePutInItsPlace) {
    const auto driver_of = [](const char* path) {
        const vitrine::UniqueFd fd(open(path, O_RDWR));
        v4l2_capability capability{};
        if (!fd || ioctl(fd.get(), VIDIOC_QUERYCAP, &capability) != 0) return std::string();
        return std::string(reinterpret_cast<const char*>(capability.driver));
    };
    vpu::interposer::use({"video19=wave5", "", "", ""});
    EXPECT_EQ(driver_of("/dev/video19"), "wave5-dec");
    EXPECT_EQ(driver_of(kNode), "");
    EXPECT_EQ(video_names(), std::vector<std::string>{"video19"});
    vpu::interposer::use({});
    EXPECT_EQ(driver_of(kNode), "vitrine-vpu");
}

}  // namespace
