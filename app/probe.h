// `vitrine probe`: tries what this machine can do. Leaves nothing behind. Thread-bound while it
// runs: it makes a GL context and opens SDL's video drivers in turn.
#pragma once

#include <memory>

#include "app/probe_report.h"
#include "core/call_guard.h"

namespace vitrine {

[[nodiscard]] ProbeReport probe_machine(const std::shared_ptr<CallGuard>& calls);

/// The device nodes that decoding and drawing may need, of those that there are under `root`
/// ("/dev").
[[nodiscard]] std::vector<ProbeReport::Node> find_nodes(const std::string& root);

}  // namespace vitrine
