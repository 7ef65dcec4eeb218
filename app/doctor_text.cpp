#include <nlohmann/json.hpp>

#include "app/doctor.h"
#include "app/text.h"

namespace vitrine {
namespace {

std::string copies_text(const DoctorReport::Rung& rung) {
    if (rung.device_copies_per_frame > 0)
        return fmt::format("{:.3g} (GPU {:.3g})", rung.copies_per_frame,
                           rung.device_copies_per_frame);
    return fmt::format("{:.3g}", rung.copies_per_frame);
}

std::string row_text(std::string_view name, std::string_view outcome, std::string_view rate,
                     std::string_view copies) {
    return fmt::format("  {:<20}  {:<7}  {:>9}  {:>10}", name, outcome, rate, copies);
}

}  // namespace

std::string doctor_text(const DoctorReport& report) {
    std::vector<LabeledText> head = {{"file", one_line(report.file)},
                                     {"graphics", one_line(report.graphics)}};
    if (!report.graphics_hint.empty()) head.push_back({"", "hint: " + report.graphics_hint});
    std::string text = aligned(head, 2, kLineWidth);
    text += row_text("rung", "outcome", "frames/s", "copies") + "\n";
    for (const auto& rung : report.rungs) {
        const bool rate = rung.frames_per_second > 0;
        text += row_text(rung.name, rung.played ? "played" : "left",
                         rate ? fmt::format("{:.1f}", rung.frames_per_second) : "-",
                         rung.frames > 0 ? copies_text(rung) : "-");
        text += rung.path.empty() ? "\n" : "  " + one_line(rung.path) + "\n";
        std::vector<LabeledText> more;
        if (!rung.reason.empty()) more.push_back({"reason", one_line(rung.reason)});
        if (!rung.hint.empty()) more.push_back({"hint", one_line(rung.hint)});
        text += aligned(more, 6, kLineWidth);
    }
    return text;
}

std::string doctor_json(const DoctorReport& report) {
    using Json = nlohmann::ordered_json;
    Json rungs = Json::array();
    for (const auto& rung : report.rungs) {
        rungs.push_back({{"name", rung.name},
                         {"outcome", rung.played ? "played" : "left"},
                         {"path", rung.path},
                         {"frames", rung.frames},
                         {"frames_per_second", rung.frames_per_second},
                         {"copies_per_frame", rung.copies_per_frame},
                         {"device_copies_per_frame", rung.device_copies_per_frame},
                         {"reason", rung.reason},
                         {"hint", rung.hint}});
    }
    const Json json = {{"schema", 1},
                       {"file", report.file},
                       {"graphics", report.graphics},
                       {"graphics_hint", report.graphics_hint},
                       {"rungs", rungs}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace vitrine
