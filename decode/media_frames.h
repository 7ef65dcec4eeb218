// Reads pictures of an open file, has them described and placed, and says where to go on after a
// seek and when another decoder has taken over. Not thread-safe but for what FrameSource says may
// come from any thread.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "decode/frame_timeline.h"
#include "decode/media_source.h"
#include "decode/packet_feed.h"
#include "decode/picture_description.h"
#include "decode/picture_stream.h"

namespace vitrine {

class MediaFrames final : public FrameSource {
  public:
    /// No decoder is there before prove().
    MediaFrames(std::shared_ptr<Demuxer> demuxer, MediaOptions options, const Clock& clock);
    ~MediaFrames() override { report_broken_packets(); }

    // Proving that it can be shown is in media_source.cpp.
    /// Of what the container says, before any decoder is tried.
    [[nodiscard]] Result<void> check_size() const;
    [[nodiscard]] AVCodecID codec() const { return demuxer_->stream().codecpar->codec_id; }
    /// Decodes the first picture by the first rung that can; read() gives it. Errors: why none can,
    /// as open_media() has them.
    [[nodiscard]] Result<void> prove(Ladder ladder);

    const SourceInfo& info() const override { return info_; }
    DecodePath path() const override {
        std::lock_guard lock(status_->mutex);
        return status_->path;
    }
    SourceCounters counters() const override {
        std::lock_guard lock(status_->mutex);
        SourceCounters counters = status_->counters;
        counters.passes = demuxer_->passes_begun();
        return counters;
    }
    void set_passes(uint64_t passes) override { demuxer_->set_passes(passes); }
    std::optional<Nanos> pass_length() const override { return demuxer_->pass_length(); }
    std::optional<Nanos> pictures_end() const override {
        const auto end = demuxer_->pictures_end();
        std::lock_guard lock(status_->mutex);
        if (!end || !status_->origin || info_.still) return std::nullopt;
        return *end - *status_->origin;
    }
    Result<FramePtr> read() override;
    Result<void> seek_to(const SeekTarget& target) override;
    Result<void> refuse_path(std::string_view reason, uint64_t first_failed_sequence) override;
    std::shared_ptr<SoundSource> sound() override { return sound_; }
    void interrupt() override { demuxer_->interrupt(); }

  private:
    [[nodiscard]] bool is_choosy() const {
        return !options_.decoders.empty() || options_.hardware_required;
    }
    [[nodiscard]] Failure no_decoder_asked_for_works(const std::string& reasons) const {
        return fail(Errc::unsupported, "{}: no decoder that was asked for works: {}", info_.name,
                    reasons);
    }
    [[nodiscard]] Failure unproved(const Error& last) const;
    [[nodiscard]] Result<void> prove_rung();
    void open_sound();
    [[nodiscard]] Result<void> go_on_from(uint64_t wanted);
    void take_back_pending();

    [[nodiscard]] Result<FramePtr> next_frame();
    [[nodiscard]] Result<FramePtr> finish(DecodedPicture picture);
    [[nodiscard]] FramePtr give(FramePtr frame);
    void report_end();
    void report_broken_packets();

    [[nodiscard]] Result<void> check_usable() const;
    void start_over(Nanos expected, bool wait_for_key);
    [[nodiscard]] Result<void> check_wanted() const;
    [[nodiscard]] Result<bool> seek_key_frame(Nanos from, Nanos position);
    [[nodiscard]] Result<void> go_before(Nanos position);

    const std::shared_ptr<Demuxer> demuxer_;
    const MediaOptions options_;
    const Clock& clock_;
    SourceInfo info_;
    const std::shared_ptr<SourceStatus> status_ = std::make_shared<SourceStatus>();
    PacketFeed packets_;
    PictureStream pictures_;

    PictureDescription description_;
    FrameTimeline timeline_;
    std::shared_ptr<SoundSource> sound_;  // null where there is none
    FramePtr pending_;                    // decoded by prove() or seek(), not given out yet
    uint64_t first_of_rung_ = 0;          // sequence; what came before, another rung made
    bool at_start_ = true;                // nothing was read or seeked yet
    Nanos blind_since_{0};      // a seek began, and none since has come to its first frame
    bool sound_waits_ = false;  // for the picture that a seek goes back to
    const std::atomic<bool>* superseded_ = nullptr;  // on the way to where a seek wants to go
    bool broken_reported_ = false;
    bool end_reported_ = false;
};

}  // namespace vitrine
