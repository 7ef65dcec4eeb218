// A media file, standard input or a URL as libavformat reads it: opened, its streams chosen, packet
// by packet, from another place, opened again. Thread-bound; whoever shares it has a lock.
#pragma once

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
#include "decode/sound_stream.h"
#include "decode/timestamps.h"
#include "decode/track_list.h"
#include "hw/av/libav.h"

namespace vitrine {

/// What is to be read of a file: pictures, and these.
struct StreamWishes {
    bool sound = false;
    // As MediaOptions has them.
    std::optional<int> video_track{};
    std::optional<int> audio_track{};
    std::vector<std::string> audio_languages{};
    bool video_track_must_be_there = true;
    bool audio_track_must_be_there = true;
};

class Container {
  public:
    /// interrupted: asked again and again as long as it lives, whether to give up. bytes: where
    /// they are given, the file is only their name. Errors as open_media's, each naming the file.
    [[nodiscard]] static Result<std::unique_ptr<Container>> open(const std::string& file,
                                                                 std::function<bool()> interrupted,
                                                                 StreamWishes wishes,
                                                                 GivenBytes bytes = {});

    [[nodiscard]] bool interrupted() const { return interrupted_(); }
    /// In messages.
    [[nodiscard]] const std::string& name() const { return name_.shown; }
    /// The one that was chosen of the pictures.
    [[nodiscard]] const AVStream& stream() const { return *stream_; }
    /// Null where there is none, or it is not wanted.
    [[nodiscard]] const SoundStream* sound() const { return sound_ ? &*sound_ : nullptr; }
    /// What is said of the size, be it possible or not.
    [[nodiscard]] Size stated_size() const;
    /// Whether it is the file of a picture, or of an animation.
    [[nodiscard]] bool is_picture_file() const;
    /// How large a picture of it may be: less where it is a picture's file.
    [[nodiscard]] int64_t most_pixels() const;
    /// What is known without decoding; chapters are on the container's clock.
    [[nodiscard]] SourceInfo describe() const;
    [[nodiscard]] TimestampOptions timestamp_options() const;
    /// Whether its clock may.
    [[nodiscard]] bool may_jump() const;
    /// From picture to picture; zero: unknown.
    [[nodiscard]] Nanos picture_interval() const { return picture_interval_; }
    /// Nothing where no clock can stand: further than TimestampRepair::kFurthest from zero.
    [[nodiscard]] std::optional<Nanos> to_nanos(int64_t timestamp) const;

    /// The next packet of either stream; null at the end, also when the file is cut off.
    /// Errors: interrupted, io, timeout when nothing comes for long.
    [[nodiscard]] Result<av::Packet> read();
    [[nodiscard]] bool is_picture(const AVPacket& packet) const {
        return packet.stream_index == stream_->index;
    }
    [[nodiscard]] AVRational time_base_of(const AVPacket& packet) const {
        return input_->streams[packet.stream_index]->time_base;
    }
    /// At the end: why it is not the end that it should be, if it is not.
    [[nodiscard]] std::optional<std::string> early_end() const;
    /// Reading ended at what the demuxer can make nothing of, and is at its end until it goes on
    /// elsewhere.
    [[nodiscard]] bool is_broken() const { return broken_; }

    /// Whether it is we who read it, and not libavformat: standard input, named pipes, given bytes.
    [[nodiscard]] bool is_read_by_us() const { return reader_ != nullptr; }
    [[nodiscard]] bool seekable() const;
    /// Whether positions other than the start can be found by their time stamps.
    [[nodiscard]] bool seekable_by_time() const;
    /// Whether what was read is there to be read again, which what is sent live is not.
    [[nodiscard]] bool can_go_back() const;
    /// To the last key frame at or before it, in the time base of the pictures. Errors:
    /// unsupported, io.
    [[nodiscard]] Result<void> seek(int64_t timestamp);
    /// To the very first packet. Where that fails everything is as it was. Errors as open()'s.
    [[nodiscard]] Result<void> reopen();
    /// Of one that is interrupted for good: as InputReader has it.
    [[nodiscard]] std::shared_ptr<void> end_reading() { return reader_ ? reader_->end() : nullptr; }

  private:
    Container(InputName name, std::function<bool()> interrupted, StreamWishes wishes,
              GivenBytes bytes)
        : name_(std::move(name)),
          interrupted_(std::move(interrupted)),
          wishes_(std::move(wishes)),
          bytes_(std::move(bytes)) {}
    [[nodiscard]] Result<void> open_file();
    [[nodiscard]] Result<void> choose_streams();
    [[nodiscard]] Result<void> choose_pictures();
    [[nodiscard]] Result<int> best_pictures() const;
    [[nodiscard]] Result<void> choose_sound();
    [[nodiscard]] Result<int> best_sound() const;
    void discard_others();
    [[nodiscard]] av::Packet check_picture(av::Packet packet);
    void cut_sound(AVPacket& packet);
    [[nodiscard]] Error explain_opening(int status) const;
    [[nodiscard]] Error explain(int status, const char* attempt) const;

    const InputName name_;
    const std::function<bool()> interrupted_;
    const StreamWishes wishes_;
    const GivenBytes bytes_;
    std::unique_ptr<InputReader> reader_;  // null where libavformat opens the file itself
    av::InputContext input_;               // reads by reader_
    struct Stated {
        Size size;
        int64_t duration = 0;
    };
    std::vector<Stated> stated_;       // by the header of each stream
    std::vector<ListedTrack> listed_;  // the streams that may be chosen
    AVStream* stream_ = nullptr;       // input_'s
    Nanos picture_interval_{0};
    EarlyEnd early_end_;
    bool broken_ = false;
    std::optional<SoundStream> sound_;
    int sound_index_ = -1;  // of input_'s streams
    /// Where the container says that the sound is over, in its time base: what the encoder had to
    /// add to fill its last frame lies beyond. Nothing where it does not say.
    std::optional<int64_t> sound_end_;
    int64_t longest_sound_ = 0;  // packet of Opus so far, in its time base
};

}  // namespace vitrine
