// A decoder whose calls may never return, because they go into a driver: it lives on a thread of
// its own (core/call_guard.h), and whoever asks it waits for an answer only so long. After a call
// that did not return, each call fails with timeout. Thread-bound.
#pragma once

#include <functional>
#include <memory>

#include "decode/ladder.h"

namespace vitrine {

/// The decoder of a rung: guarded where it is hardware, as it is where it is not.
/// interrupted: asked during calls, by the thread that makes them.
/// Errors: those of the rung; timeout, interrupted: opening it did not return; unavailable: there
/// is no patience left for it.
[[nodiscard]] Result<std::unique_ptr<Decoder>> open_guarded(const Rung& rung,
                                                            const StreamDescription& stream,
                                                            const MediaOptions& options,
                                                            std::function<bool()> interrupted);

}  // namespace vitrine
