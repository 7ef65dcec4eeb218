// Whole playback of numbered clips, read back from the pixels that were presented: by every way
// that frames can take here, nothing is lost, doubled or out of order, and a seek lands on its
// frame.
#include <gtest/gtest.h>

#include <sys/mman.h>

#include <filesystem>

#include "tests/player/playback.h"
#include "tests/support/missing.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using testing::count_from;
using testing::Playback;
using testing::Way;

const Way kImport{"import", "auto", true, "dmabuf", 0};
const Way kUploadFromPool{"upload_from_pool", "upload", true, "upload", 1};
const Way kUpload{"upload", "auto", false, "upload", 1};

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
        ASSERT_TRUE(playback.player->seek({target * 40ms}));
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

/// A frame of the software decoder, drawn at its own size.
class DecodedMemory : public ::testing::Test {
  protected:
    void SetUp() override {
        auto context = GlContext::make_offscreen();
        ASSERT_TRUE(context) << context.error().text;
        MediaOptions media;
        media.hardware = false;
        media.pool = choose_pool_memory(testing::borrowed(kernel_), **context).memory;
        if (!media.pool.allocator) VITRINE_MISSING("memory that EGL imports");
        auto source = open_media(VITRINE_ASSETS "/numbered.mp4", media, clock_);
        ASSERT_TRUE(source) << source.error().text;
        auto frame = (*source)->read();
        ASSERT_TRUE(frame && *frame);
        source_ = std::move(*source);
        frame_ = std::move(*frame);
        auto output = make_offscreen_output(std::move(*context), {640, 360});
        ASSERT_TRUE(output) << output.error().text;
        output_ = std::move(*output);
        auto renderer = Renderer::make(output_->context());
        ASSERT_TRUE(renderer) << renderer.error().text;
        renderer_ = std::move(*renderer);
        auto importer = importer_rows().front().make(output_->context());
        ASSERT_TRUE(importer) << importer.error().text;
        importer_ = std::move(*importer);
    }

    std::vector<uint8_t> draw(const GpuFrame& frame) {
        const DrawTarget target = output_->begin_frame();
        EXPECT_TRUE(renderer_->draw(frame, target, {}));
        auto picture = read_pixels(output_->context(), target);
        EXPECT_TRUE(picture);
        return picture ? std::move(picture->rgba) : std::vector<uint8_t>();
    }

    RealKernel kernel_;
    MonotonicClock clock_;
    std::unique_ptr<FrameSource> source_;
    std::unique_ptr<Output> output_;
    std::unique_ptr<Renderer> renderer_;
    std::unique_ptr<TextureImporter> importer_;
    FramePtr frame_;
};

// That nothing was copied on the way shows in what a write into the decoder's own buffer does to a
// frame that was imported before it.
TEST_F(DecodedMemory, IsWhatTheShaderReads) {
    const DmaBufFrame* memory = frame_->dma_buf();
    ASSERT_NE(memory, nullptr);
    const auto imported = importer_->import(frame_);
    ASSERT_TRUE(imported) << imported.error().text;
    const auto before = draw(*imported);
    EXPECT_EQ(draw(*imported), before);

    constexpr size_t kX = 333, kY = 222;
    const DmaBufPlane& luma = memory->description().planes[0];
    const DmaBufObject& object = memory->description().objects[luma.object];
    void* mapped = kernel_.mmap(object.fd, object.size, 0);
    ASSERT_NE(mapped, MAP_FAILED);
    static_cast<uint8_t*>(mapped)[luma.offset + kY * luma.pitch + kX] ^= 0x40;
    const auto after = draw(*imported);
    kernel_.munmap(mapped, object.size);
    ASSERT_EQ(after.size(), before.size());
    for (size_t i = 0; i < after.size(); ++i) {
        const size_t x = i / 4 % 640, y = i / 4 / 640;
        if (x == kX && y == kY && i % 4 < 3) continue;
        ASSERT_EQ(after[i], before[i]) << x << ", " << y;
    }
    const size_t changed = (kY * 640 + kX) * 4;
    EXPECT_NE(after[changed + 1], before[changed + 1]);
    importer_->release(*imported);
}

}  // namespace
}  // namespace vitrine
