// vivid's injected errors, each of which ends in a clear error or in recovery, and never in waiting
// for ever: by our own device and queue, as a camera's source will use them.
#include <gtest/gtest.h>
#include <linux/videodev2.h>
#include <sys/mman.h>

#include <thread>

#include "tests/lab/camera.h"

namespace {

using namespace vitrine;
using namespace vitrine::lab;

// drivers/media/test-drivers/vivid/vivid-ctrls.c: buttons, of which no header tells.
constexpr uint32_t kBase = 0x00f00000 | 0xf000;
constexpr uint32_t kDisconnect = kBase + 65;
constexpr uint32_t kBrokenPicture = kBase + 66;
constexpr uint32_t kQueueSetup = kBase + 67;
constexpr uint32_t kBufferPrepare = kBase + 68;
constexpr uint32_t kStartStreaming = kBase + 69;
constexpr uint32_t kQueueError = kBase + 70;

/// By a descriptor of its own, as from another program.
void press(const std::string& camera, uint32_t button) {
    const auto device = open_node(camera);
    v4l2_control control{};
    control.id = button;
    control.value = 1;
    ASSERT_EQ(device->ioctl(VIDIOC_S_CTRL, &control), 0);
}

void expect_names(const Error& error, std::string_view what) {
    EXPECT_NE(error.text.find(what), error.text.npos) << error.text;
    EXPECT_NE(error.text.find("/dev/video"), error.text.npos) << error.text;
}

/// That pictures come, without an error and without a gap.
void expect_pictures(Camera& camera, int count) {
    std::optional<uint32_t> before;
    for (int i = 0; i < count; ++i) {
        auto picture = camera.next();
        ASSERT_TRUE(picture) << picture.error().text;
        EXPECT_FALSE(picture->report().corrupt);
        if (before) {
            EXPECT_GT(picture->report().sequence, *before);
        }
        before = picture->report().sequence;
        picture = fail(Errc::interrupted, "given back");
        ASSERT_TRUE(camera.lend());
    }
}

class CameraErrors : public testing::TestWithParam<bool> {
  protected:
    CameraErrors() { options.multi_planar = GetParam(); }
    void inject(uint32_t button) const { press(camera_name(GetParam()), button); }
    void open(bool start = true) {
        auto opened = Camera::open(options);
        ASSERT_TRUE(opened) << opened.error().text;
        camera = std::move(*opened);
        if (start) {
            ASSERT_TRUE(camera->start());
        }
    }
    CameraOptions options;
    std::unique_ptr<Camera> camera;
};
INSTANTIATE_TEST_SUITE_P(, CameraErrors, testing::Bool(),
                         [](const auto& row) { return name_of_kind(row.param); });

TEST_P(CameraErrors, BuffersThatAreRefused) {
    inject(kQueueSetup);
    const auto refused = Camera::open(options);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unsupported);
    expect_names(refused.error(), "takes no output buffers of this memory");
    open();
    expect_pictures(*camera, 3);
}

TEST_P(CameraErrors, ABufferThatIsRefused) {
    open();
    expect_pictures(*camera, 2);
    auto picture = camera->next();
    ASSERT_TRUE(picture);
    picture = fail(Errc::interrupted, "given back");
    inject(kBufferPrepare);
    const auto refused = camera->lend();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::invalid_argument);
    expect_names(refused.error(), "VIDIOC_QBUF");
    EXPECT_TRUE(camera->lend()) << "the buffer is free, and can be tried again";
    expect_pictures(*camera, 6);
}

TEST_P(CameraErrors, AStartThatFails) {
    open(false);
    inject(kStartStreaming);
    const auto refused = camera->start();
    ASSERT_FALSE(refused);
    expect_names(refused.error(), "VIDIOC_STREAMON");
    ASSERT_TRUE(camera->start());
    expect_pictures(*camera, 3);
}

TEST_P(CameraErrors, APictureThatIsBroken) {
    open();
    expect_pictures(*camera, 2);
    inject(kBrokenPicture);
    int corrupt = 0;
    for (int i = 0; i < 8; ++i) {
        auto picture = camera->next();
        ASSERT_TRUE(picture) << picture.error().text;
        corrupt += picture->report().corrupt ? 1 : 0;
        picture = fail(Errc::interrupted, "given back");
        ASSERT_TRUE(camera->lend());
    }
    EXPECT_EQ(corrupt, 1);
    expect_pictures(*camera, 3);
}

TEST_P(CameraErrors, AQueueThatIsInABadState) {
    open();
    expect_pictures(*camera, 2);
    inject(kQueueError);
    Result<ReadyBuffer> got = camera->next();
    for (int i = 0; got && i < 8; ++i) got = camera->next();  // what was ready before
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, Errc::device_lost);
    expect_names(got.error(), "VIDIOC_DQBUF");
    ASSERT_TRUE(camera->stop());
    ASSERT_TRUE(camera->lend());
    ASSERT_TRUE(camera->start());
    expect_pictures(*camera, 3);
}

TEST_P(CameraErrors, ACameraThatIsPulledOut) {
    open();
    expect_pictures(*camera, 2);
    auto buffer = camera->next();
    ASSERT_TRUE(buffer);
    const auto frame = camera->frame_of(std::move(*buffer));
    ASSERT_TRUE(frame);
    // While somebody waits for a picture.
    std::thread other([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        inject(kDisconnect);
    });
    Result<ReadyBuffer> got = camera->next();
    for (int i = 0; got && i < 100; ++i) {
        got = fail(Errc::interrupted, "given back");
        if (auto ok = camera->lend(); ok) {
            got = camera->next();
        } else {
            got = Failure(ok.error());
        }
    }
    other.join();
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, Errc::device_lost) << got.error().text;
    expect_names(got.error(), "No such device");
    const auto again = V4l2Device::open(std::make_shared<RealKernel>(), camera->device().path());
    ASSERT_FALSE(again) << "it is still pulled out";
    expect_names(again.error(), "No such device");
    camera.reset();
    const DmaBufObject& memory = (*frame)->dma_buf()->description().objects.at(0);
    void* mapped = mmap(nullptr, memory.size, PROT_READ, MAP_SHARED, memory.fd, 0);
    ASSERT_NE(mapped, MAP_FAILED) << "its pictures outlive it";
    munmap(mapped, memory.size);
}

TEST_P(CameraErrors, ACameraThatIsPulledOutAndPutInAgain) {
    open();
    expect_pictures(*camera, 2);
    inject(kDisconnect);
    Result<ReadyBuffer> got = camera->next();
    for (int i = 0; got && i < 8; ++i) got = camera->next();
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, Errc::device_lost) << got.error().text;
    got = fail(Errc::interrupted, "given back");
    camera.reset();  // vivid comes again when the last that has it lets go
    open();
    expect_pictures(*camera, 3);
}

}  // namespace
