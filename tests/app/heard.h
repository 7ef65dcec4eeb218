// A run of the program in time, and what it let see and hear: SDL's disk driver writes the sound.
// Reentrant.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/app/support.h"

namespace vitrine::test {

struct Heard {
    std::vector<float> samples;       // of two channels at 48 kHz
    std::vector<std::string> hashes;  // of the pictures presented
    std::string timing;               // of --timing-json
    Ran ran;

    /// A number of the timing, by its JSON pointer: "/sound/samples"; -1 where there is none.
    [[nodiscard]] int64_t timed(const std::string& pointer) const;
};

/// Of a file of 32-bit floats.
[[nodiscard]] std::vector<float> samples_of(const std::string& path);

/// For a shell, meanwhile: once it plays; before: before it begins. $pid is the program, $log what
/// it says, $sound the file that it lets hear.
[[nodiscard]] Heard play(const std::string& arguments, const std::string& meanwhile = ":",
                         const std::string& before = ":");

/// For a shell: waits, for some seconds at most, until the program has said this.
[[nodiscard]] std::string until_it_says(const std::string& text);

/// The numbers of counted samples, of which none came too late.
void expect_samples(const Heard& heard, const std::vector<int64_t>& expected);

}  // namespace vitrine::test
