// What a program does that draws with desktop GL, on EGL or GLX.
#include "tests/embed/host.h"
#include "tests/support/desktop_gl.h"
#include "tests/support/glx_window.h"

namespace vitrine {
namespace {

using PlaceMaker = std::unique_ptr<testing::GlPlace> (*)();

struct DesktopRow {
    std::string_view name;
    PlaceMaker make;
    bool core;
    std::string_view import_refusal;
};
constexpr std::string_view kNoDisplay = "no EGL display: the context is GLX's";

template <int major, int minor, bool core>
std::unique_ptr<testing::GlPlace> on_egl() {
    return std::make_unique<testing::DesktopGl>(testing::DesktopGl::Kind{major, minor, core});
}
template <bool core>
std::unique_ptr<testing::GlPlace> on_glx() {
    return std::make_unique<testing::GlxWindow>(3, 3, core);
}
constexpr DesktopRow kDesktops[] = {
    {"core", on_egl<3, 3, true>, true, ""},
    {"compatibility", on_egl<3, 3, false>, false, ""},
    {"newest", on_egl<4, 5, true>, true, ""},
    {"glx_core", on_glx<true>, true, kNoDisplay},
    {"glx_compatibility", on_glx<false>, false, kNoDisplay},
};

class DesktopHost : public testing::Host, public ::testing::WithParamInterface<DesktopRow> {
  protected:
    Result<std::unique_ptr<GlContext>> make_context() override {
        place_ = GetParam().make();
        if (!place_->missing().empty()) return fail(Errc::unsupported, "{}", place_->missing());
        return GlContext::join_current();
    }
    void TearDown() override {
        Host::TearDown();
        context_.reset();
        place_.reset();
    }
    [[nodiscard]] std::string text(const char* name) const {
        char value[256] = "";
        if (vitrine_player_get_text(player_.get(), name, value, sizeof(value), nullptr)) return "";
        return value;
    }

    std::unique_ptr<testing::GlPlace> place_;
};

INSTANTIATE_TEST_SUITE_P(Rows, DesktopHost, ::testing::ValuesIn(kDesktops),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(DesktopHost, IsWhatItIsCalled) {
    EXPECT_TRUE(context_->facts().desktop) << context_->facts().gl_version;
    EXPECT_EQ(context_->facts().core_profile, GetParam().core);
    EXPECT_EQ(context_->facts().import_refusal(), GetParam().import_refusal);
}

TEST_P(DesktopHost, PlaysAFileToItsEnd) {
    open(VITRINE_TEST_CLIPS "/second.mp4");
    play_to_the_end();
    ASSERT_FALSE(numbers_.empty());
    EXPECT_EQ(numbers_.back(), 24);
    for (size_t i = 1; i < numbers_.size(); ++i) EXPECT_LT(numbers_[i - 1], numbers_[i]);
    EXPECT_EQ(context_->gl().GetError(), GLenum{GL_NO_ERROR});
}

/// GLX has no EGL display, without which nothing is imported.
TEST_P(DesktopHost, UploadsAndSaysWhyWhereThereIsNoDisplay) {
    testing::LogLines lines;
    open(VITRINE_TEST_CLIPS "/second.mp4");
    play_to_the_end();
    const std::string why(GetParam().import_refusal);
    const bool uploads = !why.empty();
    EXPECT_EQ(text("path"),
              uploads ? "h264 > memfd > upload > host" : "h264 > memfd > dmabuf > host");
    EXPECT_EQ(statistics().copies > 0, uploads);
    EXPECT_EQ(lines.all(),
              uploads ? "pictures come to the GPU by upload: dmabuf: " + why + "\n" : "");
}

/// What else there is to spoil: tests/render/desktop_state_test.cpp.
TEST_P(DesktopHost, DrawsRightForAHostThatDrawsLines) {
    const GlFunctions& gl = context_->gl();
    gl.PolygonMode(GL_FRONT_AND_BACK, GL_LINE_NV);
    gl.Enable(GL_FRAMEBUFFER_SRGB_EXT);
    open(VITRINE_TEST_CLIPS "/second.mp4");
    play_until([&] { return numbers_.size() >= 3; });
    ASSERT_GE(numbers_.size(), 3u);
    for (size_t i = 1; i < numbers_.size(); ++i) EXPECT_LT(numbers_[i - 1], numbers_[i]);
    EXPECT_GE(numbers_.front(), 0);
    GLint modes[2] = {};
    gl.GetIntegerv(GL_POLYGON_MODE_NV, modes);
    EXPECT_EQ(modes[0], GL_LINE_NV);
    EXPECT_TRUE(gl.IsEnabled(GL_FRAMEBUFFER_SRGB_EXT));
    EXPECT_EQ(gl.GetError(), GLenum{GL_NO_ERROR});
}

TEST_P(DesktopHost, DrawsAtHomeAlone) {
    const vitrine_target target = whole();
    ASSERT_TRUE(place_->make_none_current());
    EXPECT_EQ(vitrine_renderer_draw(renderer_.get(), &target), VITRINE_ERROR_WRONG_THREAD);
    EXPECT_FALSE(testing::RendererHandle(vitrine_renderer_create(player_.get(), nullptr)));
    EXPECT_STREQ(vitrine_error_text(), "no GL context of EGL or GLX is current on this thread");
    ASSERT_TRUE(place_->make_current());
    EXPECT_EQ(vitrine_renderer_draw(renderer_.get(), &target), VITRINE_OK);
}

/// With pictures in flight.
TEST_P(DesktopHost, TheContextGoesFirst) {
    open(VITRINE_TEST_CLIPS "/second.mp4");
    play_until([&] { return numbers_.size() >= 2; });
    context_->abandon();
    place_.reset();  // and what SDL has loaded for it
    renderer_.reset();
    player_.reset();
}

}  // namespace
}  // namespace vitrine
