// Whole playback on emulated devices that do everything that they can do wrong: each numbered frame
// is presented once and in order, to the pixel what the software decoder gives, by the device where
// it comes round and by the next rung where it does not.
//
// Every profile meets every fault, in the middle of a group of pictures. The rest meet two profiles
// that differ in all that matters to recovery, because some wait for the watchdog and the table
// would take minutes: faults at the first picture, which is the proof, after the second key frame,
// and at the last, which is the drain; faults that come again in every open; and seeks behind them.
#include <optional>

#include "tests/player/v4l2_playback.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using testing::count_from;
using testing::HangingDevice;
using testing::kMade;
using testing::kNumbered;
using testing::play;
using testing::Playback;
using testing::Played;
using testing::software;
using testing::test_name;

// 50 frames with reordering; key frames are 0 and 25.
const std::string kClip = kMade + "h264.mp4";

struct Outcome {
    bool recovers = true;  // the device decodes to the end
    uint64_t rebuilds = 0;
    uint64_t corrupt = 0;  // frames that the device said to be so
    int left_behind = 0;   // threads
    bool recolored = false;
};
constexpr Outcome kNoHarm{};
constexpr Outcome kRebuilt{true, 1};
constexpr Outcome kThreeTimesInVain{false, 3};
constexpr Outcome kGone{false, 1};
constexpr Outcome kRefused{false};
constexpr Outcome kMarked{true, 0, 1};
constexpr Outcome kHangs{false, 0, 0, 1};
constexpr Outcome kRecolored{true, 0, 0, 0, true};

struct Fault {
    std::string plan;
    Outcome outcome;
};
using Faults = std::vector<Fault>;

Faults for_every_profile(const vpu::Profile& profile) {
    return {
        {"eio@10", kRebuilt},
        {"starve@10", kRebuilt},
        {"stall-poll@10", kRebuilt},
        {"hang@10", kHangs},
        {"source-change@10", kNoHarm},
        {"error-buffer@10", kMarked},
        {"vanish@10", kGone},
        {"swallow-profile", kRefused},
        {"swallow@10", kRefused},
        {"lie-pitch", kRefused},
        // The memory is as large as it has to be, and looked at.
        {"lie-size", kNoHarm},
        // The other interface has none to lie of.
        {"lie-offset", profile.multi_planar ? kRefused : kNoHarm},
        {"lie-format", kRefused},
        // The stream leaves them open.
        {"lie-color", kRecolored},
        {"open-busy", kRefused},
        {"open-denied", kRefused},
        {"no-querycap", kRefused},
        {"open-hang", kHangs},
        {"one-open", kNoHarm},
        {"no-memory", kRefused},
        // It gets ours, of which no piece is contiguous here.
        {"no-export", kNoHarm},
        {"contiguous-only", kRefused},
        // Six seconds would be too long; as bcm2835 may, it takes one and a half by the clock here.
        {"slow-stop@375", kNoHarm},
    };
}

// One speaks the plain contract with one plane; the other the multi-planar API, resumes by
// STREAMOFF and STREAMON only, has LAST on an empty buffer and says to need a single one.
const std::vector<std::string> kContrasting = {"spec", "bcm2835"};

Faults for_contrasting_profiles() {
    return {
        {"eio@0", kRefused},
        {"eio@30", kRebuilt},
        {"eio@49", kRebuilt},
        {"eio@10+", kThreeTimesInVain},
        {"starve@0", kRefused},
        {"starve@49", kRebuilt},
        {"starve@10+", kThreeTimesInVain},
        {"stall-poll@0", kRefused},
        {"stall-poll@30", kRebuilt},
        {"stall-poll@49", kRebuilt},
        {"stall-poll@10+", kThreeTimesInVain},
        {"hang@0", kHangs},
        {"hang@30", kHangs},
        {"hang@49", kHangs},
        {"source-change@0", kNoHarm},
        {"source-change@30", kNoHarm},
        {"source-change@49", kNoHarm},
        {"source-change@5,source-change@6,source-change@40", kNoHarm},
        {"error-buffer@0", kMarked},
        {"error-buffer@49", kMarked},
        {"swallow@0", kRefused},
        {"swallow@30", kRefused},
        {"vanish@0", kRefused},
        {"vanish@30", kGone},
        {"vanish@49", kGone},
        {"source-change@20,eio@20,error-buffer@30", {true, 1, 1}},
        {"slow-stop@375,starve@10", kRebuilt},
        {"slow-stop@375,source-change@10", kNoHarm},
    };
}

struct Case {
    std::string profile;
    Fault fault;
};
void PrintTo(const Case& each, std::ostream* out) {
    *out << each.profile << " " << each.fault.plan;
}

std::vector<Case> cases() {
    std::vector<Case> out;
    const auto add = [&](const std::string& profile, const Faults& faults) {
        for (const Fault& fault : faults) out.push_back({profile, fault});
    };
    for (const std::string& profile : vpu::decoder_profiles()) {
        add(profile, for_every_profile(*vpu::find_profile(profile)));
    }
    for (const std::string& profile : kContrasting) add(profile, for_contrasting_profiles());
    return out;
}

/// Those of the contrasting profiles. A fault that comes again ends in the same way as one that
/// nothing recovers from, and takes longest.
std::vector<Case> cases_to_seek_in() {
    std::vector<Case> out;
    for (Case& each : cases()) {
        const auto& some = kContrasting;
        const bool comes_again = each.fault.plan.back() == '+';
        if (comes_again || std::find(some.begin(), some.end(), each.profile) == some.end())
            continue;
        out.push_back(std::move(each));
    }
    return out;
}

/// The device is waited for by its own clock, which is fast.
MediaOptions options_for(const HangingDevice& device) {
    MediaOptions media;
    media.calls = device.calls;
    return media;
}

/// With a reason.
bool refuses_the_device(const DecodePath& path) {
    return std::any_of(path.refused.begin(), path.refused.end(),
                       [](const std::string& reason) { return reason.rfind("v4l2", 0) == 0; });
}

class EveryFault : public ::testing::TestWithParam<Case> {};

TEST_P(EveryFault, LosesAndLeavesNothing) {
    const auto& [profile, fault] = GetParam();
    (void)software(kClip);  // whatever is opened once and stays open is open then
    const testing::Holdings before = testing::holdings();
    std::optional<HangingDevice> device(std::in_place, profile, fault.plan);
    const Played played = play(kClip, options_for(*device), testing::way_of(profile));
    EXPECT_EQ(played.numbers, count_from(0, 49));
    EXPECT_EQ(played.digests == software(kClip).digests, !fault.outcome.recolored);
    EXPECT_EQ(played.path.hardware, fault.outcome.recovers);
    EXPECT_EQ(refuses_the_device(played.path), !fault.outcome.recovers);
    EXPECT_EQ(played.counters.decoder_rebuilds, fault.outcome.rebuilds);
    EXPECT_EQ(played.counters.corrupt_frames, fault.outcome.corrupt);
    EXPECT_EQ(played.counters.lost_frames, 0U);
    const uint64_t copies =
        static_cast<uint64_t>(testing::way_of(profile).copies_per_frame) * played.numbers.size();
    EXPECT_LE(played.copies, copies);
    EXPECT_TRUE(played.copies == copies || !fault.outcome.recovers) << "of the device's pictures";
    EXPECT_EQ(device->calls->abandoned(), fault.outcome.left_behind);
    device.reset();
    const testing::Holdings after = testing::holdings();
    EXPECT_LE(after.descriptors, before.descriptors);
    EXPECT_LE(after.mappings, before.mappings);
}

std::string case_name(const ::testing::TestParamInfo<Case>& each) {
    return test_name(each.param.profile + "_" + each.param.fault.plan);
}

INSTANTIATE_TEST_SUITE_P(Vpu, EveryFault, ::testing::ValuesIn(cases()), case_name);

class AfterAFault : public ::testing::TestWithParam<Case> {};

TEST_P(AfterAFault, SeeksLandOnTheirFrame) {
    const auto& [profile, fault] = GetParam();
    const HangingDevice device(profile, fault.plan);
    Playback playback(testing::way_of(profile), options_for(device));
    ASSERT_TRUE(playback.open(kClip));
    playback.play(15);
    EXPECT_EQ(playback.numbers, count_from(0, 14));
    for (const int target : {40, 3, 49, 12, 0}) {
        SCOPED_TRACE(target);
        playback.numbers.clear();
        ASSERT_TRUE(playback.player->seek({target * 40ms}));
        playback.play(2);
        EXPECT_EQ(playback.numbers, count_from(target, std::min(target + 1, 49)));
    }
}

INSTANTIATE_TEST_SUITE_P(Vpu, AfterAFault, ::testing::ValuesIn(cases_to_seek_in()), case_name);

/// The second one is not waited for, though it was not tried yet.
TEST(TwoDevices, ThatStarveAreWaitedForTwelveSecondsInAll) {
    const HangingDevice device("spec,spec", "starve@30+");
    const Played played = play(kNumbered, options_for(device));
    EXPECT_EQ(played.numbers, count_from(0, 249));
    EXPECT_FALSE(played.path.hardware);
    EXPECT_EQ(played.counters.decoder_rebuilds, 3U);
    const std::string refused = fmt::format("{}", fmt::join(played.path.refused, "; "));
    EXPECT_NE(refused.find("v4l2 (/dev/video11 vitrine-vpu): not tried after 11 s without a "
                           "picture"),
              std::string::npos)
        << refused;
}

TEST(TwoDevices, ThatHangInOpeningAreLeftForAnother) {
    const HangingDevice device("spec,spec,spec", "open-hang@10,open-hang@11");
    const testing::FastClock clock;
    const Nanos start = clock.now();
    auto source = open_media(kNumbered, options_for(device), clock);
    ASSERT_TRUE(source) << source.error().text;
    EXPECT_EQ((*source)->path().decoder.rfind("/dev/video12 ", 0), 0U);
    EXPECT_EQ(device.calls->abandoned(), 2);
    EXPECT_LT(clock.now() - start, Patience::kInAll);
}

TEST(FiveDevices, ThatHangInOpeningLeaveTheRestUntried) {
    const HangingDevice device("spec,spec,spec,spec,spec",
                               "open-hang@10,open-hang@11,open-hang@12,open-hang@13,open-hang@14");
    const Played played = play(kNumbered, options_for(device));
    EXPECT_EQ(played.numbers, count_from(0, 249));
    EXPECT_EQ(device.calls->abandoned(), 4);
    EXPECT_FALSE(played.path.hardware);
}

TEST(FaultTable, HasEveryProfileWithEveryFault) {
    const std::vector<Case> all = cases();
    EXPECT_GT(vpu::all_faults().size(), 0U);
    for (const std::string& profile : vpu::decoder_profiles()) {
        for (const vpu::FaultName& known : vpu::all_faults()) {
            const bool played = std::any_of(all.begin(), all.end(), [&](const Case& each) {
                const std::string& plan = each.fault.plan;
                return each.profile == profile && plan.substr(0, plan.find('@')) == known.name;
            });
            EXPECT_TRUE(played) << profile << " is not played with " << known.name;
        }
    }
    for (const std::string& profile : kContrasting) EXPECT_TRUE(vpu::find_profile(profile));
}

}  // namespace
}  // namespace vitrine
