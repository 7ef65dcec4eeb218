// What media files owe beside what every source does, over generated clips, with every allocator
// that works here and with none.
#include "decode/media_source.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "tests/decode/sources.h"
#include "tests/support/manual_clock.h"

namespace vitrine {
namespace {

using testing::DeviceKernel;
using testing::FailingKernel;
using testing::holdings;
using testing::reference_fingerprints;

struct Pooling {
    std::string name;
    std::shared_ptr<BufferAllocator> allocator;
    int pitch_alignment = 64;
};

/// No pool, every allocator of this machine, and pretended dma-bufs.
std::vector<Pooling> poolings(Kernel& real, Kernel& devices) {
    std::vector<Pooling> out = {{"memory", nullptr}};
    for (AllocatorTrial& trial : open_allocators(testing::borrowed(real))) {
        if (trial.allocator) out.push_back({trial.name, std::move(*trial.allocator)});
    }
    out.push_back({"udmabuf", allocator_named(devices, "udmabuf"), 256});
    return out;
}

class EveryClip : public ::testing::TestWithParam<NamedClip> {
  protected:
    EveryClip() : path_(folder_.file(GetParam().name)) { make_clip(path_, GetParam().options); }

    TemporaryFolder folder_;
    const std::string path_;
    RealKernel real_;
    DeviceKernel devices_;
};

TEST_P(EveryClip, GivesThePixelsOfAPlainDecoderWhereverTheyLie) {
    const auto expected = reference_fingerprints(path_);
    ASSERT_EQ(expected.size(), static_cast<size_t>(GetParam().options.frames));
    for (const Pooling& pooling : poolings(real_, devices_)) {
        MediaOptions options;
        options.pool = {pooling.allocator, pooling.pitch_alignment};
        const auto source = open_or_fail(path_, options);
        ASSERT_TRUE(source) << pooling.name;
        EXPECT_EQ(pixels_of(watch_all(*source)), expected) << pooling.name;
        EXPECT_EQ(source->counters().decoded, expected.size());
        EXPECT_EQ(source->counters().broken_packets, 0U);
        EXPECT_EQ(source->counters().copies, 0U);
    }
    EXPECT_EQ(devices_.bracket_faults, 0);
    EXPECT_EQ(devices_.starts, devices_.ends);
}

TEST_P(EveryClip, FramesAreInOrderAndSayWhatTheyAre) {
    const auto source = open_or_fail(path_);
    ASSERT_TRUE(source);
    const ClipOptions& clip = GetParam().options;
    EXPECT_EQ(source->info().name, path_);
    EXPECT_EQ(source->info().visible_size, clip.size);
    EXPECT_FALSE(source->path().hardware);
    uint64_t sequence = 0;
    for (const FramePtr& frame : read_all(*source)) {
        const FrameInfo& info = frame->info();
        EXPECT_EQ(info.sequence, sequence);
        const Nanos due = std::chrono::milliseconds(40) * static_cast<int64_t>(sequence);
        EXPECT_LE(std::chrono::abs(info.pts - due), std::chrono::milliseconds(1)) << sequence;
        EXPECT_EQ(info.crop, (Rect{0, 0, clip.size.width, clip.size.height}));
        EXPECT_NE(info.color.range, Range::unspecified);
        EXPECT_NE(info.color.matrix, Matrix::unspecified);
        const bool full = clip.encoder == "mjpeg";
        EXPECT_EQ(info.color.range, full ? Range::full : Range::limited);
        ASSERT_TRUE(info.stamps.at(Stage::demuxed)) << sequence;
        ASSERT_TRUE(info.stamps.at(Stage::decoded));
        EXPECT_LE(*info.stamps.at(Stage::demuxed), *info.stamps.at(Stage::decoded));
        ++sequence;
    }
    EXPECT_EQ(sequence, static_cast<uint64_t>(clip.frames));
}

TEST_P(EveryClip, FramesOutliveTheirSource) {
    MediaOptions options;
    options.pool.allocator = allocator_named(real_, "memfd");
    options.frames_held = GetParam().options.frames;
    const auto before = holdings();
    auto source = open_or_fail(path_, options);
    ASSERT_TRUE(source);
    std::vector<FramePtr> frames = read_all(*source);
    const auto expected = reference_fingerprints(path_);
    source.reset();
    ASSERT_EQ(frames.size(), expected.size());
    for (size_t i = 0; i < frames.size(); ++i) {
        EXPECT_EQ(testing::fingerprint(*frames[i]), expected[i]) << i;
    }
    frames.clear();
    EXPECT_EQ(holdings(), before);
}

INSTANTIATE_TEST_SUITE_P(Generated, EveryClip, ::testing::ValuesIn(clips()), [](const auto& clip) {
    std::string name = clip.param.name;
    for (char& c : name) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    }
    return name;
});

TEST(MediaSource, SaysHowItDecodes) {
    TemporaryFolder folder;
    const std::string path = folder.file("a.mp4");
    make_clip(path, {});
    RealKernel kernel;
    MediaOptions options;
    options.pool.allocator = allocator_named(kernel, "memfd");
    const auto source = open_or_fail(path, options);
    ASSERT_TRUE(source);
    const auto frame = source->read();
    ASSERT_TRUE(frame && *frame);
    ASSERT_NE((*frame)->dma_buf(), nullptr);
    EXPECT_EQ(source->path().decoder, "mpeg4");
    EXPECT_EQ(source->path().storage, "memfd");
    for (const char* row : {"drm-prime", "vaapi"}) {
        int reasons = 0;
        for (const std::string& text : source->path().refused) {
            reasons += text.rfind(row, 0) == 0 && text.size() > std::string(row).size() + 3;
        }
        EXPECT_GE(reasons, 1) << row;
    }
}

TEST(MediaSource, SaysWhatTheContainerKnows) {
    TemporaryFolder folder;
    const std::string path = folder.file("a.mp4");
    ClipOptions clip;
    clip.sample_aspect = {4, 3};
    make_clip(path, clip);
    const auto source = open_or_fail(path);
    ASSERT_TRUE(source);
    const SourceInfo& info = source->info();
    EXPECT_EQ(info.codec, "mpeg4");
    EXPECT_NE(info.container.find("mp4"), std::string::npos);
    EXPECT_EQ(info.sample_aspect, (Rational{4, 3}));
    EXPECT_EQ(info.frame_rate, (Rational{25, 1}));
    EXPECT_TRUE(info.seekable);
    ASSERT_TRUE(info.duration);
    EXPECT_EQ(*info.duration, std::chrono::seconds(2));
    EXPECT_EQ((*source->read())->info().sample_aspect, (Rational{4, 3}));
}

TEST(MediaSource, APoolThatRunsOutIsSaidOnceAndLosesNothing) {
    TemporaryFolder folder;
    const std::string path = folder.file("a.mp4");
    ClipOptions clip;
    clip.frames = 120;
    make_clip(path, clip);
    const auto expected = reference_fingerprints(path);
    RealKernel kernel;
    LogCatcher log;
    MediaOptions options;
    options.pool.allocator = allocator_named(kernel, "memfd");
    options.frames_held = 2;
    const auto source = open_or_fail(path, options);
    ASSERT_TRUE(source);
    const std::vector<FramePtr> frames = read_all(*source);  // and holds every one of them
    ASSERT_EQ(frames.size(), expected.size());
    int shared = 0;
    int plain = 0;
    for (size_t i = 0; i < frames.size(); ++i) {
        EXPECT_EQ(testing::fingerprint(*frames[i]), expected[i]) << i;
        (frames[i]->dma_buf() ? shared : plain) += 1;
    }
    EXPECT_GT(shared, 0);
    EXPECT_GT(plain, 0);
    EXPECT_EQ(log.count("plain memory"), 1);
}

/// It is asked for when the file is known, once, and waited for.
TEST(MediaSource, DecodesIntoMemoryThatIsFoundLater) {
    TemporaryFolder folder;
    make_clip(folder.file("a.mp4"), {});
    RealKernel kernel;
    int asked = 0;
    MediaOptions options;
    options.wait_for_pool = [&] {
        ++asked;
        return PoolMemory{allocator_named(kernel, "memfd")};
    };
    EXPECT_FALSE(open_media(folder.file("missing.mp4"), options, test_clock()));
    EXPECT_EQ(asked, 0);
    const auto source = open_or_fail(folder.file("a.mp4"), options);
    ASSERT_TRUE(source);
    EXPECT_EQ(asked, 1);
    const auto frame = source->read();
    ASSERT_TRUE(frame && *frame);
    EXPECT_NE((*frame)->dma_buf(), nullptr);
    EXPECT_EQ(source->path().storage, "memfd");
}

/// Each gives way to the next, but not for longer than a person likes to see nothing.
TEST(MediaSource, ABurstOfSeeksShowsSomethingInTheEnd) {
    TemporaryFolder folder;
    make_clip(folder.file("a.mp4"), {});
    ManualClock clock(std::chrono::seconds(1000));
    auto source = open_media(folder.file("a.mp4"), {}, clock);
    ASSERT_TRUE(source);
    const std::atomic<bool> superseded{true};
    SeekTarget target{std::chrono::seconds(1)};
    target.superseded = &superseded;
    for (int burst = 0; burst < 2; ++burst) {
        for (int i = 0; i < 3; ++i) {
            const auto sought = (*source)->seek_to(target);
            ASSERT_FALSE(sought) << burst;
            EXPECT_EQ(sought.error().code, Errc::interrupted);
            clock.advance(std::chrono::milliseconds(100));
        }
        clock.advance(std::chrono::milliseconds(1));
        ASSERT_TRUE((*source)->seek_to(target));
        const auto frame = (*source)->read();
        ASSERT_TRUE(frame && *frame);
        EXPECT_EQ((*frame)->info().pts, std::chrono::seconds(1));
    }
}

TEST(MediaSource, BuffersAreFewAndReused) {
    TemporaryFolder folder;
    const std::string path = folder.file("a.mp4");
    ClipOptions clip;
    clip.frames = 200;
    make_clip(path, clip);
    RealKernel kernel;
    MediaOptions options;
    options.pool.allocator = allocator_named(kernel, "memfd");
    const auto source = open_or_fail(path, options);
    ASSERT_TRUE(source);
    std::set<uint64_t> inodes;
    while (true) {
        const auto frame = source->read();
        ASSERT_TRUE(frame);
        if (!*frame) break;
        inodes.insert((*frame)->dma_buf()->description().objects[0].id.inode);
    }
    const auto threads = std::thread::hardware_concurrency();
    EXPECT_LE(inodes.size(), 6U + threads) << "one buffer per picture in flight";
}

TEST(MediaSource, APictureSizeThatChangesComesWithItsFrames) {
    TemporaryFolder folder;
    ClipOptions clip;
    clip.encoder = "mjpeg";
    clip.format = AV_PIX_FMT_YUVJ420P;
    clip.frames = 5;
    clip.container = "mjpeg";
    make_clip(folder.file("small.mjpeg"), clip);
    clip.size = {200, 150};
    make_clip(folder.file("large.mjpeg"), clip);
    auto bytes = testing::read_file(folder.file("small.mjpeg"));
    const auto more = testing::read_file(folder.file("large.mjpeg"));
    bytes.insert(bytes.end(), more.begin(), more.end());
    const std::string path = folder.file("both.mjpeg");
    testing::write_file(path, bytes);
    RealKernel kernel;
    for (const bool pooled : {false, true}) {
        MediaOptions options;
        if (pooled) options.pool.allocator = allocator_named(kernel, "memfd");
        const auto source = open_or_fail(path, options);
        ASSERT_TRUE(source);
        const auto frames = read_all(*source);
        ASSERT_EQ(frames.size(), 10U);
        const auto expected = reference_fingerprints(path);
        for (size_t i = 0; i < 10; ++i) {
            const Rect& crop = frames[i]->info().crop;
            EXPECT_EQ((Size{crop.width, crop.height}), i < 5 ? (Size{64, 48}) : (Size{200, 150}));
            EXPECT_EQ(testing::fingerprint(*frames[i]), expected[i]);
        }
        if (!pooled) continue;
        EXPECT_GT(frames[9]->dma_buf()->description().generation,
                  frames[0]->dma_buf()->description().generation);
    }
}

TEST(MediaSource, ADecoderWithBuffersOfItsOwnGivesOneHonestCpuFrame) {
    TemporaryFolder folder;
    const std::string path = folder.file("a.mkv");
    ClipOptions clip;
    clip.encoder = "rawvideo";
    clip.frames = 3;
    make_clip(path, clip);
    RealKernel kernel;
    MediaOptions options;
    options.pool.allocator = allocator_named(kernel, "memfd");
    const auto source = open_or_fail(path, options);
    ASSERT_TRUE(source);
    for (const FramePtr& frame : read_all(*source)) {
        EXPECT_NE(frame->cpu(), nullptr);
        EXPECT_EQ(frame->info().copies, 0);
    }
    EXPECT_EQ(source->path().storage, "memory");
    int reasons = 0;
    for (const std::string& text : source->path().refused) {
        reasons += text.find("memory of its own, not into memfd") != std::string::npos;
    }
    EXPECT_EQ(reasons, 1);
}

TEST(MediaSource, FormatsOutsideTheTableAreConvertedAndCounted) {
    TemporaryFolder folder;
    const std::string path = folder.file("a.mkv");
    ClipOptions clip;
    clip.encoder = "ffv1";
    clip.format = AV_PIX_FMT_YUV420P16LE;
    clip.frames = 4;
    make_clip(path, clip);
    RealKernel kernel;
    for (const bool pooled : {false, true}) {
        LogCatcher log;
        MediaOptions options;
        if (pooled) options.pool.allocator = allocator_named(kernel, "memfd");
        const auto source = open_or_fail(path, options);
        ASSERT_TRUE(source);
        const auto frames = read_all(*source);
        ASSERT_EQ(frames.size(), 4U);
        for (const FramePtr& frame : frames) {
            EXPECT_EQ(frame->format(), PixelFormat::yuv420p12);
            EXPECT_EQ(frame->info().copies, 1);
            EXPECT_EQ(frame->info().bytes_copied, 64U * 48 * 2 * 3 / 2);
            EXPECT_EQ(frame->info().converted_from, "yuv420p16le");
            EXPECT_EQ(frame->dma_buf() != nullptr, pooled);
        }
        EXPECT_EQ(source->counters().copies, 4U);
        EXPECT_EQ(log.count("converted to yuv420p12"), 1);
    }
}

TEST(MediaSource, AStillOfSixteenBitRedIsRed) {
    TemporaryFolder folder;
    av::CodecContext encoder(avcodec_alloc_context3(avcodec_find_encoder_by_name("png")));
    ASSERT_TRUE(encoder);
    const auto red = testing::make_picture(AV_PIX_FMT_RGBA64BE, {16, 8}, 0);
    for (int i = 0; i < 8 * red->linesize[0]; ++i) {
        red->data[0][i] = i % 8 < 2 || i % 8 > 5 ? 255 : 0;
    }
    encoder->width = 16;
    encoder->height = 8;
    encoder->pix_fmt = AV_PIX_FMT_RGBA64BE;
    encoder->time_base = {1, 25};
    ASSERT_EQ(avcodec_open2(encoder.get(), nullptr, nullptr), 0);
    ASSERT_EQ(avcodec_send_frame(encoder.get(), red.get()), 0);
    ASSERT_EQ(avcodec_send_frame(encoder.get(), nullptr), 0);
    const av::Packet packet(av_packet_alloc());
    ASSERT_EQ(avcodec_receive_packet(encoder.get(), packet.get()), 0);
    testing::write_file(folder.file("red.png"), {packet->data, packet->data + packet->size});
    LogCatcher log;
    const auto source = open_or_fail(folder.file("red.png"));
    ASSERT_TRUE(source);
    const auto frame = source->read();
    ASSERT_TRUE(frame && *frame);
    EXPECT_EQ((*frame)->format(), PixelFormat::rgba);
    EXPECT_EQ((*frame)->info().color.matrix, Matrix::rgb);
    EXPECT_EQ((*frame)->info().color.range, Range::full);
    const auto planes = cpu_planes(**frame);
    ASSERT_TRUE(planes);
    const std::array<std::byte, 4> pixel = {std::byte{255}, std::byte{0}, std::byte{0},
                                            std::byte{255}};
    EXPECT_TRUE(std::equal(pixel.begin(), pixel.end(), (*planes)[0].data));
}

/// One system call after the other fails; every frame comes all the same, or opening says why not.
TEST(MediaSourceFailures, AFailingCallCostsNoFrameAndLeaksNothing) {
    TemporaryFolder folder;
    const std::string path = folder.file("a.mp4");
    ClipOptions clip;
    clip.frames = 12;
    clip.size = {32, 32};
    make_clip(path, clip);
    const auto expected = reference_fingerprints(path);
    LogCatcher log;
    DeviceKernel devices;
    for (const char* kind : {"udmabuf", "memfd"}) {
        int failed = 0;
        (void)pixels_of(watch_all(*open_or_fail(path)));
        const auto before = holdings();
        for (int n = 0;; ++n) {
            FailingKernel kernel(devices, n, ENOMEM);
            MediaOptions options;
            options.pool.allocator = allocator_named(kernel, kind);
            {
                const auto source = open_or_fail(path, options);
                ASSERT_TRUE(source);
                EXPECT_EQ(pixels_of(watch_all(*source)), expected) << kind << " " << n;
            }
            options.pool.allocator.reset();
            ASSERT_EQ(holdings(), before) << kind << " " << n;
            if (!kernel.failed()) break;
            ++failed;
        }
        fmt::print("failed {} calls while decoding into {}\n", failed, kind);
        EXPECT_GT(failed, 0);
    }
}

}  // namespace
}  // namespace vitrine
