#include "core/tracks.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using Kind = Track::Kind;

Track track(Kind kind, int number, std::string language = "", std::string title = "") {
    Track out;
    out.kind = kind;
    out.number = number;
    out.codec = kind == Kind::video ? "h264" : "aac";
    out.language = std::move(language);
    out.title = std::move(title);
    return out;
}

TEST(Tracks, AreCountedByKind) {
    Tracks tracks = {track(Kind::video, 1), track(Kind::audio, 1), track(Kind::audio, 2)};
    EXPECT_EQ(track_count(tracks, Kind::audio), 2);
    EXPECT_EQ(find_track(tracks, Kind::audio, 2), &tracks[2]);
    EXPECT_EQ(find_track(tracks, Kind::video, 2), nullptr);
    EXPECT_EQ(find_track(tracks, Kind::audio, 0), nullptr);
    EXPECT_EQ(chosen_track(tracks, Kind::audio), 0);
    tracks[2].chosen = true;
    EXPECT_EQ(chosen_track(tracks, Kind::audio), 2);
    EXPECT_EQ(chosen_track(tracks, Kind::video), 0);
}

TEST(Tracks, FollowOneAnotherInACircle) {
    const Tracks tracks = {track(Kind::video, 1), track(Kind::video, 2), track(Kind::audio, 1),
                           track(Kind::audio, 2)};
    EXPECT_EQ(next_track(tracks, Kind::video, 1), 2);
    EXPECT_EQ(next_track(tracks, Kind::video, 2), 1) << "without pictures nothing is played";
    EXPECT_EQ(next_track(tracks, Kind::audio, 1), 2);
    EXPECT_EQ(next_track(tracks, Kind::audio, 2), 0);
    EXPECT_EQ(next_track(tracks, Kind::audio, 0), 1);
    EXPECT_EQ(next_track({}, Kind::audio, 0), 0);
}

TEST(Tracks, AreNamedByWhatIsKnown) {
    EXPECT_EQ(text_of(track(Kind::audio, 2, "deu", "Commentary")),
              "audio track 2 (deu, aac, Commentary)");
    EXPECT_EQ(text_of(track(Kind::video, 1)), "video track 1 (h264)");
    EXPECT_EQ(tracks_text({track(Kind::audio, 1, "deu"), track(Kind::audio, 2)}, Kind::audio),
              "it has 2: 1 (deu, aac), 2 (aac)");
    EXPECT_EQ(tracks_text({}, Kind::audio), "it has none");
}

TEST(Chapters, APositionIsInTheLastThatBegan) {
    const Chapters chapters = {{1s, 2s, ""}, {2s, 3s, ""}, {5s, 6s, ""}};
    EXPECT_EQ(chapter_at(chapters, 0s), std::nullopt);
    EXPECT_EQ(chapter_at(chapters, 1s), 0u);
    EXPECT_EQ(chapter_at(chapters, 2s - 1ns), 0u);
    EXPECT_EQ(chapter_at(chapters, 4s), 1u) << "between two";
    EXPECT_EQ(chapter_at(chapters, 60s), 2u);
    EXPECT_EQ(chapter_at({}, 60s), std::nullopt);
}

}  // namespace
}  // namespace vitrine
