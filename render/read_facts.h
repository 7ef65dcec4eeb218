// What the driver of a context can do, asked of EGL and GL where it is current. Thread-bound to its
// thread.
#pragma once

#include <string_view>
#include <vector>

#include "render/gl_context.h"

namespace vitrine {

[[nodiscard]] inline std::string_view text_or_empty(const char* text) {
    return text == nullptr ? std::string_view{} : text;
}
/// Of a list of extensions.
[[nodiscard]] bool has_word(std::string_view list, std::string_view word);

/// Of functions that this context does not have the tables are left without. Errors: unsupported,
/// with the version, where that is too old.
[[nodiscard]] Result<void> read_facts(EGLDisplay display, EglFunctions& egl, GlFunctions& gl,
                                      GlFacts& facts);

[[nodiscard]] std::vector<GlContext::ImportFormat> read_import_formats(EGLDisplay display,
                                                                       const EglFunctions& egl);

}  // namespace vitrine
