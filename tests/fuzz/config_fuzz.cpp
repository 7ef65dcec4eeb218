// Configuration files and an environment that nobody vouches for. An input is up to three files and
// then variables, NAME=VALUE a line, with a line of "----" between.
#include <vector>

#include "app/config_report.h"
#include "app/config_text.h"
#include "app/options.h"
#include "tests/fuzz/target.h"

namespace vitrine::fuzz {
namespace {

constexpr size_t kMostFiles = 3;

std::vector<std::string_view> parts_of(std::string_view text) {
    constexpr std::string_view kBetween = "\n----\n";
    std::vector<std::string_view> parts;
    while (parts.size() < kMostFiles) {
        const size_t end = text.find(kBetween);
        parts.push_back(text.substr(0, end));
        if (end == text.npos) return parts;
        text.remove_prefix(end + kBetween.size());
    }
    parts.push_back(text);
    return parts;
}

std::vector<Variable> variables_of(std::string_view text) {
    std::vector<Variable> out;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        const size_t equals = line.find('=');
        if (equals == line.npos) continue;
        out.push_back({std::string(line.substr(0, equals)), std::string(line.substr(equals + 1))});
    }
    return out;
}

Result<Invocation> settled(const std::vector<ConfigFile>& files, std::vector<Variable> variables) {
    const std::vector<std::string_view> arguments = {"--print-config"};
    return parse_command_line(
        arguments, {std::move(variables), [&] { return Result<std::vector<ConfigFile>>(files); }});
}

/// What --print-config prints settles the same.
void check_report(const Invocation& invocation) {
    require(!config_json(invocation).empty(), "there is a report");
    const auto again = settled({{"printed", config_text(invocation)}}, {});
    require(again.has_value(), "what is printed is a configuration file");
    const auto before = config_items(invocation.settled);
    const auto after = config_items(again->settled);
    require(before.size() == after.size(), "every option is printed");
    for (size_t i = 0; i < before.size(); ++i) {
        const bool fits = !before[i].value || quoted_value(*before[i].value).has_value();
        require(!fits || before[i].value == after[i].value, "it settles the same");
    }
}

}  // namespace

int run_input(std::span<const uint8_t> input) {
    const std::string text(input.begin(), input.end());
    const auto parts = parts_of(text);
    std::vector<ConfigFile> files;
    std::vector<Variable> variables;
    for (size_t i = 0; i < parts.size(); ++i) {
        if (i == kMostFiles) {
            variables = variables_of(parts[i]);
        } else {
            files.push_back({fmt::format("f{}", i), std::string(parts[i])});
        }
    }
    const auto invocation = settled(files, variables);
    if (!invocation) {
        require(invocation.error().code == Errc::invalid_argument, "the input is wrong");
        const std::string& said = invocation.error().text;
        require(said.starts_with("f") || said.starts_with("VITRINE_") ||
                    said.starts_with("built in (profile "),
                "an error says where it is");
        return 0;
    }
    check_report(*invocation);
    return static_cast<int>(invocation->settled.settings.size());
}

}  // namespace vitrine::fuzz
