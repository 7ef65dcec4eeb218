// A shared library of one function, for the interposer's own test. Reentrant.
#pragma once

#include <cstddef>

/// memcpy, called from this library.
void copy_in_library(void* to, const void* from, size_t bytes);
