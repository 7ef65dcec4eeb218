// Which memory of ours a device is offered, in which order, and what is said of it.
#include "hw/device_memory.h"

#include <gtest/gtest.h>

#include "core/log.h"
#include "tests/support/heap_kernel.h"

namespace vitrine {
namespace {

using testing::HeapKernel;

class DeviceMemoryTest : public ::testing::Test {
  protected:
    DeviceMemoryTest()
        : before_(
              set_log_sink([this](LogLevel, std::string_view line) { lines.emplace_back(line); })) {
    }
    ~DeviceMemoryTest() override { set_log_sink(before_); }

    std::vector<std::string> lines;

  private:
    LogSink before_;
};

TEST_F(DeviceMemoryTest, IsOfTheNextAllocatorWhereOneIsRefused) {
    HeapKernel kernel({"linux,cma", "system"});
    DeviceMemory memory(testing::borrowed(kernel), "/dev/video7");
    EXPECT_TRUE(lines.empty()) << "nothing is opened until it is asked for";
    std::vector<std::string> names;
    while (BufferAllocator* best = memory.best()) {
        EXPECT_EQ(memory.best(), best) << "until it is refused";
        names.emplace_back(best->name());
        memory.refuse({Errc::io, "not " + names.back()});
    }
    EXPECT_EQ(names, (std::vector<std::string>{"dma-heap:linux,cma", "dma-heap:system", "memfd"}));
    EXPECT_EQ(lines,
              (std::vector<std::string>{
                  "/dev/video7: no buffers of udmabuf: cannot open /dev/udmabuf: No such file or "
                  "directory",
                  "/dev/video7: no buffers of dma-heap:linux,cma: not dma-heap:linux,cma",
                  "/dev/video7: no buffers of dma-heap:system: not dma-heap:system",
                  "/dev/video7: no buffers of memfd: not memfd"}));
    const Error error = memory.nothing_left().value();
    EXPECT_EQ(error.code, Errc::unsupported);
    for (const char* reason :
         {"udmabuf: cannot open", "linux,cma: not", "system: not", "memfd: not"}) {
        EXPECT_NE(error.text.find(reason), std::string::npos) << error.text;
    }
}

TEST_F(DeviceMemoryTest, ThatWasTakenIsSaidOnce) {
    HeapKernel kernel({"linux,cma", "system"});
    DeviceMemory memory(testing::borrowed(kernel), "/dev/video7");
    ASSERT_TRUE(memory.best());
    lines.clear();
    memory.note_taken();
    memory.note_taken();
    EXPECT_EQ(lines, (std::vector<std::string>{"/dev/video7: its buffers are dma-heap:linux,cma"}));
    memory.refuse({Errc::unavailable, "it has run out"});
    memory.note_taken();
    EXPECT_EQ(lines.back(), "/dev/video7: its buffers are dma-heap:system");
}

TEST_F(DeviceMemoryTest, ThatHasRunOutMayComeBack) {
    HeapKernel kernel({"linux,cma"});
    DeviceMemory memory(testing::borrowed(kernel), "/dev/video7");
    ASSERT_TRUE(memory.best());
    memory.refuse({Errc::unavailable, "it has run out"});
    ASSERT_TRUE(memory.best());
    memory.refuse({Errc::io, "not this"});
    ASSERT_FALSE(memory.best());
    EXPECT_EQ(memory.nothing_left().value().code, Errc::unavailable);
}

}  // namespace
}  // namespace vitrine
