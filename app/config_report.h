// --print-config: every option of play, its value, and where that comes from. Pure; reentrant.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/options.h"

namespace vitrine {

struct ConfigItem {
    const OptionRow* row = nullptr;
    std::optional<std::string> value;  // none: not given, and nothing stands for it
    Origin origin;
};
/// The options that may stand in a file, in the order of the table.
[[nodiscard]] std::vector<ConfigItem> config_items(const Settled& settled);

/// A configuration file that settles what was settled here, with comments.
[[nodiscard]] std::string config_text(const Invocation& invocation);
[[nodiscard]] std::string config_json(const Invocation& invocation);

}  // namespace vitrine
