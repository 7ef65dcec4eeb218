// What several tests of the program need. Reentrant.
#pragma once

#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"

namespace vitrine::test {

using testing::TemporaryFolder;

[[nodiscard]] std::string contents_of(const std::string& path);

[[nodiscard]] inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// Of what --frame-hash or ffmpeg's framemd5 wrote.
[[nodiscard]] std::vector<std::string> hashes_of(const std::string& text);

[[nodiscard]] bool is_installed(const std::string& program);

struct Ran {
    int status = -1;     // as of waitpid
    std::string output;  // of both streams
};
/// By /bin/sh.
[[nodiscard]] Ran run_program(const std::string& command);

}  // namespace vitrine::test
