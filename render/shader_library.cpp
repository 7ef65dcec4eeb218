#include "render/shader_library.h"

#include <fmt/format.h>

#include "shaders/shaders.h"

namespace vitrine {
namespace {

std::string_view sampling_chunk(const ShaderKey& key) {
    if (key.external) return shaders::kSampleExternalFrag;
    const PixelFormatInfo& format = info(key.format);
    switch (format.layout) {
        case SampleLayout::planar:
            return shaders::kSamplePlanarFrag;
        case SampleLayout::semi_planar:
            return shaders::kSampleSemiPlanarFrag;
        case SampleLayout::single:
            return shaders::kSampleGrayFrag;
        case SampleLayout::packed:
            break;
    }
    return format.model == ColorModel::rgb ? shaders::kSamplePackedRgbFrag
                                           : shaders::kSamplePacked422Frag;
}

/// Components of an rg8 texel: LUMINANCE_ALPHA has its second byte in alpha.
std::string pair_components(std::string_view components, const ShaderKey& key) {
    std::string out(components);
    if (!key.luminance_alpha) return out;
    for (char& component : out) {
        if (component == 'g') component = 'a';
    }
    return out;
}

std::string component_defines(const ShaderKey& key) {
    const PixelFormatInfo& format = info(key.format);
    const std::string_view all = format.components;
    if (key.external || format.layout == SampleLayout::planar ||
        format.layout == SampleLayout::single)
        return {};
    if (format.layout == SampleLayout::semi_planar)
        return fmt::format("#define CHROMA_COMPONENTS {}\n", pair_components(all, key));
    if (format.model == ColorModel::yuv) {
        return fmt::format("#define LUMA_COMPONENT {}\n#define CHROMA_COMPONENTS {}\n",
                           pair_components(all.substr(0, 1), key), all.substr(1));
    }
    std::string text = fmt::format("#define COLOR_COMPONENTS {}\n", all.substr(0, 3));
    if (format.has_alpha) text += fmt::format("#define ALPHA_COMPONENT {}\n", all.substr(3));
    return text;
}

struct Dialect {
    std::string_view vertex;
    std::string_view fragment;
    std::string_view fragment_output;
};

Dialect dialect_of(ShadingLanguage language) {
    if (language == ShadingLanguage::essl_100) {
        return {"#version 100\n", "#version 100\n", "#define picture_color gl_FragColor\n"};
    }
    return {"#version 330 core\n#define attribute in\n#define varying out\n",
            "#version 330 core\n#define varying in\n#define texture2D texture\n",
            "out vec4 picture_color;\n"};
}

/// What the chunks are made for.
std::string variant_defines(const ShaderKey& key) {
    const bool alpha = info(key.format).has_alpha && !key.external;
    return fmt::format(
        "#define CHROMA_APART {:d}\n#define CLAMPED {:d}\n#define ALPHA {:d}\n"
        "#define BYTE_PAIRS {:d}\n{}",
        has_chroma_apart(key), key.clamped, alpha, key.byte_pairs, component_defines(key));
}

std::string_view reading_chunk(const ShaderKey& key) {
    return key.byte_pairs ? shaders::kReadBytePairsFrag : shaders::kReadTexelFrag;
}

}  // namespace

bool has_chroma_apart(const ShaderKey& key) {
    return !key.external && is_subsampled(key.format);
}

int texture_of_sampler(const ShaderKey& key, int sampler) {
    const PixelFormatInfo& format = info(key.format);
    const bool green_first =
        !key.external && format.model == ColorModel::rgb && format.layout == SampleLayout::planar;
    constexpr std::array<int, 4> kGreenFirst = {2, 0, 1, 3};
    return green_first ? kGreenFirst[static_cast<size_t>(sampler)] : sampler;
}

ShaderSource shader_source(const ShaderKey& key, ShadingLanguage language) {
    const Dialect dialect = dialect_of(language);
    const std::string head =
        fmt::format("{}{}{}{}", dialect.fragment,
                    key.external ? "#extension GL_OES_EGL_image_external : require\n" : "",
                    variant_defines(key), dialect.fragment_output);
    ShaderSource source;
    source.vertex = fmt::format("{}#define CHROMA_APART {:d}\n{}", dialect.vertex,
                                has_chroma_apart(key), shaders::kPictureVert);
    for (const std::string_view piece :
         {std::string_view(head), shaders::kPrologueFrag, reading_chunk(key), sampling_chunk(key),
          shaders::kColorFrag})
        source.fragment += piece;
    return source;
}

std::string host_source(const ShaderKey& key) {
    constexpr std::string_view kExternal =
        "#if __VERSION__ >= 300\n"
        "#extension GL_OES_EGL_image_external_essl3 : require\n"
        "#else\n"
        "#extension GL_OES_EGL_image_external : require\n"
        "#endif\n";
    std::string text(key.external ? kExternal : "");
    text += variant_defines(key);
    text += fmt::format("#define VALUE_COUNT {}\n", kHostValues);
    for (const std::string_view piece : {shaders::kHostPrologueFrag, reading_chunk(key),
                                         sampling_chunk(key), shaders::kHostEpilogueFrag})
        text += piece;
    return text;
}

std::vector<ShaderKey> all_shader_keys() {
    std::vector<ShaderKey> keys;
    for (const bool clamped : {false, true}) {
        keys.push_back({PixelFormat::nv12, true, clamped, false});
        for (size_t i = 0; i < kPixelFormatCount; ++i) {
            const auto format = static_cast<PixelFormat>(i);
            if (info(format).packing == Packing::opaque) continue;  // no texture views it
            keys.push_back({format, false, clamped, false});
            // Deeper formats are refused where textures of two components are missing.
            const bool deep = info(format).depth > 8;
            keys.push_back({format, false, clamped, !deep, deep});
        }
    }
    return keys;
}

}  // namespace vitrine
