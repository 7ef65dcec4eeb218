#include "app/summary.h"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/app/support.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using test::contains;

PlaybackStatistics sample_statistics(int copies) {
    PlaybackStatistics statistics;
    for (int i = 0; i < 100; ++i) {
        FrameRecord record;
        record.pts = i * 40ms;
        for (size_t stage = 0; stage < kStageCount; ++stage) {
            record.stamps.set(static_cast<Stage>(stage), 100ms + i * 40ms + stage * 1ms);
        }
        record.copies = copies;
        record.bytes_copied = copies > 0 ? 3u * 1024 * 1024 : 0;
        record.gpu_time = 2ms;
        statistics.add_presented(record);
    }
    statistics.set_gpu_timing(GpuTiming::submit_to_fence);
    return statistics;
}

const PlaybackPath kPath{
    "h264",      false,
    "udmabuf",   "dmabuf",
    "offscreen", {"drm-prime: no hardware config of h264 yields it", "window: no display"}};

TEST(Summary, NamesThePathTheCopiesAndTheFrames) {
    PlaybackStatistics statistics = sample_statistics(0);
    SourceCounters counters;
    counters.packets = 110;
    counters.decoded = 103;
    counters.broken_packets = 2;
    counters.corrupt_frames = 1;
    counters.early_ends = 1;
    counters.decoder_rebuilds = 2;
    counters.lost_frames = 3;
    statistics.add_item(kPath, counters);
    statistics.set_abandoned_threads(2);
    statistics.add_skipped_items(3);
    statistics.add_dropped(DropCause::late, 2);
    statistics.add_dropped(DropCause::stopped);
    const std::string text = summary_text(statistics, false);
    EXPECT_TRUE(contains(text,
                         "decoder h264 (software), storage udmabuf, importer dmabuf, output "
                         "offscreen"))
        << text;
    EXPECT_TRUE(contains(text, "not drm-prime: no hardware config"));
    EXPECT_TRUE(contains(text, "0 per frame, 0 bytes"));
    EXPECT_TRUE(contains(text, "103 decoded, 100 presented, 3 dropped (2 late, 1 when stopped)\n"))
        << text;
    for (const char* part :
         {"2 broken packets, 1 frame with errors concealed, ", "1 file that ends early",
          ", decoder opened", ", 3 frames lost when a decoder failed",
          "2 threads left behind in a call", ", 3 items skipped\n"}) {
        EXPECT_TRUE(contains(text, part)) << text;
    }
    EXPECT_TRUE(contains(text, "25.0 per second"));
    EXPECT_TRUE(contains(text, "read to presented: p50 7.000, p95 7.000, p99 7.000, max 7.000 ms"));
    EXPECT_FALSE(contains(text, "stage, ms"));
}

TEST(Summary, TheTableHasARowPerIntervalThatWasMeasured) {
    PlaybackStatistics statistics = sample_statistics(1);
    statistics.add_item(kPath, {});
    const std::string text = summary_text(statistics, true);
    EXPECT_TRUE(contains(text, "1 per frame, 300.0 MiB"));
    for (const auto& [from, to] : kStageIntervals) {
        EXPECT_TRUE(contains(text, std::string(name_of(from)) + " to " + std::string(name_of(to))));
    }
    EXPECT_TRUE(contains(text, "GPU (submit to fence)        2.000     2.000     2.000     2.000"))
        << text;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
}

TEST(Summary, ARunWithoutAFrameSaysSo) {
    const std::string text = summary_text(PlaybackStatistics{}, true);
    EXPECT_TRUE(contains(text, "nothing"));
    EXPECT_TRUE(contains(text, "0 decoded, 0 presented, 0 dropped"));
    EXPECT_FALSE(contains(text, "demuxed to"));
}

TEST(Summary, TracksAreSaidWhereThereWasAChoice) {
    PlaybackStatistics statistics = sample_statistics(0);
    statistics.add_tracks({{Track::Kind::video, 1, "h264", "", "", true, true}});
    EXPECT_FALSE(contains(summary_text(statistics, false), "tracks"));
    Tracks tracks = {{Track::Kind::video, 1, "h264", "", "", true, true},
                     {Track::Kind::video, 2, "h264"},
                     {Track::Kind::audio, 1, "aac", "deu"},
                     {Track::Kind::audio, 2, "aac", "eng", "Commentary\x1b", false, true}};
    statistics.add_tracks(tracks);
    tracks[3].chosen = false;
    statistics.add_tracks(tracks);
    const std::string text = summary_text(statistics, false);
    EXPECT_TRUE(contains(text, "  tracks  video 1 of 2 (h264) (2 files)\n")) << text;
    EXPECT_TRUE(contains(text, "          audio 2 of 2 (eng, aac, Commentary?)\n")) << text;
    EXPECT_TRUE(contains(text, "          audio none of 2\n")) << text;
}

TEST(Summary, SeveralPathsCountTheirFiles) {
    PlaybackStatistics statistics = sample_statistics(0);
    PlaybackPath other = kPath;
    other.decoder = "vp9";
    statistics.add_item(kPath, {});
    statistics.add_item(kPath, {});
    statistics.add_item(other, {});
    const std::string text = summary_text(statistics, false);
    EXPECT_TRUE(contains(text, "(2 files)"));
    EXPECT_TRUE(contains(text, "(1 file)"));
}

}  // namespace
}  // namespace vitrine
