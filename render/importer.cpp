#include "render/importer.h"

#include "render/upload_importer.h"

namespace vitrine {
namespace {

constexpr std::array<ImporterRow, 1> kRows = {{
    {"upload", "the CPU copies each picture into textures: one copy", make_upload_importer},
}};

}  // namespace

std::span<const ImporterRow> importer_rows() {
    return kRows;
}

}  // namespace vitrine
