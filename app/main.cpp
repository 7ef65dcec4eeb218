// The vitrine program: from the command line to the command, and from how it ended to the exit
// status.
#include <vector>

#include "app/devices.h"
#include "app/json_lists.h"
#include "app/option_texts.h"
#include "app/options.h"
#include "app/play.h"
#include "app/probe.h"
#include "app/signals.h"
#include "app/standard_streams.h"
#include "app/version.h"
#include "core/log.h"
#include "decode/media_source.h"

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

std::string choice_list(const OptionRow& row) {
    std::vector<Choice> more;
    if (row.id == OptionId::hwdec) {
        for (const DecoderRow& decoder : decoder_rows()) {
            more.push_back({decoder.name, decoder.description});
        }
    }
    return choice_list_text(row, more);
}

ExitCode run_play(const PlayOptions& options) {
    auto signals = StopSignals::install();
    if (!signals) {
        log_error("{}", signals.error().text);
        return ExitCode::failure;
    }
    const ExitCode code = play(options, *signals);
    signals->raise_again();
    return code;
}

ExitCode run_probe(bool json) {
    const ProbeReport report = probe_machine();
    return answer(json ? probe_json(report) : probe_text(report));
}

ExitCode run_devices(const DevicesOptions& options, bool json) {
    const auto report = find_devices(std::make_shared<RealKernel>(), options, json);
    if (!report) {
        log_error("{}", report.error().text);
        return ExitCode::failure;
    }
    return answer(json ? devices_json(*report) : devices_text(*report, options.verbose));
}

ExitCode run(const Invocation& invocation) {
    using Action = Invocation::Action;
    switch (invocation.action) {
        case Action::play:
            return run_play(invocation.play);
        case Action::probe:
            return run_probe(invocation.json);
        case Action::devices:
            return run_devices(invocation.devices, invocation.json);
        case Action::help:
            return answer(help_text(invocation.command));
        case Action::version:
            return answer(version_text());
        case Action::list_options:
            return answer(invocation.json ? option_list_json() : option_list_text());
        case Action::list_choices:
            return answer(choice_list(*invocation.option));
        case Action::generate:
            return answer(generated(invocation.generator));
    }
    return ExitCode::failure;
}

}  // namespace
}  // namespace vitrine

int main(int argc, char** argv) {
    using namespace vitrine;
    prepare_standard_streams();
    const std::vector<std::string_view> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    const auto invocation = parse_command_line(arguments);
    if (!invocation) {
        print_to_stderr(fmt::format("vitrine: {}\n", one_line(invocation.error().text)));
        return static_cast<int>(ExitCode::usage);
    }
    set_log_level(invocation->play.log_level);
    return static_cast<int>(run(*invocation));
}
