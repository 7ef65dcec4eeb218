#include "player/media_opener.h"

#include <utility>

#include "core/log.h"
#include "player/play_budget.h"

namespace vitrine {
namespace {

constexpr size_t kMostSaid = 1000;  // warnings that are remembered

/// Where its first frame is sought; none: it is the file's. Errors: invalid_argument where it has
/// no such chapter.
Result<std::optional<Nanos>> beginning_of(const Item& item, const SourceInfo& info) {
    if (item.resume_at) return item.resume_at;
    if (item.start || !item.start_chapter) return item.start;
    const auto index = static_cast<size_t>(*item.start_chapter) - 1;
    if (index < info.chapters.size()) return std::optional(info.chapters[index].start);
    return fail(Errc::invalid_argument, "{}: no chapter {} in it; it has {}", info.name,
                *item.start_chapter, info.chapters.size());
}

MediaOpenerParts with_budget(MediaOpenerParts parts) {
    parts.media.frames_held = kFramesHeld + parts.frames_elsewhere;
    parts.media.generations = std::make_shared<GenerationSource>();
    return parts;
}

/// Whether what was decoded into the guess may stay there.
bool serves(const PoolMemory& guess, const PoolMemory& said) {
    // What is uploaded only the CPU reads: from a memfd as fast as from any memory.
    if (!said.allocator) return !guess.allocator->gives_dma_bufs();
    return is_same_kind(guess, said);
}

}  // namespace

MediaOpener::MediaOpener(MediaOpenerParts parts) : parts_(with_budget(std::move(parts))) {}

MediaOptions MediaOpener::media_options(const Item& item,
                                        const std::function<bool()>& cancelled) const {
    MediaOptions media = parts_.media;
    media.bytes = item.bytes;
    media.patience = std::make_shared<Patience>();  // each source's own
    media.cuda_device = [gpu = parts_.gpu]() -> Result<int> {
        const auto& ask = gpu.get().cuda_device;
        return ask ? ask() : fail(Errc::unavailable, "no GPU draws");
    };
    if (item.video_track) media.video_track = item.video_track;
    if (item.audio_track) media.audio_track = item.audio_track;
    media.video_track_must_be_there = item.video_track.has_value();
    media.audio_track_must_be_there = item.audio_track.has_value();
    if (item.image_duration) media.image_duration = *item.image_duration;
    media.passes = item.passes;
    media.interrupted = [quitting = parts_.quitting, cancelled] {
        return cancelled() || quitting();
    };
    media.quitting = parts_.quitting;
    return media;
}

Result<std::unique_ptr<FrameSource>> MediaOpener::open(const Item& item,
                                                       const std::function<bool()>& cancelled) {
    const MediaOptions media = media_options(item, cancelled);
    auto source = open_beside_gpu(item, media);
    if (!source) return source;
    const SourceInfo& info = (*source)->info();
    warn_of_missing_track(info, Track::Kind::video, media.video_track);
    if (media.sound) warn_of_missing_track(info, Track::Kind::audio, media.audio_track);
    warn_of_single_pass(info, item);
    if (auto gone = go_to_beginning(**source, item); !gone) return Failure(gone.error());
    return source;
}

/// While the GPU is still being asked which memory it imports, the first picture is decoded into
/// what it will most likely say; where it says otherwise, the file is opened again.
Result<std::unique_ptr<FrameSource>> MediaOpener::open_beside_gpu(const Item& item,
                                                                  MediaOptions media) {
    std::optional<PoolMemory> guess;
    media.wait_for_pool = [&] {
        const bool known = parts_.gpu.wait_for(Nanos{0}) == std::future_status::ready;
        if (known || !parts_.guesses_memory) return parts_.gpu.get().memory;
        const PoolMemory likely = guess_pool_memory(parts_.media.kernel);
        if (!likely.allocator) return parts_.gpu.get().memory;
        guess = likely;
        return likely;
    };
    auto source = open_media(item.file, media, parts_.clock);
    if (!source || !guess || serves(*guess, parts_.gpu.get().memory)) return source;
    log_debug("{}: opened again, for other memory than expected", (*source)->info().name);
    source->reset();  // a device may decode one file at a time
    return open_media(item.file, media, parts_.clock);
}

Result<void> MediaOpener::go_to_beginning(FrameSource& source, const Item& item) {
    const SourceInfo& info = source.info();
    const auto from = beginning_of(item, info);
    if (!from) return Failure(from.error());
    if (!*from) return {};
    if (!item.resume_at && item.end && **from >= *item.end) {
        return fail(Errc::invalid_argument, "{}{}: is to begin at {} s and to end at {} s",
                    item.place.empty() ? "" : item.place + ": ", info.name, in_seconds(**from),
                    in_seconds(*item.end));
    }
    if (!item.resume_at && !info.still && info.duration && **from >= *info.duration) {
        warn_once(
            fmt::format("{}: is to begin at {} s and ends at {} s: it begins at its last frame",
                        info.name, in_seconds(**from), in_seconds(*info.duration)));
    }
    if (auto sought = source.seek(**from); !sought) return Failure(sought.error());
    return {};
}

void MediaOpener::warn_of_missing_track(const SourceInfo& info, Track::Kind kind,
                                        std::optional<int> number) {
    if (!number || *number == 0 || find_track(info.tracks, kind, *number) != nullptr) return;
    const bool other = track_count(info.tracks, kind) > 0;
    warn_once(fmt::format("{}: no {} track {} in it{}; {}", info.name, name_of(kind), *number,
                          other ? ", so its default is played" : "",
                          tracks_text(info.tracks, kind)));
}

/// What came through a pipe is gone.
void MediaOpener::warn_of_single_pass(const SourceInfo& info, const Item& item) {
    const bool again = item.passes != 1 || item.repeats != 0;
    if (!again || info.seekable) return;
    warn_once(fmt::format("{}: is played once only: it cannot be read again", info.name));
}

/// However often the item is opened.
void MediaOpener::warn_once(const std::string& text) {
    if (said_.size() == kMostSaid) said_.clear();
    if (said_.insert(text).second) log_warning("{}", text);
}

}  // namespace vitrine
