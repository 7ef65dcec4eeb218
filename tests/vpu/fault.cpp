#include "tests/vpu/fault.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace vpu {
namespace {

struct Row {
    std::string_view name;
    FaultKind kind;
    bool takes_picture;
};

constexpr std::array kRows{
    Row{"eio", FaultKind::eio, true},
    Row{"starve", FaultKind::starve, true},
    Row{"stall-poll", FaultKind::stall_poll, true},
    Row{"source-change", FaultKind::source_change, true},
    Row{"error-buffer", FaultKind::error_buffer, true},
    Row{"vanish", FaultKind::vanish, true},
    Row{"swallow-profile", FaultKind::swallow_profile, false},
    Row{"lie-pitch", FaultKind::lie_pitch, false},
    Row{"lie-size", FaultKind::lie_size, false},
    Row{"lie-offset", FaultKind::lie_offset, false},
    Row{"lie-format", FaultKind::lie_format, false},
    Row{"open-busy", FaultKind::open_busy, false},
    Row{"open-denied", FaultKind::open_denied, false},
    Row{"no-querycap", FaultKind::no_querycap, false},
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
                                  [&](const Row& known) { return known.name == name; });
    if (row == kRows.end() || row->takes_picture != (at != std::string_view::npos)) return {};
    fault.kind = row->kind;
    if (!row->takes_picture) return fault;
    const auto digits = text.substr(at + 1);
    uint64_t picture = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), picture);
    if (error != std::errc{} || end != digits.data() + digits.size()) return {};
    fault.picture = picture;
    return fault;
}

}  // namespace

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

}  // namespace vpu
