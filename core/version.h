// The version of this tree, as the program and the library tell it. Reentrant.
#pragma once

#include <string_view>

namespace vitrine {

[[nodiscard]] std::string_view program_version();  // "0.1.0"

}  // namespace vitrine
