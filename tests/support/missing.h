// What a test does without something that ./dev installs: it skips on a developer's machine and
// fails where CI=true is set, so that no skip hides a gap there. Reentrant.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string_view>

namespace vitrine::test {

[[nodiscard]] inline bool in_ci() {
    const char* ci = std::getenv("CI");
    return ci != nullptr && std::string_view(ci) == "true";
}

}  // namespace vitrine::test

/// Ends the test, saying `what` is missing.
#define VITRINE_MISSING(what)                                                       \
    do {                                                                            \
        if (vitrine::test::in_ci()) FAIL() << "in CI this must not be: " << (what); \
        GTEST_SKIP() << (what);                                                     \
    } while (false)
