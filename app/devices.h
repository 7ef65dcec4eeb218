// `vitrine devices`: the V4L2 nodes of this machine and what they offer, and the two forms that
// this is told in. Nothing is changed at any node, and none stays open. Reentrant.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/devices_options.h"
#include "core/call_guard.h"
#include "hw/v4l2_description.h"

namespace vitrine {

struct DevicesReport {
    std::vector<V4l2Description> nodes;  // by their numbers, a vendor's at the end
    size_t left_out = 0;                 // nodes of kinds that were not asked for
};

/// A node that could not be asked is listed whatever was asked for: it may be what is looked for.
[[nodiscard]] bool is_listed(V4l2Kind kind, const DevicesOptions& options);

/// json: everything is asked, as with `verbose`. The nodes are asked at the same time, and one
/// whose driver does not answer is described by that. Errors: /dev cannot be read.
[[nodiscard]] Result<DevicesReport> find_devices(const std::shared_ptr<Kernel>& kernel,
                                                 const std::shared_ptr<CallGuard>& calls,
                                                 const DevicesOptions& options, bool json);

/// Lines of at most 100 columns, as far as names allow; nodes of a bus stand together.
[[nodiscard]] std::string devices_text(const DevicesReport& report, bool verbose);

/// As docs/devices.md has it.
[[nodiscard]] std::string devices_json(const DevicesReport& report);

}  // namespace vitrine
