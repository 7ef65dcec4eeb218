// Whether a call came from the program's own code, told by the address that it returns to. A call
// that is a function's last act returns to that function's caller, and is taken for the caller's.
// For libraries to preload. Thread-safe.
#pragma once

#include <link.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace program_code {

/// An executable has one segment of code; the bound is generous.
struct Range {
    uintptr_t begin;
    uintptr_t end;
};
inline std::array<Range, 4> ranges;

inline int note(dl_phdr_info* object, size_t, void*) {
    size_t found = 0;
    for (size_t i = 0; i < object->dlpi_phnum && found < ranges.size(); ++i) {
        const auto& segment = object->dlpi_phdr[i];
        if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
        const uintptr_t begin = object->dlpi_addr + segment.p_vaddr;
        ranges[found++] = {begin, begin + segment.p_memsz};
    }
    return 1;  // the first object is the program: enough
}

/// Runs before the program's own constructors, and after those of the libraries that this one
/// needs.
__attribute__((constructor)) inline void find() {
    dl_iterate_phdr(note, nullptr);
}

inline bool holds(const void* return_address) {
    const auto address = reinterpret_cast<uintptr_t>(return_address);
    for (const Range& code : ranges) {
        if (address >= code.begin && address < code.end) return true;
    }
    return false;
}

}  // namespace program_code
