// The bench with GL as it is, and with drivers that do not do what they are asked for.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <regex>

#include "app/bench.h"
#include "tests/app/lazy_uploads.h"
#include "tests/app/support.h"
#include "tests/support/failing_kernel.h"
#include "tests/support/missing.h"

namespace {

using namespace vitrine;

BenchOptions small(std::vector<std::string> methods) {
    BenchOptions options;
    options.methods = std::move(methods);
    options.sizes = {{128, 72}};
    options.frames = 12;
    options.trials = 2;
    options.seed = 1;
    return options;
}

/// What trials may leave in GL: nothing but the framebuffers of the output.
void expect_nothing_left(const LiveObjects& live) {
    EXPECT_EQ(live.buffers, 0);
    EXPECT_EQ(live.programs, 0);
    EXPECT_EQ(live.images, 0);
    EXPECT_EQ(live.fences, 0);
    EXPECT_EQ(live.textures, live.framebuffers);
}

Result<BenchReport> measured(const BenchOptions& options, const FunctionFilters& filters = {},
                             std::vector<std::string>* told = nullptr,
                             std::shared_ptr<Kernel> kernel = std::make_shared<RealKernel>()) {
    auto context = GlContext::make_offscreen(filters);
    if (!context) return Failure(context.error());
    auto output = make_offscreen_output(std::move(*context), kBenchTarget);
    if (!output) return Failure(output.error());
    const BenchMachine machine{std::move(*output), std::move(kernel)};
    auto report = run_bench(options, machine, {[&](const std::string& text) {
                                if (told != nullptr) told->push_back(text);
                            }});
    expect_nothing_left(machine.output->context().live());
    return report;
}

/// The rows of a method, with whatever memory.
std::vector<const BenchRow*> rows_of(const BenchReport& report, std::string_view method) {
    std::vector<const BenchRow*> out;
    for (const BenchRow& row : report.rows) {
        if (row.method == method || row.method.starts_with(std::string(method) + " "))
            out.push_back(&row);
    }
    return out;
}

void expect_measured(const BenchRow& row, uint64_t frames) {
    SCOPED_TRACE(row.method);
    EXPECT_EQ(row.unsupported, "");
    ASSERT_TRUE(row.voided.empty()) << row.voided.front();
    EXPECT_EQ(row.trials, 2u);
    const TrialSamples& samples = row.samples;
    EXPECT_EQ(samples.frames, frames);
    for (const auto* each : {&samples.write, &samples.hand_over, &samples.frame, &samples.cpu})
        EXPECT_EQ(each->size(), frames);
    EXPECT_GT(samples.wall, Nanos{0});
    for (size_t i = 0; i < samples.frame.size(); ++i)
        EXPECT_LE(samples.hand_over[i], samples.frame[i]);
    EXPECT_EQ(samples.gpu.empty(), row.method == "memcpy");
}

TEST(Bench, MeasuresEveryWayThatThereIs) {
    const auto report = measured(small({}));
    ASSERT_TRUE(report) << report.error().text;
    EXPECT_FALSE(report->any_voided());
    for (const TransferRow& way : transfer_rows()) {
        const auto rows = rows_of(*report, way.name);
        ASSERT_FALSE(rows.empty()) << way.name;
        for (const BenchRow* row : rows) {
            if (row->unsupported.empty()) expect_measured(*row, 24);
        }
    }
    // What every GL ES 3 has.
    for (const char* name : {"draw-only", "teximage", "subimage", "subimage-padded", "pbo-orphan",
                             "pbo-ring", "memcpy"}) {
        const auto rows = rows_of(*report, name);
        ASSERT_EQ(rows.size(), 1u);
        EXPECT_EQ(rows.front()->unsupported, "") << name;
    }
    const std::string text = bench_text(*report);
    EXPECT_NE(text.find("\nsubimage-padded "), std::string::npos) << text;
}

TEST(Bench, MeasuresEachFormatAndSize) {
    BenchOptions options = small({"subimage", "memcpy"});
    options.formats = {PixelFormat::yuv420p, PixelFormat::rgba, PixelFormat::p010};
    options.sizes = {{64, 64}, {130, 74}};
    const auto report = measured(options);
    ASSERT_TRUE(report) << report.error().text;
    ASSERT_EQ(report->rows.size(), 12u);
    for (const BenchRow& row : report->rows) {
        if (row.unsupported.empty()) expect_measured(row, 24);
    }
    EXPECT_EQ(report->rows.front().format, PixelFormat::yuv420p);
    EXPECT_EQ(report->rows.back().size, (Size{130, 74}));
}

TEST(Bench, TakesTurnsInTheOrderOfTheSeed) {
    std::vector<std::string> told;
    std::vector<std::string> again;
    std::vector<std::string> other;
    BenchOptions options = small({"draw-only", "subimage", "memcpy", "teximage", "pbo-ring"});
    options.frames = 1;
    ASSERT_TRUE(measured(options, {}, &told));
    ASSERT_TRUE(measured(options, {}, &again));
    options.seed = 2;
    ASSERT_TRUE(measured(options, {}, &other));
    EXPECT_EQ(told.size(), 10u);
    EXPECT_EQ(told, again);
    EXPECT_NE(told, other);
    EXPECT_TRUE(told.back().starts_with("trial 10 of 10: ")) << told.back();
}

TEST(Bench, VoidsTheTrialOfADriverThatSkipsUploads) {
    const auto report = measured(small({"subimage"}), {nullptr, test::LazyUploads::put_before});
    ASSERT_TRUE(report) << report.error().text;
    EXPECT_TRUE(report->any_voided());
    const BenchRow& row = report->rows.front();
    EXPECT_EQ(row.trials, 0u);
    ASSERT_EQ(row.voided.size(), 2u);
    EXPECT_NE(row.voided.front().find("a pixel is"), std::string::npos) << row.voided.front();
    EXPECT_EQ(row.samples.frames, 0u);
    const std::string text = bench_text(*report);
    EXPECT_NE(text.find("subimage, 2 trials: picture "), std::string::npos) << text;
}

/// A driver that draws nothing from some time on.
struct Blind {
    static inline int draws = 0;
    static inline PFNGLDRAWARRAYSPROC real = nullptr;
    static void draw(GLenum mode, GLint first, GLsizei count) {
        if (++draws > 15) return;
        real(mode, first, count);
    }
    static void put_before(GlFunctions& gl) {
        draws = 0;
        real = gl.DrawArrays;
        gl.DrawArrays = draw;
    }
};

TEST(Bench, VoidsTheTrialOfADriverThatSkipsDraws) {
    const auto report = measured(small({"pbo-ring"}), {nullptr, Blind::put_before});
    ASSERT_TRUE(report) << report.error().text;
    EXPECT_EQ(report->rows.front().voided.size(), 2u);
}

/// A driver that gives a wrong pixel the first time it is asked for one.
struct WrongOnce {
    static inline bool was_wrong = false;
    static inline PFNGLREADPIXELSPROC real = nullptr;
    static void read(GLint x, GLint y, GLsizei width, GLsizei height, GLenum format, GLenum type,
                     void* pixels) {
        real(x, y, width, height, format, type, pixels);
        if (width != 1 || was_wrong) return;
        was_wrong = true;
        *static_cast<uint8_t*>(pixels) ^= 0x80;
    }
    static void put_before(GlFunctions& gl) {
        was_wrong = false;
        real = gl.ReadPixels;
        gl.ReadPixels = read;
    }
};

TEST(Bench, MeasuresThroughTheApiWhereItsCallsCannotBe) {
    BenchOptions options = small({});
    options.via = BenchVia::api;
    const auto report = measured(options, {nullptr, WrongOnce::put_before});
    ASSERT_TRUE(report) << report.error().text;
    EXPECT_TRUE(report->calls.empty());
    EXPECT_TRUE(test::contains(report->calls_voided, "picture 0: a pixel is "))
        << report->calls_voided;
    EXPECT_TRUE(report->any_voided());
    const auto rows = rows_of(*report, "api upload");
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows.front()->trials, 2u);
}

TEST(Bench, SaysWhatGlDoesNotHave) {
    const auto report =
        measured(small({"pbo-direct", "pbo-ring", "subimage"}), {nullptr, [](GlFunctions& gl) {
                                                                     gl.BufferStorageEXT = nullptr;
                                                                     gl.MapBufferRange = nullptr;
                                                                 }});
    ASSERT_TRUE(report) << report.error().text;
    EXPECT_FALSE(report->any_voided());
    EXPECT_NE(rows_of(*report, "pbo-ring").front()->unsupported, "");
    EXPECT_NE(rows_of(*report, "pbo-direct").front()->unsupported, "");
    EXPECT_EQ(rows_of(*report, "subimage").front()->unsupported, "");
}

TEST(Bench, VoidsTrialsOfBuffersThatCannotBeMapped) {
    const auto refused = [](const FunctionFilters& filters, const std::string& method) {
        const auto report = measured(small({method}), filters);
        if (!report) return report.error().text;
        const BenchRow& row = report->rows.front();
        return row.voided.empty() ? row.unsupported + "not void" : row.voided.front();
    };
    const FunctionFilters no_mapping = {nullptr, [](GlFunctions& gl) {
                                            gl.MapBufferRange = [](GLenum, GLintptr, GLsizeiptr,
                                                                   GLbitfield) -> void* {
                                                return nullptr;
                                            };
                                        }};
    const FunctionFilters lost = {nullptr, [](GlFunctions& gl) {
                                      gl.UnmapBuffer = [](GLenum) -> GLboolean { return GL_FALSE; };
                                  }};
    for (const char* method : {"pbo-orphan", "pbo-ring"}) {
        EXPECT_EQ(refused(no_mapping, method), "glMapBufferRange gives nothing");
        EXPECT_EQ(refused(lost, method), "glUnmapBuffer: what was written is lost");
    }
    EXPECT_EQ(refused(no_mapping, "pbo-direct"), "glMapBufferRange gives nothing");
}

class BenchMemory : public ::testing::Test {
  protected:
    void SetUp() override {
        const auto context = GlContext::make_offscreen();
        ASSERT_TRUE(context) << context.error().text;
        if (!(*context)->facts().has_dma_buf_import)
            VITRINE_MISSING((*context)->facts().import_refusal());
    }
};

TEST_F(BenchMemory, IsOfEachAllocatorAndBracketed) {
    const auto kernel = std::make_shared<vitrine::testing::DeviceKernel>();
    const auto report = measured(small({"dmabuf", "dmabuf-cached"}), {}, nullptr, kernel);
    ASSERT_TRUE(report) << report.error().text;
    std::vector<std::string> names;
    for (const BenchRow& row : report->rows) {
        names.push_back(row.method);
        expect_measured(row, 24);
        EXPECT_EQ(row.samples.copies + row.samples.device_copies, 0u);
    }
    std::vector<std::string> wanted;
    for (const std::string method : {"dmabuf", "dmabuf-cached"}) {
        for (const char* memory :
             {"dma-heap:system", "dma-heap:linux,cma", "dma-heap:other", "udmabuf", "memfd"})
            wanted.push_back(method + " " + memory);
    }
    EXPECT_EQ(names, wanted);
    EXPECT_EQ(kernel->bracket_faults, 0);
    EXPECT_EQ(kernel->starts, kernel->ends);
    // But of memfds, of each row two trials: 10 pictures first, 12 measured, 5 alone.
    EXPECT_EQ(kernel->starts, 8 * 2 * 27);
}

TEST_F(BenchMemory, SurvivesCallsThatFail) {
    const auto before = vitrine::testing::holdings();
    BenchOptions options = small({"dmabuf-cached"});
    options.frames = 1;
    options.trials = 1;
    int failed = 0;
    for (int passes = 0;; passes += 13) {
        vitrine::testing::DeviceKernel devices;
        const auto kernel =
            std::make_shared<vitrine::testing::FailingKernel>(devices, passes, ENOMEM);
        const auto report = measured(options, {}, nullptr, kernel);
        ASSERT_TRUE(report) << report.error().text;
        for (const BenchRow& row : report->rows)
            EXPECT_EQ(row.trials + row.voided.size() + (row.unsupported.empty() ? 0 : 1), 1u);
        if (!kernel->failed()) break;
        ++failed;
    }
    EXPECT_EQ(vitrine::testing::holdings(), before);
    EXPECT_GT(failed, 10);
    std::printf("%d calls failed\n", failed);
}

TEST(Bench, EndsATrialWhenItsTimeIsUp) {
    BenchOptions options = small({"draw-only"});
    options.frames.reset();
    options.duration = Nanos{1};
    const auto report = measured(options);
    ASSERT_TRUE(report) << report.error().text;
    EXPECT_EQ(report->rows.front().samples.frames, 2u);  // one a trial
}

TEST(ProgramBench, PrintsItsTable) {
    const auto ran = test::run_program(VITRINE_PROGRAM
                                       " bench --methods=memcpy,subimage --sizes=64x64 --frames=2"
                                       " --trials=1 --seed=5");
    EXPECT_EQ(ran.status, 0) << ran.output;
    EXPECT_TRUE(ran.output.starts_with("machine ")) << ran.output;
    EXPECT_TRUE(test::contains(ran.output, "seed 5\n")) << ran.output;
    EXPECT_TRUE(test::contains(ran.output, "nv12 64x64, 6.0 KiB a picture\n")) << ran.output;
}

TEST(ProgramBench, ListsTheFormatsThatItTakes) {
    const auto ran = test::run_program(VITRINE_PROGRAM " bench --formats=help 2>&1");
    EXPECT_EQ(ran.status, 0) << ran.output;
    EXPECT_TRUE(ran.output.starts_with("--formats: formats of the pictures\n")) << ran.output;
    for (const char* line : {"  nv12            4:2:0 of 8 bits in 2 planes (default)\n",
                             "  gbrap           RGB and alpha of 8 bits in 4 planes\n",
                             "  yuv410p         4:1:0 of 8 bits in 3 planes\n",
                             "  gray12          gray of 12 bits in 1 plane\n"})
        EXPECT_TRUE(test::contains(ran.output, line)) << line << "\n" << ran.output;
}

constexpr const char* kSmallBench = VITRINE_PROGRAM
    " bench --methods=memcpy,subimage --sizes=64x64 --frames=4 --trials=1 --seed=5 ";

/// A report of this machine whose times are all this many nanoseconds.
void put_baseline(const std::string& path, int64_t nanos) {
    const auto ran = test::run_program(fmt::format("{} --json >'{}'", kSmallBench, path));
    ASSERT_EQ(ran.status, 0) << ran.output;
    const std::regex time("(\"(p[0-9]+|max|mean)_ns\": )[0-9]+");
    const std::string text =
        std::regex_replace(test::contents_of(path), time, fmt::format("$01{}", nanos));
    std::ofstream(path) << text;
}

int status_of(const std::string& arguments, std::string* output = nullptr) {
    const auto ran = test::run_program(kSmallBench + arguments);
    if (output != nullptr) *output = ran.output;
    return WEXITSTATUS(ran.status);
}

TEST(ProgramBench, EndsWithEightWhereItIsSlowerThanItWas) {
    const test::TemporaryFolder folder;
    const std::string quick = folder.file("quick.json");
    const std::string slow = folder.file("slow.json");
    put_baseline(quick, 1);
    put_baseline(slow, int64_t{3600} * 1000000000);
    std::string output;
    EXPECT_EQ(status_of("--baseline=" + quick + " '--fail-if=p50>10%'", &output), 8) << output;
    EXPECT_TRUE(test::contains(output, "\nCompared with " + quick + "\n\nframe.p50, ")) << output;
    EXPECT_FALSE(test::contains(output, "another machine")) << output;
    EXPECT_EQ(status_of("--baseline=" + slow + " '--fail-if=p50>10%'", &output), 0) << output;
    EXPECT_TRUE(test::contains(output, "0 slower, 2 faster\n")) << output;
    EXPECT_EQ(status_of("--baseline=" + quick), 0);
    // Of four pictures there is none in a thousand: a limit that is no limit is an error.
    EXPECT_EQ(status_of("--baseline=" + quick + " '--fail-if=p999>10%'", &output), 1) << output;
    EXPECT_TRUE(test::contains(output, "nothing to compare with frame.p999")) << output;
}

TEST(ProgramBench, SaysWhyItCannotCompareBeforeItMeasures) {
    const test::TemporaryFolder folder;
    const std::string path = folder.file("old.json");
    std::ofstream(path) << "{}";
    std::string output;
    EXPECT_EQ(status_of("--baseline=" + path, &output), 2);
    EXPECT_EQ(output, "vitrine: error: " + path + ": this is no report of vitrine bench\n");
}

TEST(ProgramBench, ComparesBesideWhatAProgramReads) {
    const test::TemporaryFolder folder;
    const std::string path = folder.file("old.json");
    put_baseline(path, 1);
    const std::string text = test::contents_of(path);
    std::ofstream(path) << std::regex_replace(text, std::regex("\"gl_renderer\": \""), "$&Not ");
    std::string output;
    EXPECT_EQ(status_of("--json '--fail-if=p50>10%' 2>&1 >/dev/null --baseline=" + path, &output),
              8);
    EXPECT_TRUE(output.starts_with("vitrine: warning: " + path +
                                   " is of another machine or clip: GL renderer is "))
        << output;
    EXPECT_TRUE(test::contains(output, "\nCompared with " + path + "\n")) << output;
    EXPECT_EQ(status_of("--json 2>/dev/null --baseline=" + path, &output), 0);
    EXPECT_TRUE(output.starts_with("{") && output.ends_with("\n}\n")) << output;
}

TEST(ProgramBench, WritesAPage) {
    const test::TemporaryFolder folder;
    const std::string path = folder.file("page.html");
    std::string output;
    EXPECT_EQ(status_of("--html=" + path, &output), 0) << output;
    EXPECT_TRUE(output.starts_with("machine ")) << output;
    const std::string page = test::contents_of(path);
    EXPECT_TRUE(page.starts_with("<!DOCTYPE html>\n")) << page;
    EXPECT_TRUE(test::contains(page, "<tr><th>subimage</th>")) << page;
    EXPECT_TRUE(page.ends_with("</html>\n")) << page;
    EXPECT_EQ(status_of("--html=-", &output), 0) << output;
    EXPECT_TRUE(output.starts_with("<!DOCTYPE html>\n") && output.ends_with("</html>\n")) << output;
    // Said before anything is measured.
    EXPECT_EQ(status_of("--html=/nonexistent/page.html", &output), 1);
    EXPECT_EQ(output,
              "vitrine: error: cannot write /nonexistent/page.html: No such file or directory\n");
    EXPECT_EQ(status_of("--html=/dev/full", &output), 1) << output;
    EXPECT_TRUE(test::contains(output, "cannot write /dev/full: No space left on device"))
        << output;
}

}  // namespace
