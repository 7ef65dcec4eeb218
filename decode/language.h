// Languages as files and people write them: two letters or three (ISO 639), some with a region
// behind them ("pt-BR"). Pure; reentrant.
#pragma once

#include <string_view>

namespace vitrine {

/// Whether a track that says its language may be meant: "de", "deu" and "ger" are one, capital or
/// small. A region counts only where it was asked for.
[[nodiscard]] bool is_language(std::string_view said, std::string_view wanted);

}  // namespace vitrine
