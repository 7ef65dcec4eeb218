// What bench was asked for, parsed. Plain values; reentrant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/bench_limit.h"
#include "app/option_table.h"
#include "app/settings.h"
#include "core/clock.h"
#include "core/geometry.h"
#include "core/pixel_format.h"
#include "core/result.h"

namespace vitrine {

/// In a trial, and of those: something is kept of every picture.
inline constexpr uint64_t kMostBenchFrames = 100000;
inline constexpr uint64_t kMostBenchTrials = 100;
/// In a trial, where neither their number nor how long it lasts is given.
inline constexpr uint64_t kUsualBenchFrames = 60;

/// What is measured: each method of GL, or libvitrine beside the program.
enum class BenchVia { gl, api };
[[nodiscard]] std::string_view name_of(BenchVia via);  // as the option has it

struct BenchOptions {
    BenchVia via = BenchVia::gl;
    std::vector<std::string> methods;  // of transfer_rows(); empty: every one
    std::string file;                  // whose pictures are handed over; "": bench's own
    std::vector<Size> sizes = {{1920, 1080}};
    std::vector<PixelFormat> formats = {PixelFormat::nv12};
    bool names_sizes = false;        // whether --sizes was given,
    bool names_formats = false;      // and --formats
    std::optional<uint64_t> frames;  // that are measured in each trial
    Nanos duration{0};               // of a trial at most; 0: as long as its frames take
    uint64_t trials = 5;             // of each method
    std::optional<uint64_t> seed;    // of the order; nothing: another each time
    bool csv = false;
    std::string html;      // path of a page; "": none
    std::string baseline;  // path of an older report; "": none
    std::vector<BenchLimit> fail_if;
};

/// Every format that bench writes pictures in.
[[nodiscard]] std::vector<NamedChoice> bench_formats();

/// Puts what was written into its place; options that are none of bench's are left alone. Errors:
/// invalid_argument, "--NAME=VALUE: ...".
[[nodiscard]] Result<void> store_bench_value(BenchOptions& bench, const OptionRow& row,
                                             std::string_view value);

/// That its options go together, and with --json. Errors: invalid_argument, naming those that do
/// not.
[[nodiscard]] Result<void> check_bench(const BenchOptions& bench, bool json);

}  // namespace vitrine
