// A picture that fades in, as it is presented: what is seen at each moment, and how long the one
// before is held.
#include <gtest/gtest.h>

#include "player/presenter.h"
#include "tests/support/fake_source.h"
#include "tests/support/manual_clock.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;

constexpr uint8_t kBlack = 16;
constexpr uint8_t kWhite = 235;

/// A square picture on an output twice as wide: the middle shows it, and its left is bare.
class GlPresenterFade : public ::testing::Test {
  protected:
    void SetUp() override {
        auto output = make_offscreen_output({64, 32});
        ASSERT_TRUE(output) << output.error().text;
        PresenterHooks hooks;
        hooks.presented = [this](const FrameRecord&) { ++presented_; };
        hooks.pixels = [this](const FrameRecord&, const Picture& picture) { drawn_ = picture; };
        auto presenter = make_gl_presenter(std::move(*output), {}, clock_, std::move(hooks));
        ASSERT_TRUE(presenter) << presenter.error().text;
        presenter_ = std::move(*presenter);
    }

    /// Of the source that so many frames are out of.
    void show(uint8_t level, const std::shared_ptr<std::atomic<int>>& leases = nullptr) {
        ASSERT_TRUE(presenter_->make_room());
        const auto shown =
            presenter_->show({make_gray_frame(Nanos{0}, sequence_++, leases, level), {}});
        ASSERT_TRUE(shown) << shown.error().text;
    }
    /// All that the GPU has to do is done.
    void settle() {
        while (presenter_->wait_for_gpu(1s)) {
        }
    }
    [[nodiscard]] static int middle_of(const Picture& picture) {
        return picture.rgba.at(static_cast<size_t>(16 * 64 + 32) * 4);
    }
    [[nodiscard]] static int left_of(const Picture& picture) {
        return picture.rgba.at(static_cast<size_t>(16 * 64 + 4) * 4);
    }
    [[nodiscard]] Picture seen() {
        auto picture = presenter_->last_picture();
        EXPECT_TRUE(picture) << picture.error().text;
        return picture.value_or(Picture{});
    }

    ManualClock clock_{1000s};
    uint64_t sequence_ = 0;
    int presented_ = 0;
    Picture drawn_;
    std::unique_ptr<Presenter> presenter_;
};

TEST_F(GlPresenterFade, MixesBothAsTimeGoesOn) {
    show(kBlack);
    presenter_->fade_next(1s);
    EXPECT_FALSE(presenter_->fade_drawn()) << "the next is not there yet";
    clock_.advance(5s);
    show(kWhite);
    EXPECT_EQ(middle_of(drawn_), 0);
    EXPECT_EQ(presenter_->fade_drawn(), Nanos(1005s));
    clock_.advance(250ms);
    ASSERT_TRUE(presenter_->redraw());
    EXPECT_EQ(presenter_->fade_drawn(), Nanos(1005s + 250ms));
    EXPECT_NEAR(middle_of(seen()), 64, 3);
    clock_.advance(250ms);
    EXPECT_NEAR(middle_of(seen()), 64, 3) << "as presented last";
    show(kWhite);
    EXPECT_NEAR(middle_of(drawn_), 128, 3);
    clock_.advance(499ms);
    ASSERT_TRUE(presenter_->redraw());
    EXPECT_NEAR(middle_of(seen()), 254, 3);
    EXPECT_TRUE(presenter_->fade_drawn());
    clock_.advance(1ms);
    ASSERT_TRUE(presenter_->redraw());
    EXPECT_EQ(middle_of(seen()), 255);
    EXPECT_FALSE(presenter_->fade_drawn());
    ASSERT_TRUE(presenter_->finish());
    EXPECT_EQ(presented_, 3) << "frames, not draws";
}

/// Each is drawn as it was asked for, and the bars of the one that comes fade in as well.
TEST_F(GlPresenterFade, KeepsHowThePictureBeforeWasDrawn) {
    presenter_->set_draw({Fit::stretch, 0});
    show(kWhite);
    presenter_->set_draw({Fit::contain, 0});
    ASSERT_TRUE(presenter_->redraw());
    EXPECT_EQ(left_of(seen()), 255) << "that is for the frames to come";
    presenter_->fade_next(1s);
    show(kWhite);
    clock_.advance(500ms);
    ASSERT_TRUE(presenter_->redraw());
    EXPECT_NEAR(left_of(seen()), 128, 3);
    EXPECT_NEAR(middle_of(seen()), 255, 2);
    clock_.advance(500ms);
    ASSERT_TRUE(presenter_->redraw());
    EXPECT_EQ(left_of(seen()), 0);
}

TEST_F(GlPresenterFade, HoldsOneFrameOfTheSourceBeforeUntilItIsOver) {
    const auto before = std::make_shared<std::atomic<int>>(0);
    for (int i = 0; i < 5; ++i) show(kBlack, before);
    presenter_->fade_next(1s);
    presenter_->begin_source();
    for (int i = 0; i < 5; ++i) {
        show(kWhite);
        settle();
        EXPECT_EQ(*before, 1);
        clock_.advance(199ms);
    }
    EXPECT_EQ(*before, 1);
    clock_.advance(5ms);
    ASSERT_TRUE(presenter_->redraw());
    settle();
    EXPECT_EQ(*before, 0);
}

TEST_F(GlPresenterFade, LetsGoWhenNobodyWantsItAnyMore) {
    const auto before = std::make_shared<std::atomic<int>>(0);
    show(kBlack, before);
    presenter_->fade_next(1s);
    show(kWhite);
    clock_.advance(500ms);
    ASSERT_TRUE(presenter_->redraw());
    presenter_->fade_next(Nanos{0});
    EXPECT_FALSE(presenter_->fade_drawn());
    settle();
    EXPECT_EQ(*before, 0);
    show(kWhite);
    EXPECT_EQ(middle_of(drawn_), 255);
}

TEST_F(GlPresenterFade, LetsGoWhereTheOutputCannotHaveItsSize) {
    const auto before = std::make_shared<std::atomic<int>>(0);
    show(kBlack, before);
    presenter_->fade_next(1s);
    show(kWhite);
    ASSERT_TRUE(presenter_->resize({32, 32}));
    EXPECT_TRUE(presenter_->fade_drawn()) << "another size does not end it";
    EXPECT_FALSE(presenter_->resize({0, 0}));
    EXPECT_FALSE(presenter_->fade_drawn());
    settle();
    EXPECT_EQ(*before, 0);
}

TEST_F(GlPresenterFade, OneThatIsCutShortByTheNextHoldsNoMore) {
    const auto first = std::make_shared<std::atomic<int>>(0);
    const auto second = std::make_shared<std::atomic<int>>(0);
    show(kBlack, first);
    presenter_->fade_next(1s);
    show(kWhite, second);
    clock_.advance(100ms);
    presenter_->fade_next(1s);
    show(kBlack);
    settle();
    EXPECT_EQ(*first, 0);
    EXPECT_EQ(*second, 1);
    EXPECT_EQ(middle_of(drawn_), 255);
}

TEST_F(GlPresenterFade, ThereIsNoneBeforeTheFirstFrame) {
    presenter_->fade_next(1s);
    show(kWhite);
    EXPECT_FALSE(presenter_->fade_drawn());
    EXPECT_EQ(middle_of(drawn_), 255);
}

bool gpu_has_faded;

/// What the GPU may still sample stays, be the fade over.
TEST(GlPresenter, KeepsWhatAFrameFadesInOverUntilItsFenceSignals) {
    gpu_has_faded = true;
    FunctionFilters filters;
    filters.egl = [](EglFunctions& egl) {
        egl.ClientWaitSyncKHR = [](EGLDisplay, EGLSyncKHR, EGLint, EGLTimeKHR) -> EGLint {
            return gpu_has_faded ? EGL_CONDITION_SATISFIED_KHR : EGL_TIMEOUT_EXPIRED_KHR;
        };
        egl.GetSyncAttribKHR = [](EGLDisplay, EGLSyncKHR, EGLint, EGLint* value) -> EGLBoolean {
            *value = gpu_has_faded ? EGL_SIGNALED_KHR : EGL_UNSIGNALED_KHR;
            return EGL_TRUE;
        };
    };
    auto context = GlContext::make_offscreen(filters);
    ASSERT_TRUE(context) << context.error().text;
    auto output = make_offscreen_output(std::move(*context), {64, 32});
    ASSERT_TRUE(output) << output.error().text;
    ManualClock clock{1000s};
    auto made = make_gl_presenter(std::move(*output), {}, clock, {});
    ASSERT_TRUE(made) << made.error().text;
    Presenter& presenter = **made;
    const auto before = std::make_shared<std::atomic<int>>(0);
    ASSERT_TRUE(presenter.show({make_gray_frame(Nanos{0}, 0, before, kBlack), {}}));
    presenter.poll();
    gpu_has_faded = false;
    presenter.fade_next(1s);
    ASSERT_TRUE(presenter.show({make_gray_frame(Nanos{0}, 1, nullptr, kWhite), {}}));
    clock.advance(1s);
    ASSERT_TRUE(presenter.redraw());
    EXPECT_FALSE(presenter.fade_drawn());
    presenter.poll();
    EXPECT_EQ(*before, 1);
    gpu_has_faded = true;
    presenter.poll();
    EXPECT_EQ(*before, 0);
}

}  // namespace
}  // namespace vitrine
