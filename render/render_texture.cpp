#include "render/render_texture.h"

#include "render/texel_format.h"

namespace vitrine {

Result<RenderTexture> make_render_texture(GlContext& context, Size size) {
    const GlFunctions& gl = context.gl();
    const TexelFormat texel = texel_format(Texel::rgba8, context.facts());
    RenderTexture made;
    made.texture = make_texture(context, GL_TEXTURE_2D);
    gl.TexImage2D(GL_TEXTURE_2D, 0, static_cast<GLint>(texel.internal), size.width, size.height, 0,
                  texel.format, texel.type, nullptr);
    made.framebuffer = make_framebuffer(context);
    gl.BindFramebuffer(GL_FRAMEBUFFER, made.framebuffer.name());
    gl.FramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D,
                            made.texture.name(), 0);
    const GLenum status = gl.CheckFramebufferStatus(GL_FRAMEBUFFER);
    if (auto ok = check_gl(context, "a framebuffer over a texture"); !ok)
        return Failure(ok.error());
    if (status != GL_FRAMEBUFFER_COMPLETE) {
        return fail(Errc::unsupported, "a framebuffer of {}x{} is incomplete: {:#x}", size.width,
                    size.height, status);
    }
    return made;
}

}  // namespace vitrine
