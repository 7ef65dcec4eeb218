#include "hw/display_cards.h"

#include <drm.h>
#include <fcntl.h>

#include <cerrno>
#include <optional>
#include <vector>

#include "core/unique_fd.h"

namespace vitrine {
namespace {

/// Who opens a card first is its master; nobody else can be it before that one closes it (drm(7)).
/// To the user root the kernel says EBUSY, to others EACCES.
bool has_other_master(Kernel& kernel, int card) {
    if (kernel.ioctl(card, DRM_IOCTL_SET_MASTER, nullptr) == 0) return false;
    return errno == EBUSY || errno == EACCES;
}

/// Nothing where nothing but the want of a display is in the way.
std::optional<std::string> refusal_of(Kernel& kernel, const std::string& path) {
    const UniqueFd card(kernel.open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!card) return explain_open_failure(kernel, path, errno).text;
    if (!has_other_master(kernel, card.get())) return std::nullopt;
    return fmt::format(
        "another program has the displays of {}, such as a desktop on another terminal: 'fuser -v "
        "{}' names those that may",
        path, path);
}

}  // namespace

std::string explain_no_display(Kernel& kernel) {
    std::vector<std::string> names;
    (void)kernel.list("/dev/dri", names);
    bool any = false;
    for (const std::string& name : names) {
        if (!name.starts_with("card")) continue;
        any = true;
        if (auto refusal = refusal_of(kernel, "/dev/dri/" + name)) return *refusal;
    }
    return any ? "no card in /dev/dri has a display that SDL can use"
               : "there is no card in /dev/dri";
}

}  // namespace vitrine
