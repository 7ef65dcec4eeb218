#include "app/play.h"

#include <atomic>
#include <future>
#include <limits>
#include <string_view>
#include <utility>

#include "app/list_items.h"
#include "app/log_limits.h"
#include "app/play_loop.h"
#include "app/play_reports.h"
#include "app/screen.h"
#include "app/screenshot.h"
#include "app/screenshot_writer.h"
#include "core/display_size.h"
#include "core/log.h"
#include "player/engine.h"
#include "player/media_opener.h"
#include "player/presenter.h"
#include "player/sound/sound_player.h"
#include "player/wake_up.h"
#include "render/drawing_gpu.h"

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

Gapless gapless_of(GaplessChoice choice) {
    switch (choice) {
        case GaplessChoice::strict:
            return Gapless::strict;
        case GaplessChoice::off:
            return Gapless::off;
        default:
            return Gapless::automatic;
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
    Result<void> open_screen();
    [[nodiscard]] OpeningGpu ask_gpu();
    void open_sound();
    Result<void> open_list();
    [[nodiscard]] MediaOptions media_options() const;
    Result<void> make_engine();
    void play_on_screen();
    Result<void> play_list();
    void finish_presenter();
    [[nodiscard]] EngineOptions engine_options() const;
    [[nodiscard]] EngineHooks engine_hooks();

    [[nodiscard]] Result<ItemStage> begin_item(const Item& item, const SourceInfo& info);
    void end_item(const EndedItem& ended);
    void fail_item(const EndedItem& failed);
    void skip_item(const SkippedItem& skipped);
    Result<void> open_presenter(const SourceInfo& first);
    [[nodiscard]] Result<void> resize_output(const SourceInfo& next);
    [[nodiscard]] Size output_size(const SourceInfo& source);
    [[nodiscard]] bool is_of_the_path(Errc code, bool had_worked) const;
    void say_why_ended(const EndedItem& ended) const;
    [[nodiscard]] ExitCode exit_code() const;

    const PlayOptions& options_;
    const StopSignals& signals_;
    const std::shared_ptr<CallGuard> calls_;
    MonotonicClock clock_;
    const std::shared_ptr<RealKernel> kernel_ = std::make_shared<RealKernel>();
    PlayReports reports_;
    const RepeatLimit repeats_;  // over a list that is played for ever
    ErrorRow skipped_;
    Screen screen_;
    int longest_side_ = std::numeric_limits<int>::max();  // that can be drawn, in pixels
    std::promise<OpeningGpu> gpu_found_;                  // files are opened while the screen is
    std::unique_ptr<Presenter> presenter_;
    std::unique_ptr<SoundPlayer> sound_;  // null where none is wanted
    ScreenshotWriter screenshots_;
    // The opening thread's, once there is an engine.
    std::optional<ListItems> list_;
    std::optional<MediaOpener> opener_;
    std::optional<Size> presented_size_;
    size_t items_ = 0;
    size_t items_played_ = 0;
    std::atomic<bool> quit_{false};
    bool failed_ = false;
    bool said_reduced_ = false;
    bool no_display_ = false;
    bool forced_path_missing_ = false;
    std::optional<WakeUp> wake_;
    std::atomic<Window*> window_{nullptr};  // to be woken in its place
    std::unique_ptr<Engine> engine_;        // last: its threads use the above
};

ExitCode PlayRun::run() {
    if (auto opened = reports_.open(); !opened) {
        log_error("{}", opened.error().text);
        return opened.error().code == Errc::invalid_argument ? ExitCode::usage : ExitCode::failure;
    }
    if (auto opened = open_list(); !opened) {
        log_error("{}", opened.error().text);
        return ExitCode::nothing_played;
    }
    if (options_.fade > Nanos{0} && options_.forbids_fade()) {
        log_warning("--transition=fade is left out: {} shows each picture by itself",
                    options_.untimed ? "--untimed" : "--frame-hash");
    }
    if (options_.hears()) open_sound();
    if (auto made = make_engine(); made) {
        play_on_screen();
    } else {
        log_error("{}", made.error().text);
        failed_ = true;
    }
    if (presenter_) finish_presenter();
    reports_.statistics().set_abandoned_threads(calls_->abandoned());
    reports_.statistics().add_skipped_items(list_->left_out());
    if (sound_) reports_.statistics().set_sound(sound_->report());
    if (!reports_.finish(presenter_.get())) failed_ = true;
    return exit_code();
}

Result<void> PlayRun::open_list() {
    auto list = ListItems::open(options_);
    if (!list) return Failure(list.error());
    list_.emplace(std::move(*list));
    opener_.emplace(MediaOpenerParts{media_options(), clock_, gpu_found_.get_future().share(),
                                     options_.may_import_dma_bufs(),
                                     [this] { return quit_ || signals_.received() != 0; }});
    return {};
}

MediaOptions PlayRun::media_options() const {
    MediaOptions media;
    media.decoders = options_.decoders;
    media.hardware = options_.hardware_decoding;
    media.hardware_required = options_.hardware_required;
    media.device = options_.device;
    media.kernel = kernel_;
    media.calls = calls_;
    media.sound = options_.hears();
    media.video_track = options_.video_track;
    media.audio_track = options_.audio_track;
    media.audio_languages = options_.audio_languages;
    media.image_duration = options_.image_duration;
    return media;
}

Result<void> PlayRun::make_engine() {
    auto wake = WakeUp::make();
    if (!wake) return Failure(wake.error());
    wake_.emplace(std::move(*wake));
    auto engine = Engine::make(engine_options(), engine_hooks(), reports_.statistics(), clock_);
    if (!engine) return Failure(engine.error());
    engine_ = std::move(*engine);
    return {};
}

/// The first file is opened meanwhile, as far as it can be.
void PlayRun::play_on_screen() {
    engine_->open_first();
    const auto opened = open_screen();
    gpu_found_.set_value(opened ? ask_gpu() : OpeningGpu{});
    if (!opened) {
        log_error("{}", opened.error().text);
        no_display_ = true;
    } else if (auto played = play_list(); !played) {
        log_error("{}", played.error().text);
        failed_ = true;
    }
    engine_->finish();
    skipped_.end();
    if (sound_) sound_->stop();
    failed_ |= engine_->seam_failed();
}

Result<void> PlayRun::play_list() {
    const auto end = PlayLoop({*engine_, screen_.window(), *wake_, reports_, screenshots_, signals_,
                               sound_.get(), clock_})
                         .run();
    if (!end) return Failure(end.error());
    quit_ = *end == PlayLoop::End::quit;
    return {};
}

EngineOptions PlayRun::engine_options() const {
    EngineOptions options;
    options.player.pacer.untimed = options_.untimed;
    options.player.frame_limit = options_.frames;
    options.gapless = gapless_of(options_.gapless);
    options.sound = sound_.get();
    options.speed = options_.speed;
    options.endless = options_.loop_playlist == 0;
    if (!options_.forbids_fade()) options.fade = options_.fade;
    return options;
}

EngineHooks PlayRun::engine_hooks() {
    EngineHooks hooks;
    hooks.next_item = [this] { return list_->next(); };
    hooks.go_back = [this](const Item& item) { list_->go_back(item); };
    hooks.open = [this](const Item& item, const std::function<bool()>& cancelled) {
        return opener_->open(item, cancelled);
    };
    hooks.begin_item = [this](const Item& item, const SourceInfo& info) {
        return begin_item(item, info);
    };
    hooks.fail_item = [this](const EndedItem& failed) { fail_item(failed); };
    hooks.end_item = [this](const EndedItem& ended) { end_item(ended); };
    hooks.skip_item = [this](const SkippedItem& skipped) { skip_item(skipped); };
    hooks.wake = [this] {
        if (Window* window = window_) {
            window->wake();
        } else {
            wake_->signal();
        }
    };
    return hooks;
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
    return items_played_ < items_ + list_->left_out() ? ExitCode::partly_played : ExitCode::ok;
}

Result<void> PlayRun::open_screen() {
    auto screen = Screen::open(options_.output, window_options(options_));
    if (!screen) return Failure(screen.error());
    screen_ = std::move(*screen);
    window_ = screen_.window();
    reports_.note_refused(screen_.refused());
    return {};
}

OpeningGpu PlayRun::ask_gpu() {
    OpeningGpu gpu;
    GlContext* context = screen_.context();
    if (context == nullptr) return gpu;
    longest_side_ = context->facts().max_texture_size;
    gpu.cuda_device = ask_for_drawing_gpu(*context);
    if (options_.may_import_dma_bufs()) {
        PoolMemoryChoice choice = choose_pool_memory(kernel_, *context);
        reports_.note_refused(choice.refused);
        gpu.memory = std::move(choice.memory);
    }
    return gpu;
}

void PlayRun::open_sound() {
    sound_ = std::make_unique<SoundPlayer>(
        [name = options_.sound_device, clock = std::make_shared<const MonotonicClock>()](
            SoundFiller filler) { return open_sdl_sound_device(name, clock, std::move(filler)); },
        clock_, SoundOptions{options_.volume / 100, options_.mute, options_.sound_delay}, calls_);
}

Result<ItemStage> PlayRun::begin_item(const Item& item, const SourceInfo& info) {
    skipped_.end();
    if (!presenter_) {
        if (auto opened = open_presenter(info); !opened) {
            forced_path_missing_ |=
                options_.forces_import() && opened.error().code == Errc::unsupported;
            return Failure(opened.error());  // what opening took of the screen is gone
        }
    } else if (auto sized = resize_output(info); !sized) {
        return Failure(sized.error());
    }
    Window* window = screen_.window();
    const std::string& title = item.title.empty() ? info.name : item.title;
    if (window != nullptr) window->set_title(one_line(title) + " – Vitrine");
    presenter_->set_draw({item.fit.value_or(fit_of(options_.fit)),
                          item.quarter_turns.value_or(options_.quarter_turns)});
    reports_.begin_item(item.file, *presenter_);
    ItemStage stage{presenter_.get()};
    stage.hold_last = options_.keep_open && !options_.frames && window != nullptr;
    // A swap shows at the next refresh: aim at the middle of the one before the frame is due.
    if (window != nullptr) stage.lead = window->refresh_period().value_or(Nanos{0}) / 2;
    return stage;
}

void PlayRun::end_item(const EndedItem& ended) {
    reports_.end_item(ended);
    ++items_;
    const bool played = ended.early || ended.shown > 0;
    if (played) ++items_played_;
    if (!ended.error && !played) log_error("{}: not one picture in it", ended.info.name);
}

void PlayRun::fail_item(const EndedItem& failed) {
    say_why_ended(failed);
    forced_path_missing_ |= is_of_the_path(failed.error->code, failed.shown > 0);
    failed_ |= failed.shown > 0;
}

void PlayRun::skip_item(const SkippedItem& skipped) {
    skipped_.add(skipped.error.text);
    ++items_;
    switch (skipped.why) {
        case SkippedItem::Why::not_opened:
            forced_path_missing_ |= skipped.error.code == Errc::unsupported;
            break;
        case SkippedItem::Why::no_picture:
            forced_path_missing_ |= is_of_the_path(skipped.error.code, false);
            break;
        case SkippedItem::Why::no_stage:
            ++items_played_;
            failed_ = true;
            break;
    }
}

Result<void> PlayRun::open_presenter(const SourceInfo& first) {
    PresenterHooks hooks = reports_.hooks();
    const Size size = output_size(first);
    auto output = screen_.take_output(size);
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
    presented_size_ = size;
    return {};
}

/// Offscreen pictures have their video's size, each; a window keeps the size that its user gave it.
Result<void> PlayRun::resize_output(const SourceInfo& next) {
    const Size size = output_size(next);
    if (size == presented_size_) return {};
    presented_size_ = size;
    return presenter_->resize(size);
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

/// Whether what ended a session says that the way which was forced is not to be had here; one that
/// is required counts as missing also when it was lost.
bool PlayRun::is_of_the_path(Errc code, bool had_worked) const {
    if (options_.hardware_required) return code == Errc::device_lost || code == Errc::unsupported;
    return options_.forces_path() && code == Errc::unsupported && !had_worked;
}

/// Where an importer was forced, what would have given it pictures is of interest.
void PlayRun::say_why_ended(const EndedItem& ended) const {
    const Error& error = *ended.error;
    const std::vector<std::string>& better = ended.path.refused;
    if (!options_.forces_import() || error.code != Errc::unsupported || better.empty()) {
        log_error("{}", error.text);
    } else {
        log_error("{}; not taken before: {}", error.text, fmt::join(better, "; "));
    }
}

}  // namespace

ExitCode play(const PlayOptions& options, const StopSignals& signals,
              std::shared_ptr<CallGuard> calls) {
    return PlayRun(options, signals, std::move(calls)).run();
}

}  // namespace vitrine
