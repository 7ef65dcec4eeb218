// Reports of bench that are read back and compared, whoever wrote them.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "app/bench_baseline.h"
#include "tests/app/bench_sample.h"
#include "tests/app/support.h"

namespace {

using namespace vitrine;
using Json = nlohmann::json;
using test::contains;
using test::row_of_times;
using test::sample_report;

BenchBaseline baseline_of(const BenchReport& report) {
    const auto read = parse_baseline(bench_json(report));
    EXPECT_TRUE(read) << read.error().text;
    return read ? *read : BenchBaseline{};
}

BenchReport report_of(std::vector<BenchRow> rows) {
    BenchReport report = sample_report();
    report.rows = std::move(rows);
    return report;
}

BenchComparison compared(const BenchReport& old, const BenchReport& now, std::string_view limits) {
    const auto parsed = parse_limits(limits);
    EXPECT_TRUE(parsed) << parsed.error().text;
    return compare(baseline_of(old), baseline_of(now), *parsed);
}

std::string refusal_of_limits(std::string_view text) {
    const auto limits = parse_limits(text);
    return limits ? "taken" : limits.error().text;
}

TEST(BenchLimits, AreOfTheFrameUnlessTheySayOtherwise) {
    const auto limits = parse_limits("p95>10%,frame.max>0%,gpu.p999>0.5%");
    ASSERT_TRUE(limits) << limits.error().text;
    ASSERT_EQ(limits->size(), 3u);
    EXPECT_EQ((*limits)[0].metric, "frame.p95");
    EXPECT_EQ((*limits)[0].percent, 10);
    EXPECT_EQ((*limits)[1].metric, "frame.max");
    EXPECT_EQ((*limits)[1].percent, 0);
    EXPECT_EQ((*limits)[2].metric, "gpu.p999");
    EXPECT_EQ((*limits)[2].percent, 0.5);
}

TEST(BenchLimits, AreRefusedWithWhatThereIs) {
    EXPECT_EQ(refusal_of_limits("p96>1%"),
              "no time is called p96; there are p50, p90, p95, p99, p999, max, mean of the frame, "
              "and with one of decode, write, hand_over, frame, whole, cpu, gpu and a dot before "
              "it those "
              "of that");
    EXPECT_TRUE(contains(refusal_of_limits("draw.p50>1%"), "no time is called draw.p50; "));
    EXPECT_TRUE(contains(refusal_of_limits("frame.frame.p50>1%"), "no time is called "));
    for (const char* text : {"", "p95", "p95>10", "p95<10%", "p95>10%,", "10%"})
        EXPECT_TRUE(contains(refusal_of_limits(text), "is not of the kind of p95>10%")) << text;
    for (const char* text : {"p95>%", "p95>-1%", "p95>1e3%", "p95>10001%", "p95>nan%", "p95> 1%"})
        EXPECT_TRUE(contains(refusal_of_limits(text), "expected a number from 0 to 10000")) << text;
}

TEST(BenchBaseline, HoldsWhatWasMeasured) {
    const BenchBaseline read = baseline_of(sample_report());
    ASSERT_EQ(read.rows.size(), 2u);
    EXPECT_EQ(read.rows[0].name, "nv12 100x80 subimage");
    EXPECT_EQ(read.rows[0].times.at("hand_over.p50"), std::chrono::microseconds(5));
    EXPECT_EQ(read.rows[0].times.at("frame.p90"), std::chrono::microseconds(18));
    EXPECT_EQ(read.rows[0].times.at("hand_over.mean"), Nanos(5500));
    EXPECT_EQ(read.rows[0].times.count("frame.p95"), 0u) << "ten values have none";
    EXPECT_EQ(read.rows[0].times.count("gpu.p50"), 0u) << "nor has one a median";
    EXPECT_EQ(read.rows[0].times.at("gpu.max"), std::chrono::microseconds(70));
}

TEST(BenchComparison, NamesWhatIsSlowerThanTheLimit) {
    // Of 10 values p50 is the fifth.
    const BenchReport old = report_of({row_of_times("a", 1, std::vector<int>(10, 100)),
                                       row_of_times("b", 1, std::vector<int>(10, 100)),
                                       row_of_times("c", 1, std::vector<int>(10, 100))});
    const BenchReport now = report_of({row_of_times("a", 1, std::vector<int>(10, 110)),
                                       row_of_times("b", 1, std::vector<int>(10, 111)),
                                       row_of_times("c", 1, std::vector<int>(10, 50))});
    const BenchComparison comparison = compared(old, now, "p50>10%");
    EXPECT_TRUE(comparison.any_worse);
    EXPECT_TRUE(comparison.uncompared.empty());
    EXPECT_TRUE(comparison.other.empty());
    EXPECT_EQ(comparison.text,
              "\nframe.p50, microseconds              old        new     change\n"
              "nv12 100x80 b                      200.0      222.0    +11.0 %\n"
              "nv12 100x80 c                      200.0      100.0    -50.0 %\n"
              "3 rows compared; by more than 10 %: 1 slower, 1 faster\n");
    EXPECT_FALSE(compared(old, now, "p50>11.5%").any_worse);
    EXPECT_TRUE(compared(old, now, "p50>11.5%,hand_over.mean>5%").any_worse);
    EXPECT_FALSE(compared(now, now, "p50>0%,max>0%,hand_over.p90>0%,cpu.p50>0%").any_worse);
}

/// Such rows have no hand-over, and others no whole.
TEST(BenchComparison, IsOfThePictureUntilTheGpuHasFinishedIt) {
    const BenchReport old = test::sample_api_report();
    BenchReport now = old;
    for (Nanos& time : now.rows[1].samples.whole) time += std::chrono::microseconds(20);
    const BenchComparison slower = compared(old, now, "whole.p90>9.8%");
    EXPECT_TRUE(slower.any_worse);
    EXPECT_TRUE(contains(slower.text,
                         "\nnv12 100x80 api memfd              202.0      222.0     +9.9 %\n"
                         "2 rows compared; by more than 9.8 %: 1 slower, 0 faster\n"))
        << slower.text;
    EXPECT_FALSE(compared(old, now, "whole.p90>10%").any_worse);
    EXPECT_EQ(compared(sample_report(), sample_report(), "whole.p50>1%").uncompared,
              (std::vector<std::string>{"whole.p50"}));
}

TEST(BenchComparison, ShowsEveryRowWithoutALimit) {
    const BenchComparison comparison =
        compare(baseline_of(sample_report()), baseline_of(sample_report()), {});
    EXPECT_FALSE(comparison.any_worse);
    EXPECT_TRUE(contains(comparison.text, "\nhand_over.p50, microseconds "));
    EXPECT_TRUE(contains(comparison.text, "\nframe.p50, microseconds "));
    EXPECT_TRUE(contains(comparison.text,
                         "\nnv12 100x80 memcpy                   4.0        4.0     +0.0 %\n"))
        << comparison.text;
    EXPECT_TRUE(contains(comparison.text, "\n2 rows compared\n"));
}

TEST(BenchComparison, SaysWhatItCouldNotCompare) {
    BenchReport old = sample_report();
    BenchReport now = sample_report();
    old.rows[0].method = "teximage";
    now.rows[1].samples.cpu = std::vector<Nanos>(10);
    const BenchComparison comparison = compared(now, old, "p99>1%,cpu.p50>1%");
    EXPECT_EQ(comparison.uncompared, (std::vector<std::string>{"frame.p99", "cpu.p50"}));
    EXPECT_FALSE(comparison.any_worse);
    EXPECT_TRUE(contains(comparison.text,
                         "\n0 rows compared; by more than 1 %: 0 slower, 0 faster; 1 not, of too "
                         "few pictures or no time\n"))
        << comparison.text;
    EXPECT_TRUE(contains(comparison.text,
                         "\nonly before  nv12 100x80 subimage\n"
                         "only now     nv12 100x80 teximage\n"))
        << comparison.text;
    // In no time at all it is quicker.
    EXPECT_TRUE(compared(old, now, "cpu.p50>1%").uncompared.empty());
}

TEST(BenchComparison, NamesWhatElseIsAnother) {
    BenchReport old = sample_report();
    old.gl.gl_renderer = "V3D";
    old.system = "Linux 6.1";
    old.processor = "A board";
    BenchReport now = old;
    now.gl.gl_renderer = "llvmpipe";
    now.system = "Linux 6.2";
    now.before.governor = "powersave";
    now.seed = 7;
    EXPECT_EQ(compared(old, now, "p50>1%").other,
              (std::vector<std::string>{"system is Linux 6.2, and was Linux 6.1",
                                        "governor is powersave, and was performance",
                                        "GL renderer is llvmpipe, and was V3D"}));
}

TEST(BenchComparison, NamesAnotherClip) {
    EXPECT_EQ(
        compared(test::sample_clip_report(), sample_report(), "p50>1%").other,
        (std::vector<std::string>{"clip is none, and was clip.mp4, h264 by libh264, nv12 100x80"}));
    EXPECT_TRUE(compared(test::sample_clip_report(), test::sample_clip_report(), "decode.p50>1%")
                    .other.empty());
}

/// By what is told of it, and not by where it lies.
TEST(BenchComparison, KnowsAClipWhereverItLies) {
    const BenchReport old = test::sample_clip_report();
    BenchReport now = old;
    now.clip->file = "/elsewhere/../films/clip.mp4";
    EXPECT_TRUE(compared(old, now, "p50>1%").other.empty());
    const auto other = [&](auto change) {
        BenchReport changed = now;
        change(changed);
        return compared(old, changed, "p50>1%").other;
    };
    using Lines = std::vector<std::string>;
    const std::string was = ", and was clip.mp4, h264 by libh264, nv12 100x80";
    EXPECT_EQ(other([](BenchReport& report) { report.clip->file = "/films/b.mp4"; }),
              (Lines{"clip is b.mp4, h264 by libh264, nv12 100x80" + was}));
    EXPECT_EQ(other([](BenchReport& report) { report.clip->codec = "hevc"; }),
              (Lines{"clip is clip.mp4, hevc by libh264, nv12 100x80" + was}));
    EXPECT_EQ(other([](BenchReport& report) { report.clip->decoder = "h264"; }),
              (Lines{"clip is clip.mp4, h264 by h264, nv12 100x80" + was}));
    EXPECT_EQ(
        other([](BenchReport& report) { report.clip->converted_from = "nv12be"; }),
        (Lines{"clip is clip.mp4, h264 by libh264, converted from nv12be, nv12 100x80" + was}));
    EXPECT_EQ(other([](BenchReport& report) {
                  for (BenchRow& row : report.rows) row.size = {200, 80};
              }),
              (Lines{"clip is clip.mp4, h264 by libh264, nv12 200x80" + was}));
}

std::string refusal_of(std::string_view json) {
    const auto read = parse_baseline(json);
    return read ? "taken" : read.error().text;
}

TEST(BenchBaseline, RefusesWhatIsNone) {
    EXPECT_EQ(refusal_of(""), "this is no JSON");
    EXPECT_EQ(refusal_of("method,format\n"), "this is no JSON");
    for (const char* text :
         {"[]", "{}", "1", "null", R"({"rows": []})", R"({"program": {"name": "mpv"}, "rows": []})",
          R"({"program": {"name": "vitrine"}, "schema": 1, "rows": {}})"})
        EXPECT_EQ(refusal_of(text), "this is no report of vitrine bench") << text;
    EXPECT_EQ(refusal_of(R"({"program": {"name": "vitrine"}, "schema": 2, "rows": []})"),
              "its schema is 2, and not 1");
    EXPECT_EQ(refusal_of(R"({"program": {"name": "vitrine"}, "schema": 1, "rows": []})"),
              "machine.processor is no text");
}

TEST(BenchBaseline, IsNoneWithoutATimeThatWasAlwaysThere) {
    for (const char* time : {"write", "hand_over", "frame", "cpu", "gpu"}) {
        Json cut = Json::parse(bench_json(sample_report()));
        cut["rows"][1].erase(time);
        EXPECT_EQ(refusal_of(cut.dump()),
                  fmt::format("rows[1]: {}.count is no whole number", time));
    }
}

TEST(BenchBaseline, IsOneWithoutATimeThatWasAddedLater) {
    Json older = Json::parse(bench_json(test::sample_api_report()));
    for (Json& row : older["rows"]) {
        row.erase("whole");
        row.erase("decode");
    }
    const auto read = parse_baseline(older.dump());
    ASSERT_TRUE(read) << read.error().text;
    ASSERT_EQ(read->rows.size(), 2u);
    EXPECT_EQ(read->rows[0].times.count("whole.p50"), 0u);
    EXPECT_EQ(read->rows[0].times.count("frame.p50"), 1u);
}

TEST(BenchBaseline, SurvivesEveryCut) {
    const std::string whole = bench_json(sample_report());
    for (size_t size = 0; size + 2 < whole.size(); size += 37)
        EXPECT_EQ(refusal_of(whole.substr(0, size)), "this is no JSON") << size;
}

/// What is read must be what it is said to be; the rest may be anything.
TEST(BenchBaseline, SurvivesAnyValueAnywhere) {
    Json whole = Json::parse(bench_json(sample_report()));
    whole["rows"].erase(2);
    for (Json& row : whole["rows"]) {
        for (Json& times : row) {
            if (times.is_object()) times.erase("buckets");
        }
    }
    const Json flat = whole.flatten();
    size_t refused = 0;
    for (const auto& [path, value] : flat.items()) {
        for (const char* other :
             {"null", "-1", "1.5", "\"\"", "[]", "{}", "18446744073709551615"}) {
            Json changed = whole;
            changed[Json::json_pointer(path)] = Json::parse(other);
            const std::string refusal = refusal_of(changed.dump());
            if (refusal != "taken") ++refused;
            if (path == "/rows/1/frame/p50_ns") {
                EXPECT_EQ(refusal, "rows[1]: frame.p50_ns is no whole number") << other;
            }
        }
    }
    EXPECT_GT(refused, 100u);
}

TEST(BenchBaseline, BoundsWhatItKeeps) {
    EXPECT_EQ(refusal_of(std::string(1000000, '[')), "this is no JSON");
    EXPECT_EQ(refusal_of(std::string(1000000, '[') + std::string(1000000, ']')),
              "this is no report of vitrine bench");
    std::string many = "0";
    for (int i = 0; i < 1100000; ++i) many += ",0";
    EXPECT_EQ(refusal_of("[" + many + "]"), "it holds more than 1048576 values");
    // Histograms are left out, whatever they hold.
    std::string report = bench_json(sample_report());
    const std::string_view buckets = "\"buckets\": [";
    report.insert(report.find(buckets, report.find("\"write\": {")) + buckets.size(), many + ",");
    EXPECT_EQ(refusal_of(report), "taken");
}

TEST(BenchBaseline, PrintsNothingThatATerminalObeys) {
    BenchReport report = sample_report();
    report.rows[0].method = "\x1b[2J";
    EXPECT_EQ(baseline_of(report).rows[0].name, "nv12 100x80 ?[2J");
}

TEST(BenchBaseline, NamesTheFileThatIsWrong) {
    const test::TemporaryFolder folder;
    const std::string path = folder.file("old.json");
    EXPECT_EQ(read_baseline(path).error().text, path + ": there is no such file");
    EXPECT_EQ(read_baseline(folder.file("")).error().text,
              folder.file("") + ": not a regular file");
    std::ofstream(path) << bench_json(sample_report());
    EXPECT_EQ(read_baseline(path)->rows.size(), 2u);
    std::ofstream(path) << "{}";
    EXPECT_EQ(read_baseline(path).error().text, path + ": this is no report of vitrine bench");
    std::filesystem::resize_file(path, 64 * 1024 * 1024 + 1);
    EXPECT_EQ(read_baseline(path).error().text,
              path + ": more than 67108864 bytes, which are allowed");
}

}  // namespace
