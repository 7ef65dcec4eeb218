#include "tests/app/support.h"

#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>

namespace vitrine::test {

std::string contents_of(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

std::vector<std::string> hashes_of(const std::string& text) {
    std::vector<std::string> hashes;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (!line.empty() && line[0] != '#') hashes.push_back(line.substr(line.rfind(' ') + 1));
    }
    return hashes;
}

bool is_installed(const std::string& program) {
    return run_program("command -v " + program).status == 0;
}

Ran run_program(const std::string& command) {
    Ran ran;
    FILE* pipe = popen(("{ " + command + "\n} 2>&1").c_str(), "r");
    if (pipe == nullptr) return ran;
    std::array<char, 4096> buffer;
    for (size_t got; (got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
        ran.output.append(buffer.data(), got);
    }
    ran.status = pclose(pipe);
    return ran;
}

}  // namespace vitrine::test
