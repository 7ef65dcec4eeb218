// Our V4L2 decoder on the kernel's own stateful decoder, which no one here wrote: what vicodec's
// encoder made of numbered pictures comes back, in order, as it was drawn. The lab boots with a
// single-planar and with a multi-planar vicodec.
#include <gtest/gtest.h>
#include <linux/videodev2.h>

#include <algorithm>
#include <cerrno>
#include <numeric>

#include "core/log.h"
#include "tests/lab/decoding.h"
#include "tests/support/failing_kernel.h"

namespace {

using namespace vitrine;
using namespace vitrine::lab;

std::vector<int> count_from(int first, int count) {
    std::vector<int> numbers(static_cast<size_t>(count));
    std::iota(numbers.begin(), numbers.end(), first);
    return numbers;
}

class Vicodec : public ::testing::Test {
  protected:
    static FwhtStream stream(Size size, int first, int count) {
        auto made = encode_fwht(size, first, count);
        if (!made) throw std::runtime_error(made.error().text);
        EXPECT_EQ(made->units.size(), made->pictures.size());
        return std::move(*made);
    }
    const Machine machine = real_machine();
};

TEST_F(Vicodec, EveryPictureComesAsItWasDrawnAndTheStreamEnds) {
    const FwhtStream small = stream(kSmall, 0, 20);
    Decoding decoding(machine, kSmall);
    decoding.add(small.units);
    const auto run = decoding.run();
    EXPECT_EQ(run.trouble, "");
    EXPECT_TRUE(run.ended);
    EXPECT_EQ(run.numbers, count_from(0, 20));
    std::vector<uint64_t> serials(20);
    std::iota(serials.begin(), serials.end(), 1U);
    EXPECT_EQ(run.serials, serials);
    EXPECT_EQ(run.sizes, std::vector<Size>(20, kSmall)) << "without the padding";
}

TEST_F(Vicodec, AnotherSizeInTheMiddleLosesNoPicture) {
    const FwhtStream small = stream(kSmall, 0, 10);
    const FwhtStream large = stream(kLarge, 10, 10);
    const FwhtStream again = stream(kSmall, 20, 10);
    for (const size_t hold : {size_t{0}, size_t{1}, size_t{6}}) {
        Decoding decoding(machine, kLarge);  // so that its input has room for the units of both
        decoding.add(small.units);
        decoding.add(large.units);
        decoding.add(again.units);
        const auto run = decoding.run({hold});
        EXPECT_EQ(run.trouble, "");
        EXPECT_TRUE(run.ended);
        EXPECT_EQ(run.numbers, count_from(0, 30)) << "with " << hold << " held";
        std::vector<Size> sizes(10, kSmall);
        sizes.insert(sizes.end(), 10, kLarge);
        sizes.insert(sizes.end(), 10, kSmall);
        EXPECT_EQ(run.sizes, sizes);
    }
}

TEST_F(Vicodec, AfterASeekComesWhatIsThere) {
    const FwhtStream small = stream(kSmall, 0, 30);
    Decoding decoding(machine, kSmall);
    decoding.add(small.units);
    EXPECT_EQ(decoding.run({2, 7}).numbers, count_from(0, 7));
    for (const int target : {20, 0, 5, 25}) {
        decoding.flush();
        decoding.add(small.units, static_cast<size_t>(target));
        const auto run = decoding.run({2, 4});
        EXPECT_EQ(run.trouble, "");
        EXPECT_EQ(run.numbers, count_from(target, 4));
    }
}

TEST_F(Vicodec, AfterTheEndASeekGoesOn) {
    const FwhtStream small = stream(kSmall, 0, 10);
    Decoding decoding(machine, kSmall);
    for (int round = 0; round < 3; ++round) {
        decoding.add(small.units);
        const auto run = decoding.run();
        EXPECT_EQ(run.trouble, "");
        EXPECT_TRUE(run.ended);
        EXPECT_EQ(run.numbers, count_from(0, 10));
        decoding.flush();
    }
}

TEST_F(Vicodec, ASeekToAnotherSize) {
    const FwhtStream small = stream(kSmall, 0, 10);
    const FwhtStream large = stream(kLarge, 10, 10);
    Decoding decoding(machine, kLarge);
    for (int round = 0; round < 3; ++round) {
        decoding.add(small.units);
        EXPECT_EQ(decoding.run({3, 4}).numbers, count_from(0, 4));
        decoding.flush();
        decoding.add(large.units);
        const auto run = decoding.run({3, 4});
        EXPECT_EQ(run.trouble, "");
        EXPECT_EQ(run.numbers, count_from(10, 4));
        decoding.flush();
    }
}

TEST_F(Vicodec, PicturesOutliveTheDecoder) {
    const FwhtStream small = stream(kSmall, 0, 6);
    std::vector<DecodedPicture> held;
    {
        Decoding decoding(machine, kSmall);
        decoding.add(small.units);
        ASSERT_EQ(decoding.run({4}).numbers, count_from(0, 6));
        held = std::move(decoding.held());
    }
    std::vector<int> numbers;
    for (const DecodedPicture& picture : held) numbers.push_back(checked_number(picture));
    EXPECT_EQ(numbers, count_from(2, 4));
}

/// Nothing of vicodec's is exported, and some memory of ours is not to be had.
class SharesNothing final : public vitrine::testing::PassingKernel {
  public:
    bool has_heaps = true;
    bool has_udmabuf = true;
    int open(const char* path, int flags) override {
        if (!has_udmabuf && path == std::string_view("/dev/udmabuf")) return refuse(ENOENT);
        return PassingKernel::open(path, flags);
    }
    int list(const char* path, std::vector<std::string>& names) override {
        if (!has_heaps && path == std::string_view("/dev/dma_heap")) return refuse(ENOENT);
        return PassingKernel::list(path, names);
    }
    int ioctl(int fd, unsigned long request, void* argument) override {
        if (request == VIDIOC_EXPBUF) return refuse(ENOTTY);
        return PassingKernel::ioctl(fd, request, argument);
    }

  private:
    static int refuse(int error) {
        errno = error;
        return -1;
    }
};

class VicodecWithMemoryOfOurs : public Vicodec {
  protected:
    VicodecWithMemoryOfOurs()
        : before_(set_log_sink(
              [this](LogLevel, std::string_view line) { lines += std::string(line) + "\n"; })) {
        without_exports.kernel = kernel;
    }
    ~VicodecWithMemoryOfOurs() override { set_log_sink(before_); }

    /// Through a change of size.
    void expect_pictures() {
        const FwhtStream small = stream(kSmall, 0, 10);
        const FwhtStream large = stream(kLarge, 10, 10);
        Decoding decoding(without_exports, kLarge);
        decoding.add(small.units);
        decoding.add(large.units);
        const auto run = decoding.run({6});
        EXPECT_EQ(run.trouble, "");
        EXPECT_TRUE(run.ended);
        EXPECT_EQ(run.numbers, count_from(0, 20));
        for (const DecodedPicture& picture : decoding.held()) EXPECT_EQ(picture.info.copies, 0);
    }

    const std::shared_ptr<SharesNothing> kernel = std::make_shared<SharesNothing>();
    std::string lines;
    Machine without_exports = machine;

  private:
    LogSink before_;
};

TEST_F(VicodecWithMemoryOfOurs, DecodesIntoAHeap) {
    expect_pictures();
    EXPECT_NE(lines.find(": its buffers are dma-heap:"), std::string::npos) << lines;
}

TEST_F(VicodecWithMemoryOfOurs, DecodesIntoUdmabufWithoutHeaps) {
    kernel->has_heaps = false;
    expect_pictures();
    EXPECT_NE(lines.find(": its buffers are udmabuf\n"), std::string::npos) << lines;
}

TEST_F(VicodecWithMemoryOfOurs, RefusesWhatIsNoDmaBuf) {
    kernel->has_heaps = false;
    kernel->has_udmabuf = false;
    const FwhtStream small = stream(kSmall, 0, 10);
    Decoding decoding(without_exports, kSmall);
    decoding.add(small.units);
    const auto run = decoding.run();
    EXPECT_TRUE(run.numbers.empty());
    EXPECT_NE(run.trouble.find("takes no memory of ours"), std::string::npos) << run.trouble;
    EXPECT_NE(run.trouble.find("memfd: VIDIOC_QBUF (output)"), std::string::npos) << run.trouble;
}

TEST_F(Vicodec, AStreamThatIsNoneGivesNoPictureAndEnds) {
    FwhtStream noise{kSmall, {}, {}};
    for (int i = 0; i < 8; ++i) noise.units.emplace_back(1000, static_cast<std::byte>(0x4f + i));
    Decoding decoding(machine, kSmall);
    decoding.add(noise.units);
    const auto run = decoding.run();
    EXPECT_TRUE(run.numbers.empty());
    EXPECT_TRUE(run.ended || !run.trouble.empty());
    EXPECT_NE(run.trouble, Decoding::kStuck);
}

TEST_F(Vicodec, ABrokenUnitCostsNoMoreThanItsGroup) {
    FwhtStream small = stream(kSmall, 0, 20);
    std::fill(small.units[7].begin(), small.units[7].begin() + 200, std::byte{0xff});
    Decoding decoding(machine, kSmall);
    decoding.add(small.units);
    const auto run = decoding.run({1, SIZE_MAX, true, Decoding::Look::at_number});
    EXPECT_EQ(run.trouble, "");
    EXPECT_TRUE(run.ended);
    std::vector<int> sound = count_from(0, 7);
    const auto rest = count_from(10, 10);
    EXPECT_TRUE(std::includes(run.numbers.begin(), run.numbers.end(), sound.begin(), sound.end()));
    EXPECT_TRUE(std::includes(run.numbers.begin(), run.numbers.end(), rest.begin(), rest.end()));
}

}  // namespace
