// What is kept of the frames that were played: counters, and histograms of fixed size, so that a
// day costs what a minute costs. Rows per frame are for a writer that streams them, not for here.
// Filled by the render thread, read at the end. Thread-bound.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/frame_queue.h"
#include "core/import_counters.h"
#include "core/stamps.h"
#include "core/statistics.h"
#include "core/stream.h"
#include "player/sound/sound_player.h"

namespace vitrine {

/// One presented frame's way.
struct FrameRecord {
    uint64_t sequence = 0;
    Nanos pts{0};
    PlayedPlace place;
    Stamps stamps;
    int copies = 0;
    uint64_t bytes_copied = 0;
    std::optional<Nanos> gpu_time;
    bool corrupt = false;
};

enum class DropCause {
    late,           // its successor was due already
    seek,           // it was decoded before a seek
    path_change,    // it was decoded by a way that was given up; the next makes it again
    stopped,        // it waited when playing ended
    import_failed,  // it could not be brought to the GPU
    not_drawn       // it was handed to a host, which drew none of it before the next
};
inline constexpr size_t kDropCauseCount = static_cast<size_t>(DropCause::not_drawn) + 1;
[[nodiscard]] std::string_view name_of(DropCause cause);

/// How GPU times were measured.
enum class GpuTiming { none, timer_query, submit_to_fence };
[[nodiscard]] std::string_view name_of(GpuTiming timing);  // "timer query"

/// Time that frames spent between two stages. The whole way comes last.
struct StageInterval {
    Stage from;
    Stage to;
};
inline constexpr std::array<StageInterval, 8> kStageIntervals = {{
    {Stage::demuxed, Stage::decoded},
    {Stage::decoded, Stage::queued},
    {Stage::queued, Stage::taken},
    {Stage::taken, Stage::imported},
    {Stage::imported, Stage::drawn},
    {Stage::drawn, Stage::gpu_done},
    {Stage::drawn, Stage::presented},
    {Stage::demuxed, Stage::presented},
}};

/// How one item followed another, where the first of its frames had a moment to be shown at.
struct SeamCounters {
    uint64_t on_time = 0;
    uint64_t late = 0;  // the last frame of the one before was shown longer than it should
    Nanos longest{0};   // that it was, of all late ones
};

/// The way that frames really took.
struct PlaybackPath {
    std::string decoder;  // "h264"
    bool hardware = false;
    std::string storage;               // "udmabuf", "memory"
    std::string importer;              // "dmabuf", "upload", "none"
    std::string output;                // "window", "offscreen", "null"
    std::vector<std::string> refused;  // "dmabuf: reason" for each better way, in whatever part
    friend bool operator==(const PlaybackPath&, const PlaybackPath&) = default;
};

class PlaybackStatistics {
  public:
    /// started: when the program began to open what it plays.
    explicit PlaybackStatistics(Nanos started = Nanos{0}) : started_(started) {}

    void add_presented(const FrameRecord& record);
    void add_dropped(DropCause cause, uint64_t frames = 1);
    /// How long a frame waited for the GPU to finish an earlier one.
    void add_gpu_wait(Nanos waited) { gpu_wait_.add(waited); }
    /// A frame was shown so much later than its sound was heard; negative: earlier.
    void add_sound_offset(Nanos behind) { sound_offset_.add(behind < Nanos(0) ? -behind : behind); }
    void add_seam_on_time() { ++seams_.on_time; }
    void add_late_seam(Nanos late);
    /// Items of which nothing could be shown, and entries that no list may have.
    void add_skipped_items(uint64_t count = 1) { skipped_items_ += count; }
    /// An item has ended: its path, and what its source counted.
    void add_item(const PlaybackPath& path, const SourceCounters& counters);
    /// Of an item that has ended: which were played, where there was a choice.
    void add_tracks(const Tracks& tracks);
    /// What the importers did, over the whole run.
    void set_import_totals(const ImportCounters& totals) { imports_ = totals; }
    /// Threads that did not return from a driver, over the whole run.
    void set_abandoned_threads(int threads) { abandoned_threads_ = threads; }
    /// What was heard, over the whole run.
    void set_sound(const SoundReport& sound) { sound_ = sound; }
    void set_gpu_timing(GpuTiming timing) { gpu_timing_ = timing; }
    /// Frames were shown as fast as they came, so that evenness means nothing.
    void set_untimed(bool untimed) { untimed_ = untimed; }

    [[nodiscard]] uint64_t presented() const { return presented_; }
    [[nodiscard]] uint64_t presented_corrupt() const { return presented_corrupt_; }
    [[nodiscard]] uint64_t dropped(DropCause cause) const {
        return dropped_[static_cast<size_t>(cause)];
    }
    [[nodiscard]] uint64_t dropped() const;
    /// Copies that the presented frames cost, decoder's and importer's together.
    [[nodiscard]] uint64_t copies() const { return copies_; }
    [[nodiscard]] uint64_t bytes_copied() const { return bytes_copied_; }
    [[nodiscard]] const SourceCounters& source() const { return source_; }  // all items together
    [[nodiscard]] const ImportCounters& imports() const { return imports_; }

    /// Nothing where no file had a sound that was wanted.
    [[nodiscard]] const std::optional<SoundReport>& sound() const { return sound_; }
    [[nodiscard]] int abandoned_threads() const { return abandoned_threads_; }
    [[nodiscard]] const SeamCounters& seams() const { return seams_; }
    [[nodiscard]] uint64_t skipped_items() const { return skipped_items_; }

    struct PathUse {
        PlaybackPath path;
        uint64_t items = 0;
    };
    /// Each path that an item ended with, in the order of first use.
    [[nodiscard]] const std::vector<PathUse>& paths() const { return paths_; }
    /// Items whose path is not among paths(), because kMostPaths others were there before.
    [[nodiscard]] uint64_t items_on_further_paths() const { return items_on_further_paths_; }

    struct TrackUse {
        Track::Kind kind = Track::Kind::video;
        int number = 0;  // 0: none of them
        int count = 0;   // that there were
        std::string codec;
        std::string language;
        std::string title;
        uint64_t items = 0;
    };
    /// Each that an item ended with which had several of its kind, in the order of first use.
    [[nodiscard]] const std::vector<TrackUse>& tracks() const { return tracks_; }
    /// Items with one that is not among tracks(), because kMostTrackUses others were there before.
    [[nodiscard]] uint64_t items_on_further_tracks() const { return items_on_further_tracks_; }

    [[nodiscard]] const DurationHistogram& interval(size_t index) const {
        return intervals_[index];  // of kStageIntervals
    }
    [[nodiscard]] const DurationHistogram& gpu_time() const { return gpu_time_; }
    [[nodiscard]] const DurationHistogram& gpu_wait() const { return gpu_wait_; }
    [[nodiscard]] GpuTiming gpu_timing() const { return gpu_timing_; }
    /// By how much the time between two presentations missed the time between their places on their
    /// line; empty when frames were not timed.
    [[nodiscard]] const DurationHistogram& jitter() const { return jitter_; }
    /// By how much each frame was seen earlier or later than its sound was heard; empty when none
    /// was.
    [[nodiscard]] const DurationHistogram& sound_offset() const { return sound_offset_; }
    /// From the start to the first presentation.
    [[nodiscard]] std::optional<Nanos> time_to_first_picture() const;
    /// From the first presentation to the last.
    [[nodiscard]] Nanos presenting_time() const;
    /// Frames per second between the first and the last presentation; 0 with fewer than two.
    [[nodiscard]] double presented_per_second() const;

  private:
    struct Presentation {
        Nanos when;
        uint64_t line;
        Nanos position;  // on that line
    };
    void add_presentation(const Presentation& now);
    void add_track_use(TrackUse use);

    static constexpr size_t kMostTrackUses = 16;
    static constexpr size_t kMostPaths = 16;
    Nanos started_;
    bool untimed_ = false;
    uint64_t presented_ = 0;
    uint64_t presented_corrupt_ = 0;
    uint64_t copies_ = 0;
    uint64_t bytes_copied_ = 0;
    std::array<uint64_t, kDropCauseCount> dropped_{};
    SourceCounters source_;
    ImportCounters imports_;
    int abandoned_threads_ = 0;
    SeamCounters seams_;
    uint64_t skipped_items_ = 0;
    std::vector<PathUse> paths_;  // at most kMostPaths
    uint64_t items_on_further_paths_ = 0;
    std::vector<TrackUse> tracks_;  // at most kMostTrackUses
    uint64_t items_on_further_tracks_ = 0;
    GpuTiming gpu_timing_ = GpuTiming::none;
    std::array<DurationHistogram, kStageIntervals.size()> intervals_;
    DurationHistogram gpu_time_;
    DurationHistogram gpu_wait_;
    DurationHistogram jitter_;
    DurationHistogram sound_offset_;
    std::optional<SoundReport> sound_;
    std::optional<Presentation> last_;
    std::optional<Nanos> first_presented_;
    Nanos last_presented_{0};
};

}  // namespace vitrine
