// What a renderer does whose context is lost, whose GPU gives no fence, or never says that it has
// finished: it is said, nothing is left behind, and what the GPU may still sample goes back neither
// before it has finished nor, where it never does, never.
#include <gtest/gtest.h>

#include "core/log.h"
#include "embed/hosted_renderer.h"
#include "player/presenter.h"
#include "render/render_texture.h"
#include "tests/support/fake_source.h"

namespace vitrine {
namespace {

constexpr Size kTargetSize{32, 16};

struct GpuOfTest {
    EglFunctions egl;
    GlFunctions gl;
    bool lost = false;
    bool gives_fences = true;
    bool finishes = true;
    Nanos waited{0};  // as long as it was asked to
    int fences = 0;
    int textures = 0;
    std::shared_ptr<std::atomic<int>> watched;
    int watched_when_finished = -1;  // by glFinish(), last; -1: never
} gpu;

void stand_between_fences(EglFunctions& egl) {
    gpu.egl = egl;
    egl.GetError = []() -> EGLint {
        if (gpu.lost) return EGL_CONTEXT_LOST;
        return gpu.gives_fences ? gpu.egl.GetError() : EGL_BAD_ALLOC;
    };
    egl.CreateSyncKHR = [](EGLDisplay display, EGLenum type,
                           const EGLint* attributes) -> EGLSyncKHR {
        if (gpu.lost || !gpu.gives_fences) return EGL_NO_SYNC_KHR;
        ++gpu.fences;
        return gpu.egl.CreateSyncKHR(display, type, attributes);
    };
    egl.DestroySyncKHR = [](EGLDisplay display, EGLSyncKHR sync) -> EGLBoolean {
        --gpu.fences;
        return gpu.egl.DestroySyncKHR(display, sync);
    };
    // Where it is lost nothing is waited for, as KHR_robustness has it.
    egl.ClientWaitSyncKHR = [](EGLDisplay, EGLSyncKHR, EGLint, EGLTimeKHR longest) -> EGLint {
        if (gpu.lost || gpu.finishes) return EGL_CONDITION_SATISFIED_KHR;
        gpu.waited += Nanos(longest);
        return EGL_TIMEOUT_EXPIRED_KHR;
    };
    egl.GetSyncAttribKHR = [](EGLDisplay, EGLSyncKHR, EGLint, EGLint* value) -> EGLBoolean {
        *value = gpu.lost || gpu.finishes ? EGL_SIGNALED_KHR : EGL_UNSIGNALED_KHR;
        return EGL_TRUE;
    };
}

void stand_between_drawing(GlFunctions& gl) {
    gpu.gl = gl;
    gl.GetError = []() -> GLenum {
        constexpr GLenum kLost = 0x0507;  // GL_CONTEXT_LOST
        return gpu.lost ? kLost : gpu.gl.GetError();
    };
    gl.Finish = [] {
        gpu.watched_when_finished = gpu.watched ? gpu.watched->load() : 0;
        gpu.gl.Finish();
    };
    gl.GenTextures = [](GLsizei count, GLuint* names) {
        gpu.textures += count;
        gpu.gl.GenTextures(count, names);
    };
    gl.DeleteTextures = [](GLsizei count, const GLuint* names) {
        gpu.textures -= count;
        gpu.gl.DeleteTextures(count, names);
    };
}

class LostGpu : public ::testing::Test {
  protected:
    using Leases = std::shared_ptr<std::atomic<int>>;

    void SetUp() override {
        gpu = {};
        auto context = GlContext::make_offscreen();
        ASSERT_TRUE(context) << context.error().text;
        context_ = std::move(*context);
        auto target = make_render_texture(*context_, kTargetSize);
        ASSERT_TRUE(target) << target.error().text;
        target_ = std::move(*target);
        HostedPlayerOptions options;
        options.sound = false;
        player_ = HostedPlayer::make(std::move(options)).value();
        make_renderer();
    }
    void TearDown() override {
        renderer_.reset();
        EXPECT_EQ(gpu.fences, 0);
        set_log_sink(before_);
    }
    void make_renderer() {
        renderer_.reset();
        auto renderer =
            HostedRenderer::make(player_, true, {stand_between_fences, stand_between_drawing});
        ASSERT_TRUE(renderer) << renderer.error().text;
        renderer_ = std::move(*renderer);
    }
    /// Of each there is one where somebody has the picture, the board among them.
    Leases post() {
        auto leases = std::make_shared<std::atomic<int>>(0);
        player_->board().post(make_gray_frame(Nanos{0}, posted_++, leases), {});
        return leases;
    }
    [[nodiscard]] Result<void> draw() {
        return renderer_->draw({target_.framebuffer.name(), kTargetSize}, {}, 1);
    }
    /// Draws until the pictures before are back, as far as the GPU has finished them.
    void draw_on() {
        for (size_t i = 0; i <= kFramesInFlight; ++i) ASSERT_TRUE(draw());
    }

    std::string said_;
    const LogSink before_ =
        set_log_sink([this](LogLevel, std::string_view line) { said_ += line; });
    std::unique_ptr<GlContext> context_;
    RenderTexture target_;
    std::shared_ptr<HostedPlayer> player_;
    std::unique_ptr<HostedRenderer> renderer_;
    uint64_t posted_ = 0;
};

void expect_error(const Result<void>& done, Errc code, const char* text) {
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, code) << done.error().text;
    EXPECT_NE(done.error().text.find(text), std::string::npos) << done.error().text;
}

TEST_F(LostGpu, ALostContextIsToldByEachCallAndTakesNothingAlong) {
    const Leases first = post();
    ASSERT_TRUE(draw());
    ASSERT_TRUE(renderer_->borrow());
    ASSERT_TRUE(renderer_->borrow());
    const Leases second = post();
    gpu.lost = true;
    expect_error(draw(), Errc::device_lost, "lost");
    EXPECT_TRUE(renderer_->give_back()) << "it is borrowed once more";
    expect_error(renderer_->give_back(), Errc::device_lost, "EGL_CONTEXT_LOST");
    expect_error(renderer_->give_back(), Errc::device_lost, "EGL_CONTEXT_LOST");
    EXPECT_EQ(*first, 1) << "it is still lent";
    renderer_.reset();
    EXPECT_EQ(*first, 0);
    EXPECT_EQ(*second, 1) << "the board's";
    EXPECT_EQ(gpu.fences, 0);
    EXPECT_EQ(gpu.textures, 0);
    gpu.lost = false;
    make_renderer();
    EXPECT_TRUE(draw());
}

/// Though it has the picture by now.
TEST_F(LostGpu, NothingIsBorrowedOfALostContext) {
    const Leases picture = post();
    ASSERT_TRUE(draw());
    gpu.lost = true;
    const auto lent = renderer_->borrow();
    ASSERT_FALSE(lent);
    EXPECT_EQ(lent.error().code, Errc::device_lost);
    EXPECT_TRUE(renderer_->give_back()) << "nothing";
}

TEST_F(LostGpu, WhatIsLentGoesBackThoughTheContextWentBefore) {
    const Leases lent = post();
    ASSERT_TRUE(renderer_->borrow());
    const Leases drawn = post();
    ASSERT_TRUE(draw());
    (void)post();
    EXPECT_EQ(*lent + *drawn, 2);
    target_ = {};
    context_.reset();
    EXPECT_FALSE(renderer_->is_at_home());
    renderer_.reset();
    EXPECT_EQ(*lent + *drawn, 0);
    EXPECT_NE(said_.find("without its context"), std::string::npos) << said_;
}

/// It is waited for in another way, before anybody else may write there.
TEST_F(LostGpu, ADrawWithoutAFenceIsFinished) {
    gpu.watched = post();
    gpu.gives_fences = false;
    expect_error(draw(), Errc::unavailable, "EGL_BAD_ALLOC");
    EXPECT_EQ(gpu.watched_when_finished, 1);
    gpu.gives_fences = true;
    (void)post();
    draw_on();
    EXPECT_EQ(*gpu.watched, 0);
}

TEST_F(LostGpu, WhatIsGivenBackWithoutAFenceStaysLent) {
    gpu.watched = post();
    ASSERT_TRUE(renderer_->borrow());
    (void)post();
    gpu.gives_fences = false;
    expect_error(renderer_->give_back(), Errc::unavailable, "EGL_BAD_ALLOC");
    gpu.gives_fences = true;
    draw_on();
    EXPECT_EQ(*gpu.watched, 1);
    EXPECT_TRUE(renderer_->give_back());
    draw_on();
    EXPECT_EQ(*gpu.watched, 0);
    gpu.watched = post();
    ASSERT_TRUE(renderer_->borrow());
    (void)post();
    gpu.gives_fences = false;
    gpu.watched_when_finished = -1;
    renderer_.reset();
    EXPECT_EQ(gpu.watched_when_finished, 1) << "what is lent goes once it is drawn";
    EXPECT_EQ(*gpu.watched, 0);
}

TEST_F(LostGpu, AFenceThatNeverSignalsIsWaitedForSoLong) {
    constexpr Nanos kLongest = std::chrono::seconds(10);
    gpu.finishes = false;
    std::vector<Leases> pictures;
    const auto held = [&] {
        return std::count_if(pictures.begin(), pictures.end(),
                             [](const Leases& each) { return *each > 0; });
    };
    for (size_t i = 1; i < kFramesInFlight; ++i) {
        pictures.push_back(post());
        ASSERT_TRUE(renderer_->borrow());
        ASSERT_TRUE(renderer_->give_back());
    }
    pictures.push_back(post());
    ASSERT_TRUE(renderer_->borrow());
    pictures.push_back(post());
    ASSERT_TRUE(draw()) << "there is room for one more";
    EXPECT_EQ(gpu.waited, Nanos{0});
    expect_error(renderer_->give_back(), Errc::timeout, "within 10 s");
    expect_error(draw(), Errc::timeout, "within 10 s");
    EXPECT_EQ(held(), 4) << "the one that is lent among them";
    gpu.finishes = true;
    ASSERT_TRUE(renderer_->give_back());
    draw_on();
    EXPECT_EQ(held(), 1) << "the newest";
    // And where it goes: no longer than for one.
    gpu.finishes = false;
    ASSERT_TRUE(renderer_->borrow());
    for (size_t i = 1; i < kFramesInFlight; ++i) ASSERT_TRUE(draw());
    gpu.waited = Nanos{0};
    said_.clear();
    renderer_.reset();
    EXPECT_GT(gpu.waited, Nanos{0});
    EXPECT_LE(gpu.waited, kLongest);
    EXPECT_NE(said_.find("it has hung"), std::string::npos) << said_;
}

}  // namespace
}  // namespace vitrine
