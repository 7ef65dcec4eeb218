// A file or URL as packets of its one chosen video stream. Thread-bound but for the interrupt flag,
// which any thread may set.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "core/clock.h"
#include "core/result.h"
#include "core/stream.h"
#include "decode/timestamps.h"
#include "hw/av/libav.h"

namespace vitrine {

class Demuxer {
  public:
    /// Errors as open_media's, each naming the file.
    [[nodiscard]] static Result<std::unique_ptr<Demuxer>> open(const std::string& url);

    [[nodiscard]] const AVStream& stream() const { return *stream_; }
    /// What the container knows.
    [[nodiscard]] SourceInfo describe() const;
    [[nodiscard]] TimestampOptions timestamp_options() const;
    [[nodiscard]] Nanos to_nanos(int64_t timestamp) const;

    /// The next packet of the video stream; null at the end, also when the file is cut off.
    /// Errors: interrupted, io, timeout.
    [[nodiscard]] Result<av::Packet> read();

    /// Whether positions other than the start can be found by their time stamps.
    [[nodiscard]] bool seekable_by_time() const;
    [[nodiscard]] bool seekable() const;
    /// To the last key frame at or before this time on the container's clock, as far as its index
    /// knows. Errors: unsupported, io.
    [[nodiscard]] Result<void> seek(Nanos container_time);
    /// To the very first packet.
    [[nodiscard]] Result<void> rewind();

    void interrupt() { interrupted_.store(true); }
    [[nodiscard]] bool interrupted() const { return interrupted_.load(); }

  private:
    explicit Demuxer(std::string url) : url_(std::move(url)) {}
    [[nodiscard]] Result<void> open_container();
    [[nodiscard]] Result<void> choose_stream();
    [[nodiscard]] Error explain(int status, const char* attempt) const;

    const std::string url_;
    std::atomic<bool> interrupted_ = false;
    av::InputContext input_;
    AVStream* stream_ = nullptr;  // input_'s
};

}  // namespace vitrine
