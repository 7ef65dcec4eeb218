// Import without a copy: EGLImages over the memory that the decoder wrote, one per view, or one for
// the whole picture where the driver takes it no other way. Imports are kept by the identity of the
// memory, so that a buffer that comes again costs no EGL call. Thread-bound.
#pragma once

#include "render/importer.h"

namespace vitrine {

/// Imports that are kept at most; more than any decoder's pool. The one unused for longest goes
/// first, and none that is in flight.
inline constexpr size_t kMostImports = 64;

/// The ways to import, in the order in which they are tried for a new format or modifier.
enum class ImportWay {
    views,              // an image per view, the modifier spelled out
    views_by_driver,    // the same without: for linear memory only
    composed,           // one image that the driver converts
    composed_by_driver  // the same without a modifier: for linear memory only
};

/// Errors: unsupported, naming the extension that is missing.
[[nodiscard]] Result<std::unique_ptr<TextureImporter>> make_dmabuf_importer(GlContext& context);
/// With only one way to try.
[[nodiscard]] Result<std::unique_ptr<TextureImporter>> make_dmabuf_importer(GlContext& context,
                                                                            ImportWay only);

}  // namespace vitrine
