#include "app/machine_state.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <fstream>
#include <vector>

#include "app/text.h"
#include "core/counted.h"
#include "core/value_text.h"

namespace vitrine {
namespace {

/// "Debian GNU/Linux 12 (bookworm)", of os-release(5).
std::string system_name() {
    std::ifstream file("/etc/os-release");
    const std::string key = "PRETTY_NAME=";
    for (std::string line; std::getline(file, line);) {
        if (line.rfind(key, 0) != 0) continue;
        std::string name = line.substr(key.size());
        if (name.size() >= 2 && name.front() == '"') name = name.substr(1, name.size() - 2);
        return name;
    }
    return "unknown system";
}

/// "" where there is no such file.
std::string first_line(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    // Device trees end their texts with a zero.
    while (!line.empty() && line.back() == '\0') line.pop_back();
    return std::string(trimmed(line));
}

std::optional<long> number_in(const std::string& path) {
    const std::string text = first_line(path);
    const auto digits = parse_digits(text.starts_with('-') ? text.substr(1) : text);
    if (!digits || *digits > 1000000000) return std::nullopt;
    return static_cast<long>(*digits) * (text.starts_with('-') ? -1 : 1);
}

struct Processors {
    std::string name;
    size_t count = 0;
};

Processors read_cpuinfo(const std::string& path) {
    Processors out;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        const size_t colon = line.find(':');
        if (colon == line.npos) continue;
        const std::string_view key = trimmed(std::string_view(line).substr(0, colon));
        if (key == "processor") ++out.count;
        if (key == "model name" && out.name.empty())
            out.name = trimmed(std::string_view(line).substr(colon + 1));
    }
    return out;
}

}  // namespace

std::string system_text() {
    utsname kernel{};
    if (uname(&kernel) != 0) return system_name();
    return fmt::format("{}, {} {} {}", system_name(), kernel.sysname, kernel.release,
                       kernel.machine);
}

std::string processor_text(const std::string& root) {
    const Processors found = read_cpuinfo(root + "/proc/cpuinfo");
    std::string name = first_line(root + "/proc/device-tree/model");
    if (name.empty()) name = found.name;
    if (name.empty()) name = "unknown processor";
    return fmt::format("{}, {}", name, counted(found.count, "processor"));
}

MachineState read_machine_state(const std::string& root) {
    MachineState state;
    const std::string clock = root + "/sys/devices/system/cpu/cpu0/cpufreq/";
    state.governor = first_line(clock + "scaling_governor");
    if (const auto kilohertz = number_in(clock + "scaling_cur_freq"))
        state.megahertz = static_cast<int>(*kilohertz / 1000);
    constexpr int kMostZones = 64;
    for (int i = 0; i < kMostZones; ++i) {
        const auto milli =
            number_in(fmt::format("{}/sys/class/thermal/thermal_zone{}/temp", root, i));
        if (!milli) continue;
        const double celsius = static_cast<double>(*milli) / 1000;
        state.celsius = std::max(state.celsius.value_or(celsius), celsius);
    }
    return state;
}

std::string text_of(const MachineState& state) {
    std::vector<std::string> parts;
    if (!state.governor.empty()) parts.push_back("governor " + state.governor);
    if (state.megahertz) parts.push_back(fmt::format("{} MHz", *state.megahertz));
    if (state.celsius) parts.push_back(fmt::format("{:.1f} C", *state.celsius));
    return parts.empty() ? "governor, clock and temperature not to be read" : joined(parts, ", ");
}

}  // namespace vitrine
