// The vitrine program: from the command line to the command, and from how it ended to the exit
// status.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <vector>

#include "app/bench.h"
#include "app/bench_baseline.h"
#include "app/config_files.h"
#include "app/config_report.h"
#include "app/devices.h"
#include "app/doctor.h"
#include "app/file_writer.h"
#include "app/json_lists.h"
#include "app/log_limits.h"
#include "app/option_texts.h"
#include "app/options.h"
#include "app/play.h"
#include "app/probe.h"
#include "app/signals.h"
#include "app/standard_streams.h"
#include "app/version.h"
#include "core/log.h"
#include "decode/media_source.h"
#include "player/sound/sound_device.h"

namespace vitrine {
namespace {

/// What the command line asked to be told, and nothing else done for.
ExitCode answer(const std::string& text) {
    if (const auto printed = print(text); !printed) {
        log_error("{}", printed.error().text);
        return ExitCode::failure;
    }
    return ExitCode::ok;
}

std::string generated(std::string_view what) {
    if (what == "man") return man_page(program_version());
    if (what == "bash") return bash_completion();
    if (what == "zsh") return zsh_completion();
    return fish_completion();
}

Result<std::vector<ConfigFile>> read_configuration() {
    return read_config_files(config_folders(environment_variables()), kConfigName);
}

/// The choices of an option that only this machine knows. Errors: of the configuration files.
Result<std::vector<NamedChoice>> machine_choices(const OptionRow& row, bool no_config) {
    std::vector<NamedChoice> found;
    if (row.id == OptionId::hwdec) {
        for (const DecoderRow& decoder : decoder_rows()) {
            found.push_back({std::string(decoder.name), std::string(decoder.description)});
        }
    } else if (row.id == OptionId::methods) {
        for (const TransferRow& method : transfer_rows()) {
            found.push_back({std::string(method.name), std::string(method.description)});
        }
    } else if (row.id == OptionId::formats) {
        return bench_formats();
    } else if (row.id == OptionId::audio_device) {
        const auto devices = sdl_sound_devices();
        if (!devices) log_warning("{}", devices.error().text);
        if (devices) {
            for (const std::string& name : *devices) found.push_back({name, "as SDL names it"});
        }
    } else if (row.id == OptionId::profile) {
        const auto files = no_config ? std::vector<ConfigFile>() : read_configuration();
        if (!files) return Failure(files.error());
        return list_profiles(*files);
    }
    return found;
}

ExitCode list_choices(const OptionRow& row, bool no_config) {
    const auto found = machine_choices(row, no_config);
    if (!found) {
        log_error("{}", found.error().text);
        return ExitCode::usage;
    }
    std::vector<Choice> more;
    for (const NamedChoice& each : *found) {
        const bool in_table =
            std::any_of(row.choices.begin(), row.choices.end(),
                        [&](const Choice& choice) { return choice.name == each.name; });
        if (!in_table) more.push_back({each.name, each.description});
    }
    return answer(choice_list_text(row, more));
}

/// None: it was said why.
std::optional<StopSignals> install_signals() {
    auto signals = StopSignals::install();
    if (signals) return std::move(*signals);
    log_error("{}", signals.error().text);
    return std::nullopt;
}

ExitCode run_play(const Invocation& invocation, const std::shared_ptr<CallGuard>& calls) {
    PlayOptions options = invocation.play;
    const auto folders =
        invocation.no_config ? std::vector<std::string>() : config_folders(environment_variables());
    auto bindings = read_bindings(options, folders);
    if (!bindings) {
        log_error("{}", bindings.error().text);
        return ExitCode::usage;
    }
    options.bindings = std::move(*bindings);
    const auto signals = install_signals();
    if (!signals) return ExitCode::failure;
    const ExitCode code = play(options, *signals, calls);
    signals->raise_again();
    return code;
}

ExitCode run_probe(bool json, const std::shared_ptr<CallGuard>& calls) {
    const ProbeReport report = probe_machine(calls);
    return answer(json ? probe_json(report) : probe_text(report));
}

ExitCode run_devices(const DevicesOptions& options, bool json,
                     const std::shared_ptr<CallGuard>& calls) {
    const auto report = find_devices(std::make_shared<RealKernel>(), calls, options, json);
    if (!report) {
        log_error("{}", report.error().text);
        return ExitCode::failure;
    }
    return answer(json ? devices_json(*report) : devices_text(*report, options.verbose));
}

/// What is logged meanwhile is in the report, as reasons; who wants more asks for it.
ExitCode run_doctor(const PlayOptions& options, bool json,
                    const std::shared_ptr<CallGuard>& calls) {
    const std::string& file = options.files.front();
    if (auto ok = check_replayable(file); !ok) {
        log_error("{}", ok.error().text);
        return ExitCode::usage;
    }
    if (options.log_level == LogLevel::info) set_log_level(LogLevel::quiet);
    DoctorTools tools;
    tools.calls = calls;
    const auto report = examine(file, tools);
    set_log_level(options.log_level);
    if (!report) {
        log_error("{}", report.error().text);
        return ExitCode::nothing_played;
    }
    const ExitCode code = answer(json ? doctor_json(*report) : doctor_text(*report));
    if (code != ExitCode::ok) return code;
    return report->any_played() ? ExitCode::ok : ExitCode::nothing_played;
}

/// With the table, or beside what a program reads.
ExitCode compare_bench(const BenchReport& report, const BenchBaseline& old,
                       const BenchOptions& options, bool json) {
    const auto now = parse_baseline(bench_json(report));
    if (!now) {
        log_error("{}", now.error().text);
        return ExitCode::failure;
    }
    const BenchComparison comparison = compare(old, *now, options.fail_if);
    if (!comparison.other.empty())
        log_warning("{} is of another machine or clip: {}", options.baseline,
                    joined(comparison.other, "; "));
    if (!old.stopped.empty())
        log_warning("{} was stopped {}: it is of those alone", options.baseline, old.stopped);
    const std::string text =
        fmt::format("\nCompared with {}\n{}", options.baseline, comparison.text);
    if (json || options.csv || options.html == "-") {
        print_to_stderr(text);
    } else if (const ExitCode code = answer(text); code != ExitCode::ok) {
        return code;
    }
    if (comparison.any_worse) return ExitCode::regression;
    const bool all_done = report.stopped.empty();
    if (all_done && !options.fail_if.empty() && !comparison.uncompared.empty()) {
        log_error("{}: nothing to compare with {}", options.baseline,
                  joined(comparison.uncompared, ", "));
        return ExitCode::failure;
    }
    return ExitCode::ok;
}

/// Errors: io.
Result<void> write_page(const std::string& path, const std::string& page) {
    auto file = FileWriter::open(path);
    if (!file) return Failure(file.error());
    file->write(page);
    return file->close();
}

/// It is opened for every trial.
ExitCode check_clip(const std::string& file, const StopSignals& signals) {
    if (file.empty()) return ExitCode::ok;
    if (const auto ok = check_replayable(file, "bench"); !ok) {
        log_error("{}", ok.error().text);
        return ExitCode::usage;
    }
    const MonotonicClock clock;
    const auto stopped = [&] { return signals.received() != 0; };
    if (const auto clip = BenchClip::open(file, nullptr, clock, stopped); !clip) {
        log_error("{}", clip.error().text);
        return ExitCode::nothing_played;
    }
    return ExitCode::ok;
}

/// What is wrong is said before anything is measured.
ExitCode prepare_bench(const BenchOptions& options, std::optional<BenchBaseline>& old,
                       const StopSignals& signals) {
    if (!options.baseline.empty()) {
        auto read = read_baseline(options.baseline);
        if (!read) {
            log_error("{}", read.error().text);
            return ExitCode::usage;
        }
        old = std::move(*read);
    }
    if (const ExitCode code = check_clip(options.file, signals); code != ExitCode::ok) return code;
    if (options.html.empty() || options.html == "-") return ExitCode::ok;
    if (const auto writable = FileWriter::check(options.html); !writable) {
        log_error("{}", writable.error().text);
        return ExitCode::failure;
    }
    return ExitCode::ok;
}

/// On standard output, where a page takes the table's place.
std::string printed_bench(const BenchReport& report, const BenchOptions& options, bool json) {
    if (json) return bench_json(report);
    if (options.csv) return bench_csv(report);
    return options.html == "-" ? bench_html(report) : bench_text(report);
}

/// Of a file the path is in the report, and need not be said for every trial.
Result<BenchReport> measure_bench(const BenchOptions& options, LogLevel level,
                                  const StopSignals& signals) {
    const bool repeats = !options.file.empty() && level == LogLevel::info;
    if (repeats) set_log_level(LogLevel::warning);
    auto report = bench(options, [&] { return signals.received() != 0; });
    if (repeats) set_log_level(level);
    return report;
}

/// With what was measured until a signal came.
ExitCode measure_and_tell(const BenchOptions& options, bool json, LogLevel level,
                          const StopSignals& signals) {
    std::optional<BenchBaseline> old;
    if (const ExitCode code = prepare_bench(options, old, signals); code != ExitCode::ok)
        return code;
    const auto report = measure_bench(options, level, signals);
    if (!report) {
        log_error("{}", report.error().text);
        return ExitCode::failure;
    }
    if (!report->stopped.empty())
        log_warning("stopped {}: the report is of those alone", report->stopped);
    ExitCode code = answer(printed_bench(*report, options, json));
    if (!options.html.empty() && options.html != "-") {
        if (const auto written = write_page(options.html, bench_html(*report)); !written) {
            log_error("{}", written.error().text);
            code = ExitCode::failure;
        }
    }
    if (old && code == ExitCode::ok) code = compare_bench(*report, *old, options, json);
    return report->any_voided() ? ExitCode::failure : code;
}

ExitCode run_bench(const BenchOptions& options, bool json, LogLevel level) {
    const RepeatLimit limit;  // a file is opened for every trial
    const auto signals = install_signals();
    if (!signals) return ExitCode::failure;
    const ExitCode code = measure_and_tell(options, json, level, *signals);
    signals->raise_again();
    return code;
}

ExitCode run(const Invocation& invocation, const std::shared_ptr<CallGuard>& calls) {
    using Action = Invocation::Action;
    switch (invocation.action) {
        case Action::play:
            return run_play(invocation, calls);
        case Action::probe:
            return run_probe(invocation.json, calls);
        case Action::devices:
            return run_devices(invocation.devices, invocation.json, calls);
        case Action::doctor:
            return run_doctor(invocation.play, invocation.json, calls);
        case Action::bench:
            return run_bench(invocation.bench, invocation.json, invocation.play.log_level);
        case Action::help:
            return answer(help_text(invocation.command));
        case Action::version:
            return answer(version_text());
        case Action::list_options:
            return answer(invocation.json ? option_list_json() : option_list_text());
        case Action::list_choices:
            return list_choices(*invocation.option, invocation.no_config);
        case Action::print_config:
            return answer(invocation.json ? config_json(invocation) : config_text(invocation));
        case Action::generate:
            return answer(generated(invocation.generator));
    }
    return ExitCode::failure;
}

/// A thread that is still in a call may come back at any moment, and must not find the process
/// half torn down: what main() would end on its way out, such a process does not end.
int leave(ExitCode code, const CallGuard& calls) {
    const int status = static_cast<int>(code);
    const int away = calls.still_away();
    if (away == 0) return status;
    log_info("ending without {} that did not return from a driver",
             away == 1 ? "a thread" : fmt::format("{} threads", away));
    std::fflush(nullptr);
    std::_Exit(status);
}

}  // namespace
}  // namespace vitrine

int main(int argc, char** argv) {
    using namespace vitrine;
    prepare_standard_streams();
    const std::vector<std::string_view> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    const auto invocation =
        parse_command_line(arguments, {environment_variables(), read_configuration});
    if (!invocation) {
        print_to_stderr(fmt::format("vitrine: {}\n", one_line(invocation.error().text)));
        return static_cast<int>(ExitCode::usage);
    }
    set_log_level(invocation->play.log_level);
    for (const std::string& warning : invocation->settled.warnings) log_warning("{}", warning);
    const auto calls = std::make_shared<CallGuard>();
    return leave(run(*invocation, calls), *calls);
}
