// Whole playback of numbered clips, read back from the pixels that were presented: by every way
// that frames can take here, nothing is lost, doubled or out of order, and a seek lands on its
// frame.
#include <gtest/gtest.h>

#include <filesystem>
#include <numeric>

#include "player/player.h"
#include "player/pool_memory.h"
#include "tests/support/missing.h"
#include "tests/support/numbered.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;

constexpr Size kSize{320, 180};

struct Way {
    std::string name;
    std::string importer;
    bool pool;         // decode into importable memory
    std::string used;  // the importer that must have been used in the end
    int copies_per_frame;
};

/// One clip on one way, untimed.
class Playback {
  public:
    explicit Playback(const Way& way) : way_(way) {}

    Result<void> open(const std::string& clip) {
        auto context = GlContext::make_offscreen();
        if (!context) return Failure(context.error());
        MediaOptions media;
        media.frames_held = 10;
        if (way_.pool) media.pool = choose_pool_memory(kernel_, **context).memory;
        auto source = open_media(clip, media, clock_);
        if (!source) return Failure(source.error());
        auto output = make_offscreen_output(std::move(*context), kSize);
        if (!output) return Failure(output.error());
        PresenterHooks hooks;
        hooks.pixels = [this](const FrameRecord&, const Picture& picture) {
            const auto view = testing::rgba_view(picture.rgba.data(), picture.size);
            numbers.push_back(testing::read_number(view).value_or(-1));
        };
        hooks.presented = [this](const FrameRecord& record) { statistics.add_presented(record); };
        GlPresenterOptions options{way_.importer};
        options.draw.fit = Fit::stretch;
        auto presenter = make_gl_presenter(std::move(*output), options, clock_, std::move(hooks));
        if (!presenter) return Failure(presenter.error());
        presenter_ = std::move(*presenter);
        session_ = std::make_unique<Session>(std::move(*source), 4, clock_);
        PlayerOptions untimed;
        untimed.pacer.untimed = true;
        player = std::make_unique<Player>(*session_, *presenter_, statistics, clock_, untimed);
        return {};
    }

    /// Plays until so many frames were shown, or to the end.
    void play(size_t frames = SIZE_MAX) {
        while (numbers.size() < frames) {
            auto tick = player->tick();
            ASSERT_TRUE(tick) << tick.error().text;
            if (tick->ended) break;
            if (!tick->wake_at) (void)session_->queue().wait_for_frame(10s);
        }
        ASSERT_TRUE(presenter_->finish());
    }

    [[nodiscard]] std::string importer() const { return presenter_->importer_name(); }
    [[nodiscard]] ImportCounters imports() const { return presenter_->import_counters(); }

    std::vector<int> numbers;
    PlaybackStatistics statistics;
    std::unique_ptr<Player> player;

  private:
    Way way_;
    MonotonicClock clock_;
    RealKernel kernel_;
    std::unique_ptr<Presenter> presenter_;
    std::unique_ptr<Session> session_;
};

const Way kImport{"import", "auto", true, "dmabuf", 0};
const Way kUploadFromPool{"upload_from_pool", "upload", true, "upload", 1};
const Way kUpload{"upload", "auto", false, "upload", 1};

std::vector<int> count_from(int first, int last) {
    std::vector<int> numbers(static_cast<size_t>(last - first + 1));
    std::iota(numbers.begin(), numbers.end(), first);
    return numbers;
}

struct Clip {
    std::string file;
    int first = 0;
    int last = 49;
};

std::vector<Clip> clips() {
    const std::string made = VITRINE_TEST_CLIPS "/";
    return {{VITRINE_ASSETS "/numbered.mp4", 0, 249},
            {made + "h264.mp4"},
            {made + "h265.mp4"},
            {made + "vp9.webm"},
            {made + "av1.mp4"},
            {made + "mpeg4.avi"},
            {made + "mjpeg.avi"},
            {made + "h264_10bit.mp4"},
            {made + "h264_yuv444.mp4"},
            {made + "h264_yuv422_10bit.mp4"},
            {made + "ffv1_gray.mkv"},
            {made + "ffv1_bgr0.mkv"},
            {made + "raw_yuyv.nut"},
            {made + "raw_nv12.nut"},
            {made + "h264_sar43.mp4"},
            {made + "vp9_odd_size.webm"},
            {made + "vfr.mkv"},
            {made + "no_stamps.h264"},
            {made + "wraps.ts"},
            {made + "negative_stamps.mkv"}};
}

class EveryWay : public ::testing::TestWithParam<Way> {};

TEST_P(EveryWay, PresentsEachFrameOnceInOrder) {
    size_t played = 0;
    for (const Clip& clip : clips()) {
        if (!std::filesystem::exists(clip.file)) continue;  // this ffmpeg cannot make it
        SCOPED_TRACE(clip.file);
        Playback playback(GetParam());
        auto opened = playback.open(clip.file);
        ASSERT_TRUE(opened) << opened.error().text;
        playback.play();
        EXPECT_EQ(playback.numbers, count_from(clip.first, clip.last));
        EXPECT_EQ(playback.statistics.presented(), playback.numbers.size());
        EXPECT_EQ(playback.statistics.dropped(), 0u);
        ++played;
    }
    EXPECT_GE(played, 10u);
}

TEST_P(EveryWay, TakesTheWayAndCountsItsCopies) {
    Playback playback(GetParam());
    ASSERT_TRUE(playback.open(VITRINE_ASSETS "/numbered.mp4"));
    playback.play();
    EXPECT_EQ(playback.importer(), GetParam().used);
    const auto frames = static_cast<uint64_t>(playback.numbers.size());
    EXPECT_EQ(playback.statistics.copies(), frames * GetParam().copies_per_frame);
    // A planar 4:2:0 picture of 640x360 is 345600 bytes.
    EXPECT_EQ(playback.statistics.bytes_copied(), frames * GetParam().copies_per_frame * 345600);
}

TEST_P(EveryWay, SeeksLandOnTheirFrame) {
    Playback playback(GetParam());
    ASSERT_TRUE(playback.open(VITRINE_ASSETS "/numbered.mp4"));
    playback.play(3);
    for (int target : {100, 30, 31, 249, 0, 151, 149}) {
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
}

INSTANTIATE_TEST_SUITE_P(Playback, EveryWay, ::testing::Values(kImport, kUploadFromPool, kUpload),
                         [](const auto& way) { return way.param.name; });

TEST(Playback, AnEditListHidesWhatComesBeforeIt) {
    const std::string clip = VITRINE_TEST_CLIPS "/edit_list.mp4";
    if (!std::filesystem::exists(clip)) VITRINE_MISSING("this ffmpeg has no libx264");
    Playback playback(kImport);
    ASSERT_TRUE(playback.open(clip));
    playback.play();
    ASSERT_FALSE(playback.numbers.empty());
    EXPECT_EQ(playback.numbers, count_from(playback.numbers.front(), 49));
    EXPECT_GT(playback.numbers.front(), 0);
}

TEST(Playback, APictureSizeThatChangesInTheMiddleIsPlayedThrough) {
    const std::string clip = VITRINE_TEST_CLIPS "/resized.h264";
    if (!std::filesystem::exists(clip)) VITRINE_MISSING("this ffmpeg has no libx264");
    Playback playback(kImport);
    ASSERT_TRUE(playback.open(clip));
    playback.play();
    std::vector<int> twice = count_from(0, 49);
    const std::vector<int> once = twice;
    twice.insert(twice.end(), once.begin(), once.end());
    EXPECT_EQ(playback.numbers, twice);
}

TEST(Playback, ImportsEachPlaneOfEachBufferOnce) {
    Playback playback(kImport);
    ASSERT_TRUE(playback.open(VITRINE_ASSETS "/numbered.mp4"));
    playback.play();
    const ImportCounters imports = playback.imports();
    EXPECT_EQ(imports.images_created, imports.images_live) << "none was made anew";
    EXPECT_EQ(imports.images_created % 3, 0u);
    EXPECT_LE(imports.images_created, 3u * 32u) << "the pool has no more buffers than that";
}

}  // namespace
}  // namespace vitrine
