// Our V4L2 decoder when its stream changes: to other sizes, or to the same one.
#include "decode/v4l2_output.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/videodev2.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <set>

#include "tests/decode/v4l2_playing.h"

namespace vitrine {
namespace {

using testing::changing;
using testing::from_number;
using testing::holding;
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

/// As an importer's cache holds them, of which the decoder cannot know.
TEST_P(OnEveryDevice, MemoryHeldOverAChangeOfSizeByOthersIsNoFault) {
    PlayingOptions options = on(profile);
    options.units = changing(profile, {176, 144}, {320, 240});
    Playing playing(options);
    const auto first = playing.run(only(3));
    ASSERT_EQ(first.numbers, numbers(0, 3));
    const auto* shared = std::get_if<DmaBufFrame>(&playing.held().back().storage);
    ASSERT_TRUE(shared);
    const UniqueFd imported(::fcntl(shared->description().objects.front().fd, F_DUPFD_CLOEXEC, 0));
    void* const mapped = ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, imported.get(), 0);
    ASSERT_NE(mapped, MAP_FAILED);
    const auto run = playing.run(holding(0));
    ::munmap(mapped, 4096);
    EXPECT_FALSE(run.lost) << run.lost->text;
    EXPECT_EQ(run.outgrown, profile == "spec-noorphans") << "to be opened anew";
    EXPECT_EQ(run.numbers, numbers(3, run.outgrown ? 7 : 17));
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

/// Likewise, and it gives back all that it has, but none that is marked last.
class HoldsLastBack final : public PassingKernel {
  public:
    int ioctl(int fd, unsigned long request, void* argument) override {
        const bool is_buffer = request == VIDIOC_QBUF || request == VIDIOC_DQBUF;
        if (is_buffer && V4L2_TYPE_IS_CAPTURE(static_cast<v4l2_buffer*>(argument)->type)) {
            auto& buffer = *static_cast<v4l2_buffer*>(argument);
            return request == VIDIOC_QBUF ? queue(fd, buffer) : dequeue(fd, buffer);
        }
        const int answer = PassingKernel::ioctl(fd, request, argument);
        if (answer == 0 && request == VIDIOC_DQEVENT) changing_ = true;
        if (answer == 0 && request == VIDIOC_REQBUFS) changing_ = false;
        return answer;
    }
    int poll(pollfd* fds, nfds_t count, int timeout_ms) override {
        const int answer = PassingKernel::poll(fds, count, at_last_ ? 0 : timeout_ms);
        if (!at_last_ || answer < 0) return answer;
        fds[0].revents = queued_.empty() ? 0 : POLLIN;
        return 1;
    }

  private:
    static int refuse(int error) {
        errno = error;
        return -1;
    }
    int queue(int fd, v4l2_buffer& buffer) {
        if (changing_) return refuse(EINVAL);
        const int answer = PassingKernel::ioctl(fd, VIDIOC_QBUF, &buffer);
        if (answer == 0) queued_.insert(buffer.index);
        return answer;
    }
    int dequeue(int fd, v4l2_buffer& buffer) {
        if (at_last_) return give_back(buffer);
        const int answer = PassingKernel::ioctl(fd, VIDIOC_DQBUF, &buffer);
        if (answer != 0) return answer;
        queued_.erase(buffer.index);
        at_last_ = (buffer.flags & V4L2_BUF_FLAG_LAST) != 0;
        buffer.flags &= ~static_cast<uint32_t>(V4L2_BUF_FLAG_LAST);
        return answer;
    }
    int give_back(v4l2_buffer& buffer) {
        if (queued_.empty()) return refuse(EAGAIN);
        buffer.index = *queued_.begin();
        buffer.flags = V4L2_BUF_FLAG_ERROR;  // and zero bytes of it are used
        queued_.erase(queued_.begin());
        return 0;
    }

    std::set<uint32_t> queued_;
    bool changing_ = false;
    bool at_last_ = false;
};

/// The device has none because it takes none: to wait for viewers would be to wait for ever.
TEST_P(OnEveryDevice, BuffersThatAreRefusedDuringAChangeAreNotMissedFromViewers) {
    PlayingOptions options = on(profile);
    options.kernel = std::make_shared<HoldsLastBack>();
    options.units = changing(profile, {176, 144}, {320, 240});
    Playing playing(options);
    const auto run = playing.run(holding(0));
    EXPECT_EQ(run.numbers, numbers(0, 10));
    EXPECT_TRUE(run.stuck);
    EXPECT_FALSE(run.starved);
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

/// Is set to a format that nobody knows, and takes YU12 whatever it is asked for.
class TakesAnother final : public PassingKernel {
  public:
    int ioctl(int fd, unsigned long request, void* argument) override {
        auto* format = static_cast<v4l2_format*>(argument);
        const bool output = (request == VIDIOC_G_FMT || request == VIDIOC_S_FMT) &&
                            format->type == V4L2_BUF_TYPE_VIDEO_CAPTURE;
        if (output && request == VIDIOC_S_FMT) {
            asked += 1;
            format->fmt.pix.pixelformat = V4L2_PIX_FMT_YUV420;
        }
        const int result = PassingKernel::ioctl(fd, request, argument);
        if (output && asked == 0) format->fmt.pix.pixelformat = v4l2_fourcc('L', 'I', 'E', 'S');
        return result;
    }
    int asked = 0;
};

TEST(V4l2Format, AKnownOneInPlaceOfTheOneAskedForIsAsGood) {
    const auto kernel = std::make_shared<TakesAnother>();
    PlayingOptions options = on("spec");
    options.kernel = kernel;
    Playing playing(options);
    const auto run = playing.run();
    EXPECT_FALSE(run.lost) << run.lost->text;
    EXPECT_EQ(run.numbers, numbers(0, 10));
    EXPECT_EQ(kernel->asked, 1);
}

}  // namespace
}  // namespace vitrine
