// Pictures laid out as decoders do it: in Broadcom's columns, with packed samples, in one piece of
// memory or two. Written bit by bit from the definitions in drm_fourcc.h; shares nothing with what
// reads them. Reentrant.
#pragma once

#include <drm_fourcc.h>

#include <memory>
#include <vector>

#include "tests/support/memfd_buffer.h"

namespace vitrine::test {

/// 4:2:0 with Cb and Cr in turn, as numbers, row by row.
struct SemiPlanar {
    Size size;
    std::vector<uint16_t> luma;
    std::vector<uint16_t> chroma;
    [[nodiscard]] size_t samples_in_row(int plane) const {
        const auto width = static_cast<size_t>(size.width);
        return plane == 0 ? width : (width + 1) / 2 * 2;
    }
    [[nodiscard]] size_t rows(int plane) const {
        const auto height = static_cast<size_t>(size.height);
        return plane == 0 ? height : (height + 1) / 2;
    }
    [[nodiscard]] const std::vector<uint16_t>& samples(int plane) const {
        return plane == 0 ? luma : chroma;
    }
};

enum class Columns {
    none,       // rows, one after the other
    one_piece,  // of memory: chroma below luma in every column, the height in the modifier
    two_pieces  // the height in each plane's pitch
};

/// How a picture lies. format: nv12, p010, p030 or nv15.
struct Tiling {
    PixelFormat format = PixelFormat::nv12;
    Columns columns = Columns::none;
};

struct TiledPicture {
    std::vector<std::shared_ptr<MemfdBuffer>> memory;
    DmaBufDescription description;  // of that memory, without the CPU's view of it
};

namespace tiling {

struct Bits {
    size_t first;  // of a row
    size_t count;
};
inline Bits bits_of(PixelFormat format, size_t sample) {
    switch (format) {
        case PixelFormat::p010:
            return {16 * sample + 6, 10};
        case PixelFormat::p030:
            return {sample / 3 * 32 + sample % 3 * 10, 10};
        case PixelFormat::nv15:
            return {sample * 10, 10};
        default:
            return {sample * 8, 8};
    }
}

/// Where planes begin and how far apart their rows or columns are.
struct Place {
    size_t start = 0;
    size_t pitch = 0;        // bytes; of rows
    size_t column_rows = 0;  // 0: rows
    [[nodiscard]] size_t byte(size_t in_row, size_t y) const {
        if (column_rows == 0) return start + y * pitch + in_row;
        return start + in_row / 128 * (128 * column_rows) + y * 128 + in_row % 128;
    }
};

inline void write_plane(const SemiPlanar& picture, int plane, PixelFormat format,
                        const Place& place, std::byte* memory) {
    const size_t width = picture.samples_in_row(plane);
    for (size_t y = 0; y < picture.rows(plane); ++y) {
        for (size_t x = 0; x < width; ++x) {
            const unsigned sample = picture.samples(plane)[y * width + x];
            const Bits bits = bits_of(format, x);
            for (size_t b = 0; b < bits.count; ++b) {
                const size_t bit = bits.first + b;
                std::byte& byte = memory[place.byte(bit / 8, y)];
                const std::byte mask{static_cast<unsigned char>(1U << (bit % 8))};
                byte = (sample >> b & 1U) != 0 ? byte | mask : byte & ~mask;
            }
        }
    }
}

inline size_t align(size_t value, size_t to) {
    return (value + to - 1) / to * to;
}

}  // namespace tiling

/// Rows are padded to 64 bytes, columns to 8 rows; what is padding is filled with ones.
inline TiledPicture tile(const SemiPlanar& picture, const Tiling& how) {
    using tiling::align;
    const tiling::Bits last = tiling::bits_of(how.format, picture.samples_in_row(1) + 5);
    const size_t row_bytes = align(last.first / 8 + 8, how.columns == Columns::none ? 64 : 128);
    const size_t rows = align(picture.rows(0), 8);
    tiling::Place luma{0, row_bytes, 0};
    tiling::Place chroma{row_bytes * rows, row_bytes, 0};
    if (how.columns == Columns::one_piece) {
        luma = {0, 0, rows + rows / 2};
        chroma = {128 * rows, 0, rows + rows / 2};
    } else if (how.columns == Columns::two_pieces) {
        luma = {0, 0, rows};
        chroma = {0, 0, rows / 2};
    }
    TiledPicture out;
    const bool split = how.columns == Columns::two_pieces;
    for (const size_t bytes : split ? std::vector<size_t>{row_bytes * rows, row_bytes * rows / 2}
                                    : std::vector<size_t>{row_bytes * rows * 3 / 2}) {
        out.memory.push_back(std::make_shared<MemfdBuffer>(bytes));
        std::fill_n(out.memory.back()->data(), bytes, std::byte{0xff});
        DmaBufObject object = out.memory.back()->object();
        object.mapping = nullptr;
        out.description.objects.push_back(object);
    }
    tiling::write_plane(picture, 0, how.format, luma, out.memory.front()->data());
    tiling::write_plane(picture, 1, how.format, chroma, out.memory.back()->data());
    out.description.format = how.format;
    out.description.coded_size = picture.size;
    const uint32_t in_two = split ? 1 : 0;
    const auto pitch = [&](const tiling::Place& place) {
        return static_cast<uint32_t>(split ? place.column_rows : row_bytes);
    };
    out.description.planes = {{0, luma.start, pitch(luma)}, {in_two, chroma.start, pitch(chroma)}};
    constexpr uint64_t kSand128 = uint64_t{7} << 56 | 4;
    if (how.columns != Columns::none) out.description.modifier = kSand128;
    if (how.columns == Columns::one_piece) out.description.modifier |= luma.column_rows << 8;
    return out;
}

}  // namespace vitrine::test
