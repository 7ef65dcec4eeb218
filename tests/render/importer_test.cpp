// What every importer promises: the same pixels, whatever the memory looks like.
#include "render/importer.h"

#include <gtest/gtest.h>

#include <utility>

#include "canvas.h"
#include "test_frames.h"

namespace {

using namespace vitrine;
using namespace vitrine::test;

class Importer : public testing::TestWithParam<std::string> {
  protected:
    /// Draws the view by the importer at hand and holds it to the reference.
    void expect_as_reference(const reference::Picture& picture, const reference::View& view,
                             const FrameLayout& layout = {}) {
        Canvas canvas({view.width, view.height});
        if (GetParam() == "dmabuf") VITRINE_REQUIRE_IMPORT(canvas);
        auto importer = canvas.importer(GetParam());
        const auto frame = make_frame_of_kind(picture, view, layout);
        DrawOptions options;
        options.fit = view.fit == 'c' ? Fit::cover : view.fit == 's' ? Fit::stretch : Fit::contain;
        const auto seen = canvas.show(*importer, frame, options);
        ASSERT_TRUE(seen) << seen.error().text;
        EXPECT_LE(worst_difference(*seen, reference::render(picture, view)), tolerance());
    }

    static FramePtr make_frame_of_kind(const reference::Picture& picture,
                                       const reference::View& view, const FrameLayout& layout) {
        const FrameInfo info = frame_info(picture, view);
        return GetParam() == "dmabuf" ? make_memfd_frame(picture, info, layout)
                                      : make_memory_frame(picture, info, layout);
    }

    static reference::Picture noise(const char* format, int width, int height) {
        return reference::make_noise(reference::format(format), width, height, 11);
    }
};

INSTANTIATE_TEST_SUITE_P(Rows, Importer, testing::Values("dmabuf", "upload"),
                         [](const auto& row) { return row.param; });

TEST_P(Importer, TakesPaddedRows) {
    for (const int alignment : {2, 64, 256}) {
        const auto picture = noise("yuv420p", 50, 22);
        expect_as_reference(picture, whole_view(picture), {10, alignment, 0});
        const auto pairs = noise("nv12", 50, 22);
        expect_as_reference(pairs, whole_view(pairs), {6, alignment, 0});
    }
}

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

TEST_P(Importer, ShowsOnlyTheCrop) {
    for (const char* format : {"yuv420p", "nv12", "yuv410p", "yuyv422", "bgra"}) {
        const auto picture = noise(format, 48, 34);
        // From the origin, as 1088 rows hold 1080; within; odd on every side.
        for (const Rect crop : {Rect{0, 0, 48, 30}, Rect{0, 0, 45, 33}, Rect{4, 4, 36, 24},
                                Rect{3, 5, 31, 17}, Rect{47, 33, 1, 1}}) {
            reference::View view = whole_view(picture);
            view.crop_x = crop.x;
            view.crop_y = crop.y;
            view.crop_width = view.width = crop.width;
            view.crop_height = view.height = crop.height;
            view.site = reference::Site::center;
            SCOPED_TRACE(std::string(format) + " " + std::to_string(crop.x));
            expect_as_reference(picture, view);
        }
    }
}

// What surrounds the crop is as unlike it as can be: nothing of it may show, at any scale.
TEST_P(Importer, LetsNothingBleedIntoTheCrop) {
    auto picture = reference::make_flat(reference::format("yuv420p"), 64, 48, {235, 128, 128, 0});
    for (auto& [component, grid] : picture.components) {
        const int step = component == 'Y' ? 1 : 2;
        for (int y = 0; y < grid.height; ++y) {
            for (int x = 0; x < grid.width; ++x) {
                const bool inside =
                    x * step >= 16 && x * step < 48 && y * step >= 16 && y * step < 40;
                if (!inside)
                    grid.codes[static_cast<size_t>(y) * static_cast<size_t>(grid.width) +
                               static_cast<size_t>(x)] = component == 'Y' ? 16 : 240;
            }
        }
    }
    reference::View view = whole_view(picture);
    view.crop_x = view.crop_y = 16;
    view.crop_width = 32;
    view.crop_height = 24;
    for (const int scale : {1, 3}) {
        view.width = 32 * scale;
        view.height = 24 * scale;
        const auto wanted = reference::render(picture, view);
        for (const auto& pixel : wanted) ASSERT_NEAR(pixel[0], 1, 1e-9);
        expect_as_reference(picture, view);
    }
}

TEST_P(Importer, TakesOddSizes) {
    for (const char* format : {"yuv420p", "yuv411p", "nv12", "nv16", "uyvy422", "p010", "gbrp"}) {
        for (const Size size : {Size{1, 1}, Size{2, 1}, Size{3, 3}, Size{17, 1}, Size{5, 31}}) {
            const auto picture = noise(format, size.width, size.height);
            Canvas probe({1, 1});
            if (picture.format->depth > 8 && !probe.context().facts().has_norm16) continue;
            SCOPED_TRACE(std::string(format) + " " + std::to_string(size.width));
            expect_as_reference(picture, whole_view(picture), {0, 4, 0});
        }
    }
}

TEST_P(Importer, TurnsAllEightWays) {
    const auto picture = noise("yuv420p", 30, 18);
    for (const bool mirrored : {false, true}) {
        for (int turns = 0; turns < 4; ++turns) {
            reference::View view = whole_view(picture);
            view.mirrored = mirrored;
            view.clockwise_turns = turns;
            if (turns % 2 == 1) std::swap(view.width, view.height);
            SCOPED_TRACE(turns);
            expect_as_reference(picture, view);
        }
    }
}

TEST_P(Importer, FitsAsAsked) {
    const auto picture = noise("yuv444p", 32, 18);
    for (const char fit : {'i', 'c', 's'}) {
        for (const Size target : {Size{64, 36}, Size{64, 50}, Size{90, 36}, Size{33, 19}}) {
            reference::View view = whole_view(picture);
            view.fit = fit;
            view.width = target.width;
            view.height = target.height;
            SCOPED_TRACE(std::string(1, fit) + " " + std::to_string(target.width));
            expect_as_reference(picture, view);
        }
    }
}

TEST_P(Importer, MakesSamplesSquare) {
    const auto picture = noise("yuv420p", 36, 24);
    for (const double aspect : {16.0 / 15, 0.5, 2.0}) {
        reference::View view = whole_view(picture);
        view.sample_aspect = aspect;
        view.width = 80;
        view.height = 40;
        expect_as_reference(picture, view);
    }
}

TEST_P(Importer, CountsWhatItDoes) {
    Canvas canvas({16, 16});
    if (GetParam() == "dmabuf") VITRINE_REQUIRE_IMPORT(canvas);
    auto importer = canvas.importer(GetParam());
    const bool copies = GetParam() == "upload";
    const auto picture = noise("yuv420p", 16, 16);
    const auto frame = make_frame_of_kind(picture, whole_view(picture), {});
    for (int i = 0; i < 3; ++i) {
        const auto imported = importer->import(frame);
        ASSERT_TRUE(imported) << imported.error().text;
        EXPECT_EQ(imported->copies, copies ? 1 : 0);
        EXPECT_EQ(imported->bytes_copied, copies ? 384U : 0U);
        importer->release(*imported);
    }
    const ImportCounters counters = importer->counters();
    EXPECT_EQ(counters.frames, 3U);
    EXPECT_EQ(counters.copies, copies ? 3U : 0U);
    EXPECT_EQ(counters.bytes_copied, copies ? 3 * 384U : 0U);
    EXPECT_EQ(counters.images_created, copies ? 0U : 3U) << "one per view, for the first frame";
    EXPECT_EQ(counters.images_live, copies ? 0U : 3U);
    EXPECT_EQ(counters.textures_live, copies ? 6U : 3U) << "a set to fill, and one that rests";
}

GlFunctions driver;
TEST_P(Importer, RefusesPicturesBeyondTheLargestTexture) {
    FunctionFilters small_textures;
    small_textures.gl = [](GlFunctions& gl) {
        driver = gl;
        gl.GetIntegerv = [](GLenum name, GLint* value) {
            driver.GetIntegerv(name, value);
            if (name == GL_MAX_TEXTURE_SIZE) *value = 32;
        };
    };
    if (GetParam() == "dmabuf") {
        Canvas probe({4, 4});
        VITRINE_REQUIRE_IMPORT(probe);
    }
    Canvas canvas({16, 16}, small_textures);
    auto importer = canvas.importer(GetParam());
    const auto picture = noise("gray", 33, 8);
    const auto refused = importer->import(make_frame_of_kind(picture, whole_view(picture), {}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unsupported);
    EXPECT_NE(refused.error().text.find("largest texture, 32"), std::string::npos)
        << refused.error().text;
}

TEST_P(Importer, LeavesNothingBehind) {
    Canvas canvas({16, 16});
    if (GetParam() == "dmabuf") VITRINE_REQUIRE_IMPORT(canvas);
    const LiveObjects before = canvas.context().live();
    {
        auto importer = canvas.importer(GetParam());
        const auto picture = noise("nv12", 16, 16);
        const auto frame = make_frame_of_kind(picture, whole_view(picture), {});
        const auto imported = importer->import(frame);
        ASSERT_TRUE(imported);
        EXPECT_EQ(canvas.context().live().textures, before.textures + 2);
    }
    EXPECT_EQ(canvas.context().live(), before);
}

// A frame in flight is not drawn over by the next upload.
TEST(Upload, NeverOverwritesWhatIsInFlight) {
    Canvas canvas({8, 8});
    auto importer = canvas.importer("upload");
    const auto& format = reference::format("gray");
    std::vector<GpuFrame> in_flight;
    Result<GpuFrame> refused = fail(Errc::io, "not tried");
    for (int i = 0; i < 64; ++i) {
        const auto picture = reference::make_flat(format, 8, 8, {16 + i, 0, 0, 0});
        auto imported =
            importer->import(make_memory_frame(picture, frame_info(picture, whole_view(picture))));
        if (!imported) {
            refused = std::move(imported);
            break;
        }
        in_flight.push_back(*imported);
    }
    ASSERT_EQ(in_flight.size(), 8U) << "the ring is bounded";
    EXPECT_EQ(refused.error().code, Errc::unavailable);
    for (size_t i = 0; i < in_flight.size(); ++i) {
        const auto seen = canvas.draw(in_flight[i]);
        ASSERT_TRUE(seen);
        EXPECT_NEAR(seen->rgba[0], static_cast<double>(i) * 255 / 219, tolerance());
    }
    // One released, one to have again, in the same textures: nothing is allocated anew.
    const LiveObjects live = canvas.context().live();
    importer->release(in_flight[3]);
    const auto picture = reference::make_flat(format, 8, 8, {235, 0, 0, 0});
    const auto again =
        importer->import(make_memory_frame(picture, frame_info(picture, whole_view(picture))));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->textures[0], in_flight[3].textures[0]);
    EXPECT_EQ(canvas.context().live(), live);
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
