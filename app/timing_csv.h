// --timing-csv: a row per presented frame, written as it is presented; the columns are described in
// docs/timing.md. Thread-bound.
#pragma once

#include <string>

#include "app/file_writer.h"
#include "player/report.h"

namespace vitrine {

class TimingCsvWriter {
  public:
    /// Writes the header. Errors: io.
    [[nodiscard]] static Result<TimingCsvWriter> open(const std::string& path);
    void add(const FrameRecord& record);
    /// Errors: io, for the first write that failed.
    [[nodiscard]] Result<void> close() { return file_.close(); }

  private:
    explicit TimingCsvWriter(FileWriter file) : file_(std::move(file)) {}
    FileWriter file_;
};

}  // namespace vitrine
