// `vitrine devices` on emulated nodes, in this process: what it says of them, and that nobody who
// uses them at the same time notices.
#include "app/devices.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/videodev2.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>

#include "app/version.h"
#include "core/unique_fd.h"
#include "tests/support/failing_kernel.h"
#include "tests/vpu/client.h"
#include "tests/vpu/interposer.h"

namespace vitrine {
namespace {

constexpr const char* kNodes =
    "video0=webcam,video10=bcm2835,video11=wave5,video12=spec,"
    "video13=spec,video14=spec,v4l2-nvenc=spec";
constexpr const char* kFaults = "open-denied@12,open-busy@13,no-querycap@14,no-querycap@15";

DevicesReport find(const DevicesOptions& options = {}) {
    auto report = find_devices(std::make_shared<testing::PassingKernel>(),
                               std::make_shared<CallGuard>(), options, true);
    EXPECT_TRUE(report);
    return report ? std::move(*report) : DevicesReport{};
}

std::string contents_of(const char* path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

/// With the version, which changes with every release, as it is in the stored one.
std::string with_version_of_golden(std::string text) {
    const std::string ours = fmt::format("\"version\": \"{}\"", program_version());
    const size_t at = text.find(ours);
    return at == text.npos ? text : text.replace(at, ours.size(), "\"version\": \"0\"");
}

TEST(EmulatedDevices, AreSaidAsInTheGoldenJson) {
    vpu::interposer::use({kNodes, kFaults, "", ""});
    EXPECT_EQ(with_version_of_golden(devices_json(find())), contents_of(VITRINE_GOLDEN_DEVICES));
}

TEST(EmulatedDevices, NoNodeIsNoFault) {
    vpu::interposer::use({"", "", "", ""});
    const DevicesReport report = find();
    EXPECT_TRUE(report.nodes.empty());
    EXPECT_EQ(report.left_out, 0u);
}

/// Several times as fast, so that nobody has to wait three seconds.
class FastClock final : public Clock {
  public:
    Nanos now() const override { return real_.now() * 4; }

  private:
    MonotonicClock real_;
};

/// However many there are: they are asked at the same time, and each is said in its place.
TEST(EmulatedDevices, ThatHangAreWaitedForOnce) {
    vpu::Emulator& emulator = vpu::interposer::use(
        {"spec,spec,spec,webcam,spec,spec,spec",
         "open-hang@10,open-hang@11,open-hang@12,open-hang@14,open-hang@15,open-hang@16", "", ""});
    const auto calls = std::make_shared<CallGuard>(std::make_shared<FastClock>());
    const Nanos start = calls->clock().now();
    const auto report = find_devices(std::make_shared<RealKernel>(), calls, {}, false);
    EXPECT_LT(calls->clock().now() - start, Patience::kInAll);
    EXPECT_EQ(calls->abandoned(), 6);
    emulator.end_hangs();
    while (calls->still_away() > 0) std::this_thread::yield();
    ASSERT_TRUE(report);
    ASSERT_EQ(report->nodes.size(), 7u);
    for (size_t i = 0; i < report->nodes.size(); ++i) {
        const V4l2Description& node = report->nodes[i];
        EXPECT_EQ(node.path, fmt::format("/dev/video{}", 10 + i));
        const bool hangs = i != 3;
        EXPECT_EQ(node.kind, hangs ? V4l2Kind::unknown : V4l2Kind::camera);
        EXPECT_EQ(
            node.refused,
            hangs ? "its driver does not answer: asking what it is has not returned for 3 s" : "");
    }
}

/// Films with two buffers, and reads the number of every picture.
class Filming {
  public:
    explicit Filming(const char* path) : fd_(open(path, O_RDWR | O_CLOEXEC)) {}

    bool start() {
        v4l2_requestbuffers request{};
        request.count = kBuffers;
        request.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
        request.memory = V4L2_MEMORY_MMAP;
        if (ioctl(fd_.get(), VIDIOC_REQBUFS, &request) != 0 || request.count != kBuffers) {
            return false;
        }
        for (uint32_t i = 0; i < kBuffers; ++i) {
            v4l2_buffer buffer = described(i);
            if (ioctl(fd_.get(), VIDIOC_QUERYBUF, &buffer) != 0) return false;
            bytes_ = buffer.length;
            maps_[i] = mmap(nullptr, bytes_, PROT_READ, MAP_SHARED, fd_.get(), buffer.m.offset);
            if (maps_[i] == MAP_FAILED || ioctl(fd_.get(), VIDIOC_QBUF, &buffer) != 0) return false;
        }
        int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
        return ioctl(fd_.get(), VIDIOC_STREAMON, &type) == 0;
    }
    /// The number of the next picture, or nothing where the camera refuses.
    std::optional<uint32_t> next() {
        v4l2_buffer buffer = described(0);
        if (ioctl(fd_.get(), VIDIOC_DQBUF, &buffer) != 0) return std::nullopt;
        uint32_t number = 0;
        std::memcpy(&number, maps_[buffer.index], sizeof number);
        if (ioctl(fd_.get(), VIDIOC_QBUF, &buffer) != 0) return std::nullopt;
        return number;
    }
    ~Filming() {
        for (void* map : maps_) {
            if (map != nullptr && map != MAP_FAILED) munmap(map, bytes_);
        }
    }
    Filming(const Filming&) = delete;
    Filming& operator=(const Filming&) = delete;

  private:
    static constexpr uint32_t kBuffers = 2;
    static v4l2_buffer described(uint32_t index) {
        v4l2_buffer buffer{};
        buffer.index = index;
        buffer.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
        buffer.memory = V4L2_MEMORY_MMAP;
        return buffer;
    }
    const UniqueFd fd_;
    std::array<void*, kBuffers> maps_{};
    size_t bytes_ = 0;
};

constexpr int kLooks = 20;

TEST(EmulatedDevices, ACameraThatFilmsGoesOnFilming) {
    vpu::Emulator& emulator = vpu::interposer::use({kNodes, kFaults, "", ""});
    Filming camera("/dev/video0");
    ASSERT_TRUE(camera.start());
    std::atomic<bool> done{false};
    uint32_t pictures = 0;
    uint32_t wrong = 0;
    std::thread filming([&] {
        while (!done || pictures == 0) {
            const auto number = camera.next();
            wrong += number == pictures ? 0 : 1;
            ++pictures;
            if (!number) return;
        }
    });
    for (int i = 0; i < kLooks; ++i) {
        const DevicesReport report = find();
        EXPECT_EQ(report.nodes.front().kind, V4l2Kind::camera);
        EXPECT_EQ(report.nodes.front().refused, "");
    }
    done = true;
    filming.join();
    EXPECT_EQ(wrong, 0u) << "of " << pictures;
    EXPECT_GT(pictures, 0u);
    EXPECT_EQ(emulator.recorder().violations(), 0u);
    // Only the one who films made those.
    EXPECT_EQ(emulator.recorder().calls("VIDIOC_REQBUFS"), 1u);
    EXPECT_EQ(emulator.recorder().calls("VIDIOC_STREAMON"), 1u);
    for (const char* call : {"VIDIOC_S_FMT", "VIDIOC_STREAMOFF", "VIDIOC_S_CTRL"}) {
        EXPECT_EQ(emulator.recorder().calls(call), 0u) << call;
    }
}

TEST(EmulatedDevices, ADecoderThatDecodesGoesOnDecoding) {
    vpu::Emulator& emulator = vpu::interposer::use({"video10=spec-mplane", "", "", ""});
    constexpr int kRounds = 4;
    std::atomic<bool> done{false};
    std::thread decoding([&] {
        for (int round = 0; round < kRounds; ++round) {
            vpu::Client client(emulator, "spec-mplane");
            client.start_input();
            client.set_units(vpu::make_stream({.pictures = vpu::kMaxNumber}));
            EXPECT_TRUE(client.feed_until_event(V4L2_EVENT_SOURCE_CHANGE));
            client.start_output();
            const auto run = client.run();
            EXPECT_EQ(run.numbers, vpu::numbers(0, vpu::kMaxNumber));
            EXPECT_TRUE(run.last_seen);
        }
        done = true;
    });
    int looks = 0;
    for (; !done; ++looks) EXPECT_EQ(find().nodes.front().kind, V4l2Kind::decoder);
    decoding.join();
    EXPECT_GT(looks, 0);
    EXPECT_EQ(emulator.recorder().violations(), 0u);
    EXPECT_EQ(emulator.recorder().calls("VIDIOC_STREAMON"), 2u * kRounds);
}

/// A program that looks must not be in the way of one that is just about to film.
TEST(EmulatedDevices, ACameraIsNotTakenByLooking) {
    vpu::Emulator& emulator = vpu::interposer::use({"video0=webcam", "", "", ""});
    std::atomic<bool> done{false};
    std::thread looking([&] {
        while (!done) (void)find();
    });
    for (int i = 0; i < kLooks; ++i) {
        Filming camera("/dev/video0");
        EXPECT_TRUE(camera.start());
        EXPECT_EQ(camera.next(), 0u);
    }
    done = true;
    looking.join();
    EXPECT_EQ(emulator.recorder().violations(), 0u);
}

/// The emulated camera does notice somebody who takes it: the two tests before could fail.
TEST(EmulatedDevices, ATakenCameraIsNoticed) {
    vpu::Emulator& emulator = vpu::interposer::use({"video0=webcam", "", "", ""});
    const UniqueFd other(open("/dev/video0", O_RDWR | O_CLOEXEC));
    v4l2_create_buffers none{};
    none.memory = V4L2_MEMORY_MMAP;
    none.format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    ASSERT_EQ(ioctl(other.get(), VIDIOC_CREATE_BUFS, &none), 0);
    Filming camera("/dev/video0");
    EXPECT_FALSE(camera.start());
    EXPECT_GT(emulator.recorder().violations(), 0u);
}

}  // namespace
}  // namespace vitrine
