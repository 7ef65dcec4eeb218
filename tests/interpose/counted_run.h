// Runs a program under the interposer and reads what was counted. Reentrant.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace vitrine::test {

struct Tally {
    uint64_t calls = 0;
    uint64_t bytes = 0;
};
using Tallies = std::map<std::string, Tally>;

struct CountedRun {
    int exit_code = -1;
    std::string output;
    Tallies program;    // calls from the program's own code
    Tallies libraries;  // calls from everything else

    [[nodiscard]] uint64_t calls(const char* function) const { return program.at(function).calls; }
    [[nodiscard]] uint64_t bytes(const char* function) const { return program.at(function).bytes; }
};
/// command: a program and its arguments, for /bin/sh.
[[nodiscard]] CountedRun run_counted(const std::string& command);

}  // namespace vitrine::test
