#include <fmt/format.h>

#include <algorithm>

#include "app/probe_report.h"
#include "app/text.h"
#include "app/version.h"

namespace vitrine {
namespace {

constexpr size_t kLineWidth = 100;
constexpr size_t kIndent = 2;

std::string section(std::string_view title, const std::vector<LabeledText>& lines) {
    return fmt::format("\n{}\n{}", title, aligned(lines, kIndent, kLineWidth));
}

std::string joined(const std::vector<std::string>& words, std::string_view separator) {
    return fmt::format("{}", fmt::join(words, separator));
}

std::vector<LabeledText> graphics_lines(const GlFacts& gl) {
    std::vector<std::string> can;
    std::vector<std::string> cannot;
    const auto sort_out = [&](bool has, const char* what) { (has ? can : cannot).push_back(what); };
    sort_out(gl.has_dma_buf_import, "dma-buf import");
    sort_out(gl.has_modifiers, "format modifiers");
    sort_out(gl.has_image_2d, "images as 2D textures");
    sort_out(gl.has_image_external, "images as external textures");
    sort_out(gl.has_texture_rg, "R8 and RG8");
    sort_out(gl.has_norm16, "R16 and RG16 (more than 8 bits)");
    sort_out(gl.has_unpack_row_length, "row length of uploads");
    sort_out(gl.has_timer_query, "timer queries");
    sort_out(gl.has_native_fence, "native fences");
    std::vector<LabeledText> lines = {
        {"EGL", fmt::format("{} on {}, {}", gl.egl_version, gl.egl_platform, gl.egl_vendor)},
        {"GL", gl.gl_version},
        {"renderer", gl.gl_renderer + (gl.software_renderer ? " (software)" : "")},
        {"textures", fmt::format("up to {0}x{0}", gl.max_texture_size)}};
    if (!can.empty()) lines.push_back({"can", joined(can, ", ")});
    if (!cannot.empty()) lines.push_back({"cannot", joined(cannot, ", ")});
    return lines;
}

std::string modifier_list(const ProbeReport::ImportFormat& format) {
    std::vector<std::string> names;
    for (const auto& modifier : format.modifiers) {
        names.push_back(modifier.name + (modifier.external_only ? "*" : ""));
    }
    return names.empty() ? "none listed" : joined(names, " ");
}

/// Formats that share a list of modifiers stand together.
std::vector<LabeledText> format_lines(const ProbeReport& report) {
    std::vector<LabeledText> lines;
    for (const auto& format : report.import_formats) {
        std::string modifiers = modifier_list(format);
        const auto same = std::find_if(lines.begin(), lines.end(), [&](const LabeledText& line) {
            return line.text == modifiers;
        });
        if (same == lines.end()) {
            lines.push_back({format.format, std::move(modifiers)});
        } else {
            same->label += " " + format.format;
        }
    }
    for (LabeledText& line : lines) line = {"", line.label + ": " + line.text};
    return lines;
}

std::vector<LabeledText> trial_lines(const std::vector<ProbeReport::Trial>& trials) {
    std::vector<LabeledText> lines;
    for (const auto& trial : trials) {
        lines.push_back(
            {trial.name, trial.refused.empty() ? "works" : "out: " + one_line(trial.refused)});
    }
    return lines;
}

bool is_part_of_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// A word of a text replaced by another, wherever it stands alone.
std::string with_word_replaced(std::string text, std::string_view word, std::string_view by) {
    if (word.empty()) return text;
    for (size_t at = 0; (at = text.find(word, at)) != std::string::npos;) {
        const size_t end = at + word.size();
        const bool alone = (at == 0 || !is_part_of_word(text[at - 1])) &&
                           (end == text.size() || !is_part_of_word(text[end]));
        if (alone) text.replace(at, word.size(), by);
        at += alone ? by.size() : word.size();
    }
    return text;
}

/// What a trial came to, in words that do not depend on the codec, so that trials can be grouped.
std::string outcome_of(const DecoderTrial& trial) {
    if (trial.refused.empty()) return "gives " + trial.delivers;
    const std::string general = with_word_replaced(one_line(trial.refused), trial.decoder, "it");
    return "out: " + with_word_replaced(general, trial.codec, "it");
}

struct DecoderGroup {
    std::string row;
    std::string outcome;
    std::string codecs;
};

/// Codecs for which a row has the same outcome stand together, rows in the order of the ladder.
std::vector<DecoderGroup> grouped(const std::vector<DecoderTrial>& trials) {
    std::vector<std::string> rows;
    std::vector<DecoderGroup> groups;
    for (const DecoderTrial& trial : trials) {
        if (std::find(rows.begin(), rows.end(), trial.row) == rows.end()) rows.push_back(trial.row);
        std::string codec = trial.codec;
        if (!trial.decoder.empty() && trial.decoder != trial.codec) {
            codec += fmt::format(" ({})", trial.decoder);
        }
        const std::string outcome = outcome_of(trial);
        const auto same =
            std::find_if(groups.begin(), groups.end(), [&](const DecoderGroup& group) {
                return group.row == trial.row && group.outcome == outcome;
            });
        if (same == groups.end()) {
            groups.push_back({trial.row, outcome, codec});
        } else {
            same->codecs += ", " + codec;
        }
    }
    std::stable_sort(groups.begin(), groups.end(), [&](const auto& a, const auto& b) {
        return std::find(rows.begin(), rows.end(), a.row) <
               std::find(rows.begin(), rows.end(), b.row);
    });
    return groups;
}

std::vector<LabeledText> decoder_lines(const std::vector<DecoderTrial>& trials) {
    std::vector<LabeledText> lines;
    for (const DecoderGroup& group : grouped(trials)) {
        lines.push_back({group.row, fmt::format("{}: {}", group.codecs, group.outcome)});
    }
    return lines;
}

std::vector<LabeledText> node_lines(const std::vector<ProbeReport::Node>& nodes) {
    std::vector<LabeledText> lines;
    for (const auto& node : nodes) {
        std::string text = node.usable ? "ours to open" : "not ours to open";
        text += fmt::format(" ({} {}:{})", node.mode, node.owner, node.group);
        if (!node.usable && node.mode.substr(3, 2) == "rw") {
            text += fmt::format("; join the group {}", node.group);
        }
        lines.push_back({node.path, std::move(text)});
    }
    return lines;
}

std::vector<LabeledText> path_lines(const ProbeReport::Path& path) {
    std::vector<LabeledText> lines = {
        {"takes",
         fmt::format("software decoder > {} > {} > {}", path.memory, path.importer, path.output)}};
    for (const std::string& refused : path.refused) {
        lines.push_back({"not", one_line(refused)});
    }
    return lines;
}

}  // namespace

std::string probe_text(const ProbeReport& report) {
    std::string text = fmt::format("vitrine {}\n", program_version());
    text += aligned({{"system", report.system}, {"FFmpeg", report.ffmpeg}}, kIndent, kLineWidth);
    if (report.gl) {
        text += section("Graphics, offscreen", graphics_lines(*report.gl));
    } else {
        text += section("Graphics, offscreen", {{"out", one_line(report.gl_refused)}});
    }
    if (!report.import_formats.empty()) {
        text += fmt::format(
            "\nThe {} formats that EGL imports, and their modifiers (* for external textures "
            "only)\n",
            report.import_formats.size());
        text += aligned(format_lines(report), 0, kLineWidth);
    }
    text += section("Memory to decode into that the GPU reads", trial_lines(report.memory));
    text += section("Importers", trial_lines(report.importers));
    text += section("Displays", trial_lines(report.video_drivers));
    text += section("Decoders", decoder_lines(report.decoders));
    if (!report.nodes.empty()) text += section("Device nodes", node_lines(report.nodes));
    text += section("A file that is decoded in software", path_lines(report.path));
    return text;
}

}  // namespace vitrine
