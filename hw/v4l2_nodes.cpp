#include "hw/v4l2_nodes.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string_view>

namespace vitrine {
namespace {

constexpr std::string_view kPrefix = "video";
// Of NVIDIA's Jetson boards, in JetPack 5 and newer, and before.
constexpr std::array<std::string_view, 4> kVendorNames = {"v4l2-nvdec", "v4l2-nvenc",
                                                          "nvhost-nvdec", "nvhost-msenc"};

std::optional<int> number_of(std::string_view name) {
    if (name.substr(0, kPrefix.size()) != kPrefix) return std::nullopt;
    const std::string_view digits = name.substr(kPrefix.size());
    int number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const bool whole = error == std::errc() && end == digits.data() + digits.size();
    return whole && !digits.empty() ? std::optional(number) : std::nullopt;
}

Result<std::vector<std::string>> names_in_dev(Kernel& kernel) {
    std::vector<std::string> names;
    if (kernel.list("/dev", names) != 0) {
        const int error = errno;
        return fail(errc_of(error), "cannot list /dev: {}", errno_text(error));
    }
    return names;
}

std::vector<std::string> video_nodes_of(const std::vector<std::string>& names) {
    std::vector<int> numbers;
    for (const std::string& name : names) {
        if (const auto number = number_of(name)) numbers.push_back(*number);
    }
    std::sort(numbers.begin(), numbers.end());
    std::vector<std::string> paths;
    for (const int number : numbers) paths.push_back(fmt::format("/dev/video{}", number));
    return paths;
}

}  // namespace

Result<std::vector<std::string>> video_nodes(Kernel& kernel) {
    const auto names = names_in_dev(kernel);
    if (!names) return Failure(names.error());
    return video_nodes_of(*names);
}

Result<std::vector<std::string>> nodes_to_list(Kernel& kernel) {
    const auto names = names_in_dev(kernel);
    if (!names) return Failure(names.error());
    std::vector<std::string> paths = video_nodes_of(*names);
    for (const std::string_view vendor : kVendorNames) {
        const bool there = std::find(names->begin(), names->end(), vendor) != names->end();
        if (there) paths.push_back(fmt::format("/dev/{}", vendor));
    }
    return paths;
}

}  // namespace vitrine
