// `vitrine devices` on the kernel's own virtual drivers: what it says of them, and that a camera
// that films loses nothing by it.
#include <gtest/gtest.h>
#include <linux/videodev2.h>

#include <atomic>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "hw/v4l2_nodes.h"
#include "tests/app/support.h"
#include "tests/lab/camera.h"

namespace {

using namespace vitrine;
using namespace vitrine::lab;
using Json = nlohmann::ordered_json;

Json devices() {
    const auto ran = test::run_program(VITRINE_PROGRAM " devices --json --all");
    EXPECT_EQ(ran.status, 0) << ran.output;
    Json said = Json::parse(ran.output, nullptr, false);
    EXPECT_FALSE(said.is_discarded()) << ran.output;
    return said;
}

/// What varies from boot to boot is left out: numbers of nodes, and with them their order, and
/// which kind of codec it is. So is what the kernel words or bounds, which varies from one version
/// to the next, and is compared with what that very kernel says. Formats of the same sizes name
/// them once.
Json normalized(Json said) {
    std::vector<Json> nodes;
    for (Json& node : said.at("nodes")) {
        node["path"] = "/dev/videoN";
        node.erase("card");
        if (node.at("driver") == "vicodec") {
            EXPECT_EQ(node.at("multi_planar"), codec_is_multi_planar());
            node["multi_planar"] = "as booted";
        }
        for (Json& control : node.at("controls")) {
            for (const char* words : {"name", "minimum", "maximum", "step", "default", "menu"})
                control.erase(words);
        }
        for (const char* side : {"input", "output"}) {
            if (node.at(side).is_null()) continue;
            Json before;
            for (Json& format : node.at(side).at("formats")) {
                format.erase("description");
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
/// have more nodes, formats and controls.
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
    const Json said = normalized(devices());
    const Json golden = Json::parse(std::ifstream(VITRINE_GOLDEN_DEVICES), nullptr, false);
    const std::string ours = "lab_devices.json";
    std::ofstream(ours) << in_lines(said) << "\n";
    ASSERT_FALSE(golden.is_discarded());
    EXPECT_EQ(first_lack(golden, said, ""), "") << "what it said is in " << ours;
}

Json formats_of(V4l2Device& device, V4l2Side side) {
    Json out = Json::array();
    v4l2_fmtdesc entry{};
    entry.type = device.buffer_type(side);
    for (; device.ioctl(VIDIOC_ENUM_FMT, &entry) == 0; ++entry.index) {
        out.push_back({{"fourcc", to_string(V4l2Format{entry.pixelformat})},
                       {"description", reinterpret_cast<const char*>(entry.description)}});
    }
    return out;
}

Json menu_of(V4l2Device& device, const v4l2_query_ext_ctrl& control) {
    Json out = Json::array();
    const bool numbers = control.type == V4L2_CTRL_TYPE_INTEGER_MENU;
    if (!numbers && control.type != V4L2_CTRL_TYPE_MENU) return out;
    for (auto i = control.minimum; i <= control.maximum; ++i) {
        v4l2_querymenu item{};
        item.id = control.id;
        item.index = static_cast<uint32_t>(i);
        if (device.ioctl(VIDIOC_QUERYMENU, &item) != 0) continue;
        out.push_back({{"index", i},
                       {"name", numbers ? std::to_string(item.value)
                                        : reinterpret_cast<const char*>(item.name)}});
    }
    return out;
}

Json controls_of(V4l2Device& device) {
    constexpr uint32_t kNext = V4L2_CTRL_FLAG_NEXT_CTRL | V4L2_CTRL_FLAG_NEXT_COMPOUND;
    Json out = Json::array();
    v4l2_query_ext_ctrl control{};
    for (control.id = kNext; device.ioctl(VIDIOC_QUERY_EXT_CTRL, &control) == 0;
         control.id |= kNext) {
        if (control.type == V4L2_CTRL_TYPE_CTRL_CLASS) continue;
        out.push_back({{"id", control.id},
                       {"name", std::string(control.name)},
                       {"minimum", control.minimum},
                       {"maximum", control.maximum},
                       {"step", control.step},
                       {"default", control.default_value},
                       {"menu", menu_of(device, control)}});
    }
    return out;
}

/// Without what is ours, as "sizes": of each object those keys that the other has too.
Json reduced(const Json& said, const Json& like) {
    Json out = Json::array();
    for (const Json& each : said) {
        Json one;
        for (const auto& [key, value] : like.items()) one[key] = each.at(key);
        out.push_back(one);
    }
    return out;
}

TEST(LabDevices, AreSaidAsTheKernelSaysThem) {
    const Json said = devices();
    RealKernel kernel;
    EXPECT_EQ(said.at("nodes").size(), video_nodes(kernel).value().size());
    std::set<std::string> paths;
    for (const Json& node : said.at("nodes")) {
        const auto path = node.at("path").get<std::string>();
        SCOPED_TRACE(path);
        EXPECT_TRUE(paths.insert(path).second) << "it is said twice";
        auto device = V4l2Device::open(std::make_shared<RealKernel>(), path);
        ASSERT_TRUE(device) << device.error().text;
        EXPECT_EQ(node.at("driver"), (*device)->capability().driver);
        EXPECT_EQ(node.at("card"), (*device)->capability().card);
        EXPECT_EQ(node.at("bus"), (*device)->capability().bus);
        for (const auto& [name, side] :
             {std::pair("input", V4l2Side::input), std::pair("output", V4l2Side::output)}) {
            if (node.at(name).is_null()) continue;
            const Json formats = formats_of(**device, side);
            ASSERT_FALSE(formats.empty());
            EXPECT_EQ(reduced(node.at(name).at("formats"), formats[0]), formats);
        }
        const Json controls = controls_of(**device);
        ASSERT_FALSE(controls.empty());
        EXPECT_EQ(reduced(node.at("controls"), controls[0]), controls);
    }
}

/// The rate is low, so that what is lost is lost to the program and not to a slow machine: vivid
/// skips the pictures that it comes too late for.
class LabFilming : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(, LabFilming, ::testing::Bool(),
                         [](const auto& row) { return name_of_kind(row.param); });

TEST_P(LabFilming, LosesNoPictureToThatTheDevicesAreAsked) {
    CameraOptions options;
    options.multi_planar = GetParam();
    options.frames_per_second = 5;
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
