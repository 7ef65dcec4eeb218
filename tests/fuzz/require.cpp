#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/target.h"

namespace vitrine::fuzz {

void require(bool holds, const char* rule) {
    if (holds) return;
    std::fprintf(stderr, "broken: %s\n", rule);
    std::abort();
}

}  // namespace vitrine::fuzz
