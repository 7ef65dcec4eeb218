#include "hw/v4l2_device.h"

#include <gtest/gtest.h>
#include <linux/videodev2.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

#include "tests/support/failing_kernel.h"
#include "tests/vpu/interposer.h"

namespace vitrine {
namespace {

using testing::FailingKernel;
using testing::holdings;
using testing::PassingKernel;

constexpr const char* kNode = "/dev/video10";
constexpr Nanos kMoment = std::chrono::milliseconds(5);
constexpr Nanos kLongWait = std::chrono::seconds(10);  // nothing takes so long that works

Result<std::shared_ptr<V4l2Device>> open_on(const std::string& profile,
                                            const std::string& faults = {},
                                            std::shared_ptr<Kernel> kernel = nullptr) {
    vpu::interposer::use({profile, faults, "", ""});
    if (!kernel) kernel = std::make_shared<RealKernel>();
    return V4l2Device::open(std::move(kernel), kNode);
}

std::shared_ptr<V4l2Device> open_or_fail(const std::string& profile) {
    auto device = open_on(profile);
    if (!device) ADD_FAILURE() << device.error().text;
    return device.value_or(nullptr);
}

Error refusal(const Result<std::shared_ptr<V4l2Device>>& device) {
    if (device) ADD_FAILURE() << "it opened";
    return device ? Error{} : device.error();
}

TEST(V4l2Device, SaysWhatItIs) {
    const auto single = open_or_fail("spec");
    EXPECT_EQ(single->path(), kNode);
    EXPECT_EQ(single->capability().driver, "vitrine-vpu");
    EXPECT_EQ(single->capability().card, "Emulated stateful decoder");
    EXPECT_EQ(single->capability().bus, "platform:vitrine-vpu");
    EXPECT_TRUE(single->capability().memory_to_memory());
    EXPECT_FALSE(single->capability().multi_planar());
    EXPECT_TRUE(single->capability().streams());
    EXPECT_EQ(single->buffer_type(V4l2Side::input), uint32_t{V4L2_BUF_TYPE_VIDEO_OUTPUT});
    EXPECT_EQ(single->buffer_type(V4l2Side::output), uint32_t{V4L2_BUF_TYPE_VIDEO_CAPTURE});
    const auto multi = open_or_fail("bcm2835");
    EXPECT_EQ(multi->capability().driver, "bcm2835-codec");
    EXPECT_TRUE(multi->capability().memory_to_memory());
    EXPECT_TRUE(multi->capability().multi_planar());
    EXPECT_EQ(multi->buffer_type(V4l2Side::input), uint32_t{V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE});
    EXPECT_EQ(multi->buffer_type(V4l2Side::output), uint32_t{V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE});
    const auto camera = open_or_fail("webcam");
    EXPECT_FALSE(camera->capability().memory_to_memory());
    EXPECT_TRUE(camera->capability().streams());
}

TEST(V4l2Device, BothSidesOfOneNodeAreACodecToo) {
    V4l2Capability capability;
    capability.flags = V4L2_CAP_VIDEO_CAPTURE_MPLANE | V4L2_CAP_VIDEO_OUTPUT_MPLANE;
    EXPECT_TRUE(capability.memory_to_memory());
    EXPECT_FALSE(capability.streams());
    capability.flags = V4L2_CAP_VIDEO_OUTPUT;
    EXPECT_FALSE(capability.memory_to_memory());
}

TEST(V4l2Device, ListsWhatItsSidesTake) {
    const auto device = open_or_fail("bcm2835");
    const auto input = device->formats(V4l2Side::input);
    ASSERT_TRUE(input) << input.error().text;
    ASSERT_EQ(input->size(), 3U);
    EXPECT_EQ(input->front().format, V4l2Format{V4L2_PIX_FMT_H264});
    EXPECT_EQ(input->front().description, "H.264");
    EXPECT_TRUE(input->front().compressed);
    const auto output = device->formats(V4l2Side::output);
    ASSERT_TRUE(output) << output.error().text;
    ASSERT_EQ(output->size(), 2U);
    EXPECT_EQ(output->front().format, V4l2Format{V4L2_PIX_FMT_YUV420});
    EXPECT_FALSE(output->front().compressed);
}

TEST(V4l2Device, FillsInWhatAWishLeavesOpen) {
    for (const char* profile : {"spec", "spec-mplane"}) {
        SCOPED_TRACE(profile);
        const auto device = open_or_fail(profile);
        V4l2Picture wish;
        wish.format = {V4L2_PIX_FMT_MPEG2};
        wish.planes[0].bytes = 123456;
        auto set = device->set_format(V4l2Side::input, wish);
        ASSERT_TRUE(set) << set.error().text;
        EXPECT_EQ(set->format, wish.format);
        EXPECT_EQ(set->planes[0].bytes, 123456U);
        wish.planes[0].bytes = 0;
        set = device->set_format(V4l2Side::input, wish);
        ASSERT_TRUE(set) << set.error().text;
        EXPECT_EQ(set->planes[0].bytes, 1024U * 1024);
        const auto output = device->format(V4l2Side::output);
        ASSERT_TRUE(output) << output.error().text;
        EXPECT_EQ(output->format, V4l2Format{V4L2_PIX_FMT_NV12});
        EXPECT_EQ(output->planes[0].pitch, 64U) << "of its smallest picture, 16 wide";
        EXPECT_EQ(output->plane_count, 1U);
        EXPECT_EQ(device->least_output_buffers().value(), 4);
        wish.format = {v4l2_fourcc('N', 'O', 'N', 'E')};
        set = device->set_format(V4l2Side::input, wish);
        ASSERT_TRUE(set) << set.error().text;
        EXPECT_NE(set->format, wish.format) << "the driver's own choice";
    }
}

TEST(V4l2Device, ANodeThatIsNotThereIsUnsupported) {
    const auto error = refusal(open_on("video19=spec"));
    EXPECT_EQ(error.code, Errc::unsupported);
    EXPECT_EQ(error.text, "cannot open /dev/video10: No such file or directory");
}

TEST(V4l2Device, WhyANodeCannotBeOpenedIsSaid) {
    const auto busy = refusal(open_on("spec", "open-busy"));
    EXPECT_EQ(busy.code, Errc::unavailable);
    EXPECT_EQ(busy.text.rfind("/dev/video10 is busy", 0), 0U) << busy.text;
    const auto denied = refusal(open_on("spec", "open-denied"));
    EXPECT_EQ(denied.code, Errc::unsupported);
    EXPECT_NE(denied.text.find("/dev/video10 belongs to "), std::string::npos) << denied.text;
    const auto mute = refusal(open_on("spec", "no-querycap"));
    EXPECT_EQ(mute.code, Errc::unsupported);
    EXPECT_EQ(mute.text.rfind("/dev/video10 does not say what it is", 0), 0U) << mute.text;
    EXPECT_NE(mute.text.find("Inappropriate ioctl for device"), std::string::npos) << mute.text;
}

TEST(V4l2Device, AnErrnoSaysWhatTheCallerCanDo) {
    const auto device = open_or_fail("spec");
    for (const auto& [error, code] : {std::pair{EIO, Errc::device_lost},
                                      {ENODEV, Errc::device_lost},
                                      {ENXIO, Errc::device_lost},
                                      {ENOMEM, Errc::unavailable},
                                      {EBUSY, Errc::unavailable},
                                      {ENOTTY, Errc::unsupported},
                                      {EINVAL, Errc::invalid_argument}}) {
        const Failure failure = device->failure("VIDIOC_X", error);
        EXPECT_EQ(failure.value().code, code) << error;
        EXPECT_EQ(failure.value().text, "VIDIOC_X on /dev/video10: " + errno_text(error));
    }
}

TEST(V4l2Device, AnInterruptedCallIsRepeated) {
    RealKernel real;
    const auto kernel = std::make_shared<FailingKernel>(real, 1, EINTR);
    const auto device = open_on("spec", "", kernel);
    ASSERT_TRUE(device) << device.error().text;
    EXPECT_EQ(kernel->calls(), 3) << "open, QUERYCAP, and QUERYCAP again";
}

class Interrupted final : public PassingKernel {
  public:
    int ioctl(int, unsigned long, void*) override {
        errno = EINTR;
        return -1;
    }
};

TEST(V4l2Device, InterruptionsWithoutEndAreAnError) {
    const auto error = refusal(open_on("spec", "", std::make_shared<Interrupted>()));
    EXPECT_EQ(error.text, "VIDIOC_QUERYCAP on /dev/video10: Interrupted system call");
}

/// Lists the same format for ever.
class Endless final : public PassingKernel {
  public:
    int ioctl(int fd, unsigned long request, void* argument) override {
        if (request != VIDIOC_ENUM_FMT) return PassingKernel::ioctl(fd, request, argument);
        static_cast<v4l2_fmtdesc*>(argument)->pixelformat = V4L2_PIX_FMT_NV12;
        return 0;
    }
};

TEST(V4l2Device, AListWithoutEndIsCutOff) {
    const auto device = open_on("spec", "", std::make_shared<Endless>());
    ASSERT_TRUE(device) << device.error().text;
    const auto formats = (*device)->formats(V4l2Side::output);
    ASSERT_TRUE(formats) << formats.error().text;
    EXPECT_EQ(formats->size(), 256U);
}

/// Answers with text that does not end, and with sizes that are none.
class Loud final : public PassingKernel {
  public:
    int ioctl(int fd, unsigned long request, void* argument) override {
        const int answer = PassingKernel::ioctl(fd, request, argument);
        if (request == VIDIOC_QUERYCAP) {
            auto& capability = *static_cast<v4l2_capability*>(argument);
            std::memset(capability.driver, 'x', sizeof capability.driver);
        } else if (request == VIDIOC_G_FMT) {
            auto& pix = static_cast<v4l2_format*>(argument)->fmt.pix_mp;
            pix.width = pix.height = UINT32_MAX;
            pix.num_planes = 200;
        } else if (request == VIDIOC_G_CTRL) {
            static_cast<v4l2_control*>(argument)->value = -5;
        }
        return answer;
    }
};

TEST(V4l2Device, AnswersAreKeptWithinBounds) {
    const auto device = open_on("spec-mplane", "", std::make_shared<Loud>());
    ASSERT_TRUE(device) << device.error().text;
    EXPECT_EQ((*device)->capability().driver, std::string(16, 'x'));
    const auto picture = (*device)->format(V4l2Side::output);
    ASSERT_TRUE(picture) << picture.error().text;
    EXPECT_EQ(picture->size.width, V4l2Picture::kMostSide);
    EXPECT_EQ(picture->plane_count, V4l2Picture::kMostPlanes);
    EXPECT_EQ((*device)->least_output_buffers().value(), 1);
}

/// Refuses what a driver may lack.
class Refuses final : public PassingKernel {
  public:
    int error = 0;
    int ioctl(int fd, unsigned long request, void* argument) override {
        if (error == 0 || request == VIDIOC_QUERYCAP)
            return PassingKernel::ioctl(fd, request, argument);
        errno = error;
        return -1;
    }
};

TEST(V4l2Device, WhatADriverLacksIsNoError) {
    const auto kernel = std::make_shared<Refuses>();
    const auto device = open_on("spec", "", kernel).value();
    for (const int error : {ENOTTY, EINVAL}) {
        kernel->error = error;
        EXPECT_EQ(device->visible_part().value(), std::nullopt);
        EXPECT_EQ(device->least_output_buffers().value(), std::nullopt);
    }
    kernel->error = EIO;
    EXPECT_EQ(device->visible_part().error().code, Errc::device_lost);
    EXPECT_EQ(device->least_output_buffers().error().code, Errc::device_lost);
}

TEST(V4l2Device, WithoutAnEventThereIsNone) {
    const auto device = open_or_fail("spec");
    ASSERT_TRUE(device->subscribe_to_source_changes());
    const auto event = device->next_event();
    ASSERT_TRUE(event) << event.error().text;
    EXPECT_FALSE(*event);
}

TEST(V4l2Device, WaitingEndsByItself) {
    const auto device = open_or_fail("spec");
    const auto ready = device->wait({}, -1, kMoment);
    ASSERT_TRUE(ready) << ready.error().text;
    EXPECT_FALSE(ready->any());
}

TEST(V4l2Device, WaitingForWhatCannotComeIsTold) {
    const auto device = open_or_fail("spec");
    const auto ready = device->wait({true, true}, -1, kLongWait);
    ASSERT_TRUE(ready) << ready.error().text;
    EXPECT_TRUE(ready->error) << "nothing streams";
    EXPECT_FALSE(ready->input || ready->output || ready->event || ready->woken);
}

TEST(V4l2Device, AnotherDescriptorWakesTheWaiter) {
    const auto device = open_or_fail("spec");
    const auto kernel = device->kernel();
    const UniqueFd wake(kernel->eventfd());
    std::thread waker([&] {
        const uint64_t one = 1;
        EXPECT_EQ(kernel->write(wake.get(), &one, sizeof one), ssize_t{sizeof one});
    });
    const auto ready = device->wait({}, wake.get(), kLongWait);
    waker.join();
    ASSERT_TRUE(ready) << ready.error().text;
    EXPECT_TRUE(ready->woken);
    EXPECT_FALSE(ready->error);
}

TEST(V4l2Device, ClosesItsNode) {
    const auto before = holdings();
    open_or_fail("spec");
    EXPECT_EQ(holdings(), before);
}

}  // namespace
}  // namespace vitrine
