// Every variant of the shaders is valid ESSL 1.00, and GLSL 3.30 for desktop GL, said by
// glslangValidator.
#include "render/shader_library.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

namespace {

using namespace vitrine;
namespace fs = std::filesystem;

class Folder {
  public:
    Folder() : path_(fs::temp_directory_path() / ("vitrine-shaders-" + std::to_string(getpid()))) {
        fs::create_directories(path_);
    }
    ~Folder() { fs::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] fs::path write(const std::string& name, const std::string& text) const {
        std::ofstream(path_ / name) << text;
        return path_ / name;
    }

  private:
    fs::path path_;
};

bool is_valid(const std::string& files) {
    return std::system((GLSLANG_VALIDATOR " " + files + " >&2").c_str()) == 0;
}

void expect_all_valid(ShadingLanguage language, const std::string& version) {
    std::set<std::string> vertex;
    std::set<std::string> fragment;
    for (const ShaderKey& key : all_shader_keys()) {
        if (key.external && language == ShadingLanguage::glsl_330) continue;
        const ShaderSource source = shader_source(key, language);
        for (const std::string* text : {&source.vertex, &source.fragment})
            EXPECT_EQ(text->rfind(version, 0), 0U);
        vertex.insert(source.vertex);
        fragment.insert(source.fragment);
    }
    EXPECT_EQ(vertex.size(), 2U) << "with and without chroma coordinates of its own";
    EXPECT_GE(fragment.size(), 30U);
    const Folder folder;
    std::string files;
    int count = 0;
    for (const std::string& text : vertex)
        files += folder.write(std::to_string(count++) + ".vert", text).string() + " ";
    for (const std::string& text : fragment)
        files += folder.write(std::to_string(count++) + ".frag", text).string() + " ";
    EXPECT_TRUE(is_valid(files));
}

TEST(ShaderLibrary, EveryVariantIsValidEssl100) {
    expect_all_valid(ShadingLanguage::essl_100, "#version 100\n");
}

TEST(ShaderLibrary, EveryVariantIsValidGlsl330) {
    expect_all_valid(ShadingLanguage::glsl_330, "#version 330 core\n");
}

TEST(ShaderLibrary, TheValidatorWouldFindWhatEssl100DoesNotHave) {
    const Folder folder;
    const std::string not_in_100 =
        "#version 100\nprecision highp float;\nuniform sampler2D plane0;\nvoid main() {\n"
        "    gl_FragColor = texture(plane0, vec2(0.0));\n}\n";
    EXPECT_FALSE(is_valid(folder.write("bad.frag", not_in_100).string()));
}

// Speed is a property of the text too: what a variant does not need is not in it.
TEST(ShaderLibrary, ClampsOnlyWhereAsked) {
    for (const ShaderKey& key : all_shader_keys()) {
        const std::string text = shader_source(key, ShadingLanguage::essl_100).fragment;
        EXPECT_NE(text.find(key.clamped ? "#define CLAMPED 1" : "#define CLAMPED 0"),
                  std::string::npos);
    }
}

TEST(ShaderLibrary, PutsBytesTogetherOnlyWhereAsked) {
    int byte_pairs = 0;
    for (const ShaderKey& key : all_shader_keys()) {
        const std::string text = shader_source(key, ShadingLanguage::essl_100).fragment;
        EXPECT_EQ(text.find("mixed_words") != std::string::npos, key.byte_pairs);
        byte_pairs += key.byte_pairs ? 1 : 0;
    }
    EXPECT_EQ(byte_pairs, 2 * 15)
        << "every format of more than 8 bits that is viewed, clamped and not";
}

TEST(ShaderLibrary, KnowsWherePlanarRgbHasItsComponents) {
    const ShaderKey gbrp{PixelFormat::gbrap, false, false, false};
    EXPECT_EQ(texture_of_sampler(gbrp, 0), 2);
    EXPECT_EQ(texture_of_sampler(gbrp, 1), 0);
    EXPECT_EQ(texture_of_sampler(gbrp, 2), 1);
    EXPECT_EQ(texture_of_sampler(gbrp, 3), 3);
    const ShaderKey yuv{PixelFormat::yuv420p, false, false, false};
    EXPECT_EQ(texture_of_sampler(yuv, 2), 2);
}

/// In every language that a host may write, behind #version and before what it has of its own.
TEST(ShaderLibrary, HostsAreGivenValidText) {
    const Folder folder;
    for (const std::string version : {"100", "300 es", "120", "150", "330 core", "450 core"}) {
        std::string files;
        int count = 0;
        for (const ShaderKey& key : all_shader_keys()) {
            const bool of_es = version == "100" || version == "300 es";
            if (key.external && !of_es) continue;
            const bool old = version == "100" || version == "120";
            const std::string text = "#version " + version + "\n" + host_source(key) +
                                     (old ? "#define color gl_FragColor\n" : "out vec4 color;\n") +
                                     "uniform sampler2D plane0;\n" +
                                     "void main() { color = sample_video(vec2(0.5)); }\n";
            files += folder.write(std::to_string(count++) + ".frag", text).string() + " ";
        }
        EXPECT_GE(count, 60) << version;
        EXPECT_TRUE(is_valid(files)) << version;
    }
}

}  // namespace
