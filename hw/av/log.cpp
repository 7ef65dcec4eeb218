#include "hw/av/log.h"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <string_view>

#include "hw/av/libav.h"

namespace vitrine::av {
namespace {

constexpr size_t kLongestLine = 1024;  // FFmpeg's own limit for a line
constexpr size_t kMostHeard = 4 * kLongestLine;

thread_local std::string* heard = nullptr;

/// Without what FFmpeg puts before a line, which it may give in pieces.
void hear(const char* format, va_list arguments) {
    std::array<char, kLongestLine> piece{};
    va_list copy;
    va_copy(copy, arguments);
    vsnprintf(piece.data(), piece.size(), format, copy);
    va_end(copy);
    heard->append(piece.data());
    if (heard->size() > kMostHeard) heard->erase(0, heard->size() - kMostHeard);
}

void receive_line(void* source, int level, const char* format, va_list arguments) {
    if (heard != nullptr && (level & 0xff) <= AV_LOG_ERROR) hear(format, arguments);
    const LogLevel ours = log_level_of(level & 0xff);  // the upper bits carry a color
    if (ours > log_level()) return;
    std::array<char, kLongestLine> text{};
    int print_prefix = 1;
    av_log_format_line2(source, level, format, arguments, text.data(),
                        static_cast<int>(text.size()), &print_prefix);
    std::string_view line = text.data();
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
    if (!line.empty()) log(ours, "ffmpeg: {}", line);
}

}  // namespace

LogLevel log_level_of(int av_level) {
    if (av_level <= AV_LOG_FATAL) return LogLevel::error;
    if (av_level <= AV_LOG_WARNING) return LogLevel::debug;
    return LogLevel::trace;
}

void route_log() {
    av_log_set_callback(receive_line);
}

ErrorsHeard::ErrorsHeard() : outer_(heard) {
    heard = &text_;
}

ErrorsHeard::~ErrorsHeard() {
    heard = outer_;
}

}  // namespace vitrine::av
