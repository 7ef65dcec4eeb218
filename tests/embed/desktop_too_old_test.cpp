// In this process desktop GL is older than what a renderer draws in, as Mesa is told to have it.
#include <cstdlib>

#include "tests/embed/host.h"
#include "tests/support/desktop_gl.h"

namespace vitrine {
namespace {

TEST(DesktopTooOld, IsRefusedWithItsVersion) {
    const testing::DesktopGl old({2, 1});
    ASSERT_EQ(old.missing(), "");
    const testing::PlayerHandle player = testing::make_player();
    ASSERT_TRUE(player) << vitrine_error_text();
    EXPECT_FALSE(testing::RendererHandle(vitrine_renderer_create(player.get(), nullptr)));
    const std::string text = vitrine_error_text();
    const char* version = std::getenv("MESA_GL_VERSION_OVERRIDE");
    ASSERT_NE(version, nullptr);
    EXPECT_EQ(text.find("GL version \"" + std::string(version, 3)), 0u) << text;
    EXPECT_NE(text.find("neither GL ES 2.0 nor desktop GL 3.3, nor newer"), std::string::npos)
        << text;
}

}  // namespace
}  // namespace vitrine
