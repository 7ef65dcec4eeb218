// Waits for what another thread will bring about. Reentrant.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace vitrine::testing {

/// Fails the test after 20 s, and returns.
template <typename Condition>
void wait_until(const Condition& condition) {
    for (int i = 0; i < 20000; ++i) {
        if (condition()) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    FAIL() << "did not come to this";
}

}  // namespace vitrine::testing
