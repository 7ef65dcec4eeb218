#include "core/log.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <mutex>

namespace vitrine {
namespace {

constexpr std::array<std::string_view, 6> kLevelNames = {"quiet", "error", "warning",
                                                         "info",  "debug", "trace"};
std::atomic<LogLevel> g_level{LogLevel::info};

// The log sink is the only process-wide state of the library.
std::mutex& sink_mutex() {
    static std::mutex mutex;
    return mutex;
}
LogSink& sink() {
    static LogSink current;
    return current;
}

}  // namespace

std::string_view name_of(LogLevel level) {
    return kLevelNames[static_cast<size_t>(level)];
}

std::optional<LogLevel> log_level_from(std::string_view name) {
    for (size_t i = 0; i < kLevelNames.size(); ++i) {
        if (kLevelNames[i] == name) return static_cast<LogLevel>(i);
    }
    return std::nullopt;
}

LogSink set_log_sink(LogSink replacement) {
    std::lock_guard lock(sink_mutex());
    return std::exchange(sink(), std::move(replacement));
}

void set_log_level(LogLevel level) {
    g_level.store(level, std::memory_order_relaxed);
}

LogLevel log_level() {
    return g_level.load(std::memory_order_relaxed);
}

std::string one_line(std::string_view text) {
    std::string out(text);
    std::replace_if(
        out.begin(), out.end(),
        [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, '?');
    return out;
}

std::string stderr_line(LogLevel level, std::string_view text) {
    if (level <= LogLevel::warning) return fmt::format("vitrine: {}: {}\n", name_of(level), text);
    return fmt::format("vitrine: {}\n", text);
}

void write_log(LogLevel level, std::string_view text) {
    const std::string line = one_line(text);
    std::lock_guard lock(sink_mutex());
    if (sink()) {
        sink()(level, line);
    } else {
        std::fputs(stderr_line(level, line).c_str(), stderr);
    }
}

}  // namespace vitrine
