#include "app/log_limits.h"

#include <cstdio>
#include <unordered_map>
#include <utility>

namespace vitrine {

/// The log takes one line at a time.
struct RepeatLimit::State {
    LogSink sink_before;
    std::unordered_map<std::string, uint64_t> repeats;  // by line; at most kMostKept

    void take(LogLevel level, std::string_view line) {
        if (level > LogLevel::warning) return pass(level, line);
        if (repeats.size() == kMostKept) repeats.clear();
        const auto [known, is_new] = repeats.try_emplace(std::string(line));
        if (is_new) return pass(level, line);
        if (++known->second % kRepeatsPerLine != 0) return;
        pass(level,
             fmt::format("{} (again, {} times since it was last said)", line, kRepeatsPerLine));
    }
    void pass(LogLevel level, std::string_view line) const {
        if (sink_before) return sink_before(level, line);
        std::fputs(stderr_line(level, line).c_str(), stderr);
    }
};

RepeatLimit::RepeatLimit() : state_(std::make_shared<State>()) {
    state_->sink_before = set_log_sink({});
    set_log_sink(
        [state = state_](LogLevel level, std::string_view line) { state->take(level, line); });
}

RepeatLimit::~RepeatLimit() {
    set_log_sink(state_->sink_before);
}

void ErrorRow::add(const std::string& text) {
    if (++count_ <= kMostSaid) log_error("{}", text);
}

void ErrorRow::end() {
    const uint64_t count = std::exchange(count_, 0);
    if (count > kMostSaid) log_error("and {} more", count - kMostSaid);
}

}  // namespace vitrine
