// Runs a program under the interposer and reads what was counted. Reentrant.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace vitrine::test {

struct CountedRun {
    int exit_code = -1;
    std::string output;
    nlohmann::json program;    // calls from the program's own code
    nlohmann::json libraries;  // calls from everything else

    [[nodiscard]] uint64_t calls(const char* function) const {
        return program.at(function).at("calls").get<uint64_t>();
    }
    [[nodiscard]] uint64_t bytes(const char* function) const {
        return program.at(function).at("bytes").get<uint64_t>();
    }
};
/// command: a program and its arguments, for /bin/sh.
[[nodiscard]] CountedRun run_counted(const std::string& command);

}  // namespace vitrine::test
