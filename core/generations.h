// Numbers for generations of buffers (DmaBufDescription), so that those of different sources differ
// where one importer sees them all: whoever owns the importer owns one of these and lends it to
// every source. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>

namespace vitrine {

class GenerationSource {
  public:
    /// Greater than every one before; at least 1.
    [[nodiscard]] uint64_t next() { return last_.fetch_add(1, std::memory_order_relaxed) + 1; }

  private:
    std::atomic<uint64_t> last_ = 0;
};

}  // namespace vitrine
