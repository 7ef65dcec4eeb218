// The state machine of the stateful decoder, step by step.
#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <thread>

#include "tests/vpu/client.h"

namespace vpu {
namespace {

class Decode : public testing::TestWithParam<std::string> {
  protected:
    void set_up(std::vector<Unit> units) {
        client.start_input();
        client.set_units(std::move(units));
        ASSERT_TRUE(client.feed_until_event(V4L2_EVENT_SOURCE_CHANGE));
        client.start_output();
    }
    void expect_no_violation() { EXPECT_EQ(emulator->recorder().violations(), 0U); }

    std::unique_ptr<Emulator> emulator = make_emulator(GetParam());
    Client client{*emulator, GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Planes, Decode, testing::Values("spec", "spec-mplane"),
                         [](const auto& row) { return row.param == "spec" ? "single" : "multi"; });

TEST_P(Decode, SaysWhatItIs) {
    v4l2_capability capability{};
    ASSERT_EQ(client.call(VIDIOC_QUERYCAP, capability), 0);
    EXPECT_STREQ(reinterpret_cast<const char*>(capability.driver), "vitrine-vpu");
    EXPECT_EQ(capability.device_caps & V4L2_CAP_VIDEO_M2M_MPLANE,
              GetParam() == "spec" ? 0U : V4L2_CAP_VIDEO_M2M_MPLANE);
    v4l2_fmtdesc coded{};
    coded.type = client.type(false);
    ASSERT_EQ(client.call(VIDIOC_ENUM_FMT, coded), 0);
    EXPECT_EQ(coded.pixelformat, static_cast<uint32_t>(V4L2_PIX_FMT_H264));
    EXPECT_NE(coded.flags & V4L2_FMT_FLAG_DYN_RESOLUTION, 0U);
    v4l2_fmtdesc raw{};
    raw.type = client.type(true);
    raw.index = GetParam() == "spec" ? 2 : 4;
    EXPECT_EQ(client.call(VIDIOC_ENUM_FMT, raw), EINVAL) << "the end of the list";
    v4l2_frmsizeenum sizes{};
    sizes.pixel_format = V4L2_PIX_FMT_H264;
    ASSERT_EQ(client.call(VIDIOC_ENUM_FRAMESIZES, sizes), 0);
    EXPECT_EQ(sizes.type, static_cast<uint32_t>(V4L2_FRMSIZE_TYPE_STEPWISE));
    sizes.index = 1;
    EXPECT_EQ(client.call(VIDIOC_ENUM_FRAMESIZES, sizes), EINVAL);
}

TEST_P(Decode, AnnouncesTheStreamBeforeAnyPicture) {
    StreamOptions options;
    options.size = {180, 100};
    client.start_input();
    client.set_units(make_stream(options));
    ASSERT_TRUE(client.feed_until_event(V4L2_EVENT_SOURCE_CHANGE));
    const auto format = client.format(true);
    EXPECT_EQ(format.fmt.pix.width, 192U);
    EXPECT_EQ(format.fmt.pix.height, 112U);
    const auto visible = client.visible();
    EXPECT_EQ(visible.width, 180U);
    EXPECT_EQ(visible.height, 100U);
    EXPECT_EQ(client.format(false).fmt.pix.width, 192U) << "OUTPUT tells the coded size";
    v4l2_selection bounds{};
    bounds.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    bounds.target = V4L2_SEL_TGT_CROP_BOUNDS;
    ASSERT_EQ(client.call(VIDIOC_G_SELECTION, bounds), 0);
    EXPECT_EQ(bounds.r.width, 192U);
    bounds.target = V4L2_SEL_TGT_COMPOSE;
    bounds.r.width = 32;
    ASSERT_EQ(client.call(VIDIOC_S_SELECTION, bounds), 0);
    EXPECT_EQ(bounds.r.width, 180U) << "read-only: adjusted";
    expect_no_violation();
}

TEST_P(Decode, GivesEveryPictureInOrderWithItsTime) {
    StreamOptions options;
    options.pictures = 20;
    options.reorder = 2;
    options.group = 9;
    set_up(make_stream(options));
    const auto run = client.run();
    EXPECT_EQ(run.numbers, numbers(0, 20));
    EXPECT_TRUE(run.last_seen);
    EXPECT_FALSE(run.event_seen);
    // In decode order unit 0 is picture 0, unit 1 is picture 3, unit 2 is picture 1...
    EXPECT_EQ(run.times_us[0], 0);
    EXPECT_EQ(run.times_us[1], 2 * kMicrosPerUnit);
    EXPECT_EQ(run.times_us[3], 1 * kMicrosPerUnit);
    expect_no_violation();
}

TEST_P(Decode, ASplitFormatHasOnePlaneEach) {
    if (GetParam() == "spec") return;  // the single-planar API has no such formats
    for (const uint32_t fourcc : {V4L2_PIX_FMT_NV12M, V4L2_PIX_FMT_YUV420M}) {
        Client other(*emulator, GetParam());
        other.start_input();
        other.set_units(make_stream());
        ASSERT_TRUE(other.feed_until_event(V4L2_EVENT_SOURCE_CHANGE));
        ASSERT_EQ(other.set_raw(fourcc), 0);
        EXPECT_EQ(other.format(true).fmt.pix_mp.num_planes, fourcc == V4L2_PIX_FMT_NV12M ? 2 : 3);
        other.start_output();
        EXPECT_EQ(other.run().numbers, numbers(0, 10));
    }
    expect_no_violation();
}

TEST_P(Decode, WaitsForBuffersAndLosesNothing) {
    StreamOptions options;
    options.pictures = 15;
    set_up(make_stream(options));
    auto held = client.run(true, false);
    EXPECT_TRUE(held.stuck);
    EXPECT_EQ(held.numbers, numbers(0, static_cast<int>(client.output_count())));
    for (uint32_t i = 0; i < client.output_count(); ++i) EXPECT_EQ(client.queue_picture(i), 0);
    const auto rest = client.run();
    EXPECT_EQ(rest.numbers, numbers(6, 9));
    EXPECT_TRUE(rest.last_seen);
}

TEST_P(Decode, AfterLastComesEpipe) {
    set_up(make_stream());
    ASSERT_TRUE(client.run().last_seen);
    EXPECT_EQ(client.dequeue_picture().error, EPIPE);
    EXPECT_EQ(client.dequeue_picture().error, EPIPE);
    EXPECT_NE(client.poll(POLLIN, 0) & POLLIN, 0) << "poll wakes, for EPIPE to be seen";
    EXPECT_EQ(client.command(V4L2_DEC_CMD_STOP), 0) << "nothing to do: it is stopped";
}

TEST_P(Decode, DrainSendsTheEndEvent) {
    set_up(make_stream());
    while (client.event(nullptr) == 0) {
    }
    const auto fed = client.run(false);
    EXPECT_TRUE(fed.stuck) << "nothing comes out that waits for reordering";
    ASSERT_EQ(client.command(V4L2_DEC_CMD_STOP), 0);
    ASSERT_NE(client.poll(POLLPRI, 2000) & POLLPRI, 0);
    uint32_t type = 0;
    ASSERT_EQ(client.event(&type), 0);
    EXPECT_EQ(type, static_cast<uint32_t>(V4L2_EVENT_EOS));
}

TEST_P(Decode, CommandsAreBusyWhileADrainIsUnderWay) {
    StreamOptions options;
    options.pictures = 12;
    set_up(make_stream(options));
    const auto held = client.run(false, false);
    EXPECT_TRUE(held.stuck);
    ASSERT_EQ(client.command(V4L2_DEC_CMD_STOP), 0);
    EXPECT_EQ(client.command(V4L2_DEC_CMD_STOP), EBUSY);
    EXPECT_EQ(client.command(V4L2_DEC_CMD_START), EBUSY);
}

TEST_P(Decode, StartResumesAfterADrainWithItsReferences) {
    StreamOptions options;
    options.pictures = 12;
    options.group = 12;
    const auto units = make_stream(options);
    set_up({units.begin(), units.begin() + 6});
    EXPECT_EQ(client.run().numbers, numbers(0, 6));
    ASSERT_EQ(client.command(V4L2_DEC_CMD_START), 0);
    for (uint32_t i = 0; i < client.output_count(); ++i) client.queue_picture(i);
    client.set_units({units.begin() + 6, units.end()}, 6 * kMicrosPerUnit);
    const auto rest = client.run();
    EXPECT_EQ(rest.numbers, numbers(6, 6)) << "no key frame among them";
    EXPECT_EQ(rest.times_us.front(), 6 * kMicrosPerUnit);
}

TEST_P(Decode, RestartingCaptureResumesAfterADrain) {
    set_up(make_stream());
    ASSERT_TRUE(client.run().last_seen);
    ASSERT_EQ(client.stream(true, false), 0);
    for (uint32_t i = 0; i < client.output_count(); ++i) ASSERT_EQ(client.queue_picture(i), 0);
    ASSERT_EQ(client.stream(true, true), 0);
    StreamOptions next;
    next.first_number = 20;
    client.set_units(make_stream(next));
    EXPECT_EQ(client.run().numbers, numbers(20, 10));
    expect_no_violation();
}

TEST_P(Decode, SeekDropsWhatWasQueuedAndGoesOn) {
    StreamOptions options;
    options.pictures = 30;
    set_up(make_stream(options));
    ASSERT_EQ(client.dequeue_picture().error == 0 || client.poll(POLLIN, 2000) != 0, true);
    ASSERT_EQ(client.stream(false, false), 0);
    StreamOptions target;
    target.first_number = 40;
    target.pictures = 8;
    ASSERT_EQ(client.stream(false, true), 0);
    client.set_units(make_stream(target), 1'000'000);
    const auto run = client.run();
    const auto first = std::find(run.numbers.begin(), run.numbers.end(), 40);
    ASSERT_NE(first, run.numbers.end());
    EXPECT_EQ(std::vector<int>(first, run.numbers.end()), numbers(40, 8));
    for (auto stale = run.numbers.begin(); stale != first; ++stale) EXPECT_LT(*stale, 30);
    const auto time = run.times_us[static_cast<size_t>(first - run.numbers.begin())];
    EXPECT_EQ(time, 1'000'000) << "stale pictures are told by their time";
    EXPECT_FALSE(run.event_seen);
    expect_no_violation();
}

TEST_P(Decode, SeekAfterTheEndResumes) {
    set_up(make_stream());
    ASSERT_TRUE(client.run().last_seen);
    ASSERT_EQ(client.stream(false, false), 0);
    ASSERT_EQ(client.stream(false, true), 0);
    StreamOptions target;
    target.first_number = 30;
    for (uint32_t i = 0; i < client.output_count(); ++i) client.queue_picture(i);
    client.set_units(make_stream(target));
    EXPECT_EQ(client.run().numbers, numbers(30, 10));
}

TEST_P(Decode, SeekAbortsADrain) {
    StreamOptions options;
    options.pictures = 12;
    set_up(make_stream(options));
    ASSERT_TRUE(client.run(false, false).stuck);
    ASSERT_EQ(client.command(V4L2_DEC_CMD_STOP), 0);
    ASSERT_EQ(client.stream(false, false), 0);
    ASSERT_EQ(client.stream(false, true), 0);
    EXPECT_EQ(client.command(V4L2_DEC_CMD_STOP), 0) << "no drain is under way any more";
}

TEST_P(Decode, ANewSizeIsAnnouncedThenDrained) {
    StreamOptions small;
    StreamOptions large;
    large.size = {320, 240};
    large.first_number = 20;
    set_up(join(make_stream(small), make_stream(large)));
    const auto before = client.run();
    EXPECT_EQ(before.numbers, numbers(0, 10));
    EXPECT_TRUE(before.event_seen);
    ASSERT_TRUE(before.last_seen);
    EXPECT_EQ(client.dequeue_picture().error, EPIPE);
    EXPECT_EQ(client.format(true).fmt.pix.width, 320U);
    EXPECT_EQ(client.visible().height, 240U);
    ASSERT_EQ(client.stream(true, false), 0);
    ASSERT_EQ(client.request(true, 0), 0);
    client.start_output();
    const auto after = client.run();
    EXPECT_EQ(after.numbers, numbers(20, 10));
    EXPECT_EQ(std::count(after.corrupt.begin(), after.corrupt.end(), true), 0);
    expect_no_violation();
}

TEST_P(Decode, ASmallerSizeMayKeepItsBuffersAndStart) {
    StreamOptions large;
    large.size = {320, 240};
    StreamOptions small;
    small.first_number = 20;
    set_up(join(make_stream(large), make_stream(small)));
    ASSERT_TRUE(client.run().last_seen);
    ASSERT_EQ(client.command(V4L2_DEC_CMD_START), 0);
    for (uint32_t i = 0; i < client.output_count(); ++i) client.queue_picture(i);
    const auto after = client.run();
    EXPECT_EQ(after.numbers.size(), 10U);
    EXPECT_EQ(std::count(after.corrupt.begin(), after.corrupt.end(), true), 0);
}

TEST_P(Decode, BuffersTooSmallForTheNewSizeAreRefused) {
    StreamOptions large;
    large.size = {320, 240};
    set_up(join(make_stream(), make_stream(large)));
    ASSERT_TRUE(client.run().last_seen);
    ASSERT_EQ(client.stream(true, false), 0);
    EXPECT_EQ(client.queue_picture(0), EINVAL);
}

TEST_P(Decode, ASeekAbortsAChangeWhichComesAgain) {
    StreamOptions large;
    large.size = {320, 240};
    large.first_number = 20;
    const auto change = make_stream(large);
    set_up(join(make_stream(), change));
    ASSERT_TRUE(client.run().last_seen);
    ASSERT_EQ(client.stream(false, false), 0);
    ASSERT_EQ(client.stream(false, true), 0);
    client.set_units(change);
    EXPECT_TRUE(client.feed_until_event(V4L2_EVENT_SOURCE_CHANGE));
}

TEST_P(Decode, AHintSetsTheFormatAtOnce) {
    ASSERT_EQ(client.set_coded(V4L2_PIX_FMT_MPEG2, {180, 100}), 0);
    EXPECT_EQ(client.format(true).fmt.pix.width, 192U);
    EXPECT_EQ(client.format(true).fmt.pix.height, 112U);
    EXPECT_EQ(client.visible().width, 180U);
}

TEST_P(Decode, CaptureSetUpByAWrongGuessIsChanged) {
    client.start_input();
    client.start_output();  // at the placeholder's size
    client.set_units(make_stream());
    const auto guess = client.run(false);
    EXPECT_TRUE(guess.event_seen);
    EXPECT_TRUE(guess.last_seen);
    EXPECT_TRUE(guess.numbers.empty());
    ASSERT_EQ(client.stream(true, false), 0);
    ASSERT_EQ(client.request(true, 0), 0);
    client.start_output();
    EXPECT_EQ(client.run().numbers, numbers(0, 10));
    expect_no_violation();
}

TEST_P(Decode, BrokenInputIsMarkedAndDecodingGoesOn) {
    auto units = make_stream();
    units.insert(units.begin() + 5, Unit(200, std::byte{0x5a}));
    set_up(units);
    const auto run = client.run();
    EXPECT_EQ(run.numbers, numbers(0, 10));
}

TEST_P(Decode, ABlockingReaderIsWoken) {
    Client blocking(*emulator, GetParam(), O_RDWR);
    ASSERT_EQ(blocking.subscribe(V4L2_EVENT_SOURCE_CHANGE), 0);
    ASSERT_EQ(blocking.set_coded(), 0);
    ASSERT_EQ(blocking.request(false, 2), 0);
    ASSERT_EQ(blocking.stream(false, true), 0);
    uint32_t index = 99;
    std::thread reader([&] { EXPECT_EQ(blocking.dequeue_unit(&index), 0); });
    ASSERT_EQ(blocking.queue_unit(1, Unit(100), 0), 0);  // no header in it: it comes straight back
    reader.join();
    EXPECT_EQ(index, 1U);
}

TEST_P(Decode, OpensAreIndependent) {
    Client other(*emulator, GetParam());
    set_up(make_stream());
    other.start_input();
    StreamOptions options;
    options.first_number = 30;
    other.set_units(make_stream(options));
    ASSERT_TRUE(other.feed_until_event(V4L2_EVENT_SOURCE_CHANGE));
    other.start_output();
    std::thread both([&] { EXPECT_EQ(other.run().numbers, numbers(30, 10)); });
    EXPECT_EQ(client.run().numbers, numbers(0, 10));
    both.join();
}

}  // namespace
}  // namespace vpu
