#include "app/json_lists.h"

#include <nlohmann/json.hpp>

#include "app/exit_code.h"
#include "app/option_table.h"
#include "app/probe_report.h"
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
            {"may_lack_value", row.may_lack_value},
            {"choices", choices},
            {"group", title_of(row.group)},
            {"help", row.help},
            {"details", row.details},
            {"default", row.default_text},
            {"commands", commands},
            {"in_files", row.belongs_to(Command::play) && row.scope == Scope::anywhere}};
}

Json trials_json(const std::vector<ProbeReport::Trial>& trials) {
    Json all = Json::array();
    for (const auto& trial : trials) {
        all.push_back(
            {{"name", trial.name}, {"works", trial.refused.empty()}, {"refused", trial.refused}});
    }
    return all;
}

Json graphics_json(const ProbeReport& report) {
    if (!report.gl) return {{"works", false}, {"refused", report.gl_refused}};
    const GlFacts& gl = *report.gl;
    return {{"works", true},
            {"refused", ""},
            {"egl_platform", gl.egl_platform},
            {"egl_vendor", gl.egl_vendor},
            {"egl_version", gl.egl_version},
            {"egl_driver", gl.egl_driver},
            {"gl_renderer", gl.gl_renderer},
            {"gl_version", gl.gl_version},
            {"es_major", gl.es_major},
            {"es_minor", gl.es_minor},
            {"max_texture_size", gl.max_texture_size},
            {"has_texture_rg", gl.has_texture_rg},
            {"has_norm16", gl.has_norm16},
            {"has_unpack_row_length", gl.has_unpack_row_length},
            {"has_image_2d", gl.has_image_2d},
            {"has_image_external", gl.has_image_external},
            {"has_dma_buf_import", gl.has_dma_buf_import},
            {"has_modifiers", gl.has_modifiers},
            {"has_timer_query", gl.has_timer_query},
            {"has_native_fence", gl.has_native_fence},
            {"software_renderer", gl.software_renderer}};
}

Json import_formats_json(const ProbeReport& report) {
    Json all = Json::array();
    for (const auto& format : report.import_formats) {
        Json modifiers = Json::array();
        for (const auto& modifier : format.modifiers) {
            modifiers.push_back(
                {{"name", modifier.name}, {"external_only", modifier.external_only}});
        }
        all.push_back({{"format", format.format}, {"modifiers", modifiers}});
    }
    return all;
}

Json decoders_json(const ProbeReport& report) {
    Json all = Json::array();
    for (const DecoderTrial& trial : report.decoders) {
        all.push_back({{"row", trial.row},
                       {"codec", trial.codec},
                       {"decoder", trial.decoder},
                       {"hardware", trial.hardware},
                       {"delivers", trial.delivers},
                       {"works", trial.refused.empty()},
                       {"refused", trial.refused}});
    }
    return all;
}

Json nodes_json(const ProbeReport& report) {
    Json all = Json::array();
    for (const auto& node : report.nodes) {
        all.push_back({{"path", node.path},
                       {"usable", node.usable},
                       {"owner", node.owner},
                       {"group", node.group},
                       {"mode", node.mode}});
    }
    return all;
}

Json paths_json(const ProbeReport& report) {
    Json all = Json::array();
    for (const auto& path : report.paths) {
        all.push_back({{"codec", path.codec},
                       {"works", !path.row.empty()},
                       {"row", path.row},
                       {"decoder", path.decoder},
                       {"memory", path.memory},
                       {"importer", path.importer},
                       {"output", path.output},
                       {"refused", path.refused}});
    }
    return all;
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

std::string probe_json(const ProbeReport& report) {
    const Json all = {{"schema", 2},
                      {"program", {{"name", "vitrine"}, {"version", program_version()}}},
                      {"system", report.system},
                      {"ffmpeg", report.ffmpeg},
                      {"graphics", graphics_json(report)},
                      {"import_formats", import_formats_json(report)},
                      {"memory", trials_json(report.memory)},
                      {"importers", trials_json(report.importers)},
                      {"video_drivers", trials_json(report.video_drivers)},
                      {"decoders", decoders_json(report)},
                      {"nodes", nodes_json(report)},
                      {"paths", paths_json(report)}};
    // A driver's text need not be UTF-8.
    return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace vitrine
