// What of an engine can be read, set and watched by name: each property has one type and one unit.
// Plain values; reentrant.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "core/clock.h"

namespace vitrine {

enum class Property {
    paused,
    speed,
    loop,
    item,
    file,
    title,
    position,
    duration,
    path,
    chapter,
    chapters,
    video_track,
    video_tracks,
    audio_track,
    audio_tracks,
    tracks,
    volume,
    mute,
    sound_delay,
    sound_device,
};
inline constexpr size_t kPropertyCount = static_cast<size_t>(Property::sound_device) + 1;

enum class PropertyType { flag, integer, number, time, text };

/// In the order of PropertyType, behind "there is none at present".
using PropertyValue = std::variant<std::monostate, bool, int64_t, double, Nanos, std::string>;

struct PropertyRow {
    Property id;
    std::string_view name;  // "video-track"
    PropertyType type;
    bool writable;
    std::string_view description;  // with its unit
};

/// All of them, in the order of Property.
[[nodiscard]] std::span<const PropertyRow> property_rows();
[[nodiscard]] const PropertyRow& row_of(Property property);
[[nodiscard]] std::optional<Property> property_from(std::string_view name);
/// "a flag".
[[nodiscard]] std::string_view name_of(PropertyType type);
/// None for no value.
[[nodiscard]] std::optional<PropertyType> type_of(const PropertyValue& value);

}  // namespace vitrine
