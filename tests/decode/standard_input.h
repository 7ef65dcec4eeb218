// Standard input is something else while an object of this lives. One at a time; thread-bound.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "core/unique_fd.h"

namespace vitrine {

class StandardInput {
  public:
    explicit StandardInput(const std::string& path) : StandardInput(open(path)) {}
    explicit StandardInput(UniqueFd fd) : before_(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)) {
        EXPECT_EQ(::dup2(fd.get(), STDIN_FILENO), STDIN_FILENO);
    }
    ~StandardInput() {
        if (before_) {
            ::dup2(before_.get(), STDIN_FILENO);
        } else {
            ::close(STDIN_FILENO);
        }
    }
    StandardInput(const StandardInput&) = delete;
    StandardInput& operator=(const StandardInput&) = delete;

  private:
    static UniqueFd open(const std::string& path) {
        UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
        EXPECT_TRUE(fd) << path;
        return fd;
    }
    const UniqueFd before_;
};

}  // namespace vitrine
