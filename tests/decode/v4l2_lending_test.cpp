// What our V4L2 decoder lends out: whose memory it is, how long it lives, and copies where there
// is too little of it.
#include "decode/v4l2_output.h"

#include <gtest/gtest.h>
#include <linux/videodev2.h>

#include <cerrno>
#include <thread>

#include "tests/decode/v4l2_playing.h"
#include "tests/support/heap_kernel.h"

namespace vitrine {
namespace {

using testing::changing;
using testing::HeapKernel;
using testing::holding;
using testing::holdings;
using testing::number_of;
using testing::numbers;
using testing::on;
using testing::OnEveryDevice;
using testing::only;
using testing::PassingKernel;
using testing::Playing;
using testing::PlayingOptions;
using testing::stream_for;
using testing::Warnings;

TEST_P(OnEveryDevice, WhoHoldsTooManyGetsCopies) {
    Warnings warnings;
    vpu::StreamOptions stream = stream_for(profile);
    stream.pictures = 40;
    PlayingOptions options = on(profile);
    options.units = vpu::make_stream(stream);
    options.frames_held = 3;
    Playing playing(options);
    const auto run = playing.run(holding(40));
    EXPECT_EQ(run.numbers, numbers(0, 40));
    EXPECT_TRUE(run.ended);
    EXPECT_GT(run.copies, 20);
    EXPECT_LT(run.copies, 40);
    EXPECT_EQ(warnings.count("pictures are copied"), 1);
    int number = 0;
    for (const DecodedPicture& picture : playing.held()) {
        EXPECT_EQ(number_of(picture), number++);
        EXPECT_EQ(picture.info.copies, std::holds_alternative<CpuFrame>(picture.storage) ? 1 : 0);
    }
    EXPECT_EQ(playing.decoder().storage(), "memory");
}

TEST_P(OnEveryDevice, WithNoneToLendEveryPictureIsACopy) {
    Warnings warnings;
    PlayingOptions options = on(profile);
    options.frames_held = 0;
    options.units = changing(profile, {176, 144}, {320, 240});
    Playing playing(options);
    const auto run = playing.run(holding(3));
    EXPECT_EQ(run.numbers, numbers(0, 20));
    EXPECT_EQ(run.copies, 20);
    EXPECT_TRUE(run.ended);
    EXPECT_FALSE(run.stuck);
    EXPECT_EQ(playing.violations(), 0U);
}

TEST_P(OnEveryDevice, PicturesOutliveTheDecoder) {
    const auto before = holdings();
    {
        Playing playing(on(profile));
        const auto run = playing.run(holding(5));
        EXPECT_EQ(run.numbers, numbers(0, 10));
        playing.close();
        int number = 5;
        for (const DecodedPicture& picture : playing.held()) {
            EXPECT_TRUE(std::holds_alternative<DmaBufFrame>(picture.storage));
            EXPECT_EQ(number_of(picture), number++);
        }
        std::thread other([&] { playing.held().clear(); });
        other.join();
    }
    EXPECT_EQ(holdings(), before);
}

TEST_P(OnEveryDevice, LeasesMayEndOnAnotherThreadWhileItDecodes) {
    const Warnings warnings;
    vpu::StreamOptions stream = stream_for(profile);
    stream.pictures = 40;
    PlayingOptions options = on(profile);
    options.units = vpu::make_stream(stream);
    options.frames_held = 2;
    Playing playing(options);
    std::vector<std::thread> threads;
    std::vector<int> seen;
    while (true) {
        const auto run = playing.run(only(1));
        if (run.numbers.empty()) break;
        seen.push_back(run.numbers[0]);
        threads.emplace_back([picture = std::make_shared<DecodedPicture>(std::move(
                                  playing.held().back()))]() mutable { picture.reset(); });
        playing.held().clear();
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(seen, numbers(0, 40));
}

/// Has no memory of its own for pictures.
class ImportsOnly final : public PassingKernel {
  public:
    int ioctl(int fd, unsigned long request, void* argument) override {
        if (request == VIDIOC_REQBUFS) {
            const auto& asked = *static_cast<v4l2_requestbuffers*>(argument);
            if (V4L2_TYPE_IS_CAPTURE(asked.type) && asked.memory == V4L2_MEMORY_MMAP) {
                errno = EINVAL;
                return -1;
            }
        }
        return PassingKernel::ioctl(fd, request, argument);
    }
};

TEST_P(OnEveryDevice, ADeviceWithoutMemoryGetsOurs) {
    const auto before = holdings();
    {
        PlayingOptions options = on(profile);
        options.kernel = std::make_shared<ImportsOnly>();
        options.units = changing(profile, {176, 144}, {320, 240});
        Playing playing(options);
        const auto run = playing.run(holding(0));
        EXPECT_EQ(run.numbers, numbers(0, 20));
        EXPECT_TRUE(run.ended);
        EXPECT_EQ(run.copies, 0);
        EXPECT_EQ(playing.violations(), 0U);
    }
    EXPECT_EQ(holdings(), before);
}

/// On a device with this fault and a machine with these heaps.
PlayingOptions with_heaps(const std::string& profile, const std::string& fault,
                          const std::shared_ptr<HeapKernel>& kernel) {
    PlayingOptions options = on(profile, fault);
    options.kernel = kernel;
    options.units = changing(profile, {176, 144}, {320, 240});
    return options;
}

TEST_P(OnEveryDevice, ADeviceThatSharesNothingGetsContiguousMemoryFirst) {
    const auto before = holdings();
    {
        Warnings lines(LogLevel::info);
        const auto kernel = std::make_shared<HeapKernel>(
            std::vector<std::string>{"system", "reserved", "linux,cma"});
        Playing playing(with_heaps(profile, "no-export", kernel));
        const auto run = playing.run(holding(3));
        EXPECT_EQ(run.numbers, numbers(0, 20));
        EXPECT_TRUE(run.ended);
        EXPECT_FALSE(run.outgrown) << "memory of ours is no matter for the device to release";
        EXPECT_EQ(run.copies, 0);
        EXPECT_EQ(playing.decoder().storage(), "dma-buf");
        EXPECT_GT(kernel->made("linux,cma"), 0);
        EXPECT_EQ(kernel->made("reserved") + kernel->made("system"), 0);
        EXPECT_EQ(lines.count("does not share its output buffers"), 1);
        EXPECT_EQ(lines.count("/dev/video10: its buffers are dma-heap:linux,cma"), 1);
        EXPECT_EQ(playing.violations(), 0U);
    }
    EXPECT_EQ(holdings(), before);
}

TEST_P(OnEveryDevice, TheNextHeapIsTriedWhereTheDeviceRefusesOne) {
    Warnings lines(LogLevel::info);
    const auto kernel =
        std::make_shared<HeapKernel>(std::vector<std::string>{"system", "reserved", "vendor-cma"});
    Playing playing(with_heaps(profile, "contiguous-only", kernel));
    const auto run = playing.run(holding(0));
    EXPECT_EQ(run.numbers, numbers(0, 20));
    EXPECT_TRUE(run.ended);
    EXPECT_EQ(run.copies, 0);
    EXPECT_GT(kernel->made("reserved"), 0) << "it goes first";
    EXPECT_GT(kernel->made("vendor-cma"), 0);
    EXPECT_EQ(kernel->made("system"), 0);
    EXPECT_EQ(lines.count("no buffers of dma-heap:reserved: VIDIOC_QBUF (output) on /dev/video10: "
                          "Bad address"),
              1)
        << "once, though buffers were made twice";
    EXPECT_EQ(lines.count("/dev/video10: its buffers are dma-heap:vendor-cma"), 1);
    EXPECT_EQ(playing.violations(), 0U);
}

TEST_P(OnEveryDevice, TheNextHeapIsTriedWhereOneIsExhausted) {
    Warnings lines(LogLevel::info);
    const auto kernel =
        std::make_shared<HeapKernel>(std::vector<std::string>{"system", "linux,cma"});
    kernel->exhausted = {"linux,cma"};
    Playing playing(with_heaps(profile, "no-export", kernel));
    const auto run = playing.run(holding(0));
    EXPECT_EQ(run.numbers, numbers(0, 20));
    EXPECT_TRUE(run.ended);
    EXPECT_GT(kernel->made("system"), 0);
    EXPECT_EQ(lines.count("no buffers of dma-heap:linux,cma: dma-heap:linux,cma: "
                          "DMA_HEAP_IOCTL_ALLOC of"),
              1);
    EXPECT_EQ(playing.violations(), 0U);
}

TEST_P(OnEveryDevice, WithoutMemoryThatItTakesEachRefusalIsTold) {
    const auto kernel =
        std::make_shared<HeapKernel>(std::vector<std::string>{"system", "reserved"});
    Playing playing(with_heaps(profile, "contiguous-only", kernel));
    const auto run = playing.run();
    EXPECT_TRUE(run.numbers.empty());
    ASSERT_TRUE(run.lost);
    EXPECT_EQ(run.lost->code, Errc::unsupported) << "it would not be otherwise another time";
    for (const char* reason : {"takes no memory of ours", "dma-heap:reserved: VIDIOC_QBUF",
                               "dma-heap:system: VIDIOC_QBUF", "udmabuf: cannot open /dev/udmabuf",
                               "memfd: VIDIOC_QBUF"}) {
        EXPECT_NE(run.lost->text.find(reason), std::string::npos) << run.lost->text;
    }
}

/// Wants a piece of memory for each plane.
class Splits final : public PassingKernel {
  public:
    int ioctl(int fd, unsigned long request, void* argument) override {
        if (request == VIDIOC_G_FMT) {
            const auto& asked = *static_cast<v4l2_format*>(argument);
            v4l2_format wish{};
            wish.type = asked.type;
            wish.fmt.pix_mp.pixelformat = V4L2_PIX_FMT_YUV420M;
            if (V4L2_TYPE_IS_CAPTURE(asked.type)) {
                (void)PassingKernel::ioctl(fd, VIDIOC_S_FMT, &wish);
            }
        }
        return PassingKernel::ioctl(fd, request, argument);
    }
};

TEST(V4l2Decoder, PlanesMayLieApart) {
    PlayingOptions options = on("spec-mplane");
    options.kernel = std::make_shared<Splits>();
    Playing playing(options);
    const auto run = playing.run();
    EXPECT_EQ(run.numbers, numbers(0, 10));
    const auto& picture = std::get<DmaBufFrame>(playing.held().back().storage).description();
    EXPECT_EQ(picture.format, PixelFormat::yuv420p);
    ASSERT_EQ(picture.objects.size(), 3U);
    EXPECT_EQ(picture.planes[2].object, 2U);
    EXPECT_NE(picture.objects[1].id, picture.objects[2].id);
}

/// Which decodes only while it has the buffers that the codec makes it need.
TEST(ASilentDriver, IsLeftTheBuffersThatTheCodecNeeds) {
    vpu::StreamOptions stream = stream_for("spec-silent");
    stream.pictures = 40;
    PlayingOptions options = on("spec-silent");
    options.units = vpu::make_stream(stream);
    Playing playing(options);
    const auto run = playing.run(holding(7));
    EXPECT_EQ(run.numbers, numbers(0, 40));
    EXPECT_TRUE(run.ended);
    EXPECT_EQ(run.copies, 0);
    EXPECT_EQ(playing.violations(), 0U);
}

/// It makes more buffers than it was asked for, and that is all that it says.
class RaisesTheCount final : public PassingKernel {
  public:
    int ioctl(int fd, unsigned long request, void* argument) override {
        if (request == VIDIOC_REQBUFS) {
            auto& wanted = *static_cast<v4l2_requestbuffers*>(argument);
            if (V4L2_TYPE_IS_CAPTURE(wanted.type) && wanted.count > 0) wanted.count += 4;
        }
        return PassingKernel::ioctl(fd, request, argument);
    }
};

TEST(ASilentDriver, IsLeftAllBuffersWhereItMakesMoreThanWasAskedFor) {
    const Warnings warnings;
    PlayingOptions options = on("spec-silent");
    options.kernel = std::make_shared<RaisesTheCount>();
    Playing playing(options);
    const auto run = playing.run(holding(8));
    EXPECT_EQ(run.numbers, numbers(0, 10));
    EXPECT_TRUE(run.ended);
    EXPECT_EQ(run.copies, 10);
}

}  // namespace
}  // namespace vitrine
