// The machine that figures are of: what it is, and what its clock and temperature are just now.
// Reentrant.
#pragma once

#include <optional>
#include <string>

namespace vitrine {

/// "Debian GNU/Linux 12 (bookworm), Linux 6.1.0-30-amd64 x86_64".
[[nodiscard]] std::string system_text();

/// "Raspberry Pi 4 Model B Rev 1.4", or the processor's name; and how many there are of it.
/// root: "" but for tests.
[[nodiscard]] std::string processor_text(const std::string& root = "");

struct MachineState {
    std::string governor;           // of the processor's clock; "" where it does not say
    std::optional<int> megahertz;   // of the first processor
    std::optional<double> celsius;  // the hottest of its zones
};
[[nodiscard]] MachineState read_machine_state(const std::string& root = "");
/// "governor performance, 1800 MHz, 52.1 C"; "governor, clock and temperature not to be read".
[[nodiscard]] std::string text_of(const MachineState& state);

}  // namespace vitrine
