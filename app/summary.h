// What is said on stderr at the end of a run. Pure text; reentrant.
#pragma once

#include <string>

#include "player/report.h"

namespace vitrine {

/// The path, copies, frames and drops, and the time of frames' whole way; with the stage table too,
/// where times were measured (--timing). Lines of at most 100 columns, as far as names allow.
[[nodiscard]] std::string summary_text(const PlaybackStatistics& statistics, bool with_stages);

}  // namespace vitrine
