// What is made from the option table: help, manual page, shell completions, lists. All pure text;
// reentrant.
#pragma once

#include <span>
#include <string>

#include "app/option_table.h"

namespace vitrine {

/// COMMAND --help: usage and every option of that command in a line of its own, at most 80 columns
/// wide.
[[nodiscard]] std::string help_text(Command command = Command::play);

/// --list-options: a line per option: name, value (in brackets where it may be left
/// out) and help, separated by tabs.
[[nodiscard]] std::string option_list_text();

/// What `--option=help` prints. more: choices that only this machine knows.
[[nodiscard]] std::string choice_list_text(const OptionRow& row, std::span<const Choice> more);

/// The manual page, section 1, in man(7) macros.
[[nodiscard]] std::string man_page(std::string_view version);

[[nodiscard]] std::string bash_completion();
[[nodiscard]] std::string zsh_completion();
[[nodiscard]] std::string fish_completion();

}  // namespace vitrine
