// The line on a terminal that says how playing goes. It is redrawn in place, at most four times a
// second, and goes before anything else is written to stderr; without a terminal there is none.
// While one exists the log goes through it. One at a time; update() and clear() thread-bound, the
// log from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace vitrine {

struct ProgressState {
    Nanos position{0};
    std::optional<Nanos> duration;
    double frames_per_second = 0;
    std::string path;  // "h264 > udmabuf > dmabuf > offscreen"
    uint64_t dropped = 0;
    bool paused = false;
};

/// Cut to so many columns.
[[nodiscard]] std::string progress_text(const ProgressState& state, size_t columns);

class ProgressLine {
  public:
    /// fd: where the line goes, if that is a terminal; stderr but for tests. `clock` must outlive
    /// the line.
    explicit ProgressLine(const Clock& clock, int fd = 2);
    ~ProgressLine();  // clears the line, gives the log back
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    /// Whether an update would be drawn now: asking is cheap, making a state is not.
    [[nodiscard]] bool due() const;
    /// Draws it if it is due.
    void update(const ProgressState& state);
    /// Likewise of what is not playing.
    void update(std::string_view text);
    void clear();

  private:
    struct Terminal;  // shared with the log's sink
    const Clock& clock_;
    std::shared_ptr<Terminal> terminal_;  // null without a terminal
    std::optional<Nanos> last_drawn_;
};

}  // namespace vitrine
