#include "app/play.h"

#include <limits>
#include <string_view>
#include <utility>

#include "app/display_size.h"
#include "app/play_budget.h"
#include "app/play_loop.h"
#include "app/play_reports.h"
#include "app/screen.h"
#include "app/screenshot.h"
#include "app/screenshot_writer.h"
#include "core/log.h"
#include "decode/media_source.h"
#include "hw/kernel.h"
#include "player/player.h"
#include "player/pool_memory.h"
#include "player/presenter.h"
#include "player/session.h"

namespace vitrine {
namespace {

Fit fit_of(FitChoice choice) {
    switch (choice) {
        case FitChoice::cover:
            return Fit::cover;
        case FitChoice::stretch:
            return Fit::stretch;
        default:
            return Fit::contain;
    }
}

/// The rows of importers that the options leave; empty: every one.
std::vector<std::string> importers_of(const PlayOptions& options) {
    switch (options.import) {
        case ImportChoice::dmabuf:
            return {"dmabuf"};
        case ImportChoice::cuda:
            return {"cuda"};
        case ImportChoice::upload:
            return {"upload"};
        default:
            break;
    }
    if (!options.hardware_required) return {};
    return {"dmabuf", "cuda"};  // the CPU copies nothing
}

class PlayRun {
  public:
    PlayRun(const PlayOptions& options, const StopSignals& signals,
            std::shared_ptr<CallGuard> calls)
        : options_(options),
          signals_(signals),
          calls_(std::move(calls)),
          reports_(options, clock_) {}

    ExitCode run();

  private:
    /// no_output: nothing more can be presented, of this file or another.
    enum class ItemEnd { played, not_played, failed, quit, enough, no_output };

    Result<void> open_screen();
    void play_items();
    void finish_presenter();
    ItemEnd play_item(const std::string& file);
    Result<std::unique_ptr<FrameSource>> open_source(const std::string& file);
    Result<void> open_presenter(const SourceInfo& first);
    [[nodiscard]] Result<void> resize_output(const SourceInfo& next);
    [[nodiscard]] Size output_size(const SourceInfo& source);
    ItemEnd play_session(Session& session);
    [[nodiscard]] PlayerOptions player_options() const;
    [[nodiscard]] ExitCode exit_code() const;

    const PlayOptions& options_;
    const StopSignals& signals_;
    const std::shared_ptr<CallGuard> calls_;
    MonotonicClock clock_;
    const std::shared_ptr<RealKernel> kernel_ = std::make_shared<RealKernel>();
    PlayReports reports_;
    Screen screen_;
    int longest_side_ = std::numeric_limits<int>::max();  // that can be drawn, in pixels
    PoolMemoryChoice memory_;
    const std::shared_ptr<GenerationSource> generations_ = std::make_shared<GenerationSource>();
    std::unique_ptr<Presenter> presenter_;
    ScreenshotWriter screenshots_;
    size_t items_ = 0;
    size_t items_played_ = 0;
    uint64_t shown_ = 0;
    bool quit_ = false;
    bool failed_ = false;
    bool said_reduced_ = false;
    bool no_display_ = false;
    bool forced_path_missing_ = false;
};

ExitCode PlayRun::run() {
    if (auto opened = reports_.open(); !opened) {
        log_error("{}", opened.error().text);
        return opened.error().code == Errc::invalid_argument ? ExitCode::usage : ExitCode::failure;
    }
    if (auto opened = open_screen(); opened) {
        play_items();
    } else {
        log_error("{}", opened.error().text);
        no_display_ = true;
    }
    if (presenter_) finish_presenter();
    reports_.statistics().set_abandoned_threads(calls_->abandoned());
    if (!reports_.finish(presenter_.get())) failed_ = true;
    return exit_code();
}

void PlayRun::play_items() {
    for (const std::string& file : options_.files) {
        if (signals_.received() != 0) {
            quit_ = true;
            break;
        }
        const ItemEnd end = play_item(file);
        ++items_;
        items_played_ += end != ItemEnd::not_played;
        failed_ |= end == ItemEnd::failed || end == ItemEnd::no_output;
        quit_ = end == ItemEnd::quit;
        if (quit_ || end == ItemEnd::enough || end == ItemEnd::no_output) break;
    }
}

void PlayRun::finish_presenter() {
    if (auto finished = presenter_->finish(); !finished) {
        log_error("{}", finished.error().text);
        failed_ = true;
    }
    if (!options_.screenshot.empty()) {
        failed_ |= !save_screenshot(presenter_->last_picture(), options_.screenshot);
    }
    screenshots_.finish();
}

ExitCode PlayRun::exit_code() const {
    if (forced_path_missing_) return ExitCode::forced_path_missing;
    if (no_display_) return ExitCode::no_display;
    if (failed_) return ExitCode::failure;
    if (quit_) return ExitCode::ok;
    if (items_played_ == 0) return ExitCode::nothing_played;
    return items_played_ < items_ ? ExitCode::partly_played : ExitCode::ok;
}

Result<void> PlayRun::open_screen() {
    auto screen = Screen::open(options_.output, !options_.untimed);
    if (!screen) return Failure(screen.error());
    screen_ = std::move(*screen);
    reports_.note_refused(screen_.refused());
    if (GlContext* context = screen_.context()) {
        longest_side_ = context->facts().max_texture_size;
    }
    const bool import_allowed =
        options_.import == ImportChoice::automatic || options_.import == ImportChoice::dmabuf;
    if (screen_.context() != nullptr && import_allowed) {
        memory_ = choose_pool_memory(kernel_, *screen_.context());
        reports_.note_refused(memory_.refused);
    }
    return {};
}

PlayRun::ItemEnd PlayRun::play_item(const std::string& file) {
    auto source = open_source(file);
    if (!source) {
        if (source.error().code == Errc::interrupted) return ItemEnd::quit;
        log_error("{}", source.error().text);
        return ItemEnd::not_played;
    }
    if (!presenter_) {
        if (auto opened = open_presenter((*source)->info()); !opened) {
            log_error("{}", opened.error().text);
            forced_path_missing_ |=
                options_.forces_import() && opened.error().code == Errc::unsupported;
            return ItemEnd::no_output;  // what opening took of the screen is gone
        }
    } else if (auto sized = resize_output((*source)->info()); !sized) {
        log_error("{}", sized.error().text);
        return ItemEnd::failed;
    }
    if (screen_.window() != nullptr)
        screen_.window()->set_title(one_line((*source)->info().name) + " – Vitrine");
    reports_.begin_item(file, *presenter_);
    Session session(std::move(*source), kQueueCapacity, clock_);
    const ItemEnd end = play_session(session);
    reports_.end_item(session, *presenter_);
    return end;
}

Result<std::unique_ptr<FrameSource>> PlayRun::open_source(const std::string& file) {
    MediaOptions media;
    media.decoders = options_.decoders;
    media.hardware = options_.hardware_decoding;
    media.hardware_required = options_.hardware_required;
    media.device = options_.device;
    media.kernel = kernel_;
    media.calls = calls_;
    media.pool = memory_.memory;
    media.frames_held = kFramesHeld;
    media.generations = generations_;
    media.interrupted = [this] { return signals_.received() != 0; };
    auto source = open_media(file, media, clock_);
    if (!source) {
        forced_path_missing_ |= source.error().code == Errc::unsupported;
        return source;
    }
    if (options_.start > Nanos{0}) {
        if (auto sought = (*source)->seek(options_.start); !sought) return Failure(sought.error());
    }
    return source;
}

Result<void> PlayRun::open_presenter(const SourceInfo& first) {
    PresenterHooks hooks = reports_.hooks();
    auto output = screen_.take_output(output_size(first));
    if (!output) return Failure(output.error());
    if (!*output) {
        presenter_ = make_null_presenter(clock_, std::move(hooks));
        return {};
    }
    GlPresenterOptions gl;
    gl.importers = importers_of(options_);
    gl.gpu_times = options_.wants_timing();
    gl.draw = {fit_of(options_.fit), options_.quarter_turns};
    auto presenter = make_gl_presenter(std::move(*output), gl, clock_, std::move(hooks));
    if (!presenter) return Failure(presenter.error());
    presenter_ = std::move(*presenter);
    return {};
}

/// Offscreen pictures have their video's size, each; a window keeps the size that its user gave it.
Result<void> PlayRun::resize_output(const SourceInfo& next) {
    if (options_.size) return {};
    return presenter_->resize(output_size(next));
}

Size PlayRun::output_size(const SourceInfo& source) {
    if (options_.size) return *options_.size;
    const DisplaySize display = display_size(source, options_.quarter_turns, longest_side_);
    // A window is fitted to its display in any case.
    if (display.reduced && screen_.window() == nullptr && !std::exchange(said_reduced_, true)) {
        log_warning("{}: drawn at {}x{}: the longest side that this GPU draws is {} pixels",
                    source.name, display.size.width, display.size.height, longest_side_);
    }
    return display.size;
}

PlayerOptions PlayRun::player_options() const {
    PlayerOptions options;
    options.pacer.untimed = options_.untimed;
    if (options_.frames) options.frame_limit = *options_.frames - shown_;
    // A swap shows at the next refresh: aim at the middle of the one before the frame is due.
    if (Window* window = screen_.window()) {
        options.pacer.lead = window->refresh_period().value_or(Nanos{0}) / 2;
    }
    return options;
}

PlayRun::ItemEnd PlayRun::play_session(Session& session) {
    Player player(session, *presenter_, reports_.statistics(), clock_, player_options());
    if (Window* window = screen_.window())
        session.queue().set_listener([window] { window->wake(); });
    const auto end = PlayLoop({player, session, *presenter_, screen_.window(), reports_,
                               screenshots_, signals_, clock_})
                         .run();
    shown_ += player.shown();
    session.queue().set_listener({});
    reports_.statistics().add_dropped(DropCause::stopped, session.stop());
    if (!end) {
        log_error("{}", end.error().text);
        return end.error().code == Errc::device_lost ? ItemEnd::no_output : ItemEnd::failed;
    }
    if (*end == PlayLoop::End::quit) return ItemEnd::quit;
    if (options_.frames && shown_ >= *options_.frames) return ItemEnd::enough;
    if (auto error = session.error()) {
        log_error("{}", error->text);
        forced_path_missing_ |= error->code == Errc::unsupported && options_.forces_path();
        return player.shown() > 0 ? ItemEnd::failed : ItemEnd::not_played;
    }
    if (player.shown() == 0) {
        log_error("{}: not one picture in it", session.info().name);
        return ItemEnd::not_played;
    }
    return ItemEnd::played;
}

}  // namespace

ExitCode play(const PlayOptions& options, const StopSignals& signals,
              std::shared_ptr<CallGuard> calls) {
    return PlayRun(options, signals, std::move(calls)).run();
}

}  // namespace vitrine
