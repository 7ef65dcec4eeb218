#include <unistd.h>

#include <cstdlib>
#include <string>

#include "tests/nvidia/driver.h"

namespace vitrine::nvidia {

std::optional<uint64_t> fault(std::string_view name) {
    const char* wanted = std::getenv("VITRINE_NVIDIA_FAULT");
    if (wanted == nullptr) return std::nullopt;
    const std::string_view text(wanted);
    const size_t at = text.find('@');
    if (text.substr(0, at) != name) return std::nullopt;
    if (at == std::string_view::npos) return 1;
    return std::strtoull(wanted + at + 1, nullptr, 10);
}

void hang_in(std::string_view call) {
    const char* wanted = std::getenv("VITRINE_NVIDIA_FAULT");
    if (wanted == nullptr || std::string_view(wanted) != "hang@" + std::string(call)) return;
    while (true) pause();
}

}  // namespace vitrine::nvidia
