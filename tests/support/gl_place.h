// A context that is not of our making, current on the thread that makes it. One at a time;
// thread-bound.
#pragma once

#include <string>

namespace vitrine::testing {

class GlPlace {
  public:
    GlPlace() = default;
    virtual ~GlPlace() = default;
    GlPlace(const GlPlace&) = delete;
    GlPlace& operator=(const GlPlace&) = delete;
    /// Why there is none; empty when there is.
    [[nodiscard]] const std::string& missing() const { return missing_; }
    [[nodiscard]] virtual bool make_current() const = 0;
    [[nodiscard]] virtual bool make_none_current() const = 0;

  protected:
    std::string missing_;
};

}  // namespace vitrine::testing
