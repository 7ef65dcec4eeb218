#include "decode/input_reader.h"

namespace vitrine {

Result<void> InputReader::make_io(int buffer_size, Read read, Seek seek) {
    auto* buffer = static_cast<uint8_t*>(av_malloc(static_cast<size_t>(buffer_size)));
    AVIOContext* io =
        buffer ? avio_alloc_context(buffer, buffer_size, 0, this, read, nullptr, seek) : nullptr;
    if (io == nullptr) {
        av_free(buffer);
        return fail(Errc::unavailable, "no memory to read it");
    }
    io_.reset(io);
    return {};
}

}  // namespace vitrine
