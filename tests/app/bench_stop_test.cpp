// A bench that is stopped: what was measured until then is told.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "app/bench.h"
#include "app/bench_baseline.h"
#include "core/counted.h"
#include "tests/app/support.h"

namespace {

using namespace vitrine;

constexpr int kNever = 1000000;

struct Stopped {
    BenchReport report;
    LiveObjects live;
    int asked = 0;  // how often, whether to stop
};

/// Of two ways, and one that is none without an NVIDIA GPU, two trials each; stopped when it has
/// asked more often whether to.
Stopped stopped_at(BenchVia via, int most) {
    Stopped out;
    auto context = GlContext::make_offscreen();
    EXPECT_TRUE(context) << context.error().text;
    auto output = make_offscreen_output(std::move(*context), kBenchTarget);
    EXPECT_TRUE(output) << output.error().text;
    const BenchMachine machine{std::move(*output), std::make_shared<RealKernel>()};
    BenchOptions options;
    options.via = via;
    options.methods = {"subimage", "cuda", "pbo-orphan"};
    options.sizes = {kSmallestBench};
    options.frames = 4;
    options.trials = 2;
    options.seed = 1;
    auto report = run_bench(options, machine,
                            {[](const std::string&) {}, [&] { return ++out.asked > most; }});
    EXPECT_TRUE(report) << report.error().text;
    if (report) out.report = std::move(*report);
    out.live = machine.output->context().live();
    return out;
}

uint64_t trials_of(const BenchReport& report) {
    uint64_t all = 0;
    for (const BenchRow& row : report.rows) {
        EXPECT_EQ(row.samples.frames, row.trials * 4) << "of trials that ended";
        all += row.trials;
    }
    return all;
}

TEST(BenchStop, KeepsTheTrialsBefore) {
    const Stopped whole = stopped_at(BenchVia::gl, kNever);
    EXPECT_EQ(whole.report.stopped, "");
    std::set<uint64_t> kept;
    for (int most = 0; most < whole.asked; most += 7) {
        const Stopped stopped = stopped_at(BenchVia::gl, most);
        const uint64_t trials = trials_of(stopped.report);
        kept.insert(trials);
        EXPECT_EQ(stopped.asked, most + 1) << "it goes on";
        EXPECT_EQ(stopped.report.stopped, "after " + counted(trials, "trial"));
        EXPECT_FALSE(stopped.report.any_voided());
        EXPECT_EQ(stopped.report.rows.size(), 3u);
        EXPECT_EQ(stopped.live.textures, stopped.live.framebuffers);
        EXPECT_EQ(stopped.live.buffers + stopped.live.fences + stopped.live.images, 0);
    }
    EXPECT_EQ(kept.size(), trials_of(whole.report)) << "each number of trials but all";
}

TEST(BenchStop, KeepsTheTrialsOfLibvitrineBefore) {
    const Stopped whole = stopped_at(BenchVia::api, kNever);
    const Stopped late = stopped_at(BenchVia::api, whole.asked - 2);
    // By the program, and by libvitrine.
    const uint64_t trials = trials_of(late.report) / 2;
    EXPECT_GT(trials, 0u);
    EXPECT_EQ(late.report.stopped, "after " + counted(trials, "trial"));
    EXPECT_FALSE(late.report.calls.empty());
    const Stopped at_once = stopped_at(BenchVia::api, 0);
    EXPECT_EQ(at_once.report.stopped, "after 0 trials");
    EXPECT_EQ(at_once.report.calls_unsupported, "the bench was stopped");
    EXPECT_EQ(trials_of(at_once.report), 0u);
}

/// Where one way has been measured, and another has not.
BenchReport stopped_after_one() {
    for (int most = 0; most < 500; most += 7) {
        BenchReport report = stopped_at(BenchVia::gl, most).report;
        if (trials_of(report) == 1) return report;
    }
    return {};
}

TEST(BenchStop, IsToldInEachReport) {
    const BenchReport report = stopped_after_one();
    const std::string text = bench_text(report);
    EXPECT_TRUE(test::contains(text, "\nstopped    after 1 trial\n")) << text;
    std::vector<std::string> missing;
    for (const BenchRow& row : report.rows) {
        if (row.trials == 0 && row.unsupported.empty()) missing.push_back(row.method);
    }
    EXPECT_FALSE(missing.empty());
    EXPECT_TRUE(test::contains(text, fmt::format("\nnot measured  {}\n", fmt::join(missing, ", "))))
        << text;
    const std::string page = bench_html(report);
    EXPECT_TRUE(test::contains(page, "<dt>stopped</dt><dd>after 1 trial</dd>")) << page;
    EXPECT_TRUE(test::contains(page, "not measured")) << page;
    const auto json = nlohmann::json::parse(bench_json(report));
    EXPECT_EQ(json["stopped"], "after 1 trial");
    EXPECT_EQ(parse_baseline(bench_json(report))->stopped, "after 1 trial");
}

/// Once it is ready to, which its mask of signals tells: the second bit is of SIGINT.
TEST(ProgramBench, EndsOfASignalWithItsReport) {
    const test::TemporaryFolder folder;
    const auto ran = test::run_program(
        VITRINE_PROGRAM
        " bench --methods=subimage --sizes=64x64 --frames=100000 --trials=100 --json >" +
        folder.file("json") + " 2>" + folder.file("log") +
        " & pid=$!; for i in $(seq 300); do "
        "grep -q '^SigCgt.*[2367abef]$' /proc/$pid/status && break; sleep 0.1; done; "
        "kill -INT $pid; wait $pid; echo \"[$?]\"");
    EXPECT_EQ(ran.output, "[130]\n");
    const auto json = nlohmann::json::parse(test::contents_of(folder.file("json")));
    const std::string stopped = json["stopped"];
    EXPECT_TRUE(stopped.starts_with("after ")) << stopped;
    EXPECT_EQ(test::contents_of(folder.file("log")),
              "vitrine: warning: stopped " + stopped + ": the report is of those alone\n");
}

}  // namespace
