// The bench with decoding in front: pictures of clips, by every way.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "app/bench.h"
#include "tests/app/lazy_uploads.h"
#include "tests/app/support.h"
#include "tests/player/lists.h"
#include "tests/support/make_clip.h"

namespace {

using namespace vitrine;
using vitrine::testing::ClipOptions;
using vitrine::testing::LoggedLines;
using vitrine::testing::make_clip;

constexpr const char* kNumbered = VITRINE_SOURCE_DIR "/assets/numbered.mp4";

BenchOptions of_file(std::string file, std::vector<std::string> methods = {}) {
    BenchOptions options;
    options.file = std::move(file);
    options.methods = std::move(methods);
    options.frames = 12;
    options.trials = 2;
    options.seed = 1;
    return options;
}

Result<BenchReport> measured_file(const BenchOptions& options,
                                  const FunctionFilters& filters = {}) {
    auto context = GlContext::make_offscreen(filters);
    if (!context) return Failure(context.error());
    auto output = make_offscreen_output(std::move(*context), kBenchTarget);
    if (!output) return Failure(output.error());
    const BenchMachine machine{std::move(*output), std::make_shared<RealKernel>()};
    auto report = run_bench(options, machine, {[](const std::string&) {}});
    const LiveObjects& live = machine.output->context().live();
    EXPECT_EQ(live.buffers + live.programs + live.images + live.fences, 0);
    EXPECT_EQ(live.textures, live.framebuffers);
    return report;
}

const BenchRow* row_of_method(const BenchReport& report, const std::string& method) {
    const auto found = std::find_if(report.rows.begin(), report.rows.end(),
                                    [&](const BenchRow& row) { return row.method == method; });
    return found == report.rows.end() ? nullptr : &*found;
}

void expect_decoded(const BenchRow& row) {
    SCOPED_TRACE(row.method);
    EXPECT_EQ(row.unsupported, "");
    ASSERT_TRUE(row.voided.empty()) << row.voided.front();
    EXPECT_EQ(row.trials, 2u);
    EXPECT_EQ(row.samples.frames, 24u);
    for (const auto* times : {&row.samples.decode, &row.samples.hand_over, &row.samples.frame})
        EXPECT_EQ(times->size(), 24u);
    EXPECT_TRUE(row.samples.write.empty());
}

double copies_of(const BenchRow& row) {
    return static_cast<double>(row.samples.copies) / static_cast<double>(row.samples.frames);
}

TEST(BenchOfAFile, HandsOverWhatWasDecodedByEveryWay) {
    const auto report = measured_file(of_file(kNumbered));
    ASSERT_TRUE(report) << report.error().text;
    ASSERT_TRUE(report->clip);
    EXPECT_EQ(report->clip->codec, "h264");
    EXPECT_EQ(report->clip->format, PixelFormat::yuv420p);
    for (const BenchRow& row : report->rows) {
        EXPECT_EQ(row.format, report->clip->format);
        EXPECT_EQ(row.size, report->clip->size);
        if (!row.unsupported.empty()) continue;
        expect_decoded(row);
        if (row.method == "draw-only") {
            EXPECT_EQ(row.samples.told_apart, 0u) << "its pixel is the first picture's for ever";
        } else {
            EXPECT_GT(row.samples.told_apart, 12u) << row.method;
        }
    }
    // One copy each, from where the decoder wrote; what it writes into straight is not copied.
    for (const char* method : {"pbo-orphan", "pbo-ring", "subimage-padded", "memcpy"}) {
        const BenchRow* row = row_of_method(*report, method);
        ASSERT_NE(row, nullptr);
        if (row->unsupported.empty()) {
            EXPECT_EQ(copies_of(*row), 1) << method;
        }
    }
    for (const char* method : {"draw-only", "pbo-direct", "dmabuf memfd", "dmabuf-cached memfd"}) {
        const BenchRow* row = row_of_method(*report, method);
        ASSERT_NE(row, nullptr);
        if (row->unsupported.empty()) {
            EXPECT_EQ(copies_of(*row), 0) << method;
        }
    }
    EXPECT_EQ(row_of_method(*report, "subimage-padded")->unsupported, "");
}

TEST(BenchOfAFile, TakesWhatDecodersGiveAndBeginsAgainAtTheEnd) {
    const test::TemporaryFolder folder;
    const std::string path = folder.file("clip.mkv");
    for (const AVPixelFormat format : {AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUV444P10, AV_PIX_FMT_GRAY8,
                                       AV_PIX_FMT_BGR0, AV_PIX_FMT_GBRP10, AV_PIX_FMT_BGRA}) {
        SCOPED_TRACE(av_get_pix_fmt_name(format));
        ClipOptions clip;
        clip.encoder = "ffv1";
        clip.format = format;
        clip.size = {101, 67};
        clip.frames = 5;
        make_clip(path, clip);
        const auto report =
            measured_file(of_file(path, {"teximage", "subimage", "subimage-padded", "pbo-ring",
                                         "pbo-direct", "dmabuf-cached", "memcpy"}));
        ASSERT_TRUE(report) << report.error().text;
        EXPECT_EQ(report->clip->size, clip.size);
        EXPECT_EQ(row_of_method(*report, "subimage-padded")->unsupported, "");
        for (const BenchRow& row : report->rows) {
            if (row.unsupported.empty()) expect_decoded(row);
        }
    }
}

TEST(BenchOfAFile, VoidsTheTrialOfADriverThatSkipsPictures) {
    for (const char* method : {"subimage-padded", "pbo-ring", "subimage-same"}) {
        const auto report =
            measured_file(of_file(kNumbered, {method}), {nullptr, test::LazyUploads::put_before});
        ASSERT_TRUE(report) << report.error().text;
        const BenchRow& row = report->rows.front();
        ASSERT_EQ(row.voided.size(), 2u) << method;
        EXPECT_TRUE(test::contains(row.voided.front(), "a pixel is ")) << row.voided.front();
    }
}

/// A driver that has no buffer for what a decoder writes, which is to be read too.
struct NoRoomToDecode {
    static inline PFNGLBUFFERSTORAGEEXTPROC real = nullptr;
    static void store(GLenum target, GLsizeiptr size, const void* data, GLbitfield flags) {
        real(target, (flags & GL_MAP_READ_BIT) != 0 ? 0 : size, data, flags);
    }
    static void put_before(GlFunctions& gl) {
        real = gl.BufferStorageEXT;
        if (real != nullptr) gl.BufferStorageEXT = store;
    }
};

TEST(BenchOfAFile, CopiesWhatFindsNoRoomWhereItIsToBeDecoded) {
    const LoggedLines log;
    const auto report =
        measured_file(of_file(kNumbered, {"pbo-direct"}), {nullptr, NoRoomToDecode::put_before});
    ASSERT_TRUE(report) << report.error().text;
    EXPECT_FALSE(report->any_voided());
    expect_decoded(report->rows.front());
    EXPECT_EQ(copies_of(report->rows.front()), 1);
    EXPECT_GT(log.count("pbo-direct: pictures are decoded into plain memory and copied: gl"), 0);
}

TEST(BenchOfAFile, SaysWhereAllPicturesLookAlike) {
    const test::TemporaryFolder folder;
    const std::string path = folder.file("still.mkv");
    ClipOptions clip;
    clip.encoder = "ffv1";
    clip.frames = 1;
    make_clip(path, clip);
    const auto report = measured_file(of_file(path, {"subimage"}));
    ASSERT_TRUE(report) << report.error().text;
    expect_decoded(report->rows.front());
    EXPECT_EQ(report->rows.front().samples.told_apart, 0u);
    const std::string text = bench_text(*report);
    EXPECT_TRUE(test::contains(text, "\ntold apart  0 of 24 pictures by the pixel")) << text;
}

/// A stream of 64x48 that goes on with pictures of another size. Its path.
std::string put_growing_clip(const test::TemporaryFolder& folder, Size then) {
    const std::string path = folder.file("both.m2v");
    ClipOptions clip;
    clip.encoder = "mpeg2video";
    clip.frames = 12;
    make_clip(path, clip);
    clip.size = then;
    make_clip(folder.file("other.m2v"), clip);
    std::ofstream(path, std::ios::app | std::ios::binary)
        << test::contents_of(folder.file("other.m2v"));
    return path;
}

TEST(BenchOfAFile, EndsARowWherePicturesBecomeOthers) {
    const test::TemporaryFolder folder;
    const auto report = measured_file(of_file(put_growing_clip(folder, {96, 64}), {"subimage"}));
    ASSERT_TRUE(report) << report.error().text;
    EXPECT_EQ(report->rows.front().unsupported,
              "the file goes on with yuv420p 96x64, and began with yuv420p 64x48");
}

TEST(ProgramBenchOfAFile, SaysWhyItCannotBeMeasured) {
    const auto ran = [](const std::string& file) {
        return test::run_program(VITRINE_PROGRAM " bench --trials=1 --frames=1 --file=" + file);
    };
    const auto missing = ran("/nonexistent.mp4");
    EXPECT_EQ(WEXITSTATUS(missing.status), 3);
    EXPECT_EQ(missing.output,
              "vitrine: error: /nonexistent.mp4: cannot be opened: No such file or directory\n");
    const auto text = ran(VITRINE_SOURCE_DIR "/README.md");
    EXPECT_EQ(WEXITSTATUS(text.status), 3);
    EXPECT_TRUE(test::contains(text.output, "not a media file")) << text.output;
    const test::TemporaryFolder folder;
    ClipOptions sound;
    sound.video = false;
    sound.with_audio = true;
    make_clip(folder.file("sound.mkv"), sound);
    const auto silent = ran(folder.file("sound.mkv"));
    EXPECT_EQ(WEXITSTATUS(silent.status), 3);
    EXPECT_TRUE(test::contains(silent.output, "no video in it")) << silent.output;
    const auto piped = ran("-");
    EXPECT_EQ(WEXITSTATUS(piped.status), 2);
    EXPECT_TRUE(test::contains(piped.output, "bench plays its file several times")) << piped.output;
}

TEST(ProgramBenchOfAFile, SaysOnceWhyACopyIsMade) {
    const test::TemporaryFolder folder;
    const std::string path = folder.file("clip.mkv");
    ClipOptions clip;
    clip.encoder = "ffv1";
    clip.format = AV_PIX_FMT_YUV420P16;
    make_clip(path, clip);
    const auto ran = test::run_program(
        VITRINE_PROGRAM " bench --trials=3 --frames=2 --methods=memcpy --csv --file=" + path +
        " 2>&1 >/dev/null");
    EXPECT_EQ(ran.status, 0);
    EXPECT_TRUE(ran.output.starts_with("vitrine: warning: ")) << ran.output;
    EXPECT_TRUE(ran.output.ends_with(" by the CPU\n")) << ran.output;
    EXPECT_EQ(std::count(ran.output.begin(), ran.output.end(), '\n'), 1) << ran.output;
}

TEST(ProgramBenchOfAFile, SaysWhatIsDecodedIntoPlainMemory) {
    const test::TemporaryFolder folder;
    const auto ran = test::run_program(
        VITRINE_PROGRAM " bench --trials=1 --frames=12 --methods=pbo-direct --csv --file=" +
        put_growing_clip(folder, {1280, 720}) + " 2>&1 >/dev/null");
    EXPECT_EQ(ran.status, 0);
    EXPECT_TRUE(test::contains(ran.output,
                               "some frames are decoded into plain memory and must be "
                               "copied to the GPU: "))
        << ran.output;
}

TEST(ProgramBenchOfAFile, ComparesWithTheSameFile) {
    const test::TemporaryFolder folder;
    const std::string path = folder.file("old.json");
    const std::string bench = std::string(VITRINE_PROGRAM " bench --trials=1 --frames=4 ") +
                              "--methods=subimage-padded --file=" + kNumbered;
    auto ran = test::run_program(bench + " --json >" + path);
    ASSERT_EQ(ran.status, 0) << ran.output;
    ran = test::run_program(bench + " --baseline=" + path + " '--fail-if=decode.p50>10000%'");
    EXPECT_TRUE(test::contains(ran.output, "\ndecode.p50, microseconds ")) << ran.output;
    EXPECT_TRUE(test::contains(ran.output, "\n1 row compared")) << ran.output;
    EXPECT_FALSE(test::contains(ran.output, "another machine")) << ran.output;
}

}  // namespace
