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
    using Read = int (*)(void* self, uint8_t* buffer, int size);
    using Seek = int64_t (*)(void* self, int64_t offset, int whence);
    /// By what libavformat reads it, so many bytes at most at a time. seek: null where it cannot.
    /// Errors: unavailable.
    [[nodiscard]] Result<void> make_io(int buffer_size, Read read, Seek seek);

    int64_t bytes_read_ = 0;
    std::optional<Error> failure_;
    av::Io io_;
};

}  // namespace vitrine
