// What the program prints as JSON on standard output. Reentrant.
#pragma once

#include <string>

namespace vitrine {

/// --list-options --json: schema 1, {schema, program, version, commands: [{name, usage, help}],
/// options: [{name, short, value, choices: [{name, description}], group, help, details, default,
/// commands}], exit_codes: [{code, meaning}]}. Every field is always there; "" and [] for nothing.
[[nodiscard]] std::string option_list_json();

}  // namespace vitrine
