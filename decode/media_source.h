// Files and streams as frames: demuxed by libavformat, decoded by the best row of the ladder that
// opens. Not thread-safe but for what FrameSource says may come from any thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/byte_stream.h"
#include "core/call_guard.h"
#include "core/clock.h"
#include "core/generations.h"
#include "core/patience.h"
#include "core/stream.h"
#include "hw/buffer_allocator.h"

namespace vitrine {

/// The memory that software decoders shall decode into, proved importable by the render side.
struct PoolMemory {
    std::shared_ptr<BufferAllocator> allocator;  // null: plain memory, and one copy by upload
    int pitch_alignment = 64;                    // bytes; 256 for drivers that need it
};

struct MediaOptions {
    /// Where the bytes come from, of which FILE is only the name then; empty: from FILE.
    OpenBytes bytes{};
    /// Names of decoder rows or of libavcodec decoders, tried in this order; empty: every row.
    std::vector<std::string> decoders;
    bool hardware = true;  // false: --hwdec=no
    /// No software decoders, and no pictures that the CPU copied.
    bool hardware_required = false;
    /// The V4L2 node to decode with, "/dev/video10"; empty: whichever can.
    std::string device;
    /// Finds NVIDIA's GPU to decode on, by its number in CUDA's order: the one that draws, for the
    /// memory of another cannot be imported. Called where calls into drivers are guarded, so that
    /// it owns what it touches. Empty, or an error: the first.
    std::function<Result<int>()> cuda_device;
    std::shared_ptr<Kernel> kernel = std::make_shared<RealKernel>();
    PoolMemory pool;
    /// In place of `pool`, where that is still being looked for when a file is opened: asked when
    /// it has to be known, on the opening thread, which it may keep waiting. May be empty.
    std::function<PoolMemory()> wait_for_pool;
    /// How long a still picture is shown: the duration of its one frame. Animations and pictures
    /// that come through a pipe are films.
    Nanos image_duration = std::chrono::seconds(10);
    /// Frames that queue, GPU and sinks may hold at a time, beside what the decoder itself needs.
    int frames_held = 8;
    /// Whether the sound is wanted too: FrameSource::sound().
    bool sound = false;
    /// Which of its tracks is played, by number among its kind, as SourceInfo::tracks has them;
    /// nothing: the one that FFmpeg finds best. One that is not there is an error, or as if nothing
    /// was said.
    std::optional<int> video_track{};
    std::optional<int> audio_track{};  // 0: none. Of no account where the sound is not wanted
    bool video_track_must_be_there = true;
    bool audio_track_must_be_there = true;
    /// Where no audio_track is said: the first of these that a track is in is played.
    std::vector<std::string> audio_languages{};
    /// How often the file is to be played in all, 0: without end. A source gives as many passes as
    /// one decoder can be fed without a flush, of a still picture one: SourceCounters::passes says
    /// how many it were.
    uint64_t passes = 1;
    /// Shared by all sources whose frames meet at one importer; null: the source counts by itself.
    std::shared_ptr<GenerationSource> generations;
    /// Guards calls into drivers; one for all sources, so that none asks again what hung before.
    std::shared_ptr<CallGuard> calls = std::make_shared<CallGuard>();
    /// With drivers, from opening on: when it is at its end, the software rows go on. For one
    /// source at a time.
    std::shared_ptr<Patience> patience = std::make_shared<Patience>();
    /// Whether to give up opening, asked again and again until the first read(); may be empty.
    /// Later there is FrameSource::interrupt().
    std::function<bool()> interrupted;
    /// Whether the viewer wants to be gone, so that closing a decoder is not waited for long. Asked
    /// on any thread as long as the source lives; may be empty.
    std::function<bool()> quitting;
};

/// One row of the ladder: how a codec may be decoded here.
struct DecoderRow {
    std::string_view name;         // "v4l2", "vaapi", "software": what --hwdec takes
    std::string_view description;  // for help and probe
};
[[nodiscard]] std::vector<DecoderRow> decoder_rows();  // best first
/// Every name that MediaOptions::decoders may hold: those of the rows, and of the decoders for
/// pictures that this FFmpeg has.
[[nodiscard]] std::vector<std::string_view> decoder_names();
/// Whether such a name can stand for a hardware way, on some machine with this FFmpeg.
[[nodiscard]] bool may_be_hardware(std::string_view decoder_name);

/// What a row would do for a codec on this machine, for `vitrine probe`.
struct DecoderTrial {
    std::string row;
    std::string codec;
    std::string decoder;   // libavcodec's name; "" when there is none
    std::string delivers;  // "DRM_PRIME", "udmabuf", "memory"; "" when it is out
    std::string refused;   // why it is out; "" when it is not
    bool hardware = false;
    StorageKind storage = StorageKind::memory;  // of what it delivers
    std::string shortfall{};  // why it delivers nothing better; "" when there is nothing better
};
[[nodiscard]] std::vector<DecoderTrial> probe_decoders(const MediaOptions& options);

/// The path of what FILE names, to compare files by: "/dev/stdin" for standard input, a URL as it
/// is.
[[nodiscard]] std::string path_of_input(const std::string& file);

/// Opens what FILE names, a path (with "file:" or without), "-" for standard input, or a URL, and
/// proves its decoder by decoding the first frame, stepping down the ladder
/// as need be. `clock` stamps the frames and must outlive the source.
/// Errors, each naming the file: io (missing, unreadable, a directory), invalid_argument (empty, a
/// terminal, not a media file that FFmpeg knows, no video in it, no track of the number asked for,
/// a picture size out of bounds, a codec that nothing here decodes), unsupported (the options leave
/// out every decoder that works here), protocol (not one frame could be decoded), interrupted.
[[nodiscard]] Result<std::unique_ptr<FrameSource>> open_media(const std::string& file,
                                                              const MediaOptions& options,
                                                              const Clock& clock);

}  // namespace vitrine
