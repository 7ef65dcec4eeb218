// A file, standard input or a URL as packets of its one chosen video stream. Thread-bound but for
// the interrupt flag, which any thread may set.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "core/stream.h"
#include "decode/early_end.h"
#include "decode/input.h"
#include "decode/timestamps.h"
#include "hw/av/libav.h"

namespace vitrine {

class Demuxer {
  public:
    /// give_up: as MediaOptions::interrupted. Errors as open_media's, each naming the file.
    [[nodiscard]] static Result<std::unique_ptr<Demuxer>> open(const std::string& url,
                                                               std::function<bool()> give_up = {});
    /// From now on only interrupt() interrupts.
    void opened() { give_up_ = nullptr; }

    [[nodiscard]] const AVStream& stream() const { return *stream_; }
    /// What the container says, be it possible or not.
    [[nodiscard]] Size stated_size() const;
    /// What the container knows.
    [[nodiscard]] SourceInfo describe() const;
    [[nodiscard]] TimestampOptions timestamp_options() const;
    /// Nothing where no clock can stand: further than TimestampRepair::kFurthest from zero.
    [[nodiscard]] std::optional<Nanos> to_nanos(int64_t timestamp) const;

    /// The next packet of the video stream; null at the end, also when the file is cut off.
    /// Errors: interrupted, io, timeout when nothing comes for long.
    [[nodiscard]] Result<av::Packet> read();

    /// To be asked at the end: why it is not the end that it should be, if it is not.
    [[nodiscard]] std::optional<std::string> early_end() const;

    /// Whether positions other than the start can be found by their time stamps.
    [[nodiscard]] bool seekable_by_time() const;
    [[nodiscard]] bool seekable() const;
    /// Whether what was read is there to be read again, which what is sent live is not.
    [[nodiscard]] bool can_go_back() const;
    /// To the last key frame at or before this time on the container's clock, as far as its index
    /// knows. Errors: unsupported, io.
    [[nodiscard]] Result<void> seek(Nanos container_time);
    /// To the very first packet.
    [[nodiscard]] Result<void> rewind();

    void interrupt() { interrupted_.store(true); }
    [[nodiscard]] bool interrupted() const {
        return interrupted_.load() || (give_up_ && give_up_());
    }

  private:
    Demuxer(InputName name, std::function<bool()> give_up)
        : name_(std::move(name)), give_up_(std::move(give_up)) {}
    [[nodiscard]] Result<void> open_container();
    [[nodiscard]] Result<void> choose_stream();
    [[nodiscard]] Error explain_opening(int status) const;
    [[nodiscard]] Error explain(int status, const char* attempt) const;

    const InputName name_;
    std::function<bool()> give_up_;
    std::atomic<bool> interrupted_ = false;
    std::unique_ptr<DescriptorReader> reader_;  // null where libavformat opens the file itself
    av::InputContext input_;                    // reads by reader_
    struct Stated {
        Size size;
        int64_t duration = 0;
    };
    std::vector<Stated> stated_;  // by the header of each stream
    AVStream* stream_ = nullptr;  // input_'s
    EarlyEnd early_end_;
    bool broken_ = false;  // the demuxer can make nothing of what comes next
};

}  // namespace vitrine
