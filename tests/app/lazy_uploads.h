// A driver that skips uploads, to be put before GL.
#pragma once

#include "render/gl.h"

namespace vitrine::test {

/// A driver that takes so many uploads and leaves all others out.
struct LazyUploads {
    static inline int uploads = 0;
    static inline PFNGLTEXSUBIMAGE2DPROC real = nullptr;
    static void upload(GLenum target, GLint level, GLint x, GLint y, GLsizei width, GLsizei height,
                       GLenum format, GLenum type, const void* pixels) {
        if (++uploads > 40) return;
        real(target, level, x, y, width, height, format, type, pixels);
    }
    static void put_before(GlFunctions& gl) {
        uploads = 0;
        real = gl.TexSubImage2D;
        gl.TexSubImage2D = upload;
    }
};

}  // namespace vitrine::test
