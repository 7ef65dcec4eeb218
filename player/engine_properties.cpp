// The engine's properties: each is one of its calls, or of its sound's, under a name.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "player/engine.h"
#include "player/sound/sound_player.h"

namespace vitrine {
namespace {

constexpr Nanos kMostDelay = std::chrono::hours(100'000);  // of the sound, as of its option

Failure out_of_range(Property property) {
    const PropertyRow& row = row_of(property);
    return fail(Errc::invalid_argument, "{} is out of range ({})", row.name, row.description);
}

Result<int> to_number(Property property, int64_t value) {
    if (value < 0 || value > std::numeric_limits<int>::max()) return out_of_range(property);
    return static_cast<int>(value);
}

std::string lines_of(const Tracks& tracks) {
    std::string lines;
    for (const Track& track : tracks) {
        if (!lines.empty()) lines += '\n';
        lines += text_of(track);
    }
    return lines;
}

}  // namespace

PropertyValue Engine::get(Property property) const {
    switch (property) {
        case Property::paused:
            return paused();
        case Property::speed:
            return speed();
        case Property::volume:
        case Property::mute:
        case Property::sound_delay:
        case Property::sound_device:
            return get_of_sound(property);
        default:
            break;
    }
    return session() != nullptr ? get_of_item(property) : PropertyValue();
}

PropertyValue Engine::get_of_item(Property property) const {
    const SourceInfo& info = session()->info();
    switch (property) {
        case Property::loop:
            return static_cast<int64_t>(loop());
        case Property::item:
            return static_cast<int64_t>(current_->number);
        case Property::file:
            return current_->item.file;
        case Property::title:
            return current_->item.title.empty() ? info.name : current_->item.title;
        case Property::position:
            return position();
        case Property::duration:
            return info.duration ? PropertyValue(*info.duration) : PropertyValue();
        case Property::path:
            return told_path_ ? PropertyValue(*told_path_) : PropertyValue();
        case Property::chapter: {
            const auto index = chapter_at(info.chapters, position());
            return index ? PropertyValue(static_cast<int64_t>(*index) + 1) : PropertyValue();
        }
        case Property::chapters:
            return static_cast<int64_t>(info.chapters.size());
        case Property::video_track:
            return int64_t{wanted_track(Track::Kind::video)};
        case Property::video_tracks:
            return int64_t{track_count(info.tracks, Track::Kind::video)};
        case Property::audio_track:
            return int64_t{wanted_track(Track::Kind::audio)};
        case Property::audio_tracks:
            return int64_t{track_count(info.tracks, Track::Kind::audio)};
        case Property::tracks:
            return lines_of(info.tracks);
        default:
            return {};
    }
}

PropertyValue Engine::get_of_sound(Property property) const {
    const SoundPlayer* sound = options_.sound;
    if (sound == nullptr) return {};
    switch (property) {
        case Property::volume:
            return sound->volume() * 100;
        case Property::mute:
            return sound->mute();
        case Property::sound_delay:
            return sound->delay();
        case Property::sound_device: {
            std::string device = sound->report().device;
            return device.empty() ? PropertyValue() : PropertyValue(std::move(device));
        }
        default:
            return {};
    }
}

Result<void> Engine::set(Property property, const PropertyValue& value) {
    const PropertyRow& row = row_of(property);
    if (!row.writable) return fail(Errc::unsupported, "{} cannot be set", row.name);
    if (type_of(value) != row.type) {
        return fail(Errc::invalid_argument, "{} is {}", row.name, name_of(row.type));
    }
    switch (property) {
        case Property::paused:
            std::get<bool>(value) ? pause() : play();
            return {};
        case Property::speed:
            return set_speed(std::get<double>(value));
        case Property::loop:
            if (std::get<int64_t>(value) < 0) return out_of_range(property);
            return set_loop(static_cast<uint64_t>(std::get<int64_t>(value)));
        case Property::position:
            return seek_to(std::get<Nanos>(value));
        case Property::chapter:
            return go_to_chapter(std::get<int64_t>(value));
        case Property::video_track:
        case Property::audio_track: {
            const auto number = to_number(property, std::get<int64_t>(value));
            if (!number) return Failure(number.error());
            const bool video = property == Property::video_track;
            return choose_track(video ? Track::Kind::video : Track::Kind::audio, *number);
        }
        default:
            return set_of_sound(property, value);
    }
}

Result<void> Engine::go_to_chapter(int64_t number) {
    if (!current_) return fail(Errc::unavailable, "nothing plays that could be seeked");
    const SourceInfo& info = current_->session->info();
    const auto count = static_cast<int64_t>(info.chapters.size());
    if (number < 1 || number > count) {
        return fail(Errc::invalid_argument, "{}: no chapter {} in it; it has {}", info.name, number,
                    count);
    }
    return seek_to(info.chapters[static_cast<size_t>(number) - 1].start);
}

Result<void> Engine::set_of_sound(Property property, const PropertyValue& value) {
    SoundPlayer* sound = options_.sound;
    if (sound == nullptr) return fail(Errc::unavailable, "no sound is played");
    if (property == Property::mute) {
        sound->set_mute(std::get<bool>(value));
    } else if (property == Property::volume) {
        return sound->set_volume(std::get<double>(value) / 100);
    } else {
        const Nanos delay = std::get<Nanos>(value);
        if (delay < -kMostDelay || delay > kMostDelay) return out_of_range(property);
        sound->set_delay(delay);
    }
    return {};
}

void Engine::observe(Property property, bool observed) {
    watch_.watch(property, observed);
    if (hooks_.wake) hooks_.wake();
}

}  // namespace vitrine
