// What a fuzz target is: one function over bytes that a stranger could have sent. libfuzzer.cpp has
// libFuzzer find inputs for it, corpus_test.cpp runs it over those that are committed. Not
// thread-safe: one input at a time.
#pragma once

#include <cstdint>
#include <span>

namespace vitrine::fuzz {

/// Runs one input; a breach of what must hold whatever comes ends the process, by require() or a
/// sanitizer. Returns how much came of it (access units, pictures, entries of a description): a
/// corpus of which nothing comes tests nothing.
int run_input(std::span<const uint8_t> input);

/// Says which rule was broken, and ends the process, as fuzzers want it.
void require(bool holds, const char* rule);

}  // namespace vitrine::fuzz
