// An X server of a test's own, without hardware: Xvfb, 640x480, which DISPLAY names while it lives.
// One at a time; thread-bound.
#pragma once

#include <sys/types.h>

#include <string>

namespace vitrine::testing {

class Xvfb {
  public:
    Xvfb();
    ~Xvfb();
    Xvfb(const Xvfb&) = delete;
    Xvfb& operator=(const Xvfb&) = delete;
    /// Why there is none; empty when it runs.
    [[nodiscard]] const std::string& missing() const { return missing_; }

  private:
    pid_t server_ = -1;
    std::string missing_;
};

}  // namespace vitrine::testing
