// The one way to read the value of an option of play, wherever it is written. Reentrant.
#pragma once

#include <optional>
#include <string_view>

#include "app/option_table.h"
#include "app/play_options.h"
#include "core/result.h"

namespace vitrine {

/// The place of a value among the choices; none for a value that is not one of them.
[[nodiscard]] std::optional<size_t> choice_of(const OptionRow& row, std::string_view value);

/// Where an option takes choices only, whether it is one of them. Errors: as of store_value().
[[nodiscard]] Result<void> check_choice(const OptionRow& row, std::string_view value);

/// Puts what was written into its place; of a flag, that it was given. Options that are none of
/// PlayOptions are left alone. Errors: invalid_argument, "--NAME=VALUE: ...".
[[nodiscard]] Result<void> store_value(PlayOptions& play, const OptionRow& row,
                                       std::string_view value);

/// Whether an option takes that value. Errors: as of store_value().
[[nodiscard]] Result<void> check_value(const OptionRow& row, std::string_view value);

}  // namespace vitrine
