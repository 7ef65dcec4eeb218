#include "hw/unpack.h"

#include <drm_fourcc.h>

#include <algorithm>
#include <cstring>

namespace vitrine {
namespace {

constexpr int kSampleBits = 10;
constexpr int kLeftShift = 6;  // of P010
constexpr uint64_t kSampleMask = (1 << kSampleBits) - 1;

void write_sample(uint64_t sample, std::byte* to) {
    const auto word = static_cast<uint16_t>((sample & kSampleMask) << kLeftShift);
    to[0] = static_cast<std::byte>(word & 0xff);
    to[1] = static_cast<std::byte>(word >> 8);
}

/// Little-endian, from groups of some bytes that hold some samples each (drm_fourcc.h: P030, NV15).
void unpack_samples(const std::byte* from, size_t group_bytes, size_t group_samples, size_t samples,
                    std::byte* to) {
    for (size_t done = 0; done < samples; from += group_bytes) {
        uint64_t group = 0;
        for (size_t i = group_bytes; i-- > 0;)
            group = group << 8 | std::to_integer<uint64_t>(from[i]);
        const size_t here = std::min(group_samples, samples - done);
        for (size_t i = 0; i < here; ++i, ++done, to += 2) {
            write_sample(group >> (i * kSampleBits), to);
        }
    }
}

/// The pieces of a row of columns, put side by side.
void gather(const std::byte* from, uint64_t column_bytes, size_t row_bytes, std::byte* to) {
    for (size_t done = 0; done < row_bytes; done += kSandColumnBytes, from += column_bytes) {
        std::memcpy(to + done, from, std::min<size_t>(kSandColumnBytes, row_bytes - done));
    }
}

}  // namespace

Result<void> check_readable(const DmaBufDescription& picture) {
    const PixelFormatInfo& format = info(picture.format);
    if (picture.modifier == DRM_FORMAT_MOD_INVALID) {
        return fail(Errc::unsupported,
                    "the CPU cannot read a dma-buf whose layout the producer does not know");
    }
    if (format.packing == Packing::opaque) {
        return fail(Errc::unsupported, "the CPU cannot read {}, which is compressed ({:#x})",
                    format.name, picture.modifier);
    }
    if (is_linear(picture.modifier) || is_sand128(picture.modifier)) return {};
    return fail(Errc::unsupported, "the CPU cannot read the tiled layout {:#x}", picture.modifier);
}

bool needs_unpacking(const DmaBufDescription& picture) {
    return !is_linear(picture.modifier) || info(picture.format).packing != Packing::words;
}

std::string packed_name(const DmaBufDescription& picture) {
    const std::string_view name = info(picture.format).name;
    if (is_sand128(picture.modifier)) return fmt::format("{} in columns of SAND128", name);
    return std::string(name);
}

PixelFormat unpacked_format(PixelFormat format) {
    return info(format).packing == Packing::words ? format : PixelFormat::p010;
}

void unpack_plane(const DmaBufDescription& picture, size_t plane, const std::byte* from,
                  std::byte* to, size_t to_pitch) {
    const PixelFormatInfo& format = info(picture.format);
    const auto extent_in = [&](const PixelFormatInfo& row) {
        return plane_extent(row, static_cast<int>(plane), picture.coded_size.width,
                            picture.coded_size.height);
    };
    const PlaneExtent packed = extent_in(format);
    const size_t samples = extent_in(info(unpacked_format(picture.format))).row_bytes / 2;
    const bool columns = is_sand128(picture.modifier);
    const DmaBufPlane& where = picture.planes[plane];
    const uint64_t column_bytes =
        columns ? sand_column_rows(picture.modifier, where) * kSandColumnBytes : 0;
    const size_t step = columns ? kSandColumnBytes : where.pitch;
    std::vector<std::byte> row(columns ? packed.row_bytes : 0);
    for (int y = 0; y < packed.rows; ++y, from += step, to += to_pitch) {
        const bool as_it_is = format.packing == Packing::words;
        if (columns) gather(from, column_bytes, packed.row_bytes, as_it_is ? to : row.data());
        const std::byte* plain = columns ? row.data() : from;
        if (format.packing == Packing::three_in_32) unpack_samples(plain, 4, 3, samples, to);
        if (format.packing == Packing::four_in_40) unpack_samples(plain, 5, 4, samples, to);
        if (as_it_is && !columns) std::memcpy(to, from, packed.row_bytes);
    }
}

}  // namespace vitrine
