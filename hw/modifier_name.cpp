#include "hw/modifier_name.h"

#include <fmt/format.h>
#include <xf86drm.h>

#include <cstdlib>
#include <memory>
#include <string_view>

namespace vitrine {
namespace {

struct Free {
    void operator()(char* text) const { std::free(text); }
};
using Text = std::unique_ptr<char, Free>;

}  // namespace

std::string modifier_name(uint64_t modifier) {
    const Text vendor(drmGetFormatModifierVendor(modifier));
    const Text name(drmGetFormatModifierName(modifier));
    const std::string text = name ? name.get() : fmt::format("{:#x}", modifier);
    const bool needs_vendor = vendor && std::string_view(vendor.get()) != "NONE";
    return needs_vendor ? fmt::format("{}:{}", vendor.get(), text) : text;
}

}  // namespace vitrine
