#include "app/play.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <thread>

#include "app/play_reports.h"
#include "app/screen.h"
#include "app/screenshot.h"
#include "core/log.h"
#include "decode/media_source.h"
#include "hw/kernel.h"
#include "player/player.h"
#include "player/pool_memory.h"
#include "player/presenter.h"
#include "player/session.h"

namespace vitrine {
namespace {

constexpr size_t kQueueCapacity = 3;  // frames decoded ahead of the one being shown
// What the source's pools must be able to lend: the queue, the frames on the GPU, the one that
// stays on the screen, and the one in the reading thread's hands.
constexpr int kFramesHeld = static_cast<int>(kQueueCapacity + kFramesInFlight) + 2;
constexpr Nanos kGpuWatch = std::chrono::milliseconds(2);  // between two looks for events
constexpr Nanos kSoon = std::chrono::milliseconds(50);
constexpr Nanos kLongestSleep = std::chrono::milliseconds(100);  // a signal is noticed within it

constexpr double kLargestSide = 4096;  // of an output that nobody gave a size, in pixels

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

std::string_view importer_row(ImportChoice choice) {
    switch (choice) {
        case ImportChoice::dmabuf:
            return "dmabuf";
        case ImportChoice::upload:
            return "upload";
        default:
            return "auto";
    }
}

/// The size at which the picture is shown pixel by pixel, upright and with square pixels.
Size display_size(const SourceInfo& source, int quarter_turns) {
    const double aspect = source.sample_aspect.value();
    double width = source.visible_size.width * std::max(aspect, 1.0);
    double height = source.visible_size.height / std::min(aspect, 1.0);
    const double shrink = std::min({1.0, kLargestSide / width, kLargestSide / height});
    const Size size{std::max(1, static_cast<int>(std::lround(width * shrink))),
                    std::max(1, static_cast<int>(std::lround(height * shrink)))};
    const bool turned = (source.orientation.quarter_turns + quarter_turns) % 2 != 0;
    return turned ? Size{size.height, size.width} : size;
}

class PlayRun {
  public:
    PlayRun(const PlayOptions& options, const StopSignals& signals)
        : options_(options), signals_(signals), reports_(options, clock_) {}

    ExitCode run();

  private:
    enum class ItemEnd { played, not_played, failed, quit, enough };

    Result<void> open_screen();
    ItemEnd play_item(const std::string& file);
    Result<std::unique_ptr<FrameSource>> open_source(const std::string& file);
    Result<void> open_presenter(const SourceInfo& first);
    [[nodiscard]] Result<void> resize_output(const SourceInfo& next);
    ItemEnd play_session(Session& session);
    ItemEnd loop(Player& player, Session& session);
    /// Waits until the player has something to do; false when asked to quit.
    bool wait(Player& player, FrameQueue& queue, const Player::Tick& tick);
    void wait_without_window(FrameQueue& queue, std::optional<Nanos> sleep);
    bool obey(Player& player, const UserCommand& command);
    [[nodiscard]] std::string next_screenshot();
    bool take_screenshot(const std::string& file);
    [[nodiscard]] PlayerOptions player_options() const;
    [[nodiscard]] ExitCode exit_code() const;
    void note_error(const Error& error);

    const PlayOptions& options_;
    const StopSignals& signals_;
    MonotonicClock clock_;
    RealKernel kernel_;
    PlayReports reports_;
    Screen screen_;
    PoolMemoryChoice memory_;
    const std::shared_ptr<GenerationSource> generations_ = std::make_shared<GenerationSource>();
    std::unique_ptr<Presenter> presenter_;
    size_t items_ = 0;
    size_t items_played_ = 0;
    uint64_t shown_ = 0;
    bool quit_ = false;
    bool failed_ = false;
    bool forced_path_missing_ = false;
    int screenshots_ = 0;
};

ExitCode PlayRun::run() {
    if (auto opened = reports_.open(); !opened) {
        note_error(opened.error());
        return opened.error().code == Errc::invalid_argument ? ExitCode::usage : ExitCode::failure;
    }
    if (auto opened = open_screen(); !opened) {
        note_error(opened.error());
        return ExitCode::no_display;
    }
    for (const std::string& file : options_.files) {
        if (signals_.received() != 0) {
            quit_ = true;
            break;
        }
        const ItemEnd end = play_item(file);
        ++items_;
        items_played_ += end != ItemEnd::not_played;
        failed_ |= end == ItemEnd::failed;
        quit_ = end == ItemEnd::quit;
        if (quit_ || end == ItemEnd::enough) break;
    }
    if (presenter_) {
        if (auto finished = presenter_->finish(); !finished) note_error(finished.error());
        if (!options_.screenshot.empty()) failed_ |= !take_screenshot(options_.screenshot);
    }
    if (!reports_.finish(presenter_.get())) failed_ = true;
    return exit_code();
}

ExitCode PlayRun::exit_code() const {
    if (forced_path_missing_) return ExitCode::forced_path_missing;
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
    const bool import_allowed = options_.import != ImportChoice::upload;
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
        note_error(source.error());
        return ItemEnd::not_played;
    }
    if (!presenter_) {
        if (auto opened = open_presenter((*source)->info()); !opened) {
            note_error(opened.error());
            forced_path_missing_ |=
                (options_.import != ImportChoice::automatic || options_.hardware_required) &&
                opened.error().code == Errc::unsupported;
            return ItemEnd::failed;
        }
    } else if (auto sized = resize_output((*source)->info()); !sized) {
        note_error(sized.error());
        return ItemEnd::failed;
    }
    if (screen_.window() != nullptr) screen_.window()->set_title(one_line(file) + " – Vitrine");
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
    media.pool = memory_.memory;
    media.frames_held = kFramesHeld;
    media.generations = generations_;
    media.interrupted = [this] { return signals_.received() != 0; };
    auto source = open_media(file, media, clock_);
    if (!source) {
        forced_path_missing_ |= (!options_.decoders.empty() || options_.hardware_required) &&
                                source.error().code == Errc::unsupported;
        return source;
    }
    if (options_.start > Nanos{0}) {
        if (auto sought = (*source)->seek(options_.start); !sought) return Failure(sought.error());
    }
    return source;
}

Result<void> PlayRun::open_presenter(const SourceInfo& first) {
    PresenterHooks hooks = reports_.hooks();
    const Size size = options_.size.value_or(display_size(first, options_.quarter_turns));
    auto output = screen_.take_output(size);
    if (!output) return Failure(output.error());
    if (!*output) {
        presenter_ = make_null_presenter(clock_, std::move(hooks));
        return {};
    }
    GlPresenterOptions gl;
    gl.importer = importer_row(options_.hardware_required ? ImportChoice::dmabuf : options_.import);
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
    return presenter_->resize(display_size(next, options_.quarter_turns));
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
    const ItemEnd end = loop(player, session);
    shown_ += player.shown();
    session.queue().set_listener({});
    reports_.statistics().add_dropped(DropCause::stopped, session.stop());
    if (end == ItemEnd::failed || end == ItemEnd::quit) return end;
    if (options_.frames && shown_ >= *options_.frames) return ItemEnd::enough;
    if (auto error = session.error()) {
        note_error(*error);
        forced_path_missing_ |=
            error->code == Errc::unsupported &&
            (options_.import != ImportChoice::automatic || options_.hardware_required);
        return player.shown() > 0 ? ItemEnd::failed : ItemEnd::not_played;
    }
    if (player.shown() == 0) {
        note_error({Errc::protocol, fmt::format("{}: not one picture in it", session.info().name)});
        return ItemEnd::not_played;
    }
    return ItemEnd::played;
}

PlayRun::ItemEnd PlayRun::loop(Player& player, Session& session) {
    for (;;) {
        auto tick = player.tick();
        if (!tick) {
            note_error(tick.error());
            return ItemEnd::failed;
        }
        if (tick->ended) return ItemEnd::played;
        reports_.show_progress(player, session, *presenter_);
        if (!wait(player, session.queue(), *tick)) return ItemEnd::quit;
    }
}

bool PlayRun::wait(Player& player, FrameQueue& queue, const Player::Tick& tick) {
    if (signals_.received() != 0) return false;
    const Nanos left = tick.wake_at ? *tick.wake_at - clock_.now() : kLongestSleep;
    const Nanos sleep = std::clamp(left, Nanos{0}, kLongestSleep);
    if (Window* window = screen_.window()) {
        // Time with nothing to do goes to watching the GPU, so that its finishing is stamped when
        // it happens.
        const bool watched = sleep > kGpuWatch && presenter_->wait_for_gpu(kGpuWatch);
        for (const UserCommand& command : window->wait_for_commands(watched ? Nanos{0} : sleep)) {
            // A frame that comes soon redraws the window anyway.
            const bool redraw = command.kind == UserCommand::Kind::redraw;
            if (redraw && tick.wake_at && sleep < kSoon) continue;
            if (!obey(player, command)) return false;
        }
        if (watched) return true;
        // The window waits in whole milliseconds; what is left of one is slept off.
        if (tick.wake_at && sleep < std::chrono::milliseconds(1))
            std::this_thread::sleep_for(sleep);
        return true;
    }
    if (sleep > Nanos{0})
        wait_without_window(queue, tick.wake_at ? std::optional(sleep) : std::nullopt);
    return true;
}

void PlayRun::wait_without_window(FrameQueue& queue, std::optional<Nanos> sleep) {
    // Time with nothing to do goes to watching the GPU, so that its finishing is stamped when it
    // happens.
    if (presenter_->wait_for_gpu(sleep.value_or(std::chrono::milliseconds(5)))) return;
    if (!sleep) {
        (void)queue.wait_for_frame(kLongestSleep);
        return;
    }
    pollfd signal{signals_.fd(), POLLIN, 0};
    const timespec longest{0, static_cast<long>(sleep->count())};
    (void)ppoll(&signal, 1, &longest, nullptr);
}

bool PlayRun::obey(Player& player, const UserCommand& command) {
    using Kind = UserCommand::Kind;
    switch (command.kind) {
        case Kind::quit:
            return false;
        case Kind::toggle_pause:
            player.toggle_pause();
            break;
        case Kind::step:
            player.step();
            break;
        case Kind::seek:
            if (auto sought = player.seek_by(command.offset); !sought) {
                log_warning("{}", sought.error().text);
            }
            break;
        case Kind::redraw:
            if (auto drawn = presenter_->redraw(); !drawn) log_warning("{}", drawn.error().text);
            break;
        case Kind::screenshot:
            (void)take_screenshot(next_screenshot());
            break;
    }
    return true;
}

/// The first of vitrine-0001.png and so on that is not there yet.
std::string PlayRun::next_screenshot() {
    std::string file;
    do {
        file = fmt::format("vitrine-{:04}.png", ++screenshots_);
    } while (access(file.c_str(), F_OK) == 0);
    return file;
}

bool PlayRun::take_screenshot(const std::string& file) {
    auto picture = presenter_->last_picture();
    auto written = picture ? write_png(*picture, file) : Result<void>(Failure(picture.error()));
    if (written) {
        log_info("screenshot in {}", file);
    } else {
        note_error({written.error().code,
                    fmt::format("no screenshot in {}: {}", file, written.error().text)});
    }
    return written.has_value();
}

void PlayRun::note_error(const Error& error) {
    reports_.clear_progress();
    log_error("{}", error.text);
}

}  // namespace

ExitCode play(const PlayOptions& options, const StopSignals& signals) {
    return PlayRun(options, signals).run();
}

}  // namespace vitrine
