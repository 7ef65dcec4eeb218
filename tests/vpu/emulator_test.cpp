// The table of nodes and descriptors, and waiting for several of them.
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <thread>

#include "tests/vpu/client.h"

namespace vpu {
namespace {

TEST(Emulator, ReadsAListOfNodes) {
    const auto emulator = make_emulator("webcam,video19=wave5,venus");
    EXPECT_EQ(emulator->names(), (std::vector<std::string>{"video10", "video19", "video20"}));
    EXPECT_TRUE(emulator->device_number("/dev/video19"));
    EXPECT_FALSE(emulator->device_number("/dev/video0"));
}

TEST(Emulator, SaysWhichWordIsWrong) {
    for (const char* profiles : {"nonsense", "video=spec", "videox=spec", "spec,,spec"}) {
        Settings settings;
        settings.profiles = profiles;
        std::string wrong;
        EXPECT_EQ(Emulator::make(settings, wrong), nullptr) << profiles;
        EXPECT_NE(wrong.find("no such profile"), std::string::npos);
    }
    Settings settings;
    settings.faults = "eio@4,nonsense";
    std::string wrong;
    EXPECT_EQ(Emulator::make(settings, wrong), nullptr);
    EXPECT_NE(wrong.find("nonsense"), std::string::npos);
}

TEST(Emulator, OwnsEveryVideoNodeAndNothingElse) {
    EXPECT_TRUE(Emulator::owns_path("/dev/video0"));
    EXPECT_TRUE(Emulator::owns_path("/dev/video10"));
    EXPECT_FALSE(Emulator::owns_path("/dev/video"));
    EXPECT_FALSE(Emulator::owns_path("/dev/videoX"));
    EXPECT_FALSE(Emulator::owns_path("/dev/null"));
    const auto emulator = make_emulator("spec");
    EXPECT_EQ(emulator->open("/dev/video0", O_RDWR), -ENOENT);
    EXPECT_EQ(emulator->ioctl(0, VIDIOC_QUERYCAP, nullptr), -EBADF);
}

TEST(Emulator, ADuplicateKeepsTheFileOpen) {
    const auto emulator = make_emulator("spec");
    const int fd = emulator->open("/dev/video10", O_RDWR | O_CLOEXEC);
    const vitrine::UniqueFd copy(::dup(fd));
    emulator->duplicated(fd, copy.get());
    emulator->close(fd);
    ::close(fd);
    v4l2_capability capability{};
    EXPECT_EQ(emulator->ioctl(copy.get(), VIDIOC_QUERYCAP, &capability), 0);
    EXPECT_NE(emulator->recorder().json().find("\"open_at_exit\": 1"), std::string::npos);
    emulator->close(copy.get());
    EXPECT_NE(emulator->recorder().json().find("\"open_at_exit\": 0"), std::string::npos);
}

TEST(Emulator, TheNumberOfOpenFilesIsBounded) {
    const auto emulator = make_emulator("spec");
    std::vector<vitrine::UniqueFd> open;
    int last = 0;
    while ((last = emulator->open("/dev/video10", O_RDWR)) >= 0 && open.size() < 1000) {
        open.emplace_back(last);
    }
    EXPECT_EQ(last, -EBUSY);
    for (const auto& fd : open) emulator->close(fd.get());
}

TEST(Emulator, PollWaitsForDevicesAndOthersTogether) {
    const auto emulator = make_emulator("spec");
    Client client(*emulator, "spec");
    int pipes[2];
    ASSERT_EQ(::pipe(pipes), 0);
    const vitrine::UniqueFd reader(pipes[0]);
    const vitrine::UniqueFd writer(pipes[1]);
    pollfd both[2] = {{client.fd(), POLLPRI, 0}, {reader.get(), POLLIN, 0}};
    EXPECT_EQ(emulator->poll(both, 2, 10, ::poll), 0);
    std::thread other([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        EXPECT_EQ(::write(writer.get(), "x", 1), 1);
    });
    EXPECT_EQ(emulator->poll(both, 2, 5000, ::poll), 1);
    EXPECT_EQ(both[1].revents, POLLIN);
    EXPECT_EQ(both[0].revents, 0);
    other.join();

    client.start_input();
    both[1].revents = 0;
    std::thread device([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        EXPECT_EQ(client.queue_unit(0, make_stream().front(), 0), 0);
    });
    EXPECT_EQ(emulator->poll(both, 1, 5000, ::poll), 1) << "woken by the source change";
    EXPECT_EQ(both[0].revents, POLLPRI);
    device.join();
}

TEST(Emulator, WritesWhatHappened) {
    const std::string log = testing::TempDir() + "/vpu.log";
    const std::string counters = testing::TempDir() + "/vpu.json";
    std::remove(log.c_str());
    {
        Settings settings;
        settings.log_path = log;
        settings.counters_path = counters;
        std::string wrong;
        const auto emulator = Emulator::make(settings, wrong);
        ASSERT_NE(emulator, nullptr);
        Client client(*emulator, "spec");
        EXPECT_EQ(client.stream(true, true), EINVAL);
    }
    std::string text;
    std::getline(std::ifstream(log), text, '\0');
    EXPECT_NE(text.find("VIDIOC_STREAMON(CAPTURE) = EINVAL"), std::string::npos) << text;
    EXPECT_NE(text.find("refused: STREAMON: no buffers are allocated"), std::string::npos);
    std::getline(std::ifstream(counters), text, '\0');
    EXPECT_NE(text.find("\"violation_count\": 1"), std::string::npos) << text;
    EXPECT_NE(text.find("\"VIDIOC_STREAMON EINVAL\": 1"), std::string::npos);
    std::remove(log.c_str());
    std::remove(counters.c_str());
}

}  // namespace
}  // namespace vpu
