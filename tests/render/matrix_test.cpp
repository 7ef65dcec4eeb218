// Every format, range, matrix and chroma site at 1:1, against the reference. Runs twice: in a
// process whose llvmpipe samples in floating point, and with its default sampler.
#include <gtest/gtest.h>

#include "canvas.h"
#include "test_frames.h"

namespace {

using namespace vitrine;
using namespace vitrine::test;
using reference::Site;

// Odd, so that chroma blocks are cut by the edge.
constexpr Size kPicture = {37, 23};

std::vector<Site> sites_of(const reference::Format& format) {
    if (format.x_step == 1 && format.y_step == 1) return {Site::left};
    return {Site::left, Site::center, Site::top_left, Site::top, Site::bottom_left, Site::bottom};
}

class Matrix : public testing::TestWithParam<std::string> {};

// 64: "clipped blacks and whites from range mix-up".
TEST_P(Matrix, C64_EveryCombinationIsAsTheReference) {
    Canvas canvas(kPicture);
    auto importer = canvas.importer("upload");
    const reference::Format& format = reference::format(GetParam());
    const auto picture = reference::make_noise(format, kPicture.width, kPicture.height, 7);
    if (!shows(canvas.context(), format)) {
        const auto frame = make_memory_frame(picture, frame_info(picture, whole_view(picture)));
        const auto refused = importer->import(frame);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, Errc::unsupported);
        EXPECT_NE(refused.error().text.find("need GL ES 3.0"), std::string::npos)
            << refused.error().text;
        return;
    }
    int combinations = 0;
    for (const bool full : {false, true}) {
        for (const auto matrix : matrices_of(format)) {
            for (const Site site : sites_of(format)) {
                reference::View view = whole_view(picture);
                view.full_range = full;
                view.matrix = matrix;
                view.site = site;
                const auto frame = make_memory_frame(picture, frame_info(picture, view));
                const auto seen = canvas.show(*importer, frame);
                ASSERT_TRUE(seen) << seen.error().text;
                EXPECT_LE(worst_difference(*seen, reference::render(picture, view)), tolerance())
                    << describe(frame->info().color);
                ++combinations;
            }
        }
    }
    EXPECT_GE(combinations, 2);
}

std::vector<std::string> all_names() {
    std::vector<std::string> names;
    for (const auto& format : reference::formats()) names.push_back(format.name);
    return names;
}
std::string test_name(const testing::TestParamInfo<std::string>& info) {
    return info.param[0] == '0' ? "zero_" + info.param : info.param;
}
INSTANTIATE_TEST_SUITE_P(AllFormats, Matrix, testing::ValuesIn(all_names()), test_name);

}  // namespace
