// A bench that is stopped: what was measured until then is told.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/bench.h"
#include "tests/app/support.h"

namespace {

using namespace vitrine;

struct Stopped {
    BenchReport report;
    LiveObjects live;
    int asked = 0;  // how often, whether to stop
};

/// Of two ways, two trials each; stopped when it has asked so often whether to.
Stopped stopped_at(BenchVia via, int most) {
    Stopped out;
    auto context = GlContext::make_offscreen();
    EXPECT_TRUE(context) << context.error().text;
    auto output = make_offscreen_output(std::move(*context), kBenchTarget);
    EXPECT_TRUE(output) << output.error().text;
    const BenchMachine machine{std::move(*output), std::make_shared<RealKernel>()};
    BenchOptions options;
    options.via = via;
    options.methods = {"subimage", "pbo-orphan"};
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
    const int all = stopped_at(BenchVia::gl, 1000).asked;
    for (int most = 0; most < all; most += 3) {
        const Stopped stopped = stopped_at(BenchVia::gl, most);
        EXPECT_EQ(stopped.asked, most + 1) << "it goes on";
        EXPECT_EQ(stopped.report.stopped,
                  fmt::format("after {} of 4 trials", trials_of(stopped.report)));
        EXPECT_FALSE(stopped.report.any_voided());
        EXPECT_EQ(stopped.report.rows.size(), 2u);
        EXPECT_EQ(stopped.live.textures, stopped.live.framebuffers);
        EXPECT_EQ(stopped.live.buffers + stopped.live.fences + stopped.live.images, 0);
    }
    EXPECT_EQ(trials_of(stopped_at(BenchVia::gl, all * 3 / 4).report), 2u + 1u);
    EXPECT_EQ(stopped_at(BenchVia::gl, all).report.stopped, "") << "all were done";
}

TEST(BenchStop, KeepsTheTrialsOfLibvitrineBefore) {
    // Pictures asked of a trial: ten that come first, and four.
    const Stopped stopped = stopped_at(BenchVia::api, 14 + 5);
    EXPECT_EQ(stopped.asked, 14 + 5 + 1);
    EXPECT_TRUE(stopped.report.stopped.starts_with("after ")) << stopped.report.stopped;
    EXPECT_FALSE(stopped.report.calls.empty());
    EXPECT_LE(trials_of(stopped.report), 2u) << "by the program, and by libvitrine";
}

TEST(BenchStop, IsToldInTheTableAndTheJson) {
    const BenchReport report = stopped_at(BenchVia::gl, 0).report;
    const std::string text = bench_text(report);
    EXPECT_TRUE(test::contains(text, "\nstopped    after 0 of 4 trials\n")) << text;
    EXPECT_TRUE(test::contains(text, "\nnot tried  subimage, pbo-orphan\n")) << text;
    const auto json = nlohmann::json::parse(bench_json(report));
    EXPECT_EQ(json["stopped"], "after 0 of 4 trials");
    EXPECT_EQ(json["rows"][0]["trials"], 0);
    EXPECT_EQ(json["rows"][0]["unsupported"], "");
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
    EXPECT_TRUE(stopped.ends_with(" of 100 trials")) << stopped;
    EXPECT_EQ(test::contents_of(folder.file("log")),
              "vitrine: warning: stopped " + stopped + ": the report is of those alone\n");
}

}  // namespace
