#include "core/version.h"

namespace vitrine {

std::string_view program_version() {
    return VITRINE_VERSION;
}

}  // namespace vitrine
