// What one kind of emulated decoder offers and where it differs from the plain contract: pure data,
// one row per kind of device in profile.cpp. Nothing here owns anything. Reentrant.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vpu {

struct Size {
    uint32_t width = 0;
    uint32_t height = 0;
    friend bool operator==(const Size&, const Size&) = default;
};

/// NV12 in columns of 128 bytes: in one piece of memory, and in two. Raspberry Pi's kernel has
/// them.
inline constexpr uint32_t kFourccColumns = 'N' | 'C' << 8 | '1' << 16 | '2' << 24;
inline constexpr uint32_t kFourccColumnPlanes = 'N' | 'c' << 8 | '1' << 16 | '2' << 24;

/// AV1, which is newer than some kernel headers that this has to build with.
inline constexpr uint32_t kFourccAv1 = 'A' | 'V' << 8 | '0' << 16 | '1' << 24;

/// One compressed format: its V4L2 fourcc and the libavcodec software decoder behind it, by name,
/// so that a hardware wrapper of the same codec is never taken.
struct CodedFormat {
    uint32_t fourcc;
    const char* decoder;
    const char* description;
};

struct Profile {
    std::string_view name;
    std::string_view driver;
    std::string_view card;
    std::string_view bus_info;
    bool multi_planar = false;
    std::span<const CodedFormat> coded;
    std::span<const uint32_t> raw;          // first is the default
    std::span<const uint32_t> camera = {};  // not empty: the node is a camera, and no decoder

    uint32_t pitch_align = 64;  // bytes, of the first plane
    uint32_t row_align = 16;
    Size min_size{16, 16};
    Size max_size{4096, 4096};
    Size placeholder{16, 16};            // CAPTURE size until the stream's own is known
    uint32_t input_bytes = 1024 * 1024;  // OUTPUT sizeimage where the client names none
    uint32_t min_capture_buffers = 4;
    bool tells_minimum = true;        // false: there is no V4L2_CID_MIN_BUFFERS_FOR_CAPTURE
    uint32_t keeps = 1;               // pictures come only while it has so many buffers
    bool min_counts_reorder = false;  // the reorder depth of the stream is added to the minimum

    bool hint_sets_size = true;      // OUTPUT width and height set the CAPTURE format at once
    bool width_is_visible = false;   // G_FMT(CAPTURE) gives the cropped width
    bool start_resumes = true;       // false: DEC_CMD_START answers 0 and changes nothing
    bool last_on_picture = true;     // false: LAST always comes on an empty buffer
    bool error_before_last = false;  // a source change returns an ERROR buffer before LAST
    // The unit that brings a source change stays queued until the client has dealt with that, as
    // with a device that reads the client's memory; false: it is copied, and free at once.
    bool change_keeps_unit = true;
    bool preset_breaks_capture =
        false;  // REQBUFS(CAPTURE) is ENOMEM after S_FMT(OUTPUT) named a size
    bool swallows_unsupported = false;  // false: an unsupported stream is EIO
    bool orphans_buffers = true;        // REQBUFS(0) with exported or mapped buffers works
    bool imports_dmabuf = true;
};

/// The row of that name, or null. "spec" is single-planar, "spec-mplane" the same with the
/// multi-planar API, "spec-columns" and "spec-columns-mplane" give pictures in columns of 128
/// bytes, in one piece of memory and in two, "spec-noorphans" refuses to free buffers that are
/// still exported or mapped, "spec-silent" does not say how many buffers it needs, "spec-nostart"
/// and "spec-nostart-mplane" do not resume at DEC_CMD_START.
[[nodiscard]] const Profile* find_profile(std::string_view name);
[[nodiscard]] std::span<const Profile> all_profiles();
/// The names of those that decode, and of those that film.
[[nodiscard]] std::vector<std::string> decoder_profiles();
[[nodiscard]] std::vector<std::string> camera_profiles();

}  // namespace vpu
