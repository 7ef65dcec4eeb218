// The bytes of a descriptor as libavformat reads them. Reading from a pipe asks again and again
// whether to go on while nothing comes; a regular file can be seeked, and its own position stays
// where it is, so that it can be read again from there. Thread-bound.
#pragma once

#include <functional>
#include <memory>

#include "core/result.h"
#include "core/unique_fd.h"
#include "decode/input_reader.h"

namespace vitrine {

class DescriptorReader final : public InputReader {
  public:
    /// interrupted: whether to stop waiting. Errors: unavailable.
    [[nodiscard]] static Result<std::unique_ptr<DescriptorReader>> make(
        UniqueFd fd, std::function<bool()> interrupted);

    /// Waits until there is a byte to read, or the end. Errors: interrupted, io.
    [[nodiscard]] Result<void> wait();

  private:
    DescriptorReader(UniqueFd fd, std::function<bool()> interrupted);
    static int read(void* self, uint8_t* buffer, int size);
    static int64_t seek(void* self, int64_t offset, int whence);
    [[nodiscard]] ssize_t read_now(uint8_t* buffer, size_t size);

    const UniqueFd fd_;
    const std::function<bool()> interrupted_;
    bool regular_ = false;
    int64_t start_ = 0;     // of what is to be read, in a regular file
    int64_t position_ = 0;  // in a regular file, from there
};

}  // namespace vitrine
