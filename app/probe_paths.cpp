#include "app/probe_paths.h"

#include <fmt/format.h>

#include <algorithm>

namespace vitrine {
namespace {

void append(std::vector<std::string>& texts, const std::vector<std::string>& more) {
    texts.insert(texts.end(), more.begin(), more.end());
}

/// Whether that importer takes what lies there.
bool takes(std::string_view importer, StorageKind storage) {
    if (storage == StorageKind::cuda) return importer == "cuda";
    return importer == "upload" || (importer == "dmabuf" && storage == StorageKind::dma_buf);
}

void take_importer(ProbeReport::Path& path, StorageKind storage, const PathParts& parts) {
    path.importer = "none";
    for (const auto& importer : parts.importers) {
        if (!takes(importer.name, storage)) {
            const bool would_be_better =
                importer.name == "dmabuf" && storage == StorageKind::memory;
            if (would_be_better && importer.refused.empty())
                path.refused.push_back("dmabuf: there is no memory that it takes");
            else if (would_be_better)
                path.refused.push_back(fmt::format("dmabuf: {}", importer.refused));
        } else if (!importer.refused.empty()) {
            path.refused.push_back(fmt::format("{}: {}", importer.name, importer.refused));
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
    take_importer(path, trial.storage, parts);
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
