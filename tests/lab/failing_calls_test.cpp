// The whole life of our decoder on the kernel's, with its Nth system call failing, for N = 0
// upward: it ends in a clear error or in pictures, in time, and leaves nothing behind, neither here
// nor in the kernel.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <numeric>

#include "core/log.h"
#include "tests/lab/decoding.h"
#include "tests/support/failing_kernel.h"

namespace {

using namespace vitrine;
using namespace vitrine::lab;
using vitrine::testing::FailingKernel;
using vitrine::testing::holdings;

// More than any life here makes.
constexpr int kMostCalls = 1000;
constexpr size_t kEach = 3;  // pictures of one size

/// Every dma-buf that the kernel has, of whomever: "Total 3 objects, 1048576 bytes".
int dma_bufs() {
    std::ifstream file("/sys/kernel/debug/dma_buf/bufinfo");
    int count = -1;
    for (std::string line; std::getline(file, line);) {
        if (line.find(" objects, ") != line.npos) count = std::stoi(line.substr(line.find(' ')));
    }
    return count;
}

class FailingCalls : public ::testing::TestWithParam<int> {
  protected:
    FailingCalls()
        : before_(set_log_sink([](LogLevel, std::string_view) {})), real_(real_machine()) {}
    ~FailingCalls() override { set_log_sink(before_); }

    /// Open, play, flush, play through a change of size to the end, flush, play, close. True where
    /// nothing went wrong.
    bool live(const std::shared_ptr<Kernel>& kernel) {
        Machine machine = real_;
        machine.kernel = kernel;
        std::string trouble;
        const auto decoding = Decoding::open(machine, kLarge, trouble);
        if (!decoding) {
            EXPECT_NE(trouble, "");
            return false;
        }
        return plays(*decoding, 0, 1) && plays(*decoding, kEach, 2 * kEach) &&
               plays(*decoding, 0, kEach);
    }

    /// After a flush, so many pictures: of small units, and of `large` ones behind them.
    bool plays(Decoding& decoding, size_t large, size_t pictures) const {
        decoding.flush();
        decoding.add(*real_.units, 0, kEach);
        decoding.add(*real_.units, kSmallUnits, kSmallUnits + large);
        const auto run = decoding.run({1, pictures, true, Decoding::Look::at_number});
        EXPECT_NE(run.trouble, Decoding::kStuck);
        if (!run.trouble.empty() || run.broken > 0) return false;
        std::vector<int> expected(pictures);
        std::iota(expected.begin(), expected.end(), 0);
        for (size_t i = kEach; i < pictures; ++i) expected[i] += kSmallUnits - kEach;
        EXPECT_EQ(run.numbers, expected);
        return run.numbers == expected;
    }

    LogSink before_;
    const Machine real_;
};
INSTANTIATE_TEST_SUITE_P(, FailingCalls, ::testing::Values(EIO, ENOMEM, EINTR),
                         [](const auto& row) { return strerrorname_np(row.param); });

TEST_P(FailingCalls, LeaveNothing) {
    RealKernel real;
    ASSERT_TRUE(live(std::make_shared<RealKernel>()));
    ASSERT_GE(dma_bufs(), 0);
    {
        Decoding holding(real_, kLarge);
        ASSERT_TRUE(plays(holding, 0, 1));
        EXPECT_GT(dma_bufs(), 0) << "they are not counted";
    }
    int failed = 0;
    int survived = 0;
    for (int passes = 0; passes < kMostCalls && !HasFailure(); ++passes) {
        SCOPED_TRACE(passes);
        const auto held_before = holdings();
        const int bufs_before = dma_bufs();
        const auto kernel = std::make_shared<FailingKernel>(real, passes, GetParam());
        const bool well = live(kernel);
        EXPECT_EQ(holdings(), held_before);
        EXPECT_EQ(dma_bufs(), bufs_before);
        if (!kernel->failed()) {
            EXPECT_TRUE(well);
            break;
        }
        ++failed;
        survived += well ? 1 : 0;
    }
    std::printf("vicodec: %d calls were failed (%s), %d of them without harm\n", failed,
                strerrorname_np(GetParam()), survived);
    EXPECT_GT(failed, 100);
    EXPECT_LT(failed, kMostCalls);
    EXPECT_TRUE(live(std::make_shared<RealKernel>())) << "the device is as it was";
}

}  // namespace
