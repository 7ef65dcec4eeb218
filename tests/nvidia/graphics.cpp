// libcuda.so.1: GL's textures in CUDA's hands.
#include <EGL/egl.h>

#include <utility>

#include "tests/nvidia/state.h"

namespace vitrine::nvidia {
namespace {

struct TexelRow {
    GLint internal;
    GLenum format;
    GLenum type;
    size_t bytes;
};
constexpr GLint kR16 = 0x822A;   // GL_R16_EXT
constexpr GLint kRg16 = 0x822C;  // GL_RG16_EXT
constexpr TexelRow kTexels[] = {
    {GL_R8, GL_RED, GL_UNSIGNED_BYTE, 1},     {GL_RG8, GL_RG, GL_UNSIGNED_BYTE, 2},
    {GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE, 4}, {kR16, GL_RED, GL_UNSIGNED_SHORT, 2},
    {kRg16, GL_RG, GL_UNSIGNED_SHORT, 4},
};

/// Reads off GL what the texture is. False: not what CUDA takes.
bool describe(CUgraphicsResource_st& resource) {
    GLint bound = 0;
    GLint internal = 0;
    glGetIntegerv(GL_TEXTURE_BINDING_2D, &bound);
    glBindTexture(GL_TEXTURE_2D, resource.texture);
    glGetTexLevelParameteriv(GL_TEXTURE_2D, 0, GL_TEXTURE_WIDTH, &resource.width);
    glGetTexLevelParameteriv(GL_TEXTURE_2D, 0, GL_TEXTURE_HEIGHT, &resource.height);
    glGetTexLevelParameteriv(GL_TEXTURE_2D, 0, GL_TEXTURE_INTERNAL_FORMAT, &internal);
    glBindTexture(GL_TEXTURE_2D, static_cast<GLuint>(bound));
    for (const TexelRow& row : kTexels) {
        if (row.internal != internal) continue;
        resource.format = row.format;
        resource.type = row.type;
        resource.texel_bytes = row.bytes;
    }
    return resource.texel_bytes > 0 && resource.width > 0 && resource.height > 0;
}

void give_to_gl(CUgraphicsResource_st& resource) {
    GLint bound = 0;
    glGetIntegerv(GL_TEXTURE_BINDING_2D, &bound);
    glBindTexture(GL_TEXTURE_2D, resource.texture);
    glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
    glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
    glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, resource.width, resource.height, resource.format,
                    resource.type, resource.staged.data());
    glBindTexture(GL_TEXTURE_2D, static_cast<GLuint>(bound));
}

}  // namespace

extern "C" {

CUresult cuGLGetDevices_v2(unsigned* count, CUdevice* devices, unsigned room, CUGLDeviceList) {
    hang_in("cuGLGetDevices");
    if (eglGetCurrentContext() == EGL_NO_CONTEXT) return kInvalidGraphicsContext;
    if (fault("other-gpu")) return kNoDevice;
    *count = 1;
    if (room > 0) devices[0] = kFirstDevice + drawing_gpu();
    return CUDA_SUCCESS;
}

CUresult cuGraphicsGLRegisterImage(CUgraphicsResource* out, GLuint texture, GLenum target,
                                   unsigned) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    if (const CUresult status = ready(d); status != CUDA_SUCCESS) return status;
    if (eglGetCurrentContext() == EGL_NO_CONTEXT) return kInvalidGraphicsContext;
    const CUcontext owner = current_context();
    if (owner != &d.primary[static_cast<size_t>(drawing_gpu())]) return kInvalidContext;
    auto resource = std::make_unique<CUgraphicsResource_st>();
    resource->owner = owner;
    resource->texture = texture;
    if (fault("register") || target != GL_TEXTURE_2D || glIsTexture(texture) != GL_TRUE)
        return kInvalidValue;
    if (!describe(*resource)) return kInvalidValue;
    resource->array.resource = resource.get();
    resource->staged.resize(static_cast<size_t>(resource->width) *
                            static_cast<size_t>(resource->height) * resource->texel_bytes);
    *out = resource.get();
    d.resources.emplace(*out, std::move(resource));
    ++d.counters.registered;
    return CUDA_SUCCESS;
}

CUresult cuGraphicsUnregisterResource(CUgraphicsResource resource) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    return d.resources.erase(resource) == 1 ? CUDA_SUCCESS : kInvalidHandle;
}

CUresult cuGraphicsMapResources(unsigned count, CUgraphicsResource* resources, CUstream) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    if (const CUresult status = ready(d); status != CUDA_SUCCESS) return status;
    for (unsigned i = 0; i < count; ++i) {
        if (d.resources.count(resources[i]) == 0) return kInvalidHandle;
        if (resources[i]->mapped) return kAlreadyMapped;
    }
    for (unsigned i = 0; i < count; ++i) resources[i]->mapped = true;
    return CUDA_SUCCESS;
}

CUresult cuGraphicsUnmapResources(unsigned count, CUgraphicsResource* resources, CUstream) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    if (eglGetCurrentContext() == EGL_NO_CONTEXT) return kInvalidGraphicsContext;
    for (unsigned i = 0; i < count; ++i) {
        if (d.resources.count(resources[i]) == 0) return kInvalidHandle;
        if (!resources[i]->mapped) return kNotMapped;
        if (std::exchange(resources[i]->written, false)) give_to_gl(*resources[i]);
        resources[i]->mapped = false;
    }
    return ready(d);
}

CUresult cuGraphicsSubResourceGetMappedArray(CUarray* array, CUgraphicsResource resource,
                                             unsigned index, unsigned level) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    if (d.resources.count(resource) == 0) return kInvalidHandle;
    if (!resource->mapped) return kNotMapped;
    if (index != 0 || level != 0) return kInvalidValue;
    *array = &resource->array;
    return CUDA_SUCCESS;
}
}

}  // namespace vitrine::nvidia
