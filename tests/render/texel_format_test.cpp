#include "render/texel_format.h"

#include <gtest/gtest.h>

namespace {

using namespace vitrine;

constexpr Texel kTexels[] = {Texel::r8,    Texel::rg8, Texel::rgb8,
                             Texel::rgba8, Texel::r16, Texel::rg16};

GlFacts facts(int es_major, bool norm16) {
    GlFacts all;
    all.es_major = es_major;
    all.has_texture_rg = es_major >= 3;
    all.has_norm16 = norm16;
    all.gl_version = "the GL of this test";
    return all;
}

TEST(TexelFormat, SeesEveryTexelAsItIsWithNorm16) {
    for (const Texel texel : kTexels) EXPECT_EQ(seen_as(texel, facts(3, true)), texel);
    EXPECT_EQ(texel_format(Texel::r16, facts(3, true)).sized, GLenum{GL_R16_EXT});
    EXPECT_EQ(texel_format(Texel::rg16, facts(3, true)).sized, GLenum{GL_RG16_EXT});
    for (size_t i = 0; i < kPixelFormatCount; ++i)
        EXPECT_FALSE(takes_byte_pairs(info(static_cast<PixelFormat>(i)), facts(3, true)));
}

TEST(TexelFormat, SeesTheSameBytesWithoutNorm16) {
    for (const Texel texel : kTexels) {
        EXPECT_EQ(bytes_of(seen_as(texel, facts(3, false))), bytes_of(texel));
        EXPECT_EQ(texel_format(texel, facts(3, false)).type, GLenum{GL_UNSIGNED_BYTE});
    }
    EXPECT_EQ(texel_format(Texel::r16, facts(3, false)).sized, GLenum{GL_RG8});
    EXPECT_EQ(texel_format(Texel::rg16, facts(3, false)).sized, GLenum{GL_RGBA8});
    EXPECT_TRUE(takes_byte_pairs(info(PixelFormat::p010), facts(3, false)));
    EXPECT_FALSE(takes_byte_pairs(info(PixelFormat::nv12), facts(3, false)));
}

TEST(TexelFormat, OnlyEs20IsTooOldForMoreThan8Bits) {
    for (const bool norm16 : {false, true})
        EXPECT_TRUE(check_depth(info(PixelFormat::yuv420p12), facts(3, norm16)));
    EXPECT_TRUE(check_depth(info(PixelFormat::nv12), facts(2, false)));
    const auto refused = check_depth(info(PixelFormat::p010), facts(2, false));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unsupported);
    EXPECT_EQ(refused.error().text,
              "p010: 10 bits a sample need GL ES 3.0, and this is the GL of this test");
}

}  // namespace
