// The path that play would try first for each codec, worked out of what was tried on this machine:
// the first decoder that opened, the first importer that takes its memory, the output. It is proved
// only with a file's first frame. Pure; reentrant.
#pragma once

#include <string>
#include <vector>

#include "app/probe_report.h"

namespace vitrine {

/// What paths end in, whatever the codec.
struct PathParts {
    std::string output;                       // "window", "offscreen"; "none" when neither opens
    std::vector<std::string> output_refused;  // "window: why"
    std::vector<std::string> memory_refused;  // that software decoders do not decode into
    std::vector<ProbeReport::Trial> importers;
};

/// A path for each codec that was tried, in the order of the trials, which are in the order of the
/// ladder.
[[nodiscard]] std::vector<ProbeReport::Path> paths_of(const std::vector<DecoderTrial>& decoders,
                                                      const PathParts& parts);

}  // namespace vitrine
