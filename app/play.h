// The play command. Thread-bound to the main thread.
#pragma once

#include "app/exit_code.h"
#include "app/play_options.h"
#include "app/signals.h"
#include "core/call_guard.h"

namespace vitrine {

/// Plays every file in turn and reports on stderr.
[[nodiscard]] ExitCode play(const PlayOptions& options, const StopSignals& signals,
                            std::shared_ptr<CallGuard> calls);

}  // namespace vitrine
