// This process has GL ES 2.0 without the two extensions that make it comfortable; the format matrix
// and the importers' contract run in it too, all under the guard of gles2_guard.cpp.
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include "canvas.h"
#include "render/gl_objects.h"
#include "test_frames.h"

namespace {

using namespace vitrine;
using namespace vitrine::test;

TEST(Gles2, IsWhatThisProcessHas) {
    Canvas canvas({4, 4});
    const GlFacts& facts = canvas.context().facts();
    EXPECT_EQ(facts.es_major, 2) << facts.gl_version;
    EXPECT_FALSE(facts.has_texture_rg);
    EXPECT_FALSE(facts.has_unpack_row_length);
    EXPECT_FALSE(facts.has_norm16);
}

TEST(Gles2, TheGuardFailsWhatIsNewer) {
    static Canvas* canvas;  // the macro's statement is a function of its own
    Canvas here({4, 4});
    canvas = &here;
    const GlTexture texture = make_texture(here.context(), GL_TEXTURE_2D);
    EXPECT_NONFATAL_FAILURE(canvas->context().gl().TexImage2D(GL_TEXTURE_2D, 0, GL_RED, 4, 4, 0,
                                                              GL_RED, GL_UNSIGNED_BYTE, nullptr),
                            "GL ES 2.0 has no");
    EXPECT_NONFATAL_FAILURE(canvas->context().gl().PixelStorei(GL_UNPACK_ROW_LENGTH, 4),
                            "GL ES 2.0 has no");
    while (here.context().gl().GetError() != GL_NO_ERROR) {
    }
}

TEST(Gles2, RefusesTenBitsWithTheReason) {
    Canvas canvas({16, 8});
    for (const char* name : {"upload", "dmabuf"}) {
        if (std::string(name) == "dmabuf") VITRINE_REQUIRE_IMPORT(canvas);
        auto importer = canvas.importer(name);
        for (const char* format : {"yuv420p10", "p010", "yuv444p12", "gbrp10", "gray10"}) {
            const auto picture = reference::make_noise(reference::format(format), 16, 8, 1);
            const auto frame = make_memfd_frame(picture, frame_info(picture, whole_view(picture)));
            const auto refused = importer->import(frame);
            ASSERT_FALSE(refused) << format;
            EXPECT_EQ(refused.error().code, Errc::unsupported);
            EXPECT_EQ(refused.error().text,
                      fmt::format("{}: {} bits a sample need GL ES 3.0, and this is {}", format,
                                  picture.format->depth, canvas.context().facts().gl_version));
        }
    }
    EXPECT_EQ(canvas.context().live().images, 0);
}

TEST(Gles2, PacksPaddedRows) {
    Canvas canvas({16, 8});
    auto importer = canvas.importer("upload");
    const auto picture = reference::make_noise(reference::format("yuv420p"), 16, 8, 1);
    const FrameInfo info = frame_info(picture, whole_view(picture));
    const auto tight = importer->import(make_memory_frame(picture, info));
    const auto padded = importer->import(make_memory_frame(picture, info, {0, 64, 0}));
    ASSERT_TRUE(tight && padded);
    EXPECT_EQ(tight->copies, 1);
    EXPECT_EQ(padded->copies, 2);
}

}  // namespace
