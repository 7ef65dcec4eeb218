// What a run of the play command tells: the statistics, the files asked for, the progress line and
// the summary. Thread-bound to the render thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/frame_hash.h"
#include "app/play_options.h"
#include "app/progress.h"
#include "app/timing_csv.h"
#include "player/engine.h"
#include "player/presenter.h"
#include "player/report.h"

namespace vitrine {

class PlayReports {
  public:
    /// Both must outlive it.
    PlayReports(const PlayOptions& options, const Clock& clock);

    /// Creates the files asked for. Errors: io; invalid_argument when one of them is a file to be
    /// played, or another of them.
    [[nodiscard]] Result<void> open();
    /// To be given to the presenter; they refer to this object.
    [[nodiscard]] PresenterHooks hooks();
    [[nodiscard]] PlaybackStatistics& statistics() { return statistics_; }

    /// What is better than the path taken, and why it is out; kept for every item.
    void note_refused(const std::vector<std::string>& refused);
    void begin_item(const std::string& file, const Presenter& presenter);
    void end_item(const EndedItem& ended);

    /// Logs the path when it is first known and whenever it changes, and draws the progress line.
    void show_progress(const Engine& engine);

    /// Writes what is left to write, and the summary. False when a file could not be written.
    [[nodiscard]] bool finish(const Presenter* presenter);

  private:
    void frame_presented(const FrameRecord& record);
    void log_path(const PlaybackPath& path);
    bool check(const Result<void>& written);
    [[nodiscard]] Result<void> refuse_to_overwrite() const;

    const PlayOptions& options_;
    const Clock& clock_;
    Nanos next_path_check_{0};
    PlaybackStatistics statistics_;
    ProgressLine progress_;
    std::optional<FrameHashWriter> hashes_;
    std::optional<TimingCsvWriter> csv_;
    std::optional<FileWriter> json_;
    std::optional<Error> hash_error_;
    std::vector<std::string> refused_;
    std::optional<PlaybackPath> logged_path_;
};

}  // namespace vitrine
