#include "app/bench_baseline.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "app/bench_figures.h"
#include "app/file_reader.h"
#include "core/value_text.h"

namespace vitrine {
namespace {

constexpr size_t kMostBytes = 64 * 1024 * 1024;
constexpr size_t kMostValues = 1 << 20;  // without histograms; a row has about seventy
constexpr int kDeepest = 4;              // rows[].frame.p95_ns is; histograms are deeper

/// path: "machine.gl_renderer". Null where it is not there.
const nlohmann::json* find(const nlohmann::json& json, std::string_view path) {
    const nlohmann::json* at = &json;
    for (const std::string_view name : split_text(path, '.')) {
        if (!at->is_object()) return nullptr;
        const auto found = at->find(std::string(name));
        if (found == at->end()) return nullptr;
        at = &*found;
    }
    return at;
}

Result<std::string> text_at(const nlohmann::json& json, std::string_view path) {
    const nlohmann::json* found = find(json, path);
    if (found != nullptr && found->is_string()) return found->get<std::string>();
    return fail(Errc::invalid_argument, "{} is no text", path);
}

Result<int64_t> number_at(const nlohmann::json& json, std::string_view path) {
    const nlohmann::json* found = find(json, path);
    if (found != nullptr && found->is_number_unsigned()) {
        const auto value = found->get<uint64_t>();
        if (value <= INT64_MAX) return static_cast<int64_t>(value);
    }
    return fail(Errc::invalid_argument, "{} is no whole number", path);
}

/// What comparing has no use for is not kept, and so takes no memory.
Result<nlohmann::json> parse_bounded(std::string_view text) {
    size_t values = 0;
    const auto is_kept = [&](int depth, nlohmann::json::parse_event_t, const nlohmann::json&) {
        return depth <= kDeepest && ++values <= kMostValues;
    };
    nlohmann::json json = nlohmann::json::parse(text, is_kept, false);
    if (values > kMostValues)
        return fail(Errc::invalid_argument, "it holds more than {} values", kMostValues);
    if (json.is_discarded()) return fail(Errc::invalid_argument, "this is no JSON");
    return json;
}

Result<void> check_kind(const nlohmann::json& json) {
    const auto program = text_at(json, "program.name");
    const nlohmann::json* rows = find(json, "rows");
    if (!program || *program != "vitrine" || rows == nullptr || !rows->is_array())
        return fail(Errc::invalid_argument, "this is no report of vitrine bench");
    const auto schema = number_at(json, "schema");
    if (!schema) return Failure(schema.error());
    if (*schema != 1) return fail(Errc::invalid_argument, "its schema is {}, and not 1", *schema);
    return {};
}

/// "yuv420p 640x360"
Result<std::string> kind_of(const nlohmann::json& row) {
    const auto format = text_at(row, "format");
    if (!format) return Failure(format.error());
    const auto width = number_at(row, "width");
    if (!width) return Failure(width.error());
    const auto height = number_at(row, "height");
    if (!height) return Failure(height.error());
    return fmt::format("{} {}x{}", *format, *width, *height);
}

/// What there is to know a clip by, wherever it lies. A report from before there were clips has
/// none.
Result<std::string> clip_of(const nlohmann::json& json) {
    if (find(json, "clip") == nullptr) return "none";
    std::array<std::string, 4> facts;
    constexpr std::array kFacts = {"file", "codec", "decoder", "converted_from"};
    for (size_t i = 0; i < facts.size(); ++i) {
        auto text = text_at(json, fmt::format("clip.{}", kFacts[i]));
        if (!text) return Failure(text.error());
        facts[i] = std::move(*text);
    }
    const auto& [file, codec, decoder, converted_from] = facts;
    if (file.empty()) return "none";
    std::string text = fmt::format("{}, {} by {}", std::filesystem::path(file).filename().string(),
                                   codec, decoder);
    if (!converted_from.empty()) text += ", converted from " + converted_from;
    // All rows are of its format and size.
    const nlohmann::json& rows = *find(json, "rows");
    if (rows.empty()) return text;
    const auto kind = kind_of(rows.front());
    if (!kind) return fail(Errc::invalid_argument, "rows[0]: {}", kind.error().text);
    return text + ", " + *kind;
}

Result<std::vector<LabeledText>> machine_of(const nlohmann::json& json) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kFacts = {
        {{"processor", "machine.processor"},
         {"system", "machine.system"},
         {"governor", "machine.before.governor"},
         {"GL renderer", "machine.gl_renderer"},
         {"GL version", "machine.gl_version"},
         {"EGL vendor", "machine.egl_vendor"},
         {"EGL platform", "machine.egl_platform"},
         {"GPU times", "gpu_times"}}};
    std::vector<LabeledText> out;
    auto clip = clip_of(json);
    if (!clip) return Failure(clip.error());
    out.push_back({"clip", std::move(*clip)});
    for (const auto& [label, path] : kFacts) {
        auto text = text_at(json, path);
        if (!text) return Failure(text.error());
        out.push_back({std::string(label), std::move(*text)});
    }
    return out;
}

/// A report from before there was such a time is one all the same.
bool was_added_later(std::string_view time) {
    return time == "whole" || time == "decode";
}

Result<void> add_times(BenchBaseline::Row& row, const nlohmann::json& json, std::string_view time) {
    if (was_added_later(time) && find(json, time) == nullptr) return {};
    const auto count = number_at(json, fmt::format("{}.count", time));
    if (!count) return Failure(count.error());
    TimeFigures values;
    values.count = static_cast<size_t>(*count);
    for (const BenchFigureName& figure : kBenchFigureNames) {
        if (!values.resolves(figure.fraction)) continue;
        const std::string metric = fmt::format("{}.{}", time, figure.name);
        const auto value = number_at(json, metric + "_ns");
        if (!value) return Failure(value.error());
        row.times.emplace(metric, *value);
    }
    return {};
}

Result<BenchBaseline::Row> row_of(const nlohmann::json& json) {
    const auto method = text_at(json, "method");
    if (!method) return Failure(method.error());
    const auto kind = kind_of(json);
    if (!kind) return Failure(kind.error());
    BenchBaseline::Row row;
    row.name = one_line(*kind + " " + *method);
    for (const std::string_view time : kBenchTimes) {
        if (auto ok = add_times(row, json, time); !ok) return Failure(ok.error());
    }
    return row;
}

}  // namespace

Result<BenchBaseline> parse_baseline(std::string_view json) {
    const auto parsed = parse_bounded(json);
    if (!parsed) return Failure(parsed.error());
    if (auto ok = check_kind(*parsed); !ok) return Failure(ok.error());
    auto machine = machine_of(*parsed);
    if (!machine) return Failure(machine.error());
    BenchBaseline out;
    out.machine = std::move(*machine);
    out.stopped = one_line(text_at(*parsed, "stopped").value_or(""));  // a later field
    size_t number = 0;
    for (const nlohmann::json& each : *find(*parsed, "rows")) {
        auto row = row_of(each);
        if (!row) return fail(Errc::invalid_argument, "rows[{}]: {}", number, row.error().text);
        if (!row->times.empty()) out.rows.push_back(std::move(*row));
        ++number;
    }
    return out;
}

Result<BenchBaseline> read_baseline(const std::string& path) {
    const auto text = read_text_file(path, kMostBytes);
    if (!text) return Failure(text.error());
    if (!*text) return fail(Errc::invalid_argument, "{}: there is no such file", path);
    auto baseline = parse_baseline(**text);
    if (!baseline) return fail(Errc::invalid_argument, "{}: {}", path, baseline.error().text);
    return baseline;
}

}  // namespace vitrine
