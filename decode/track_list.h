// What a container has to be chosen from, and its chapters, brought into bounds: whoever wrote the
// file may mean harm. Reentrant.
#pragma once

#include <cstddef>
#include <vector>

#include "core/result.h"
#include "core/tracks.h"
#include "hw/av/libav.h"

namespace vitrine {

/// Streams that libavformat may make, of all kinds: what it allows if not told.
inline constexpr int kMostStreams = 1000;
inline constexpr size_t kMostChapters = 1000;  // the first ones; the rest is left out, and said
inline constexpr size_t kLongestText = 200;    // bytes, of a language or a title

struct ListedTrack {
    Track track;
    int stream = 0;  // of the container's
};

/// Pictures that belong to the file as a whole, its cover, are no track.
[[nodiscard]] std::vector<ListedTrack> list_tracks(const AVFormatContext& input);
[[nodiscard]] Tracks tracks_of(const std::vector<ListedTrack>& listed);

/// The index of the stream. Errors: invalid_argument, which says what there is; without the file's
/// name.
[[nodiscard]] Result<int> stream_of(const std::vector<ListedTrack>& listed, Track::Kind kind,
                                    int number);
/// That of the audio track in the first of these languages that one has, of several the one that
/// the file prefers; -1 where none has any.
[[nodiscard]] int stream_in_language(const std::vector<ListedTrack>& listed,
                                     const std::vector<std::string>& languages);

/// On the container's clock, in the order of their starts. name: of the file, for the log.
[[nodiscard]] Chapters list_chapters(const AVFormatContext& input, const std::string& name);
/// Those on the container's clock are on the time line that begins there.
[[nodiscard]] Chapters chapters_from(Chapters chapters, Nanos origin);

/// FFmpeg's name; of a codec that it does not know, the container's.
[[nodiscard]] std::string codec_name(const AVCodecParameters& codec);
[[nodiscard]] bool is_attached(const AVStream& stream);

}  // namespace vitrine
