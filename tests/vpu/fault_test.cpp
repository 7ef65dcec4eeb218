// Each fault on demand does what its name says, when it is told to.
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <future>
#include <thread>

#include "tests/vpu/client.h"

namespace vpu {
namespace {

class Faults : public testing::Test {
  protected:
    void open(const std::string& faults, const std::string& profile = "spec") {
        client.reset();  // before its emulator
        profile_ = profile;
        emulator = make_emulator(profile, faults);
        reopen();
    }
    void reopen() {
        client.reset();
        client = std::make_unique<Client>(*emulator, profile_);
    }
    void set_up() {
        client->start_input();
        client->set_units(make_stream());
        ASSERT_TRUE(client->feed_until_event(V4L2_EVENT_SOURCE_CHANGE));
        client->start_output();
    }

    std::string profile_;
    std::unique_ptr<Emulator> emulator;
    std::unique_ptr<Client> client;
};

TEST(FaultPlan, ReadsItsSmallLanguage) {
    std::string wrong;
    const auto faults = FaultPlan::parse("eio@30,lie-pitch,vanish@0+", wrong);
    ASSERT_TRUE(faults);
    ASSERT_EQ(faults->size(), 3U);
    EXPECT_EQ((*faults)[0].picture, 30U);
    EXPECT_FALSE((*faults)[1].picture);
    EXPECT_TRUE((*faults)[2].repeats);
    for (const char* text : {"eio", "lie-pitch@3", "eio@", "eio@x", "nonsense@1", "eio@1,,"}) {
        EXPECT_FALSE(FaultPlan::parse(text, wrong)) << text;
    }
    EXPECT_TRUE(FaultPlan::parse("", wrong));
}

TEST(FaultPlan, FiresOnceOrInEveryOpen) {
    std::string wrong;
    FaultPlan plan(*FaultPlan::parse("eio@3,starve@3+", wrong));
    EXPECT_FALSE(plan.take(FaultKind::eio, 2));
    EXPECT_TRUE(plan.take(FaultKind::eio, 3));
    EXPECT_FALSE(plan.take(FaultKind::eio, 3));
    EXPECT_TRUE(plan.take(FaultKind::starve, 3));
    EXPECT_TRUE(plan.take(FaultKind::starve, 3));
}

TEST_F(Faults, EioIsFatalUntilBothQueuesWereStopped) {
    open("eio@5");
    set_up();
    const auto run = client->run(false);
    EXPECT_EQ(run.error, EIO);
    EXPECT_LE(run.numbers.size(), 5U);
    EXPECT_EQ(client->queue_picture(0), EIO);
    EXPECT_EQ(client->dequeue_unit(), EIO);
    EXPECT_NE(client->poll(POLLIN, 0) & POLLERR, 0);
    for (const bool capture : {false, true}) {
        ASSERT_EQ(client->stream(capture, false), 0);
        ASSERT_EQ(client->request(capture, 0), 0);
    }
    client->unmap();
    reopen();
    set_up();
    EXPECT_EQ(client->run().numbers, numbers(0, 10)) << "it fires once";
}

TEST_F(Faults, AFatalErrorIsOverAfterInitializingAgain) {
    open("eio@5");
    set_up();
    ASSERT_EQ(client->run(false).error, EIO);
    for (const bool capture : {false, true}) {
        ASSERT_EQ(client->stream(capture, false), 0);
        ASSERT_EQ(client->request(capture, 0), 0);
    }
    client->unmap();
    set_up();
    EXPECT_EQ(client->run().numbers, numbers(0, 10));
}

TEST_F(Faults, ARepeatingFaultFiresInEveryOpen) {
    open("eio@2+");
    for (int i = 0; i < 3; ++i) {
        reopen();
        set_up();
        EXPECT_EQ(client->run().error, EIO);
    }
}

TEST_F(Faults, ASlowStopTakesItsTimeAndNothingElseDoes) {
    for (const char* plan : {"slow-stop@50", "slow-stop"}) {
        SCOPED_TRACE(plan);
        open(plan);
        set_up();
        EXPECT_EQ(client->run().numbers, numbers(0, 10));
        ASSERT_EQ(client->stream(false, false), 0);
        const auto start = std::chrono::steady_clock::now();
        ASSERT_EQ(client->stream(true, false), 0);
        const auto stopped = std::chrono::steady_clock::now();
        const std::string given = plan;
        EXPECT_GE(stopped - start, std::chrono::milliseconds(given == "slow-stop" ? 1500 : 50));
        ASSERT_EQ(client->stream(true, false), 0) << "it is stopped already";
    }
    EXPECT_EQ(emulator->recorder().violations(), 0U);
}

TEST_F(Faults, StarvedNothingComesThoughBuffersAreQueued) {
    open("starve@4");
    set_up();
    const auto run = client->run(false);
    EXPECT_TRUE(run.stuck);
    EXPECT_EQ(run.numbers, numbers(0, 4));
}

TEST_F(Faults, AStalledPollNeverWakes) {
    open("stall-poll@2");
    set_up();
    // To wait by polling would not do: poll returns at once for the pictures before the stall.
    for (int i = 0;
         i < 1000 && emulator->recorder().json().find("\"pictures\": 3") == std::string::npos;
         ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_EQ(client->poll(POLLIN | POLLPRI | POLLOUT, 20), 0);
    EXPECT_EQ(client->dequeue_picture().error, 0) << "and yet there are pictures";
}

TEST_F(Faults, ASourceChangeToTheSameSizeIsResumedByStart) {
    open("source-change@5");
    set_up();
    const auto before = client->run(false);
    EXPECT_EQ(before.numbers, numbers(0, 5));
    EXPECT_TRUE(before.event_seen);
    EXPECT_TRUE(before.last_seen);
    EXPECT_EQ(client->visible().width, 176U);
    EXPECT_EQ(client->dequeue_picture().error, EPIPE);
    ASSERT_EQ(client->command(V4L2_DEC_CMD_START), 0);
    for (uint32_t i = 0; i < client->output_count(); ++i) client->queue_picture(i);
    EXPECT_EQ(client->run().numbers, numbers(5, 5));
}

TEST_F(Faults, ASourceChangeToTheSameSizeIsResumedByRestartingCapture) {
    open("source-change@5");
    set_up();
    ASSERT_TRUE(client->run(false).last_seen);
    ASSERT_EQ(client->stream(true, false), 0);
    for (uint32_t i = 0; i < client->output_count(); ++i) client->queue_picture(i);
    ASSERT_EQ(client->stream(true, true), 0);
    EXPECT_EQ(client->run().numbers, numbers(5, 5));
}

TEST_F(Faults, AnErrorBufferIsMarked) {
    open("error-buffer@3");
    set_up();
    const auto run = client->run();
    ASSERT_EQ(run.numbers, numbers(0, 10));
    for (size_t i = 0; i < run.corrupt.size(); ++i) EXPECT_EQ(run.corrupt[i], i == 3) << i;
}

TEST_F(Faults, AVanishedNodeIsGone) {
    open("vanish@3");
    set_up();
    int fd = -1;
    ASSERT_EQ(client->export_picture(0, 0, fd), 0);
    const vitrine::UniqueFd exported(fd);
    const auto run = client->run(false);
    EXPECT_EQ(run.error, ENODEV);
    EXPECT_NE(client->poll(POLLIN, 0) & POLLHUP, 0);
    EXPECT_EQ(client->stream(false, false), ENODEV);
    EXPECT_TRUE(emulator->names().empty());
    EXPECT_EQ(emulator->open("/dev/video10", O_RDWR), -ENOENT);
    EXPECT_GT(::lseek(exported.get(), 0, SEEK_END), 0) << "what was exported stays";
}

TEST_F(Faults, ASwallowedProfileTakesEverythingAndSaysNothing) {
    open("swallow-profile");
    client->start_input();
    client->set_units(make_stream());
    EXPECT_FALSE(client->feed_until_event(V4L2_EVENT_SOURCE_CHANGE));
    EXPECT_TRUE(client->all_fed());
}

TEST_F(Faults, LiesDoNotFitTheMemory) {
    open("");
    set_up();
    const auto truth = client->format(true).fmt.pix;
    open("lie-pitch,lie-size,lie-format");
    client->start_input();
    client->set_units(make_stream());
    ASSERT_TRUE(client->feed_until_event(V4L2_EVENT_SOURCE_CHANGE));
    const auto lie = client->format(true).fmt.pix;
    EXPECT_EQ(lie.bytesperline, truth.bytesperline * 4);
    EXPECT_GT(lie.bytesperline * lie.height, lie.sizeimage);
    EXPECT_EQ(lie.sizeimage, truth.sizeimage * 2);
    EXPECT_NE(lie.pixelformat, truth.pixelformat);
    ASSERT_EQ(client->request(true, 4), 0);
    int fd = -1;
    ASSERT_EQ(client->export_picture(0, 0, fd), 0);
    const vitrine::UniqueFd exported(fd);
    v4l2_buffer buffer{};
    ASSERT_EQ(client->query(true, 0, buffer), 0);
    EXPECT_LT(::lseek(fd, 0, SEEK_END), static_cast<off_t>(buffer.length));
}

TEST_F(Faults, ALyingOffsetCannotBeMapped) {
    open("lie-offset");
    ASSERT_EQ(client->request(true, 4), 0);
    v4l2_buffer buffer{};
    ASSERT_EQ(client->query(true, 0, buffer), 0);
    EXPECT_EQ(emulator->mmap_target(client->fd(), buffer.m.offset, 4096, 1, 1), -EINVAL);
}

TEST_F(Faults, ALyingDataOffsetIsPastTheEnd) {
    open("lie-offset", "spec-mplane");
    client->start_input();
    client->set_units(make_stream());
    ASSERT_TRUE(client->feed_until_event(V4L2_EVENT_SOURCE_CHANGE));
    ASSERT_EQ(client->request(true, 4), 0);
    for (uint32_t i = 0; i < 4; ++i) ASSERT_EQ(client->queue_picture(i), 0);
    ASSERT_EQ(client->stream(true, true), 0);
    ASSERT_NE(client->poll(POLLIN, 2000) & POLLIN, 0);
    const auto got = client->dequeue_picture();
    ASSERT_EQ(got.error, 0);
    EXPECT_GE(got.data_offset, got.bytes_used);
}

TEST_F(Faults, ANodeMayBeBusyOrNotOurs) {
    emulator = make_emulator("spec", "open-busy");
    EXPECT_EQ(emulator->open("/dev/video10", O_RDWR), -EBUSY);
    emulator = make_emulator("spec", "open-denied");
    EXPECT_EQ(emulator->open("/dev/video10", O_RDWR), -EACCES);
    emulator = make_emulator("spec,spec", "open-busy@11");
    EXPECT_EQ(emulator->open("/dev/video11", O_RDWR), -EBUSY);
    const int other = emulator->open("/dev/video10", O_RDWR);
    EXPECT_GE(other, 0);
    emulator->close(other);
    ::close(other);
    emulator = make_emulator("spec,spec", "one-open");
    const int first = emulator->open("/dev/video10", O_RDWR);
    EXPECT_GE(first, 0);
    EXPECT_EQ(emulator->open("/dev/video10", O_RDWR), -EBUSY);
    const int beside = emulator->open("/dev/video11", O_RDWR);
    EXPECT_GE(beside, 0);
    emulator->close(first);
    ::close(first);
    const int again = emulator->open("/dev/video10", O_RDWR);
    EXPECT_GE(again, 0);
    for (const int fd : {beside, again}) {
        emulator->close(fd);
        ::close(fd);
    }
    open("no-querycap");
    v4l2_capability capability{};
    EXPECT_EQ(client->call(VIDIOC_QUERYCAP, capability), ENOTTY);
    client.reset();
}

constexpr auto kAWhile = std::chrono::milliseconds(100);

TEST_F(Faults, AnIoctlThatHangsReturnsWhenHangsEnd) {
    open("hang@3");
    set_up();
    auto playing = std::async(std::launch::async, [this] { return client->run(); });
    EXPECT_EQ(playing.wait_for(kAWhile), std::future_status::timeout);
    emulator->end_hangs();
    const auto run = playing.get();
    EXPECT_EQ(run.error, EIO);
    EXPECT_LE(run.numbers.size(), 3U);
}

TEST_F(Faults, ANodeWhoseOpenHangs) {
    const auto made = make_emulator("spec,spec", "open-hang@11");
    auto opening =
        std::async(std::launch::async, [&] { return made->open("/dev/video11", O_RDWR); });
    EXPECT_EQ(opening.wait_for(kAWhile), std::future_status::timeout);
    const Client other(*made, "spec");
    EXPECT_GE(other.fd(), 0);
    made->end_hangs();
    EXPECT_EQ(opening.get(), -EIO);
}

}  // namespace
}  // namespace vpu
