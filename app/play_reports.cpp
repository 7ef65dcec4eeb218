#include "app/play_reports.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "app/file_writer.h"
#include "app/standard_streams.h"
#include "app/summary.h"
#include "core/log.h"
#include "decode/media_source.h"
#include "player/timing_json.h"

namespace vitrine {
namespace {

constexpr Nanos kPathCheckPeriod = std::chrono::milliseconds(250);

std::string short_path(const PlaybackPath& path) {
    return fmt::format("{} > {} > {} > {}", path.decoder, path.storage, path.importer, path.output);
}

bool same_file(const std::string& one, const std::string& other) {
    std::error_code
        ignored;  // names of files that are not there yet are compared as far as they go
    if (std::filesystem::weakly_canonical(one, ignored) ==
        std::filesystem::weakly_canonical(other, ignored)) {
        return true;
    }
    struct stat first {
    }, second{};
    if (stat(one.c_str(), &first) != 0 || stat(other.c_str(), &second) != 0) return false;
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino && S_ISREG(first.st_mode);
}

}  // namespace

PlayReports::PlayReports(const PlayOptions& options, const Clock& clock)
    : options_(options), clock_(clock), statistics_(clock.now()), progress_(clock) {
    statistics_.set_untimed(options.untimed);
}

Result<void> PlayReports::open() {
    if (auto distinct = refuse_to_overwrite(); !distinct) return distinct;
    if (!options_.frame_hash.empty()) {
        auto hashes = FrameHashWriter::open(options_.frame_hash);
        if (!hashes) return Failure(hashes.error());
        hashes_.emplace(std::move(*hashes));
    }
    if (!options_.timing_csv.empty()) {
        auto csv = TimingCsvWriter::open(options_.timing_csv);
        if (!csv) return Failure(csv.error());
        csv_.emplace(std::move(*csv));
    }
    if (!options_.timing_json.empty()) {
        auto json = FileWriter::open(options_.timing_json);
        if (!json) return Failure(json.error());
        json_.emplace(std::move(*json));
    }
    // Made only when there is a picture to put into it.
    return options_.screenshot.empty() ? Result<void>{} : FileWriter::check(options_.screenshot);
}

Result<void> PlayReports::refuse_to_overwrite() const {
    struct Named {
        std::string option;
        std::string path;
    };
    std::vector<Named> taken;
    for (const std::string& file : options_.files) {
        taken.push_back({"a file to be played", path_of_input(file)});
    }
    const std::vector<Named> written = {{"--frame-hash", options_.frame_hash},
                                        {"--timing-csv", options_.timing_csv},
                                        {"--timing-json", options_.timing_json},
                                        {"--screenshot", options_.screenshot}};
    for (const Named& file : written) {
        if (file.path.empty()) continue;
        for (const Named& other : taken) {
            if (!same_file(file.path, other.path)) continue;
            return fail(Errc::invalid_argument, "{}={} is {} too", file.option, file.path,
                        other.option);
        }
        taken.push_back(file);
    }
    return {};
}

PresenterHooks PlayReports::hooks() {
    PresenterHooks hooks;
    hooks.presented = [this](const FrameRecord& record) { frame_presented(record); };
    if (!hashes_) return hooks;
    hooks.pixels = [this](const FrameRecord& record, const Picture& picture) {
        hashes_->add(record.sequence, record.pts, picture);
    };
    hooks.planes = [this](const FrameRecord& record, const VideoFrame& frame) {
        auto added = hashes_->add(record.sequence, record.pts, frame);
        if (!added && !hash_error_) hash_error_ = added.error();
    };
    return hooks;
}

void PlayReports::frame_presented(const FrameRecord& record) {
    statistics_.add_presented(record);
    if (csv_) csv_->add(record);
}

void PlayReports::note_refused(const std::vector<std::string>& refused) {
    refused_.insert(refused_.end(), refused.begin(), refused.end());
}

void PlayReports::begin_item(const std::string& file, const Presenter& presenter) {
    if (hashes_) hashes_->begin_item(file, presenter.output_name());
}

void PlayReports::end_item(const EndedItem& ended) {
    statistics_.add_item(path_of(ended, refused_), ended.counters);
    if (ended.shown > 0) statistics_.add_tracks(ended.info.tracks);
}

void PlayReports::show_progress(const Engine& engine) {
    if (engine.session() == nullptr || engine.shown_of_item() == 0) return;
    const Nanos now = clock_.now();
    if (!logged_path_ || now >= next_path_check_) {
        log_path(path_of(engine.describe_current(), refused_));
        next_path_check_ = now + kPathCheckPeriod;
    }
    if (!progress_.due()) return;
    ProgressState state;
    state.position = engine.position();
    state.duration = engine.session()->info().duration;
    state.frames_per_second = statistics_.presented_per_second();
    state.path = short_path(*logged_path_);
    state.dropped = statistics_.dropped();
    state.paused = engine.paused();
    progress_.update(state);
}

void PlayReports::log_path(const PlaybackPath& path) {
    if (logged_path_ == path) return;
    logged_path_ = path;
    log_info("path: {}", short_path(path));
    for (const std::string& reason : path.refused) log_info("not taken: {}", reason);
    const std::string& device = options_.device;
    if (device.empty() || path.decoder.rfind(device, 0) == 0) return;
    const auto why =
        std::find_if(path.refused.begin(), path.refused.end(),
                     [](const std::string& each) { return each.rfind("v4l2", 0) == 0; });
    log_warning("{}, which --device names, does not decode this; {} does{}", device, path.decoder,
                why == path.refused.end() ? "" : " (" + *why + ")");
}

bool PlayReports::finish(const Presenter* presenter) {
    progress_.clear();
    if (presenter != nullptr) {
        statistics_.set_import_totals(presenter->import_counters());
        statistics_.set_gpu_timing(presenter->gpu_timing());
    }
    bool written = true;
    if (hash_error_) written &= check(Failure(*hash_error_));
    if (hashes_) written &= check(hashes_->close());
    if (csv_) written &= check(csv_->close());
    if (json_) {
        json_->write(timing_json(statistics_));
        written &= check(json_->close());
    }
    if (log_level() >= LogLevel::info || options_.timing)
        print_to_stderr(summary_text(statistics_, statistics_.presented() > 0));
    return written;
}

bool PlayReports::check(const Result<void>& written) {
    if (!written) log_error("{}", written.error().text);
    return written.has_value();
}

}  // namespace vitrine
