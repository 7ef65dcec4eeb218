// Decodes a file and drops the pictures: what the memory that is decoded into costs.
// Usage: decode FILE plain|memfd. bench/compare.sh builds and runs it.
#include <cstdio>
#include <string>

#include "decode/media_source.h"
#include "hw/buffer_allocator.h"

namespace vitrine {
namespace {

int decode(const std::string& file, const std::string& memory) {
    const auto kernel = std::make_shared<RealKernel>();
    const MonotonicClock clock;
    MediaOptions options;
    options.hardware = false;
    for (AllocatorTrial& trial : open_allocators(kernel)) {
        if (trial.name == memory && trial.allocator) {
            options.pool.allocator = std::move(*trial.allocator);
        }
    }
    if (memory != "plain" && !options.pool.allocator) {
        std::fprintf(stderr, "decode: there is no memory %s\n", memory.c_str());
        return 1;
    }
    auto source = open_media(file, options, clock);
    while (source) {
        auto frame = (*source)->read();
        if (!frame) source = Failure(frame.error());
        if (frame && !*frame) return 0;
    }
    std::fprintf(stderr, "decode: %s\n", source.error().text.c_str());
    return 1;
}

}  // namespace
}  // namespace vitrine

int main(int count, char** arguments) {
    if (count != 3) {
        std::fprintf(stderr, "usage: decode FILE plain|memfd\n");
        return 2;
    }
    return vitrine::decode(arguments[1], arguments[2]);
}
