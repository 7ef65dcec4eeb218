// What reads a file where libavformat does not open it itself. Thread-bound; whoever shares it has
// a lock.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "core/result.h"
#include "hw/av/libav.h"

namespace vitrine {

class InputReader {
  public:
    InputReader() = default;
    virtual ~InputReader() = default;
    InputReader(const InputReader&) = delete;
    InputReader& operator=(const InputReader&) = delete;

    [[nodiscard]] int64_t bytes_read() const { return bytes_read_; }
    /// Must not outlive the reader.
    [[nodiscard]] AVIOContext* io() const { return io_.get(); }
    /// Why the last call failed, where there is more to say than libavformat's status does.
    [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }
    void forget_failure() { failure_.reset(); }
    /// Nothing is read any more. What is returned may wait when it goes; null: nothing does.
    [[nodiscard]] virtual std::shared_ptr<void> end() { return nullptr; }

  protected:
    int64_t bytes_read_ = 0;
    std::optional<Error> failure_;
    av::Io io_;
};

}  // namespace vitrine
