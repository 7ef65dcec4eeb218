// Whole playback by our V4L2 decoder on the emulated VPU: on every kind of device each numbered
// frame is presented once and in order, and is to the pixel what the software decoder gives. What
// devices do wrong is in v4l2_playback_faults_test.cpp.
#include <linux/videodev2.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "decode/demuxer.h"
#include "tests/player/v4l2_playback.h"
#include "tests/support/heap_kernel.h"
#include "tests/support/media_folder.h"
#include "tests/support/temporary_folder.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using testing::count_from;
using testing::holdings_at_rest;
using testing::kImport;
using testing::kMade;
using testing::kNumbered;
using testing::play;
using testing::Playback;
using testing::Played;
using testing::played_of;
using testing::put_in;
using testing::software;
using testing::test_name;
using testing::Way;

const std::string kResized = kMade + "resized.h264";

class EveryDevice : public ::testing::TestWithParam<std::string> {
  protected:
    static const testing::Way& way() { return testing::way_of(GetParam()); }
    static uint64_t copies_of(const Played& played) {
        return static_cast<uint64_t>(way().copies_per_frame) * played.numbers.size();
    }
};

struct Clip {
    std::string path;
    uint32_t fourcc;  // of its codec
};
const std::vector<Clip> kClips = {
    {kNumbered, V4L2_PIX_FMT_H264},
    {kMade + "h264.mp4", V4L2_PIX_FMT_H264},
    {kMade + "h265.mp4", V4L2_PIX_FMT_HEVC},
    {kMade + "vp8.webm", V4L2_PIX_FMT_VP8},
    {kMade + "vp9.webm", V4L2_PIX_FMT_VP9},
    {kMade + "av1.mp4", vpu::kFourccAv1},
    {kMade + "mpeg2.ts", V4L2_PIX_FMT_MPEG2},
    {kMade + "mpeg4.avi", V4L2_PIX_FMT_MPEG4},
    {kMade + "no_stamps.h264", V4L2_PIX_FMT_H264},
    {kMade + "unsaid_reorder.h264", V4L2_PIX_FMT_H264},
    {kMade + "vfr.mkv", V4L2_PIX_FMT_H264},
    {kMade + "wraps.ts", V4L2_PIX_FMT_H264},
    {kMade + "edit_list.mp4", V4L2_PIX_FMT_H264},
};

bool decodes(const std::string& profile, uint32_t fourcc) {
    const auto& coded = vpu::find_profile(profile)->coded;
    return std::any_of(coded.begin(), coded.end(),
                       [&](const vpu::CodedFormat& each) { return each.fourcc == fourcc; });
}

/// By the device where it takes the codec, else by software, which the others are compared with.
TEST_P(EveryDevice, PresentsEachFrameOnceInOrderAndToThePixel) {
    for (const auto& [clip, fourcc] : kClips) {
        SCOPED_TRACE(clip);
        ASSERT_TRUE(std::filesystem::exists(clip));
        vpu::Emulator& emulator = put_in(GetParam());
        const Played played = play(clip, {}, way());
        EXPECT_GT(played.numbers.size(), 30U);
        EXPECT_EQ(played.numbers, software(clip).numbers);
        EXPECT_EQ(played.digests, software(clip).digests);
        EXPECT_EQ(played.times, software(clip).times);
        EXPECT_EQ(played.path.hardware, decodes(GetParam(), fourcc));
        EXPECT_EQ(played.counters.decoder_rebuilds, 0U);
        if (played.path.hardware) {
            EXPECT_EQ(played.copies, copies_of(played));
        }
        EXPECT_EQ(emulator.recorder().violations(), 0U);
    }
}

/// Else one of them would be compared with itself only.
TEST(EveryCodec, IsDecodedBySomeDevice) {
    for (const auto& [clip, fourcc] : kClips) EXPECT_TRUE(decodes("spec", fourcc)) << clip;
    for (const vpu::CodedFormat& format : vpu::find_profile("spec")->coded) {
        EXPECT_TRUE(std::any_of(kClips.begin(), kClips.end(),
                                [&](const Clip& clip) { return clip.fourcc == format.fourcc; }))
            << format.description << " has no clip";
    }
}

TEST_P(EveryDevice, IsTakenForWhatItDecodes) {
    put_in(GetParam());
    const Played played = play(kNumbered, {}, way());
    EXPECT_EQ(played.numbers, count_from(0, 249));
    EXPECT_TRUE(played.path.hardware);
    EXPECT_EQ(played.path.storage, "dma-buf");
    EXPECT_EQ(played.path.decoder.rfind("/dev/video10 ", 0), 0U) << played.path.decoder;
}

TEST_P(EveryDevice, SeeksLandOnTheirFrame) {
    put_in(GetParam());
    Playback playback(way());
    ASSERT_TRUE(playback.open(kNumbered));
    playback.play(3);
    // The end is reached twice on the way.
    for (const int target : {100, 30, 31, 249, 0, 249, 151, 149}) {
        SCOPED_TRACE(target);
        playback.numbers.clear();
        ASSERT_TRUE(playback.player->seek({target * 40ms}));
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

/// To be drained, flushed and drained again.
TEST_P(EveryDevice, PlaysOnAfterItsEnd) {
    const std::string clip = kMade + "h264.mp4";
    put_in(GetParam());
    Playback playback(way());
    ASSERT_TRUE(playback.open(clip));
    for (const int start : {0, 0, 40, 49, 20}) {
        SCOPED_TRACE(start);
        playback.numbers.clear();
        ASSERT_TRUE(playback.player->seek({start * 40ms}));
        playback.play();
        EXPECT_EQ(playback.numbers, count_from(start, 49));
    }
    const Played played = played_of(playback);
    EXPECT_TRUE(played.path.hardware);
    EXPECT_EQ(played.counters.decoder_rebuilds, 0U);
}

/// Whoever holds frames that the decoder was not told of must not starve the device.
TEST_P(EveryDevice, IsNotStarvedByWhoHoldsMoreThanItSaid) {
    for (const std::string& clip : {kMade + "h264.mp4", kResized}) {
        SCOPED_TRACE(clip);
        put_in(GetParam());
        Playback playback(way());
        playback.frames_held = 1;
        ASSERT_TRUE(playback.open(clip));
        playback.play();
        const Played played = played_of(playback);
        EXPECT_EQ(played.numbers, software(clip).numbers);
        EXPECT_EQ(played.digests, software(clip).digests);
        EXPECT_TRUE(played.path.hardware);
        EXPECT_EQ(played.counters.decoder_rebuilds, 0U);
        EXPECT_GT(played.counters.copies, 0U);
    }
}

/// Which devices announce that need their buffers set up anew.
TEST_P(EveryDevice, FollowsChangesToTheSameSize) {
    put_in(GetParam(), "source-change@0,source-change@7,source-change@8,source-change@26");
    const std::string clip = kMade + "h264.mp4";
    const Played played = play(clip, {}, way());
    EXPECT_EQ(played.numbers, count_from(0, 49));
    EXPECT_EQ(played.digests, software(clip).digests);
    EXPECT_TRUE(played.path.hardware);
    EXPECT_EQ(played.counters.decoder_rebuilds, 0U);
    EXPECT_EQ(played.copies, copies_of(played));
}

TEST_P(EveryDevice, FollowsAChangeOfSize) {
    put_in(GetParam());
    const Played played = play(kResized, {}, way());
    EXPECT_EQ(played.numbers, software(kResized).numbers);
    EXPECT_EQ(played.digests, software(kResized).digests);
    EXPECT_TRUE(played.path.hardware);
    EXPECT_EQ(played.counters.decoder_rebuilds, 0U);
}

/// Its units then are larger than the buffers that were made for the first of them.
TEST_P(EveryDevice, FollowsAChangeToUnitsThatAreLarger) {
    const std::string clip = kMade + "swollen.h264";
    put_in(GetParam());
    const Played played = play(clip, {}, way());
    EXPECT_EQ(software(clip).digests.size(), 54U);
    EXPECT_EQ(played.digests, software(clip).digests);
    EXPECT_TRUE(played.path.hardware);
    EXPECT_EQ(played.counters.broken_packets, 0U);
    EXPECT_EQ(played.counters.decoder_rebuilds, 0U);
}

/// Which stand beside the packets, and go with them.
TEST_P(EveryDevice, FollowsAChangeOfTheContainersHeaders) {
    const std::string clip = kMade + "joined.flv";
    put_in(GetParam());
    const Played played = play(clip, {}, way());
    EXPECT_EQ(software(clip).digests.size(), 100U);
    EXPECT_EQ(played.digests, software(clip).digests);
    EXPECT_TRUE(played.path.hardware);
    EXPECT_EQ(played.counters.corrupt_frames, 0U);
}

/// Ten bits in the middle, at the same size, which no device here takes, and some say nothing.
TEST_P(EveryDevice, IsLeftWhereTheStreamBecomesWhatItCannotDo) {
    const std::string clip = kMade + "deeper.h264";
    put_in(GetParam());
    const Played played = play(clip, {}, way());
    EXPECT_EQ(software(clip).digests.size(), 150U);
    EXPECT_EQ(played.digests, software(clip).digests);
    EXPECT_EQ(played.numbers, software(clip).numbers);
    EXPECT_FALSE(played.path.hardware);
    EXPECT_EQ(played.counters.lost_frames, 0U);
}

// 47: a user "cannot tell that hw cannot do it": a picture larger than the device says it takes.
TEST(OneDevice, C47_SaysThatThePicturesAreTooLargeForIt) {
    const std::string clip = kMade + "too_wide.h264";
    put_in("bcm2835");
    const Played played = play(clip);
    EXPECT_EQ(played.digests, software(clip).digests);
    EXPECT_EQ(played.digests.size(), 10U);
    EXPECT_FALSE(played.path.hardware);
    const auto& refused = played.path.refused;
    const std::string reason =
        "v4l2 (/dev/video10 bcm2835-codec): /dev/video10 decodes h264 up to 1920x1920, and this is "
        "2048x64";
    EXPECT_EQ(std::count(refused.begin(), refused.end(), reason), 1)
        << fmt::format("{}", fmt::join(refused, "; "));
}

/// Also where a decoder begins behind the packet that had them.
TEST_P(EveryDevice, KnowsTheHeadersThatChangedWhenItIsOpenedAnew) {
    const std::string clip = kMade + "joined.flv";
    put_in(GetParam(), "eio@75");
    const Played played = play(clip, {}, way());
    EXPECT_EQ(played.numbers, software(clip).numbers);
    EXPECT_EQ(played.digests, software(clip).digests);
    EXPECT_TRUE(played.path.hardware);
    EXPECT_EQ(played.counters.decoder_rebuilds, 1U);
}

/// Nobody states a matrix: what is guessed of the large pictures is not what was of the small ones.
TEST_P(EveryDevice, FollowsAChangeOfSizeWithItsColors) {
    std::vector<size_t> each_alone = software(kMade + "small.h264").digests;
    const std::vector<size_t>& large = software(kMade + "hd.h264").digests;
    EXPECT_EQ(large.size(), 10U);
    each_alone.insert(each_alone.end(), large.begin(), large.end());
    EXPECT_EQ(software(kMade + "grown.h264").digests, each_alone);
    put_in(GetParam());
    const Played played = play(kMade + "grown.h264", {}, way());
    EXPECT_EQ(played.digests, each_alone);
    EXPECT_TRUE(played.path.hardware);
}

/// Cut within a picture, at several places.
TEST_P(EveryDevice, GivesOfACutStreamWhatSoftwareGives) {
    const testing::TemporaryFolder folder;
    std::ifstream whole(kMade + "no_stamps.h264", std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(whole), {}};
    std::vector<std::string> clips = {kMade + "truncated.mp4"};
    for (const size_t tenth : {1U, 4U, 7U, 9U}) {
        clips.push_back(folder.file("cut" + std::to_string(tenth) + ".h264"));
        std::ofstream(clips.back(), std::ios::binary) << bytes.substr(0, bytes.size() * tenth / 10);
    }
    for (const std::string& clip : clips) {
        SCOPED_TRACE(clip);
        put_in(GetParam());
        const Played played = play(clip, {}, way());
        EXPECT_GT(played.numbers.size(), 1U);
        EXPECT_TRUE(played.path.hardware);
        EXPECT_EQ(played.numbers, software(clip).numbers);
        EXPECT_EQ(played.counters.lost_frames, 0U);
    }
}

/// As many frames as software gives, in the same order. What a frame shows where bytes are broken
/// is each decoder's own affair, and whether its number can be read.
TEST_P(EveryDevice, GivesOfABrokenStreamAsManyFramesAsSoftwareGives) {
    const std::string clip = kMade + "broken_nals.h264";
    put_in(GetParam());
    const Played played = play(clip, {}, way());
    const Played& truth = software(clip);
    EXPECT_GT(played.numbers.size(), 40U);
    EXPECT_TRUE(played.path.hardware);
    ASSERT_EQ(played.numbers.size(), truth.numbers.size());
    for (size_t i = 0; i < truth.numbers.size(); ++i) {
        const bool readable = played.numbers[i] >= 0 && truth.numbers[i] >= 0;
        if (readable) {
            EXPECT_EQ(played.numbers[i], truth.numbers[i]) << i;
        }
    }
}

TEST_P(EveryDevice, BreaksNoRuleOfTheInterface) {
    vpu::Emulator& emulator = put_in(GetParam());
    (void)play(kNumbered, {}, way());
    (void)play(kResized, {}, way());
    EXPECT_EQ(emulator.recorder().violations(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Vpu, EveryDevice, ::testing::ValuesIn(vpu::decoder_profiles()),
                         [](const auto& each) { return test_name(each.param); });

class EveryUnimportable : public ::testing::TestWithParam<std::string> {};

/// Software, which decodes into memory that EGL imports, beats a device whose pictures it does not.
TEST_P(EveryUnimportable, IsGivenUpForAWayWithoutCopies) {
    put_in(GetParam());
    const Played played = play(kNumbered);
    EXPECT_EQ(played.numbers, count_from(0, 249));
    EXPECT_EQ(played.digests, software(kNumbered).digests);
    EXPECT_FALSE(played.path.hardware);
    EXPECT_EQ(played.copies, 0U);
    const std::string reasons = fmt::format("{}", fmt::join(played.path.refused, "; "));
    EXPECT_NE(reasons.find("v4l2 (/dev/video10"), std::string::npos) << reasons;
    EXPECT_NE(reasons.find("dmabuf: "), std::string::npos) << reasons;
}

/// Who asks for the device gets it, and the copies are counted.
TEST_P(EveryUnimportable, IsUsedWhereItIsAskedFor) {
    put_in(GetParam());
    MediaOptions media;
    media.decoders = {"v4l2"};
    const Played played = play(kNumbered, media);
    EXPECT_EQ(played.digests, software(kNumbered).digests);
    EXPECT_TRUE(played.path.hardware);
    EXPECT_EQ(played.copies, 2 * played.numbers.size());
}

INSTANTIATE_TEST_SUITE_P(Vpu, EveryUnimportable,
                         ::testing::Values("spec-columns", "spec-columns-mplane"),
                         [](const auto& each) { return test_name(each.param); });

class EveryCamera : public ::testing::TestWithParam<std::string> {};

/// Raspberry Pi OS has its decoder there; elsewhere it may be whatever came tenth.
TEST_P(EveryCamera, IsTakenForNoDecoder) {
    put_in("video10=" + GetParam());
    const Played played = play(kNumbered);
    EXPECT_EQ(played.numbers, count_from(0, 249));
    EXPECT_FALSE(played.path.hardware);
    ASSERT_FALSE(played.path.refused.empty());
    const std::string reasons = fmt::format("{}", fmt::join(played.path.refused, "; "));
    const vpu::Profile& camera = *vpu::find_profile(GetParam());
    EXPECT_NE(reasons.find(fmt::format("/dev/video10 ({}) is no decoder", camera.card)),
              std::string::npos)
        << reasons;

    put_in("video10=" + GetParam() + ",video11=spec");
    const Played beside = play(kNumbered);
    EXPECT_EQ(beside.digests, played.digests);
    EXPECT_TRUE(beside.path.hardware);
    EXPECT_EQ(beside.path.decoder.rfind("/dev/video11 ", 0), 0U) << beside.path.decoder;
}

INSTANTIATE_TEST_SUITE_P(Vpu, EveryCamera, ::testing::ValuesIn(vpu::camera_profiles()),
                         [](const auto& each) { return test_name(each.param); });

/// As Debian has its nodes, for somebody who is not in the group.
class VideoGroupOnly final : public testing::PassingKernel {
  public:
    int stat(const char* path, struct stat& status) override {
        const int answer = PassingKernel::stat(path, status);
        status.st_uid = 0;
        status.st_gid = 44;
        return answer;
    }
};

TEST(OneDevice, ThatIsNotOursToOpenNamesItsGroup) {
    const std::string reason =
        "/dev/video10 belongs to root:video (0660): add yourself to group video";
    put_in("spec", "open-denied");
    MediaOptions media;
    media.kernel = std::make_shared<VideoGroupOnly>();
    const Played played = play(kNumbered, media);
    EXPECT_EQ(played.digests, software(kNumbered).digests);
    const std::string reasons = fmt::format("{}", fmt::join(played.path.refused, "; "));
    EXPECT_NE(reasons.find(reason), std::string::npos) << reasons;

    media.hardware_required = true;
    const MonotonicClock clock;
    const auto required = open_media(kNumbered, media, clock);
    ASSERT_FALSE(required);
    EXPECT_EQ(required.error().code, Errc::unsupported);
    EXPECT_NE(required.error().text.find(reason), std::string::npos) << required.error().text;
}

/// Whatever the pictures are for: memory for the device is not the GPU's to choose.
TEST(OneDevice, ThatSharesNothingDecodesIntoContiguousMemory) {
    for (const Way& way : {kImport, Way{"upload", "upload", false, "upload", 1}}) {
        SCOPED_TRACE(way.name);
        put_in("spec", "contiguous-only");
        const auto kernel =
            std::make_shared<testing::HeapKernel>(std::vector<std::string>{"linux,cma", "system"});
        MediaOptions media;
        media.kernel = kernel;
        media.hardware_required = true;  // no picture is copied where it is decoded
        Playback playback(way, std::move(media));
        const auto opened = playback.open(kNumbered);
        ASSERT_TRUE(opened) << opened.error().text;
        playback.play();
        const Played played = played_of(playback);
        EXPECT_EQ(played.numbers, count_from(0, 249));
        EXPECT_EQ(played.digests, software(kNumbered).digests);
        EXPECT_EQ(played.path.storage, "dma-buf");
        EXPECT_EQ(played.counters.copies, 0U);
        EXPECT_EQ(played.counters.decoder_rebuilds, 0U);
        EXPECT_GT(kernel->made("linux,cma"), 0);
        EXPECT_EQ(kernel->made("system"), 0);
    }
}

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
    const char* folder = testing::media_folder();
    std::vector<std::string> clips;
    if (folder == nullptr) return clips;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const auto demuxer = Demuxer::open(entry.path().string());
        if (!demuxer) continue;
        const AVCodecID codec = (*demuxer)->stream().codecpar->codec_id;
        if (codec == AV_CODEC_ID_H264 || codec == AV_CODEC_ID_HEVC || codec == AV_CODEC_ID_VP9 ||
            codec == AV_CODEC_ID_AV1 || codec == AV_CODEC_ID_MPEG4) {
            clips.push_back(entry.path().string());
        }
    }
    std::sort(clips.begin(), clips.end());
    return clips;
}

/// Pictures that wait for reordering are what a device would lose.
TEST(OneDevice, GivesAsManyFramesAsSoftwareDoes) {
    std::vector<std::string> clips = real_clips();
    for (const char* name : {"h264.mp4", "h265.mp4", "vp8.webm", "vp9.webm", "av1.mp4", "mpeg2.ts",
                             "mpeg4.avi", "unsaid_reorder.h264"}) {
        clips.push_back(kMade + name);
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
    EXPECT_GE(by_device, 8U);
}

/// Whatever they are of, and whatever they answer.
TEST(OneDevice, TakesFourCallsPerFrame) {
    vpu::Emulator& emulator = put_in("spec");
    Playback playback(kImport);
    ASSERT_TRUE(playback.open(kMade + "long.mp4"));
    playback.play(50);
    const uint64_t calls = vpu::interposer::ioctls();
    const uint64_t images = playback.imports().images_created;
    playback.play(950);
    // What is decoded ahead differs by the queue, the device's input and its output at most.
    EXPECT_LE(vpu::interposer::ioctls() - calls, 4U * (900 + 20));
    EXPECT_GE(vpu::interposer::ioctls() - calls, 4U * (900 - 20)) << "they are counted";
    EXPECT_EQ(playback.imports().images_created, images);
    EXPECT_EQ(playback.statistics.copies(), 0U);
    EXPECT_TRUE(playback.session->path().hardware);
    EXPECT_EQ(emulator.recorder().violations(), 0U);
}

TEST(OneDevice, HoldsNoMoreAfterTenThousandFramesAndAHundredSeeks) {
    vpu::Emulator& emulator = put_in("spec-mplane");
    Playback playback(kImport);
    ASSERT_TRUE(playback.open(kNumbered));
    testing::Holdings early;
    uint64_t images = 0;
    for (int round = 0; round < 100; ++round) {
        playback.numbers.clear();
        ASSERT_TRUE(playback.player->seek({round % 3 * 50 * 40ms}));
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

}  // namespace
}  // namespace vitrine
