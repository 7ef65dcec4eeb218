// Pictures that a program takes: what they say of themselves, how they are read, kept and given
// back, and what may be got wrong with them.
#include <drm_fourcc.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <thread>

#include "core/unique_fd.h"
#include "tests/embed/host.h"
#include "tests/support/wait_until.h"

namespace vitrine {
namespace {

constexpr int kNumberWidth = 320;
constexpr int kNumberHeight = 180;

struct FrameReleaser {
    void operator()(vitrine_frame* frame) const { (void)vitrine_frame_release(frame, -1); }
};
using FrameHandle = std::unique_ptr<vitrine_frame, FrameReleaser>;

vitrine_frame_description describe(const FrameHandle& frame) {
    vitrine_frame_description description{};
    description.size = sizeof(description);
    EXPECT_EQ(vitrine_frame_describe(frame.get(), &description), VITRINE_OK)
        << vitrine_error_text();
    return description;
}

std::vector<uint8_t> copy_of(const FrameHandle& frame, int width, int height) {
    const size_t pitch = static_cast<size_t>(width) * 4;
    std::vector<uint8_t> rgba(pitch * static_cast<size_t>(height));
    EXPECT_EQ(vitrine_frame_copy_rgba(frame.get(), rgba.data(), pitch, width, height), VITRINE_OK)
        << vitrine_error_text();
    return rgba;
}

/// The number that the picture shows; -1 where it shows none.
int number_in(const FrameHandle& frame) {
    const auto rgba = copy_of(frame, kNumberWidth, kNumberHeight);
    const Size size{kNumberWidth, kNumberHeight};
    return testing::read_number(testing::rgba_view(rgba.data(), size)).value_or(-1);
}

/// Without a renderer, and without a context of its own.
class Frames : public ::testing::Test {
  protected:
    void make(int frames) {
        vitrine_player_options options{};
        options.size = sizeof(options);
        options.no_sound = 1;
        options.frames = frames;
        player_.reset(vitrine_player_create(&options));
        ASSERT_TRUE(player_) << vitrine_error_text();
    }
    void open() {
        ASSERT_EQ(vitrine_player_open(player_.get(), clip_.c_str(), nullptr), VITRINE_OK);
    }
    [[nodiscard]] FrameHandle take() { return FrameHandle(vitrine_frame_take(player_.get())); }
    /// The first picture later than that, once it is there.
    [[nodiscard]] FrameHandle wait_for(uint64_t number) {
        for (int i = 0; i < 20000; ++i) {
            FrameHandle frame = take();
            if (frame && describe(frame).number >= number) return frame;
            frame.reset();
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        ADD_FAILURE() << "picture " << number << " does not come: " << vitrine_error_text();
        return nullptr;
    }
    [[nodiscard]] bool is_played() const {
        vitrine_event event{};
        event.size = sizeof(event);
        EXPECT_EQ(vitrine_player_next_event(player_.get(), &event), VITRINE_OK);
        return event.kind == VITRINE_EVENT_QUEUE_PLAYED;
    }
    [[nodiscard]] vitrine_statistics statistics() const {
        vitrine_statistics statistics{};
        statistics.size = sizeof(statistics);
        EXPECT_EQ(vitrine_player_statistics(player_.get(), &statistics), VITRINE_OK);
        return statistics;
    }

    const std::string clip_ = VITRINE_TEST_CLIPS "/second.mp4";  // 25 frames
    testing::PlayerHandle player_;
};

TEST_F(Frames, EachIsTakenByStepping) {
    make(1);
    ASSERT_EQ(vitrine_player_pause(player_.get()), VITRINE_OK);
    open();
    for (int i = 0; i < 5; ++i) {
        const FrameHandle frame = wait_for(static_cast<uint64_t>(i) + 1);
        EXPECT_EQ(describe(frame).number, static_cast<uint64_t>(i) + 1);
        EXPECT_EQ(describe(frame).position, i * 40'000'000);
        EXPECT_EQ(number_in(frame), i);
        ASSERT_EQ(vitrine_player_step(player_.get(), 1), VITRINE_OK);
    }
}

/// Of memory that the CPU sees: what is told of it is where the picture is.
TEST_F(Frames, SayWhereTheirPlanesAre) {
    make(1);
    open();
    const FrameHandle frame = wait_for(1);
    const vitrine_frame_description it = describe(frame);
    EXPECT_STREQ(it.format, "yuv420p");
    EXPECT_EQ(it.fourcc, static_cast<uint32_t>(DRM_FORMAT_YUV420));
    EXPECT_EQ(it.modifier, DRM_FORMAT_MOD_LINEAR);
    EXPECT_GE(it.width, it.crop_x + it.crop_width);
    EXPECT_GE(it.height, it.crop_y + it.crop_height);
    EXPECT_EQ(it.display_width, it.crop_width);
    EXPECT_EQ(it.display_height, it.crop_height);
    EXPECT_EQ(it.rotation, 0);
    EXPECT_EQ(it.full_range, 0);
    ASSERT_EQ(it.plane_count, 3);
    ASSERT_EQ(it.memory, VITRINE_MEMORY_SHARED);
    for (int i = 0; i < it.plane_count; ++i) {
        const vitrine_plane& plane = it.planes[i];
        struct stat status {};
        ASSERT_EQ(fstat(plane.fd, &status), 0);
        EXPECT_EQ(plane.buffer[0], status.st_dev);
        EXPECT_EQ(plane.buffer[1], status.st_ino);
        const int rows = i == 0 ? it.height : (it.height + 1) / 2;
        const size_t bytes = size_t{plane.pitch} * static_cast<size_t>(rows);
        void* mapped = mmap(nullptr, plane.offset + bytes, PROT_READ, MAP_SHARED, plane.fd, 0);
        ASSERT_NE(mapped, MAP_FAILED);
        ASSERT_NE(plane.data, nullptr);
        const auto* start = static_cast<const uint8_t*>(mapped) + plane.offset;
        EXPECT_EQ(std::memcmp(start, plane.data, bytes), 0) << i;
        munmap(mapped, plane.offset + bytes);
    }
    EXPECT_EQ(it.planes[3].fd, -1);
}

TEST_F(Frames, KeepTheirPictureWhilePlayingGoesOn) {
    make(2);
    open();
    const FrameHandle first = wait_for(1);
    const auto before = copy_of(first, 64, 64);
    const int number = number_in(first);
    testing::wait_until([&] { return is_played(); });
    const FrameHandle last = take();
    EXPECT_EQ(number_in(last), 24);
    EXPECT_EQ(number_in(first), number);
    EXPECT_EQ(copy_of(first, 64, 64), before);
}

TEST_F(Frames, OutliveTheirPlayer) {
    make(1);
    open();
    const FrameHandle frame = wait_for(1);
    const int number = number_in(frame);
    player_.reset();
    EXPECT_EQ(number_in(frame), number);
    EXPECT_GT(describe(frame).width, 0);
}

TEST_F(Frames, AreCountedAsPresentedWhereThatIsSaid) {
    make(1);
    ASSERT_EQ(vitrine_player_pause(player_.get()), VITRINE_OK);
    open();
    const FrameHandle frame = wait_for(1);
    EXPECT_EQ(statistics().presented, 0u);
    ASSERT_EQ(vitrine_frame_presented(frame.get(), 0), VITRINE_OK);
    ASSERT_EQ(vitrine_frame_presented(frame.get(), 0), VITRINE_OK);
    ASSERT_EQ(vitrine_player_play(player_.get()), VITRINE_OK);
    testing::wait_until([&] { return is_played(); });
    EXPECT_EQ(statistics().presented, 1u);
}

TEST_F(Frames, AsManyAreTakenAsThePlayerWasMadeFor) {
    make(0);
    EXPECT_FALSE(take());
    EXPECT_EQ(vitrine_error_code(), VITRINE_ERROR_UNAVAILABLE);
    EXPECT_STREQ(vitrine_error_text(), "the player was made for 0 frames at a time");
    make(2);
    EXPECT_FALSE(take());
    EXPECT_EQ(vitrine_error_code(), VITRINE_ERROR_UNAVAILABLE);
    EXPECT_STREQ(vitrine_error_text(), "there is no picture yet");
    open();
    FrameHandle one = wait_for(1);
    const FrameHandle two = take();
    EXPECT_TRUE(two);
    EXPECT_FALSE(take());
    EXPECT_EQ(vitrine_error_code(), VITRINE_ERROR_UNAVAILABLE);
    one.reset();
    EXPECT_TRUE(take());
}

/// It has its place until nobody reads it any more.
TEST_F(Frames, GoBackWhenTheirFenceSaysSo) {
    make(1);
    open();
    FrameHandle frame = wait_for(1);
    UniqueFd fence(eventfd(0, EFD_CLOEXEC));
    ASSERT_EQ(vitrine_frame_release(frame.release(), fence.get()), VITRINE_OK);
    testing::wait_until(
        [&] { return is_played(); });  // the player has looked at the fence many times
    EXPECT_FALSE(take());
    const uint64_t one = 1;
    ASSERT_EQ(write(fence.get(), &one, sizeof(one)), static_cast<ssize_t>(sizeof(one)));
    fence.reset();
    EXPECT_TRUE(wait_for(1));
}

TEST_F(Frames, StayWhereTheirFenceIsNone) {
    make(1);
    open();
    const FrameHandle frame = wait_for(1);
    EXPECT_EQ(vitrine_frame_release(frame.get(), 1'000'000), VITRINE_ERROR_INVALID_ARGUMENT);
    EXPECT_EQ(vitrine_frame_release(frame.get(), -2), VITRINE_ERROR_INVALID_ARGUMENT);
    EXPECT_GE(number_in(frame), 0);
}

/// The memory that is read stays, be the player destroyed: before its end the fence signals.
TEST_F(Frames, ThePlayerGoesAfterTheFence) {
    make(2);
    open();
    FrameHandle one = wait_for(1);
    FrameHandle two = take();
    ASSERT_TRUE(two);
    const UniqueFd fence(eventfd(0, EFD_CLOEXEC));
    ASSERT_EQ(vitrine_frame_release(one.release(), fence.get()), VITRINE_OK);
    std::atomic<bool> read{false};
    std::thread reader([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        read = true;
        const uint64_t done = 1;
        EXPECT_EQ(write(fence.get(), &done, sizeof(done)), static_cast<ssize_t>(sizeof(done)));
    });
    player_.reset();
    EXPECT_TRUE(read);
    reader.join();
    EXPECT_EQ(vitrine_frame_release(two.release(), fence.get()), VITRINE_OK);
}

TEST_F(Frames, WrongCopiesAreRefused) {
    make(1);
    open();
    const FrameHandle frame = wait_for(1);
    uint8_t pixel[4]{};
    const auto copy = [&](void* rgba, size_t pitch, int width, int height) {
        return vitrine_frame_copy_rgba(frame.get(), rgba, pitch, width, height);
    };
    EXPECT_EQ(copy(nullptr, 4, 1, 1), VITRINE_ERROR_INVALID_ARGUMENT);
    EXPECT_EQ(copy(pixel, 3, 1, 1), VITRINE_ERROR_INVALID_ARGUMENT);
    EXPECT_EQ(copy(pixel, 4, 0, 1), VITRINE_ERROR_INVALID_ARGUMENT);
    EXPECT_EQ(copy(pixel, 4, 1, -1), VITRINE_ERROR_INVALID_ARGUMENT);
    EXPECT_EQ(copy(pixel, size_t{4} * 40000, 40000, 1), VITRINE_ERROR_INVALID_ARGUMENT);
    std::vector<uint8_t> wide(size_t{4} * 32768);
    const int longest = GlContext::make_guest().value()->facts().max_texture_size;
    EXPECT_EQ(copy(wide.data(), wide.size(), 32768, 1),
              longest < 32768 ? VITRINE_ERROR_UNSUPPORTED : VITRINE_OK);
    EXPECT_EQ(copy(pixel, 4, 1, 1), VITRINE_OK) << vitrine_error_text();
    vitrine_frame_description small{};
    small.size = sizeof(small) - 1;
    EXPECT_EQ(vitrine_frame_describe(frame.get(), &small), VITRINE_ERROR_INVALID_ARGUMENT);
    EXPECT_EQ(vitrine_frame_describe(frame.get(), nullptr), VITRINE_ERROR_INVALID_ARGUMENT);
}

/// Rows may be farther apart than they are long; what lies between is left as it is.
TEST_F(Frames, AreCopiedIntoRowsOfAnyPitch) {
    make(1);
    open();
    const FrameHandle frame = wait_for(1);
    const auto tight = copy_of(frame, 8, 2);
    constexpr size_t kPitch = 40;
    std::vector<uint8_t> loose(kPitch * 2, 0x5a);
    ASSERT_EQ(vitrine_frame_copy_rgba(frame.get(), loose.data(), kPitch, 8, 2), VITRINE_OK);
    EXPECT_EQ(std::memcmp(loose.data(), tight.data(), 32), 0);
    EXPECT_EQ(std::memcmp(loose.data() + kPitch, tight.data() + 32, 32), 0);
    EXPECT_EQ(std::count(loose.begin() + 32, loose.begin() + kPitch, 0x5a), 8);
    EXPECT_EQ(std::count(loose.begin() + kPitch + 32, loose.end(), 0x5a), 8);
}

TEST_F(Frames, AreCopiedByManyThreads) {
    make(3);
    open();
    std::vector<FrameHandle> frames;
    for (int i = 0; i < 3; ++i) frames.push_back(wait_for(1));
    std::vector<std::thread> copiers;
    for (const FrameHandle& frame : frames) {
        copiers.emplace_back([&] { EXPECT_GE(number_in(frame), 0); });
    }
    for (std::thread& copier : copiers) copier.join();
}

/// The library's context for copies is beside the host's, and leaves that alone.
class FramesOfAHost : public testing::Host {};

TEST_F(FramesOfAHost, AreCopiedBesideWhatItDraws) {
    vitrine_player_options options{};
    options.size = sizeof(options);
    options.no_sound = 1;
    options.frames = 1;
    renderer_.reset();
    player_.reset(vitrine_player_create(&options));
    renderer_.reset(vitrine_renderer_create(player_.get(), nullptr));
    ASSERT_TRUE(renderer_) << vitrine_error_text();
    ASSERT_EQ(vitrine_player_pause(player_.get()), VITRINE_OK);
    open(VITRINE_TEST_CLIPS "/second.mp4");
    play_until([&] { return !numbers_.empty(); });
    FrameHandle frame(vitrine_frame_take(player_.get()));
    ASSERT_TRUE(frame) << vitrine_error_text();
    EXPECT_EQ(number_in(frame), numbers_.back());
    const auto copied = copy_of(frame, kSize.width, kSize.height);
    EXPECT_EQ(copied, picture().rgba) << "the same shaders";
    frame.reset();
    draw();
    renderer_.reset();
    player_.reset();  // and with it the context for copies
    EXPECT_NE(context_->egl().QueryString(context_->display(), EGL_VENDOR), nullptr);
    EXPECT_EQ(picture().rgba, copied);
}

}  // namespace
}  // namespace vitrine
