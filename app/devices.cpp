#include "app/devices.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "hw/v4l2_nodes.h"

namespace vitrine {

bool is_listed(V4l2Kind kind, const DevicesOptions& options) {
    const bool any = !options.names_a_kind();
    switch (kind) {
        case V4l2Kind::decoder:
            return options.all || any || options.decoders;
        case V4l2Kind::encoder:
            return options.all || any || options.encoders;
        case V4l2Kind::converter:
            return options.all || any || options.converters;
        case V4l2Kind::camera:
        case V4l2Kind::loopback:
            return options.all || any || options.cameras;
        case V4l2Kind::output:
        case V4l2Kind::metadata:
        case V4l2Kind::other:
            return options.all;
        case V4l2Kind::unknown:
            return true;
    }
    return true;
}

namespace {

V4l2Description describe_guarded(const std::shared_ptr<Kernel>& kernel,
                                 const std::shared_ptr<CallGuard>& calls, const std::string& path,
                                 V4l2Detail detail) {
    GuardedThread::Options thread;
    thread.guard = calls;
    thread.callee = path;
    auto node = run_guarded<V4l2Description>(
        std::move(thread), "asking what it is",
        [=]() -> Result<V4l2Description> { return describe_node(kernel, path, detail); });
    if (node) return std::move(*node);
    V4l2Description silent;
    silent.path = path;
    silent.rights = rights_of(*kernel, path);
    silent.refused = fmt::format("its driver does not answer: {}", node.error().text);
    return silent;
}

// At the same time, so that those which hang are waited for together, and no more, for each takes
// two threads, of which a container may grant few.
constexpr size_t kAskers = 16;

std::vector<V4l2Description> describe_all(const std::shared_ptr<Kernel>& kernel,
                                          const std::shared_ptr<CallGuard>& calls,
                                          const std::vector<std::string>& paths,
                                          V4l2Detail detail) {
    std::vector<V4l2Description> nodes(paths.size());
    std::atomic<size_t> next = 0;
    const auto ask = [&] {
        for (size_t i = next++; i < paths.size(); i = next++) {
            nodes[i] = describe_guarded(kernel, calls, paths[i], detail);
        }
    };
    std::vector<std::thread> askers;
    while (askers.size() < std::min(kAskers, paths.size())) askers.emplace_back(ask);
    for (std::thread& asker : askers) asker.join();
    return nodes;
}

}  // namespace

Result<DevicesReport> find_devices(const std::shared_ptr<Kernel>& kernel,
                                   const std::shared_ptr<CallGuard>& calls,
                                   const DevicesOptions& options, bool json) {
    const auto paths = nodes_to_list(*kernel);
    if (!paths) return Failure(paths.error());
    const auto detail =
        json || options.verbose ? V4l2Detail::with_controls : V4l2Detail::without_controls;
    DevicesReport report;
    for (V4l2Description& node : describe_all(kernel, calls, *paths, detail)) {
        if (is_listed(node.kind, options)) {
            report.nodes.push_back(std::move(node));
        } else {
            ++report.left_out;
        }
    }
    return report;
}

}  // namespace vitrine
