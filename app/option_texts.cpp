#include "app/option_texts.h"

#include <fmt/format.h>

#include <algorithm>

namespace vitrine {
namespace {

constexpr size_t kHelpColumn = 38;  // where the help texts begin

std::string option_head(const OptionRow& row) {
    std::string head = row.short_name != '\0' ? fmt::format("  -{}, ", row.short_name) : "      ";
    return head + written_text(row);
}

/// The head, and behind it or on the next line the help text and the default.
std::string option_line(const OptionRow& row) {
    const std::string head = option_head(row);
    std::string help(row.help);
    if (!row.default_text.empty()) help += fmt::format(" [{}]", row.default_text);
    if (head.size() + 2 <= kHelpColumn) {
        return fmt::format("{:<{}}  {}\n", head, kHelpColumn - 2, help);
    }
    return fmt::format("{}\n{:{}}{}\n", head, "", kHelpColumn, help);
}

}  // namespace

std::string help_text(Command command) {
    std::string text = fmt::format("vitrine {}\n\nUsage:\n", kProgramSummary);
    for (const CommandRow& row : command_rows()) {
        const bool may_be_left_out = row.id == Command::play;
        const std::string usage =
            fmt::format("  vitrine {} {}", may_be_left_out ? "[play]" : row.name, row.usage);
        text += fmt::format("{:<{}}  {}\n", usage, 36, row.help);
    }
    for (size_t i = 0; i < kOptionGroupCount; ++i) {
        const auto group = static_cast<OptionGroup>(i);
        std::string lines;
        for (const OptionRow& row : option_rows()) {
            if (row.group == group && row.belongs_to(command)) lines += option_line(row);
        }
        if (!lines.empty()) text += fmt::format("\n{}:\n{}", title_of(group), lines);
    }
    text += "\nOf another command: vitrine devices --help. More: man vitrine\n";
    text += "A choice given as 'help' lists the choices: --log-level=help\n";
    return text;
}

std::string option_list_text() {
    std::string text;
    for (const OptionRow& row : option_rows()) {
        const std::string value =
            row.may_lack_value ? fmt::format("[{}]", value_text(row)) : value_text(row);
        text += fmt::format("--{}\t{}\t{}\n", row.name, value, row.help);
    }
    return text;
}

std::string choice_list_text(const OptionRow& row, std::span<const Choice> more) {
    std::string text = fmt::format("--{}: {}\n", row.name, row.help);
    size_t width = row.placeholder.size();
    for (const Choice& choice : row.choices) width = std::max(width, choice.name.size());
    for (const Choice& choice : more) width = std::max(width, choice.name.size());
    const auto add = [&](const Choice& choice) {
        const bool is_default = choice.name == row.default_text;
        text += fmt::format("  {:<{}}  {}{}\n", choice.name, width, choice.description,
                            is_default ? " (default)" : "");
    };
    for (const Choice& choice : row.choices) add(choice);
    for (const Choice& choice : more) add(choice);
    if (!row.placeholder.empty()) add({row.placeholder, row.others});
    return text;
}

}  // namespace vitrine
