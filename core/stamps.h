// When a frame passed each stage of its way. Plain values; reentrant.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "core/clock.h"

namespace vitrine {

enum class Stage {
    demuxed,    // its packet was read
    decoded,    // the decoder gave it out
    queued,     // it entered the frame queue
    taken,      // the render thread took it
    imported,   // its textures are ready, by import or by upload
    drawn,      // the draw commands are recorded
    gpu_done,   // the GPU finished them
    presented,  // swapped or flipped; offscreen: finished; null: taken
};
inline constexpr size_t kStageCount = static_cast<size_t>(Stage::presented) + 1;

[[nodiscard]] std::string_view name_of(Stage stage);

class Stamps {
  public:
    void set(Stage stage, Nanos when) { when_[static_cast<size_t>(stage)] = when; }
    [[nodiscard]] std::optional<Nanos> at(Stage stage) const {
        const Nanos when = when_[static_cast<size_t>(stage)];
        return when == kUnset ? std::nullopt : std::optional(when);
    }
    /// Time from one stage to a later one, where both were passed.
    [[nodiscard]] std::optional<Nanos> between(Stage from, Stage to) const {
        const auto start = at(from);
        const auto end = at(to);
        return start && end ? std::optional(*end - *start) : std::nullopt;
    }

  private:
    static constexpr Nanos kUnset = Nanos::min();
    std::array<Nanos, kStageCount> when_ = filled();
    static constexpr std::array<Nanos, kStageCount> filled() {
        std::array<Nanos, kStageCount> all{};
        for (Nanos& each : all) each = kUnset;
        return all;
    }
};

}  // namespace vitrine
