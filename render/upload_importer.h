// Import by copying: for memory that the GPU cannot reach. One copy of each view per frame, into
// textures that no frame in flight samples. Thread-bound.
#pragma once

#include "render/importer.h"

namespace vitrine {

[[nodiscard]] Result<std::unique_ptr<TextureImporter>> make_upload_importer(GlContext& context);

}  // namespace vitrine
