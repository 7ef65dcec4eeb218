// Our V4L2 decoder on every kind of emulated device: what it gives, in which order, and that the
// device sees the calls in the order that its contract wants.
#include "decode/v4l2_decoder.h"

#include <gtest/gtest.h>
#include <linux/videodev2.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <thread>

#include "tests/decode/v4l2_playing.h"

namespace vitrine {
namespace {

using testing::holdings;
using testing::number_of;
using testing::numbers;
using testing::PassingKernel;
using testing::Playing;
using testing::PlayingOptions;
using testing::stream_for;
using testing::Warnings;

PlayingOptions on(const std::string& profile, const std::string& faults = {}) {
    PlayingOptions options;
    options.profile = profile;
    options.faults = faults;
    return options;
}

/// Ten pictures of another size after ten of this one, some of which the device holds back.
std::vector<vpu::Unit> changing(const std::string& profile, vpu::Size first, vpu::Size second) {
    vpu::StreamOptions before = stream_for(profile);
    before.size = first;
    before.reorder = 2;
    vpu::StreamOptions after = stream_for(profile);
    after.reorder = 2;
    after.size = second;
    after.first_number = 10;
    return vpu::join(vpu::make_stream(before), vpu::make_stream(after));
}

std::vector<vpu::Unit> from_number(const std::string& profile, int first) {
    vpu::StreamOptions options = stream_for(profile);
    options.first_number = first;
    return vpu::make_stream(options);
}

Playing::Manner holding(size_t pictures) {
    Playing::Manner manner;
    manner.hold = pictures;
    return manner;
}

Playing::Manner only(size_t pictures) {
    Playing::Manner manner;
    manner.pictures = pictures;
    return manner;
}

class OnEveryDevice : public ::testing::TestWithParam<const char*> {
  protected:
    std::string profile = GetParam();
};
INSTANTIATE_TEST_SUITE_P(V4l2Decoder, OnEveryDevice,
                         ::testing::Values("spec", "spec-mplane", "spec-noorphans", "spec-silent",
                                           "bcm2835", "wave5", "venus"),
                         [](const auto& row) {
                             std::string name = row.param;
                             name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
                             return name;
                         });

TEST_P(OnEveryDevice, PlaysInOrderToTheEnd) {
    const auto before = holdings();
    {
        PlayingOptions options = on(profile);
        vpu::StreamOptions stream = stream_for(profile);
        stream.pictures = 40;
        stream.reorder = 2;
        stream.group = 9;
        options.units = vpu::make_stream(stream);
        Playing playing(options);
        ASSERT_TRUE(playing.open()) << playing.error->text;
        const auto run = playing.run();
        EXPECT_EQ(run.numbers, numbers(0, 40));
        EXPECT_TRUE(run.ended);
        EXPECT_EQ(run.corrupt + run.broken + run.copies, 0);
        std::vector<int64_t> stamps = run.stamps;
        if (profile != "wave5") {  // its encoder reorders as it likes
            ASSERT_EQ(stamps.size(), 40U);
            EXPECT_EQ(stamps[1], 2) << "the third packet";
            EXPECT_EQ(stamps[3], 1) << "the second packet";
        }
        std::sort(stamps.begin(), stamps.end());
        std::vector<int64_t> expected(40);
        std::iota(expected.begin(), expected.end(), 0);
        EXPECT_EQ(stamps, expected);
        EXPECT_EQ(playing.decoder().storage(), "dma-buf");
        EXPECT_EQ(playing.violations(), 0U);
    }
    EXPECT_EQ(holdings(), before);
}

/// But HEVC, whose one encoder here leaks: the tests of the player have clips of it.
TEST(V4l2Decoder, EveryCodecPlays) {
    int played = 0;
    for (const char* encoder : {"mpeg2video", "mpeg4", "libx264", "libvpx", "libvpx-vp9"}) {
        SCOPED_TRACE(encoder);
        if (!vpu::has_encoder(encoder)) {
            std::printf("this libavcodec has no %s\n", encoder);
            continue;
        }
        ++played;
        vpu::StreamOptions stream;
        stream.encoder = encoder;
        PlayingOptions options = on("spec");
        options.encoder = encoder;
        options.units = vpu::make_stream(stream);
        Playing playing(options);
        EXPECT_EQ(playing.run(only(4)).numbers, numbers(0, 4));
        playing.flush();
        playing.set_units(options.units);
        const auto run = playing.run();
        EXPECT_EQ(run.numbers, numbers(0, 10));
        EXPECT_TRUE(run.ended);
        EXPECT_EQ(playing.violations(), 0U);
    }
    EXPECT_GE(played, 2) << "every libavcodec has the first two";
}

TEST_P(OnEveryDevice, AfterAFlushInTheMiddleNothingOldComes) {
    Playing playing(on(profile));
    for (const size_t played : {4U, 1U, 7U, 0U}) {
        playing.set_units(from_number(profile, 0));
        EXPECT_EQ(playing.run(only(played)).numbers, numbers(0, static_cast<int>(played)));
        playing.flush();
    }
    playing.set_units(from_number(profile, 20));
    const auto run = playing.run();
    EXPECT_EQ(run.numbers, numbers(20, 10));
    EXPECT_TRUE(run.ended);
    EXPECT_EQ(playing.violations(), 0U);
}

TEST_P(OnEveryDevice, AfterTheEndItBeginsAnew) {
    Playing playing(on(profile));
    for (int round = 0; round < 3; ++round) {
        playing.set_units(from_number(profile, 10 * round));
        const auto run = playing.run();
        EXPECT_EQ(run.numbers, numbers(10 * round, 10));
        EXPECT_TRUE(run.ended);
        const auto again = playing.decoder().receive();
        EXPECT_TRUE(again && std::holds_alternative<Ended>(*again)) << "and stays there";
        playing.flush();
        if (round == 1) playing.flush();
    }
    EXPECT_EQ(playing.violations(), 0U);
}

TEST_P(OnEveryDevice, AFlushWhileDrainingEndsTheDrain) {
    Playing playing(on(profile));
    // Every packet and the end of them are sent before the first picture is asked for.
    auto got = playing.run(only(8));
    EXPECT_EQ(got.numbers, numbers(0, 8));
    playing.flush();
    playing.set_units(from_number(profile, 30));
    EXPECT_EQ(playing.run().numbers, numbers(30, 10));
    EXPECT_EQ(playing.violations(), 0U);
}

TEST_P(OnEveryDevice, WithoutAPacketItEndsAtOnce) {
    Playing playing(on(profile));
    playing.flush();
    const auto first = playing.decoder().receive();
    ASSERT_TRUE(first && std::holds_alternative<NeedsPacket>(*first));
    ASSERT_TRUE(playing.decoder().send(nullptr, 1));
    const auto then = playing.decoder().receive();
    ASSERT_TRUE(then);
    EXPECT_TRUE(std::holds_alternative<Ended>(*then));
    playing.flush();
    EXPECT_EQ(playing.run().numbers, numbers(0, 10));
}

TEST_P(OnEveryDevice, ASourceChangeToTheSameSizeLosesNothing) {
    for (const char* fault : {"source-change@1", "source-change@4", "source-change@9"}) {
        SCOPED_TRACE(fault);
        Playing playing(on(profile, fault));
        const auto run = playing.run();
        EXPECT_EQ(run.numbers, numbers(0, 10));
        EXPECT_TRUE(run.ended);
        EXPECT_EQ(run.broken, 0);
        EXPECT_EQ(playing.violations(), 0U);
    }
}

TEST_P(OnEveryDevice, AChangeOfSizeLosesNothing) {
    const std::pair<vpu::Size, vpu::Size> sizes[] = {
        {{176, 144}, {320, 240}}, {{320, 240}, {176, 144}}, {{176, 144}, {170, 138}}};
    for (const auto& [first, second] : sizes) {
        SCOPED_TRACE(second.width);
        PlayingOptions options = on(profile);
        options.units = changing(profile, first, second);
        Playing playing(options);
        const auto run = playing.run(holding(0));
        EXPECT_EQ(run.numbers, numbers(0, 20));
        EXPECT_TRUE(run.ended);
        EXPECT_EQ(run.broken, 0);
        EXPECT_EQ(playing.violations(), 0U);
    }
}

TEST_P(OnEveryDevice, PicturesHeldOverAChangeOfSizeStayAsTheyAre) {
    PlayingOptions options = on(profile);
    options.units = changing(profile, {176, 144}, {320, 240});
    Playing playing(options);
    const auto run = playing.run(holding(6));
    if (profile == "spec-noorphans") {
        EXPECT_TRUE(run.outgrown) << "to be opened anew";
        EXPECT_FALSE(run.lost);
        EXPECT_EQ(run.numbers, numbers(0, 10));
    } else {
        EXPECT_EQ(run.numbers, numbers(0, 20));
        EXPECT_TRUE(run.ended);
    }
    int number = run.numbers.back() - 5;
    for (const DecodedPicture& picture : playing.held()) EXPECT_EQ(number_of(picture), number++);
    EXPECT_EQ(playing.violations(), 0U);
}

TEST_P(OnEveryDevice, AFlushAfterAChangeOfSizeGoesEitherWay) {
    for (size_t played = 5; played < 15; ++played) {
        SCOPED_TRACE(played);
        PlayingOptions options = on(profile);
        options.units = changing(profile, {176, 144}, {320, 240});
        Playing playing(options);
        Playing::Manner manner = only(played);
        manner.hold = 0;
        EXPECT_EQ(playing.run(manner).numbers.size(), played);
        playing.flush();
        playing.set_units(from_number(profile, 30));
        const auto run = playing.run(holding(0));
        EXPECT_EQ(run.numbers, numbers(30, 10));
        EXPECT_TRUE(run.ended);
        EXPECT_EQ(playing.violations(), 0U);
    }
}

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

/// Announces a source change when it parses it, with pictures of before still to come: the third
/// picture is out then.
class AnnouncesEarly final : public PassingKernel {
  public:
    int ioctl(int fd, unsigned long request, void* argument) override {
        if (request == VIDIOC_DQEVENT && early_ == 1) {
            ++early_;
            auto& event = *static_cast<v4l2_event*>(argument);
            event = {};
            event.type = V4L2_EVENT_SOURCE_CHANGE;
            event.u.src_change.changes = V4L2_EVENT_SRC_CH_RESOLUTION;
            return 0;
        }
        const int answer = PassingKernel::ioctl(fd, request, argument);
        if (answer == 0 && request == VIDIOC_DQBUF &&
            V4L2_TYPE_IS_CAPTURE(static_cast<v4l2_buffer*>(argument)->type) && ++pictures_ == 3) {
            early_ = 1;
        }
        return answer;
    }
    int poll(pollfd* fds, nfds_t count, int timeout_ms) override {
        const int answer = PassingKernel::poll(fds, count, early_ == 1 ? 0 : timeout_ms);
        if (early_ != 1 || answer < 0) return answer;
        fds[0].revents |= POLLPRI;
        return std::max(answer, 1);
    }

  private:
    int pictures_ = 0;
    int early_ = 0;
};

TEST_P(OnEveryDevice, PicturesBeforeAnAnnouncedChangeStillGetBuffers) {
    const Warnings warnings;
    PlayingOptions options = on(profile, "source-change@20");
    options.kernel = std::make_shared<AnnouncesEarly>();
    options.frames_held = 0;
    vpu::StreamOptions stream = stream_for(profile);
    stream.pictures = 30;
    options.units = vpu::make_stream(stream);
    Playing playing(options);
    const auto run = playing.run();
    EXPECT_EQ(run.numbers, numbers(0, 30));
    EXPECT_TRUE(run.ended);
    EXPECT_FALSE(run.stuck);
    EXPECT_EQ(playing.violations(), 0U);
}

/// From an announcement until it was stopped it wants buffers of the new size.
class RefusesOldBuffers final : public PassingKernel {
  public:
    std::atomic<int> refused = 0;
    int ioctl(int fd, unsigned long request, void* argument) override {
        if (request == VIDIOC_QBUF && changing_ &&
            V4L2_TYPE_IS_CAPTURE(static_cast<v4l2_buffer*>(argument)->type)) {
            ++refused;
            errno = EINVAL;
            return -1;
        }
        const int answer = PassingKernel::ioctl(fd, request, argument);
        if (answer == 0 && request == VIDIOC_DQEVENT) changing_ = true;
        if (answer == 0 && request == VIDIOC_STREAMOFF) changing_ = false;
        if (answer == 0 && request == VIDIOC_REQBUFS) changing_ = false;
        return answer;
    }

  private:
    bool changing_ = false;
};

TEST_P(OnEveryDevice, BuffersThatAreRefusedDuringAChangeAreNotOfferedAgain) {
    PlayingOptions options = on(profile);
    const auto kernel = std::make_shared<RefusesOldBuffers>();
    options.kernel = kernel;
    options.units = changing(profile, {176, 144}, {320, 240});
    Playing playing(options);
    const auto run = playing.run(holding(0));
    EXPECT_EQ(run.numbers, numbers(0, 20));
    EXPECT_TRUE(run.ended);
    EXPECT_LE(kernel->refused, 1);
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

TEST_P(OnEveryDevice, ABrokenPictureIsMarkedAndTheOthersCome) {
    Playing playing(on(profile, "error-buffer@3"));
    const auto run = playing.run();
    EXPECT_EQ(run.numbers, numbers(0, 10));
    EXPECT_EQ(run.corrupt, 1);
    EXPECT_TRUE(run.ended);
}

/// Lets the device end its stream by itself, as at an end-of-sequence code within it.
class EndsBySelf final : public PassingKernel {
  public:
    int ioctl(int fd, unsigned long request, void* argument) override {
        const int answer = PassingKernel::ioctl(fd, request, argument);
        if (answer == 0 && request == VIDIOC_DQBUF &&
            V4L2_TYPE_IS_CAPTURE(static_cast<v4l2_buffer*>(argument)->type) && ++pictures_ == 4) {
            v4l2_decoder_cmd stop{};
            stop.cmd = V4L2_DEC_CMD_STOP;
            EXPECT_EQ(PassingKernel::ioctl(fd, VIDIOC_DECODER_CMD, &stop), 0);
        }
        return answer;
    }

  private:
    int pictures_ = 0;
};

TEST_P(OnEveryDevice, AnEndWithinTheStreamIsNotTheLast) {
    PlayingOptions options = on(profile);
    options.kernel = std::make_shared<EndsBySelf>();
    vpu::StreamOptions stream = stream_for(profile);
    stream.pictures = 30;
    options.units = vpu::make_stream(stream);
    Playing playing(options);
    const auto run = playing.run();
    EXPECT_EQ(run.numbers, numbers(0, 30));
    EXPECT_TRUE(run.ended);
    EXPECT_FALSE(run.stuck);
}

/// Cannot say which part of a picture is to be shown.
class ShowsAll final : public PassingKernel {
  public:
    int ioctl(int fd, unsigned long request, void* argument) override {
        if (request != VIDIOC_G_SELECTION) return PassingKernel::ioctl(fd, request, argument);
        errno = ENOTTY;
        return -1;
    }
};

TEST(V4l2Decoder, WithoutAWordOfTheDeviceTheStreamsOwnSizeIsShown) {
    PlayingOptions options = on("spec", "source-change@3");
    options.kernel = std::make_shared<ShowsAll>();
    options.units = changing("spec", {176, 140}, {320, 240});  // and it says 176x144
    Playing playing(options);
    Playing::Manner manner = only(5);
    manner.hold = 5;
    EXPECT_EQ(playing.run(manner).numbers.size(), 5U);
    for (const DecodedPicture& picture : playing.held()) {
        EXPECT_EQ(picture.info.crop, (Rect{0, 0, 176, 144}));
    }
    const auto run = playing.run();
    EXPECT_TRUE(run.ended);
    EXPECT_EQ(playing.held().back().info.crop, (Rect{0, 0, 320, 240}));
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
        RealKernel kernel;
        PlayingOptions options = on(profile);
        options.kernel = std::make_shared<ImportsOnly>();
        options.units = changing(profile, {176, 144}, {320, 240});
        Playing without(options);
        const auto lost = without.run().lost;
        ASSERT_TRUE(lost);
        EXPECT_NE(lost->text.find("takes no output buffers of this memory"), std::string::npos);
        without.close();
        for (AllocatorTrial& trial : open_allocators(kernel)) {
            if (trial.name == "memfd") options.allocator = std::move(*trial.allocator);
        }
        Playing playing(options);
        const auto run = playing.run(holding(0));
        EXPECT_EQ(run.numbers, numbers(0, 20));
        EXPECT_TRUE(run.ended);
        EXPECT_EQ(run.copies, 0);
        EXPECT_EQ(playing.violations(), 0U);
    }
    EXPECT_EQ(holdings(), before);
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

TEST(V4l2Decoder, BuffersOfAnotherSizeAreAnotherGeneration) {
    const Warnings warnings;
    PlayingOptions options = on("spec", "source-change@4");
    options.units = changing("spec", {176, 144}, {320, 240});
    Playing playing(options);
    EXPECT_EQ(playing.run(holding(20)).numbers, numbers(0, 20));
    const auto generation = [&](size_t i) {
        const auto* memory = std::get_if<DmaBufFrame>(&playing.held()[i].storage);
        return memory != nullptr ? memory->description().generation : 0;
    };
    EXPECT_GT(generation(0), 0U);
    EXPECT_EQ(generation(0), generation(5)) << "the same buffers go on after a change to the same";
    EXPECT_GT(generation(11), generation(9));
}

TEST(V4l2Decoder, ADeviceThatDoesNotTakeTheStreamSaysSo) {
    vpu::interposer::use({"bcm2835", "", "", ""});
    const av::CodecParameters stated(avcodec_parameters_alloc());
    stated->codec_id = AV_CODEC_ID_HEVC;
    V4l2DecoderOptions options;
    options.device = V4l2Device::open(std::make_shared<RealKernel>(), "/dev/video10").value();
    options.coded = {V4L2_PIX_FMT_HEVC};
    options.stream = {stated.get(), {1, 25}};
    const auto decoder = V4l2Decoder::open(std::move(options));
    ASSERT_FALSE(decoder);
    EXPECT_EQ(decoder.error().code, Errc::unsupported);
    EXPECT_EQ(decoder.error().text, "/dev/video10 takes H264 in place of HEVC");
}

TEST(V4l2Decoder, AUnitThatIsTooLargeIsRefusedAndTheRestComes) {
    Playing playing(on("spec"));
    const av::Packet packet(av_packet_alloc());
    ASSERT_EQ(av_new_packet(packet.get(), 40 << 20), 0);
    const auto sent = playing.decoder().send(packet.get(), 1);
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().code, Errc::protocol);
    EXPECT_NE(sent.error().text.find("an access unit of 41943040 bytes"), std::string::npos);
    EXPECT_EQ(playing.run().numbers, numbers(0, 10));
}

}  // namespace
}  // namespace vitrine
