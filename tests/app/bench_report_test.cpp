// What bench tells of its trials: the table, JSON as documented, CSV.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "app/bench.h"
#include "app/bench_figures.h"
#include "tests/app/bench_sample.h"
#include "tests/app/support.h"

namespace {

using namespace vitrine;
using test::row_of_times;
using test::sample_report;

TEST(BenchText, TellsTheFiguresOfEachWay) {
    const BenchReport report = sample_report();
    const std::string text = bench_text(report);
    const auto has = [&](std::string_view what) {
        EXPECT_NE(text.find(what), std::string::npos) << what << "\nin\n" << text;
    };
    has("machine    A board\n");
    has("seed 42\n");
    has("nv12 100x80, 11.7 KiB a picture\n");
    // p50, where it lies by ranks 2 and 9 of 10, p90, too few for the rest, the largest; a bar.
    has("subimage       5.0        (2.0 9.0)      9.0        -        -        -     10.0 "
        "########\n");
    has("subimage      10.0       (4.0 18.0)     18.0        -        -        -     20.0 "
        "########\n");
    // By half doublings of 0.1 us: 1 us is in the seventh, 2 in the ninth, 3 in the next, 5 and 6
    // in one, and three in the last but one. All of memcpy's are 2 us.
    has("subimage        . ...:-.\n");
    has("memcpy            @\n");
    // 12000 bytes in 5 us are 2.4 GB/s, and in 2 us 6.
    has("subimage      70.0     70.0      5.5      5.0  1.0+0  11.7 KiB    2.40     40 %   "
        "1000.0\n");
    has("6.00    100 %   1000.0\n");
    has("\nunsupported  dmabuf udmabuf, cuda: there is no such thing\n");
    has("\nvoid         composed, 2 trials: picture 3: a pixel is 0,0,0\n");
    EXPECT_TRUE(report.any_voided());
}

TEST(BenchText, HasNoIntervalOfTooFewValuesAndNoDecimalsOfLongTimes) {
    BenchReport report;
    report.rows = {row_of_times("five", 1, {1, 2, 3, 4, 12345}),
                   row_of_times("six", 1, {1, 2, 3, 4, 5, 6})};
    const std::string text = bench_text(report);
    const auto has = [&](std::string_view what) {
        EXPECT_NE(text.find(what), std::string::npos) << what << "\nin\n" << text;
    };
    has("five       3.0                -        -        -        -        -    12345 ########\n");
    has("six        3.0        (1.0 6.0)        -        -        -        -      6.0 ########\n");
}

TEST(BenchText, IsNoWiderThanATerminal) {
    std::istringstream lines(bench_text(sample_report()));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
}

TEST(BenchFigures, ResolveWhatThereAreValuesFor) {
    TimeFigures times;
    times.count = 10;
    EXPECT_TRUE(times.resolves(0.9));
    EXPECT_FALSE(times.resolves(0.95));
    times.count = 999;
    EXPECT_FALSE(times.resolves(0.999));
    times.count = 1000;
    EXPECT_TRUE(times.resolves(0.999));
}

TEST(BenchFigures, HaveTheCeilingOfTheirOwnKind) {
    BenchReport report = sample_report();
    report.rows.push_back(report.rows[1]);
    report.rows.back().size = {200, 80};
    const auto figures = figures_of(report);
    EXPECT_DOUBLE_EQ(*figures[0].share_of_memcpy, 0.4);
    EXPECT_DOUBLE_EQ(*figures[1].share_of_memcpy, 1);
    EXPECT_DOUBLE_EQ(*figures.back().share_of_memcpy, 1);
    EXPECT_DOUBLE_EQ(*figures.back().bytes_per_second, 12e9);
    EXPECT_FALSE(figures[2].share_of_memcpy);
    EXPECT_FALSE(figures[2].bytes_per_second);
}

TEST(BenchCsv, HasALineForEveryTime) {
    const std::string text = bench_csv(sample_report());
    EXPECT_TRUE(
        text.starts_with("method,format,width,height,time,ns\n"
                         "subimage,nv12,100,80,write,1000\n"
                         "subimage,nv12,100,80,write,2000\n"))
        << text;
    EXPECT_NE(text.find("subimage,nv12,100,80,frame,20000\n"), std::string::npos);
    EXPECT_NE(text.find("subimage,nv12,100,80,gpu,70000\n"), std::string::npos);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1 + 41 + 40);
}

/// The names in backquotes that begin the rows of a table of docs/bench.md, from a heading to the
/// next.
std::set<std::string> bench_documented(const std::string& from, const std::string& to) {
    const std::string document = test::contents_of(VITRINE_SOURCE_DIR "/docs/bench.md");
    const size_t begin = document.find(from);
    EXPECT_NE(begin, document.npos) << from;
    if (begin == document.npos) return {};
    const size_t end = document.find(to, begin + 1);
    std::istringstream lines(document.substr(begin, end == document.npos ? end : end - begin));
    std::set<std::string> names;
    for (std::string line; std::getline(lines, line);) {
        if (line.rfind("| `", 0) == 0) names.insert(line.substr(3, line.find('`', 3) - 3));
    }
    return names;
}

/// "machine.before.celsius"; what is an array of objects by its first; times left as they are.
void collect_bench_fields(const nlohmann::json& value, const std::string& name,
                          std::set<std::string>& names) {
    if (value.is_object() && !value.contains("buckets")) {
        for (const auto& [key, member] : value.items())
            collect_bench_fields(member, name.empty() ? key : name + "." + key, names);
    } else if (value.is_array() && !value.empty() && value[0].is_object()) {
        for (const auto& member : value) collect_bench_fields(member, name + "[]", names);
    } else {
        names.insert(name + (value.is_array() ? "[]" : ""));
    }
}

TEST(BenchJson, HoldsExactlyTheDocumentedFields) {
    BenchReport report = sample_report();
    report.calls = test::sample_api_report().calls;
    const auto json = nlohmann::json::parse(bench_json(report));
    std::set<std::string> fields;
    collect_bench_fields(json, "", fields);
    EXPECT_EQ(fields, bench_documented("## `--json`", "A set of times"));
    std::set<std::string> of_times;
    collect_bench_fields(json["rows"][0]["hand_over"]["buckets"], "buckets", of_times);
    for (const auto& [key, value] : json["rows"][0]["hand_over"].items()) {
        if (key != "buckets") of_times.insert(key);
    }
    EXPECT_EQ(of_times, bench_documented("A set of times", "## "));
}

TEST(BenchJson, SaysWhatWasMeasured) {
    const auto json = nlohmann::json::parse(bench_json(sample_report()));
    EXPECT_EQ(json["schema"], 1);
    EXPECT_EQ(json["seed"], 42);
    EXPECT_EQ(json["machine"]["before"]["governor"], "performance");
    EXPECT_TRUE(json["machine"]["after"]["celsius"].is_null());
    const auto& row = json["rows"][0];
    EXPECT_EQ(row["method"], "subimage");
    EXPECT_EQ(row["bytes"], 12000);
    EXPECT_EQ(row["hand_over"]["count"], 10);
    EXPECT_EQ(row["hand_over"]["p50_ns"], 5000);
    EXPECT_EQ(row["hand_over"]["p999_ns"], 10000);
    EXPECT_EQ(row["hand_over"]["mean_ns"], 5500);
    EXPECT_EQ(row["hand_over"]["median_low_ns"], 2000);
    EXPECT_EQ(row["hand_over"]["buckets"].size(), 10u);
    EXPECT_EQ(row["gpu"]["count"], 1);
    EXPECT_DOUBLE_EQ(row["bytes_per_second"], 2.4e9);
    EXPECT_DOUBLE_EQ(row["share_of_memcpy"], 0.4);
    EXPECT_EQ(json["rows"][2]["unsupported"], "there is no such thing");
    EXPECT_TRUE(json["rows"][2]["bytes_per_second"].is_null());
    EXPECT_EQ(json["rows"][4]["voided"].size(), 2u);
}

TEST(BenchOfTheApi, TellsWhatItTakesBesideTheProgram) {
    const BenchReport report = test::sample_api_report();
    const std::string text = bench_text(report);
    const auto has = [&](std::string_view what) {
        EXPECT_NE(text.find(what), std::string::npos) << what << "\nin\n" << text;
    };
    has("\nCalls of libvitrine, microseconds\n");
    has("\nupdate, nothing new        0.3        -        -        -        -      0.6      0.7    "
        "    "
        "0\n");
    has("\nstate kept, in a row       1.1        -        -        -        -      1.1      1.2    "
        "   "
        "93\n");
    // The hand-over by itself is known of neither.
    EXPECT_EQ(text.find("Hand-over"), std::string::npos) << text;
    has("\nFrame (calls until it is submitted), microseconds\n");
    has("\napi memfd          42.0      (42.0 42.0)     42.0        -        -        -     42.0 "
        "########\n");
    has("\napi memfd         202.0    (202.0 202.0)    202.0");
    has("\napi memfd             -        -     21.0        -  0.0+0   0 bytes       -        -   "
        "1000.0\n");
    // 42 to 40, and 202 to 200.
    has("\napi memfd  beside program memfd, at p50: +1.0 % until the GPU has finished, +5.0 % "
        "until");
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
}

TEST(BenchOfTheApi, SaysWhyNoCallWasMeasured) {
    const BenchReport good = test::sample_api_report();
    EXPECT_EQ(bench_text(good).find("calls of libvitrine: "), std::string::npos);
    EXPECT_FALSE(good.any_voided());
    for (const auto& [label, why] : {std::pair("unsupported", &BenchReport::calls_unsupported),
                                     {"void", &BenchReport::calls_voided}}) {
        BenchReport report = good;
        report.calls.clear();
        report.*why = "update: it finds something new";
        const std::string reason = "calls of libvitrine: " + report.*why;
        const std::string text = bench_text(report);
        EXPECT_NE(text.find(fmt::format("\n{}  {}\n", label, reason)), std::string::npos) << text;
        const std::string html = fmt::format("<dt>{}</dt><dd>{}</dd>", label, reason);
        EXPECT_NE(bench_html(report).find(html), std::string::npos);
        EXPECT_EQ(nlohmann::json::parse(bench_json(report))[fmt::format(
                      "calls_{}", why == &BenchReport::calls_voided ? "voided" : "unsupported")],
                  report.*why);
        EXPECT_EQ(report.any_voided(), why == &BenchReport::calls_voided);
    }
}

TEST(BenchOfTheApi, ComparesWithinAKind) {
    BenchReport report = test::sample_api_report();
    report.rows.push_back(report.rows[1]);
    report.rows.back().size = {200, 80};
    const auto figures = figures_of(report);
    EXPECT_FALSE(figures[0].frame_to_beside);
    EXPECT_DOUBLE_EQ(*figures[1].frame_to_beside, 1.05);
    EXPECT_DOUBLE_EQ(*figures[1].whole_to_beside, 1.01);
    EXPECT_FALSE(figures[2].frame_to_beside);
}

TEST(BenchOfTheApi, IsThereForPrograms) {
    const auto json = nlohmann::json::parse(bench_json(test::sample_api_report()));
    EXPECT_EQ(json["via"], "api");
    EXPECT_EQ(json["calls"][0]["name"], "update");
    EXPECT_EQ(json["calls"][0]["gl_calls"], 0);
    EXPECT_EQ(json["calls"][0]["cpu_mean_ns"], 700);
    EXPECT_EQ(json["calls"][0]["times"]["p50_ns"], 300);
    EXPECT_EQ(json["calls"][1]["gl_calls"], 93);
    EXPECT_EQ(json["rows"][1]["beside"], "program memfd");
    EXPECT_EQ(json["rows"][1]["whole"]["p50_ns"], 202000);
    EXPECT_EQ(json["rows"][1]["hand_over"]["count"], 0);
    EXPECT_DOUBLE_EQ(json["rows"][1]["frame_to_beside"], 1.05);
    EXPECT_TRUE(json["rows"][0]["frame_to_beside"].is_null());
    const std::string csv = bench_csv(test::sample_api_report());
    EXPECT_NE(csv.find("api memfd,nv12,100,80,whole,202000\n"), std::string::npos) << csv;
    EXPECT_NE(csv.find("\nupdate,,,,call,600\n"), std::string::npos) << csv;
}

TEST(BenchOfAClip, TellsWhatDecodingTakes) {
    const BenchReport report = test::sample_clip_report();
    const std::string text = bench_text(report);
    const auto has = [&](std::string_view what) {
        EXPECT_NE(text.find(what), std::string::npos) << what << "\nin\n" << text;
    };
    has("\nclip       clip.mp4: h264 by libh264, 100x72 of it visible\n");
    has("\nDecoding, microseconds until it gives a picture\n");
    has("\nsubimage     500.0    (200.0 900.0)    900.0        -        -        -   1000.0 "
        "########\n");
    has(" cpu mean   decode copies ");
    has("\nsubimage      70.0     70.0      5.5    500.0  1.0+0  11.7 KiB ");
    has("\ntold apart  10 of 20 pictures by the pixel that is checked; ");
    EXPECT_EQ(bench_text(sample_report()).find("ecod"), std::string::npos);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
    const std::string page = bench_html(report);
    EXPECT_NE(page.find("<th>Decoding, µs</th>"), std::string::npos) << page;
    EXPECT_NE(page.find("<td>5.5</td><td>500.0</td><td>1.0+0</td>"), std::string::npos) << page;
    EXPECT_NE(page.find("<dt>told apart</dt><dd>10 of 20 "), std::string::npos) << page;
}

TEST(BenchOfAClip, IsNoCertainerByARowThatShowsItsFirstPictureOnly) {
    BenchReport report = test::sample_clip_report();
    report.rows[1].shows_first_only = true;
    report.rows[1].samples.told_apart = 0;
    std::string text = bench_text(report);
    EXPECT_NE(text.find("\ntold apart  5 of 10 pictures "), std::string::npos) << text;
    report.rows.erase(report.rows.begin());
    text = bench_text(report);
    EXPECT_EQ(text.find("told apart"), std::string::npos) << text;
}

TEST(BenchOfAClip, IsThereForPrograms) {
    const auto json = nlohmann::json::parse(bench_json(test::sample_clip_report()));
    EXPECT_EQ(json["clip"]["file"], "clip.mp4");
    EXPECT_EQ(json["clip"]["decoder"], "libh264");
    EXPECT_EQ(json["rows"][0]["decode"]["p50_ns"], 500000);
    EXPECT_EQ(json["rows"][0]["write"]["count"], 0);
    EXPECT_EQ(json["rows"][0]["told_apart"], 5);
    EXPECT_EQ(nlohmann::json::parse(bench_json(sample_report()))["clip"]["file"], "");
    const std::string csv = bench_csv(test::sample_clip_report());
    EXPECT_NE(csv.find("subimage,nv12,100,80,decode,1000000\n"), std::string::npos) << csv;
    EXPECT_EQ(csv.find(",write,"), std::string::npos) << csv;
}

TEST(BenchDocument, NamesEveryMethod) {
    std::set<std::string> names;
    for (const TransferRow& row : transfer_rows()) names.emplace(row.name);
    EXPECT_EQ(bench_documented("## Methods", "\n## "), names);
}

}  // namespace
