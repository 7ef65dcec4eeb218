// A pretended NVIDIA driver: what tests may ask of it, and the seam between its two libraries,
// libcuda.so.1 and libnvcuvid.so.1. The GPU's memory is this process's, behind addresses that only
// the driver can turn back; textures are filled by GL, on whatever GL the test has. It is as strict
// as CUDA's documentation in this: contexts must be current, memory allocated, resources mapped, GL
// current where it says so; flags belong to an idle context; a decoder has 32 surfaces at most and
// decodes what its capabilities say; a picture that was unmapped is soon another. Copies are done
// at once, so that who forgets to wait for a stream is not found out. Thread-safe.
//
// VITRINE_NVIDIA_FAULT makes it fail: "no-device" (it does not start), "no-gpu" (it starts, and has
// none), "other-gpu" (GL draws elsewhere), "memory" (no memory for pictures), "register" (no
// texture can be registered), "lost@N" (the GPU is gone from the Nth copy on), "decoder" (no
// decoder can be made), "no-h264" (the GPU has no decoder for it), "widest@N" (it
// decodes pictures of N pixels in width, and no wider ones), "broken@N" (the Nth picture
// cannot be decoded, nor any after it); or be otherwise: "hang@NAME" (the call of that name, as
// CUDA's documentation has it, never returns), "second-gpu" (there are two, neither sees the
// other's memory, and GL draws on the second).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace vitrine::nvidia {

/// Objects that exist now, and what was done ever.
struct Counters {
    int contexts = 0;  // retained primary contexts
    int allocations = 0;
    int resources = 0;  // registered textures
    int mapped = 0;     // of them, mapped now
    int decoders = 0;
    int pictures = 0;         // decoded pictures that are mapped now
    uint64_t registered = 0;  // textures, ever
    // Planes copied, ever: into textures, within the GPU's memory, out of it.
    uint64_t copies = 0;
    uint64_t copies_within = 0;
    uint64_t copies_out = 0;
};
extern "C" void vitrine_nvidia_counters(Counters* out);

inline Counters counters() {
    Counters now;
    vitrine_nvidia_counters(&now);
    return now;
}
/// For the other library. kind: of Counters; by: 1 or -1.
enum class Counted { decoders, pictures };
extern "C" void vitrine_nvidia_count(Counted kind, int by);
/// The process's memory behind a GPU address; null when nothing there is allocated.
extern "C" std::byte* vitrine_nvidia_memory(uint64_t address, size_t size);

/// The N of "NAME@N" in VITRINE_NVIDIA_FAULT, 1 for "NAME" alone; nothing when it is another fault.
[[nodiscard]] std::optional<uint64_t> fault(std::string_view name);
/// Never returns where the fault is that this call hangs. To be called with no lock held.
void hang_in(std::string_view call);

}  // namespace vitrine::nvidia
