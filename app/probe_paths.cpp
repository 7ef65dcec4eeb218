#include "app/probe_paths.h"

#include <fmt/format.h>

#include <algorithm>

namespace vitrine {
namespace {

void append(std::vector<std::string>& texts, const std::vector<std::string>& more) {
    texts.insert(texts.end(), more.begin(), more.end());
}

void take_importer(ProbeReport::Path& path, bool importable, const PathParts& parts) {
    path.importer = "none";
    for (const auto& importer : parts.importers) {
        if (!importer.refused.empty()) {
            path.refused.push_back(fmt::format("{}: {}", importer.name, importer.refused));
        } else if (!importable && importer.name != "upload") {
            path.refused.push_back(
                fmt::format("{}: there is no memory that it takes", importer.name));
        } else {
            path.importer = importer.name;
            return;
        }
    }
}

/// The way on from a decoder that works.
void go_on_from(const DecoderTrial& trial, const PathParts& parts, ProbeReport::Path& path) {
    path.row = trial.row;
    path.decoder = trial.decoder;
    path.memory = trial.delivers;
    if (!trial.shortfall.empty()) {
        path.refused.push_back(fmt::format("{}: {}", trial.row, trial.shortfall));
    } else if (!trial.hardware) {
        append(path.refused, parts.memory_refused);
    }
    take_importer(path, trial.importable, parts);
    path.output = parts.output;
    append(path.refused, parts.output_refused);
}

}  // namespace

std::vector<ProbeReport::Path> paths_of(const std::vector<DecoderTrial>& decoders,
                                        const PathParts& parts) {
    std::vector<ProbeReport::Path> paths;
    for (const DecoderTrial& trial : decoders) {
        auto path = std::find_if(paths.begin(), paths.end(),
                                 [&](const auto& each) { return each.codec == trial.codec; });
        if (path == paths.end()) {
            path = paths.emplace(paths.end());
            path->codec = trial.codec;
        }
        if (!path->row.empty()) continue;  // a better one works
        if (trial.refused.empty()) {
            go_on_from(trial, parts, *path);
        } else {
            path->refused.push_back(fmt::format("{}: {}", trial.row, trial.refused));
        }
    }
    return paths;
}

}  // namespace vitrine
