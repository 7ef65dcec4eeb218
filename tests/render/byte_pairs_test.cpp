// This process has GL ES 3 without GL_EXT_texture_norm16; the format matrix, the importers'
// contract and the tests of import run in it too, all under the guard of byte_pairs_guard.cpp.
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include "canvas.h"
#include "core/log.h"
#include "render/gl_objects.h"
#include "test_frames.h"

namespace {

using namespace vitrine;
using namespace vitrine::test;

TEST(BytePairs, AreWhatThisProcessHas) {
    Canvas canvas({4, 4});
    const GlFacts& facts = canvas.context().facts();
    EXPECT_GE(facts.es_major, 3) << facts.gl_version;
    EXPECT_FALSE(facts.has_norm16);
}

TEST(BytePairs, TheGuardFailsTexturesOf16Bits) {
    static Canvas* canvas;  // the macro's statement is a function of its own
    Canvas here({4, 4});
    canvas = &here;
    const GlTexture texture = make_texture(here.context(), GL_TEXTURE_2D);
    EXPECT_NONFATAL_FAILURE(canvas->context().gl().TexStorage2D(GL_TEXTURE_2D, 1, GL_R16_EXT, 4, 4),
                            "no textures of 16 bits");
    while (here.context().gl().GetError() != GL_NO_ERROR) {
    }
}

// Every code that a sample can have, each in a pixel of its own: that no carry between its bytes is
// lost shows as a step down. Full range and gray: the code is the brightness.
TEST(BytePairs, AreOneNumberWhateverTheCode) {
    for (const char* name : {"gray10", "gray12"}) {
        const auto& format = reference::format(name);
        const int codes = 1 << format.depth;
        const int width = 64;
        auto picture = reference::make_flat(format, width, codes / width, {0, 0, 0, 0});
        for (int code = 0; code < codes; ++code)
            picture.components.at('Y').codes[static_cast<size_t>(code)] = code;
        reference::View view = whole_view(picture);
        view.full_range = true;
        Canvas canvas({view.width, view.height});
        auto importer = canvas.importer("upload");
        const auto seen =
            canvas.show(*importer, make_memory_frame(picture, frame_info(picture, view)));
        ASSERT_TRUE(seen) << seen.error().text;
        for (int code = 0; code < codes; ++code) {
            ASSERT_NEAR(seen->rgba[static_cast<size_t>(code) * 4], code * 255.0 / (codes - 1), 0.51)
                << name << " " << code;
        }
    }
}

GlFunctions pairs_driver;
std::vector<GLint> filters_set;
TEST(BytePairs, AreNotFilteredByTheGpu) {
    FunctionFilters filters;
    filters.gl = [](GlFunctions& gl) {
        pairs_driver = gl;
        gl.TexParameteri = [](GLenum target, GLenum name, GLint value) {
            if (name == GL_TEXTURE_MIN_FILTER || name == GL_TEXTURE_MAG_FILTER)
                filters_set.push_back(value);
            pairs_driver.TexParameteri(target, name, value);
        };
    };
    Canvas canvas({16, 8}, filters);
    for (const char* name : {"upload", "dmabuf"}) {
        if (std::string(name) == "dmabuf") VITRINE_REQUIRE_IMPORT(canvas);
        for (const auto& [format, filter] :
             {std::pair{"p010", GL_NEAREST}, std::pair{"nv12", GL_LINEAR}}) {
            auto importer = canvas.importer(name);
            const auto picture = reference::make_noise(reference::format(format), 16, 8, 1);
            const auto frame =
                make_memfd_frame(picture, frame_info(picture, whole_view(picture)), {0, 64, 0});
            filters_set.clear();
            const auto imported = importer->import(frame);
            ASSERT_TRUE(imported) << imported.error().text;
            EXPECT_EQ(filters_set, std::vector<GLint>(4, filter)) << name << " " << format;
        }
    }
}

TEST(BytePairs, AreSaidOnce) {
    std::vector<std::string> said;
    const LogSink before = set_log_sink([&](LogLevel level, std::string_view line) {
        if (level == LogLevel::info && line.find("norm16") != line.npos) said.emplace_back(line);
    });
    {
        Canvas canvas({16, 8});
        auto importer = canvas.importer("upload");
        for (const char* name : {"yuv420p", "p010", "yuv444p12"}) {
            const auto picture = reference::make_noise(reference::format(name), 16, 8, 3);
            const auto frame = make_memory_frame(picture, frame_info(picture, whole_view(picture)));
            EXPECT_TRUE(canvas.show(*importer, frame));
            EXPECT_EQ(said.empty(), std::string(name) == "yuv420p");
        }
    }
    set_log_sink(before);
    ASSERT_EQ(said.size(), 1U);
    EXPECT_EQ(said[0],
              "p010 is sampled byte by byte, four reads in place of one: GL has no "
              "GL_EXT_texture_norm16");
}

}  // namespace
