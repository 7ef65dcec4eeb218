#include "player/report.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

using namespace std::chrono_literals;

/// A frame that spends `step` between any two stages.
FrameRecord record_at(Nanos start, Nanos step, Nanos pts) {
    FrameRecord record;
    record.pts = pts;
    for (size_t i = 0; i < kStageCount; ++i) {
        record.stamps.set(static_cast<Stage>(i), start + step * static_cast<int64_t>(i));
    }
    return record;
}

TEST(PlaybackStatistics, CountsFramesCopiesAndDropsByCause) {
    PlaybackStatistics statistics;
    for (int i = 0; i < 3; ++i) {
        FrameRecord record = record_at(i * 10ms, 1ms, i * 10ms);
        record.copies = i == 0 ? 0 : 1;
        record.bytes_copied = i == 0 ? 0 : 100;
        record.corrupt = i == 2;
        statistics.add_presented(record);
    }
    statistics.add_dropped(DropCause::late);
    statistics.add_dropped(DropCause::seek, 4);
    EXPECT_EQ(statistics.presented(), 3u);
    EXPECT_EQ(statistics.presented_corrupt(), 1u);
    EXPECT_EQ(statistics.copies(), 2u);
    EXPECT_EQ(statistics.bytes_copied(), 200u);
    EXPECT_EQ(statistics.dropped(DropCause::late), 1u);
    EXPECT_EQ(statistics.dropped(DropCause::seek), 4u);
    EXPECT_EQ(statistics.dropped(DropCause::stopped), 0u);
    EXPECT_EQ(statistics.dropped(), 5u);
}

TEST(PlaybackStatistics, KeepsTheTimeOfEachIntervalThatBothEndsHave) {
    PlaybackStatistics statistics;
    statistics.add_presented(record_at(0ms, 2ms, 0ms));
    FrameRecord without_gpu;  // with the null output
    without_gpu.stamps.set(Stage::demuxed, 0ms);
    without_gpu.stamps.set(Stage::presented, 5ms);
    statistics.add_presented(without_gpu);
    for (size_t i = 0; i + 2 < kStageIntervals.size(); ++i) {
        EXPECT_EQ(statistics.interval(i).count(), 1u) << i;
        EXPECT_EQ(statistics.interval(i).max(), 2ms) << i;
    }
    EXPECT_EQ(statistics.interval(6).max(), 4ms);  // drawn to presented, over gpu_done
    EXPECT_EQ(statistics.interval(7).count(), 2u);
    EXPECT_EQ(statistics.interval(7).max(), 14ms);
}

TEST(PlaybackStatistics, JitterIsTheDifferenceFromTheTimeBetweenPts) {
    PlaybackStatistics statistics;
    PlayedPlace place;
    const auto present = [&](Nanos when, Nanos pts) {
        FrameRecord record;
        record.pts = pts;
        record.place = place;
        record.stamps.set(Stage::presented, when);
        statistics.add_presented(record);
    };
    present(100ms, 0ms);
    present(143ms, 40ms);  // 3 ms late
    present(180ms, 80ms);  // 3 ms early, seen from the one before
    EXPECT_EQ(statistics.jitter().count(), 2u);
    EXPECT_EQ(statistics.jitter().max(), 3ms);
    present(5000ms, 80ms);  // the same pts again, after a step back: says nothing
    EXPECT_EQ(statistics.jitter().count(), 2u);
    place.line = 1;  // after a seek
    present(9000ms, 120ms);
    EXPECT_EQ(statistics.jitter().count(), 2u);
    place.offset = 160ms;  // another item follows, in line
    present(9045ms, 0ms);
    EXPECT_EQ(statistics.jitter().count(), 3u);
    EXPECT_EQ(statistics.jitter().max(), 5ms);
    statistics.set_untimed(true);
    present(9046ms, 40ms);
    EXPECT_EQ(statistics.jitter().count(), 3u);
}

TEST(PlaybackStatistics, RateAndFirstPicture) {
    PlaybackStatistics statistics(1s);
    EXPECT_FALSE(statistics.time_to_first_picture());
    EXPECT_EQ(statistics.presented_per_second(), 0);
    for (int i = 0; i < 51; ++i) {
        FrameRecord record;
        record.stamps.set(Stage::presented, 1200ms + i * 20ms);
        statistics.add_presented(record);
        if (i == 0) {
            EXPECT_EQ(statistics.presented_per_second(), 0);
        }
    }
    EXPECT_EQ(statistics.time_to_first_picture(), 200ms);
    EXPECT_EQ(statistics.presenting_time(), 1s);
    EXPECT_DOUBLE_EQ(statistics.presented_per_second(), 50);
}

TEST(PlaybackStatistics, TracksAreKeptWhereThereWasAChoiceAndBounded) {
    PlaybackStatistics statistics;
    Tracks tracks = {{Track::Kind::video, 1, "h264", "", "", true, true},
                     {Track::Kind::audio, 1, "aac", "deu"},
                     {Track::Kind::audio, 2, "aac", "eng", "Commentary", false, true}};
    statistics.add_tracks(tracks);
    statistics.add_tracks(tracks);
    tracks[2].chosen = false;
    statistics.add_tracks(tracks);
    statistics.add_tracks({});
    ASSERT_EQ(statistics.tracks().size(), 2u);
    const auto& english = statistics.tracks()[0];
    EXPECT_EQ(english.kind, Track::Kind::audio);
    EXPECT_EQ(english.number, 2);
    EXPECT_EQ(english.count, 2);
    EXPECT_EQ(english.title, "Commentary");
    EXPECT_EQ(english.items, 2u);
    EXPECT_EQ(statistics.tracks()[1].number, 0);
    EXPECT_EQ(statistics.tracks()[1].codec, "");
    for (int i = 0; i < 20; ++i) {
        tracks[1].chosen = true;
        tracks[1].title = std::to_string(i);
        statistics.add_tracks(tracks);
    }
    EXPECT_EQ(statistics.tracks().size(), 16u);
    EXPECT_EQ(statistics.items_on_further_tracks(), 6u);
}

TEST(PlaybackStatistics, PathsAreKeptOnceAndBounded) {
    PlaybackStatistics statistics;
    const PlaybackPath path{"h264", false, "udmabuf", "dmabuf", "offscreen", {}};
    SourceCounters counters;
    counters.packets = 10;
    counters.decoded = 9;
    counters.broken_packets = 1;
    counters.corrupt_frames = 2;
    counters.copies = 3;
    counters.bytes_copied = 4;
    counters.early_ends = 5;
    counters.decoder_rebuilds = 6;
    counters.lost_frames = 7;
    statistics.add_item(path, counters);
    statistics.add_item(path, counters);
    for (int i = 0; i < 20; ++i) {
        PlaybackPath other = path;
        other.decoder = std::to_string(i);
        statistics.add_item(other, {});
    }
    ASSERT_EQ(statistics.paths().size(), 16u);
    EXPECT_EQ(statistics.paths().front().items, 2u);
    EXPECT_EQ(statistics.items_on_further_paths(), 5u);
    EXPECT_EQ(statistics.source().packets, 20u);
    EXPECT_EQ(statistics.source().decoded, 18u);
    EXPECT_EQ(statistics.source().broken_packets, 2u);
    EXPECT_EQ(statistics.source().corrupt_frames, 4u);
    EXPECT_EQ(statistics.source().copies, 6u);
    EXPECT_EQ(statistics.source().bytes_copied, 8u);
    EXPECT_EQ(statistics.source().early_ends, 10u);
    EXPECT_EQ(statistics.source().decoder_rebuilds, 12u);
    EXPECT_EQ(statistics.source().lost_frames, 14u);
}

TEST(PlaybackStatistics, EveryCauseAndTimingHasAName) {
    EXPECT_EQ(name_of(DropCause::import_failed), "import_failed");
    EXPECT_EQ(name_of(DropCause::not_drawn), "not_drawn");
    EXPECT_EQ(name_of(DropCause::path_change), "path_change");
    EXPECT_EQ(name_of(DropCause::stopped), "stopped");
    EXPECT_EQ(name_of(GpuTiming::submit_to_fence), "submit to fence");
}

}  // namespace
}  // namespace vitrine
