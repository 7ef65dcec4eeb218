#include <nlohmann/json.hpp>

#include "app/devices.h"
#include "app/version.h"

namespace vitrine {
namespace {

using Json = nlohmann::ordered_json;

Json size_json(Size size) {
    return {{"width", size.width}, {"height", size.height}};
}

Json interval_json(const V4l2Interval& interval) {
    return {{"numerator", interval.numerator}, {"denominator", interval.denominator}};
}

Json intervals_json(const V4l2Intervals& intervals) {
    Json list = Json::array();
    for (const V4l2Interval& interval : intervals.list) list.push_back(interval_json(interval));
    Json out = {{"range", name_of(intervals.range)}, {"list", list}};
    if (intervals.range == V4l2Range::stepwise) out["step"] = interval_json(intervals.step);
    return out;
}

Json sizes_json(const V4l2Sizes& sizes) {
    Json list = Json::array();
    for (const V4l2Sizes::Offer& offer : sizes.list) {
        Json entry = size_json(offer.size);
        entry["intervals"] = intervals_json(offer.intervals);
        list.push_back(std::move(entry));
    }
    Json out = {{"range", name_of(sizes.range)}, {"list", list}};
    if (sizes.range == V4l2Range::stepwise) out["step"] = size_json(sizes.step);
    return out;
}

Json memory_json(const V4l2SideDescription& side) {
    if (!side.memory) return {{"known", false}, {"refused", side.memory_refused}};
    return {{"known", true},
            {"refused", ""},
            {"mmap", side.memory->mapped},
            {"dmabuf", side.memory->imported},
            {"userptr", side.memory->user_pointer}};
}

Json side_json(const std::optional<V4l2SideDescription>& side) {
    if (!side) return nullptr;
    Json formats = Json::array();
    for (const V4l2FormatDescription& format : side->formats) {
        formats.push_back({{"fourcc", to_string(format.offer.format)},
                           {"description", format.offer.description},
                           {"compressed", format.offer.compressed},
                           {"sizes", sizes_json(format.sizes)}});
    }
    return {
        {"formats", formats}, {"refused", side->formats_refused}, {"memory", memory_json(*side)}};
}

Json control_json(const V4l2Control& control) {
    Json menu = Json::array();
    for (const V4l2Control::Entry& entry : control.menu) {
        menu.push_back({{"index", entry.index}, {"name", entry.name}});
    }
    return {{"id", control.id},
            {"name", control.name},
            {"type", control.type},
            {"minimum", control.minimum},
            {"maximum", control.maximum},
            {"step", control.step},
            {"default", control.default_value},
            {"read_only", control.read_only},
            {"write_only", control.write_only},
            {"volatile", control.changing},
            {"inactive", control.inactive},
            {"disabled", control.disabled},
            {"menu", menu}};
}

Json rights_json(const std::optional<NodeRights>& rights) {
    if (!rights) return nullptr;
    return {{"owner", rights->owner},
            {"group", rights->group},
            {"mode", fmt::format("{:04o}", rights->mode)}};
}

Json node_json(const V4l2Description& node) {
    Json out = {{"path", node.path},
                {"kind", name_of(node.kind)},
                {"refused", node.refused},
                {"rights", rights_json(node.rights)}};
    if (!node.refused.empty()) return out;
    Json controls = Json::array();
    for (const V4l2Control& control : node.controls) controls.push_back(control_json(control));
    out["driver"] = node.capability.driver;
    out["card"] = node.capability.card;
    out["bus"] = node.capability.bus;
    out["multi_planar"] = node.capability.multi_planar();
    out["streaming"] = node.capability.streams();
    out["stateless"] = node.stateless;
    out["input"] = side_json(node.input);
    out["output"] = side_json(node.output);
    out["complete"] = node.complete;
    out["controls"] = std::move(controls);
    out["controls_refused"] = node.controls_refused;
    return out;
}

}  // namespace

std::string devices_json(const DevicesReport& report) {
    Json nodes = Json::array();
    for (const V4l2Description& node : report.nodes) nodes.push_back(node_json(node));
    const Json all = {{"schema", 1},
                      {"program", {{"name", "vitrine"}, {"version", program_version()}}},
                      {"nodes", nodes},
                      {"left_out", report.left_out}};
    // A driver's text need not be UTF-8.
    return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace vitrine
