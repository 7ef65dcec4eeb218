// Keeps the log of a program that runs for months short: what was said is not said over and over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/log.h"

namespace vitrine {

/// While it lives, a warning or an error that was logged already is only counted; each time that it
/// came kRepeatsPerLine times more, it is logged with their number. Thread-safe; of several the
/// newest ends first.
class RepeatLimit {
  public:
    RepeatLimit();
    ~RepeatLimit();
    RepeatLimit(const RepeatLimit&) = delete;
    RepeatLimit& operator=(const RepeatLimit&) = delete;

    static constexpr uint64_t kRepeatsPerLine = 100;
    static constexpr size_t kMostKept = 1000;  // lines; then all are forgotten

  private:
    struct State;
    const std::shared_ptr<State> state_;  // the log's too
};

/// Errors of one kind that come one after another: the first kMostSaid of a row are logged, and the
/// rest is counted. Thread-bound.
class ErrorRow {
  public:
    void add(const std::string& text);
    /// Something else came.
    void end();

    static constexpr uint64_t kMostSaid = 20;

  private:
    uint64_t count_ = 0;
};

}  // namespace vitrine
