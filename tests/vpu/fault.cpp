#include "tests/vpu/fault.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace vpu {
namespace {

enum class Number { none, picture, node };  // a node's may be left out

struct Row {
    std::string_view name;
    FaultKind kind;
    Number number;
};

constexpr std::array kRows{
    Row{"eio", FaultKind::eio, Number::picture},
    Row{"starve", FaultKind::starve, Number::picture},
    Row{"stall-poll", FaultKind::stall_poll, Number::picture},
    Row{"hang", FaultKind::hang, Number::picture},
    Row{"source-change", FaultKind::source_change, Number::picture},
    Row{"error-buffer", FaultKind::error_buffer, Number::picture},
    Row{"vanish", FaultKind::vanish, Number::picture},
    Row{"swallow-profile", FaultKind::swallow_profile, Number::none},
    Row{"lie-pitch", FaultKind::lie_pitch, Number::none},
    Row{"lie-size", FaultKind::lie_size, Number::none},
    Row{"lie-offset", FaultKind::lie_offset, Number::none},
    Row{"lie-format", FaultKind::lie_format, Number::none},
    Row{"lie-color", FaultKind::lie_color, Number::none},
    Row{"open-busy", FaultKind::open_busy, Number::node},
    Row{"open-denied", FaultKind::open_denied, Number::node},
    Row{"no-querycap", FaultKind::no_querycap, Number::node},
    Row{"open-hang", FaultKind::open_hang, Number::node},
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
    const bool numbered = at != std::string_view::npos;
    if (row == kRows.end() || row->number == (numbered ? Number::none : Number::picture)) return {};
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
