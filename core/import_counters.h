// What importers did since they were made. Plain values; reentrant.
#pragma once

#include <cstdint>

namespace vitrine {

struct ImportCounters {
    uint64_t frames = 0;
    uint64_t images_created = 0;  // EGLImages
    uint64_t images_live = 0;
    uint64_t textures_live = 0;
    uint64_t copies = 0;  // of whole pictures, by the CPU
    uint64_t bytes_copied = 0;
    uint64_t device_copies = 0;  // within the GPU's memory
};

}  // namespace vitrine
