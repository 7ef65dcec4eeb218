#include "render/dmabuf_import.h"

#include <drm_fourcc.h>

#include <limits>
#include <string>

#include "hw/modifier_name.h"
#include "render/image_attributes.h"
#include "render/texel_format.h"
#include "render/texture_ring.h"

namespace vitrine {
namespace {

/// Broadcom's modifiers carry the column height, which drivers do not list.
uint64_t without_parameters(uint64_t modifier) {
    constexpr uint64_t kVendorShift = 56;
    if (modifier >> kVendorShift != DRM_FORMAT_MOD_VENDOR_BROADCOM) return modifier;
    return fourcc_mod_broadcom_mod(modifier);
}

bool is_listed(const GlContext& context, DrmFormat format, uint64_t modifier) {
    for (const GlContext::ImportFormat& listed : context.import_formats()) {
        if (!(listed.format == format)) continue;
        for (const auto& each : listed.modifiers) {
            if (without_parameters(each.value) == without_parameters(modifier)) return true;
        }
    }
    return false;
}

/// The modifier to spell out, if any; an error when this way is out.
Result<std::optional<uint64_t>> modifier_for(const GlContext& context, DrmFormat format,
                                             uint64_t modifier, bool by_driver) {
    if (by_driver) {
        if (is_linear(modifier) || modifier == DRM_FORMAT_MOD_INVALID) return std::nullopt;
        return fail(Errc::unsupported, "without a modifier EGL takes {} for linear",
                    modifier_name(modifier));
    }
    if (modifier == DRM_FORMAT_MOD_INVALID) {
        return fail(Errc::unsupported, "the producer does not know the layout");
    }
    if (!is_listed(context, format, modifier)) {
        return fail(Errc::unsupported, "EGL does not list {} with modifier {}", to_string(format),
                    modifier_name(modifier));
    }
    return modifier;
}

ImagePlane image_plane(const DmaBufDescription& memory, size_t index) {
    const DmaBufPlane& plane = memory.planes[index];
    return {memory.objects[plane.object].fd, plane.offset, plane.pitch};
}

Result<EglImage> create_image(GlContext& context, const ImageDescription& image) {
    const EglFunctions& egl = context.egl();
    const auto attributes = image_attributes(image);
    EGLImageKHR made = egl.CreateImageKHR(context.display(), EGL_NO_CONTEXT, EGL_LINUX_DMA_BUF_EXT,
                                          nullptr, attributes.data());
    if (made != EGL_NO_IMAGE_KHR) return EglImage(context, made);
    return fail(Errc::unsupported, "eglCreateImageKHR of {} {}x{}: {}", to_string(image.format),
                image.size.width, image.size.height, egl_error_name(egl.GetError()));
}

/// Adds a texture over the image that is described.
Result<void> add_texture(GlContext& context, const ImageDescription& description,
                         ImportedBuffer& to) {
    for (const ImagePlane& plane : description.planes) {
        if (plane.offset > uint64_t{std::numeric_limits<EGLint>::max()})
            return fail(Errc::unsupported, "EGL takes no offset of {} bytes", plane.offset);
    }
    if (auto ok = check_texture_size(context, description.size); !ok) return ok;
    auto image = create_image(context, description);
    if (!image) return Failure(image.error());
    (void)check_gl(context, "before import");  // what others left behind is not ours to report
    const GLenum target = to.external ? GL_TEXTURE_EXTERNAL_OES : GL_TEXTURE_2D;
    GlTexture texture = make_texture(context, target, to.byte_pairs ? GL_NEAREST : GL_LINEAR);
    const GlFunctions& gl = context.gl();
    const bool as_storage = !to.external && gl.EGLImageTargetTexStorageEXT != nullptr;
    if (as_storage) {
        gl.EGLImageTargetTexStorageEXT(target, image->get(), nullptr);
    } else {
        gl.EGLImageTargetTexture2DOES(target, image->get());
    }
    const auto what =
        fmt::format("glEGLImageTarget{} of {} {}x{}", as_storage ? "TexStorageEXT" : "Texture2DOES",
                    to_string(description.format), description.size.width, description.size.height);
    if (auto ok = check_gl(context, what); !ok) {
        const bool lost = ok.error().code == Errc::device_lost;
        return Failure(Error{lost ? Errc::device_lost : Errc::unsupported, ok.error().text});
    }
    const auto at = static_cast<size_t>(to.texture_count++);
    to.images[at] = std::move(*image);
    to.textures[at] = std::move(texture);
    to.texture_sizes[at] = description.size;
    return {};
}

Result<ImportedBuffer> import_views(GlContext& context, const VideoFrame& frame, bool by_driver) {
    const DmaBufDescription& memory = frame.dma_buf()->description();
    const PixelFormatInfo& format = info(memory.format);
    if (!context.facts().has_image_2d) return fail(Errc::unsupported, "GL has no GL_OES_EGL_image");
    if (auto ok = check_depth(format, context.facts()); !ok) return Failure(ok.error());
    if (format.packing != Packing::words)
        return fail(Errc::unsupported, "no texture views samples as {} packs them", format.name);
    const Size luma = imported_size(frame);
    ImportedBuffer out;
    out.byte_pairs = takes_byte_pairs(format, context.facts());
    for (size_t i = 0; i < static_cast<size_t>(format.view_count); ++i) {
        const PlaneView& view = format.views[i];
        ImageDescription image;
        image.format = drm_format_of(seen_as(view.texel, context.facts()));
        image.size = {subsampled(luma.width, view.x_shift), subsampled(luma.height, view.y_shift)};
        image.planes = {image_plane(memory, view.memory_plane)};
        auto modifier = modifier_for(context, image.format, memory.modifier, by_driver);
        if (!modifier) return Failure(modifier.error());
        image.modifier = *modifier;
        if (auto ok = add_texture(context, image, out); !ok) return Failure(ok.error());
    }
    return out;
}

Result<ImportedBuffer> import_composed(GlContext& context, const VideoFrame& frame,
                                       bool by_driver) {
    const DmaBufDescription& memory = frame.dma_buf()->description();
    const PixelFormatInfo& format = info(memory.format);
    if (!context.facts().has_image_external)
        return fail(Errc::unsupported, "GL has no GL_OES_EGL_image_external");
    if (!format.drm || format.has_alpha)
        return fail(Errc::unsupported, "{} cannot be shown as one image", format.name);
    ImageDescription image;
    image.format = format.drm;
    image.size = imported_size(frame);
    if (format.model == ColorModel::yuv) {
        image.hints = yuv_hints(frame.info().color);
        if (!image.hints) {
            return fail(Errc::unsupported, "EGL has no name for the matrix {}",
                        name_of(frame.info().color.matrix));
        }
    }
    auto modifier = modifier_for(context, image.format, memory.modifier, by_driver);
    if (!modifier) return Failure(modifier.error());
    image.modifier = *modifier;
    for (size_t i = 0; i < memory.planes.size(); ++i)
        image.planes.push_back(image_plane(memory, i));
    ImportedBuffer out;
    out.external = true;
    if (auto ok = add_texture(context, image, out); !ok) return Failure(ok.error());
    return out;
}

/// Mesa 25 makes an image of a descriptor that is no memory, and crashes when it is sampled.
Result<void> check_memory(const DmaBufDescription& memory) {
    for (const DmaBufObject& object : memory.objects) {
        auto found = inspect_dma_buf(object.fd);
        if (!found) return fail(Errc::unsupported, "{}", found.error().text);
        if (found->size < object.size) {
            return fail(Errc::unsupported, "descriptor {} holds {} bytes and not {}", object.fd,
                        found->size, object.size);
        }
    }
    return {};
}

}  // namespace

Size imported_size(const VideoFrame& frame) {
    const Rect& crop = frame.info().crop;
    const bool can_cut = is_linear(frame.dma_buf()->description().modifier);
    if (can_cut && crop.x == 0 && crop.y == 0) return {crop.width, crop.height};
    return frame.coded_size();
}

Result<ImportedBuffer> import_buffer(GlContext& context, const VideoFrame& frame, ImportWay way) {
    if (auto ok = check_memory(frame.dma_buf()->description()); !ok) return Failure(ok.error());
    switch (way) {
        case ImportWay::views:
            return import_views(context, frame, false);
        case ImportWay::views_by_driver:
            return import_views(context, frame, true);
        case ImportWay::composed:
            return import_composed(context, frame, false);
        case ImportWay::composed_by_driver:
            break;
    }
    return import_composed(context, frame, true);
}

GpuFrame frame_over(const ImportedBuffer& buffer, const FramePtr& frame) {
    GpuFrame out;
    out.frame = frame;
    out.external = buffer.external;
    out.byte_pairs = buffer.byte_pairs;
    out.crop = frame->info().crop;
    out.texture_count = buffer.texture_count;
    out.texture_sizes = buffer.texture_sizes;
    for (size_t i = 0; i < out.textures.size(); ++i) out.textures[i] = buffer.textures[i].name();
    return out;
}

}  // namespace vitrine
