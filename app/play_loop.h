// One item while it plays: the player's ticks, the waits between them, and what the user of a
// window asks for meanwhile. Thread-bound to the render thread.
#pragma once

#include <optional>

#include "app/play_reports.h"
#include "app/screenshot_writer.h"
#include "app/signals.h"
#include "app/window.h"
#include "core/clock.h"
#include "player/player.h"
#include "player/presenter.h"
#include "player/session.h"

namespace vitrine {

/// All of them outlive the loop.
struct PlayLoopParts {
    Player& player;
    Session& session;
    Presenter& presenter;
    Window* window;  // null where there is none
    PlayReports& reports;
    ScreenshotWriter& screenshots;
    const StopSignals& signals;
    const Clock& clock;
};

class PlayLoop {
  public:
    enum class End { ended, quit };

    explicit PlayLoop(const PlayLoopParts& parts) : parts_(parts) {}

    /// Until the item has ended or the user asks to quit.
    /// Errors: what the player's tick says; device_lost when the display has gone.
    [[nodiscard]] Result<End> run();

  private:
    /// Until the player has something to do. False when asked to quit.
    Result<bool> wait(const Player::Tick& tick);
    Result<bool> wait_with_window(const Player::Tick& tick, Nanos sleep);
    void wait_without_window(std::optional<Nanos> sleep);
    bool obey(const UserCommand& command);

    PlayLoopParts parts_;
    bool said_unseekable_ = false;
};

}  // namespace vitrine
