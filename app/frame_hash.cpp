#include "app/frame_hash.h"

#include <fmt/format.h>

#include "app/text.h"
#include "app/version.h"

extern "C" {
#include <libavutil/md5.h>
#include <libavutil/mem.h>
}

namespace vitrine {
namespace {

class Md5 {
  public:
    Md5() : state_(av_md5_alloc()) { av_md5_init(state_); }
    ~Md5() { av_free(state_); }
    Md5(const Md5&) = delete;
    Md5& operator=(const Md5&) = delete;

    void add(const void* data, size_t size) {
        av_md5_update(state_, static_cast<const uint8_t*>(data), size);
    }
    std::string finish() {
        std::array<uint8_t, 16> digest{};
        av_md5_final(state_, digest.data());
        std::string text;
        for (const uint8_t byte : digest) text += fmt::format("{:02x}", byte);
        return text;
    }

  private:
    AVMD5* state_;
};

/// How a memory plane is subsampled: as the first view of it that covers every sample.
const PlaneView& view_of(const PixelFormatInfo& format, int plane) {
    int view = 0;
    while (view + 1 < format.view_count &&
           format.views[static_cast<size_t>(view)].memory_plane != plane) {
        ++view;
    }
    return format.views[static_cast<size_t>(view)];
}

/// Where the visible part of a plane begins.
const std::byte* visible_start(const PixelFormatInfo& format, int plane, const CpuPlane& memory,
                               const Rect& crop) {
    const PlaneView& view = view_of(format, plane);
    const auto row = static_cast<size_t>(crop.y >> view.y_shift);
    const auto column = static_cast<size_t>(crop.x >> view.x_shift);
    return memory.data + row * memory.pitch + column * static_cast<size_t>(bytes_of(view.texel));
}

}  // namespace

std::string hash_of(const Picture& picture) {
    Md5 md5;
    md5.add(picture.rgba.data(), picture.rgba.size());
    return md5.finish();
}

Result<std::string> hash_of(const VideoFrame& frame) {
    const auto planes = cpu_planes(frame);
    if (!planes) {
        return fail(Errc::unsupported, "the CPU cannot read frames in {}", name_of(frame.kind()));
    }
    const PixelFormatInfo& format = info(frame.format());
    const Rect crop = frame.info().crop;
    Md5 md5;
    for (int plane = 0; plane < format.plane_count; ++plane) {
        const CpuPlane& memory = (*planes)[static_cast<size_t>(plane)];
        const PlaneExtent extent = plane_extent(format, plane, crop.width, crop.height);
        const std::byte* row = visible_start(format, plane, memory, crop);
        for (int y = 0; y < extent.rows; ++y, row += memory.pitch) md5.add(row, extent.row_bytes);
    }
    return md5.finish();
}

Result<FrameHashWriter> FrameHashWriter::open(const std::string& path) {
    auto file = FileWriter::open(path);
    if (!file) return Failure(file.error());
    FrameHashWriter writer(std::move(*file));
    writer.file_.write(fmt::format("# program: vitrine {}\n", program_version()));
    writer.file_.write("# columns: sequence, pts in ns, MD5\n");
    return writer;
}

void FrameHashWriter::begin_item(std::string_view file, std::string_view output) {
    file_.write(fmt::format("# file: {}\n# output: {}\n", one_line(file), output));
    size_ = {};
    pixels_.clear();
}

void FrameHashWriter::add(uint64_t sequence, Nanos pts, const Picture& picture) {
    say_what_is_hashed(picture.size, "rgba, as presented, top row first");
    add_line(sequence, pts, hash_of(picture));
}

Result<void> FrameHashWriter::add(uint64_t sequence, Nanos pts, const VideoFrame& frame) {
    auto hash = hash_of(frame);
    if (!hash) return Failure(hash.error());
    const Rect crop = frame.info().crop;
    const std::string_view name = info(frame.format()).name;
    const std::string_view converted = frame.info().converted_from;
    say_what_is_hashed({crop.width, crop.height},
                       converted.empty() ? fmt::format("{}, as decoded", name)
                                         : fmt::format("{}, converted from {}", name, converted));
    add_line(sequence, pts, *hash);
    return {};
}

void FrameHashWriter::say_what_is_hashed(Size size, std::string_view pixels) {
    if (size == size_ && pixels == pixels_) return;
    size_ = size;
    pixels_ = pixels;
    file_.write(fmt::format("# size: {}x{}\n# pixels: {}\n", size.width, size.height, pixels));
}

void FrameHashWriter::add_line(uint64_t sequence, Nanos pts, std::string_view hash) {
    file_.write(fmt::format("{}, {}, {}\n", sequence, pts.count(), hash));
}

}  // namespace vitrine
