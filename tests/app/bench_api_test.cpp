// What bench measures of libvitrine, as far as it can be counted.
#include "app/bench_api.h"

#include <gtest/gtest.h>

#include <fstream>
#include <regex>

#include "hw/buffer_allocator.h"
#include "tests/app/support.h"

namespace {

using namespace vitrine;

class BenchApi : public ::testing::Test {
  protected:
    void SetUp() override {
        auto output = make_offscreen_output(kBenchTarget);
        ASSERT_TRUE(output) << output.error().text;
        output_ = std::move(*output);
        auto renderer = Renderer::make(output_->context());
        ASSERT_TRUE(renderer) << renderer.error().text;
        renderer_ = std::move(*renderer);
    }
    void TearDown() override {
        renderer_.reset();
        const LiveObjects& live = output_->context().live();
        EXPECT_EQ(live.buffers + live.programs + live.images + live.fences, 0);
        EXPECT_EQ(live.textures, live.framebuffers);
    }
    [[nodiscard]] BenchTools tools() const {
        return {*output_, *renderer_, nullptr, clock_, cpu_clock_};
    }
    [[nodiscard]] Result<ApiSamples> trial(std::shared_ptr<BufferAllocator> memory) const {
        ApiPlan plan;
        plan.transfer = {PixelFormat::nv12, {128, 72}, std::move(memory)};
        plan.frames = 20;
        plan.seed = 3;
        return run_api_trial(tools(), plan);
    }

    std::unique_ptr<Output> output_;
    std::unique_ptr<Renderer> renderer_;
    MonotonicClock clock_;
    ThreadCpuClock cpu_clock_;
};

TEST_F(BenchApi, CountsTheCallsOfGl) {
    const auto calls = measure_api_calls(tools());
    ASSERT_TRUE(calls) << calls.error().text;
    ASSERT_EQ(calls->size(), 4u);
    const CallSamples& update = (*calls)[0];
    EXPECT_EQ(update.name, "update");
    EXPECT_EQ(update.gl_calls, 0u);
    EXPECT_EQ(update.times.size(), 10000u);
    const CallSamples& draw = (*calls)[1];
    const CallSamples& state = (*calls)[2];
    EXPECT_EQ(draw.name, "draw");
    EXPECT_EQ(draw.times.size(), 200u);
    EXPECT_EQ(state.name, "state_in_a_row");
    EXPECT_EQ(state.times.size(), 10000u);
    EXPECT_EQ((*calls)[3].name, "state_between_pictures");
    EXPECT_EQ((*calls)[3].times.size(), 200u);
    EXPECT_EQ((*calls)[3].gl_calls, state.gl_calls);
    EXPECT_GT(state.gl_calls, 50u);
    EXPECT_GT(draw.gl_calls, state.gl_calls);
    for (const CallSamples& each : *calls) EXPECT_GT(each.cpu, Nanos{0}) << each.name;
}

void expect_shown(const TrialSamples& samples, uint64_t copies) {
    EXPECT_EQ(samples.frames, 20u);
    for (const auto* times : {&samples.frame, &samples.whole, &samples.cpu, &samples.gpu})
        EXPECT_EQ(times->size(), 20u);
    EXPECT_TRUE(samples.hand_over.empty());
    EXPECT_EQ(samples.copies, copies);
    EXPECT_EQ(samples.bytes_copied, copies * 128 * 72 * 3 / 2);
    EXPECT_GT(samples.wall, Nanos{0});
}

TEST_F(BenchApi, ShowsEveryPictureBothWays) {
    const auto samples = trial(nullptr);
    ASSERT_TRUE(samples) << samples.error().text;
    expect_shown(samples->program, 20);
    expect_shown(samples->api, 20);
}

TEST_F(BenchApi, CopiesNothingOfMemoryThatIsImported) {
    bool any = false;
    for (AllocatorTrial& each : open_allocators(std::make_shared<RealKernel>())) {
        if (!each.allocator) continue;
        SCOPED_TRACE(each.name);
        const auto samples = trial(std::move(*each.allocator));
        if (!samples && samples.error().code == Errc::unsupported) continue;
        ASSERT_TRUE(samples) << samples.error().text;
        expect_shown(samples->program, 0);
        expect_shown(samples->api, 0);
        any = true;
    }
    // A software renderer takes memfds.
    if (output_->context().facts().software_renderer) {
        EXPECT_TRUE(any);
    }
}

TEST(ProgramBenchApi, TellsAndCompares) {
    constexpr const char* kApi =
        VITRINE_PROGRAM " bench --via=api --sizes=64x64 --frames=12 --trials=2 --seed=5 ";
    const test::TemporaryFolder folder;
    const std::string path = folder.file("old.json");
    auto ran = test::run_program(fmt::format("{} --json >'{}'", kApi, path));
    ASSERT_EQ(ran.status, 0) << ran.output << test::contents_of(path);
    ran = test::run_program(fmt::format("{} --baseline={}", kApi, path));
    EXPECT_EQ(ran.status, 0) << ran.output;
    // The last figure is how often GL was called.
    const std::regex update("\nupdate, nothing new( +[0-9.]+){7} +0\n");
    EXPECT_TRUE(std::regex_search(ran.output, update)) << ran.output;
    const std::regex state(
        "\nstate kept, after pictures( +[0-9.]+){4} +-( +[0-9.]+){2} +[1-9][0-9]+\n");
    EXPECT_TRUE(std::regex_search(ran.output, state)) << ran.output;
    EXPECT_TRUE(test::contains(ran.output, "\nprogram upload ")) << ran.output;
    EXPECT_TRUE(test::contains(ran.output, "\napi upload ")) << ran.output;
    EXPECT_TRUE(test::contains(ran.output, "beside program upload, at p50: ")) << ran.output;
    EXPECT_TRUE(test::contains(ran.output, "Compared with " + path + "\n")) << ran.output;
    EXPECT_FALSE(test::contains(ran.output, "only now")) << ran.output;
    // An hour each.
    const std::regex time("(\"(p[0-9]+|max|mean)_ns\": )[0-9]+");
    const std::string slow = std::regex_replace(test::contents_of(path), time, "$013600000000000");
    std::ofstream(path) << slow;
    ran = test::run_program(fmt::format("{} --baseline={} '--fail-if=p50>10%'", kApi, path));
    EXPECT_EQ(ran.status, 0) << ran.output;
    const std::string quick = std::regex_replace(slow, std::regex("3600000000000"), "1");
    std::ofstream(path) << quick;
    ran = test::run_program(fmt::format("{} --baseline={} '--fail-if=whole.p50>10%'", kApi, path));
    EXPECT_EQ(WEXITSTATUS(ran.status), 8) << ran.output;
    ran = test::run_program(
        fmt::format("{} --baseline={} '--fail-if=hand_over.p50>10%'", kApi, path));
    EXPECT_EQ(WEXITSTATUS(ran.status), 1) << ran.output;
    EXPECT_TRUE(test::contains(ran.output, "nothing to compare with hand_over.p50")) << ran.output;
}

}  // namespace
