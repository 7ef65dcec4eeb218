#include "app/bench.h"

#include <algorithm>
#include <optional>
#include <random>

#include "app/progress.h"
#include "app/version.h"
#include "core/counted.h"
#include "core/log.h"
#include "hw/buffer_allocator.h"

namespace vitrine {
namespace {

/// A row of the table, with what it is to be tried with.
struct BenchJob {
    const TransferRow* row;
    std::shared_ptr<BufferAllocator> memory;
    BenchRow result;
    std::optional<FrameInfo> shown{};  // as TransferPlan has it
};

bool is_wanted(const BenchOptions& options, std::string_view name) {
    const auto& names = options.methods;
    return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

struct Memory {
    std::string name;
    std::shared_ptr<BufferAllocator> allocator;  // null: `refused`
    std::string refused;
};

std::vector<Memory> find_memory(const std::shared_ptr<Kernel>& kernel) {
    std::vector<Memory> out;
    for (AllocatorTrial& trial : open_allocators(kernel)) {
        if (trial.allocator) {
            out.push_back({trial.name, std::move(*trial.allocator), ""});
        } else {
            out.push_back({trial.name, nullptr, trial.allocator.error().text});
        }
    }
    return out;
}

void add_jobs(std::vector<BenchJob>& jobs, const TransferRow& row, const BenchRow& kind,
              const std::vector<Memory>& memory) {
    BenchJob job{&row, nullptr, kind};
    job.result.method = row.name;
    job.result.shows_first_only = row.shows_first_only;
    if (!row.takes_memory) {
        jobs.push_back(std::move(job));
        return;
    }
    for (const Memory& each : memory) {
        BenchJob with = job;
        with.result.method = fmt::format("{} {}", row.name, each.name);
        with.memory = each.allocator;
        with.result.unsupported = each.refused;
        jobs.push_back(std::move(with));
    }
}

std::vector<BenchJob> jobs_of(const BenchOptions& options, const std::vector<Memory>& memory) {
    std::vector<BenchJob> jobs;
    for (const PixelFormat format : options.formats) {
        for (const Size size : options.sizes) {
            BenchRow kind;
            kind.format = format;
            kind.size = size;
            for (const TransferRow& row : transfer_rows()) {
                if (is_wanted(options, row.name)) add_jobs(jobs, row, kind, memory);
            }
        }
    }
    return jobs;
}

uint64_t frames_of(const BenchOptions& options) {
    if (options.frames) return *options.frames;
    return options.duration > Nanos{0} ? kMostBenchFrames : kUsualBenchFrames;
}

TrialPlan plan_of(const BenchJob& job, const BenchOptions& options) {
    TrialPlan plan;
    plan.row = job.row;
    plan.transfer = {job.result.format, job.result.size, job.memory, job.shown};
    plan.file = options.file;
    plan.frames = frames_of(options);
    plan.duration = options.duration;
    return plan;
}

/// What came of a trial. Errors: what lets no other trial be had either.
Result<void> settle_row(BenchRow& row, const Result<TrialSamples>& samples) {
    if (samples) {
        row.samples.add(*samples);
        ++row.trials;
        return {};
    }
    const Errc code = samples.error().code;
    if (code == Errc::device_lost || code == Errc::interrupted) return Failure(samples.error());
    if (code == Errc::unsupported) {
        row.unsupported = samples.error().text;
    } else {
        row.voided.push_back(samples.error().text);
    }
    return {};
}

/// Whether there was a trial, be it void. Errors: as settle_row().
Result<bool> try_job(BenchJob& job, const BenchTools& tools, const BenchOptions& options,
                     uint64_t) {
    if (auto ok = settle_row(job.result, run_trial(tools, plan_of(job, options))); !ok)
        return Failure(ok.error());
    return job.result.unsupported.empty();
}

/// With the drawing of a picture as the known draw, as the player has it.
Result<std::unique_ptr<GpuTimer>> make_bench_timer(const BenchTools& tools) {
    GlContext& context = tools.output.context();
    const GlFacts& facts = context.facts();
    if (facts.software_renderer) {
        return fail(Errc::unsupported, "{} is a software renderer", facts.gl_renderer);
    }
    const TransferPlan plan{PixelFormat::nv12, {1920, 1080}, nullptr};
    auto transfer = transfer_rows().front().make(context, plan);
    if (!transfer) return Failure(transfer.error());
    auto picture = BenchPicture::make(plan.format, plan.size);
    if (!picture) return Failure(picture.error());
    const auto lent = (*transfer)->lend();
    if (!lent) return Failure(lent.error());
    picture->write(0, *lent);
    const auto frame = (*transfer)->hand_over();
    if (!frame) return Failure(frame.error());
    return GpuTimer::make(context, tools.clock, [&] {
        return tools.renderer.draw(*frame, tools.output.begin_frame(), {});
    });
}

/// Pictures in one kind of memory, by libvitrine and beside it.
struct ApiJob {
    TransferPlan transfer;
    BenchRow program;
    BenchRow api;
};

ApiJob make_api_job(const TransferPlan& transfer, std::string_view memory,
                    const std::string& refused) {
    BenchRow row;
    row.format = transfer.format;
    row.size = transfer.size;
    row.unsupported = refused;
    ApiJob job{transfer, row, row};
    job.program.method = fmt::format("program {}", memory);
    job.api.method = fmt::format("api {}", memory);
    job.api.beside = job.program.method;
    return job;
}

std::vector<ApiJob> api_jobs_of(const BenchOptions& options, const std::vector<Memory>& memory) {
    std::vector<ApiJob> jobs;
    for (const PixelFormat format : options.formats) {
        for (const Size size : options.sizes) {
            jobs.push_back(make_api_job({format, size, nullptr}, "upload", ""));
            for (const Memory& each : memory)
                jobs.push_back(
                    make_api_job({format, size, each.allocator}, each.name, each.refused));
        }
    }
    return jobs;
}

/// Whether there was a trial, be it void. Errors: as settle_row().
Result<bool> try_job(ApiJob& job, const BenchTools& tools, const BenchOptions& options,
                     uint64_t seed) {
    ApiPlan plan;
    plan.transfer = job.transfer;
    plan.frames = frames_of(options);
    plan.duration = options.duration;
    plan.seed = seed;
    const auto samples = run_api_trial(tools, plan);
    const auto part = [&](TrialSamples ApiSamples::*of) -> Result<TrialSamples> {
        return samples ? Result<TrialSamples>(*samples.*of) : Failure(samples.error());
    };
    for (const auto& ok : {settle_row(job.program, part(&ApiSamples::program)),
                           settle_row(job.api, part(&ApiSamples::api))}) {
        if (!ok) return Failure(ok.error());
    }
    return job.api.unsupported.empty();
}

const BenchRow& told_row(const BenchJob& job) {
    return job.result;
}
const BenchRow& told_row(const ApiJob& job) {
    return job.api;
}

using Progress = std::function<void(const std::string&)>;

/// What is stopped keeps the trials before.
template <typename Job>
Result<void> run_rounds(std::vector<Job>& jobs, BenchReport& report, const BenchTools& tools,
                        const BenchOptions& options, const Progress& progress) {
    size_t begun = 0;
    uint64_t trials = 0;
    const size_t all = jobs.size() * options.trials;
    for (uint64_t round = 0; round < options.trials; ++round) {
        for (const size_t at : bench_order(jobs.size(), report.seed, round)) {
            const BenchRow& row = told_row(jobs[at]);
            ++begun;
            if (!row.unsupported.empty()) continue;
            progress(fmt::format("trial {} of {}: {}, {} {}x{}", begun, all, row.method,
                                 info(row.format).name, row.size.width, row.size.height));
            const auto tried = tools.stopped()
                                   ? fail(Errc::interrupted, "the bench was stopped")
                                   : try_job(jobs[at], tools, options, report.seed + begun);
            if (tried) {
                trials += *tried ? 1 : 0;
                continue;
            }
            if (tried.error().code != Errc::interrupted) return Failure(tried.error());
            report.stopped = "after " + counted(trials, "trial");
            return {};
        }
    }
    return {};
}

Result<void> measure_gl(BenchReport& report, const BenchTools& tools, const BenchOptions& options,
                        const std::vector<Memory>& memory, const Progress& progress) {
    std::vector<BenchJob> jobs = jobs_of(options, memory);
    if (report.clip) {
        for (BenchJob& job : jobs) job.shown = report.clip->shown;
    }
    if (auto ok = run_rounds(jobs, report, tools, options, progress); !ok) return ok;
    for (BenchJob& job : jobs) report.rows.push_back(std::move(job.result));
    return {};
}

Result<void> measure_api(BenchReport& report, const BenchTools& tools, const BenchOptions& options,
                         const std::vector<Memory>& memory, const Progress& progress) {
    progress("calls of libvitrine");
    auto calls = measure_api_calls(tools);
    if (calls) {
        report.calls = std::move(*calls);
    } else if (calls.error().code == Errc::device_lost) {
        return Failure(calls.error());
    } else if (calls.error().code == Errc::interrupted) {
        report.calls_unsupported = "the bench was stopped";
    } else if (calls.error().code == Errc::unsupported) {
        report.calls_unsupported = calls.error().text;
    } else {
        report.calls_voided = calls.error().text;
    }
    std::vector<ApiJob> jobs = api_jobs_of(options, memory);
    if (auto ok = run_rounds(jobs, report, tools, options, progress); !ok) return ok;
    for (ApiJob& job : jobs) {
        report.rows.push_back(std::move(job.program));
        report.rows.push_back(std::move(job.api));
    }
    return {};
}

/// The format and the size are those of the file, where there is one.
Result<std::optional<ClipFacts>> find_clip(BenchOptions& options,
                                           const std::function<bool()>& stopped) {
    if (options.file.empty()) return std::nullopt;
    const MonotonicClock clock;
    const auto clip = BenchClip::open(options.file, nullptr, clock, stopped);
    if (!clip) return Failure(clip.error());
    options.formats = {clip->facts().format};
    options.sizes = {clip->facts().size};
    return clip->facts();
}

}  // namespace

bool BenchReport::any_voided() const {
    return !calls_voided.empty() || std::any_of(rows.begin(), rows.end(), [](const BenchRow& row) {
        return !row.voided.empty();
    });
}

std::vector<size_t> bench_order(size_t jobs, uint64_t seed, uint64_t round) {
    std::vector<size_t> order(jobs);
    for (size_t i = 0; i < jobs; ++i) order[i] = i;
    // Not std::shuffle: what that makes of a seed differs from library to library.
    std::seed_seq mixed{seed, seed >> 32, round};
    std::mt19937_64 random(mixed);
    for (size_t left = jobs; left > 1; --left) std::swap(order[left - 1], order[random() % left]);
    return order;
}

Result<BenchReport> run_bench(const BenchOptions& asked, const BenchMachine& machine,
                              const BenchWatch& watch) {
    BenchOptions options = asked;
    const auto clip = find_clip(options, watch.stopped);
    if (!clip) return Failure(clip.error());
    GlContext& context = machine.output->context();
    const MonotonicClock clock;
    const ThreadCpuClock cpu_clock;
    auto renderer = Renderer::make(context);
    if (!renderer) return Failure(renderer.error());
    BenchTools tools{*machine.output, **renderer, nullptr, clock, cpu_clock, watch.stopped};
    const auto timer = make_bench_timer(tools);
    if (timer) tools.timer = timer->get();

    BenchReport report;
    report.via = options.via;
    report.clip = *clip;
    report.gl = context.facts();
    report.system = system_text();
    report.processor = processor_text();
    report.ffmpeg = ffmpeg_version();
    report.gpu_times = timer ? "timer query" : "submit to fence: " + timer.error().text;
    report.seed = options.seed ? *options.seed : std::random_device()();
    report.trials = options.trials;
    report.frames = frames_of(options);
    const auto memory = find_memory(machine.kernel);
    const auto measure = options.via == BenchVia::api ? measure_api : measure_gl;
    report.before = read_machine_state();
    if (auto ok = measure(report, tools, options, memory, watch.progress); !ok)
        return Failure(ok.error());
    report.after = read_machine_state();
    return report;
}

Result<BenchReport> bench(const BenchOptions& options, const std::function<bool()>& stopped) {
    auto output = make_offscreen_output(kBenchTarget);
    if (!output) return Failure(output.error());
    const BenchMachine machine{std::move(*output), std::make_shared<RealKernel>()};
    const MonotonicClock clock;
    ProgressLine line(clock);
    return run_bench(options, machine,
                     {[&](const std::string& text) { line.update(text); }, stopped});
}

}  // namespace vitrine
