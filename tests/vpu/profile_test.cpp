// The quirks of each profile, each told from what a client sees.
#include <gtest/gtest.h>

#include <cerrno>

#include "tests/support/missing.h"
#include "tests/vpu/client.h"

namespace vpu {
namespace {

StreamOptions odd_size() {
    StreamOptions options;
    options.size = {180, 100};
    return options;
}

class Profiles : public testing::Test {
  protected:
    void open(const std::string& profile, const std::string& faults = {}) {
        client.reset();  // before its emulator
        emulator = make_emulator(profile, faults);
        client = std::make_unique<Client>(*emulator, profile);
    }
    void announce(std::vector<Unit> units, uint32_t fourcc = V4L2_PIX_FMT_MPEG2) {
        client->start_input(4, fourcc);
        client->set_units(std::move(units));
        ASSERT_TRUE(client->feed_until_event(V4L2_EVENT_SOURCE_CHANGE));
    }
    v4l2_pix_format_mplane capture() { return client->format(true).fmt.pix_mp; }
    void restart_capture() {
        ASSERT_EQ(client->stream(true, false), 0);
        for (uint32_t i = 0; i < client->output_count(); ++i) {
            ASSERT_EQ(client->queue_picture(i), 0);
        }
        ASSERT_EQ(client->stream(true, true), 0);
    }

    std::unique_ptr<Emulator> emulator;
    std::unique_ptr<Client> client;
};

TEST_F(Profiles, EveryDecoderPlaysADrainedStreamInOrder) {
    for (const auto& profile : all_profiles()) {
        if (!profile.camera.empty() || profile.name == "wave5") continue;  // wave5: see below
        if (profile.raw.size() == 1 && profile.raw[0] != V4L2_PIX_FMT_NV12) continue;  // no rows
        SCOPED_TRACE(std::string(profile.name));
        open(std::string(profile.name));
        StreamOptions options = odd_size();
        options.reorder = 2;
        options.pictures = 20;
        announce(make_stream(options));
        client->start_output();
        const auto run = client->run();
        EXPECT_EQ(run.numbers, numbers(0, 20));
        EXPECT_TRUE(run.last_seen);
        EXPECT_EQ(run.last_empty, !profile.last_on_picture);
        EXPECT_EQ(emulator->recorder().violations(), 0U);
    }
}

TEST_F(Profiles, Bcm2835AlignsAndTellsTheVisibleWidth) {
    open("bcm2835");
    EXPECT_EQ(capture().width, 32U) << "a placeholder until the headers are seen";
    ASSERT_EQ(client->set_coded(V4L2_PIX_FMT_MPEG2, {180, 100}), 0);
    EXPECT_EQ(capture().width, 32U) << "a hint changes nothing";
    announce(make_stream(odd_size()));
    EXPECT_EQ(capture().width, 180U);
    EXPECT_EQ(capture().height, 112U);
    EXPECT_EQ(capture().plane_fmt[0].bytesperline, 192U);
    EXPECT_EQ(capture().num_planes, 1);
    EXPECT_EQ(client->minimum(), 1U);
}

TEST_F(Profiles, Bcm2835ResumesByRestartingCaptureOnly) {
    open("bcm2835", "source-change@5");
    announce(make_stream());
    client->start_output();
    EXPECT_EQ(client->run(false).numbers, numbers(0, 5));
    EXPECT_EQ(client->command(V4L2_DEC_CMD_START), 0) << "says yes";
    EXPECT_EQ(client->dequeue_picture().error, EPIPE) << "and does nothing";
    restart_capture();
    EXPECT_EQ(client->run().numbers, numbers(5, 5));
}

TEST_F(Profiles, Bcm2835SwallowsWhatItCannotDecode) {
    open("bcm2835");
    StreamOptions options;
    options.half_chroma = true;
    options.pictures = 20;
    client->start_input();
    client->set_units(make_stream(options));
    EXPECT_FALSE(client->feed_until_event(V4L2_EVENT_SOURCE_CHANGE));
    EXPECT_TRUE(client->all_fed()) << "every unit was taken";
}

TEST_F(Profiles, OthersFailWhereTheyCannotDecode) {
    open("spec");
    StreamOptions options;
    options.half_chroma = true;
    client->start_input();
    client->set_units(make_stream(options));
    EXPECT_FALSE(client->feed_until_event(V4L2_EVENT_SOURCE_CHANGE));
    EXPECT_EQ(client->dequeue_unit(), EIO);
}

TEST_F(Profiles, Wave5KnowsSizesAfterTheHeadersOnly) {
    if (!has_encoder("libx264")) VITRINE_MISSING("no H.264 encoder in this libavcodec");
    open("wave5");
    ASSERT_EQ(client->set_coded(V4L2_PIX_FMT_H264, {320, 240}), 0);
    EXPECT_EQ(capture().width, 8U);
    StreamOptions options = odd_size();
    options.encoder = "libx264";
    options.reorder = 2;
    announce(make_stream(options), V4L2_PIX_FMT_H264);
    EXPECT_EQ(capture().width, 192U);
    EXPECT_EQ(capture().plane_fmt[0].bytesperline, 192U);
    EXPECT_EQ(capture().field, static_cast<uint32_t>(V4L2_FIELD_NONE));
    EXPECT_GT(client->minimum(), find_profile("wave5")->min_capture_buffers)
        << "the stream's reordering counts";
    client->start_output();
    const auto run = client->run();
    EXPECT_EQ(run.numbers, numbers(0, 10));
}

TEST_F(Profiles, Wave5EndsAChangeWithAnEmptyBuffer) {
    if (!has_encoder("libx264")) VITRINE_MISSING("no H.264 encoder in this libavcodec");
    open("wave5");
    StreamOptions first;
    first.encoder = "libx264";
    StreamOptions second = odd_size();
    second.encoder = "libx264";
    second.first_number = 20;
    announce(join(make_stream(first), make_stream(second)), V4L2_PIX_FMT_H264);
    client->start_output();
    const auto run = client->run();
    EXPECT_EQ(run.numbers, numbers(0, 10));
    EXPECT_TRUE(run.event_seen);
    EXPECT_TRUE(run.last_empty);
    ASSERT_EQ(client->stream(true, false), 0);
    client->start_output();
    EXPECT_EQ(client->run().numbers, numbers(20, 10));
}

TEST_F(Profiles, VenusPadsAndCannotTakeAPreset) {
    open("venus");
    ASSERT_EQ(client->set_coded(V4L2_PIX_FMT_MPEG2, {180, 100}), 0);
    EXPECT_EQ(client->request(true, 4), ENOMEM);
    announce(make_stream(odd_size()));
    EXPECT_EQ(capture().plane_fmt[0].bytesperline, 256U);
    EXPECT_EQ(capture().height, 128U);
    EXPECT_EQ(client->visible().height, 100U);
    EXPECT_EQ(client->request(true, 4), 0);
}

TEST_F(Profiles, VenusReturnsAnErrorBufferBeforeLast) {
    open("venus");
    StreamOptions next;
    next.size = {320, 240};
    announce(join(make_stream(), make_stream(next)));
    client->start_output();
    const auto run = client->run(false);
    ASSERT_EQ(run.numbers.size(), 11U);
    EXPECT_EQ(run.numbers.back(), -1);
    EXPECT_TRUE(run.corrupt.back());
    EXPECT_TRUE(run.last_empty);
}

TEST_F(Profiles, ACameraIsNoDecoder) {
    emulator = make_emulator("webcam");
    const vitrine::UniqueFd fd(emulator->open("/dev/video10", O_RDWR));
    ASSERT_GE(fd.get(), 0);
    v4l2_capability capability{};
    ASSERT_EQ(emulator->ioctl(fd.get(), VIDIOC_QUERYCAP, &capability), 0);
    EXPECT_EQ(capability.device_caps & (V4L2_CAP_VIDEO_M2M | V4L2_CAP_VIDEO_M2M_MPLANE), 0U);
    v4l2_fmtdesc format{};
    format.type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
    EXPECT_EQ(emulator->ioctl(fd.get(), VIDIOC_ENUM_FMT, &format), -EINVAL);
    format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    ASSERT_EQ(emulator->ioctl(fd.get(), VIDIOC_ENUM_FMT, &format), 0);
    v4l2_frmivalenum interval{};
    interval.pixel_format = format.pixelformat;
    interval.width = 640;
    interval.height = 480;
    EXPECT_EQ(emulator->ioctl(fd.get(), VIDIOC_ENUM_FRAMEINTERVALS, &interval), 0);
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    EXPECT_EQ(emulator->ioctl(fd.get(), VIDIOC_STREAMON, &type), -EINVAL) << "no buffers";
    v4l2_decoder_cmd command{};
    command.cmd = V4L2_DEC_CMD_STOP;
    EXPECT_EQ(emulator->ioctl(fd.get(), VIDIOC_DECODER_CMD, &command), -ENOTTY);
    emulator->close(fd.get());
}

}  // namespace
}  // namespace vpu
