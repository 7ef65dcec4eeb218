#include "player/property.h"

#include <algorithm>
#include <array>

namespace vitrine {
namespace {

using Type = PropertyType;

constexpr std::array kRows = {
    PropertyRow{Property::paused, "paused", Type::flag, true, "no time passes"},
    PropertyRow{Property::speed, "speed", Type::number, true,
                "how much of the film passes in a second: 0.25 to 4"},
    PropertyRow{Property::loop, "loop", Type::integer, true,
                "how often the item is played, the present pass among them; 0: without end"},
    PropertyRow{Property::item, "item", Type::integer, false,
                "the item's number in the order of the list, from 0"},
    PropertyRow{Property::file, "file", Type::text, false, "the item's path or URL"},
    PropertyRow{Property::title, "title", Type::text, false, "the item's title or name"},
    PropertyRow{Property::position, "position", Type::time, true,
                "of the picture on the screen; set, it is sought exactly"},
    PropertyRow{Property::duration, "duration", Type::time, false, "of the item"},
    PropertyRow{Property::path, "path", Type::text, false,
                "the way of its frames: \"decoder > storage > importer > output\""},
    PropertyRow{Property::chapter, "chapter", Type::integer, true, "from 1"},
    PropertyRow{Property::chapters, "chapters", Type::integer, false, "how many the item has"},
    PropertyRow{Property::video_track, "video-track", Type::integer, true, "from 1"},
    PropertyRow{Property::video_tracks, "video-tracks", Type::integer, false,
                "how many the item has"},
    PropertyRow{Property::audio_track, "audio-track", Type::integer, true, "from 1; 0: none"},
    PropertyRow{Property::audio_tracks, "audio-tracks", Type::integer, false,
                "how many the item has"},
    PropertyRow{Property::tracks, "tracks", Type::text, false,
                "a line for each: \"audio track 2 (deu, aac, Commentary)\""},
    PropertyRow{Property::volume, "volume", Type::number, true, "percent: 0 to 100"},
    PropertyRow{Property::mute, "mute", Type::flag, true, "nothing is heard"},
    PropertyRow{Property::sound_delay, "sound-delay", Type::time, true,
                "how much later the sound is heard than its pictures are seen"},
    PropertyRow{Property::sound_device, "sound-device", Type::text, false,
                "what the sound is heard on"},
};

constexpr bool in_order() {
    for (size_t i = 0; i < kRows.size(); ++i) {
        if (static_cast<size_t>(kRows[i].id) != i) return false;
    }
    return true;
}
static_assert(in_order() && kRows.size() == kPropertyCount);

}  // namespace

std::span<const PropertyRow> property_rows() {
    return kRows;
}

const PropertyRow& row_of(Property property) {
    return kRows[static_cast<size_t>(property)];
}

std::optional<Property> property_from(std::string_view name) {
    const auto* const row = std::find_if(
        kRows.begin(), kRows.end(), [&](const PropertyRow& each) { return each.name == name; });
    return row == kRows.end() ? std::nullopt : std::optional(row->id);
}

std::string_view name_of(PropertyType type) {
    constexpr std::array<std::string_view, 5> kNames = {"a flag", "an integer", "a number",
                                                        "a time", "a text"};
    return kNames[static_cast<size_t>(type)];
}

std::optional<PropertyType> type_of(const PropertyValue& value) {
    if (value.index() == 0) return std::nullopt;
    return static_cast<PropertyType>(value.index() - 1);
}

}  // namespace vitrine
