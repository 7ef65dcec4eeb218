#include "hw/v4l2_nodes.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string_view>

namespace vitrine {
namespace {

constexpr std::string_view kPrefix = "video";

std::optional<int> number_of(std::string_view name) {
    if (name.substr(0, kPrefix.size()) != kPrefix) return std::nullopt;
    const std::string_view digits = name.substr(kPrefix.size());
    int number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const bool whole = error == std::errc() && end == digits.data() + digits.size();
    return whole && !digits.empty() ? std::optional(number) : std::nullopt;
}

}  // namespace

Result<std::vector<std::string>> video_nodes(Kernel& kernel) {
    std::vector<std::string> names;
    if (kernel.list("/dev", names) != 0) {
        const int error = errno;
        return fail(errc_of(error), "cannot list /dev: {}", errno_text(error));
    }
    std::vector<int> numbers;
    for (const std::string& name : names) {
        if (const auto number = number_of(name)) numbers.push_back(*number);
    }
    std::sort(numbers.begin(), numbers.end());
    std::vector<std::string> paths;
    for (const int number : numbers) paths.push_back(fmt::format("/dev/video{}", number));
    return paths;
}

}  // namespace vitrine
