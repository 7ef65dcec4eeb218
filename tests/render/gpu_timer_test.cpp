// The timer's check of itself, with a driver whose queries answer what the test wants and a clock
// that only drawing moves.
#include "render/gpu_timer.h"

#include <gtest/gtest.h>

#include "tests/render/canvas.h"
#include "tests/support/manual_clock.h"
#include "tests/support/missing.h"

namespace vitrine::test {
namespace {

using namespace std::chrono_literals;

constexpr Nanos kDrawTime = 8ms;

GlFunctions timer_driver;
GLuint64 answer_ns = 0;
GLint disjoint = 0;

FunctionFilters pretended_queries() {
    FunctionFilters filters;
    filters.gl = [](GlFunctions& gl) {
        timer_driver = gl;
        gl.BeginQueryEXT = [](GLenum, GLuint) {};
        gl.EndQueryEXT = [](GLenum) {};
        gl.GetQueryObjectui64vEXT = [](GLuint, GLenum, GLuint64* time) { *time = answer_ns; };
        gl.GetIntegerv = [](GLenum name, GLint* value) {
            if (name != GL_GPU_DISJOINT_EXT) return timer_driver.GetIntegerv(name, value);
            *value = disjoint;
        };
    };
    return filters;
}

class GpuTimerCheck : public ::testing::Test {
  protected:
    GpuTimerCheck() : canvas_({8, 8}, pretended_queries()) {}

    Result<std::unique_ptr<GpuTimer>> make(Nanos query_says) {
        answer_ns = static_cast<GLuint64>(query_says.count());
        return GpuTimer::make(canvas_.context(), clock_, [&]() -> Result<void> {
            clock_.advance(kDrawTime);
            return {};
        });
    }

    void SetUp() override {
        disjoint = 0;
        if (!canvas_.context().facts().has_timer_query) VITRINE_MISSING("no timer query");
    }

    Canvas canvas_;
    ManualClock clock_;
};

TEST_F(GpuTimerCheck, BelievesAQueryWithinAQuarterOfTheFence) {
    for (const Nanos time : {Nanos(6ms), Nanos(8ms), Nanos(10ms)}) {
        const auto timer = make(time);
        ASSERT_TRUE(timer) << timer.error().text;
        const auto slot = (*timer)->begin();
        ASSERT_TRUE(slot);
        (*timer)->end();
        EXPECT_EQ((*timer)->take(*slot), time);
    }
}

TEST_F(GpuTimerCheck, RefusesAQueryThatSaysOtherwiseAndSaysByHowMuch) {
    for (const Nanos time : {Nanos(0), Nanos(5ms), Nanos(11ms), Nanos(1s)}) {
        const auto timer = make(time);
        ASSERT_FALSE(timer);
        EXPECT_EQ(timer.error().code, Errc::unsupported);
        EXPECT_NE(timer.error().text.find("8.000 ms"), std::string::npos) << timer.error().text;
    }
}

TEST_F(GpuTimerCheck, RefusesAClockThatIsDisjoint) {
    disjoint = 1;
    const auto timer = make(kDrawTime);
    ASSERT_FALSE(timer);
    EXPECT_NE(timer.error().text.find("disjoint"), std::string::npos) << timer.error().text;
}

TEST_F(GpuTimerCheck, GivesNoTimeOfADrawDuringWhichTheClockWasDisjoint) {
    const auto timer = make(kDrawTime);
    ASSERT_TRUE(timer) << timer.error().text;
    const auto slot = (*timer)->begin();
    ASSERT_TRUE(slot);
    (*timer)->end();
    disjoint = 1;
    EXPECT_FALSE((*timer)->take(*slot));
}

}  // namespace
}  // namespace vitrine::test
