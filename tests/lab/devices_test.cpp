// `vitrine devices` on the kernel's own virtual drivers: what it says of them, and that a camera
// that films loses nothing by it.
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/app/support.h"
#include "tests/lab/camera.h"

namespace {

using namespace vitrine;
using namespace vitrine::lab;
using Json = nlohmann::ordered_json;

/// What varies from boot to boot is left out: numbers of nodes, and with them their order. Formats
/// of the same sizes name them once.
Json normalized(Json said) {
    std::vector<Json> nodes;
    for (Json& node : said.at("nodes")) {
        node["path"] = "/dev/videoN";
        for (const char* side : {"input", "output"}) {
            if (node.at(side).is_null()) continue;
            Json before;
            for (Json& format : node.at(side).at("formats")) {
                Json sizes = format.at("sizes");
                if (sizes == before) format["sizes"] = "as before";
                before = std::move(sizes);
            }
        }
        nodes.push_back(node);
    }
    const auto name = [](const Json& node) {
        return std::tuple(node.at("driver").get<std::string>(), node.at("kind").get<std::string>(),
                          node.at("stateless").get<bool>());
    };
    std::stable_sort(nodes.begin(), nodes.end(),
                     [&](const Json& a, const Json& b) { return name(a) < name(b); });
    said["nodes"] = nodes;
    said["program"]["version"] = "0";
    return said;
}

/// Where `said` lacks something of `wanted`, or ""; of arrays it may have more, for newer kernels
/// have more formats and controls.
std::string first_lack(const Json& wanted, const Json& said, const std::string& where) {
    if (wanted.is_object() && said.is_object()) {
        for (const auto& [key, value] : wanted.items()) {
            if (!said.contains(key)) return where + "/" + key + " is not there";
            std::string lack = first_lack(value, said.at(key), where + "/" + key);
            if (!lack.empty()) return lack;
        }
        return "";
    }
    if (wanted.is_array() && said.is_array()) {
        size_t next = 0;
        for (const Json& value : wanted) {
            while (next < said.size() && !first_lack(value, said[next], where).empty()) ++next;
            if (next++ == said.size()) return where + " lacks " + value.dump();
        }
        return "";
    }
    return wanted == said ? "" : where + " is " + said.dump() + ", not " + wanted.dump();
}

/// A line for each format and each control, and for each other field.
std::string in_lines(const Json& value, int indent = 0) {
    const std::string margin(static_cast<size_t>(indent) + 1, ' ');
    if (!value.is_structured() || value.empty() || value.contains("fourcc") ||
        value.contains("type") || value.contains("owner") || value.contains("mapped")) {
        return value.dump();
    }
    std::string text;
    for (const auto& [key, each] : value.items()) {
        text += text.empty() ? "\n" : ",\n";
        text += margin + (value.is_object() ? Json(key).dump() + ": " : "");
        text += in_lines(each, indent + 1);
    }
    return (value.is_object() ? "{" : "[") + text + "\n" + margin.substr(1) +
           (value.is_object() ? "}" : "]");
}

TEST(LabDevices, AreSaidAsInTheGoldenJson) {
    const auto ran = test::run_program(VITRINE_PROGRAM " devices --json --all");
    ASSERT_EQ(ran.status, 0) << ran.output;
    const Json said = normalized(Json::parse(ran.output));
    const Json golden = Json::parse(std::ifstream(VITRINE_GOLDEN_DEVICES), nullptr, false);
    const std::string ours = "lab_devices.json";
    std::ofstream(ours) << in_lines(said) << "\n";
    ASSERT_FALSE(golden.is_discarded());
    EXPECT_EQ(first_lack(golden, said, ""), "") << "what it said is in " << ours;
    EXPECT_EQ(golden.at("nodes").size(), said.at("nodes").size());
}

/// The rate is low, so that what is lost is lost to the program and not to a slow machine: vivid
/// skips the pictures that it comes too late for.
TEST(LabDevices, ACameraThatFilmsLosesNoPicture) {
    CameraOptions options;
    options.frames_per_second = 10;
    auto camera = Camera::open(options);
    ASSERT_TRUE(camera) << camera.error().text;
    ASSERT_TRUE((*camera)->start());
    std::atomic<bool> done{false};
    std::vector<uint32_t> sequences;
    std::string trouble;
    std::thread filming([&] {
        while (trouble.empty() && (!done || sequences.size() < 10)) {
            auto picture = (*camera)->next();
            if (!picture) {
                trouble = picture.error().text;
                break;
            }
            if (picture->report().corrupt) trouble = "a corrupt picture";
            sequences.push_back(picture->report().sequence);
            picture = fail(Errc::interrupted, "given back");
            if (auto ok = (*camera)->lend(); !ok) trouble = ok.error().text;
        }
    });
    for (int look = 0; look < 5; ++look) {
        const auto ran = test::run_program(VITRINE_PROGRAM " devices --all -v");
        EXPECT_EQ(ran.status, 0) << ran.output;
        EXPECT_NE(ran.output.find("vivid"), ran.output.npos);
    }
    done = true;
    filming.join();
    EXPECT_EQ(trouble, "");
    for (size_t i = 0; i < sequences.size(); ++i) EXPECT_EQ(sequences[i], i);
}

}  // namespace
