// The memory that the first picture is decoded into is guessed while the GPU is still being asked.
#include "player/media_opener.h"

#include <gtest/gtest.h>

#include "tests/player/lists.h"
#include "tests/support/failing_kernel.h"
#include "tests/support/make_clip.h"

namespace vitrine {
namespace {

/// A machine with no device to allocate at, where the GPU answers when a guess is under way: it is
/// asked of `renders` then, and nothing before it was known.
class GuessingKernel final : public testing::PassingKernel {
  public:
    std::vector<std::string> nodes;      // of /dev/dri
    std::function<OpeningGpu()> answer;  // of the GPU
    std::promise<OpeningGpu> gpu;
    int buffers = 0;  // memfds that were made

    int open(const char* path, int flags) override {
        if (path == std::string_view("/dev/udmabuf")) return refuse();
        return PassingKernel::open(path, flags);
    }
    int list(const char* path, std::vector<std::string>& names) override {
        if (path == std::string_view("/dev/dma_heap")) return refuse();
        if (path != std::string_view("/dev/dri")) return PassingKernel::list(path, names);
        give_answer();
        names = nodes;
        return 0;
    }
    int memfd_create(const char* name, unsigned flags) override {
        ++buffers;
        return PassingKernel::memfd_create(name, flags);
    }
    void give_answer() {
        if (answer) gpu.set_value(std::exchange(answer, nullptr)());
    }

  private:
    static int refuse() {
        errno = ENOENT;
        return -1;
    }
};

class FirstPicture : public ::testing::Test {
  protected:
    FirstPicture() {
        testing::make_clip(folder_.file("a.mp4"), {});
        set_log_level(LogLevel::debug);
    }
    ~FirstPicture() override {
        kernel_->gpu = {};  // what it was told holds memory, and that the kernel
        set_log_level(LogLevel::info);
    }

    [[nodiscard]] PoolMemory memfd(int pitch_alignment = 64) const {
        for (AllocatorTrial& trial : open_allocators(kernel_)) {
            if (trial.name == "memfd") return {std::move(*trial.allocator), pitch_alignment};
        }
        throw std::runtime_error("no memfd");
    }
    /// Where the first picture lies.
    std::string storage() {
        MediaOptions media;
        media.kernel = kernel_;
        MediaOpener opener({media, clock_, kernel_->gpu.get_future().share(), true, nobody_});
        Item item;
        item.file = folder_.file("a.mp4");
        source_ = opener.open(item, nobody_).value();
        first_ = source_->read().value();
        return source_->path().storage;
    }

    testing::LoggedLines log_;
    testing::TemporaryFolder folder_;
    MonotonicClock clock_;
    const std::function<bool()> nobody_ = [] { return false; };  // quits or cancels
    const std::shared_ptr<GuessingKernel> kernel_ = std::make_shared<GuessingKernel>();
    std::unique_ptr<FrameSource> source_;
    FramePtr first_;
};

TEST_F(FirstPicture, IsDecodedIntoWhatTheGpuWillSay) {
    const PoolMemory chosen = memfd();
    kernel_->answer = [&] { return OpeningGpu{chosen, {}}; };
    EXPECT_EQ(storage(), "memfd");
    EXPECT_EQ(log_.count("opened again"), 0);
}

/// It is uploaded from there.
TEST_F(FirstPicture, StaysWhereTheCpuReadsItWhenTheGpuTakesNone) {
    kernel_->answer = [] { return OpeningGpu{}; };
    EXPECT_EQ(storage(), "memfd");
    EXPECT_EQ(log_.count("opened again"), 0);
}

/// A GPU takes no memfd: there is nothing to guess, but to wait.
TEST_F(FirstPicture, IsNotDecodedIntoAMemfdBesideAGpu) {
    kernel_->nodes = {"card0", "renderD128"};
    kernel_->answer = [] { return OpeningGpu{}; };
    EXPECT_EQ(storage(), "memory");
    EXPECT_EQ(log_.count("opened again"), 0);
}

/// The time that devices may take of one item is none of the next's.
TEST(MediaOpenerPatience, IsEachSourcesOwn) {
    const testing::TemporaryFolder folder;
    testing::make_clip(folder.file("a.mp4"), {});
    const MonotonicClock clock;
    std::promise<OpeningGpu> gpu;
    gpu.set_value({});
    MediaOptions media;
    const std::weak_ptr<Patience> patience = media.patience;
    const auto nobody = [] { return false; };
    MediaOpener opener({std::move(media), clock, gpu.get_future().share(), true, nobody});
    Item item;
    item.file = folder.file("a.mp4");
    const auto one = opener.open(item, nobody);
    const auto two = opener.open(item, nobody);
    ASSERT_TRUE(one && two);
    EXPECT_EQ(patience.use_count(), 1) << "the opener's";
}

/// As GPUs want it that read rows of whole 256 bytes.
TEST_F(FirstPicture, IsDecodedAgainForAnotherPitch) {
    const PoolMemory chosen = memfd(256);
    kernel_->answer = [&] { return OpeningGpu{chosen, {}}; };
    ASSERT_EQ(storage(), "memfd");
    EXPECT_EQ(log_.count("opened again"), 1);
    EXPECT_EQ(first_->dma_buf()->description().planes[0].pitch % 256, 0U);
}

}  // namespace
}  // namespace vitrine
