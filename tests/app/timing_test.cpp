// The timing files hold what docs/timing.md says, no field more and no field less.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "app/timing_csv.h"
#include "player/timing_json.h"
#include "tests/app/support.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

PlaybackStatistics sample_statistics() {
    PlaybackStatistics statistics(1ms);
    for (int i = 0; i < 4; ++i) {
        FrameRecord record;
        record.sequence = static_cast<uint64_t>(i);
        record.pts = i * 40ms;
        for (size_t stage = 0; stage < kStageCount; ++stage) {
            record.stamps.set(static_cast<Stage>(stage), i * 40ms + stage * 1ms);
        }
        record.gpu_time = 2ms;
        record.copies = 1;
        record.bytes_copied = 1000;
        statistics.add_presented(record);
    }
    statistics.add_dropped(DropCause::late, 2);
    statistics.add_item({"h264", false, "memory", "upload", "offscreen", {"dmabuf: no\xff way"}},
                        {10, 6, 1, 2, 3, 4});
    statistics.add_tracks({{Track::Kind::audio, 1, "aac", "d\xffu"},
                           {Track::Kind::audio, 2, "aac", "eng", "", false, true}});
    statistics.set_import_totals({4, 5, 6, 7, 8, 9});
    statistics.set_gpu_timing(GpuTiming::submit_to_fence);
    SoundReport sound;
    sound.tracks = 1;
    sound.device = "card";
    sound.buffer.underruns = 3;
    statistics.set_sound(sound);
    statistics.add_sound_offset(-5ms);
    return statistics;
}

/// The names in backquotes that begin the rows of a table of the document, from a heading to the
/// next.
std::set<std::string> documented(const std::string& from, const std::string& to) {
    const std::string document = test::contents_of(VITRINE_SOURCE_DIR "/docs/timing.md");
    const size_t begin = document.find(from);
    const size_t end = document.find(to, begin);
    EXPECT_NE(begin, document.npos) << from;
    std::istringstream lines(document.substr(begin, end == document.npos ? end : end - begin));
    std::set<std::string> names;
    for (std::string line; std::getline(lines, line);) {
        if (line.rfind("| `", 0) == 0) names.insert(line.substr(3, line.find('`', 3) - 3));
    }
    return names;
}

/// "paths[].decoder": every field, with histograms left as they are.
void collect_fields(const Json& value, const std::string& name, std::set<std::string>& names) {
    const bool is_histogram = value.is_object() && value.contains("buckets");
    if (value.is_object() && !is_histogram) {
        for (const auto& [key, member] : value.items()) {
            collect_fields(member, name.empty() ? key : name + "." + key, names);
        }
    } else if (value.is_array()) {
        names.insert(name + "[]");
        for (const Json& member : value) {
            if (member.is_object()) collect_fields(member, name + "[]", names);
        }
    } else {
        names.insert(name);
    }
}

TEST(TimingJson, HoldsExactlyTheDocumentedFields) {
    const Json json = Json::parse(timing_json(sample_statistics()));
    std::set<std::string> fields;
    collect_fields(json, "", fields);
    EXPECT_EQ(fields, documented("## `--timing-json", "A histogram is"));
    std::set<std::string> of_histogram;
    for (const auto& [key, member] : json["gpu"]["time"].items()) {
        of_histogram.insert(member.is_array() ? key + "[]" : key);
    }
    for (const auto& [key, member] : json["gpu"]["time"]["buckets"][0].items()) {
        of_histogram.insert("buckets[]." + key);
    }
    EXPECT_EQ(of_histogram, documented("A histogram is", "## `--timing-csv"));
}

TEST(TimingJson, SaysWhatTheStatisticsSay) {
    const Json json = Json::parse(timing_json(sample_statistics()));
    EXPECT_EQ(json["schema"], 1);
    EXPECT_EQ(json["frames"]["presented"], 4);
    EXPECT_EQ(json["frames"]["copies"], 4);
    EXPECT_EQ(json["frames"]["dropped"]["late"], 2);
    EXPECT_EQ(json["frames"]["dropped"]["total"], 2);
    EXPECT_DOUBLE_EQ(json["frames"]["per_second"], 25);
    EXPECT_EQ(json["source"]["broken_packets"], 1);
    EXPECT_EQ(json["import"]["images_live"], 6);
    EXPECT_EQ(json["paths"][0]["importer"], "upload");
    EXPECT_EQ(json["first_picture_ns"], 6'000'000);
    EXPECT_EQ(json["gpu"]["measured_by"], "submit to fence");
    EXPECT_EQ(json["gpu"]["time"]["max_ns"], 2'000'000);
    EXPECT_EQ(json["gpu"]["time"]["total_ns"], 8'000'000);
    EXPECT_EQ(json["jitter"]["count"], 3);
    EXPECT_EQ(json["sound"]["device"], "card");
    EXPECT_EQ(json["sound"]["underruns"], 3);
    EXPECT_EQ(json["sound"]["offset"]["max_ns"], 5'000'000);
    ASSERT_EQ(json["stages"].size(), kStageIntervals.size());
    EXPECT_EQ(json["stages"][0]["from"], "demuxed");
    EXPECT_EQ(json["stages"].back()["to"], "presented");
    EXPECT_EQ(json["stages"].back()["time"]["max_ns"], 7'000'000);
}

TEST(TimingJson, ARunWithoutAFrameIsARunToo) {
    const Json json = Json::parse(timing_json(PlaybackStatistics{}));
    EXPECT_TRUE(json["first_picture_ns"].is_null());
    EXPECT_EQ(json["stages"][0]["time"]["count"], 0);
    EXPECT_TRUE(json["paths"].empty());
}

std::vector<std::string> cells(const std::string& row) {
    std::vector<std::string> all;
    std::istringstream text(row);
    for (std::string cell; std::getline(text, cell, ',');) all.push_back(cell);
    return all;
}

TEST(TimingCsv, HoldsTheDocumentedColumnsAndARowPerFrame) {
    const test::TemporaryFolder folder;
    auto csv = TimingCsvWriter::open(folder.file("a.csv"));
    ASSERT_TRUE(csv);
    FrameRecord record;
    record.sequence = 7;
    record.pts = -5ns;
    record.stamps.set(Stage::demuxed, 10ns);
    record.stamps.set(Stage::presented, 20ns);
    record.copies = 1;
    record.bytes_copied = 99;
    csv->add(record);
    record.place.item = 1;
    record.gpu_time = 3ns;
    record.corrupt = true;
    csv->add(record);
    ASSERT_TRUE(csv->close());

    std::istringstream lines(test::contents_of(folder.file("a.csv")));
    std::string header;
    std::string first;
    std::string second;
    std::string rest;
    std::getline(lines, header);
    std::getline(lines, first);
    std::getline(lines, second);
    EXPECT_FALSE(std::getline(lines, rest));
    const auto columns = cells(header);
    EXPECT_EQ(std::set<std::string>(columns.begin(), columns.end()),
              documented("## `--timing-csv", "\n## end"));
    EXPECT_EQ(cells(first).size(), columns.size());
    EXPECT_EQ(first, "0,7,-5,10,,,,,,,20,,1,99,0");
    EXPECT_EQ(second, "1,7,-5,10,,,,,,,20,3,1,99,1");
}

}  // namespace
}  // namespace vitrine
