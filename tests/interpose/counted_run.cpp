#include "tests/interpose/counted_run.h"

#include <sys/wait.h>

#include "tests/app/support.h"

namespace vitrine::test {

CountedRun run_counted(const std::string& command) {
    const TemporaryFolder folder;
    const std::string file = folder.path("counts.json");
    // AddressSanitizer insists on being first, and works when it is not.
    const Ran ran = run_program("VITRINE_INTERPOSE_JSON=" + file +
                                " LD_PRELOAD=" VITRINE_INTERPOSE
                                " ASAN_OPTIONS=verify_asan_link_order=0:$ASAN_OPTIONS " +
                                command);
    CountedRun counted;
    counted.output = ran.output;
    counted.exit_code = WIFEXITED(ran.status) ? WEXITSTATUS(ran.status) : -1;
    const auto counts = nlohmann::json::parse(contents_of(file), nullptr, false);
    if (counts.is_discarded()) {
        counted.exit_code = -1;
        counted.output += "\nthe interposer wrote no counts";
        return counted;
    }
    counted.program = counts.at("program");
    counted.libraries = counts.at("libraries");
    return counted;
}

}  // namespace vitrine::test
