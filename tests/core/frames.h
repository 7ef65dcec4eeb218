// Small frames for tests: plain memory with a lease that tells when it ended. Reentrant.
#pragma once

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include "core/frame.h"

namespace vitrine::testing {

/// A lease that counts its end in `ended`.
inline Lease counting_lease(std::atomic<int>& ended) {
    return Lease(static_cast<const void*>(&ended), [&ended](const void*) { ++ended; });
}

/// Planes of a 4×2 gray picture that lies in `pixels` (8 bytes at least).
inline std::array<CpuPlane, 4> gray_planes(const std::vector<std::byte>& pixels) {
    std::array<CpuPlane, 4> planes{};
    planes[0] = {pixels.data(), 4};
    return planes;
}

inline FrameInfo info_of(Size size) {
    FrameInfo info;
    info.crop = {0, 0, size.width, size.height};
    return info;
}

/// A 4×2 gray frame over memory that the lease keeps.
inline Result<FramePtr> make_gray_frame(Lease lease, Nanos pts = Nanos{0}) {
    static const std::vector<std::byte> pixels(8);
    FrameInfo info = info_of({4, 2});
    info.pts = pts;
    auto storage = make_cpu_frame(PixelFormat::gray, {4, 2}, gray_planes(pixels));
    if (!storage) return Failure(storage.error());
    return make_frame(info, std::move(*storage), std::move(lease));
}

}  // namespace vitrine::testing
