// Numbers of things as messages have them. Pure; reentrant.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace vitrine {

/// "1 frame", "2 frames", "0 frames".
template <typename Number>
[[nodiscard]] std::string counted(Number number, std::string_view thing) {
    return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

}  // namespace vitrine
