#include "render/renderer.h"

#include <gtest/gtest.h>

#include <utility>

#include "canvas.h"
#include "core/log.h"
#include "test_frames.h"

namespace {

using namespace vitrine;
using namespace vitrine::test;

GlFunctions renderer_driver;  // the table as it was loaded, for those that go in front of it
int clears;
int draws;
int state_changes;  // calls that a steady state must not make

/// Counts what a frame costs.
FunctionFilters counting() {
    clears = draws = state_changes = 0;
    FunctionFilters filters;
    filters.gl = [](GlFunctions& gl) {
        renderer_driver = gl;
        gl.Clear = [](GLbitfield mask) {
            ++clears;
            renderer_driver.Clear(mask);
        };
        gl.DrawArrays = [](GLenum mode, GLint first, GLsizei count) {
            ++draws;
            renderer_driver.DrawArrays(mode, first, count);
        };
        gl.TexParameteri = [](GLenum target, GLenum name, GLint value) {
            ++state_changes;
            renderer_driver.TexParameteri(target, name, value);
        };
        gl.UniformMatrix3fv = [](GLint at, GLsizei count, GLboolean turned, const GLfloat* value) {
            ++state_changes;
            renderer_driver.UniformMatrix3fv(at, count, turned, value);
        };
        gl.GetError = [] {
            ++state_changes;
            return renderer_driver.GetError();
        };
        gl.GenTextures = [](GLsizei count, GLuint* names) {
            ++state_changes;
            renderer_driver.GenTextures(count, names);
        };
    };
    return filters;
}

FramePtr flat_frame(std::array<int, 4> codes, Size size = {16, 8}) {
    const auto picture =
        reference::make_flat(reference::format("yuv420p"), size.width, size.height, codes);
    return make_memory_frame(picture, frame_info(picture, whole_view(picture)));
}

TEST(Renderer, ClearsNothingUnderAPictureThatCoversAll) {
    Canvas canvas({32, 16}, counting());
    auto importer = canvas.importer("upload");
    ASSERT_TRUE(canvas.show(*importer, flat_frame({235, 128, 128, 0})));
    EXPECT_EQ(clears, 0);
    EXPECT_EQ(draws, 1);
}

TEST(Renderer, PaintsTheBarsBlackInWhateverWasThere) {
    Canvas canvas({40, 16}, counting());
    auto importer = canvas.importer("upload");
    const auto white = flat_frame({235, 128, 128, 0});
    // Fill every framebuffer of the ring, then draw with bars.
    for (int i = 0; i < 8; ++i) ASSERT_TRUE(canvas.show(*importer, white, {Fit::stretch, 0}));
    EXPECT_EQ(clears, 0);
    const auto seen = canvas.show(*importer, white);
    ASSERT_TRUE(seen);
    EXPECT_EQ(clears, 2) << "one for each bar";
    for (int x = 0; x < 40; ++x) {
        const int wanted = x >= 4 && x < 36 ? 255 : 0;
        for (const int y : {0, 8, 15})
            EXPECT_EQ(seen->rgba[static_cast<size_t>(y * 40 + x) * 4], wanted) << x << "," << y;
    }
}

TEST(Renderer, ASteadyFrameChangesNoState) {
    Canvas canvas({32, 16}, counting());
    VITRINE_REQUIRE_IMPORT(canvas);
    auto importer = canvas.importer("dmabuf");
    const auto picture = reference::make_noise(reference::format("yuv420p"), 32, 16, 1);
    const auto frame = make_memfd_frame(picture, frame_info(picture, whole_view(picture)));
    auto draw_once = [&] {
        const auto imported = importer->import(frame);
        ASSERT_TRUE(imported);
        ASSERT_TRUE(canvas.renderer().draw(*imported, canvas.output().begin_frame(), {}));
        ASSERT_TRUE(canvas.output().present());
        importer->release(*imported);
    };
    draw_once();
    state_changes = draws = 0;
    for (int i = 0; i < 10; ++i) draw_once();
    EXPECT_EQ(draws, 10);
    EXPECT_EQ(state_changes, 0);
}

TEST(Renderer, FollowsColorAndFormatFromFrameToFrame) {
    Canvas canvas({16, 8});
    auto importer = canvas.importer("upload");
    const char* names[] = {"yuv420p", "nv12", "bgra", "gray", "yuv420p"};
    for (const char* name : names) {
        const auto picture = reference::make_noise(reference::format(name), 16, 8, 3);
        for (const bool full : {false, true}) {
            reference::View view = whole_view(picture);
            view.full_range = full;
            const auto seen =
                canvas.show(*importer, make_memory_frame(picture, frame_info(picture, view)));
            ASSERT_TRUE(seen) << seen.error().text;
            EXPECT_LE(worst_difference(*seen, reference::render(picture, view)), tolerance())
                << name;
        }
    }
}

TEST(Renderer, AddsTheUsersTurnsToTheFramesOwn) {
    Canvas canvas({8, 16});
    auto importer = canvas.importer("upload");
    const auto picture = reference::make_noise(reference::format("yuv444p"), 16, 8, 9);
    for (const bool mirrored : {false, true}) {
        reference::View stored = whole_view(picture);
        stored.mirrored = mirrored;
        stored.clockwise_turns = 2;
        reference::View seen_as = stored;
        seen_as.clockwise_turns = 3;
        std::swap(seen_as.width, seen_as.height);
        const auto seen = canvas.show(
            *importer, make_memory_frame(picture, frame_info(picture, stored)), {Fit::contain, 1});
        ASSERT_TRUE(seen);
        EXPECT_LE(worst_difference(*seen, reference::render(picture, seen_as)), tolerance());
    }
}

TEST(Renderer, ClearsToBlack) {
    Canvas canvas({4, 4});
    const DrawTarget target = canvas.output().begin_frame();
    canvas.renderer().clear(target);
    const auto seen = read_pixels(canvas.context(), target);
    ASSERT_TRUE(seen);
    for (size_t i = 0; i < 16; ++i) {
        EXPECT_EQ(seen->rgba[i * 4], 0);
        EXPECT_EQ(seen->rgba[i * 4 + 3], 255);
    }
}

TEST(Renderer, DrawsTopDownWhereTheTargetIs) {
    Canvas canvas({16, 8});
    auto importer = canvas.importer("upload");
    const auto picture = reference::make_noise(reference::format("gray"), 16, 8, 4);
    const auto view = whole_view(picture);
    const auto imported = importer->import(make_memory_frame(picture, frame_info(picture, view)));
    ASSERT_TRUE(imported);
    DrawTarget target = canvas.output().begin_frame();
    target.bottom_up = false;
    ASSERT_TRUE(canvas.renderer().draw(*imported, target, {}));
    const auto seen = read_pixels(canvas.context(), target);
    ASSERT_TRUE(seen);
    EXPECT_LE(worst_difference(*seen, reference::render(picture, view)), tolerance());
    importer->release(*imported);
}

TEST(Renderer, WarnsOnceThatHdrIsNotToneMapped) {
    int warnings = 0;
    const LogSink before = set_log_sink([&](LogLevel level, std::string_view line) {
        if (level == LogLevel::warning && line.find("tone mapping") != line.npos) ++warnings;
    });
    {
        Canvas canvas({16, 8});
        auto importer = canvas.importer("upload");
        const auto picture = reference::make_noise(reference::format("yuv420p"), 16, 8, 3);
        FrameInfo info = frame_info(picture, whole_view(picture));
        for (const Transfer transfer : {Transfer::sdr, Transfer::pq, Transfer::hlg}) {
            EXPECT_EQ(warnings, transfer == Transfer::hlg ? 1 : 0);
            info.color.transfer = transfer;
            ASSERT_TRUE(canvas.show(*importer, make_memory_frame(picture, info)));
        }
    }
    set_log_sink(before);
    EXPECT_EQ(warnings, 1);
}

GLenum noted;  // by a draw that fails

TEST(Renderer, NoticesInTheEndThatSteadyDrawsFail) {
    FunctionFilters filters;
    filters.gl = [](GlFunctions& gl) {
        renderer_driver = gl;
        gl.GetError = [] {
            const GLenum error = std::exchange(noted, static_cast<GLenum>(GL_NO_ERROR));
            return error != GL_NO_ERROR ? error : renderer_driver.GetError();
        };
    };
    noted = GL_NO_ERROR;
    Canvas canvas({8, 8}, filters);
    auto importer = canvas.importer("upload");
    const auto picture = reference::make_noise(reference::format("gray"), 8, 8, 1);
    const auto imported =
        importer->import(make_memory_frame(picture, frame_info(picture, whole_view(picture))));
    ASSERT_TRUE(imported) << imported.error().text;
    const DrawTarget target = canvas.output().begin_frame();
    const auto draw = [&] { return canvas.renderer().draw(*imported, target, {}); };
    ASSERT_TRUE(draw());
    noted = GL_OUT_OF_MEMORY;
    Result<void> ended;
    int drawn = 0;
    while (ended && drawn < 1000) {
        ended = draw();
        ++drawn;
    }
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, Errc::unavailable);
    EXPECT_EQ(drawn, 256);
    noted = GL_OUT_OF_MEMORY;
    EXPECT_FALSE(draw()) << "asked again at once after a failure";
    EXPECT_TRUE(draw());
}

}  // namespace
