#include "tests/lab/nodes.h"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "hw/v4l2_nodes.h"

namespace vitrine::lab {

std::string node_named(const std::string& name) {
    RealKernel kernel;
    const auto nodes = video_nodes(kernel);
    if (!nodes) throw std::runtime_error(nodes.error().text);
    for (const std::string& node : *nodes) {
        std::ifstream file("/sys/class/video4linux/" + node.substr(node.rfind('/') + 1) + "/name");
        std::string line;
        if (std::getline(file, line) && line == name) return node;
    }
    throw std::runtime_error("there is no node '" + name + "': this is a test of ./dev lab");
}

bool codec_is_multi_planar() {
    const char* kind = std::getenv("VITRINE_LAB_CODEC");
    if (kind == nullptr) throw std::runtime_error("this is a test of ./dev lab");
    return std::string_view(kind) == "multi-planar";
}

std::shared_ptr<V4l2Device> open_node(const std::string& name, std::shared_ptr<Kernel> kernel) {
    auto device = V4l2Device::open(std::move(kernel), node_named(name));
    if (!device) throw std::runtime_error(device.error().text);
    return std::move(*device);
}

}  // namespace vitrine::lab
