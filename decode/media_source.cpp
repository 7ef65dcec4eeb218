#include "decode/media_source.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "core/log.h"
#include "decode/media_frames.h"
#include "decode/media_sound.h"
#include "hw/av/log.h"

namespace vitrine {
namespace {

constexpr int kLargestSide = 16384;  // what make_frame takes

}  // namespace

// Proving that a file can be shown.

Failure MediaFrames::unproved(const Error& last) const {
    if (last.code == Errc::interrupted) {
        return fail(Errc::interrupted, "{}: interrupted", info_.name);
    }
    if (const auto& file = packets_.file_failure()) return Failure(*file);
    const Size stated = demuxer_->stated_size();
    const bool no_size = stated.width <= 0 || stated.height <= 0;
    if (no_size && demuxer_->is_picture_file()) {
        return fail(Errc::invalid_argument,
                    "{}: a picture size of {}x{}: it is broken or cut off, of a kind that this "
                    "FFmpeg does not decode, or of more than {} pixels ({})",
                    info_.name, stated.width, stated.height, demuxer_->most_pixels(), last.text);
    }
    if (no_size) {
        return fail(Errc::invalid_argument, "{}: a picture size of {}x{} ({})", info_.name,
                    stated.width, stated.height, last.text);
    }
    if (!demuxer_->seekable() && counters().packets == 0) {
        return fail(Errc::invalid_argument,
                    "{}: nothing to show came before its end; a film that has its index there must "
                    "be saved to a file first",
                    info_.name);
    }
    const bool way_is_missing = last.code == Errc::unsupported || last.code == Errc::device_lost;
    if (way_is_missing && is_choosy()) {
        std::vector<std::string> reasons = path().refused;
        if (pictures_.has_decoder()) {
            reasons.push_back(fmt::format("{}: {}", path().decoder, last.text));
        }
        return no_decoder_asked_for_works(fmt::format("{}", fmt::join(reasons, "; ")));
    }
    const bool kept = last.code == Errc::invalid_argument || last.code == Errc::unsupported;
    return fail(kept ? last.code : Errc::protocol, "{}: not one picture could be decoded: {}",
                info_.name, last.text);
}

Result<void> MediaFrames::check_size() const {
    const Size stated = demuxer_->stated_size();
    if (stated.width > kLargestSide || stated.height > kLargestSide) {
        return fail(Errc::invalid_argument, "{}: a picture size of {}x{}; the largest is {}x{}",
                    info_.name, stated.width, stated.height, kLargestSide, kLargestSide);
    }
    if (int64_t{stated.width} * stated.height <= demuxer_->most_pixels()) return {};
    return fail(Errc::invalid_argument, "{}: a picture size of {}x{}; the most are {} pixels",
                info_.name, stated.width, stated.height, demuxer_->most_pixels());
}

/// One frame from the present decoder. Errors: why it is out.
Result<void> MediaFrames::prove_rung() {
    auto frame = next_frame();
    if (!frame) return Failure(frame.error());
    if (!*frame) return Failure(pictures_.last_failure());
    pending_ = std::move(*frame);
    return {};
}

Result<void> MediaFrames::prove(Ladder ladder) {
    if (codec() == AV_CODEC_ID_NONE) {
        return fail(Errc::invalid_argument,
                    "{}: no decoder for its codec ({}): this FFmpeg does not know it", info_.name,
                    info_.codec);
    }
    if (ladder.rungs.empty()) {
        const std::string reasons = fmt::format("{}", fmt::join(ladder.refused, "; "));
        if (is_choosy()) return no_decoder_asked_for_works(reasons);
        return fail(Errc::unsupported, "{}: no decoder for its codec {} ({})", info_.name,
                    info_.codec, reasons);
    }
    if (auto ok = pictures_.start(std::move(ladder)); !ok) return unproved(ok.error());
    while (true) {
        const auto proved = prove_rung();
        if (proved) break;
        if (demuxer_->interrupted() || packets_.file_failure() || !pictures_.has_next_rung()) {
            return unproved(proved.error());
        }
        auto again = pictures_.step_down(proved.error().text);
        if (again) again = go_on_from(0);
        if (!again) return unproved(again.error());
    }
    pictures_.proved();
    {
        std::lock_guard lock(status_->mutex);
        status_->origin = timeline_.origin();
    }
    info_.chapters = chapters_from(info_.chapters, timeline_.origin().value_or(Nanos(0)));
    open_sound();
    const FrameInfo& first = pending_->info();
    info_.visible_size = {first.crop.width, first.crop.height};
    info_.sample_aspect = first.sample_aspect;
    info_.orientation = first.orientation;
    return {};
}

void MediaFrames::open_sound() {
    if (demuxer_->sound() == nullptr) return;
    auto sound = open_media_sound(demuxer_, status_, info_.name);
    if (sound) {
        sound_ = std::move(*sound);
    } else {
        log_warning("{}: without its sound: {}", info_.name, sound.error().text);
        for (Track& each : info_.tracks) each.chosen &= each.kind != Track::Kind::audio;
        demuxer_->want_sound(false);
    }
}

namespace {

using LadderMaker = std::function<Result<Ladder>(AVCodecID, const MediaOptions&)>;

/// A device gains nothing for one picture, and tells nothing of how the camera was held.
void prefer_software(Ladder& ladder) {
    const auto by_device = [](const Rung& rung) { return rung.hardware; };
    if (std::all_of(ladder.rungs.begin(), ladder.rungs.end(), by_device)) return;
    for (const Rung& rung : ladder.rungs) {
        if (rung.hardware) {
            ladder.refused.push_back(
                fmt::format("{} ({}): not for one picture", rung.row, rung.decoder));
        }
    }
    ladder.rungs.erase(std::remove_if(ladder.rungs.begin(), ladder.rungs.end(), by_device),
                       ladder.rungs.end());
}

Result<std::unique_ptr<FrameSource>> open_with(const std::string& url, const LadderMaker& maker,
                                               MediaOptions options, const Clock& clock) {
    av::route_log();
    auto demuxer = Demuxer::open(
        url, options.interrupted,
        {options.sound, options.video_track, options.audio_track, options.audio_languages,
         options.video_track_must_be_there, options.audio_track_must_be_there},
        {options.bytes, options.calls, options.quitting});
    if (!demuxer) return Failure(demuxer.error());
    (*demuxer)->set_passes(options.passes);
    if (options.wait_for_pool) options.pool = options.wait_for_pool();
    auto source = std::make_unique<MediaFrames>(std::move(*demuxer), options, clock);
    if (auto ok = source->check_size(); !ok) return Failure(ok.error());
    auto ladder = maker(source->codec(), options);
    if (!ladder) return fail_while(url, ladder.error());
    if (source->info().still && options.decoders.empty()) prefer_software(*ladder);
    if (auto ok = source->prove(std::move(*ladder)); !ok) return Failure(ok.error());
    return source;
}

}  // namespace

Result<std::unique_ptr<FrameSource>> open_media(const std::string& url, const MediaOptions& options,
                                                const Clock& clock) {
    AVCodecID codec = AV_CODEC_ID_NONE;
    const auto maker = [&](AVCodecID found, const MediaOptions& known) {
        codec = found;
        return make_ladder(codec, known);
    };
    auto source = open_with(url, maker, options, clock);
    if (source || source.error().code != Errc::unsupported) return source;
    // To choose otherwise must help, else it is the file.
    if (leaves_a_decoder_out(codec, options)) return source;
    return fail(Errc::invalid_argument, "{}", source.error().text);
}

Result<std::unique_ptr<FrameSource>> open_media_on(const std::string& url, Ladder ladder,
                                                   const MediaOptions& options,
                                                   const Clock& clock) {
    const auto maker = [&](AVCodecID, const MediaOptions&) {
        return Result<Ladder>(std::move(ladder));
    };
    return open_with(url, maker, options, clock);
}

}  // namespace vitrine
