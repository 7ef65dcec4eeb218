#include "embed/hosted_player.h"

#include <poll.h>

#include <algorithm>
#include <utility>

#include "core/counted.h"
#include "core/log.h"
#include "core/thread_name.h"
#include "embed/board_presenter.h"
#include "player/play_budget.h"

namespace vitrine {
namespace {

constexpr Nanos kLongestRest = std::chrono::seconds(1);
constexpr Nanos kStatisticsKept = std::chrono::milliseconds(100);
// One that is not drawn for long keeps the picture that it showed, and those in flight.
constexpr int kFramesOfRenderer = static_cast<int>(kFramesInFlight) + 1;

}  // namespace

HostedPlayer::HostedPlayer(HostedPlayerOptions options)
    : options_(std::move(options)), renderers_(options_.renderers), frames_(options_.frames) {}

Result<std::shared_ptr<HostedPlayer>> HostedPlayer::make(HostedPlayerOptions options) {
    if (options.renderers < 1 || options.renderers > kMostRenderers) {
        return fail(Errc::invalid_argument, "{} renderers on a player; the most are {}",
                    options.renderers, kMostRenderers);
    }
    if (options.frames < 0 || options.frames > kMostFrames) {
        return fail(Errc::invalid_argument, "{} frames of a player; the most are {}",
                    options.frames, kMostFrames);
    }
    std::shared_ptr<HostedPlayer> player(new HostedPlayer(std::move(options)));
    if (auto started = player->start(); !started) return Failure(started.error());
    return player;
}

Result<void> HostedPlayer::start() {
    auto wake = WakeUp::make();
    if (!wake) return Failure(wake.error());
    wake_.emplace(std::move(*wake));
    presenter_ = make_board_presenter(board_, statistics_, [this] {
        if (options_.wake) options_.wake();
    });
    if (options_.sound) {
        sound_ = std::make_unique<SoundPlayer>(
            [name = options_.sound_device,
             clock = std::make_shared<const MonotonicClock>()](SoundFiller filler) {
                return open_sdl_sound_device(name, clock, std::move(filler));
            },
            clock_, SoundOptions{}, calls_);
    }
    opener_.emplace(opener_parts());
    EngineOptions options;
    options.sound = sound_.get();
    auto engine = Engine::make(options, engine_hooks(), statistics_, clock_);
    if (!engine) return Failure(engine.error());
    engine_ = std::move(*engine);
    auto events = EventQueue::make();
    if (!events) return Failure(events.error());
    events_ = std::move(*events);
    items_.set_listener([this] { engine_->list_changed(); });
    thread_ = std::thread([this] { run(); });
    return {};
}

HostedPlayer::~HostedPlayer() {
    close();
}

void HostedPlayer::close() {
    quit_ = true;
    if (wake_) wake_->signal();
    if (thread_.joinable()) thread_.join();
    items_.set_listener({});
    (void)items_.clear();
    engine_.reset();  // and whatever its items hold
    sound_.reset();   // likewise: its thread may still read
    released_.finish(clock_, options_.fence_patience);
}

MediaOpenerParts HostedPlayer::opener_parts() {
    MediaOptions media;
    media.decoders = options_.decoders;
    media.hardware = options_.hardware_decoding;
    media.calls = calls_;
    media.sound = options_.sound;
    // No GPU is known yet that could be asked: each renderer proves what it imports, and uploads
    // what it cannot.
    std::promise<OpeningGpu> gpu;
    gpu.set_value({guess_pool_memory(media.kernel), {}});
    return {std::move(media),
            clock_,
            gpu.get_future().share(),
            true,
            [this] { return quit_.load(); },
            (options_.renderers - 1) * kFramesOfRenderer + options_.frames};
}

EngineHooks HostedPlayer::engine_hooks() {
    EngineHooks hooks;
    hooks.next_item = [this] { return items_.next(); };
    hooks.open = [this](const Item& item, const std::function<bool()>& cancelled) {
        return opener_->open(item, cancelled);
    };
    hooks.begin_item = [this](const Item&, const SourceInfo&) -> Result<ItemStage> {
        return ItemStage{presenter_.get()};
    };
    hooks.fail_item = [](const EndedItem& failed) { log_error("{}", failed.error->text); };
    hooks.end_item = [this](const EndedItem& ended) {
        decoded_of_ended_ += ended.counters.decoded;
        statistics_.add_item(path_of(ended), ended.counters);
        if (ended.shown > 0) statistics_.add_tracks(ended.info.tracks);
    };
    hooks.skip_item = [](const SkippedItem& skipped) { log_error("{}", skipped.error.text); };
    hooks.wake = [this] { wake_->signal(); };
    return hooks;
}

Result<void> HostedPlayer::put(std::function<Result<void>(Engine&)> request) {
    std::lock_guard lock(mutex_);
    if (over_) return fail(Errc::unavailable, "playing is over");
    if (requests_.size() >= kMostRequests) {
        return fail(Errc::unavailable, "{} requests wait already", kMostRequests);
    }
    requests_.push_back(std::move(request));
    return {};
}

Result<void> HostedPlayer::ask(std::function<Result<void>(Engine&)> request) {
    auto asked = put(std::move(request));
    if (asked) wake_->signal();
    return asked;
}

Result<void> HostedPlayer::open(Item item) {
    return ask([this, item = std::move(item)](Engine& engine) mutable {
        engine.go_on_with(items_.clear());
        return items_.push(std::move(item));
    });
}

Result<void> HostedPlayer::queue(Item item) {
    return ask(
        [this, item = std::move(item)](Engine&) mutable { return items_.push(std::move(item)); });
}

Result<void> HostedPlayer::stop() {
    return ask([this](Engine& engine) -> Result<void> {
        engine.stop_before(items_.clear());
        return {};
    });
}

PropertyValue HostedPlayer::get(Property property) const {
    std::lock_guard lock(mutex_);
    return values_[static_cast<size_t>(property)];
}

PlaybackStatistics HostedPlayer::statistics() const {
    std::lock_guard lock(mutex_);
    return kept_statistics_;
}

HostedCounters HostedPlayer::counters() const {
    std::lock_guard lock(mutex_);
    return counters_;
}

Result<std::shared_ptr<void>> HostedPlayer::add_renderer() {
    auto place = renderers_.take();
    if (place) return place;
    return fail(Errc::unavailable, "the player was made for {} at a time",
                counted(options_.renderers, "renderer"));
}

Result<std::shared_ptr<void>> HostedPlayer::add_frame() {
    auto place = frames_.take();
    if (place) return place;
    return fail(Errc::unavailable, "the player was made for {} at a time",
                counted(options_.frames, "frame"));
}

void HostedPlayer::give_back(FramePtr frame, std::shared_ptr<void> place, UniqueFd fence) {
    released_.add(std::move(frame), std::move(place), std::move(fence), clock_.now());
    wake_->signal();
}

// The playing thread.

void HostedPlayer::run() {
    name_this_thread("vitrine:play");
    while (!quit_) {
        obey_requests();
        const auto tick = engine_->tick();
        if (!tick) {
            log_error("{}", tick.error().text);
            engine_->tell(failed_event(EngineEvent::Kind::failed, 0, tick.error()));
            break;
        }
        look(engine_->paused() ? std::nullopt : tick->wake_at);
        rest(*tick);
    }
    std::deque<std::function<Result<void>(Engine&)>> left;  // their items end outside the lock
    {
        std::lock_guard lock(mutex_);
        over_ = true;
        left.swap(requests_);
    }
    left.clear();
    engine_->finish();
    if (sound_) sound_->stop();
    (void)presenter_->finish();
    look(std::nullopt);
    keep_statistics();
}

void HostedPlayer::obey_requests() {
    std::deque<std::function<Result<void>(Engine&)>> requests;
    {
        std::lock_guard lock(mutex_);
        requests.swap(requests_);
    }
    for (const auto& request : requests) {
        if (auto done = request(*engine_); !done) {
            engine_->tell(failed_event(EngineEvent::Kind::request_failed, 0, done.error()));
        }
    }
}

/// Keeps what others may ask for.
void HostedPlayer::look(std::optional<Nanos> next_due) {
    presenter_->poll();
    board_.set_next_due(next_due);
    std::array<PropertyValue, kPropertyCount> values;
    for (const PropertyRow& row : property_rows()) {
        values[static_cast<size_t>(row.id)] = engine_->get(row.id);
    }
    const Session* session = engine_->session();
    const uint64_t decoded = session != nullptr ? session->counters().decoded : 0;
    {
        std::lock_guard lock(mutex_);
        values_ = std::move(values);
        counters_.decoded = std::max(counters_.decoded, decoded_of_ended_ + decoded);
        counters_.presented = statistics_.presented();
        counters_.dropped = statistics_.dropped();
        counters_.copies = statistics_.copies();
        counters_.bytes_copied = statistics_.bytes_copied();
        counters_.skipped_items = statistics_.skipped_items();
    }
    if (kept_at_ == Nanos::min() || clock_.now() - kept_at_ > kStatisticsKept) keep_statistics();
    hand_out_events();
}

void HostedPlayer::keep_statistics() {
    kept_at_ = clock_.now();
    if (sound_) statistics_.set_sound(sound_->report());
    statistics_.set_abandoned_threads(calls_->abandoned());
    std::lock_guard lock(mutex_);
    kept_statistics_ = statistics_;
}

void HostedPlayer::hand_out_events() {
    bool any = false;
    while (auto event = engine_->next_event()) {
        any = true;
        if (event->property) {
            events_->push_property(*event->property);
        } else {
            events_->push(std::move(*event));
        }
    }
    if (any && options_.wake) options_.wake();
}

void HostedPlayer::rest(const Engine::Tick& tick) {
    released_.let_go(clock_.now(), options_.fence_patience);
    const Nanos left = tick.wake_at ? *tick.wake_at - clock_.now() : kLongestRest;
    const Nanos longest = std::clamp(left, Nanos{0}, kLongestRest);
    std::vector<pollfd> waits = {{wake_->fd(), POLLIN, 0}};
    released_.add_to(waits);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(longest);
    const timespec time{seconds.count(), static_cast<long>((longest - seconds).count())};
    (void)ppoll(waits.data(), waits.size(), &time, nullptr);
    wake_->clear();
}

}  // namespace vitrine
