// SIGINT and SIGTERM as a wish to end: the first is remembered and makes a descriptor readable, so
// that a loop can wait on it; a second one, of either kind, ends the process at once by its default
// action. One object at a time, made before any other thread is. received() and fd() may be used on
// any thread.
#pragma once

#include <csignal>

#include "core/result.h"
#include "core/unique_fd.h"

namespace vitrine {

class StopSignals {
  public:
    /// Errors: unavailable when there is no descriptor left.
    [[nodiscard]] static Result<StopSignals> install();
    StopSignals(StopSignals&& other) noexcept = default;
    StopSignals& operator=(StopSignals&& other) = delete;
    ~StopSignals();  // puts the actions back that were there before

    /// Readable from the first signal on; borrowed, and never to be read.
    [[nodiscard]] int fd() const { return readable_.get(); }
    /// The signal that came, or 0.
    [[nodiscard]] int received() const;
    /// Dies of the signal that came, as whoever started the program expects; returns if none came.
    void raise_again() const;

  private:
    StopSignals() = default;
    UniqueFd readable_;
    UniqueFd writable_;
    struct sigaction before_int_ {};
    struct sigaction before_term_ {};
};

}  // namespace vitrine
