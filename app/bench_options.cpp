#include "app/bench_options.h"

#include <algorithm>

#include "app/bench_picture.h"
#include "app/option_values.h"
#include "app/values.h"
#include "core/counted.h"
#include "render/transfer.h"

namespace vitrine {
namespace {

Failure bad_bench_value(const OptionRow& row, std::string_view value, std::string_view expected) {
    return fail(Errc::invalid_argument, "--{}={}: {}", row.name, value, expected);
}

/// Why a name is none of those known, with the nearest.
std::string not_known(std::string_view what, const std::string& name,
                      const std::vector<std::string_view>& known) {
    std::string text = fmt::format("no {} is called {}", what, name);
    const std::string_view near = slip_of(name, known);
    if (!near.empty()) return fmt::format("{}; did you mean {}?", text, near);
    return fmt::format("{}; there are {}", text, fmt::join(known, ", "));
}

/// Adds what is not there yet. text: as it was written.
template <typename T>
Result<void> add_once(std::vector<T>& to, T added, std::string_view text) {
    if (std::find(to.begin(), to.end(), added) != to.end())
        return fail(Errc::invalid_argument, "{} is named twice", text);
    to.push_back(std::move(added));
    return {};
}

Result<Size> parse_bench_size(std::string_view text) {
    struct Named {
        std::string_view name;
        Size size;
    };
    constexpr std::array kNamed = {Named{"480p", {854, 480}},    Named{"720p", {1280, 720}},
                                   Named{"1080p", {1920, 1080}}, Named{"1440p", {2560, 1440}},
                                   Named{"4k", {3840, 2160}},    Named{"8k", {7680, 4320}}};
    for (const Named& each : kNamed) {
        if (each.name == text) return each.size;
    }
    static_assert(kSmallestBench.width == kSmallestBench.height);
    return parse_size(text, kSmallestBench.width);
}

/// "4:2:0", "RGB".
std::string_view samples_of(const PixelFormatInfo& format) {
    if (format.model == ColorModel::gray) return "gray";
    if (format.model == ColorModel::rgb) return "RGB";
    constexpr std::array<std::array<std::string_view, 3>, 3> kSamplings = {
        {{"4:4:4", "4:4:0", ""}, {"4:2:2", "4:2:0", ""}, {"4:1:1", "", "4:1:0"}}};
    const PlaneView& chroma = format.views[1];
    return kSamplings[chroma.x_shift][chroma.y_shift];
}

Result<void> store_methods(BenchOptions& bench, const OptionRow& row, std::string_view value) {
    bench.methods.clear();
    if (value == "all") return {};
    auto names = parse_names(value);
    if (!names) return bad_bench_value(row, value, names.error().text);
    std::vector<std::string_view> known;
    for (const TransferRow& each : transfer_rows()) known.push_back(each.name);
    for (const std::string& name : *names) {
        if (std::find(known.begin(), known.end(), name) == known.end())
            return bad_bench_value(row, value, not_known("method", name, known));
        if (auto added = add_once(bench.methods, name, name); !added)
            return bad_bench_value(row, value, added.error().text);
    }
    return {};
}

Result<void> store_sizes(BenchOptions& bench, const OptionRow& row, std::string_view value) {
    bench.sizes.clear();
    bench.names_sizes = true;
    for (const std::string_view part : split_text(value, ',')) {
        const auto size = parse_bench_size(part);
        if (!size) {
            return bad_bench_value(row, value,
                                   size.error().text + ", or a name such as 720p, 1080p, 4k, 8k");
        }
        if (auto added = add_once(bench.sizes, *size, part); !added)
            return bad_bench_value(row, value, added.error().text);
    }
    return {};
}

Result<void> store_formats(BenchOptions& bench, const OptionRow& row, std::string_view value) {
    auto names = parse_names(value);
    if (!names) return bad_bench_value(row, value, names.error().text);
    const std::vector<NamedChoice> formats = bench_formats();
    std::vector<std::string_view> known;
    for (const NamedChoice& each : formats) known.push_back(each.name);
    bench.formats.clear();
    bench.names_formats = true;
    for (const std::string& name : *names) {
        if (std::find(known.begin(), known.end(), name) == known.end())
            return bad_bench_value(row, value, not_known("format", name, known));
        if (auto added = add_once(bench.formats, *pixel_format_from(name), name); !added)
            return bad_bench_value(row, value, added.error().text);
    }
    return {};
}

template <typename T, typename U>
Result<void> store_number(T& field, Result<U> parsed, const OptionRow& row,
                          std::string_view value) {
    if (!parsed) return bad_bench_value(row, value, parsed.error().text);
    field = *parsed;
    return {};
}

Result<uint64_t> parse_bounded(std::string_view text, uint64_t most) {
    const auto count = parse_digits(text);
    if (!count || *count < 1 || *count > most)
        return fail(Errc::invalid_argument, "expected a whole number from 1 to {}", most);
    return *count;
}

Result<uint64_t> parse_seed(std::string_view text) {
    const auto seed = parse_digits(text);
    if (!seed) return fail(Errc::invalid_argument, "expected a whole number");
    return *seed;
}

/// Pictures of a file have its size and its format, and libvitrine's have a maker of their own.
Result<void> check_bench_file(const BenchOptions& bench) {
    if (bench.file.empty()) return {};
    if (bench.via == BenchVia::api) {
        return fail(Errc::invalid_argument,
                    "--file and --via=api exclude each other: libvitrine is measured with pictures "
                    "that bench makes");
    }
    if (!bench.names_sizes && !bench.names_formats) return {};
    return fail(Errc::invalid_argument, "--file and --{0} exclude each other: the file has its own",
                bench.names_sizes ? "sizes" : "formats");
}

}  // namespace

std::vector<NamedChoice> bench_formats() {
    std::vector<NamedChoice> out;
    for (size_t i = 0; i < kPixelFormatCount; ++i) {
        const PixelFormatInfo& format = info(static_cast<PixelFormat>(i));
        if (format.packing != Packing::words) continue;
        out.push_back({std::string(format.name),
                       fmt::format("{}{} of {} bits in {}", samples_of(format),
                                   format.has_alpha ? " and alpha" : "", format.depth,
                                   counted(format.plane_count, "plane"))});
    }
    return out;
}

std::string_view name_of(BenchVia via) {
    return via == BenchVia::api ? "api" : "gl";
}

Result<void> store_bench_value(BenchOptions& bench, const OptionRow& row, std::string_view value) {
    switch (row.id) {
        case OptionId::via:
            bench.via = static_cast<BenchVia>(choice_of(row, value).value_or(0));
            return {};
        case OptionId::methods:
            return store_methods(bench, row, value);
        case OptionId::file:
            bench.file = value;
            return {};
        case OptionId::sizes:
            return store_sizes(bench, row, value);
        case OptionId::formats:
            return store_formats(bench, row, value);
        case OptionId::frames:
            return store_number(bench.frames, parse_bounded(value, kMostBenchFrames), row, value);
        case OptionId::duration:
            return store_number(bench.duration, parse_duration(value), row, value);
        case OptionId::trials:
            return store_number(bench.trials, parse_bounded(value, kMostBenchTrials), row, value);
        case OptionId::seed:
            return store_number(bench.seed, parse_seed(value), row, value);
        case OptionId::csv:
            bench.csv = true;
            return {};
        case OptionId::html:
            bench.html = value;
            return {};
        case OptionId::baseline:
            bench.baseline = value;
            return {};
        case OptionId::fail_if:
            return store_number(bench.fail_if, parse_limits(value), row, value);
        default:
            return {};
    }
}

Result<void> check_bench(const BenchOptions& bench, bool json) {
    if (bench.via == BenchVia::api && !bench.methods.empty()) {
        return fail(Errc::invalid_argument,
                    "--methods and --via=api exclude each other: libvitrine has its own");
    }
    if (json && bench.csv)
        return fail(Errc::invalid_argument, "--json and --csv exclude each other");
    if (bench.html == "-" && (json || bench.csv)) {
        return fail(Errc::invalid_argument, "--html=- and --{} exclude each other",
                    json ? "json" : "csv");
    }
    if (!bench.fail_if.empty() && bench.baseline.empty())
        return fail(Errc::invalid_argument, "--fail-if wants --baseline: slower than what?");
    return check_bench_file(bench);
}

}  // namespace vitrine
