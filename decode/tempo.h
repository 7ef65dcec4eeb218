// Sound made shorter or longer with its pitch kept, by libavfilter's atempo. Thread-bound.
#pragma once

#include <optional>
#include <vector>

#include "core/result.h"
#include "core/sound.h"
#include "hw/av/filters.h"

namespace vitrine {

class Tempo {
  public:
    /// The block at this speed, from 0.25 to 4, as far as it can be made yet: it may hold nothing.
    /// Where the speed is another than before, or the block does not follow the one before, what
    /// was held comes first, as a block of its own. Errors: unavailable, for want of
    /// libavfilter or of memory.
    [[nodiscard]] Result<std::vector<SoundBlock>> process(SoundBlock block,
                                                          const SoundFormat& format, double speed);
    /// What is held, at the end.
    [[nodiscard]] Result<std::optional<SoundBlock>> drain();
    /// Forgets what is held.
    void reset() { graph_.reset(); }

  private:
    // Blocks further apart do not follow one another.
    static constexpr Nanos kSeam = std::chrono::milliseconds(20);

    [[nodiscard]] Result<void> begin(const SoundBlock& first, const SoundFormat& format,
                                     double speed);
    [[nodiscard]] Result<void> send(const SoundBlock* block);
    [[nodiscard]] Result<SoundBlock> receive();
    [[nodiscard]] bool follows(const SoundBlock& block, const SoundFormat& format,
                               double speed) const;

    av::FilterGraph graph_;                 // null while nothing is held
    const av::Filters* filters_ = nullptr;  // where it is not null
    AVFilterContext* in_ = nullptr;
    AVFilterContext* out_ = nullptr;
    SoundFormat format_;
    double speed_ = 1.0;
    uint64_t epoch_ = 0;
    Nanos begin_{0};      // of what was put in first, on the time line
    int64_t put_in_ = 0;  // samples, of each channel
    int64_t taken_ = 0;   // that came out
};

}  // namespace vitrine
