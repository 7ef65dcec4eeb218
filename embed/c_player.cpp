// The player of the C API.
#include <cmath>
#include <limits>

#include "embed/c_call.h"
#include "embed/caller_bytes.h"
#include "player/timing_json.h"

namespace vitrine {
namespace {

void copy_text(char* out, size_t size, const std::string& text) {
    size_t length = std::min(text.size(), size - 1);
    // Not within a character of UTF-8.
    while (length < text.size() && length > 0 && (text[length] & '\xc0') == '\x80') --length;
    std::memcpy(out, text.data(), length);
    out[length] = 0;
}

void give_text(const std::string& value, char* text, size_t size, size_t* needed) {
    if (size > 0) copy_text(text, size, value);
    if (needed != nullptr) *needed = value.size() + 1;
}

/// An item, and the bytes that it keeps; null where it is a file.
struct GivenItem {
    Item item;
    std::shared_ptr<CallerIo> io;
};

Result<GivenItem> item_from(const char* url, const vitrine_item* given) {
    const auto options = read_struct(given, "vitrine_item");
    if (!options) return Failure(options.error());
    if (options->start < 0 || options->end < 0 ||
        (options->end != 0 && options->end <= options->start)) {
        return fail(Errc::invalid_argument, "{}: a part from {} ns to {} ns", url, options->start,
                    options->end);
    }
    Item item;
    item.file = url;
    if (options->start > 0) item.start = Nanos(options->start);
    if (options->end > 0) item.end = Nanos(options->end);
    item.passes = options->loop == UINT64_MAX ? 0 : std::max<uint64_t>(options->loop, 1);
    if (options->io == nullptr) return GivenItem{std::move(item), nullptr};
    const auto calls = read_struct(options->io, "vitrine_io");
    if (!calls) return Failure(calls.error());
    auto io = CallerIo::make(*calls);
    if (!io) return Failure(io.error());
    item.bytes = bytes_of(*io, url);
    return GivenItem{std::move(item), std::move(*io)};
}

using Put = Result<void> (HostedPlayer::*)(Item);

int put_item(vitrine_player* player, const char* url, const vitrine_item* options, Put put) {
    if (player == nullptr) return null_argument("player");
    if (url == nullptr) return null_argument("url");
    auto given = item_from(url, options);
    if (!given) return status_of_failed(given);
    const int status = status_of((*player->player.*put)(std::move(given->item)));
    if (status == VITRINE_OK && given->io) given->io->take();
    return status;
}

int ask(vitrine_player* player, std::function<Result<void>(Engine&)> request) {
    if (player == nullptr) return null_argument("player");
    return status_of(player->player->ask(std::move(request)));
}

Result<const PropertyRow*> row_named(const char* name) {
    if (name == nullptr) return fail(Errc::invalid_argument, "name is NULL");
    const auto property = property_from(name);
    if (!property) return fail(Errc::invalid_argument, "there is no property \"{}\"", name);
    return &row_of(*property);
}

/// One of the table, of a type that the caller's function is for.
Result<const PropertyRow*> row_of_type(const char* name,
                                       std::initializer_list<PropertyType> types) {
    auto row = row_named(name);
    if (!row) return row;
    if (std::find(types.begin(), types.end(), (*row)->type) != types.end()) return row;
    return fail(Errc::invalid_argument, "{} is {}", name, name_of((*row)->type));
}

constexpr auto kIntegers = {PropertyType::flag, PropertyType::integer, PropertyType::time};

/// Errors: as row_of_type; unavailable where there is no value.
Result<PropertyValue> value_of(vitrine_player* player, const char* name,
                               std::initializer_list<PropertyType> types) {
    if (player == nullptr) return fail(Errc::invalid_argument, "player is NULL");
    const auto row = row_of_type(name, types);
    if (!row) return Failure(row.error());
    PropertyValue value = player->player->get((*row)->id);
    if (!type_of(value)) return fail(Errc::unavailable, "{} has no value now", name);
    return value;
}

int64_t to_integer(const PropertyValue& value) {
    if (const bool* flag = std::get_if<bool>(&value)) return *flag ? 1 : 0;
    if (const Nanos* time = std::get_if<Nanos>(&value)) return time->count();
    return std::get<int64_t>(value);
}

PropertyValue from_integer(PropertyType type, int64_t value) {
    if (type == PropertyType::flag) return value != 0;
    if (type == PropertyType::time) return Nanos(value);
    return value;
}

int set_property(vitrine_player* player, const Result<const PropertyRow*>& row,
                 PropertyValue value) {
    if (!row) return status_of_failed(row);
    if (!(*row)->writable) {
        return refuse(VITRINE_ERROR_UNSUPPORTED, fmt::format("{} cannot be set", (*row)->name));
    }
    return ask(player, [property = (*row)->id, value = std::move(value)](Engine& engine) {
        return engine.set(property, value);
    });
}

vitrine_event_kind kind_of(EngineEvent::Kind kind) {
    using Kind = EngineEvent::Kind;
    switch (kind) {
        case Kind::item_began:
            return VITRINE_EVENT_ITEM_BEGAN;
        case Kind::item_ended:
            return VITRINE_EVENT_ITEM_ENDED;
        case Kind::item_skipped:
            return VITRINE_EVENT_ITEM_SKIPPED;
        case Kind::path_changed:
            return VITRINE_EVENT_PATH_CHANGED;
        case Kind::seam_late:
            return VITRINE_EVENT_SEAM_LATE;
        case Kind::tracks_changed:
            return VITRINE_EVENT_TRACKS_CHANGED;
        case Kind::tracks_kept:
            return VITRINE_EVENT_TRACKS_KEPT;
        case Kind::property_changed:
            return VITRINE_EVENT_PROPERTY;
        case Kind::stood_still:
            return VITRINE_EVENT_STOOD_STILL;
        case Kind::stalled:
            return VITRINE_EVENT_STALLED;
        case Kind::list_waits:
            return VITRINE_EVENT_QUEUE_PLAYED;
        case Kind::request_failed:
            return VITRINE_EVENT_REQUEST_FAILED;
        case Kind::failed:
        case Kind::end_of_list:  // the queue is never closed
            return VITRINE_EVENT_FAILED;
    }
    return VITRINE_EVENT_NONE;
}

vitrine_event to_event(const EngineEvent& told) {
    vitrine_event event{};
    event.kind = kind_of(told.kind);
    event.item = told.item;
    event.time = told.time.count();
    std::string text = told.text;
    if (told.property) text = row_of(*told.property).name;
    if (told.error) {
        event.error = status_of(told.error->code);
        text = told.error->text;
    }
    copy_text(event.text, sizeof(event.text), text);
    return event;
}

}  // namespace
}  // namespace vitrine

using namespace vitrine;

vitrine_player* vitrine_player_create(const vitrine_player_options* given) {
    vitrine_player* made = nullptr;
    (void)guarded([&] {
        quieten_log_once();
        const auto read = read_struct(given, "vitrine_player_options");
        if (!read) return status_of_failed(read);
        HostedPlayerOptions options;
        options.sound = read->no_sound == 0;
        if (read->sound_device != nullptr) options.sound_device = read->sound_device;
        options.hardware_decoding = read->software_decoding == 0;
        if (read->renderers != 0) options.renderers = read->renderers;
        options.frames = read->frames;
        if (read->wake != nullptr) {
            options.wake = [wake = read->wake, user = read->user] { wake(user); };
        }
        note_process();
        auto player = HostedPlayer::make(std::move(options));
        if (!player) return status_of_failed(player);
        made = new vitrine_player{std::move(*player)};
        return 0;
    });
    return made;
}

void vitrine_player_destroy(vitrine_player* player) {
    if (player == nullptr) return;
    (void)guarded([&] {
        player->player->close();
        delete player;
        return 0;
    });
}

int vitrine_player_open(vitrine_player* player, const char* url, const vitrine_item* item) {
    return guarded([&] { return put_item(player, url, item, &HostedPlayer::open); });
}

int vitrine_player_queue(vitrine_player* player, const char* url, const vitrine_item* item) {
    return guarded([&] { return put_item(player, url, item, &HostedPlayer::queue); });
}

int vitrine_player_stop(vitrine_player* player) {
    return guarded([&] {
        if (player == nullptr) return null_argument("player");
        return status_of(player->player->stop());
    });
}

int vitrine_player_next(vitrine_player* player) {
    return guarded([&] {
        return ask(player, [](Engine& engine) -> Result<void> {
            engine.go_on();
            return {};
        });
    });
}

int vitrine_player_play(vitrine_player* player) {
    return guarded([&] {
        return ask(player, [](Engine& engine) -> Result<void> {
            engine.play();
            return {};
        });
    });
}

int vitrine_player_pause(vitrine_player* player) {
    return guarded([&] {
        return ask(player, [](Engine& engine) -> Result<void> {
            engine.pause();
            return {};
        });
    });
}

int vitrine_player_seek(vitrine_player* player, int64_t position, int flags) {
    return guarded([&] {
        constexpr int kKnown = VITRINE_SEEK_KEY_FRAME | VITRINE_SEEK_RELATIVE;
        if ((flags & ~kKnown) != 0) {
            return refuse(VITRINE_ERROR_INVALID_ARGUMENT, fmt::format("flags are {:#x}", flags));
        }
        // Two centuries either way, which no sum of two such leaves.
        constexpr int64_t kFarthest = std::numeric_limits<int64_t>::max() / 4;
        const Nanos to(std::clamp(position, -kFarthest, kFarthest));
        const auto kind = (flags & VITRINE_SEEK_KEY_FRAME) != 0 ? SeekTarget::Kind::key_frame
                                                                : SeekTarget::Kind::exact;
        const bool relative = (flags & VITRINE_SEEK_RELATIVE) != 0;
        return ask(player, [=](Engine& engine) {
            return relative ? engine.seek_by(to, kind) : engine.seek_to(to, kind);
        });
    });
}

int vitrine_player_step(vitrine_player* player, int direction) {
    return guarded([&] {
        return ask(player, [=](Engine& engine) -> Result<void> {
            if (direction < 0) return engine.step_back();
            engine.step();
            return {};
        });
    });
}

int vitrine_player_get_integer(vitrine_player* player, const char* name, int64_t* value) {
    return guarded([&] {
        if (value == nullptr) return null_argument("value");
        const auto found = value_of(player, name, kIntegers);
        if (!found) return status_of_failed(found);
        *value = to_integer(*found);
        return 0;
    });
}

int vitrine_player_get_number(vitrine_player* player, const char* name, double* value) {
    return guarded([&] {
        if (value == nullptr) return null_argument("value");
        const auto found = value_of(player, name, {PropertyType::number});
        if (!found) return status_of_failed(found);
        *value = std::get<double>(*found);
        return 0;
    });
}

int vitrine_player_get_text(vitrine_player* player, const char* name, char* text, size_t size,
                            size_t* needed) {
    return guarded([&] {
        if (text == nullptr && size > 0) return null_argument("text");
        const auto found = value_of(player, name, {PropertyType::text});
        if (!found) return status_of_failed(found);
        give_text(std::get<std::string>(*found), text, size, needed);
        return 0;
    });
}

int vitrine_player_set_integer(vitrine_player* player, const char* name, int64_t value) {
    return guarded([&] {
        const auto row = row_of_type(name, kIntegers);
        return set_property(player, row, row ? from_integer((*row)->type, value) : PropertyValue());
    });
}

int vitrine_player_set_number(vitrine_player* player, const char* name, double value) {
    return guarded(
        [&] { return set_property(player, row_of_type(name, {PropertyType::number}), value); });
}

int vitrine_player_observe(vitrine_player* player, const char* name, int observed) {
    return guarded([&] {
        const auto row = row_named(name);
        if (!row) return status_of_failed(row);
        return ask(player, [property = (*row)->id, observed](Engine& engine) -> Result<void> {
            engine.observe(property, observed != 0);
            return {};
        });
    });
}

int vitrine_player_statistics(vitrine_player* player, vitrine_statistics* statistics) {
    return guarded([&] {
        if (player == nullptr) return null_argument("player");
        if (statistics == nullptr) return null_argument("statistics");
        const HostedCounters counted = player->player->counters();
        vitrine_statistics value{};
        value.decoded = counted.decoded;
        value.presented = counted.presented;
        value.dropped = counted.dropped;
        value.copies = counted.copies;
        value.bytes_copied = counted.bytes_copied;
        value.skipped_items = counted.skipped_items;
        return status_of(write_struct(statistics, value, "vitrine_statistics"));
    });
}

int vitrine_player_statistics_json(vitrine_player* player, char* text, size_t size,
                                   size_t* needed) {
    return guarded([&] {
        if (player == nullptr) return null_argument("player");
        if (text == nullptr && size > 0) return null_argument("text");
        give_text(timing_json(player->player->statistics()), text, size, needed);
        return 0;
    });
}

int vitrine_player_event_fd(vitrine_player* player) {
    int fd = -1;
    (void)guarded([&] {
        if (player == nullptr) return null_argument("player");
        fd = player->player->event_fd();
        return 0;
    });
    return fd;
}

int vitrine_player_next_event(vitrine_player* player, vitrine_event* event) {
    return guarded([&] {
        if (player == nullptr) return null_argument("player");
        if (event == nullptr) return null_argument("event");
        if (const auto known = known_size(*event, "vitrine_event"); !known) {
            return status_of_failed(known);  // and it still waits
        }
        const auto told = player->player->next_event();
        return status_of(
            write_struct(event, told ? to_event(*told) : vitrine_event{}, "vitrine_event"));
    });
}
