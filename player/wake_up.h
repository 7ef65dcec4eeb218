// A descriptor that is readable once somebody wants attention: an eventfd (eventfd(2)) that counts
// nothing. Thread-safe.
#pragma once

#include "core/result.h"
#include "core/unique_fd.h"

namespace vitrine {

class WakeUp {
  public:
    /// Errors: unavailable when there is no descriptor left.
    [[nodiscard]] static Result<WakeUp> make();

    /// To be polled; borrowed, and to be cleared by clear() only.
    [[nodiscard]] int fd() const { return fd_.get(); }
    void signal() const;
    void clear() const;

  private:
    explicit WakeUp(UniqueFd fd) : fd_(std::move(fd)) {}
    UniqueFd fd_;
};

}  // namespace vitrine
