// Bytes that somebody else reads for us, in place of a file: memory, an archive, a network. Whoever
// uses one trusts nothing that it returns, and calls it on one thread, one call at a time, which
// may wait; only cancel() comes from another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace vitrine {

class ByteStream {
  public:
    virtual ~ByteStream() = default;
    /// Up to so many bytes: how many came; 0 at the end; negative: an error.
    virtual int64_t read(uint8_t* buffer, size_t size) = 0;
    /// What is read next is from there on: the position; negative where that cannot be done. The
    /// first call goes to 0, to see whether others can.
    virtual int64_t seek(int64_t position) = 0;
    /// In bytes; negative: not known.
    virtual int64_t length() = 0;
    /// A call that waits is to return soon. At most once. Waits for nothing itself.
    virtual void cancel() = 0;
};

/// A stream at its first byte; null where there is none. To be called again and again, and while
/// others are open; on any thread, and on several at once.
using OpenBytes = std::function<std::unique_ptr<ByteStream>()>;

}  // namespace vitrine
