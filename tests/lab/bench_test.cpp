// The bench with the kernel's own dma-bufs, which are bracketed for the CPU's writing.
#include <gtest/gtest.h>

#include <set>

#include "app/bench.h"

namespace {

using namespace vitrine;

TEST(LabBench, MeasuresDmaBufsOfEveryAllocator) {
    BenchOptions options;
    options.methods = {"dmabuf", "dmabuf-cached", "memcpy"};
    options.formats = {PixelFormat::nv12, PixelFormat::rgba};
    options.sizes = {{320, 180}};
    options.frames = 12;
    options.trials = 2;
    const auto report = bench(options, [] { return false; });
    ASSERT_TRUE(report) << report.error().text;
    std::set<std::string> measured;
    for (const BenchRow& row : report->rows) {
        SCOPED_TRACE(row.method);
        EXPECT_TRUE(row.voided.empty()) << row.voided.front();
        if (row.trials == 2) measured.insert(row.method);
        EXPECT_EQ(row.trials == 0, !row.unsupported.empty());
    }
    // A memfd is none, and what EGL makes of it is not for this test to say.
    for (const char* name : {"dmabuf dma-heap:system", "dmabuf udmabuf",
                             "dmabuf-cached dma-heap:system", "dmabuf-cached udmabuf", "memcpy"})
        EXPECT_EQ(measured.count(name), 1u) << name;
}

}  // namespace
