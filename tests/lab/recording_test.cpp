// The calls that our own decoder makes throughout a film, on the emulated VPU and on the kernel's
// decoder, recorded on either and made again to the other: every answer has to be the same. Where
// they differ, the emulator is wrong.
#include <gtest/gtest.h>

#include <iostream>

#include "tests/lab/decoding.h"
#include "tests/lab/recording.h"

namespace {

using namespace vitrine;
using namespace vitrine::lab;

struct Recorded {
    std::vector<Call> calls;
    std::vector<size_t> numbers;  // of the units that were given, in their order
};

constexpr size_t kFilm = kSmallUnits + kLargeUnits;

/// Playing, seeking within one size and to the other, playing through the change, to the end, and
/// from the start again.
void play(Decoding& decoding, const std::vector<Unit>& film) {
    const auto go_on = [&](size_t from, size_t pictures, size_t hold) {
        decoding.add(film, from);
        const auto run = decoding.run({hold, pictures, true, Decoding::Look::away});
        EXPECT_EQ(run.trouble, "");
        EXPECT_EQ(run.serials.size(), std::min(pictures, kFilm - from));
        EXPECT_EQ(run.ended, pictures > kFilm - from);
    };
    go_on(0, 3, 1);
    decoding.flush();
    go_on(5, SIZE_MAX, 4);
    decoding.flush();
    go_on(0, 2, 2);
    decoding.flush();
    go_on(kSmallUnits + 5, 2, 0);
    decoding.flush();
    go_on(kSmallUnits, SIZE_MAX, 1);
}

Recorded record(Machine machine) {
    const auto kernel = std::make_shared<RecordingKernel>(machine.kernel);
    machine.kernel = kernel;
    Recorded out;
    {
        Decoding decoding(machine, kLarge);  // so that its input has room for the units of both
        play(decoding, *machine.units);
        for (const Unit* unit : decoding.given())
            out.numbers.push_back(static_cast<size_t>(unit - machine.units->data()));
    }
    out.calls = std::move(kernel->calls);
    return out;
}

void expect_same(const Recorded& recorded, const Machine& machine) {
    const Replay replayed = replay(recorded.calls, machine, recorded.numbers);
    EXPECT_EQ(replayed.difference, "") << "after " << replayed.compared << " calls";
    EXPECT_GT(replayed.compared, 200);
    std::cout << replayed.compared << " calls of " << recorded.calls.size()
              << " were made again and answered alike, of " << recorded.numbers.size()
              << " units\n";
}

TEST(Recorded, CallsToTheEmulatorAreAnsweredAlikeByTheKernel) {
    expect_same(record(emulated_machine()), real_machine());
}

TEST(Recorded, CallsToTheKernelAreAnsweredAlikeByTheEmulator) {
    expect_same(record(real_machine()), emulated_machine());
}

}  // namespace
