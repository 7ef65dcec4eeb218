// A file, standard input or a URL as packets of its one chosen video stream and, for another
// thread, of its one chosen audio stream. Whoever reads sets aside what comes for the other. The
// video side leads: it alone seeks. Thread-bound to its thread, but for what belongs to the sound,
// and for the interrupt flag, which any thread may set.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "core/stream.h"
#include "decode/container.h"
#include "decode/packet_line.h"
#include "decode/passes.h"
#include "hw/av/libav.h"

namespace vitrine {

struct SoundPacket {
    av::Packet packet;              // null at the end
    uint64_t epoch = 0;             // seeks before it
    Nanos floor{0};                 // of the last seek: what lies before it is not wanted
    uint64_t pass = 0;              // since then
    std::optional<Nanos> before{};  // where the pass before ends, on the container's clock
};

class Demuxer {
  public:
    /// give_up: as MediaOptions::interrupted; bytes: as Container has them. Errors as open_media's,
    /// each naming the file.
    [[nodiscard]] static Result<std::unique_ptr<Demuxer>> open(const std::string& url,
                                                               std::function<bool()> give_up = {},
                                                               StreamWishes wishes = {},
                                                               GivenBytes bytes = {});
    /// From now on only interrupt() interrupts.
    void opened();

    // As Container has them.
    [[nodiscard]] const AVStream& stream() const { return container_->stream(); }
    [[nodiscard]] Size stated_size() const { return container_->stated_size(); }
    [[nodiscard]] bool is_picture_file() const { return container_->is_picture_file(); }
    [[nodiscard]] int64_t most_pixels() const { return container_->most_pixels(); }
    [[nodiscard]] TimestampOptions timestamp_options() const {
        return container_->timestamp_options();
    }
    [[nodiscard]] std::optional<Nanos> to_nanos(int64_t timestamp) const {
        return container_->to_nanos(timestamp);
    }
    [[nodiscard]] bool seekable_by_time() const { return container_->seekable_by_time(); }
    [[nodiscard]] bool seekable() const { return container_->seekable(); }
    [[nodiscard]] bool can_go_back() const { return container_->can_go_back(); }
    [[nodiscard]] const SoundStream* sound() const { return container_->sound(); }
    /// Also whether it is a still picture.
    [[nodiscard]] SourceInfo describe() const;

    /// How often in all the file is to be read, its time stamps going on rising, as long as the
    /// next pass can be fed to the decoders that had the one before; 0: without end. Where it
    /// cannot, the first pass's end is the end. Any thread; for passes that are still to begin.
    void set_passes(uint64_t passes) { passes_wanted_ = passes; }
    /// That were begun. Any thread.
    [[nodiscard]] uint64_t passes_begun() const { return passes_begun_.load(); }
    /// Of one pass; nothing before it is known. Any thread.
    [[nodiscard]] std::optional<Nanos> pass_length() const;
    /// Where the last picture ends on the container's clock, passes added; nothing before the end
    /// was reached, or when that is not known. Any thread.
    [[nodiscard]] std::optional<Nanos> pictures_end() const;
    /// Of the packet that read() gave last, from 0 since the last seek.
    [[nodiscard]] uint64_t pass() const { return pass_; }

    /// The next packet of the video stream; null at the end, also when the file is cut off.
    /// Errors: interrupted, io, timeout when nothing comes for long.
    [[nodiscard]] Result<av::Packet> read();

    /// To be asked at the end: why it is not the end that it should be, if it is not.
    [[nodiscard]] std::optional<std::string> early_end() const;

    /// To the last key frame at or before this time on the container's clock, as far as its index
    /// knows. Errors: unsupported, io.
    [[nodiscard]] Result<void> seek(Nanos container_time);
    /// To the very first packet, of the pass of the last one if it is not for a seek.
    [[nodiscard]] Result<void> rewind();

    // The sound goes where the pictures go between these two: its packets of before are void, and
    // none come meanwhile. Without them the pictures alone are read again.
    /// shown_pass: as SeekTarget::pass.
    void begin_seek(uint64_t shown_pass);
    /// floor: where on the time line the seek wanted to go; nothing where set_floor() will tell,
    /// and until then no sound comes.
    void end_seek(std::optional<Nanos> floor);
    void set_floor(Nanos floor);

    // For the thread that reads the sound.
    /// The next packet of the audio stream. Waits while the other side seeks or has to take first
    /// what waits for it, and, once it gave the end, until there was a seek. Errors as read()'s.
    [[nodiscard]] Result<SoundPacket> read_sound();
    /// Seeks that are done. Any thread.
    [[nodiscard]] uint64_t sound_epoch() const { return epoch_.load(); }
    /// Packets. Any thread.
    [[nodiscard]] uint64_t sound_left_out() const { return sound_left_out_.load(); }
    /// Without, packets of the sound are not kept.
    void want_sound(bool wanted);

    void interrupt();
    /// Interrupts for good, and closes what is read by us, which may wait. Any thread.
    void close();
    [[nodiscard]] bool interrupted() const {
        return interrupted_.load() || (give_up_ && give_up_());
    }

  private:
    explicit Demuxer(std::function<bool()> give_up) : give_up_(std::move(give_up)) {}
    [[nodiscard]] Result<void> tell_still_from_film();
    // Under the lock.
    [[nodiscard]] Result<av::Packet> read_any(bool may_reopen);
    void note(const AVPacket& packet);
    [[nodiscard]] bool begin_next_pass();
    [[nodiscard]] bool begin_pass_otherwise();
    [[nodiscard]] Result<void> reopen();
    void keep_sound(av::Packet packet);
    void went_elsewhere();
    [[nodiscard]] bool sound_may_be_read() const;
    [[nodiscard]] SoundPacket take_sound();

    std::function<bool()> give_up_;
    std::atomic<bool> interrupted_ = false;
    mutable std::mutex mutex_;  // held while libavformat reads: all below belongs to it
    std::condition_variable changed_;
    std::unique_ptr<Container> container_;  // asks interrupted()
    bool still_ = false;
    bool cut_off_ = false;  // and it is not a whole one

    PacketLine pictures_;  // that were read for the other side
    Passes passes_;
    bool pass_by_reopening_ = false;  // the present one, and there is no other way
    bool reopening_due_ = false;
    bool passes_over_ = false;      // for the file became another one
    std::optional<Error> failure_;  // met by the side of the sound, for the other one
    uint64_t pass_ = 0;
    std::atomic<uint64_t> passes_wanted_ = 1;  // not by the lock, for who asks is not to wait
    std::atomic<uint64_t> passes_begun_ = 1;
    std::atomic<Nanos::rep> pass_length_ = -1;
    std::atomic<Nanos::rep> pictures_end_ = kUnknown;
    static constexpr Nanos::rep kUnknown = INT64_MIN;
    PacketLine sounds_;
    PacketMark newest_sound_;   // that was read
    bool catching_up_ = false;  // what is read of the sound was read before, up to that one
    bool sound_wanted_ = true;
    std::atomic<uint64_t> sound_left_out_ = 0;
    bool seeking_ = false;
    uint64_t shown_pass_ = 0;  // when that began
    std::atomic<uint64_t> epoch_ = 0;
    std::optional<uint64_t> ended_epoch_;    // whose end was given
    std::optional<Nanos> floor_ = Nanos{0};  // nothing: the sound waits for it
};

}  // namespace vitrine
