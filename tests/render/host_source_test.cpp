// A program of a host that samples a picture shows what the renderer shows.
#include <gtest/gtest.h>

#include "canvas.h"
#include "render/dmabuf_importer.h"
#include "render/sampling.h"
#include "test_frames.h"
#include "tests/support/host_program.h"

namespace {

using namespace vitrine;
using namespace vitrine::test;

constexpr Size kTarget{64, 48};

class HostSource : public ::testing::TestWithParam<std::string> {};

Picture shown_by_host(Canvas& canvas, const GpuFrame& gpu, const std::string& version) {
    const DrawTarget target = canvas.output().begin_frame();
    const GlFunctions& gl = canvas.context().gl();
    gl.BindFramebuffer(GL_FRAMEBUFFER, target.framebuffer);
    const PictureKey key = picture_key(gpu);
    const ShaderKey shader = shader_key(key);
    const HostProgram program(canvas.context(), version, host_source(shader));
    std::array<GLuint, 4> textures{};
    for (int i = 0; i < gpu.texture_count; ++i) {
        textures[static_cast<size_t>(i)] =
            gpu.textures[static_cast<size_t>(texture_of_sampler(shader, i))];
    }
    program.fill(kTarget, texture_target(gpu.external), textures.data(), gpu.texture_count,
                 host_values(key)[0].data(), kHostValues);
    auto picture = read_pixels(canvas.context(), target);
    EXPECT_TRUE(picture) << picture.error().text;
    return *picture;
}

/// Turned, mirrored, and of the middle, so that what is beside it must not be sampled.
TEST_P(HostSource, ShowsWhatTheRendererShows) {
    Canvas canvas(kTarget);
    const reference::Format& format = reference::format(GetParam());
    if (!shows(canvas.context(), format)) return;  // refused, as matrix_test.cpp sees
    const auto picture = reference::make_noise(format, 37, 23, 9);
    for (const bool whole : {true, false}) {
        reference::View view = whole_view(picture);
        view.mirrored = view.full_range = whole;
        view.clockwise_turns = whole ? 1 : 2;
        if (!whole) {
            view.crop_x = view.crop_y = 4;
            view.crop_width = 16;
            view.crop_height = 12;
        }
        const auto importer = canvas.importer("upload");
        const auto gpu = importer->import(make_memory_frame(picture, frame_info(picture, view)));
        ASSERT_TRUE(gpu) << gpu.error().text;
        const auto wanted = canvas.draw(*gpu, {Fit::stretch, 0, {}, {}});
        ASSERT_TRUE(wanted) << wanted.error().text;
        for (const std::string& version : versions_of(canvas.context())) {
            Picture seen = shown_by_host(canvas, *gpu, version);
            for (size_t i = 3; i < seen.rgba.size(); i += 4) seen.rgba[i] = 255;  // its alpha
            EXPECT_LE(worst_difference(seen, *wanted), 1) << version;
        }
        importer->release(*gpu);
    }
}

std::vector<std::string> names_of_formats() {
    std::vector<std::string> names;
    for (const reference::Format& format : reference::formats()) names.push_back(format.name);
    return names;
}
std::string name_of_row(const ::testing::TestParamInfo<std::string>& row) {
    return row.param[0] == '0' ? "zero_" + row.param : row.param;
}
INSTANTIATE_TEST_SUITE_P(AllFormats, HostSource, ::testing::ValuesIn(names_of_formats()),
                         name_of_row);

TEST(HostSourceOfAlpha, GivesItToo) {
    Canvas canvas(kTarget);
    const auto picture = reference::make_flat(reference::format("rgba"), 8, 8, {200, 100, 50, 51});
    const auto importer = canvas.importer("upload");
    const auto gpu =
        importer->import(make_memory_frame(picture, frame_info(picture, whole_view(picture))));
    ASSERT_TRUE(gpu) << gpu.error().text;
    const Picture seen = shown_by_host(canvas, *gpu, versions_of(canvas.context()).front());
    const std::array<int, 4> wanted = {40, 20, 10, 51};  // a fifth of it
    for (size_t i = 0; i < 4; ++i) EXPECT_NEAR(seen.rgba[i], wanted[i], 1) << i;
    importer->release(*gpu);
}

/// By another kind of texture. llvmpipe composes packed RGB.
TEST(HostSourceOfAComposedImage, ShowsWhatTheRendererShows) {
    Canvas canvas(kTarget);
    VITRINE_REQUIRE_IMPORT(canvas);
    if (!canvas.context().facts().has_image_external) VITRINE_MISSING("external images");
    auto importer = make_dmabuf_importer(canvas.context(), ImportWay::composed);
    ASSERT_TRUE(importer) << importer.error().text;
    const auto picture = reference::make_noise(reference::format("bgr0"), 37, 23, 9);
    for (const int turns : {0, 1}) {
        reference::View view = whole_view(picture);
        view.clockwise_turns = turns;
        view.crop_x = view.crop_y = 4;
        view.crop_width = 16;
        view.crop_height = 12;
        const auto gpu =
            (*importer)->import(make_memfd_frame(picture, frame_info(picture, view), {0, 64, 0}));
        ASSERT_TRUE(gpu) << gpu.error().text;
        ASSERT_TRUE(gpu->external);
        const auto wanted = canvas.draw(*gpu, {Fit::stretch, 0, {}, {}});
        ASSERT_TRUE(wanted) << wanted.error().text;
        for (const std::string& version : versions_of(canvas.context())) {
            const Picture seen = shown_by_host(canvas, *gpu, version);
            EXPECT_LE(worst_difference(seen, *wanted), 1) << version;
        }
        (*importer)->release(*gpu);
    }
}

}  // namespace
