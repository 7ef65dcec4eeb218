// Every fault that the emulated devices can do, at the decoder: a bounded end, and nothing left.
#include <gtest/gtest.h>

#include "tests/decode/v4l2_playing.h"

namespace vitrine {
namespace {

using testing::holdings;
using testing::numbers;
using testing::Playing;
using testing::PlayingOptions;

class Faults : public ::testing::TestWithParam<std::string> {
  protected:
    void SetUp() override { before_ = holdings(); }
    void TearDown() override {
        playing_.reset();
        EXPECT_EQ(holdings(), before_);
    }
    Playing& with(const std::string& fault) {
        playing_.reset();  // its device is closed before another is put in its place
        PlayingOptions options;
        options.profile = GetParam();
        options.faults = fault;
        playing_ = std::make_unique<Playing>(options);
        return *playing_;
    }
    Playing::Run run_with(const std::string& fault) {
        Playing::Manner manner;
        manner.most_waits = 4;
        return with(fault).run(manner);
    }
    /// It says so again, and no call hangs or crashes after it.
    void expect_useless() {
        Decoder& decoder = playing_->decoder();
        for (int i = 0; i < 3; ++i) {
            const auto again = decoder.receive();
            ASSERT_FALSE(again);
            EXPECT_NE(again.error().code, Errc::protocol);
            decoder.flush();
        }
    }

  private:
    testing::Holdings before_;
    std::unique_ptr<Playing> playing_;
};
INSTANTIATE_TEST_SUITE_P(V4l2, Faults, ::testing::ValuesIn(vpu::decoder_profiles()),
                         [](const auto& row) {
                             std::string name = row.param;
                             name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
                             return name;
                         });

TEST_P(Faults, ABadStateIsLossOfTheDevice) {
    for (const int at : {0, 1, 5, 9}) {
        const auto run = run_with("eio@" + std::to_string(at));
        EXPECT_LE(run.numbers.size(), static_cast<size_t>(at));
        EXPECT_EQ(run.numbers, numbers(0, static_cast<int>(run.numbers.size())));
        ASSERT_TRUE(run.lost) << at;
        EXPECT_EQ(run.lost->code, Errc::device_lost);
        EXPECT_NE(run.lost->text.find("on /dev/video10: Input/output error"), std::string::npos)
            << run.lost->text;
        expect_useless();
    }
}

TEST_P(Faults, ANodeThatVanishesIsLossOfTheDevice) {
    for (const int at : {0, 1, 5, 9}) {
        const auto run = run_with("vanish@" + std::to_string(at));
        ASSERT_TRUE(run.lost) << at;
        EXPECT_EQ(run.lost->code, Errc::device_lost);
        EXPECT_NE(run.lost->text.find("on /dev/video10: No such device"), std::string::npos)
            << run.lost->text;
        expect_useless();
    }
}

TEST_P(Faults, ADeviceThatStarvesIsWaitedForAndSaidToHaveBuffers) {
    const auto run = run_with("starve@4");
    EXPECT_EQ(run.numbers, numbers(0, 4));
    EXPECT_TRUE(run.stuck) << "what to do of it is the caller's to say";
    EXPECT_FALSE(run.starved) << "it has buffers: the watchdog may count";
    EXPECT_FALSE(run.lost);
}

TEST_P(Faults, APollThatNeverWakesIsWaitedFor) {
    const auto run = run_with("stall-poll@4");
    EXPECT_LE(run.numbers.size(), 4U);
    EXPECT_TRUE(run.stuck);
    EXPECT_FALSE(run.lost);
}

TEST_P(Faults, AStreamThatIsSwallowedEndsWithoutAPicture) {
    const auto run = run_with("swallow-profile");
    EXPECT_TRUE(run.numbers.empty());
    EXPECT_TRUE(run.ended);
    EXPECT_FALSE(run.stuck);
}

TEST_P(Faults, APitchThatLiesIsRefusedBeforeAPixelIsRead) {
    const auto run = run_with("lie-pitch");
    EXPECT_TRUE(run.numbers.empty());
    ASSERT_TRUE(run.lost);
    EXPECT_NE(run.lost->text.find("plane "), std::string::npos) << run.lost->text;
    expect_useless();
}

TEST_P(Faults, AFormatThatNobodyKnowsIsRefused) {
    const auto run = run_with("lie-format");
    EXPECT_TRUE(run.numbers.empty());
    ASSERT_TRUE(run.lost);
    EXPECT_EQ(run.lost->code, Errc::unsupported);
    const std::string& text = run.lost->text;
    EXPECT_EQ(text.rfind("/dev/video10 gives pictures as LIES, which is not known here; ", 0), 0U)
        << text;
    const std::string asked = to_string(V4l2Format{vpu::find_profile(GetParam())->raw.front()});
    const bool known = text.find("asked for " + asked + " it took LIES") != std::string::npos;
    EXPECT_TRUE(known || text.find("asked for NV12 it took LIES") != std::string::npos) << text;
    expect_useless();
}

TEST_P(Faults, ASizeThatLiesDoesNoHarm) {
    const auto run = run_with("lie-size");
    EXPECT_EQ(run.numbers, numbers(0, 10));
    EXPECT_TRUE(run.ended);
}

TEST_P(Faults, ColorsThatTheDeviceStatesComeWithEachPicture) {
    for (const bool states : {false, true}) {
        Playing& playing = with(states ? "lie-color" : "");
        EXPECT_EQ(playing.run(testing::holding(2)).numbers, numbers(0, 10));
        ASSERT_FALSE(playing.held().empty());
        for (const DecodedPicture& picture : playing.held()) {
            const ColorSpec& color = picture.device_color;
            EXPECT_EQ(color.matrix, states ? Matrix::bt2020_ncl : Matrix::unspecified);
            EXPECT_EQ(color.primaries, states ? Primaries::bt2020 : Primaries::unspecified);
            EXPECT_EQ(color.transfer, states ? Transfer::pq : Transfer::unspecified);
            EXPECT_EQ(color.range == Range::full, states);
        }
        playing.held().clear();
    }
}

/// Where a buffer can have one at all: the single-planar API knows no data offset.
TEST_P(Faults, AnOffsetThatLiesIsRefusedBeforeAPixelIsRead) {
    const auto run = run_with("lie-offset");
    if (!vpu::find_profile(GetParam())->multi_planar) {
        EXPECT_EQ(run.numbers, numbers(0, 10));
        EXPECT_TRUE(run.ended);
        return;
    }
    EXPECT_TRUE(run.numbers.empty());
    ASSERT_TRUE(run.lost);
    EXPECT_NE(run.lost->text.find("plane "), std::string::npos) << run.lost->text;
}

TEST_P(Faults, ANodeThatCannotBeOpenedSaysWhy) {
    for (const char* fault : {"open-busy", "open-denied", "no-querycap"}) {
        Playing& playing = with(fault);
        EXPECT_FALSE(playing.open()) << fault;
        EXPECT_FALSE(playing.error->text.empty());
    }
}

TEST_P(Faults, SeveralFaultsAtOnceAreNoWorse) {
    for (const char* faults :
         {"source-change@3,error-buffer@4,eio@6", "source-change@2,source-change@4,vanish@5",
          "error-buffer@0,source-change@0,starve@2", "source-change@5,stall-poll@6"}) {
        SCOPED_TRACE(faults);
        const auto run = run_with(faults);
        EXPECT_TRUE(run.lost || run.stuck || run.ended);
        EXPECT_EQ(run.numbers, numbers(0, static_cast<int>(run.numbers.size())));
    }
}

}  // namespace
}  // namespace vitrine
