// Copies inside of a library, which the interposer must not take for the program's.
#include "tests/interpose/sample_library.h"

#include <cstring>

namespace {
volatile int calls = 0;
}

void copy_in_library(void* to, const void* from, size_t bytes) {
    std::memcpy(to, from, bytes);
    calls = calls + 1;  // or the copy would be a jump, which returns to the program
}
