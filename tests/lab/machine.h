// A stateful V4L2 decoder and a film for it: the kernel's own decoder, vicodec, or the emulated one
// of tests/vpu, behind one and the same seam. A machine's decoder is to be opened once. Reentrant.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hw/av/libav.h"
#include "hw/v4l2_device.h"
#include "tests/lab/fwht.h"

namespace vitrine::lab {

/// Of the film: so many small pictures and then so many large ones, every fifth of which stands by
/// itself, and none of which comes out of its order.
inline constexpr size_t kSmallUnits = 10;
inline constexpr size_t kLargeUnits = 10;
inline constexpr Size kSmall = {640, 360};  // whose height the codec pads
inline constexpr Size kLarge = {1280, 720};

struct Machine {
    std::shared_ptr<Kernel> kernel;
    std::string node;
    V4l2Format coded;
    AVCodecID codec = AV_CODEC_ID_NONE;  // none where libavcodec has none of that name
    const std::vector<Unit>* units = nullptr;

    /// Throws where it cannot be opened.
    [[nodiscard]] std::shared_ptr<V4l2Device> open() const;
};

/// vicodec; FWHT of the kernel's own encoder.
[[nodiscard]] Machine real_machine();
/// tests/vpu, by a profile of its, or by the one beside it with the API of planes where the
/// kernel's decoder has that in this boot; MPEG-4 without B pictures, and so without delay, as FWHT
/// is.
[[nodiscard]] Machine emulated_machine(const std::string& profile = "spec");

}  // namespace vitrine::lab
