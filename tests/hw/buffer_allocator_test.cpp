#include "hw/buffer_allocator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "tests/support/heap_kernel.h"

namespace vitrine {
namespace {

using testing::DeviceKernel;
using testing::FailingKernel;
using testing::HeapKernel;
using testing::Holdings;
using testing::holdings;

const AllocatorTrial& trial_of(const std::vector<AllocatorTrial>& trials, std::string_view name) {
    const auto found = std::find_if(trials.begin(), trials.end(),
                                    [&](const AllocatorTrial& t) { return t.name == name; });
    if (found == trials.end()) ADD_FAILURE() << "no trial of " << name;
    return *found;
}

TEST(BufferAllocator, BuffersKeepTheKernelThatTheyAreUnmappedBy) {
    auto kernel = std::make_shared<RealKernel>();
    const std::weak_ptr<Kernel> alive = kernel;
    std::unique_ptr<SharedBuffer> buffer;
    for (AllocatorTrial& trial : open_allocators(kernel)) {
        if (trial.name != "memfd") continue;
        buffer = std::move(*(*trial.allocator)->allocate(1));
    }
    kernel.reset();
    ASSERT_TRUE(buffer);
    EXPECT_FALSE(alive.expired());
    buffer.reset();
    EXPECT_TRUE(alive.expired());
}

TEST(BufferAllocator, MemfdWorksOnEveryMachine) {
    RealKernel kernel;
    const auto trials = open_allocators(testing::borrowed(kernel));
    const auto& memfd = trial_of(trials, "memfd");
    ASSERT_TRUE(memfd.allocator) << memfd.allocator.error().text;
    auto buffer = (*memfd.allocator)->allocate(5000);
    ASSERT_TRUE(buffer) << buffer.error().text;
    const DmaBufObject& object = (*buffer)->object();
    EXPECT_EQ(object.size % static_cast<uint64_t>(sysconf(_SC_PAGESIZE)), 0U);
    EXPECT_GE(object.size, 5000U);
    std::memset((*buffer)->data(), 0x5a, object.size);
    const auto seen = inspect_dma_buf(object.fd);
    ASSERT_TRUE(seen) << seen.error().text;
    EXPECT_EQ(seen->id, object.id);
    EXPECT_EQ(seen->size, object.size);
    EXPECT_TRUE((*buffer)->begin_cpu_access());
    EXPECT_TRUE((*buffer)->end_cpu_access());
    EXPECT_NE(fcntl(object.fd, F_GETFD) & FD_CLOEXEC, 0);
    EXPECT_NE(ftruncate(object.fd, 0), 0) << "a buffer must not shrink under its mapping";
}

TEST(BufferAllocator, RefusesSizesThatCannotBe) {
    RealKernel kernel;
    const auto trials = open_allocators(testing::borrowed(kernel));
    BufferAllocator& memfd = **trial_of(trials, "memfd").allocator;
    for (const size_t size : {size_t{0}, SIZE_MAX, SIZE_MAX / 2 + 1}) {
        const auto buffer = memfd.allocate(size);
        ASSERT_FALSE(buffer) << size;
        EXPECT_EQ(buffer.error().code, Errc::invalid_argument) << buffer.error().text;
    }
}

TEST(BufferAllocator, EveryRefusalHasAReason) {
    RealKernel kernel;
    for (const AllocatorTrial& trial : open_allocators(testing::borrowed(kernel))) {
        EXPECT_TRUE(trial.allocator || !trial.allocator.error().text.empty()) << trial.name;
    }
}

TEST(BufferAllocator, HeapsComeBestFirst) {
    DeviceKernel kernel;
    std::vector<std::string> names;
    for (const AllocatorTrial& trial : open_allocators(testing::borrowed(kernel))) {
        EXPECT_TRUE(trial.allocator) << trial.allocator.error().text;
        EXPECT_EQ((*trial.allocator)->name(), trial.name);
        names.push_back(trial.name);
    }
    EXPECT_EQ(names, (std::vector<std::string>{"dma-heap:system", "dma-heap:linux,cma",
                                               "dma-heap:other", "udmabuf", "memfd"}));
}

TEST(BufferAllocator, ForADeviceContiguousMemoryComesFirst) {
    HeapKernel kernel(
        {"system", "system-uncached", "other", "reserved", "default_cma_region", "linux,cma"});
    std::vector<std::string> names;
    for (const AllocatorTrial& trial : open_allocators_for_device(testing::borrowed(kernel))) {
        names.push_back(trial.name);
    }
    EXPECT_EQ(names,
              (std::vector<std::string>{"dma-heap:linux,cma", "dma-heap:default_cma_region",
                                        "dma-heap:reserved", "dma-heap:other", "dma-heap:system",
                                        "dma-heap:system-uncached", "udmabuf", "memfd"}));
}

TEST(BufferAllocator, DmaBufsAreBracketedThroughInterruptions) {
    DeviceKernel kernel;
    const auto trials = open_allocators(testing::borrowed(kernel));
    for (const char* name : {"dma-heap:system", "udmabuf"}) {
        auto buffer = (*trial_of(trials, name).allocator)->allocate(100);
        ASSERT_TRUE(buffer) << buffer.error().text;
        const int before = kernel.starts;
        kernel.interruptions = 3;
        EXPECT_TRUE((*buffer)->begin_cpu_access());
        EXPECT_TRUE((*buffer)->end_cpu_access());
        EXPECT_EQ(kernel.starts, before + 1);
        EXPECT_EQ(kernel.ends, kernel.starts);
    }
    EXPECT_EQ(kernel.bracket_faults, 0);
}

TEST(BufferAllocator, ANodeOfSomebodyElseIsNamedWithItsOwner) {
    DeviceKernel kernel;
    kernel.forbidden = {"/dev/udmabuf", "/dev/dma_heap/system"};
    const auto trials = open_allocators(testing::borrowed(kernel));
    const Error& error = trial_of(trials, "udmabuf").allocator.error();
    EXPECT_EQ(error.code, Errc::unsupported);
    EXPECT_EQ(error.text, "/dev/udmabuf belongs to root:video (0660): add yourself to group video");
    EXPECT_FALSE(trial_of(trials, "dma-heap:system").allocator);
    EXPECT_TRUE(trial_of(trials, "dma-heap:linux,cma").allocator);
}

/// Opens every row and takes one buffer of each.
void use_everything(Kernel& kernel) {
    for (AllocatorTrial& trial : open_allocators(testing::borrowed(kernel))) {
        if (!trial.allocator) {
            EXPECT_FALSE(trial.allocator.error().text.empty());
            continue;
        }
        auto buffer = (*trial.allocator)->allocate(10000);
        if (!buffer) continue;
        if ((*buffer)->begin_cpu_access()) (void)(*buffer)->end_cpu_access();
    }
}

template <typename Inner>
void fail_each_call(int error) {
    Inner inner;
    use_everything(inner);  // whatever is opened once for the whole process
    const Holdings before = holdings();
    int failed = 0;
    for (int n = 0;; ++n) {
        FailingKernel kernel(inner, n, error);
        use_everything(kernel);
        ASSERT_EQ(holdings(), before) << "call " << n << " failed with " << errno_text(error);
        if (!kernel.failed()) break;
        ++failed;
    }
    fmt::print("failed {} calls, each with {}\n", failed, errno_text(error));
    EXPECT_GT(failed, 0);
}

TEST(BufferAllocatorFailures, LeakNothingOnThisMachine) {
    for (const int error : {ENOMEM, EMFILE, EINVAL}) fail_each_call<RealKernel>(error);
}

TEST(BufferAllocatorFailures, LeakNothingWithEveryDevice) {
    for (const int error : {ENOMEM, EINTR, EACCES}) fail_each_call<DeviceKernel>(error);
}

}  // namespace
}  // namespace vitrine
