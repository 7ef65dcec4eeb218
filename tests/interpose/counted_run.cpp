#include "tests/interpose/counted_run.h"

#include <sys/wait.h>

#include <nlohmann/json.hpp>

#include "tests/app/support.h"

namespace vitrine::test {
namespace {

Tallies tallies(const nlohmann::json& counts) {
    Tallies read;
    for (const auto& [function, tally] : counts.items()) {
        read[function] = {tally.at("calls").get<uint64_t>(), tally.at("bytes").get<uint64_t>()};
    }
    return read;
}

}  // namespace

CountedRun run_counted(const std::string& command) {
    const TemporaryFolder folder;
    const std::string file = folder.file("counts.json");
    const Ran ran = run_program("VITRINE_INTERPOSE_JSON=" + file +
                                " LD_PRELOAD=" VITRINE_INTERPOSE " " + command);
    CountedRun counted;
    counted.output = ran.output;
    counted.exit_code = WIFEXITED(ran.status) ? WEXITSTATUS(ran.status) : -1;
    const auto counts = nlohmann::json::parse(contents_of(file), nullptr, false);
    if (counts.is_discarded()) {
        counted.exit_code = -1;
        counted.output += "\nthe interposer wrote no counts";
        return counted;
    }
    counted.program = tallies(counts.at("program"));
    counted.libraries = tallies(counts.at("libraries"));
    return counted;
}

}  // namespace vitrine::test
