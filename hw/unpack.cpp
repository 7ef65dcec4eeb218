#include "hw/unpack.h"

#include <drm_fourcc.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace vitrine {
namespace {

static_assert(std::endian::native == std::endian::little);  // as the formats are

constexpr size_t kSampleBits = 10;
constexpr int kLeftShift = 6;  // of P010
constexpr uint64_t kSampleMask = (1 << kSampleBits) - 1;

/// The samples of some bytes, the first in the lowest bits, as words (drm_fourcc.h: P030, NV15).
template <size_t kBytes, size_t kSamples>
std::array<uint16_t, kSamples> words_of(const std::byte* from) {
    uint64_t group = 0;
    std::memcpy(&group, from, kBytes);
    std::array<uint16_t, kSamples> words{};
    for (size_t i = 0; i < kSamples; ++i) {
        words[i] = static_cast<uint16_t>((group >> (i * kSampleBits) & kSampleMask) << kLeftShift);
    }
    return words;
}

/// A row of groups; the last one is whole in memory.
template <size_t kBytes, size_t kSamples>
void unpack_samples(const std::byte* from, size_t samples, std::byte* to) {
    constexpr size_t kWritten = kSamples * sizeof(uint16_t);
    const size_t groups = samples / kSamples;
    for (size_t i = 0; i < groups; ++i, from += kBytes, to += kWritten) {
        const auto words = words_of<kBytes, kSamples>(from);
        std::memcpy(to, words.data(), kWritten);
    }
    const size_t left = samples % kSamples;
    if (left == 0) return;
    const auto words = words_of<kBytes, kSamples>(from);
    std::memcpy(to, words.data(), left * sizeof(uint16_t));
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
        if (format.packing == Packing::three_in_32) unpack_samples<4, 3>(plain, samples, to);
        if (format.packing == Packing::four_in_40) unpack_samples<5, 4>(plain, samples, to);
        if (as_it_is && !columns) std::memcpy(to, from, packed.row_bytes);
    }
}

}  // namespace vitrine
