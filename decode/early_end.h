// Whether a file ended before what it promised: cut off by a transfer that broke, or shrunk while
// it was being read. Fed with what the demuxer opens and reads. Thread-bound.
#pragma once

#include <optional>
#include <string>

#include "core/clock.h"
#include "hw/av/libav.h"

namespace vitrine {

class EarlyEnd {
  public:
    /// What the container promises of the stream to be played. stated_duration: the stream's, as
    /// the header has it, before FFmpeg looked into the packets. Again after every reopening.
    void expect(const AVFormatContext& input, const AVStream& stream, int64_t stated_duration);
    /// The promise is the whole file's, which another stream than the one played may have to keep:
    /// packets of all streams are to be added.
    [[nodiscard]] bool concerns_all_streams() const { return all_streams_; }
    void add(const AVFormatContext& input, const AVStream& stream, const AVPacket& packet);
    /// To be asked at the end: "ends early: 3.2 s of 10.0 s could be read; ..."; nothing when all
    /// that was promised came, or nothing was.
    [[nodiscard]] std::optional<std::string> explain(const AVFormatContext& input,
                                                     AVStream& stream) const;

  private:
    [[nodiscard]] bool misses_time() const;
    [[nodiscard]] bool misses_indexed(AVStream& stream) const;
    [[nodiscard]] bool ends_within_transport_packet(const AVFormatContext& input) const;

    bool promises_ = false;  // what follows is the container's word, not FFmpeg's estimate
    Nanos duration_{0};      // zero: unknown
    bool all_streams_ = false;
    int64_t bytes_ = 0;                      // of the file when it was opened; 0: unknown
    Nanos start_{0};                         // of the stream, on the container's clock
    Nanos interval_{0};                      // from picture to picture; zero: unknown
    Nanos reached_{0};                       // where the packets read so far end
    std::optional<int64_t> furthest_stamp_;  // of the stream's packets, in its time base
    int64_t last_position_ = -1;             // of that read last, in the file; -1: unknown
    bool last_is_cut_ = false;  // the packet of the stream that was read last is not whole
};

}  // namespace vitrine
