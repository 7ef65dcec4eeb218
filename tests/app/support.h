// What several tests of the program need. Reentrant.
#pragma once

#include <string>

namespace vitrine::test {

/// A folder of its own under the temporary one, removed with all that is in it.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }

  private:
    std::string folder_;
};

[[nodiscard]] std::string contents_of(const std::string& path);

[[nodiscard]] inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

[[nodiscard]] bool is_installed(const std::string& program);

struct Ran {
    int status = -1;     // as of waitpid
    std::string output;  // of both streams
};
/// By /bin/sh.
[[nodiscard]] Ran run_program(const std::string& command);

}  // namespace vitrine::test
