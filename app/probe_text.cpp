#include <fmt/format.h>

#include <algorithm>

#include "app/probe_report.h"
#include "app/text.h"
#include "app/version.h"

namespace vitrine {
namespace {

constexpr size_t kIndent = 2;

std::string section(std::string_view title, const std::vector<LabeledText>& lines) {
    return fmt::format("\n{}\n{}", title, aligned(lines, kIndent, kLineWidth));
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
    sort_out(gl.has_norm16, "R16 and RG16");
    const bool takes_bytes = gl.es_major >= 3 && !gl.has_norm16;
    sort_out(gl.es_major >= 3,
             takes_bytes ? "more than 8 bits (byte by byte)" : "more than 8 bits");
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

/// In words that do not depend on the codec, so that what holds for several is said once.
std::string without_names(std::string_view text, const std::string& decoder,
                          const std::string& codec) {
    return with_word_replaced(with_word_replaced(one_line(text), decoder, "it"), codec, "it");
}

std::string outcome_of(const DecoderTrial& trial) {
    if (trial.refused.empty()) return "gives " + trial.delivers;
    return "out: " + without_names(trial.refused, trial.decoder, trial.codec);
}

/// "av1 (libdav1d)".
std::string codec_and_decoder(const std::string& codec, const std::string& decoder) {
    if (decoder.empty() || decoder == codec) return codec;
    return fmt::format("{} ({})", codec, decoder);
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
        const std::string codec = codec_and_decoder(trial.codec, trial.decoder);
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

struct RefusedCodecs {
    std::string text;
    std::vector<std::string> codecs;
};

/// Codecs that take the same path.
struct PathGroup {
    std::string path;
    std::vector<std::string> codecs;
    std::vector<RefusedCodecs> refusals;  // in the order in which they were first met
};

std::string path_text(const ProbeReport::Path& path) {
    if (path.row.empty()) return "no decoder";
    return fmt::format("{} > {} > {} > {}", path.row, path.memory, path.importer, path.output);
}

void add_refusals(const ProbeReport::Path& path, const std::vector<DecoderTrial>& trials,
                  PathGroup& group) {
    for (const std::string& refused : path.refused) {
        std::string text = refused;
        for (const DecoderTrial& trial : trials) {
            if (trial.codec == path.codec) text = without_names(text, trial.decoder, trial.codec);
        }
        const auto same =
            std::find_if(group.refusals.begin(), group.refusals.end(),
                         [&](const RefusedCodecs& each) { return each.text == text; });
        if (same == group.refusals.end()) {
            group.refusals.push_back({std::move(text), {path.codec}});
        } else if (same->codecs.back() != path.codec) {
            same->codecs.push_back(path.codec);
        }
    }
}

std::vector<PathGroup> grouped_paths(const ProbeReport& report) {
    std::vector<PathGroup> groups;
    for (const auto& path : report.paths) {
        const std::string text = path_text(path);
        auto group = std::find_if(groups.begin(), groups.end(),
                                  [&](const PathGroup& each) { return each.path == text; });
        if (group == groups.end()) {
            group = groups.emplace(groups.end());
            group->path = text;
        }
        group->codecs.push_back(codec_and_decoder(path.codec, path.decoder));
        add_refusals(path, report.decoders, *group);
    }
    return groups;
}

std::string path_section(const ProbeReport& report) {
    std::string text = "\nThe path that play tries first; a file's first frame proves it\n";
    for (const PathGroup& group : grouped_paths(report)) {
        text += aligned({{"", group.path + ": " + joined(group.codecs, ", ")}}, 0, kLineWidth);
        std::vector<LabeledText> lines;
        for (const RefusedCodecs& refusal : group.refusals) {
            const bool all = refusal.codecs.size() == group.codecs.size();
            const std::string codecs =
                all ? "" : fmt::format(" ({})", joined(refusal.codecs, ", "));
            lines.push_back({"not", refusal.text + codecs});
        }
        text += aligned(lines, 2 * kIndent, kLineWidth);
    }
    return text;
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
    return text + path_section(report);
}

}  // namespace vitrine
