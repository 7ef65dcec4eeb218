// `vitrine bench`: how long pixels that the CPU wrote take into textures, by each way that there
// is; or what pictures cost through libvitrine. Thread-bound.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/bench_api.h"
#include "app/bench_clip.h"
#include "app/bench_options.h"
#include "app/machine_state.h"
#include "hw/kernel.h"

namespace vitrine {

/// One way for pictures of one kind.
struct BenchRow {
    std::string method;  // "subimage", "dmabuf-cached memfd", "api memfd"
    std::string beside;  // the method that showed the same pictures: "program memfd"; "": none
    PixelFormat format = PixelFormat::nv12;
    Size size;
    bool shows_first_only = false;    // as TransferRow has it
    std::string unsupported;          // why it is none here; "" where it is one
    std::vector<std::string> voided;  // trials that do not count, and why
    uint64_t trials = 0;              // that count
    TrialSamples samples;             // of all of those

    /// Bytes of a picture.
    [[nodiscard]] uint64_t bytes() const { return picture_bytes(format, size); }
    /// Whether both are of pictures of one kind.
    [[nodiscard]] bool is_same_kind(const BenchRow& other) const {
        return format == other.format && size == other.size;
    }
};

struct BenchReport {
    BenchVia via = BenchVia::gl;
    std::optional<ClipFacts> clip;  // whose pictures it are; none: bench's own
    GlFacts gl;
    std::string system;
    std::string processor;
    std::string ffmpeg;
    MachineState before;
    MachineState after;
    std::string gpu_times;  // "timer query"; "submit to fence: llvmpipe is a software renderer"
    uint64_t seed = 0;
    uint64_t trials = 0;             // of each row
    uint64_t frames = 0;             // of each trial, at most
    std::string stopped;             // "after 16 trials", before all were done; "": it was not
    std::vector<BenchRow> rows;      // those of one format and size together
    std::vector<CallSamples> calls;  // of libvitrine
    std::string calls_unsupported;   // why those cannot be measured here; "" where they can
    std::string calls_voided;        // what was wrong of them; "" where nothing was

    [[nodiscard]] bool any_voided() const;
};

/// The turns of so many jobs in one round, each once. Another round, another order.
[[nodiscard]] std::vector<size_t> bench_order(size_t jobs, uint64_t seed, uint64_t round);

/// What a bench has of the machine. The output is of kBenchTarget.
struct BenchMachine {
    std::unique_ptr<Output> output;
    std::shared_ptr<Kernel> kernel;
};
/// How a bench is followed, and ended: both are called before each trial, and the latter before
/// each picture too, and while a file is opened. A read that waits is not ended.
struct BenchWatch {
    std::function<void(const std::string&)> progress;  // is told what comes next, and of how much
    std::function<bool()> stopped = [] {
        return false;
    };  // the report is then of the trials before
};
[[nodiscard]] Result<BenchReport> run_bench(const BenchOptions& options,
                                            const BenchMachine& machine, const BenchWatch& watch);

/// On this machine, offscreen, with its progress on a terminal. stopped: as in BenchWatch. Errors:
/// no GL here; as BenchClip::open().
[[nodiscard]] Result<BenchReport> bench(const BenchOptions& options,
                                        const std::function<bool()>& stopped);

/// Tables of at most 100 columns, as far as names allow.
[[nodiscard]] std::string bench_text(const BenchReport& report);

/// As docs/bench.md has them.
[[nodiscard]] std::string bench_json(const BenchReport& report);
[[nodiscard]] std::string bench_csv(const BenchReport& report);

/// A page with plots that needs nothing but itself.
[[nodiscard]] std::string bench_html(const BenchReport& report);

}  // namespace vitrine
