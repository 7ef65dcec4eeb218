// The packets of a container as a stateful device wants them: whole access units of the elementary
// stream, with start codes, which is the work of libavcodec's bitstream filters; before each key
// frame the headers that are in force there; and of AV1 whole temporal units. Thread-bound.
#pragma once

#include "decode/ladder.h"

namespace vitrine {

class AccessUnits {
  public:
    /// Errors: unsupported where this FFmpeg lacks the filter, invalid_argument for headers that
    /// it cannot read.
    [[nodiscard]] static Result<AccessUnits> make(const StreamDescription& stream);

    /// Null: the stream ends here. The packet is taken, what it holds is not copied. Errors:
    /// protocol: it is broken, and gone.
    [[nodiscard]] Result<void> send(AVPacket* packet);
    /// Null when there is none before the next send().
    [[nodiscard]] Result<av::Packet> next();
    void flush() { av_bsf_flush(filter_.get()); }

  private:
    explicit AccessUnits(av::BitstreamFilter filter) : filter_(std::move(filter)) {}
    [[nodiscard]] Result<void> take_new_headers(const AVPacket& packet);
    [[nodiscard]] Result<void> complete(AVPacket& unit) const;
    av::BitstreamFilter filter_;
};

}  // namespace vitrine
