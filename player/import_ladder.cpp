#include "player/import_ladder.h"

#include <algorithm>

#include "core/log.h"
#include "render/import_proof.h"

namespace vitrine {
namespace {

constexpr int kFailuresBeforeNextRung = 3;

}  // namespace

Result<std::unique_ptr<ImportLadder>> ImportLadder::make(GlContext& context, Renderer& renderer,
                                                         const std::vector<std::string>& wanted) {
    std::unique_ptr<ImportLadder> ladder(new ImportLadder(context, renderer, !wanted.empty()));
    for (const ImporterRow& row : importer_rows()) {
        const bool allowed =
            wanted.empty() || std::find(wanted.begin(), wanted.end(), row.name) != wanted.end();
        if (!allowed) continue;
        Rung rung{&row};
        const auto opened = row.find != nullptr ? row.find(context) : ladder->open(rung);
        if (opened) {
            ladder->rungs_.push_back(std::move(rung));
        } else {
            ladder->refuse(row, opened.error().text);
        }
    }
    if (ladder->rungs_.empty()) {
        std::vector<std::string> reasons;
        for (const Refusal& each : ladder->refused_) reasons.push_back(each.reason);
        return fail(Errc::unsupported, "no way to import pictures: {}", fmt::join(reasons, "; "));
    }
    ladder->missing_ = ladder->refused_;
    return ladder;
}

void ImportLadder::begin_source() {
    for (Rung& rung : rungs_) {
        rung = Rung{rung.row, std::move(rung.importer)};
        if (rung.importer) rung.importer->begin_source();
    }
    refused_ = missing_;
}

Result<ImportedFrame> ImportLadder::import(const FramePtr& frame) {
    std::string reasons;
    Errc gravest = Errc::unsupported;
    kind_ = frame->kind();
    for (Rung& rung : rungs_) {
        if (rung.out || !rung.row->concerns(kind_)) continue;
        if (copies_needlessly(rung, *frame)) return fail(Errc::unsupported, "{}", why_not(reasons));
        auto imported = import_on(rung, frame);
        if (imported) {
            rung.failures_in_a_row = 0;
            used_ = rung.row->name;
            return imported;
        }
        const bool wrong_kind =
            imported.error().code == Errc::unsupported && kind_ == StorageKind::memory;
        note_failure(rung, imported.error(), wrong_kind);
        if (gravest != Errc::device_lost && imported.error().code != Errc::unsupported) {
            gravest = imported.error().code;
        }
        reasons += fmt::format("{}{}: {}", reasons.empty() ? "" : "; ", rung.row->name,
                               imported.error().text);
    }
    return fail(gravest, "{}", why_not(reasons));
}

/// reasons: of this attempt; those of earlier ones where there are none.
std::string ImportLadder::why_not(const std::string& reasons) const {
    if (!reasons.empty()) return reasons;
    const auto why = refused();
    if (!why.empty()) return fmt::format("{}", fmt::join(why, "; "));
    std::vector<std::string_view> allowed;
    for (const Rung& rung : rungs_) allowed.push_back(rung.row->name);
    return fmt::format("none of the importers allowed ({}) takes pictures in {}",
                       fmt::join(allowed, ", "), name_of(kind_));
}

/// Whether it makes a copy that the source can spare us. A rung that failed, but is not out yet,
/// may take the next frame.
bool ImportLadder::copies_needlessly(const Rung& rung, const VideoFrame& frame) const {
    if (rung.row != &importer_rows().back() || forced_) return false;
    if (!frame.info().importable_elsewhere || kind_ == StorageKind::memory) return false;
    return std::none_of(rungs_.begin(), rungs_.end(), [&](const Rung& each) {
        return each.row != rung.row && !each.out && each.row->concerns(kind_);
    });
}

ImportLadder::FrameKind ImportLadder::kind_of(const VideoFrame& frame) {
    const DmaBufFrame* shared = frame.dma_buf();
    return {frame.format(), shared ? std::optional(shared->description().modifier) : std::nullopt};
}

Result<void> ImportLadder::open(Rung& rung) {
    auto importer = rung.row->make(context_);
    if (!importer) return Failure(importer.error());
    rung.importer = std::move(*importer);
    return {};
}

Result<ImportedFrame> ImportLadder::import_on(Rung& rung, const FramePtr& frame) {
    if (!rung.importer) {
        if (auto opened = open(rung); !opened) return Failure(opened.error());
    }
    auto gpu_frame = rung.importer->import(frame);
    if (!gpu_frame) return Failure(gpu_frame.error());
    TextureImporter* importer = rung.importer.get();
    ImportedFrame imported(new GpuFrame(std::move(*gpu_frame)), [importer](const GpuFrame* done) {
        importer->release(*done);
        delete done;
    });
    const FrameKind kind = kind_of(*frame);
    if (rung.proved == kind) return imported;
    if (auto proof = prove(rung, *imported); !proof) return Failure(proof.error());
    rung.proved = kind;
    return imported;
}

Result<void> ImportLadder::prove(const Rung& rung, const GpuFrame& candidate) {
    const ImporterRow& last = importer_rows().back();
    if (rung.row == &last || !cpu_planes(*candidate.frame)) {
        return prove_drawable(context_, renderer_, candidate);
    }
    // An importer of its own, so that the proof leaves no textures and no copy behind.
    auto upload = last.make(context_);
    if (!upload) return prove_drawable(context_, renderer_, candidate);
    auto trusted = (*upload)->import(candidate.frame);
    if (!trusted) return prove_drawable(context_, renderer_, candidate);
    auto same = prove_same_picture(context_, renderer_, candidate, *trusted);
    (*upload)->release(*trusted);
    return same;
}

void ImportLadder::note_failure(Rung& rung, const Error& error, bool wrong_kind_of_frame) {
    if (wrong_kind_of_frame) {
        refuse(*rung.row, error.text);  // said once; the rung stays for frames of its kind
        return;
    }
    ++rung.failures_in_a_row;
    if (rung.failures_in_a_row < kFailuresBeforeNextRung && rung.proved) return;
    rung.out = true;
    refuse(*rung.row, error.text);
}

void ImportLadder::refuse(const ImporterRow& row, std::string_view why) {
    Refusal refusal{&row, fmt::format("{}: {}", row.name, why)};
    if (std::find(refused_.begin(), refused_.end(), refusal) != refused_.end()) return;
    log_debug("import {}", refusal.reason);
    refused_.push_back(std::move(refusal));
}

std::vector<std::string> ImportLadder::refused() const {
    std::vector<std::string> reasons;
    for (const Refusal& each : refused_) {
        if (each.row->concerns(kind_)) reasons.push_back(each.reason);
    }
    return reasons;
}

ImportCounters ImportLadder::counters() const {
    ImportCounters sum;
    for (const Rung& rung : rungs_) {
        if (!rung.importer) continue;
        const ImportCounters each = rung.importer->counters();
        sum.frames += each.frames;
        sum.images_created += each.images_created;
        sum.images_live += each.images_live;
        sum.textures_live += each.textures_live;
        sum.copies += each.copies;
        sum.bytes_copied += each.bytes_copied;
        sum.device_copies += each.device_copies;
    }
    return sum;
}

}  // namespace vitrine
