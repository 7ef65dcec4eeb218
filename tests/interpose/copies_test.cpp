// What the program says of copies and EGLImages, against what is counted from outside. Numbers of
// inside and outside are equal, never about equal. What a run needs once, whatever it plays (the
// proof that memory can be imported, the proof of the first frame), is told from what frames cost
// by comparing a short run with a long one.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "decode/picture_layout.h"
#include "tests/app/support.h"
#include "tests/interpose/counted_run.h"
#include "tests/support/missing.h"

namespace vitrine {
namespace {

using test::CountedRun;

const std::string kNumbered = VITRINE_ASSETS "/numbered.mp4";  // 640x360, 250 frames, 4:2:0
const std::string kClips = VITRINE_TEST_CLIPS "/";             // 320x180, 50 frames
constexpr uint64_t kPlanar = 3;                                // planes of 4:2:0
constexpr uint64_t kNumberedBytes = 640 * 360 * 3 / 2;         // of a picture
constexpr uint64_t kClipBytes = 320 * 180 * 3 / 2;

struct Played {
    CountedRun outside;
    nlohmann::json inside;

    [[nodiscard]] uint64_t number(const char* part, const char* name) const {
        return inside.at(part).at(name).get<uint64_t>();
    }
    [[nodiscard]] std::string path(const char* name) const {
        return inside.at("paths").at(0).at(name).get<std::string>();
    }
    /// EGLImages that the program made, whether or not it says so.
    [[nodiscard]] uint64_t images_created() const {
        return outside.calls("eglCreateImage") - outside.calls("failed_eglCreateImage");
    }
    /// EGLImages made outside of importing frames: the proof of memory at the start.
    [[nodiscard]] uint64_t images_of_proofs() const {
        return images_created() - number("import", "images_created");
    }
};

Played play(const std::string& file, const std::string& options) {
    const test::TemporaryFolder folder;
    const std::string report = folder.file("timing.json");
    Played played;
    played.outside = test::run_counted(VITRINE_PROGRAM
                                       " --hwdec=no --untimed --output=offscreen --size=320x180 " +
                                       options + " --timing-json=" + report + " " + file);
    if (played.outside.exit_code != 0) return played;
    played.inside = nlohmann::json::parse(test::contents_of(report));
    return played;
}

/// A run of `frames` frames that ended well, with what holds of every run.
void expect_sound(const Played& played, uint64_t frames) {
    ASSERT_EQ(played.outside.exit_code, 0) << played.outside.output;
    EXPECT_EQ(played.number("frames", "presented"), frames);
    EXPECT_EQ(played.number("import", "frames"), frames);
    EXPECT_EQ(played.outside.calls("eglDestroyImage"), played.images_created()) << "images leak";
    EXPECT_EQ(played.outside.calls("unknown_texels"), 0u);
}

constexpr std::array<const char*, 5> kOncePerRun = {"glTexImage2D", "glTexSubImage2D",
                                                    "glTexStorage2D", "glReadPixels", "large_copy"};

/// That the frames which one run has more than the other, of one clip, cost no call.
void expect_no_cost_per_frame(const Played& less, const Played& more) {
    for (const char* function : kOncePerRun) {
        EXPECT_EQ(more.outside.calls(function), less.outside.calls(function)) << function;
        EXPECT_EQ(more.outside.bytes(function), less.outside.bytes(function)) << function;
    }
    // A real dma-buf is bracketed for the CPU's access; other memory is not.
    const auto other_ioctls = [](const Played& played) {
        return played.outside.calls("ioctl") - played.outside.calls("DMA_BUF_IOCTL_SYNC");
    };
    EXPECT_EQ(other_ioctls(more), other_ioctls(less));
    if (more.path("storage") == "memfd") {
        EXPECT_EQ(more.outside.calls("ioctl"), less.outside.calls("ioctl"));
    }
}

/// That no picture was copied row by row either, in copies too small to be counted as large ones.
void expect_no_small_copies(const Played& less, const Played& more, uint64_t picture_bytes) {
    const uint64_t frames = more.number("frames", "presented") - less.number("frames", "presented");
    EXPECT_LT(more.outside.bytes("any_copy"),
              less.outside.bytes("any_copy") + frames * picture_bytes / 10);
}

/// That no library copied pictures on our behalf, by memcpy of any size.
void expect_no_copies_in_libraries(const Played& less, const Played& more, uint64_t picture_bytes) {
    const uint64_t frames = more.number("frames", "presented") - less.number("frames", "presented");
    const auto copied = [](const Played& played) {
        return played.outside.libraries.at("any_copy").bytes;
    };
    EXPECT_LT(copied(more), copied(less) + frames * picture_bytes / 2);
}

void expect_by_import(const Played& played) {
    EXPECT_EQ(played.path("importer"), "dmabuf") << played.outside.output;
    EXPECT_EQ(played.number("frames", "copies"), 0u);
    EXPECT_EQ(played.number("frames", "bytes_copied"), 0u);
    EXPECT_EQ(played.number("source", "copies"), 0u);
    EXPECT_GT(played.number("import", "images_created"), 0u);
    // One texture over each image.
    EXPECT_EQ(played.outside.calls("glEGLImageTargetTexture2DOES"), played.images_created());
}

/// That every upload is one that the program owns up to, and the other way round.
void expect_by_upload(const Played& played, uint64_t planes, uint64_t picture_bytes) {
    const uint64_t frames = played.number("frames", "presented");
    EXPECT_EQ(played.path("importer"), "upload") << played.outside.output;
    EXPECT_EQ(played.outside.calls("glTexSubImage2D"), planes * frames);
    EXPECT_EQ(played.outside.bytes("glTexSubImage2D"), picture_bytes * frames);
    EXPECT_EQ(played.number("frames", "copies"), frames);
    EXPECT_EQ(played.number("frames", "bytes_copied"), played.outside.bytes("glTexSubImage2D"));
    EXPECT_EQ(played.number("import", "copies"), frames);
    EXPECT_EQ(played.number("import", "bytes_copied"), played.outside.bytes("glTexSubImage2D"));
    EXPECT_EQ(played.number("import", "images_created"), 0u);
    EXPECT_EQ(played.outside.calls("large_copy"), 0u);
    // Storage is made once for each texture of the ring, by whichever function there is.
    EXPECT_EQ(played.outside.calls("glTexStorage2D"), played.number("import", "textures_live"));
    EXPECT_EQ(played.outside.bytes("glTexImage2D"), 0u);
}

TEST(Copies, ImportedFramesCostNothing) {
    const Played one = play(kNumbered, "--frames=1");
    const Played less = play(kNumbered, "--frames=50");
    const Played more = play(kNumbered, "");
    ASSERT_NO_FATAL_FAILURE(expect_sound(one, 1));
    ASSERT_NO_FATAL_FAILURE(expect_sound(less, 50));
    ASSERT_NO_FATAL_FAILURE(expect_sound(more, 250));
    for (const Played* each : {&one, &less, &more}) {
        expect_by_import(*each);
        EXPECT_EQ(each->outside.calls("large_copy"), 0u);
        // The first frame is uploaded once, to be compared with what was imported.
        EXPECT_EQ(each->outside.calls("glTexSubImage2D"), kPlanar);
        EXPECT_EQ(each->outside.bytes("glTexSubImage2D"), kNumberedBytes);
    }
    expect_no_cost_per_frame(one, less);
    expect_no_cost_per_frame(less, more);
    expect_no_small_copies(less, more, kNumberedBytes);
    expect_no_copies_in_libraries(less, more, kNumberedBytes);
}

TEST(Copies, EglImagesAreCountedRightAndBounded) {
    const Played one = play(kNumbered, "--frames=1");
    const Played less = play(kNumbered, "--frames=50");
    const Played more = play(kNumbered, "");
    ASSERT_NO_FATAL_FAILURE(expect_sound(one, 1));
    ASSERT_NO_FATAL_FAILURE(expect_sound(less, 50));
    ASSERT_NO_FATAL_FAILURE(expect_sound(more, 250));
    // Of one frame, an image for each plane: the others are the proof's, which imports one.
    EXPECT_EQ(one.number("import", "images_created"), kPlanar);
    const uint64_t of_proofs = one.outside.calls("eglCreateImage") - kPlanar;
    EXPECT_GE(of_proofs, 1u);
    EXPECT_EQ(less.outside.calls("eglCreateImage"),
              of_proofs + less.number("import", "images_created"));
    EXPECT_EQ(more.outside.calls("eglCreateImage"),
              of_proofs + more.number("import", "images_created"));
    // As many as the pool may have buffers, however many frames: with libavcodec's most threads and
    // H.264's deepest reordering, and what app/play.cpp holds.
    const uint64_t bound = kPlanar * buffer_limit({true, 16, 16, 8});
    EXPECT_LT(bound, kPlanar * 250) << "the clip is too short to tell";
    EXPECT_LE(less.number("import", "images_created"), bound);
    EXPECT_LE(more.number("import", "images_created"), bound);
    EXPECT_EQ(more.number("import", "images_live"), more.number("import", "images_created"));
}

TEST(Copies, UploadsAreCountedRight) {
    const Played less = play(kNumbered, "--import=upload --frames=50");
    const Played more = play(kNumbered, "--import=upload");
    ASSERT_NO_FATAL_FAILURE(expect_sound(less, 50));
    ASSERT_NO_FATAL_FAILURE(expect_sound(more, 250));
    for (const Played* each : {&less, &more}) {
        expect_by_upload(*each, kPlanar, kNumberedBytes);
        EXPECT_EQ(each->outside.calls("eglCreateImage"), 0u);
        EXPECT_EQ(each->outside.calls("glEGLImageTargetTexture2DOES"), 0u);
    }
    EXPECT_EQ(more.outside.calls("glTexImage2D"), less.outside.calls("glTexImage2D"));
    EXPECT_EQ(more.outside.calls("glReadPixels"), less.outside.calls("glReadPixels"));
    EXPECT_EQ(more.outside.calls("ioctl"), less.outside.calls("ioctl"));
    expect_no_small_copies(less, more, kNumberedBytes);
}

/// A decoder that keeps its own memory: one copy a frame, and no image but the proof's.
void expect_one_copy_per_frame(const std::string& clip, uint64_t planes) {
    const Played one = play(clip, "--frames=1");
    const Played all = play(clip, "");
    ASSERT_NO_FATAL_FAILURE(expect_sound(one, 1));
    ASSERT_NO_FATAL_FAILURE(expect_sound(all, 50));
    EXPECT_EQ(all.path("storage"), "memory");
    expect_by_upload(one, planes, kClipBytes);
    expect_by_upload(all, planes, kClipBytes);
    EXPECT_EQ(all.images_created(), one.images_created());
    EXPECT_EQ(all.number("source", "copies"), 0u);
    expect_no_small_copies(one, all, kClipBytes);
}

TEST(Copies, RawVideoIsCopiedOnce) {
    expect_one_copy_per_frame(kClips + "raw_nv12.nut", 2);
}

TEST(Copies, Av1IsCopiedOnce) {
    const std::string clip = kClips + "av1.mp4";
    if (!std::filesystem::exists(clip)) VITRINE_MISSING("ffmpeg has no libaom-av1 to make av1.mp4");
    const Played played = play(clip, "--frames=1");
    ASSERT_NO_FATAL_FAILURE(expect_sound(played, 1));
    if (played.path("decoder") != "libdav1d") VITRINE_MISSING("FFmpeg has no libdav1d");
    expect_one_copy_per_frame(clip, kPlanar);
}

TEST(Copies, TenBitsAreImportedToo) {
    const std::string clip = kClips + "h264_10bit.mp4";
    if (!std::filesystem::exists(clip)) VITRINE_MISSING("ffmpeg has no libx264 of 10 bits");
    const Played less = play(clip, "--frames=1");
    const Played more = play(clip, "");
    ASSERT_NO_FATAL_FAILURE(expect_sound(less, 1));
    ASSERT_NO_FATAL_FAILURE(expect_sound(more, 50));
    for (const Played* each : {&less, &more}) {
        expect_by_import(*each);
        EXPECT_EQ(each->outside.bytes("glTexSubImage2D"), 2 * kClipBytes);
    }
    EXPECT_EQ(more.images_of_proofs(), less.images_of_proofs());
    expect_no_cost_per_frame(less, more);
    expect_no_small_copies(less, more, 2 * kClipBytes);
}

}  // namespace
}  // namespace vitrine
