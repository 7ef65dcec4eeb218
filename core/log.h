// The log, levelled by consequence: error (something is lost), warning (degraded, such as a copy),
// info (the chosen path), debug and trace (for whoever looks for a fault). Lines go to stderr
// through one replaceable sink; data goes to stdout and never here. Thread-safe.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace vitrine {

enum class LogLevel { quiet, error, warning, info, debug, trace };

[[nodiscard]] std::string_view name_of(LogLevel level);
[[nodiscard]] std::optional<LogLevel> log_level_from(std::string_view name);

/// Without line breaks and other control characters, which a file's name may hold: each a '?'.
[[nodiscard]] std::string one_line(std::string_view text);

/// How a line looks on stderr, newline and all: "vitrine: warning: TEXT"; info and below unnamed.
[[nodiscard]] std::string stderr_line(LogLevel level, std::string_view text);

/// Receives each finished line, without a newline. Called under a lock: it must not log.
using LogSink = std::function<void(LogLevel, std::string_view line)>;

/// Replaces the sink; an empty function restores stderr. Returns the one before.
LogSink set_log_sink(LogSink sink);
void set_log_level(LogLevel level);
[[nodiscard]] LogLevel log_level();
/// Names of files may hold anything: the line is written as one_line() makes it.
void write_log(LogLevel level, std::string_view line);

template <typename... Args>
void log(LogLevel level, fmt::format_string<Args...> text, Args&&... args) {
    if (level <= log_level()) write_log(level, fmt::format(text, std::forward<Args>(args)...));
}
template <typename... Args>
void log_error(fmt::format_string<Args...> text, Args&&... args) {
    log(LogLevel::error, text, std::forward<Args>(args)...);
}
template <typename... Args>
void log_warning(fmt::format_string<Args...> text, Args&&... args) {
    log(LogLevel::warning, text, std::forward<Args>(args)...);
}
template <typename... Args>
void log_info(fmt::format_string<Args...> text, Args&&... args) {
    log(LogLevel::info, text, std::forward<Args>(args)...);
}
template <typename... Args>
void log_debug(fmt::format_string<Args...> text, Args&&... args) {
    log(LogLevel::debug, text, std::forward<Args>(args)...);
}

}  // namespace vitrine
