// Whole playback by our V4L2 decoder on the emulated VPU: on every kind of device, whatever it does
// wrong, each numbered frame is presented once and in order, and is to the pixel what the software
// decoder gives.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "decode/demuxer.h"
#include "tests/player/playback.h"
#include "tests/support/failing_kernel.h"
#include "tests/support/temporary_folder.h"
#include "tests/vpu/interposer.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using testing::count_from;
using testing::Playback;
using testing::Way;

const Way kImport{"import", "auto", true, "dmabuf", 0};
const std::string kNumbered = VITRINE_ASSETS "/numbered.mp4";
const std::string kResized = VITRINE_TEST_CLIPS "/resized.h264";

/// Runs several times as fast, so that nobody has to wait three seconds for a device that is stuck.
class FastClock final : public Clock {
  public:
    Nanos now() const override { return real_.now() * 4; }

  private:
    MonotonicClock real_;
};

struct Played {
    std::vector<int> numbers;
    std::vector<size_t> digests;
    DecodePath path;
    SourceCounters counters;
    uint64_t copies = 0;
};

Played play(const std::string& clip, MediaOptions media = {}, bool fast = false) {
    if (fast) media.calls = std::make_shared<CallGuard>(std::make_shared<FastClock>());
    Playback playback(kImport, std::move(media));
    const auto opened = playback.open(clip);
    EXPECT_TRUE(opened) << opened.error().text;
    if (!opened) return {};
    playback.play();
    const auto error = playback.session->error();
    EXPECT_FALSE(error) << error->text;
    return {playback.numbers, playback.digests, playback.session->path(),
            playback.session->counters(), playback.statistics.copies()};
}

/// By the software decoder, once per clip.
const Played& software(const std::string& clip) {
    static std::map<std::string, Played> played;
    const auto found = played.find(clip);
    if (found != played.end()) return found->second;
    MediaOptions media;
    media.hardware = false;
    return played[clip] = play(clip, media);
}

vpu::Emulator& put_in(const std::string& profile, const std::string& faults = {}) {
    vpu::Settings settings;
    settings.profiles = profile;
    settings.faults = faults;
    return vpu::interposer::use(settings);
}

class EveryDevice : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryDevice, PresentsEachFrameOnceInOrderAndToThePixel) {
    const std::string made = VITRINE_TEST_CLIPS "/";
    for (const std::string& clip :
         {kNumbered, made + "h264.mp4", made + "h265.mp4", made + "vp9.webm", made + "mpeg4.avi",
          made + "no_stamps.h264", made + "unsaid_reorder.h264", made + "vfr.mkv",
          made + "wraps.ts", made + "edit_list.mp4"}) {
        SCOPED_TRACE(clip);
        ASSERT_TRUE(std::filesystem::exists(clip));
        put_in(GetParam());
        const Played played = play(clip);
        EXPECT_EQ(played.numbers, software(clip).numbers);
        EXPECT_EQ(played.digests, software(clip).digests);
        EXPECT_EQ(played.counters.decoder_rebuilds, 0U);
        EXPECT_EQ(played.copies, 0U);
    }
}

TEST_P(EveryDevice, IsTakenForWhatItDecodes) {
    put_in(GetParam());
    const Played played = play(kNumbered);
    EXPECT_EQ(played.numbers, count_from(0, 249));
    EXPECT_TRUE(played.path.hardware);
    EXPECT_EQ(played.path.storage, "dma-buf");
    EXPECT_EQ(played.path.decoder.rfind("/dev/video10 ", 0), 0U) << played.path.decoder;
}

TEST_P(EveryDevice, SeeksLandOnTheirFrame) {
    put_in(GetParam());
    Playback playback(kImport);
    ASSERT_TRUE(playback.open(kNumbered));
    playback.play(3);
    // The end is reached twice on the way.
    for (const int target : {100, 30, 31, 249, 0, 249, 151, 149}) {
        SCOPED_TRACE(target);
        playback.numbers.clear();
        ASSERT_TRUE(playback.player->seek_to(target * 40ms));
        playback.play(2);
        ASSERT_FALSE(playback.numbers.empty());
        EXPECT_EQ(playback.numbers.front(), target);
        if (target < 249) {
            EXPECT_EQ(playback.numbers.back(), target + 1);
        }
    }
    EXPECT_TRUE(playback.session->path().hardware);
    EXPECT_EQ(playback.session->counters().decoder_rebuilds, 0U);
}

TEST_P(EveryDevice, FollowsAChangeOfSize) {
    put_in(GetParam());
    const Played played = play(kResized);
    EXPECT_EQ(played.numbers, software(kResized).numbers);
    EXPECT_EQ(played.digests, software(kResized).digests);
    EXPECT_TRUE(played.path.hardware);
    EXPECT_EQ(played.counters.decoder_rebuilds, 0U);
}

/// Nobody states a matrix: what is guessed of the large pictures is not what was of the small ones.
TEST_P(EveryDevice, FollowsAChangeOfSizeWithItsColors) {
    const std::string made = VITRINE_TEST_CLIPS "/";
    std::vector<size_t> each_alone = software(made + "small.h264").digests;
    const std::vector<size_t>& large = software(made + "hd.h264").digests;
    EXPECT_EQ(large.size(), 10U);
    each_alone.insert(each_alone.end(), large.begin(), large.end());
    EXPECT_EQ(software(made + "grown.h264").digests, each_alone);
    put_in(GetParam());
    const Played played = play(made + "grown.h264");
    EXPECT_EQ(played.digests, each_alone);
    EXPECT_TRUE(played.path.hardware);
}

TEST_P(EveryDevice, BreaksNoRuleOfTheInterface) {
    vpu::Emulator& emulator = put_in(GetParam());
    (void)play(kNumbered);
    (void)play(kResized);
    EXPECT_EQ(emulator.recorder().violations(), 0U);
}

std::string test_name(std::string text) {
    for (char& c : text) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    }
    return text;
}

const auto kDevices =
    ::testing::Values("spec", "spec-mplane", "spec-noorphans", "bcm2835", "wave5", "venus");

INSTANTIATE_TEST_SUITE_P(Vpu, EveryDevice, kDevices,
                         [](const auto& each) { return test_name(each.param); });

struct Count {
    size_t frames = 0;
    DecodePath path;
    SourceCounters counters;
};
/// Without drawing anything, for real pictures are large.
Count count_frames(const std::string& clip, bool hardware) {
    static const MonotonicClock clock;
    MediaOptions media;
    media.hardware = hardware;
    auto source = open_media(clip, media, clock);
    EXPECT_TRUE(source) << source.error().text;
    if (!source) return {};
    Count count;
    for (;;) {
        const auto frame = (*source)->read();
        EXPECT_TRUE(frame) << frame.error().text;
        if (!frame || !*frame) break;
        ++count.frames;
    }
    count.path = (*source)->path();
    count.counters = (*source)->counters();
    return count;
}

/// Those of VITRINE_TEST_MEDIA whose codec the emulated devices know; none where it is not set.
std::vector<std::string> real_clips() {
    const char* folder = std::getenv("VITRINE_TEST_MEDIA");
    std::vector<std::string> clips;
    if (folder == nullptr) return clips;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const auto demuxer = Demuxer::open(entry.path().string());
        if (!demuxer) continue;
        const AVCodecID codec = (*demuxer)->stream().codecpar->codec_id;
        if (codec == AV_CODEC_ID_H264 || codec == AV_CODEC_ID_HEVC || codec == AV_CODEC_ID_VP9) {
            clips.push_back(entry.path().string());
        }
    }
    std::sort(clips.begin(), clips.end());
    return clips;
}

/// Pictures that wait for reordering are what a device would lose.
TEST(OneDevice, GivesAsManyFramesAsSoftwareDoes) {
    const std::string made = VITRINE_TEST_CLIPS "/";
    std::vector<std::string> clips = real_clips();
    for (const char* name : {"h264.mp4", "h265.mp4", "vp9.webm", "unsaid_reorder.h264"}) {
        clips.push_back(made + name);
    }
    size_t by_device = 0;
    for (const std::string& clip : clips) {
        SCOPED_TRACE(clip);
        put_in("spec");
        const Count counted = count_frames(clip, true);
        const Count truth = count_frames(clip, false);
        EXPECT_GE(counted.frames, truth.frames);
        if (truth.counters.broken_packets == 0) {  // else a device may make a picture of one
            EXPECT_EQ(counted.frames, truth.frames);
        }
        EXPECT_GT(counted.frames, 0U);
        by_device += counted.path.hardware ? 1 : 0;
    }
    EXPECT_GE(by_device, 4U);
}

uint64_t calls_in_all(const vpu::Recorder& recorder) {
    uint64_t calls = 0;
    for (const char* name :
         {"VIDIOC_QBUF", "VIDIOC_DQBUF", "VIDIOC_DQEVENT", "VIDIOC_G_CTRL", "VIDIOC_G_FMT",
          "VIDIOC_EXPBUF", "VIDIOC_QUERYBUF", "VIDIOC_G_SELECTION", "VIDIOC_DECODER_CMD"}) {
        calls += recorder.calls(name);
    }
    return calls;
}

TEST(OneDevice, TakesFourCallsPerFrame) {
    vpu::Emulator& emulator = put_in("spec");
    Playback playback(kImport);
    ASSERT_TRUE(playback.open(kNumbered));
    playback.play(50);
    const uint64_t calls = calls_in_all(emulator.recorder());
    const uint64_t images = playback.imports().images_created;
    playback.play(200);
    // What is decoded ahead differs by the queue, the device's input and its output at most.
    EXPECT_LE(calls_in_all(emulator.recorder()) - calls, 4U * (150 + 20));
    EXPECT_EQ(playback.imports().images_created, images);
    EXPECT_EQ(playback.statistics.copies(), 0U);
}

/// The least of several looks: the emulator has a descriptor more while somebody polls it.
testing::Holdings holdings_at_rest() {
    testing::Holdings least = testing::holdings();
    for (int i = 0; i < 50; ++i) {
        std::this_thread::sleep_for(2ms);
        const testing::Holdings now = testing::holdings();
        least.descriptors = std::min(least.descriptors, now.descriptors);
        least.mappings = std::min(least.mappings, now.mappings);
    }
    return least;
}

TEST(OneDevice, HoldsNoMoreAfterTenThousandFramesAndAHundredSeeks) {
    vpu::Emulator& emulator = put_in("spec-mplane");
    Playback playback(kImport);
    ASSERT_TRUE(playback.open(kNumbered));
    testing::Holdings early;
    uint64_t images = 0;
    for (int round = 0; round < 100; ++round) {
        playback.numbers.clear();
        ASSERT_TRUE(playback.player->seek_to(round % 3 * 50 * 40ms));
        playback.play(100);
        ASSERT_EQ(playback.numbers.front(), round % 3 * 50) << round;
        if (round == 4) early = holdings_at_rest();
        if (round == 4) images = playback.imports().images_created;
    }
    const testing::Holdings late = holdings_at_rest();
    EXPECT_LE(late.descriptors, early.descriptors);
    EXPECT_LE(late.mappings, early.mappings);
    EXPECT_EQ(playback.imports().images_created, images);
    EXPECT_EQ(playback.session->counters().decoder_rebuilds, 0U);
    EXPECT_EQ(emulator.recorder().violations(), 0U);
}

TEST(OneDevice, ThatLiesOfOffsetsIsRefused) {
    put_in("spec-mplane", "lie-offset");  // the other interface has none
    const Played played = play(kNumbered);
    EXPECT_EQ(played.digests, software(kNumbered).digests);
    EXPECT_FALSE(played.path.hardware);
}

/// A device that cannot leave buffers behind is opened anew at each change, more often than one in
/// trouble would be.
TEST(OneDevice, IsNotInTroubleWhereTheSizeChangesOften) {
    const testing::TemporaryFolder folder;
    const std::string often = folder.file("often.h264");
    {
        std::ofstream out(often, std::ios::binary);
        for (int i = 0; i < 4; ++i) out << std::ifstream(kResized, std::ios::binary).rdbuf();
    }
    put_in("spec-noorphans");
    const Played played = play(often);
    const Played& truth = software(often);
    EXPECT_EQ(truth.numbers.size(), 4 * software(kResized).numbers.size());
    EXPECT_EQ(played.numbers, truth.numbers);
    EXPECT_EQ(played.digests, truth.digests);
    EXPECT_TRUE(played.path.hardware);
    EXPECT_EQ(played.counters.decoder_rebuilds, 0U);
}

/// The second one is not waited for, though it was not tried yet.
TEST(TwoDevices, ThatStarveAreWaitedForTwelveSecondsInAll) {
    put_in("spec,spec", "starve@30+");
    MediaOptions media;
    const Played played = play(kNumbered, media, true);
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
    vpu::Emulator& emulator = put_in("spec,spec,spec", "open-hang@10,open-hang@11");
    const auto clock = std::make_shared<FastClock>();
    const Nanos start = clock->now();
    MediaOptions media;
    media.calls = std::make_shared<CallGuard>(clock);
    auto source = open_media(kNumbered, media, *clock);
    ASSERT_TRUE(source) << source.error().text;
    EXPECT_EQ((*source)->path().decoder.rfind("/dev/video12 ", 0), 0U);
    EXPECT_EQ(media.calls->abandoned(), 2);
    EXPECT_LT(clock->now() - start, Patience::kInAll);
    source->reset();
    emulator.end_hangs();
    while (media.calls->still_away() > 0) std::this_thread::yield();
}

TEST(FiveDevices, ThatHangInOpeningLeaveTheRestUntried) {
    vpu::Emulator& emulator =
        put_in("spec,spec,spec,spec,spec",
               "open-hang@10,open-hang@11,open-hang@12,open-hang@13,open-hang@14");
    MediaOptions media;
    media.calls = std::make_shared<CallGuard>(std::make_shared<FastClock>());
    const Played played = play(kNumbered, media);
    EXPECT_EQ(played.numbers, count_from(0, 249));
    EXPECT_EQ(media.calls->abandoned(), 4);
    EXPECT_FALSE(played.path.hardware);
    emulator.end_hangs();
    while (media.calls->still_away() > 0) std::this_thread::yield();
}

TEST(OneDevice, ThatHangsIsLeftBehindAndNothingIsLost) {
    for (const char* profile : {"spec", "bcm2835", "wave5"}) {
        vpu::Emulator& emulator = put_in(profile, "hang@30");
        MediaOptions media;
        media.calls = std::make_shared<CallGuard>(std::make_shared<FastClock>());
        const Played played = play(kNumbered, media);
        EXPECT_EQ(played.numbers, count_from(0, 249));
        EXPECT_EQ(played.digests, software(kNumbered).digests);
        EXPECT_FALSE(played.path.hardware);
        EXPECT_EQ(media.calls->abandoned(), 1);
        emulator.end_hangs();
        while (media.calls->still_away() > 0) std::this_thread::yield();
    }
}

struct Fault {
    std::string plan;
    bool recovers;  // the device decodes to the end
    uint64_t rebuilds;
};
void PrintTo(const Fault& fault, std::ostream* out) {
    *out << fault.plan;
}

class EveryFault : public ::testing::TestWithParam<std::tuple<std::string, Fault>> {};

TEST_P(EveryFault, LosesNothing) {
    const auto& [profile, fault] = GetParam();
    put_in(profile, fault.plan);
    const Played played = play(kNumbered, {}, true);
    EXPECT_EQ(played.numbers, count_from(0, 249));
    EXPECT_EQ(played.digests, software(kNumbered).digests);
    EXPECT_EQ(played.path.hardware, fault.recovers);
    EXPECT_EQ(played.counters.decoder_rebuilds, fault.rebuilds);
    EXPECT_EQ(played.copies, 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Vpu, EveryFault,
    ::testing::Combine(
        kDevices,
        ::testing::Values(Fault{"eio@30", true, 1}, Fault{"eio@30+", false, 3},
                          Fault{"starve@30", true, 1}, Fault{"starve@30+", false, 3},
                          Fault{"stall-poll@30", true, 1}, Fault{"source-change@30", true, 0},
                          Fault{"vanish@30", false, 1}, Fault{"swallow-profile", false, 0},
                          Fault{"lie-pitch", false, 0}, Fault{"lie-format", false, 0},
                          Fault{"open-busy", false, 0}, Fault{"open-denied", false, 0},
                          Fault{"no-querycap", false, 0})),
    [](const auto& each) {
        return test_name(std::get<0>(each.param) + "_" + std::get<1>(each.param).plan);
    });

}  // namespace
}  // namespace vitrine
