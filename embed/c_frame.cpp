// The frame of the C API.
#include <drm_fourcc.h>

#include "embed/c_call.h"
#include "embed/hosted_frame.h"

struct vitrine_frame {
    std::unique_ptr<vitrine::HostedFrame> frame;
};

namespace vitrine {
namespace {

// Code points of ITU-T H.273, in the order of the enumerations; 2 is "unspecified".
int code_point(Matrix matrix) {
    constexpr std::array<int, 7> kPoints = {2, 0, 6, 1, 9, 7, 8};
    return kPoints[static_cast<size_t>(matrix)];
}
int code_point(Primaries primaries) {
    constexpr std::array<int, 7> kPoints = {2, 6, 5, 1, 9, 7, 12};
    return kPoints[static_cast<size_t>(primaries)];
}
int code_point(Transfer transfer) {
    constexpr std::array<int, 6> kPoints = {2, 1, 8, 13, 16, 18};
    return kPoints[static_cast<size_t>(transfer)];
}
/// There is none for unspecified, which a frame's never is.
int code_point(ChromaSite site) {
    constexpr std::array<int, 7> kPoints = {0, 0, 1, 2, 3, 4, 5};
    return kPoints[static_cast<size_t>(site)];
}

void describe_shared(const DmaBufDescription& memory, vitrine_frame_description& out) {
    out.memory = VITRINE_MEMORY_SHARED;
    out.modifier = memory.modifier;
    out.generation = memory.generation;
    for (size_t i = 0; i < memory.planes.size(); ++i) {
        const DmaBufPlane& plane = memory.planes[i];
        const DmaBufObject& object = memory.objects[plane.object];
        out.planes[i] = {
            object.fd, plane.pitch, plane.offset, {object.id.device, object.id.inode}, nullptr};
    }
}

void describe_memory(const VideoFrame& picture, vitrine_frame_description& out) {
    const PixelFormatInfo& format = info(picture.format());
    out.fourcc = format.drm.fourcc;
    format.name.copy(out.format, sizeof(out.format) - 1);
    out.width = picture.coded_size().width;
    out.height = picture.coded_size().height;
    for (vitrine_plane& plane : out.planes) plane.fd = -1;
    if (picture.cuda() != nullptr) {
        out.memory = VITRINE_MEMORY_CUDA;
        return;
    }
    out.plane_count = format.plane_count;
    if (const DmaBufFrame* shared = picture.dma_buf()) {
        describe_shared(shared->description(), out);
    } else {
        out.memory = VITRINE_MEMORY_CPU;
        out.modifier = DRM_FORMAT_MOD_LINEAR;
    }
    const auto seen = cpu_planes(picture);
    if (!seen) return;
    for (size_t i = 0; i < static_cast<size_t>(out.plane_count); ++i) {
        out.planes[i].data = reinterpret_cast<const uint8_t*>((*seen)[i].data);
        out.planes[i].pitch = (*seen)[i].pitch;
    }
}

vitrine_frame_description description_of(const HostedFrame& frame) {
    vitrine_frame_description out{};
    const FrameInfo& info = frame.picture().info();
    out.number = frame.number();
    out.position = info.pts.count();
    describe_memory(frame.picture(), out);
    out.crop_x = info.crop.x;
    out.crop_y = info.crop.y;
    out.crop_width = info.crop.width;
    out.crop_height = info.crop.height;
    out.mirrored = info.orientation.mirrored ? 1 : 0;
    out.rotation = info.orientation.quarter_turns * 90;
    const Size shown = frame.display_size();
    out.display_width = shown.width;
    out.display_height = shown.height;
    out.matrix = code_point(info.color.matrix);
    out.primaries = code_point(info.color.primaries);
    out.transfer = code_point(info.color.transfer);
    out.full_range = info.color.range == Range::full ? 1 : 0;
    out.chroma_site = code_point(info.color.chroma_site);
    out.copies = info.copies;
    return out;
}

/// Errors: invalid_argument.
Result<Size> copy_size(size_t pitch, int width, int height) {
    constexpr int kLargest = 32768;
    if (width < 1 || height < 1 || width > kLargest || height > kLargest) {
        return fail(Errc::invalid_argument, "a picture of {}x{}", width, height);
    }
    if (pitch < static_cast<size_t>(width) * 4) {
        return fail(Errc::invalid_argument, "a pitch of {} bytes for {} pixels", pitch, width);
    }
    return Size{width, height};
}

void copy_rows(const Picture& picture, std::byte* out, size_t pitch) {
    const size_t row = static_cast<size_t>(picture.size.width) * 4;
    for (size_t y = 0; y < static_cast<size_t>(picture.size.height); ++y)
        std::memcpy(out + y * pitch, picture.rgba.data() + y * row, row);
}

}  // namespace
}  // namespace vitrine

using namespace vitrine;

vitrine_frame* vitrine_frame_take(vitrine_player* player) {
    vitrine_frame* taken = nullptr;
    (void)guarded([&] {
        if (player == nullptr) return null_argument("player");
        auto frame = HostedFrame::take(player->player);
        if (!frame) return status_of_failed(frame);
        taken = new vitrine_frame{std::move(*frame)};
        return 0;
    });
    return taken;
}

int vitrine_frame_describe(vitrine_frame* frame, vitrine_frame_description* description) {
    return guarded([&] {
        if (frame == nullptr) return null_argument("frame");
        if (description == nullptr) return null_argument("description");
        return status_of(
            write_struct(description, description_of(*frame->frame), "vitrine_frame_description"));
    });
}

int vitrine_frame_copy_rgba(vitrine_frame* frame, void* rgba, size_t pitch, int width, int height) {
    return guarded([&] {
        if (frame == nullptr) return null_argument("frame");
        if (rgba == nullptr) return null_argument("rgba");
        const auto size = copy_size(pitch, width, height);
        if (!size) return status_of_failed(size);
        const auto picture = frame->frame->copy_rgba(*size);
        if (!picture) return status_of_failed(picture);
        copy_rows(*picture, static_cast<std::byte*>(rgba), pitch);
        return 0;
    });
}

int vitrine_frame_presented(vitrine_frame* frame, int64_t moment) {
    return guarded([&] {
        if (frame == nullptr) return null_argument("frame");
        frame->frame->note_presented(Nanos(moment));
        return 0;
    });
}

int vitrine_frame_release(vitrine_frame* frame, int fence) {
    if (frame == nullptr) return VITRINE_OK;
    return guarded([&] {
        if (fence >= 0) {
            if (auto kept = frame->frame->release_after(fence); !kept) return status_of(kept);
        } else if (fence != -1) {
            return refuse(VITRINE_ERROR_INVALID_ARGUMENT, fmt::format("the fence is {}", fence));
        }
        delete frame;
        return 0;
    });
}
