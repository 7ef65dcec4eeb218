#include "app/devices.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/app/support.h"

namespace vitrine {
namespace {

using test::contains;
using Json = nlohmann::json;

V4l2Format fourcc(const char (&letters)[5]) {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; ++i) value |= static_cast<uint32_t>(letters[i]) << 8 * i;
    return {value};
}

V4l2FormatDescription format(const char (&letters)[5], bool compressed) {
    V4l2FormatDescription out;
    out.offer = {fourcc(letters), "What it is", compressed};
    out.sizes.range = V4l2Range::stepwise;
    out.sizes.list = {{{32, 32}, {}}, {{1920, 1088}, {}}};
    out.sizes.step = {2, 2};
    return out;
}

V4l2Description encoder() {
    V4l2Description node;
    node.path = "/dev/video11";
    node.rights = NodeRights{"root", "video", 0660};
    node.kind = V4l2Kind::encoder;
    node.capability = {"some-codec", "Some encoder", "platform:codec", 0x04204000};
    node.input.emplace();
    node.input->formats = {format("NM12", false)};
    node.input->memory = V4l2MemoryKinds{true, true, false, false};
    V4l2Intervals& rates = node.input->formats[0].sizes.list[1].intervals;
    rates.range = V4l2Range::stepwise;
    rates.list = {{1, 120}, {1001, 30000}};
    node.output.emplace();
    node.output->formats = {format("H264", true), format("HEVC", true)};
    node.output->memory_refused = "it does\nnot say";
    V4l2Control bitrate;
    bitrate.name = "Video Bitrate";
    bitrate.type = "integer";
    bitrate.minimum = 25000;
    bitrate.maximum = 25000000;
    bitrate.step = 25000;
    bitrate.default_value = 10000000;
    node.controls = {bitrate};
    return node;
}

V4l2Description refused() {
    V4l2Description node;
    node.path = "/dev/video2";
    node.rights = NodeRights{"root", "video", 0660};
    node.refused = "/dev/video2 is busy";
    return node;
}

V4l2Description converter() {
    V4l2Description node = encoder();
    node.path = "/dev/video12";
    node.kind = V4l2Kind::converter;
    node.output->formats = {format("RGB3", false)};
    return node;
}

TEST(Devices, WhatIsAskedForIsListedAndWhatCannotBeAskedAlways) {
    const auto listed = [](V4l2Kind kind, const DevicesOptions& options) {
        return is_listed(kind, options);
    };
    const DevicesOptions none;
    for (const auto kind : {V4l2Kind::decoder, V4l2Kind::encoder, V4l2Kind::converter,
                            V4l2Kind::camera, V4l2Kind::loopback, V4l2Kind::unknown}) {
        EXPECT_TRUE(listed(kind, none)) << name_of(kind);
    }
    DevicesOptions all;
    all.all = true;
    for (const auto kind : {V4l2Kind::output, V4l2Kind::metadata, V4l2Kind::other}) {
        EXPECT_FALSE(listed(kind, none)) << name_of(kind);
        EXPECT_TRUE(listed(kind, all)) << name_of(kind);
    }
    DevicesOptions some;
    some.cameras = some.encoders = true;
    EXPECT_TRUE(listed(V4l2Kind::camera, some));
    EXPECT_TRUE(listed(V4l2Kind::loopback, some));
    EXPECT_TRUE(listed(V4l2Kind::encoder, some));
    EXPECT_TRUE(listed(V4l2Kind::unknown, some));
    EXPECT_FALSE(listed(V4l2Kind::decoder, some));
    EXPECT_FALSE(listed(V4l2Kind::converter, some));
}

TEST(DevicesText, NodesOfABusStandTogether) {
    const std::string text = devices_text({{refused(), encoder(), converter()}, 1}, false);
    EXPECT_EQ(text,
              "Not to be asked\n"
              "  /dev/video2   not known  /dev/video2 is busy\n"
              "                           root:video 0660\n"
              "\n"
              "platform:codec\n"
              "  /dev/video11  encoder    Some encoder (some-codec)\n"
              "                           takes NM12 up to 1920x1088 (29.97 to 120 fps)\n"
              "                           gives H264, HEVC up to 1920x1088\n"
              "  /dev/video12  converter  Some encoder (some-codec)\n"
              "                           takes NM12 up to 1920x1088 (29.97 to 120 fps)\n"
              "                           gives RGB3 up to 1920x1088\n"
              "\n"
              "1 node is of other kinds; --all lists every one\n");
}

/// As webcams are: raw pictures do not pass the bus as often as coded ones do.
TEST(DevicesText, OfTheLargestSizeTheHighestRateIsSaid) {
    const auto at = [](Size size, std::vector<V4l2Interval> intervals) {
        return V4l2Sizes::Offer{size, {V4l2Range::discrete, std::move(intervals), {}}};
    };
    const auto discrete = [](const char(&letters)[5], std::vector<V4l2Sizes::Offer> offers) {
        V4l2FormatDescription out = format(letters, false);
        out.sizes = {V4l2Range::discrete, std::move(offers), {}};
        return out;
    };
    const auto raw = discrete(
        "YUYV", {at({640, 480}, {{1, 120}}), at({1920, 1080}, {{1, 5}}), at({1920, 1080}, {})});
    const auto coded = discrete(
        "MJPG", {at({1920, 1080}, {{1, 15}, {1, 30}, {0, 0}}), at({1280, 720}, {{1, 60}})});
    V4l2Description node = encoder();
    node.kind = V4l2Kind::camera;
    node.input.reset();
    for (const auto& formats : {std::vector{raw, coded}, std::vector{coded, raw}}) {
        node.output->formats = formats;
        const std::string text = devices_text({{node}, 0}, false);
        EXPECT_TRUE(contains(text, " up to 1920x1080 (15, 30, ? fps)\n")) << text;
    }
}

TEST(DevicesText, VerboseSaysEverything) {
    EXPECT_EQ(
        devices_text({{encoder()}, 0}, true),
        "platform:codec\n"
        "  /dev/video11  encoder\n"
        "    card      Some encoder\n"
        "    driver    some-codec\n"
        "    rights    root:video 0660\n"
        "    queues    multi-planar, streaming\n"
        "    takes     memory: mmap, dmabuf\n"
        "              NM12 (What it is): 32x32 to 1920x1088 (29.97 to 120 fps) by 2x2\n"
        "    gives     memory not known: it does?not say\n"
        "              H264 (What it is, compressed): 32x32 to 1920x1088 by 2x2\n"
        "              HEVC (What it is, compressed): 32x32 to 1920x1088 by 2x2\n"
        "    controls  Video Bitrate: integer 25000 to 25000000 by 25000, default 10000000\n");
}

TEST(DevicesText, FitsAHundredColumns) {
    V4l2Description node = encoder();
    node.capability.card = "A card with a name of which its maker could not have enough, at all";
    for (int i = 0; i < 60; ++i) node.output->formats.push_back(format("YUYV", false));
    for (const bool verbose : {false, true}) {
        std::istringstream lines(devices_text({{node, refused()}, 3}, verbose));
        for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
    }
}

TEST(DevicesText, WithoutAnyNodeItSaysWhatToDo) {
    const std::string text = devices_text({}, false);
    EXPECT_TRUE(contains(text, "There is no V4L2 device here"));
    EXPECT_TRUE(contains(text, "modprobe"));
    EXPECT_TRUE(contains(text, "docker run --device=/dev/video0")) << "it is no option of ours";
    EXPECT_EQ(devices_text({{}, 2}, true), "2 nodes are of other kinds; --all lists every one\n");
}

TEST(DevicesJson, HoldsEveryKindOfRange) {
    const Json json = Json::parse(devices_json({{encoder(), refused()}, 4}));
    EXPECT_EQ(json["schema"], 1);
    EXPECT_EQ(json["left_out"], 4);
    const Json& node = json["nodes"][0];
    EXPECT_EQ(node["kind"], "encoder");
    EXPECT_EQ(node["rights"]["mode"], "0660");
    const Json& sizes = node["input"]["formats"][0]["sizes"];
    EXPECT_EQ(sizes["range"], "stepwise");
    EXPECT_EQ(sizes["step"]["width"], 2);
    EXPECT_EQ(sizes["list"][0]["intervals"]["range"], "unsaid");
    EXPECT_EQ(sizes["list"][1]["intervals"]["list"][1]["numerator"], 1001);
    EXPECT_EQ(node["input"]["memory"]["dmabuf"], true);
    EXPECT_EQ(node["output"]["memory"]["known"], false);
    EXPECT_EQ(node["controls"][0]["default"], 10000000);
    EXPECT_EQ(json["nodes"][1]["refused"], "/dev/video2 is busy");
    EXPECT_EQ(json["nodes"][1]["kind"], "unknown");
}

TEST(DevicesJson, ADriversTextNeedNotBeUtf8) {
    V4l2Description node = encoder();
    node.capability.card = "bad \xff text";
    EXPECT_TRUE(Json::accept(devices_json({{node}, 0})));
}

}  // namespace
}  // namespace vitrine
