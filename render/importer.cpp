#include "render/importer.h"

#include "render/cuda_importer.h"
#include "render/dmabuf_importer.h"
#include "render/upload_importer.h"

namespace vitrine {
namespace {

constexpr std::array<ImporterRow, 3> kRows = {{
    {"dmabuf", "the GPU samples the decoder's memory: no copy", make_dmabuf_importer},
    {"cuda", "the GPU copies each picture from NVDEC's memory: none by the CPU", make_cuda_importer,
     find_cuda_importer},
    {"upload", "the CPU copies each picture into textures: one copy", make_upload_importer},
}};

}  // namespace

std::span<const ImporterRow> importer_rows() {
    return kRows;
}

}  // namespace vitrine
