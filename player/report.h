// What is kept of the frames that were played. Thread-bound.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/frame.h"
#include "core/stamps.h"

namespace vitrine {

/// One frame's way.
struct FrameRecord {
    uint64_t sequence = 0;
    Nanos pts{0};
    Stamps stamps;
    int copies = 0;
    uint64_t bytes_copied = 0;
    std::optional<Nanos> gpu_time;
    bool corrupt = false;
};

enum class DropCause { late, seek, stopped, import_failed };

class PlaybackStatistics {
  public:
    void add_presented(const FrameRecord&) { ++presented_; }
    void add_dropped(DropCause cause, uint64_t frames = 1) {
        dropped_[static_cast<size_t>(cause)] += frames;
    }
    [[nodiscard]] uint64_t presented() const { return presented_; }
    [[nodiscard]] uint64_t dropped(DropCause cause) const {
        return dropped_[static_cast<size_t>(cause)];
    }

  private:
    uint64_t presented_ = 0;
    std::array<uint64_t, 4> dropped_{};
};

}  // namespace vitrine
