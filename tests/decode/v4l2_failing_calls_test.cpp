// The whole life of the decoder with its Nth system call failing, for N = 0 upward: it ends in a
// clear error or in pictures, in time, and leaves nothing behind.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "tests/decode/v4l2_playing.h"

namespace vitrine {
namespace {

using testing::FailingKernel;
using testing::holdings;
using testing::numbers;
using testing::Playing;
using testing::PlayingOptions;
using testing::stream_for;
using testing::Warnings;

// More than any life here makes.
constexpr int kMostCalls = 2000;
// Of all calls one in so many is failed, in each test others.
constexpr int kEvery = VITRINE_FAIL_ONE_IN;

struct Life {
    const char* profile;
    int frames_held;
    const char* fault = "";
};

void PrintTo(const Life& life, std::ostream* out) {
    *out << life.profile << " " << life.fault;
}

class FailingCalls : public ::testing::TestWithParam<Life> {
  protected:
    /// A unit of each size, so that the buffers are made anew.
    static std::vector<vpu::Unit> units(int first, uint32_t width) {
        vpu::StreamOptions options = stream_for(GetParam().profile);
        options.first_number = first;
        options.pictures = 6;
        options.size = {width, 144};
        return vpu::make_stream(options);
    }

    /// Open, play, flush, play through a change of size to the end, flush, play, close. True where
    /// nothing went wrong. `made`: the streams, which take longer to make than to play.
    bool live(const std::shared_ptr<FailingKernel>& kernel,
              const std::vector<std::vector<vpu::Unit>>& made) {
        PlayingOptions options;
        options.profile = GetParam().profile;
        options.faults = GetParam().fault;
        options.frames_held = GetParam().frames_held;
        options.kernel = kernel;
        options.units = made[0];
        Playing playing(options);
        if (!playing.open()) {
            EXPECT_FALSE(playing.error->text.empty());
            return false;
        }
        Playing::Manner manner;
        manner.hold = GetParam().frames_held == 0 ? 2 : 0;
        manner.most_waits = 20;
        manner.pictures = 3;
        if (!good(playing.run(manner), numbers(0, 3))) return false;
        playing.flush();
        playing.set_units(made[1]);
        manner.pictures = SIZE_MAX;
        if (!good(playing.run(manner), numbers(10, 12))) return false;
        playing.flush();
        playing.set_units(made[0]);
        return good(playing.run(manner), numbers(0, 6));
    }

    static bool good(const Playing::Run& run, const std::vector<int>& expected) {
        EXPECT_FALSE(run.stuck) << "it hung";
        if (run.lost) {
            EXPECT_FALSE(run.lost->text.empty());
            return false;
        }
        if (run.broken > 0) return false;
        EXPECT_EQ(run.numbers, expected);
        return true;
    }

    void fail_each(int error) {
        const std::vector<std::vector<vpu::Unit>> made = {
            units(0, 176), vpu::join(units(10, 176), units(16, 320))};
        RealKernel real;
        int failed = 0;
        int survived = 0;
        const int first = (error + static_cast<int>(std::strlen(GetParam().profile))) % kEvery;
        for (int passes = first; passes < kMostCalls; passes += kEvery) {
            SCOPED_TRACE(passes);
            const auto before = holdings();
            auto kernel = std::make_shared<FailingKernel>(real, passes, error);
            const bool well = live(kernel, made);
            EXPECT_EQ(holdings(), before);
            if (!kernel->failed()) {
                EXPECT_TRUE(well);
                break;
            }
            ++failed;
            survived += well ? 1 : 0;
            if (HasFailure()) break;
        }
        std::printf("%s: %d calls were failed, one in %d (%s), %d of them without harm\n",
                    GetParam().profile, failed, kEvery, errno_text(error).c_str(), survived);
        EXPECT_GT(failed, 100 / kEvery);
        EXPECT_LT(failed, kMostCalls / kEvery);
    }
    Warnings warnings_;
};
INSTANTIATE_TEST_SUITE_P(V4l2, FailingCalls,
                         ::testing::Values(Life{"spec", 8}, Life{"spec-mplane", 8},
                                           Life{"venus", 8}, Life{"wave5", 8}, Life{"bcm2835", 0},
                                           Life{"spec", 8, "no-export"}),
                         [](const auto& row) {
                             std::string name = std::string(row.param.profile) + row.param.fault;
                             name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
                             return name;
                         });

TEST_P(FailingCalls, InABadStateLeaveNothing) {
    fail_each(EIO);
}

TEST_P(FailingCalls, WithoutMemoryLeaveNothing) {
    fail_each(ENOMEM);
}

TEST_P(FailingCalls, InterruptedLeaveNothing) {
    fail_each(EINTR);
}

}  // namespace
}  // namespace vitrine
