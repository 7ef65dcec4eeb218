// What only uploading promises: how its textures are kept and filled, and that it takes everything.
#include "render/upload_importer.h"

#include <gtest/gtest.h>

#include <utility>

#include "canvas.h"
#include "test_frames.h"

namespace {

using namespace vitrine;
using namespace vitrine::test;

// 24-bit rows of a pitch that no number of texels gives.
TEST(Upload, PacksRowsThatGlCannotStepOver) {
    Canvas canvas({13, 5});
    auto importer = canvas.importer("upload");
    const auto picture = reference::make_noise(reference::format("rgb24"), 13, 5, 3);
    const auto view = whole_view(picture);
    const auto frame = make_memory_frame(picture, frame_info(picture, view), {4, 1, 0});
    const auto imported = importer->import(frame);
    ASSERT_TRUE(imported) << imported.error().text;
    EXPECT_EQ(imported->copies, 2) << "one to pack, one to upload";
    const auto seen = canvas.draw(*imported);
    ASSERT_TRUE(seen) << seen.error().text;
    EXPECT_LE(worst_difference(*seen, reference::render(picture, view)), tolerance());
    importer->release(*imported);
}

// Nor does a number of texels give this one, but rows that end on 4 bytes are common.
TEST(Upload, StepsOverRowsPaddedToFourBytes) {
    Canvas canvas({13, 5});
    auto importer = canvas.importer("upload");
    const auto picture = reference::make_noise(reference::format("rgb24"), 13, 5, 3);
    const auto view = whole_view(picture);
    const auto frame = make_memory_frame(picture, frame_info(picture, view), {1, 1, 0});
    const auto imported = importer->import(frame);
    ASSERT_TRUE(imported) << imported.error().text;
    EXPECT_EQ(imported->copies, 1);
    const auto seen = canvas.draw(*imported);
    ASSERT_TRUE(seen) << seen.error().text;
    EXPECT_LE(worst_difference(*seen, reference::render(picture, view)), tolerance());
    importer->release(*imported);
}

// The set that was released last rests: a driver may hold on to it a little longer.
TEST(Upload, FillsTheSetThatRestedLongest) {
    Canvas canvas({8, 8});
    auto importer = canvas.importer("upload");
    const auto picture = reference::make_noise(reference::format("gray"), 8, 8, 1);
    const auto frame = make_memory_frame(picture, frame_info(picture, whole_view(picture)));
    std::vector<GLuint> used;
    for (int i = 0; i < 6; ++i) {
        const auto imported = importer->import(frame);
        ASSERT_TRUE(imported);
        used.push_back(imported->textures[0]);
        importer->release(*imported);
    }
    EXPECT_NE(used[1], used[0]);
    EXPECT_EQ(used, (std::vector<GLuint>{used[0], used[1], used[0], used[1], used[0], used[1]}));
}

TEST(Upload, DropsTexturesOfAnotherSize) {
    Canvas canvas({8, 8});
    auto importer = canvas.importer("upload");
    const auto& format = reference::format("yuv420p");
    const auto small = reference::make_noise(format, 8, 8, 1);
    const auto large = reference::make_noise(format, 16, 8, 1);
    const auto small_frame = make_memory_frame(small, frame_info(small, whole_view(small)));
    const auto large_frame = make_memory_frame(large, frame_info(large, whole_view(large)));
    const auto held = importer->import(small_frame);
    ASSERT_TRUE(held);
    const auto next = importer->import(large_frame);
    ASSERT_TRUE(next);
    EXPECT_EQ(importer->counters().textures_live, 6U) << "one is in flight";
    importer->release(*held);
    EXPECT_EQ(importer->counters().textures_live, 3U);
    importer->release(*next);
    EXPECT_EQ(importer->counters().textures_live, 3U) << "kept for the next frame";
}

// The bottom rung takes everything: also shared memory that nobody has mapped for the CPU.
TEST(Upload, MapsSharedMemoryItself) {
    Canvas canvas({20, 10});
    auto importer = canvas.importer("upload");
    const auto picture = reference::make_noise(reference::format("nv12"), 20, 10, 5);
    const auto view = whole_view(picture);
    const DmaBufDescription description = describe_in(picture);
    auto buffer = std::make_shared<MemfdBuffer>(size_needed(description));
    write_to(*buffer, description, picture);
    const auto frame =
        make_buffer_frame(buffer, description, frame_info(picture, view), /*mapped=*/false);
    const auto seen = canvas.show(*importer, frame);
    ASSERT_TRUE(seen) << seen.error().text;
    EXPECT_LE(worst_difference(*seen, reference::render(picture, view)), tolerance());
}

GlFunctions driver;
int gl_error_questions;
GLenum stale_error;  // what somebody else left behind
TEST(Upload, AsksForErrorsOnlyOfNewTexturesAndReportsNobodyElses) {
    FunctionFilters filters;
    filters.gl = [](GlFunctions& gl) {
        driver = gl;
        gl.GetError = [] {
            ++gl_error_questions;
            const GLenum stale = std::exchange(stale_error, static_cast<GLenum>(GL_NO_ERROR));
            return stale != GL_NO_ERROR ? stale : driver.GetError();
        };
    };
    Canvas canvas({8, 8}, filters);
    auto importer = canvas.importer("upload");
    const auto picture = reference::make_noise(reference::format("nv12"), 8, 8, 1);
    const auto frame = make_memory_frame(picture, frame_info(picture, whole_view(picture)));
    for (int i = 0; i < 10; ++i) {
        stale_error = GL_INVALID_ENUM;
        gl_error_questions = 0;
        const auto imported = importer->import(frame);
        ASSERT_TRUE(imported) << imported.error().text;
        importer->release(*imported);
        if (i < 2)
            EXPECT_GT(gl_error_questions, 0) << "a new set of textures";
        else
            EXPECT_EQ(gl_error_questions, 0);
    }
    stale_error = GL_NO_ERROR;
}

TEST(Upload, DropsTexturesThatTookNoUpload) {
    FunctionFilters filters;
    filters.gl = [](GlFunctions& gl) {
        driver = gl;
        gl.GetError = [] {
            const GLenum stale = std::exchange(stale_error, static_cast<GLenum>(GL_NO_ERROR));
            return stale != GL_NO_ERROR ? stale : driver.GetError();
        };
        gl.TexSubImage2D = [](GLenum, GLint, GLint, GLint, GLsizei, GLsizei, GLenum, GLenum,
                              const void*) { stale_error = GL_OUT_OF_MEMORY; };
    };
    stale_error = GL_NO_ERROR;
    Canvas canvas({8, 8}, filters);
    auto importer = canvas.importer("upload");
    const auto picture = reference::make_noise(reference::format("nv12"), 8, 8, 1);
    const auto frame = make_memory_frame(picture, frame_info(picture, whole_view(picture)));
    for (int i = 0; i < 10; ++i) {
        const auto refused = importer->import(frame);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().text, "upload: GL_OUT_OF_MEMORY");
        EXPECT_EQ(importer->counters().textures_live, 0U);
    }
}

TEST(Upload, RefusesTiledMemory) {
    Canvas canvas({16, 16});
    auto importer = canvas.importer("upload");
    const auto picture = reference::make_noise(reference::format("nv12"), 16, 16, 5);
    DmaBufDescription description = describe_in(picture);
    description.modifier = 0x0700000000000004;  // Broadcom SAND128
    auto buffer = std::make_shared<MemfdBuffer>(size_needed(description));
    const auto frame =
        make_buffer_frame(buffer, description, frame_info(picture, whole_view(picture)));
    const auto refused = importer->import(frame);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unsupported);
}

}  // namespace
