// The interposer counts what the sample does, and nothing else.
#include <gtest/gtest.h>

#include "tests/interpose/counted_run.h"

namespace vitrine {
namespace {

using test::CountedRun;
using test::run_counted;

const std::string kSample = VITRINE_INTERPOSE_SAMPLE;
constexpr uint64_t kLarge = 64 * 1024;

TEST(Interpose, CountsCopiesByWhoseTheyAre) {
    const CountedRun run = run_counted(kSample + " copies");
    ASSERT_EQ(run.exit_code, 0) << run.output;
    EXPECT_EQ(run.calls("large_copy"), 3u);
    EXPECT_EQ(run.bytes("large_copy"), 3 * kLarge + 107);
    EXPECT_GE(run.calls("any_copy"), 4u);
    EXPECT_GE(run.bytes("any_copy"), 4 * kLarge + 106);
    EXPECT_EQ(run.libraries.at("large_copy").calls, 2u);
    EXPECT_EQ(run.libraries.at("large_copy").bytes, 2 * kLarge + 1);
}

TEST(Interpose, CountsIoctls) {
    const CountedRun run = run_counted(kSample + " copies");
    ASSERT_EQ(run.exit_code, 0) << run.output;
    EXPECT_EQ(run.calls("ioctl"), 3u);
    EXPECT_EQ(run.calls("DMA_BUF_IOCTL_SYNC"), 1u);
    EXPECT_EQ(run.calls("glTexImage2D"), 0u);
}

TEST(Interpose, CountsGlBySymbolAndByLoadedFunction) {
    const CountedRun run = run_counted(kSample + " gl");
    ASSERT_EQ(run.exit_code, 0) << run.output;
    EXPECT_EQ(run.calls("eglCreateImage"), 3u);
    EXPECT_EQ(run.calls("failed_eglCreateImage"), 1u);
    EXPECT_EQ(run.calls("eglDestroyImage"), 2u);
    EXPECT_EQ(run.calls("glEGLImageTargetTexture2DOES"), 1u);
    EXPECT_EQ(run.calls("glTexImage2D"), 2u);
    EXPECT_EQ(run.bytes("glTexImage2D"), 16u * 8);
    EXPECT_EQ(run.calls("glTexSubImage2D"), 3u);
    EXPECT_EQ(run.bytes("glTexSubImage2D"), 16u * 8 * 4 + 8 * 8 + 4 * 8);
    EXPECT_EQ(run.calls("glTexStorage2D"), 1u);
    EXPECT_EQ(run.calls("glReadPixels"), 2u);
    EXPECT_EQ(run.calls("unknown_texels"), 0u);
}

}  // namespace
}  // namespace vitrine
