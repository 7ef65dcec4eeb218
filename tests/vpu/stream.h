// Streams for the tests of the emulated VPU: pictures whose gray level tells their number, encoded
// in the process by an encoder that every libavcodec has. Reentrant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "tests/vpu/layout.h"

namespace vpu {

using Unit = std::vector<std::byte>;  // one access unit

struct StreamOptions {
    const char* encoder = "mpeg2video";  // of libavcodec; an H.264 one may be missing
    Size size{176, 144};
    int pictures = 10;
    int first_number = 0;      // of the first picture
    int group = 5;             // pictures from one key frame to the next
    int reorder = 0;           // B pictures between references
    bool half_chroma = false;  // 4:2:2, which no profile can decode
};

/// Access units in decode order, with their headers in every key frame.
[[nodiscard]] std::vector<Unit> make_stream(const StreamOptions& options = {});
[[nodiscard]] bool has_encoder(const char* name);
[[nodiscard]] std::vector<Unit> join(std::vector<Unit> first, const std::vector<Unit>& second);

/// The number of the picture that has its luma at `pixels`; nothing where no level fits.
[[nodiscard]] std::optional<int> number_in(const std::byte* pixels, uint32_t pitch, Size visible);

constexpr int kMaxNumber = 50;

}  // namespace vpu
