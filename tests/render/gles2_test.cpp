// This process has GL ES 2.0 without the two extensions that make it comfortable; the format matrix
// and the importers' contract run in it too, all under the guard of gles2_guard.cpp.
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <initializer_list>

#include "canvas.h"
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

// A driver that does nothing and names `extensions`, under the guard.
const char* extensions;
GlFunctions guarded;

template <typename Function>
struct Nothing;
template <typename Value, typename... Arguments>
struct Nothing<Value (*)(Arguments...)> {
    static Value call(Arguments...) { return Value(); }
};

void guard_a_driver_with(const char* its_extensions) {
    extensions = its_extensions;
#define VITRINE_NOTHING(name, type) guarded.name = &Nothing<type>::call;
    VITRINE_GL_CORE(VITRINE_NOTHING)
    VITRINE_GL_OPTIONAL(VITRINE_NOTHING)
#undef VITRINE_NOTHING
    guarded.GetString = [](GLenum) { return reinterpret_cast<const GLubyte*>(extensions); };
    process_filters().gl(guarded);
}

using Call = void (*)();
Call call_now;  // the macro's statement is a function of its own

void expect_all_fail(std::initializer_list<Call> calls) {
    int at = 0;
    for (const Call call : calls) {
        SCOPED_TRACE(fmt::format("call {}", at++));
        call_now = call;
        EXPECT_NONFATAL_FAILURE(call_now(), "GL ES 2.0 has no");
    }
}

TEST(Gles2, TheGuardFailsWhatIsNewer) {
    guard_a_driver_with("");
    (void)guarded.GetString(GL_EXTENSIONS);
    expect_all_fail({
        [] { guarded.ActiveTexture(GL_TEXTURE0 + 8); },
        [] { guarded.BindTexture(GL_TEXTURE_3D, 1); },
        [] { guarded.TexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, GL_LINEAR); },
        [] { guarded.TexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_REPEAT); },
        [] {
            guarded.TexImage2D(GL_TEXTURE_2D, 0, GL_RED, 4, 4, 0, GL_RED, GL_UNSIGNED_BYTE,
                               nullptr);
        },
        [] {
            guarded.TexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, 4, 4, GL_RGBA, GL_HALF_FLOAT, nullptr);
        },
        [] { guarded.PixelStorei(GL_UNPACK_ROW_LENGTH, 4); },
        [] { guarded.BindFramebuffer(GL_READ_FRAMEBUFFER, 0); },
        [] { guarded.CheckFramebufferStatus(GL_READ_FRAMEBUFFER); },
        [] {
            guarded.FramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT1, GL_TEXTURE_2D, 1, 0);
        },
        [] { guarded.ReadPixels(0, 0, 1, 1, GL_RED, GL_UNSIGNED_BYTE, nullptr); },
        [] { guarded.Enable(GL_RASTERIZER_DISCARD); },
        [] { guarded.Disable(GL_RASTERIZER_DISCARD); },
        [] { guarded.Clear(GL_COLOR_BUFFER_BIT | 1); },
        [] { guarded.DrawArrays(0x0007, 0, 4); },  // GL_QUADS
        [] { guarded.VertexAttribPointer(0, 2, GL_HALF_FLOAT, GL_FALSE, 0, nullptr); },
        [] { guarded.BindBuffer(GL_PIXEL_UNPACK_BUFFER, 1); },
        [] { guarded.BufferData(GL_ARRAY_BUFFER, 4, nullptr, GL_STREAM_READ); },
        [] { guarded.CreateShader(0x91B9); },  // GL_COMPUTE_SHADER
        [] { guarded.GetShaderiv(1, GL_LINK_STATUS, nullptr); },
        [] { guarded.GetProgramiv(1, GL_PROGRAM_BINARY_LENGTH, nullptr); },
        [] { guarded.UniformMatrix3fv(0, 1, GL_TRUE, nullptr); },
        [] {
            const char* text = "#version 300 es\n";
            guarded.ShaderSource(1, 1, &text, nullptr);
        },
        [] { guarded.GetIntegerv(GL_MAJOR_VERSION, nullptr); },
        [] { guarded.GetIntegerv(GL_GPU_DISJOINT_EXT, nullptr); },
        [] { guarded.GetString(0x1234); },
        [] { guarded.TexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, 4, 4); },
    });
}

constexpr std::initializer_list<Call> kCallsOfExtensions = {
    [] { guarded.BindTexture(GL_TEXTURE_EXTERNAL_OES, 1); },
    [] { guarded.EGLImageTargetTexture2DOES(GL_TEXTURE_2D, nullptr); },
    [] {
        guarded.TexImage2D(GL_TEXTURE_2D, 0, GL_RG_EXT, 4, 4, 0, GL_RG_EXT, GL_UNSIGNED_BYTE,
                           nullptr);
    },
    [] { guarded.PixelStorei(GL_UNPACK_ROW_LENGTH_EXT, 4); },
    [] { guarded.GenQueriesEXT(0, nullptr); },
    [] { guarded.DeleteQueriesEXT(0, nullptr); },
    [] { guarded.BeginQueryEXT(GL_TIME_ELAPSED_EXT, 1); },
    [] { guarded.EndQueryEXT(GL_TIME_ELAPSED_EXT); },
    [] { guarded.GetQueryObjectui64vEXT(1, GL_QUERY_RESULT_EXT, nullptr); },
    [] { guarded.GetIntegerv(GL_GPU_DISJOINT_EXT, nullptr); },
};

TEST(Gles2, TheGuardAllowsAnExtensionThatIsThereAndWasAskedFor) {
    const char* all =
        "GL_OES_EGL_image GL_OES_EGL_image_external GL_EXT_texture_rg GL_EXT_unpack_subimage "
        "GL_EXT_disjoint_timer_query";
    guard_a_driver_with(all);
    expect_all_fail(kCallsOfExtensions);
    (void)guarded.GetString(GL_EXTENSIONS);
    for (const Call call : kCallsOfExtensions) call();

    guard_a_driver_with("GL_OES_EGL_image_external_essl3 XGL_EXT_texture_rg");
    (void)guarded.GetString(GL_EXTENSIONS);
    expect_all_fail(kCallsOfExtensions);
}

TEST(Gles2, RefusesCuda) {
    Canvas canvas({4, 4});
    for (const ImporterRow& row : importer_rows()) {
        if (row.find == nullptr) continue;
        const auto refused = row.make(canvas.context());
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, Errc::unsupported);
        EXPECT_NE(refused.error().text.find("need 3.0"), std::string::npos) << refused.error().text;
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
