#include "app/config_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/config_text.h"
#include "app/option_values.h"

namespace vitrine {
namespace {

constexpr size_t kOriginColumn = 32;
constexpr size_t kLongestOrigin = 2048;  // bytes; a line of a file is bounded

/// What holds where nothing is given. The table says it in words where no value does.
std::optional<std::string> built_in_value(const OptionRow& row) {
    if (!row.takes_value()) return "no";
    if (row.default_text.empty() || !check_value(row, row.default_text)) return std::nullopt;
    return std::string(row.default_text);
}

std::string files_text(const Invocation& invocation) {
    if (invocation.no_config) return "# Files: none, for --no-config.\n";
    std::string text = "# Files, each above the one before, then the environment, then flags:\n";
    for (const ConfigFile& file : invocation.files) {
        text += fmt::format("#   {}{}\n", one_line(file.path), file.text ? "" : " (not there)");
    }
    return text;
}

std::string item_text(const ConfigItem& item) {
    const std::string origin = one_line(text_of(item.origin)).substr(0, kLongestOrigin);
    if (!item.value) {
        const std::string head = fmt::format("#{}={}", item.row->name, value_text(*item.row));
        const std::string_view instead =
            item.row->default_text.empty() ? "not given" : item.row->default_text;
        const bool is_built_in = item.origin.kind == Origin::Kind::built_in;
        return fmt::format("{:<{}}  # {}{}\n", head, kOriginColumn, instead,
                           is_built_in ? "" : ", by " + origin);
    }
    if (item.value->empty()) {  // left out, where it may be
        return fmt::format("{:<{}}  # {}\n", item.row->name, kOriginColumn, origin);
    }
    const auto value = quoted_value(*item.value);
    // A line break in a file's name, say.
    const std::string line =
        value ? fmt::format("{}={}", item.row->name, *value)
              : fmt::format("#{}={}", item.row->name,
                            one_line(item.value->substr(0, kLongestQuotedValue)));
    return fmt::format("{:<{}}  # {}\n", line, kOriginColumn, origin);
}

}  // namespace

std::vector<ConfigItem> config_items(const Settled& settled) {
    std::vector<ConfigItem> items;
    for (const OptionRow& row : option_rows()) {
        const bool stands_in_files = row.belongs_to(Command::play) &&
                                     row.scope == Scope::anywhere && row.id != OptionId::profile;
        if (!stands_in_files) continue;
        ConfigItem item{&row, built_in_value(row), {}};
        const auto given = std::find_if(settled.settings.begin(), settled.settings.end(),
                                        [&](const Setting& each) { return each.row == &row; });
        if (given != settled.settings.end()) {
            item.origin = given->origin;
            if (!given->undone) item.value = given->value;
        }
        items.push_back(std::move(item));
    }
    return items;
}

std::string config_text(const Invocation& invocation) {
    std::string text = "# Every option of vitrine play, its value, and where that comes from.\n";
    text += files_text(invocation);
    const auto& profiles = invocation.settled.profiles;
    for (const std::string& profile : profiles) {
        text += fmt::format("# Profile: {}\n", one_line(profile));
    }
    for (const ConfigItem& item : config_items(invocation.settled)) text += item_text(item);
    return text;
}

std::string config_json(const Invocation& invocation) {
    using Json = nlohmann::ordered_json;
    Json files = Json::array();
    for (const ConfigFile& file : invocation.files) {
        files.push_back({{"path", file.path}, {"found", file.text.has_value()}});
    }
    Json options = Json::array();
    for (const ConfigItem& item : config_items(invocation.settled)) {
        const Origin& origin = item.origin;
        options.push_back({{"name", item.row->name},
                           {"value", item.value ? Json(*item.value) : Json()},
                           {"source", name_of(origin.kind)},
                           {"where", text_of(origin)},
                           {"path", origin.kind == Origin::Kind::file ? origin.name : ""},
                           {"line", origin.kind == Origin::Kind::file ? origin.line : 0},
                           {"profile", origin.asked_by.empty() ? "" : origin.profile}});
    }
    const Json report = {{"schema", 1},
                         {"no_config", invocation.no_config},
                         {"files", files},
                         {"profiles", invocation.settled.profiles},
                         {"options", options}};
    return report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace vitrine
