#include "app/bench.h"

#include <algorithm>
#include <random>

#include "app/progress.h"
#include "app/version.h"
#include "core/log.h"
#include "hw/buffer_allocator.h"

namespace vitrine {
namespace {

constexpr uint64_t kUsualFrames = 60;

/// A row of the table, with what it is to be tried with.
struct BenchJob {
    const TransferRow* row;
    std::shared_ptr<BufferAllocator> memory;
    BenchRow result;
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
    return options.duration > Nanos{0} ? kMostBenchFrames : kUsualFrames;
}

TrialPlan plan_of(const BenchJob& job, const BenchOptions& options) {
    TrialPlan plan;
    plan.row = job.row;
    plan.transfer = {job.result.format, job.result.size, job.memory};
    plan.frames = frames_of(options);
    plan.duration = options.duration;
    return plan;
}

/// Errors: what lets no other trial be had either.
Result<void> try_job(BenchJob& job, const BenchTools& tools, const BenchOptions& options) {
    if (!job.result.unsupported.empty()) return {};
    auto samples = run_trial(tools, plan_of(job, options));
    if (samples) {
        job.result.samples.add(*samples);
        ++job.result.trials;
        return {};
    }
    if (samples.error().code == Errc::device_lost) return Failure(samples.error());
    if (samples.error().code == Errc::unsupported) {
        job.result.unsupported = samples.error().text;
    } else {
        job.result.voided.push_back(samples.error().text);
    }
    return {};
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

Result<void> run_rounds(std::vector<BenchJob>& jobs, const BenchTools& tools,
                        const BenchOptions& options, uint64_t seed,
                        const std::function<void(const std::string&)>& progress) {
    size_t done = 0;
    const size_t all = jobs.size() * options.trials;
    for (uint64_t round = 0; round < options.trials; ++round) {
        for (const size_t at : bench_order(jobs.size(), seed, round)) {
            BenchJob& job = jobs[at];
            progress(fmt::format("trial {} of {}: {}, {} {}x{}", ++done, all, job.result.method,
                                 info(job.result.format).name, job.result.size.width,
                                 job.result.size.height));
            if (auto ok = try_job(job, tools, options); !ok) return ok;
        }
    }
    return {};
}

}  // namespace

bool BenchReport::any_voided() const {
    return std::any_of(rows.begin(), rows.end(),
                       [](const BenchRow& row) { return !row.voided.empty(); });
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

Result<BenchReport> run_bench(const BenchOptions& options, const BenchMachine& machine,
                              const std::function<void(const std::string&)>& progress) {
    GlContext& context = machine.output->context();
    const MonotonicClock clock;
    const ThreadCpuClock cpu_clock;
    auto renderer = Renderer::make(context);
    if (!renderer) return Failure(renderer.error());
    BenchTools tools{*machine.output, **renderer, nullptr, clock, cpu_clock};
    const auto timer = make_bench_timer(tools);
    if (timer) tools.timer = timer->get();

    BenchReport report;
    report.gl = context.facts();
    report.system = system_text();
    report.processor = processor_text();
    report.ffmpeg = ffmpeg_version();
    report.gpu_times = timer ? "timer query" : "submit to fence: " + timer.error().text;
    report.seed = options.seed ? *options.seed : std::random_device()();
    report.trials = options.trials;
    report.frames = frames_of(options);
    std::vector<BenchJob> jobs = jobs_of(options, find_memory(machine.kernel));
    report.before = read_machine_state();
    if (auto ok = run_rounds(jobs, tools, options, report.seed, progress); !ok)
        return Failure(ok.error());
    report.after = read_machine_state();
    for (BenchJob& job : jobs) report.rows.push_back(std::move(job.result));
    return report;
}

Result<BenchReport> bench(const BenchOptions& options) {
    auto output = make_offscreen_output(kBenchTarget);
    if (!output) return Failure(output.error());
    const BenchMachine machine{std::move(*output), std::make_shared<RealKernel>()};
    const MonotonicClock clock;
    ProgressLine line(clock);
    return run_bench(options, machine, [&](const std::string& text) { line.update(text); });
}

}  // namespace vitrine
