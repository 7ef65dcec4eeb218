// The door by which libFuzzer comes in.
#include <cstddef>

#include "tests/fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    (void)vitrine::fuzz::run_input({data, size});
    return 0;
}
