// Files and log lines for tests of lists. Thread-bound: one test at a time.
#pragma once

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "core/log.h"
#include "tests/support/temporary_folder.h"

namespace vitrine::testing {

/// What is logged while it lives.
class LoggedLines {
  public:
    LoggedLines()
        : before_(set_log_sink(
              [this](LogLevel, std::string_view line) { lines_.emplace_back(line); })) {}
    ~LoggedLines() { set_log_sink(std::move(before_)); }
    LoggedLines(const LoggedLines&) = delete;
    LoggedLines& operator=(const LoggedLines&) = delete;

    [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }
    [[nodiscard]] auto count(std::string_view part) const {
        return std::count_if(lines_.begin(), lines_.end(), [&](const std::string& line) {
            return line.find(part) != std::string::npos;
        });
    }

  private:
    std::vector<std::string> lines_;
    LogSink before_;
};

inline void write_file(const std::string& path, std::string_view text = "x") {
    std::ofstream(path, std::ios::binary) << text;
}

}  // namespace vitrine::testing
