// The list while it plays: the engine's ticks, the waits between them, and what the user of a
// window asks for meanwhile. Thread-bound to the render thread.
#pragma once

#include <optional>
#include <string>

#include "app/play_reports.h"
#include "app/screenshot_writer.h"
#include "app/signals.h"
#include "app/window.h"
#include "core/clock.h"
#include "player/engine.h"
#include "player/sound/sound_player.h"
#include "player/wake_up.h"

namespace vitrine {

/// All of them outlive the loop.
struct PlayLoopParts {
    Engine& engine;
    Window* window;      // null where there is none
    const WakeUp& wake;  // by the engine, where there is no window to be woken
    PlayReports& reports;
    ScreenshotWriter& screenshots;
    const StopSignals& signals;
    SoundPlayer* sound;  // null where there is none
    const Clock& clock;
};

class PlayLoop {
  public:
    enum class End { ended, quit };

    explicit PlayLoop(const PlayLoopParts& parts) : parts_(parts) {}

    /// Until the list has ended or the user asks to quit.
    /// Errors: what the engine's tick says; device_lost when the display has gone.
    [[nodiscard]] Result<End> run();

  private:
    /// Until the engine has something to do. False when asked to quit.
    Result<bool> wait(const Engine::Tick& tick);
    Result<bool> wait_with_window(const Engine::Tick& tick, Nanos sleep);
    [[nodiscard]] bool wait_for_gpu(Nanos longest);
    void wait_without_window(std::optional<Nanos> sleep);
    bool obey(const UserCommand& command);
    void obey_sound(const UserCommand& command);
    void cycle_loop();
    void go_to_chapter(int by);
    void cycle_track(Track::Kind kind);
    void warn_unseekable(const Result<void>& sought);

    PlayLoopParts parts_;
    std::string said_unseekable_;
};

}  // namespace vitrine
