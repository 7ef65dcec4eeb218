// The statistics of a run, schema 1, described field by field in docs/timing.md.
// Reentrant.
#pragma once

#include <string>

#include "player/report.h"

namespace vitrine {

[[nodiscard]] std::string timing_json(const PlaybackStatistics& statistics);

}  // namespace vitrine
