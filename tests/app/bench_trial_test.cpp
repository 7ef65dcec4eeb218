// What a trial times, with a driver whose calls alone move the clock.
#include "app/bench_trial.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/manual_clock.h"
#include "tests/support/missing.h"

namespace {

using namespace vitrine;
using namespace std::chrono_literals;

ManualClock the_clock;
GlFunctions slow_gl;
EglFunctions slow_egl;
int draws_left;

constexpr Nanos kUpload = 1ms;  // of a plane
constexpr Nanos kDraw = 5ms;
constexpr Nanos kFence = 3ms;
constexpr Nanos kReading = 100ms;
constexpr Nanos kQuery = 4ms;  // what the timer says

void slow_down(GlFunctions& gl) {
    slow_gl = gl;
    gl.TexSubImage2D = [](GLenum target, GLint level, GLint x, GLint y, GLsizei width,
                          GLsizei height, GLenum format, GLenum type, const void* pixels) {
        the_clock.advance(kUpload);
        slow_gl.TexSubImage2D(target, level, x, y, width, height, format, type, pixels);
    };
    gl.DrawArrays = [](GLenum mode, GLint first, GLsizei count) {
        the_clock.advance(kDraw);
        if (draws_left-- > 0) slow_gl.DrawArrays(mode, first, count);
    };
    gl.ReadPixels = [](GLint x, GLint y, GLsizei width, GLsizei height, GLenum format, GLenum type,
                       void* pixels) {
        the_clock.advance(kReading);
        slow_gl.ReadPixels(x, y, width, height, format, type, pixels);
    };
    gl.BeginQueryEXT = [](GLenum, GLuint) {};
    gl.EndQueryEXT = [](GLenum) {};
    gl.GetQueryObjectui64vEXT = [](GLuint, GLenum, GLuint64* time) {
        *time = static_cast<GLuint64>(kQuery.count());
    };
}

void slow_down(EglFunctions& egl) {
    slow_egl = egl;
    egl.ClientWaitSyncKHR = [](EGLDisplay display, EGLSyncKHR sync, EGLint flags,
                               EGLTimeKHR timeout) {
        the_clock.advance(kFence);
        return slow_egl.ClientWaitSyncKHR(display, sync, flags, timeout);
    };
}

class BenchTrialTimes : public ::testing::Test {
  protected:
    void SetUp() override {
        draws_left = 1000;
        auto context = GlContext::make_offscreen({slow_down, slow_down});
        ASSERT_TRUE(context) << context.error().text;
        auto output = make_offscreen_output(std::move(*context), kBenchTarget);
        ASSERT_TRUE(output) << output.error().text;
        output_ = std::move(*output);
        auto renderer = Renderer::make(output_->context());
        ASSERT_TRUE(renderer) << renderer.error().text;
        renderer_ = std::move(*renderer);
    }

    static TrialPlan plan_for(std::string_view method, uint64_t frames) {
        const auto rows = transfer_rows();
        const auto row = std::find_if(rows.begin(), rows.end(),
                                      [&](const auto& each) { return each.name == method; });
        TrialPlan plan;
        plan.row = &*row;
        plan.transfer = {PixelFormat::nv12, {128, 72}, nullptr};
        plan.warm_up = 4;
        plan.frames = frames;
        return plan;
    }

    Result<TrialSamples> run(const TrialPlan& plan, GpuTimer* timer = nullptr) {
        return run_trial({*output_, *renderer_, timer, the_clock, the_clock}, plan);
    }

    std::unique_ptr<GpuTimer> make_timer() {
        auto timer = GpuTimer::make(output_->context(), the_clock, []() -> Result<void> {
            the_clock.advance(kQuery - kFence);  // and the fence behind it
            return {};
        });
        if (!timer) ADD_FAILURE() << timer.error().text;
        return timer ? std::move(*timer) : nullptr;
    }

    static void expect_all(const std::vector<Nanos>& times, size_t count, Nanos wanted) {
        EXPECT_EQ(times.size(), count);
        for (const Nanos time : times) EXPECT_EQ(time, wanted);
    }

    std::unique_ptr<Output> output_;
    std::unique_ptr<Renderer> renderer_;
};

TEST_F(BenchTrialTimes, AreOfTheHandOverAndOfTheDrawAndOfNothingElse) {
    const auto samples = run(plan_for("subimage", 6));
    ASSERT_TRUE(samples) << samples.error().text;
    expect_all(samples->write, 6, 0ns);
    expect_all(samples->hand_over, 6, 2 * kUpload);
    expect_all(samples->frame, 6, 2 * kUpload + kDraw);
    expect_all(samples->cpu, 6, 2 * kUpload + kDraw);
    expect_all(samples->gpu, 5, kFence);  // each alone
    EXPECT_EQ(samples->frames, 6u);
    EXPECT_EQ(samples->copies, 6u);
    EXPECT_EQ(samples->bytes_copied, 6u * 128 * 72 * 3 / 2);
    EXPECT_EQ(samples->wall, 6 * (2 * kUpload + kDraw + kFence + kReading));
}

TEST_F(BenchTrialTimes, OfDrawingOnlyHaveNoHandOver) {
    const auto samples = run(plan_for("draw-only", 6));
    ASSERT_TRUE(samples) << samples.error().text;
    expect_all(samples->hand_over, 6, 0ns);
    expect_all(samples->frame, 6, kDraw);
    EXPECT_EQ(samples->copies, 0u);
}

TEST_F(BenchTrialTimes, OfMemcpyHaveNoDraw) {
    const auto samples = run(plan_for("memcpy", 6));
    ASSERT_TRUE(samples) << samples.error().text;
    expect_all(samples->frame, 6, 0ns);
    EXPECT_TRUE(samples->gpu.empty());
    EXPECT_EQ(samples->wall, 0ns);
}

TEST_F(BenchTrialTimes, OfTheGpuComeFromTheTimerWhereThereIsOne) {
    if (!output_->context().facts().has_timer_query) VITRINE_MISSING("no timer query");
    const auto timer = make_timer();
    ASSERT_NE(timer, nullptr);
    const auto samples = run(plan_for("subimage", 20), timer.get());
    ASSERT_TRUE(samples) << samples.error().text;
    expect_all(samples->gpu, 20, kQuery);
    // What was not drawn has no time of the GPU.
    const auto copied = run(plan_for("memcpy", 20), timer.get());
    ASSERT_TRUE(copied) << copied.error().text;
    EXPECT_TRUE(copied->gpu.empty());
}

TEST_F(BenchTrialTimes, GiveTheTimerBackAlsoWhenTheTrialIsVoid) {
    if (!output_->context().facts().has_timer_query) VITRINE_MISSING("no timer query");
    const auto timer = make_timer();
    ASSERT_NE(timer, nullptr);
    for (int round = 0; round < 10; ++round) {
        draws_left = 6;
        ASSERT_FALSE(run(plan_for("subimage", 20), timer.get()));
    }
    for (int slot = 0; slot < 8; ++slot) {
        EXPECT_TRUE(timer->begin());
        timer->end();
    }
}

TEST_F(BenchTrialTimes, EndTheTrialThatLastsTooLong) {
    TrialPlan plan = plan_for("subimage", 1000);
    plan.duration = 250ms;
    const auto samples = run(plan);
    ASSERT_TRUE(samples) << samples.error().text;
    // Three are on their way before the first is waited for and looked at: 7, 14, 21 ms; then it is
    // 110 ms each, and 241 after the fifth.
    EXPECT_EQ(samples->frames, 6u);
}

}  // namespace
