// Our V4L2 decoder on every kind of emulated device: what it gives, in which order, and that the
// device sees the calls in the order that its contract wants.
#include "decode/v4l2_decoder.h"

#include <gtest/gtest.h>
#include <linux/videodev2.h>

#include "hw/dma_buf_view.h"
#include "tests/decode/v4l2_playing.h"
#include "tests/support/manual_clock.h"

namespace vitrine {
namespace {

using testing::from_number;
using testing::holdings;
using testing::numbers;
using testing::on;
using testing::OnEveryDevice;
using testing::only;
using testing::PassingKernel;
using testing::Playing;
using testing::PlayingOptions;
using testing::stream_for;

INSTANTIATE_TEST_SUITE_P(V4l2Decoder, OnEveryDevice, ::testing::ValuesIn(vpu::decoder_profiles()),
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

struct ColumnsCase {
    const char* profile;
    uint64_t modifier;
    std::vector<uint32_t> pitches;
};

// 300x50 in rows of 304 and columns of 64: three of 128 bytes, 96 rows high with their chroma.
TEST(V4l2Decoder, PicturesInColumnsAreLentAsTheyLie) {
    for (const ColumnsCase& c : {ColumnsCase{"spec-columns", sand128(96), {384, 384}},
                                 ColumnsCase{"spec-columns-mplane", sand128(0), {64, 32}}}) {
        SCOPED_TRACE(c.profile);
        vpu::StreamOptions stream;
        stream.size = {300, 50};
        PlayingOptions options = on(c.profile);
        options.units = vpu::make_stream(stream);
        Playing playing(options);
        ASSERT_TRUE(playing.open()) << playing.error->text;
        const auto run = playing.run();
        EXPECT_EQ(run.numbers, numbers(0, 10));
        EXPECT_EQ(run.copies, 0);
        EXPECT_EQ(playing.violations(), 0U);
        const DecodedPicture& last = playing.held().back();
        const auto& memory = std::get<DmaBufFrame>(last.storage).description();
        EXPECT_EQ(info(memory.format).name, "nv12");
        EXPECT_EQ(memory.modifier, c.modifier);
        EXPECT_EQ(memory.planes[0].pitch, c.pitches[0]);
        EXPECT_EQ(memory.planes[1].pitch, c.pitches[1]);
        // One level of gray, and Cb and Cr as make_stream has them.
        const auto copied = copy_to_memory(std::make_shared<RealKernel>(), memory);
        ASSERT_TRUE(copied) << copied.error().text;
        const auto sample = [&](int plane, uint32_t x, uint32_t y) {
            const CpuPlane& rows = copied->frame.plane(plane);
            return std::to_integer<int>(rows.data[y * rows.pitch + x]);
        };
        for (uint32_t y = 0; y < 50; ++y) {
            for (uint32_t x = 0; x < 300; ++x) {
                ASSERT_EQ(sample(0, x, y), sample(0, 0, 0)) << x << "," << y;
                ASSERT_NEAR(sample(1, x, y / 2), x % 2 == 0 ? 90 : 160, 2) << x << "," << y / 2;
            }
        }
    }
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

/// Looks at the device only when it is done with a unit, where it has any.
class LetsItFinish final : public PassingKernel {
  public:
    int poll(pollfd* fds, nfds_t count, int timeout_ms) override {
        pollfd done{fds[0].fd, POLLOUT, 0};
        (void)PassingKernel::poll(&done, 1, 200);
        return PassingKernel::poll(fds, count, timeout_ms);
    }
};

TEST_P(OnEveryDevice, ForEachPictureTakenItAsksForAPacket) {
    PlayingOptions options = on(profile);
    options.kernel = std::make_shared<LetsItFinish>();
    vpu::StreamOptions stream = stream_for(profile);
    stream.pictures = 30;
    options.units = vpu::make_stream(stream);
    Playing playing(options);
    ASSERT_EQ(playing.run(only(5)).numbers, numbers(0, 5));
    for (int i = 0; i < 10; ++i) {
        auto received = playing.decoder().receive();
        ASSERT_TRUE(received);
        EXPECT_TRUE(std::holds_alternative<NeedsPacket>(*received)) << i;
        EXPECT_EQ(playing.run(only(1)).numbers, numbers(5 + i, 1));
    }
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

/// Says without end that there is an event, though there is none; time passes as it does.
class WakesForNothing final : public PassingKernel {
  public:
    static constexpr Nanos kWait = std::chrono::milliseconds(10);
    const std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    bool wakes = false;
    int waits = 0;
    int poll(pollfd* fds, nfds_t count, int timeout_ms) override {
        const int answer = PassingKernel::poll(fds, count, timeout_ms);
        if (!wakes || answer < 0) return answer;
        ++waits;
        clock->advance(kWait);
        fds[0].revents = POLLPRI;
        return std::max(answer, 1);
    }
};

TEST_P(OnEveryDevice, ReceivingIsBoundByTimeWhateverItWakesFor) {
    const auto kernel = std::make_shared<WakesForNothing>();
    PlayingOptions options = on(profile);
    options.kernel = kernel;
    options.clock = kernel->clock;
    Playing playing(options);
    ASSERT_EQ(playing.run(only(2)).numbers, numbers(0, 2));
    kernel->wakes = true;
    for (int call = 1; call <= 3; ++call) {
        const auto received = playing.decoder().receive();
        ASSERT_TRUE(received) << received.error().text;
        ASSERT_TRUE(std::holds_alternative<Waiting>(*received));
        EXPECT_EQ(kernel->waits * WakesForNothing::kWait, call * std::chrono::milliseconds(100));
    }
    kernel->wakes = false;
    EXPECT_EQ(playing.run().numbers, numbers(2, 8));
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
