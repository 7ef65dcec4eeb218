// The bytes of an item that the program reads itself: its vitrine_io as the engine takes it.
// Thread-safe.
#pragma once

#include <memory>
#include <string>

#include "core/byte_stream.h"
#include "core/result.h"
#include "embed/include/vitrine/vitrine.h"

namespace vitrine {

/// A program's functions: those who may still call them share it, and the last one says so to the
/// program.
class CallerIo {
  public:
    /// Errors: invalid_argument where one is missing.
    [[nodiscard]] static Result<std::shared_ptr<CallerIo>> make(const vitrine_io& calls);
    ~CallerIo();
    CallerIo(const CallerIo&) = delete;
    CallerIo& operator=(const CallerIo&) = delete;

    /// From now on the program counts on being told. By whoever shares it.
    void take() { taken_ = true; }
    [[nodiscard]] const vitrine_io& calls() const { return calls_; }

  private:
    explicit CallerIo(const vitrine_io& calls) : calls_(calls) {}
    const vitrine_io calls_;
    bool taken_ = false;
};

[[nodiscard]] OpenBytes bytes_of(std::shared_ptr<CallerIo> io, std::string url);

}  // namespace vitrine
