#include "tests/vpu/fault.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace vpu {
namespace {

constexpr uint64_t kSlowStopMs = 1500;

constexpr std::array kRows{
    FaultName{"eio", FaultKind::eio, FaultNumber::picture},
    FaultName{"starve", FaultKind::starve, FaultNumber::picture},
    FaultName{"stall-poll", FaultKind::stall_poll, FaultNumber::picture},
    FaultName{"hang", FaultKind::hang, FaultNumber::picture},
    FaultName{"source-change", FaultKind::source_change, FaultNumber::picture},
    FaultName{"error-buffer", FaultKind::error_buffer, FaultNumber::picture},
    FaultName{"vanish", FaultKind::vanish, FaultNumber::picture},
    FaultName{"swallow-profile", FaultKind::swallow_profile, FaultNumber::none},
    FaultName{"swallow", FaultKind::swallow, FaultNumber::picture},
    FaultName{"lie-pitch", FaultKind::lie_pitch, FaultNumber::none},
    FaultName{"lie-size", FaultKind::lie_size, FaultNumber::none},
    FaultName{"lie-offset", FaultKind::lie_offset, FaultNumber::none},
    FaultName{"lie-format", FaultKind::lie_format, FaultNumber::none},
    FaultName{"lie-color", FaultKind::lie_color, FaultNumber::none},
    FaultName{"open-busy", FaultKind::open_busy, FaultNumber::node},
    FaultName{"open-denied", FaultKind::open_denied, FaultNumber::node},
    FaultName{"no-querycap", FaultKind::no_querycap, FaultNumber::node},
    FaultName{"open-hang", FaultKind::open_hang, FaultNumber::node},
    FaultName{"one-open", FaultKind::one_open, FaultNumber::none},
    FaultName{"no-memory", FaultKind::no_memory, FaultNumber::none},
    FaultName{"no-export", FaultKind::no_export, FaultNumber::none},
    FaultName{"contiguous-only", FaultKind::contiguous_only, FaultNumber::none},
    FaultName{"slow-stop", FaultKind::slow_stop, FaultNumber::milliseconds},
};

std::optional<Fault> parse_one(std::string_view text) {
    Fault fault;
    if (!text.empty() && text.back() == '+') {
        fault.repeats = true;
        text.remove_suffix(1);
    }
    const auto at = text.find('@');
    const auto name = text.substr(0, at);
    const auto row = std::find_if(kRows.begin(), kRows.end(),
                                  [&](const FaultName& known) { return known.name == name; });
    const bool numbered = at != std::string_view::npos;
    if (row == kRows.end() || row->number == (numbered ? FaultNumber::none : FaultNumber::picture))
        return {};
    fault.kind = row->kind;
    if (!numbered) return fault;
    const auto digits = text.substr(at + 1);
    uint64_t picture = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), picture);
    if (error != std::errc{} || end != digits.data() + digits.size()) return {};
    fault.picture = picture;
    return fault;
}

}  // namespace

std::span<const FaultName> all_faults() {
    return kRows;
}

std::optional<std::vector<Fault>> FaultPlan::parse(std::string_view text, std::string& wrong) {
    std::vector<Fault> faults;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const auto part = text.substr(0, comma);
        const auto fault = parse_one(part);
        if (!fault) {
            wrong = part;
            return {};
        }
        faults.push_back(*fault);
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    }
    return faults;
}

FaultPlan::FaultPlan(std::vector<Fault> faults) : faults_(std::move(faults)) {}

bool FaultPlan::take(FaultKind kind, uint64_t picture) {
    const std::lock_guard lock(mutex_);
    for (auto& fault : faults_) {
        if (fault.kind != kind || fault.used || fault.picture != picture) continue;
        fault.used = !fault.repeats;
        return true;
    }
    return false;
}

bool FaultPlan::has(FaultKind kind) const {
    const std::lock_guard lock(mutex_);
    return std::any_of(faults_.begin(), faults_.end(),
                       [&](const Fault& fault) { return fault.kind == kind && !fault.picture; });
}

bool FaultPlan::has_for_node(FaultKind kind, uint64_t node) const {
    const std::lock_guard lock(mutex_);
    return std::any_of(faults_.begin(), faults_.end(), [&](const Fault& fault) {
        return fault.kind == kind && fault.picture.value_or(node) == node;
    });
}

std::chrono::milliseconds FaultPlan::stop_takes() const {
    const std::lock_guard lock(mutex_);
    for (const Fault& fault : faults_) {
        if (fault.kind != FaultKind::slow_stop) continue;
        return std::chrono::milliseconds(fault.picture.value_or(kSlowStopMs));
    }
    return {};
}

void FaultPlan::hang() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return hangs_ended_; });
}

void FaultPlan::end_hangs() {
    {
        const std::lock_guard lock(mutex_);
        hangs_ended_ = true;
    }
    changed_.notify_all();
}

}  // namespace vpu
