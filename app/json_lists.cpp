#include "app/json_lists.h"

#include <nlohmann/json.hpp>

#include "app/exit_code.h"
#include "app/option_table.h"
#include "app/version.h"

namespace vitrine {
namespace {

using Json = nlohmann::ordered_json;

Json option_json(const OptionRow& row) {
    Json choices = Json::array();
    for (const Choice& choice : row.choices) {
        choices.push_back({{"name", choice.name}, {"description", choice.description}});
    }
    Json commands = Json::array();
    for (const CommandRow& command : command_rows()) {
        if (row.belongs_to(command.id)) commands.push_back(command.name);
    }
    return {{"name", row.name},
            {"short", row.short_name == '\0' ? std::string() : std::string(1, row.short_name)},
            {"value", value_text(row)},
            {"choices", choices},
            {"group", title_of(row.group)},
            {"help", row.help},
            {"details", row.details},
            {"default", row.default_text},
            {"commands", commands}};
}

}  // namespace

std::string option_list_json() {
    Json commands = Json::array();
    for (const CommandRow& row : command_rows()) {
        commands.push_back({{"name", row.name}, {"usage", row.usage}, {"help", row.help}});
    }
    Json options = Json::array();
    for (const OptionRow& row : option_rows()) options.push_back(option_json(row));
    Json exit_codes = Json::array();
    for (const ExitCodeRow& row : kExitCodes) {
        exit_codes.push_back({{"code", static_cast<int>(row.code)}, {"meaning", row.meaning}});
    }
    const Json all = {
        {"schema", 1},          {"program", "vitrine"}, {"version", program_version()},
        {"commands", commands}, {"options", options},   {"exit_codes", exit_codes}};
    return all.dump(2) + "\n";
}

}  // namespace vitrine
