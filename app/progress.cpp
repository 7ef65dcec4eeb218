#include "app/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <mutex>

#include "app/text.h"
#include "core/log.h"

namespace vitrine {
namespace {

constexpr Nanos kShortestInterval = std::chrono::milliseconds(250);
constexpr std::string_view kEraseLine = "\r\x1b[K";  // ECMA-48 EL

size_t columns_of(int fd) {
    winsize size{};
    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/// One column stays free: a terminal that wraps would leave a line behind.
std::string cut_to(size_t columns, std::string text) {
    if (text.size() >= columns) text.resize(columns > 0 ? columns - 1 : 0);
    return text;
}

}  // namespace

std::string progress_text(const ProgressState& state, size_t columns) {
    std::string text = clock_time(state.position);
    if (state.duration) text += " / " + clock_time(*state.duration);
    if (state.paused) text += "  paused";
    text += fmt::format("  {:.1f} fps  {}", state.frames_per_second, one_line(state.path));
    if (state.dropped > 0) text += fmt::format("  {} dropped", state.dropped);
    return cut_to(columns, std::move(text));
}

struct ProgressLine::Terminal {
    int fd = -1;
    std::mutex mutex;
    bool shown = false;
    LogSink sink_before;

    void write(std::string_view text) { (void)!::write(fd, text.data(), text.size()); }
    void draw(const std::string& text) {
        const std::lock_guard lock(mutex);
        write(std::string(kEraseLine) + text);
        shown = true;
    }
    void clear() {
        const std::lock_guard lock(mutex);
        if (std::exchange(shown, false)) write(kEraseLine);
    }
    void log_line(LogLevel level, std::string_view line) {
        clear();
        if (sink_before) {
            sink_before(level, line);
        } else {
            write(stderr_line(level, line));
        }
    }
};

ProgressLine::ProgressLine(const Clock& clock, int fd) : clock_(clock) {
    if (isatty(fd) == 0) return;
    terminal_ = std::make_shared<Terminal>();
    terminal_->fd = fd;
    terminal_->sink_before =
        set_log_sink([terminal = terminal_](LogLevel level, std::string_view line) {
            terminal->log_line(level, line);
        });
}

ProgressLine::~ProgressLine() {
    if (!terminal_) return;
    terminal_->clear();
    set_log_sink(terminal_->sink_before);
}

bool ProgressLine::due() const {
    return terminal_ && (!last_drawn_ || clock_.now() - *last_drawn_ >= kShortestInterval);
}

void ProgressLine::update(const ProgressState& state) {
    if (!due()) return;
    last_drawn_ = clock_.now();
    terminal_->draw(progress_text(state, columns_of(terminal_->fd)));
}

void ProgressLine::update(std::string_view text) {
    if (!due()) return;
    last_drawn_ = clock_.now();
    terminal_->draw(cut_to(columns_of(terminal_->fd), std::string(text)));
}

void ProgressLine::clear() {
    if (terminal_) terminal_->clear();
}

}  // namespace vitrine
