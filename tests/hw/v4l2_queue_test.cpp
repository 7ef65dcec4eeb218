// The buffer queue on emulated devices: who has a buffer, and what outlives what.
#include "hw/v4l2_queue.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/videodev2.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <thread>
#include <type_traits>

#include "tests/support/failing_kernel.h"
#include "tests/vpu/interposer.h"
#include "tests/vpu/stream.h"

namespace vitrine {
namespace {

using testing::holdings;
using testing::PassingKernel;

constexpr Nanos kLong = std::chrono::seconds(10);  // nothing takes so long that works

static_assert(!std::is_copy_constructible_v<FreeBuffer>);
static_assert(!std::is_copy_constructible_v<ReadyBuffer>);
static_assert(!std::is_constructible_v<FreeBuffer, ReadyBuffer>, "only the queue makes one free");
static_assert(!std::is_convertible_v<ReadyBuffer, FreeBuffer>, "what was read is not queued");

/// What the picture in a buffer shows, in its first piece of memory.
std::optional<int> number_of(const HeldBuffer& buffer, const V4l2Picture& picture, Size visible) {
    const DmaBufObject& object = buffer.objects().front();
    void* mapped = ::mmap(nullptr, object.size, PROT_READ, MAP_SHARED, object.fd, 0);
    if (mapped == MAP_FAILED) return std::nullopt;
    const auto number = vpu::number_in(
        static_cast<const std::byte*>(mapped), picture.planes[0].pitch,
        {static_cast<uint32_t>(visible.width), static_cast<uint32_t>(visible.height)});
    ::munmap(mapped, object.size);
    return number;
}

/// A device that decodes, as far as a test has led it.
class Decoding {
  public:
    explicit Decoding(const std::string& profile, const std::string& faults = {},
                      std::shared_ptr<Kernel> kernel = std::make_shared<RealKernel>()) {
        vpu::interposer::use({profile, faults, "", ""});
        device = V4l2Device::open(std::move(kernel), "/dev/video10").value();
        EXPECT_TRUE(device->subscribe_to_source_changes());
        V4l2Picture wish;
        wish.format = {V4L2_PIX_FMT_MPEG2};
        const V4l2Picture set = device->set_format(V4l2Side::input, wish).value();
        input = V4l2Queue::allocate(device, {V4l2Side::input, V4l2Memory::mapped, set, 4, nullptr})
                    .value();
        EXPECT_TRUE(input->start());
        units = vpu::make_stream();
    }

    /// Queues the next unit where a buffer is free.
    bool feed() {
        if (next_ == units.size()) return false;
        auto buffer = input->take_free();
        if (!buffer) return false;
        std::memcpy(buffer->data().data(), units[next_].data(), units[next_].size());
        const auto size = static_cast<uint32_t>(units[next_].size());
        note(input->queue(std::move(*buffer), 1000 + next_, size));
        ++next_;
        return true;
    }
    /// To the point where the device knows the stream.
    void announce() {
        while (true) {
            feed();
            const auto ready = device->wait({true, false}, -1, kLong);
            ASSERT_TRUE(ready && ready->any());
            if (ready->input) take_input();
            if (!ready->event) continue;
            ASSERT_EQ(device->next_event().value(), V4l2Event::source_change);
            picture = device->format(V4l2Side::output).value();
            const Rect shown = device->visible_part().value().value();
            visible = {shown.width, shown.height};
            return;
        }
    }
    Result<void> allocate(V4l2Memory memory = V4l2Memory::exported, int count = 6,
                          BufferAllocator* allocator = nullptr) {
        auto made =
            V4l2Queue::allocate(device, {V4l2Side::output, memory, picture, count, allocator});
        if (!made) return Failure(made.error());
        output = std::move(*made);
        return {};
    }
    void lend() {
        while (auto buffer = output->take_free()) {
            ASSERT_TRUE(output->queue(std::move(*buffer)));
        }
    }
    void start() {
        announce();
        const auto ok = allocate();
        ASSERT_TRUE(ok) << ok.error().text;
        lend();
        ASSERT_TRUE(output->start());
    }
    void take_input() {
        const auto got = input->dequeue();
        note(got ? Result<void>() : Result<void>(Failure(got.error())));
    }
    /// The next picture, or what came instead.
    Result<V4l2Queue::Dequeued> next() {
        while (true) {
            if (!feed() && next_ == units.size() && !std::exchange(stopped_, true)) {
                EXPECT_TRUE(device->stop_decoding());
            }
            if (failed_) return Failure(*failed_);
            const auto ready = device->wait({true, true}, -1, kLong);
            if (!ready) return Failure(ready.error());
            if (ready->output || ready->error) return output->dequeue();
            if (ready->input) take_input();
            if (ready->event) (void)device->next_event();
            if (!ready->any()) return fail(Errc::timeout, "nothing came");
        }
    }
    /// How the device fails, which it does at its own pace and in whichever call comes then.
    Error loss() {
        while (true) {
            const auto got = next();
            if (!got) return got.error();
            if (std::holds_alternative<V4l2Queue::AtLast>(*got)) return {Errc::timeout, "it works"};
        }
    }
    ReadyBuffer next_picture() {
        auto got = next();
        if (!got) throw std::runtime_error(got.error().text);
        return std::get<ReadyBuffer>(std::move(*got));
    }

    std::shared_ptr<V4l2Device> device;
    std::vector<vpu::Unit> units;
    V4l2Picture picture;
    Size visible;
    std::unique_ptr<V4l2Queue> input;
    std::unique_ptr<V4l2Queue> output;

  private:
    void note(const Result<void>& done) {
        if (!done && !failed_) failed_ = done.error();
    }
    std::optional<Error> failed_;
    size_t next_ = 0;
    bool stopped_ = false;
};

class OnEveryKind : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(V4l2Queue, OnEveryKind,
                         ::testing::Values("spec", "spec-mplane", "bcm2835", "venus"),
                         [](const auto& row) {
                             std::string name = row.param;
                             name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
                             return name;
                         });

TEST_P(OnEveryKind, GivesEveryPictureWithItsTag) {
    Decoding decoding(GetParam());
    decoding.start();
    std::vector<int> numbers;
    std::vector<uint64_t> tags;
    for (bool last = false; !last; decoding.lend()) {
        const ReadyBuffer buffer = decoding.next_picture();
        last = buffer.report().last;
        EXPECT_FALSE(buffer.report().corrupt);
        if (buffer.report().bytes_used[0] != 0) {
            numbers.push_back(number_of(buffer, decoding.picture, decoding.visible).value_or(-1));
            EXPECT_EQ(buffer.report().sequence, tags.size());
            tags.push_back(buffer.report().tag);
        }
    }
    std::vector<int> expected(10);
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(numbers, expected);
    std::vector<uint64_t> expected_tags(10);
    std::iota(expected_tags.begin(), expected_tags.end(), 1000U);
    EXPECT_EQ(tags, expected_tags);
    EXPECT_EQ(vpu::interposer::emulator().recorder().violations(), 0U);
}

TEST_P(OnEveryKind, AfterTheLastOneThereIsNoOther) {
    Decoding decoding(GetParam());
    decoding.start();
    while (!decoding.next_picture().report().last) decoding.lend();
    const auto after = decoding.output->dequeue();
    ASSERT_TRUE(after) << after.error().text;
    EXPECT_TRUE(std::holds_alternative<V4l2Queue::AtLast>(*after));
}

TEST_P(OnEveryKind, PicturesOutliveQueueAndDevice) {
    const auto before = holdings();
    {
        Decoding decoding(GetParam());
        decoding.start();
        const ReadyBuffer first = decoding.next_picture();
        const ReadyBuffer second = decoding.next_picture();
        const V4l2Picture picture = decoding.picture;
        const Size visible = decoding.visible;
        decoding.output.reset();
        EXPECT_EQ(number_of(first, picture, visible), 0);
        decoding.input.reset();
        decoding.device.reset();
        EXPECT_EQ(number_of(first, picture, visible), 0);
        EXPECT_EQ(number_of(second, picture, visible), 1);
    }
    EXPECT_EQ(holdings(), before);
}

TEST(V4l2Queue, ABufferIsFreeHeldOrQueued) {
    Decoding decoding("spec");
    V4l2Queue& queue = *decoding.input;
    EXPECT_TRUE(queue.streaming());
    ASSERT_EQ(queue.count(), 4);
    EXPECT_EQ(queue.held(), 0);
    std::vector<FreeBuffer> taken;
    std::vector<uint32_t> indices;
    while (auto buffer = queue.take_free()) {
        indices.push_back(buffer->index());
        EXPECT_GE(buffer->data().size(), 1024U * 1024);
        EXPECT_TRUE(buffer->objects().empty());
        taken.push_back(std::move(*buffer));
    }
    EXPECT_EQ(indices, (std::vector<uint32_t>{0, 1, 2, 3}));
    EXPECT_EQ(queue.held(), 4);
    ASSERT_TRUE(queue.queue(std::move(taken.back()), 0, 1));
    taken.pop_back();
    EXPECT_EQ(queue.held(), 3);
    EXPECT_EQ(queue.queued(), 1);
    taken.erase(taken.begin());  // assigns what follows to what goes
    EXPECT_EQ(queue.held(), 2);
    const auto again = queue.take_free();
    ASSERT_TRUE(again);
    EXPECT_EQ(again->index(), 0U) << "the one that was given back";
}

TEST(V4l2Queue, WhatTheDeviceHasComesBackWhenItStops) {
    Decoding decoding("spec");
    decoding.announce();
    ASSERT_TRUE(decoding.allocate());
    decoding.lend();
    ASSERT_TRUE(decoding.output->start());
    EXPECT_EQ(decoding.output->queued(), 6);
    EXPECT_FALSE(decoding.output->take_free());
    ASSERT_TRUE(decoding.output->stop());
    EXPECT_FALSE(decoding.output->streaming());
    EXPECT_EQ(decoding.output->queued(), 0);
    EXPECT_EQ(decoding.output->held(), 0);
    int free = 0;
    std::vector<FreeBuffer> taken;
    for (; auto buffer = decoding.output->take_free(); ++free) taken.push_back(std::move(*buffer));
    EXPECT_EQ(free, 6);
}

TEST(V4l2Queue, TheDeviceMayGiveMoreOrFewer) {
    Decoding decoding("venus");
    decoding.announce();
    ASSERT_TRUE(decoding.allocate(V4l2Memory::exported, 1));
    EXPECT_EQ(decoding.output->count(), 4) << "as many as it cannot do without";
    ASSERT_TRUE(decoding.output->release().value_or(false));
    ASSERT_TRUE(decoding.allocate(V4l2Memory::exported, 100));
    EXPECT_EQ(decoding.output->count(), V4l2Queue::kMostBuffers);
}

TEST(V4l2Queue, NothingIsReadyYet) {
    Decoding decoding("spec");
    decoding.start();
    ASSERT_TRUE(decoding.input->stop());
    ASSERT_TRUE(decoding.output->stop());
    decoding.lend();
    ASSERT_TRUE(decoding.output->start());
    const auto got = decoding.output->dequeue();
    ASSERT_TRUE(got) << got.error().text;
    EXPECT_TRUE(std::holds_alternative<V4l2Queue::Nothing>(*got));
}

TEST(V4l2Queue, ALeaseThatEndsElsewhereWakesTheWaiter) {
    Decoding decoding("spec");
    decoding.start();
    auto buffer = std::make_unique<ReadyBuffer>(decoding.next_picture());
    ASSERT_TRUE(decoding.input->stop());
    ASSERT_TRUE(decoding.output->stop());
    decoding.output->clear_wake();
    EXPECT_FALSE(decoding.device->wait({}, decoding.output->wake_fd(), Nanos(0)).value().woken);
    std::thread other([&] { buffer.reset(); });
    EXPECT_TRUE(decoding.device->wait({}, decoding.output->wake_fd(), kLong).value().woken);
    other.join();
    decoding.output->wait_for_free(kLong);  // returns at once
    decoding.output->clear_wake();
    EXPECT_FALSE(decoding.device->wait({}, decoding.output->wake_fd(), Nanos(0)).value().woken);
}

TEST(V4l2Queue, LeasesMayEndOnManyThreads) {
    const auto before = holdings();
    {
        Decoding decoding("spec");
        decoding.announce();
        ASSERT_TRUE(decoding.allocate(V4l2Memory::exported, 32));
        for (int round = 0; round < 200; ++round) {
            std::vector<FreeBuffer> taken;
            while (auto buffer = decoding.output->take_free()) taken.push_back(std::move(*buffer));
            ASSERT_EQ(taken.size(), 32U);
            decoding.output->clear_wake();
            std::thread first([&] { taken.erase(taken.begin(), taken.begin() + 16); });
            first.join();
            std::vector<FreeBuffer> half(std::make_move_iterator(taken.begin()),
                                         std::make_move_iterator(taken.begin() + 8));
            std::vector<FreeBuffer> rest(std::make_move_iterator(taken.begin() + 8),
                                         std::make_move_iterator(taken.end()));
            std::thread one([&] { half.clear(); });
            std::thread two([&] { rest.clear(); });
            decoding.output->clear_wake();
            one.join();
            two.join();
            taken.clear();
            EXPECT_EQ(decoding.output->held(), 0);
            // However they fell together, one more round of arming leaves nothing behind.
            decoding.output->clear_wake();
            EXPECT_FALSE(
                decoding.device->wait({}, decoding.output->wake_fd(), Nanos(0)).value().woken)
                << round;
        }
    }
    EXPECT_EQ(holdings(), before);
}

TEST(V4l2Queue, BuffersInUseAreLeftBehindWhereTheDeviceCan) {
    Decoding decoding("spec");
    decoding.start();
    const ReadyBuffer held = decoding.next_picture();
    const auto released = decoding.output->release();
    ASSERT_TRUE(released) << released.error().text;
    EXPECT_TRUE(*released);
    ASSERT_TRUE(decoding.allocate());
    EXPECT_EQ(number_of(held, decoding.picture, decoding.visible), 0);
}

TEST(V4l2Queue, BuffersInUseAreMissedWhereItCannot) {
    Decoding decoding("spec-noorphans");
    decoding.start();
    {
        const ReadyBuffer held = decoding.next_picture();
        const auto released = decoding.output->release();
        ASSERT_TRUE(released) << released.error().text;
        EXPECT_FALSE(*released);
        EXPECT_EQ(number_of(held, decoding.picture, decoding.visible), 0);
    }
    EXPECT_EQ(vpu::interposer::emulator().recorder().violations(), 0U) << "it was not even asked";
    decoding.output.reset();
    const auto again = decoding.allocate();
    EXPECT_TRUE(again) << again.error().text;
}

TEST(V4l2Queue, BuffersThatNobodyUsesAreReleasedEverywhere) {
    Decoding decoding("spec-noorphans");
    decoding.start();
    { const ReadyBuffer given_back = decoding.next_picture(); }
    const auto released = decoding.output->release();
    ASSERT_TRUE(released) << released.error().text;
    EXPECT_TRUE(*released);
    ASSERT_TRUE(decoding.allocate());
    EXPECT_EQ(vpu::interposer::emulator().recorder().violations(), 0U);
}

TEST(V4l2Queue, PicturesGoToMemoryThatAnAllocatorMade) {
    const auto before = holdings();
    for (const char* profile : {"spec", "spec-mplane"}) {
        SCOPED_TRACE(profile);
        RealKernel kernel;
        std::unique_ptr<BufferAllocator> memfd;
        for (AllocatorTrial& trial : open_allocators(testing::borrowed(kernel))) {
            if (trial.name == "memfd") memfd = std::move(*trial.allocator);
        }
        Decoding decoding(profile);
        decoding.announce();
        const auto ok = decoding.allocate(V4l2Memory::imported, 6, memfd.get());
        ASSERT_TRUE(ok) << ok.error().text;
        decoding.lend();
        ASSERT_TRUE(decoding.output->start());
        for (int i = 0; i < 10; ++i) {
            const ReadyBuffer buffer = decoding.next_picture();
            EXPECT_EQ(number_of(buffer, decoding.picture, decoding.visible), i);
            decoding.lend();
        }
        EXPECT_EQ(vpu::interposer::emulator().recorder().violations(), 0U);
    }
    EXPECT_EQ(holdings(), before);
}

TEST(V4l2Queue, MemoryThatTheDeviceDoesNotTakeIsUnsupported) {
    Decoding decoding("spec");
    ASSERT_TRUE(decoding.input->release().value_or(false));
    const auto queue = V4l2Queue::allocate(decoding.device,
                                           {V4l2Side::input, V4l2Memory::imported, {}, 4, nullptr});
    ASSERT_FALSE(queue);
    EXPECT_EQ(queue.error().code, Errc::unsupported);
    EXPECT_EQ(queue.error().text, "/dev/video10 takes no input buffers of this memory");
}

/// Whose VIDIOC_EXPBUF fails.
class SharesNothing final : public PassingKernel {
  public:
    int error = EINVAL;
    int ioctl(int fd, unsigned long request, void* argument) override {
        if (request != VIDIOC_EXPBUF) return PassingKernel::ioctl(fd, request, argument);
        errno = error;
        return -1;
    }
};

TEST(V4l2Queue, BuffersThatAreNotSharedAreUnsupported) {
    for (const int error : {EINVAL, ENOTTY, EOPNOTSUPP}) {
        const auto kernel = std::make_shared<SharesNothing>();
        kernel->error = error;
        Decoding decoding("spec", "", kernel);
        decoding.announce();
        const auto made = decoding.allocate();
        ASSERT_FALSE(made);
        EXPECT_EQ(made.error().code, Errc::unsupported);
        EXPECT_EQ(made.error().text,
                  fmt::format("/dev/video10 does not share its output buffers (VIDIOC_EXPBUF: {})",
                              errno_text(error)));
    }
    const auto kernel = std::make_shared<SharesNothing>();
    kernel->error = EMFILE;  // which another kind of memory would not help
    Decoding decoding("spec", "", kernel);
    decoding.announce();
    EXPECT_EQ(decoding.allocate().error().code, Errc::unavailable);
}

TEST(V4l2Queue, MemoryThatAnAllocatorMadeIsNoMatterForTheDeviceToRelease) {
    RealKernel kernel;
    const auto allocators = open_allocators(testing::borrowed(kernel));
    Decoding decoding("spec-noorphans");
    decoding.announce();
    ASSERT_TRUE(
        decoding.allocate(V4l2Memory::imported, 6, allocators.back().allocator.value().get()));
    decoding.lend();
    ASSERT_TRUE(decoding.output->start());
    const ReadyBuffer held = decoding.next_picture();
    EXPECT_TRUE(decoding.output->can_release());
    const auto released = decoding.output->release();
    ASSERT_TRUE(released) << released.error().text;
    EXPECT_TRUE(*released);
    EXPECT_EQ(number_of(held, decoding.picture, decoding.visible), 0);
    EXPECT_EQ(vpu::interposer::emulator().recorder().violations(), 0U);
}

TEST(V4l2Queue, ADeviceInABadStateIsLost) {
    Decoding decoding("spec", "eio@2");
    decoding.start();
    const Error loss = decoding.loss();
    EXPECT_EQ(loss.code, Errc::device_lost);
    EXPECT_EQ(loss.text.rfind("VIDIOC_", 0), 0U) << loss.text;
    EXPECT_NE(loss.text.find(" on /dev/video10: Input/output error"), std::string::npos);
}

TEST(V4l2Queue, ANodeThatVanishesIsLost) {
    Decoding decoding("spec", "vanish@1");
    decoding.start();
    const Error loss = decoding.loss();
    EXPECT_EQ(loss.code, Errc::device_lost);
    EXPECT_NE(loss.text.find(" on /dev/video10: No such device"), std::string::npos) << loss.text;
}

/// Gives back a buffer that it does not have, or has as many as there cannot be.
class Liar final : public PassingKernel {
  public:
    std::optional<uint32_t> index;
    std::optional<uint32_t> count;
    std::optional<uint32_t> length;
    int ioctl(int fd, unsigned long request, void* argument) override {
        const int answer = PassingKernel::ioctl(fd, request, argument);
        if (answer != 0) return answer;
        if (request == VIDIOC_DQBUF && index) {
            auto& buffer = *static_cast<v4l2_buffer*>(argument);
            if (buffer.type == V4L2_BUF_TYPE_VIDEO_CAPTURE) buffer.index = *index;
        }
        if (request == VIDIOC_QUERYBUF && length) {
            static_cast<v4l2_buffer*>(argument)->length = *length;
        }
        if (request == VIDIOC_REQBUFS && count) {
            static_cast<v4l2_requestbuffers*>(argument)->count = *count;
        }
        return answer;
    }
};

TEST(V4l2Queue, ABufferThatTheDeviceDidNotHaveIsRefused) {
    for (const std::optional<uint32_t> index : {std::optional<uint32_t>(), {6U}, {UINT32_MAX}}) {
        const auto kernel = std::make_shared<Liar>();
        Decoding decoding("spec", "", kernel);
        decoding.start();
        const ReadyBuffer held = decoding.next_picture();
        kernel->index = index.value_or(held.index());
        const auto got = decoding.next();
        ASSERT_FALSE(got);
        EXPECT_EQ(got.error().code, Errc::device_lost);
        EXPECT_NE(got.error().text.find("which it did not have"), std::string::npos);
    }
}

TEST(V4l2Queue, ACountThatCannotBeIsRefused) {
    for (const uint32_t count : {0U, UINT32_MAX}) {
        const auto kernel = std::make_shared<Liar>();
        Decoding decoding("spec", "", kernel);
        decoding.announce();
        kernel->count = count;
        EXPECT_FALSE(decoding.allocate()) << count;
    }
}

TEST(V4l2Queue, UnitsFitBuffersAsTheyAre) {
    const auto kernel = std::make_shared<Liar>();
    Decoding decoding("spec", "", kernel);
    ASSERT_TRUE(decoding.input->release().value_or(false));
    kernel->length = 4096;
    decoding.input =
        V4l2Queue::allocate(decoding.device, {V4l2Side::input, V4l2Memory::mapped, {}, 4, nullptr})
            .value();
    EXPECT_EQ(decoding.input->take_free()->data().size(), 4096U);
}

}  // namespace
}  // namespace vitrine
