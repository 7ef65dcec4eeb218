// What only uploading promises: how its textures are kept and filled, and that it takes everything.
#include "render/upload_importer.h"

#include <gtest/gtest.h>

#include <utility>

#include "canvas.h"
#include "core/log.h"
#include "test_frames.h"
#include "tests/support/tiled_picture.h"

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

GlFunctions upload_driver;
int gl_error_questions;
GLenum stale_error;  // what somebody else left behind
TEST(Upload, AsksForErrorsOnlyOfNewTexturesAndReportsNobodyElses) {
    FunctionFilters filters;
    filters.gl = [](GlFunctions& gl) {
        upload_driver = gl;
        gl.GetError = [] {
            ++gl_error_questions;
            const GLenum stale = std::exchange(stale_error, static_cast<GLenum>(GL_NO_ERROR));
            return stale != GL_NO_ERROR ? stale : upload_driver.GetError();
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
        upload_driver = gl;
        gl.GetError = [] {
            const GLenum stale = std::exchange(stale_error, static_cast<GLenum>(GL_NO_ERROR));
            return stale != GL_NO_ERROR ? stale : upload_driver.GetError();
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

/// The codes of a semi-planar reference picture.
SemiPlanar codes_of(const reference::Picture& picture) {
    const auto narrow = [](int code) { return static_cast<uint16_t>(code); };
    SemiPlanar out{{picture.width, picture.height}, {}, {}};
    for (const int code : picture.components.at('Y').codes) out.luma.push_back(narrow(code));
    const auto& cb = picture.components.at('U').codes;
    const auto& cr = picture.components.at('V').codes;
    for (size_t i = 0; i < cb.size(); ++i) {
        out.chroma.push_back(narrow(cb[i]));
        out.chroma.push_back(narrow(cr[i]));
    }
    return out;
}

// Two columns and a bit, shown but for its edges, against the reference and against rows.
TEST(Upload, ShowsColumnsAndPackedSamplesAsTheSamePicture) {
    constexpr Size kCoded{270, 22};
    struct Case {
        const char* plain;
        Tiling tiling;
    };
    const Case cases[] = {{"nv12", {PixelFormat::nv12, Columns::one_piece}},
                          {"nv12", {PixelFormat::nv12, Columns::two_pieces}},
                          {"p010", {PixelFormat::p030, Columns::one_piece}},
                          {"p010", {PixelFormat::p030, Columns::two_pieces}},
                          {"p010", {PixelFormat::p030, Columns::none}},
                          {"p010", {PixelFormat::nv15, Columns::none}}};
    for (const Case& c : cases) {
        const std::string_view name = info(c.tiling.format).name;
        SCOPED_TRACE(fmt::format("{} {}", name, static_cast<int>(c.tiling.columns)));
        const auto& format = reference::format(c.plain);
        const auto picture = reference::make_noise(format, kCoded.width, kCoded.height, 7);
        auto view = whole_view(picture);
        view.crop_width = view.width = 261;
        view.crop_height = view.height = 17;
        Canvas canvas({view.width, view.height});
        if (!shows(canvas.context(), format)) continue;  // GL ES 2.0 has no more than 8 bits
        const auto tiled = tile(codes_of(picture), c.tiling);
        const auto frame =
            make_frame(frame_info(picture, view), make_dma_buf_frame(tiled.description).value(),
                       std::make_shared<TiledPicture>(tiled));
        ASSERT_TRUE(frame) << frame.error().text;
        auto importer = canvas.importer("upload");
        const auto imported = importer->import(*frame);
        ASSERT_TRUE(imported) << imported.error().text;
        // GL ES 2.0 cannot step over what is cropped: those rows are packed for it as well.
        const int packed = canvas.context().facts().has_unpack_row_length ? 0 : 1;
        EXPECT_EQ(imported->copies, 2 + packed) << "one to unpack, one to upload";
        const uint64_t sample_bytes = format.depth > 8 ? 2 : 1;
        const uint64_t uploaded = 261 * 17 + 131 * 9 * 2;
        EXPECT_EQ(imported->bytes_copied,
                  sample_bytes * (270 * 22 * 3 / 2 + uploaded * (packed > 0 ? 2 : 1)));
        EXPECT_EQ(importer->counters().bytes_copied, imported->bytes_copied);
        const auto seen = canvas.draw(*imported);
        ASSERT_TRUE(seen) << seen.error().text;
        EXPECT_LE(worst_difference(*seen, reference::render(picture, view)), tolerance());
        importer->release(*imported);
        const auto rows =
            canvas.show(*importer, make_memory_frame(picture, frame_info(picture, view)));
        ASSERT_TRUE(rows) << rows.error().text;
        EXPECT_EQ(worst_difference(*seen, *rows), 0);
    }
}

TEST(Upload, NamesWhatItUnpacksOnce) {
    std::vector<std::string> lines;
    const LogSink before = set_log_sink([&](LogLevel level, std::string_view line) {
        if (level <= LogLevel::warning) lines.emplace_back(line);
    });
    Canvas canvas({16, 16});
    auto importer = canvas.importer("upload");
    const auto picture = reference::make_noise(reference::format("nv12"), 16, 16, 5);
    for (int i = 0; i < 3; ++i) {
        const auto tiled = tile(codes_of(picture), {PixelFormat::nv12, Columns::one_piece});
        const auto frame = make_frame(frame_info(picture, whole_view(picture)),
                                      make_dma_buf_frame(tiled.description).value(),
                                      std::make_shared<TiledPicture>(tiled));
        EXPECT_TRUE(canvas.show(*importer, *frame));
    }
    set_log_sink(before);
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0],
              "upload: nv12 in columns of SAND128 is put in rows by the CPU: a copy more of each "
              "picture");
}

TEST(Upload, RefusesWhatIsCompressed) {
    Canvas canvas({16, 16});
    auto importer = canvas.importer("upload");
    const auto picture = reference::make_noise(reference::format("nv12"), 16, 16, 5);
    DmaBufDescription description;
    description.format = PixelFormat::yuv420_8bit;
    description.coded_size = {16, 16};
    description.modifier = 0x0800000000000001;  // AFBC in blocks of 16x16
    description.planes = {{0, 0, 24}};
    const auto frame = make_buffer_frame(std::make_shared<MemfdBuffer>(4096), description,
                                         frame_info(picture, whole_view(picture)));
    const auto refused = importer->import(frame);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unsupported);
    EXPECT_NE(refused.error().text.find("yuv420_8bit, which is compressed"), std::string::npos)
        << refused.error().text;
}

TEST(Upload, RefusesTiledMemory) {
    Canvas canvas({16, 16});
    auto importer = canvas.importer("upload");
    const auto picture = reference::make_noise(reference::format("nv12"), 16, 16, 5);
    DmaBufDescription description = describe_in(picture);
    description.modifier = 0x0100000000000001;  // I915_FORMAT_MOD_X_TILED
    auto buffer = std::make_shared<MemfdBuffer>(size_needed(description));
    const auto frame =
        make_buffer_frame(buffer, description, frame_info(picture, whole_view(picture)));
    const auto refused = importer->import(frame);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unsupported);
}

}  // namespace
