// A film on a device with the Nth system call failing, for N = 0 upward, as the player has it: the
// ladder, the guard around calls into the driver, packets kept, decoders opened anew, and software
// below. Whichever call fails, each picture is shown once and in order, and nothing is left behind.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "decode/media_source.h"
#include "tests/decode/v4l2_playing.h"
#include "tests/support/temporary_folder.h"

namespace vitrine {
namespace {

using testing::FailingKernel;
using testing::holdings;
using testing::number_of;
using testing::numbers;
using testing::Warnings;

// More than any film here makes.
constexpr int kMostOfAFilm = 3000;
constexpr int kPictures = 12;
// Of all calls one in so many is failed, in each test others.
constexpr int kFilmEvery = VITRINE_FAIL_ONE_IN;

/// So that a device that gives nothing is not waited for long.
class FastClock final : public Clock {
  public:
    Nanos now() const override { return real_.now() * 10; }

  private:
    MonotonicClock real_;
};

struct Film {
    const char* profile;
    const char* name;
    int error;
    std::vector<int> starts;  // of what is watched to the end, one after the other
};
void PrintTo(const Film& film, std::ostream* out) {
    *out << film.profile << " " << film.name;
}

class FailingFilm : public ::testing::TestWithParam<Film> {
  protected:
    /// It changes its size halfway, so that buffers are made anew, and some devices opened anew.
    FailingFilm() : film_(folder_.file("film.h264")) {
        vpu::StreamOptions first;
        first.encoder = "libx264";  // libavcodec's MPEG-2 loses a picture where the size changes
        first.pictures = kPictures / 2;
        first.group = 4;
        vpu::StreamOptions second = first;
        second.first_number = first.pictures;
        second.size = {320, 144};
        std::ofstream out(film_, std::ios::binary);
        for (const vpu::Unit& unit : vpu::join(vpu::make_stream(first), vpu::make_stream(second))) {
            out.write(reinterpret_cast<const char*>(unit.data()),
                      static_cast<std::streamsize>(unit.size()));
        }
    }

    /// Two pictures, then to the end from elsewhere, over a change of size.
    void watch(const std::shared_ptr<Kernel>& kernel) {
        (void)vpu::interposer::use({GetParam().profile, "", "", ""});
        MediaOptions options;
        options.decoders = {"v4l2", "software"};
        options.kernel = kernel;
        options.frames_held = 4;
        for (AllocatorTrial& trial : open_allocators(kernel)) {
            if (trial.name == "memfd" && trial.allocator)
                options.pool.allocator = std::move(*trial.allocator);
        }
        const FastClock clock;
        auto source = open_media(film_, options, clock);
        ASSERT_TRUE(source) << source.error().text;
        EXPECT_EQ(read(**source, 2), numbers(0, 2));
        for (const int start : GetParam().starts) {
            const auto sought = (*source)->seek(start * std::chrono::milliseconds(40));
            ASSERT_TRUE(sought) << sought.error().text;
            EXPECT_EQ(read(**source, SIZE_MAX), numbers(start, kPictures - start));
        }
        by_device_ += (*source)->path().hardware ? 1 : 0;
        EXPECT_EQ((*source)->counters().lost_frames, 0U);
        EXPECT_EQ((*source)->counters().broken_packets, 0U);
        source->reset();
        EXPECT_EQ(options.calls->abandoned(), 0);
    }

    static std::vector<int> read(FrameSource& source, size_t most) {
        std::vector<int> out;
        std::deque<FramePtr> held;
        while (out.size() < most) {
            auto frame = source.read();
            if (!frame) ADD_FAILURE() << frame.error().text;
            if (!frame || !*frame) break;
            out.push_back(number_of(**frame).value_or(-1));
            held.push_back(std::move(*frame));
            if (held.size() > 2) held.pop_front();
        }
        return out;
    }

    void fail_each() {
        const int error = GetParam().error;
        RealKernel real;
        watch(std::make_shared<RealKernel>());
        EXPECT_EQ(by_device_, 1) << "where no call fails the device is used";
        by_device_ = 0;
        int failed = 0;
        const int first = (error + static_cast<int>(std::strlen(GetParam().profile))) % kFilmEvery;
        for (int passes = first; passes < kMostOfAFilm && !HasFailure(); passes += kFilmEvery) {
            SCOPED_TRACE(passes);
            const auto before = holdings();
            auto kernel = std::make_shared<FailingKernel>(real, passes, error);
            watch(kernel);
            EXPECT_EQ(holdings(), before);
            if (!kernel->failed()) break;
            ++failed;
        }
        std::printf(
            "%s: %d calls were failed, one in %d (%s), %d films were shown by the device to the "
            "end\n",
            GetParam().profile, failed, kFilmEvery, errno_text(error).c_str(), by_device_);
        EXPECT_GT(failed, 100 / kFilmEvery);
        EXPECT_LT(failed, kMostOfAFilm / kFilmEvery);
        EXPECT_GT(by_device_, failed / 2) << "most failures are recovered from";
    }

    Warnings warnings_;
    testing::TemporaryFolder folder_;
    const std::string film_;
    int by_device_ = 0;
};
// One with LAST on an empty buffer; one with planes in the same memory; and one that is opened anew
// at a change of size, which takes longest. Errors do not differ by the profile.
INSTANTIATE_TEST_SUITE_P(V4l2, FailingFilm,
                         ::testing::Values(Film{"wave5", "InABadState", EIO, {0, 7}},
                                           Film{"wave5", "WithoutMemory", ENOMEM, {0, 7}},
                                           Film{"wave5", "Interrupted", EINTR, {0, 7}},
                                           Film{"spec-mplane", "InABadState", EIO, {0, 7}},
                                           Film{"spec-noorphans", "InABadState", EIO, {7}}),
                         [](const auto& row) {
                             std::string name = std::string(row.param.profile) + row.param.name;
                             name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
                             return name;
                         });

TEST_P(FailingFilm, LosesNothing) {
    fail_each();
}

}  // namespace
}  // namespace vitrine
