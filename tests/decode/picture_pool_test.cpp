#include "decode/picture_pool.h"

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <set>
#include <thread>
#include <utility>

#include "tests/decode/sources.h"

namespace vitrine {
namespace {

using testing::DeviceKernel;
using testing::FailingKernel;
using testing::holdings;

TEST(PicturePool, LendsTheOneGivenBackLast) {
    RealKernel kernel;
    const auto pool = PicturePool::make(allocator_named(kernel, "memfd"));
    PictureBuffer* first = *pool->lend(1000, 3);
    PictureBuffer* second = *pool->lend(1000, 3);
    EXPECT_NE(first, second);
    EXPECT_EQ(first->generation(), second->generation());
    PicturePool::give_back(first);
    PicturePool::give_back(second);
    EXPECT_EQ(*pool->lend(1000, 3), second);
    EXPECT_EQ(*pool->lend(1000, 3), first);
    EXPECT_EQ(pool->numbers().allocated, 2U);
    PicturePool::give_back(first);
    PicturePool::give_back(second);
}

TEST(PicturePool, IsBounded) {
    RealKernel kernel;
    const auto pool = PicturePool::make(allocator_named(kernel, "memfd"));
    PictureBuffer* one = *pool->lend(1000, 2);
    PictureBuffer* two = *pool->lend(1000, 2);
    const auto third = pool->lend(1000, 2);
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().code, Errc::unavailable);
    EXPECT_NE(third.error().text.find("memfd"), std::string::npos) << third.error().text;
    PicturePool::give_back(one);
    auto again = pool->lend(1000, 2);
    ASSERT_TRUE(again);
    PicturePool::give_back(*again);
    PicturePool::give_back(two);
}

TEST(PicturePool, ANewSizeIsANewGeneration) {
    RealKernel kernel;
    const auto pool = PicturePool::make(allocator_named(kernel, "memfd"));
    PictureBuffer* small = *pool->lend(1000, 4);
    PictureBuffer* large = *pool->lend(100000, 4);
    EXPECT_GT(large->generation(), small->generation());
    PicturePool::give_back(small);  // worthless by now
    EXPECT_EQ(pool->numbers().free, 0U);
    PicturePool::give_back(large);
    EXPECT_EQ(pool->numbers().free, 1U);
}

TEST(PicturePool, PoolsThatShareAGenerationSourceNeverShareAGeneration) {
    RealKernel kernel;
    const auto generations = std::make_shared<GenerationSource>();
    std::set<uint64_t> seen;
    for (int file = 0; file < 3; ++file) {
        const auto pool = PicturePool::make(allocator_named(kernel, "memfd"), generations);
        for (const size_t size : {1000U, 2000U, 1000U}) {
            PictureBuffer* buffer = *pool->lend(size, 3);
            EXPECT_TRUE(seen.insert(buffer->generation()).second);
            PicturePool::give_back(buffer);
        }
    }
}

TEST(PicturePool, ASizeThatReturnsDoesNotBringOldBuffersBack) {
    RealKernel kernel;
    const auto pool = PicturePool::make(allocator_named(kernel, "memfd"));
    PictureBuffer* old = *pool->lend(1000, 4);
    PicturePool::give_back(*pool->lend(2000, 4));
    PicturePool::give_back(*pool->lend(1000, 4));
    PicturePool::give_back(old);
    EXPECT_EQ(pool->numbers().free, 1U);
}

/// Takes a buffer back from another thread while the kernel allocates one.
class SlowAllocator final : public BufferAllocator {
  public:
    explicit SlowAllocator(std::shared_ptr<BufferAllocator> real) : real_(std::move(real)) {}
    std::string_view name() const override { return "slow"; }
    Result<std::unique_ptr<SharedBuffer>> allocate(size_t size) override {
        if (meanwhile) {
            auto done = std::async(std::launch::async, std::exchange(meanwhile, nullptr));
            returned = done.wait_for(std::chrono::seconds(5)) == std::future_status::ready;
            late = std::move(done);  // if it waits, it waits for this call to end
        }
        return real_->allocate(size);
    }
    std::function<void()> meanwhile;
    bool returned = false;
    std::future<void> late;

  private:
    const std::shared_ptr<BufferAllocator> real_;
};

TEST(PicturePool, GivingBackDoesNotWaitForAnAllocation) {
    RealKernel kernel;
    const auto slow = std::make_shared<SlowAllocator>(allocator_named(kernel, "memfd"));
    const auto pool = PicturePool::make(slow);
    PictureBuffer* first = *pool->lend(1000, 2);
    slow->meanwhile = [&] { PicturePool::give_back(first); };
    const auto second = pool->lend(1000, 2);
    ASSERT_TRUE(second);
    EXPECT_TRUE(slow->returned);
    slow->late.wait();
    PicturePool::give_back(*second);
    EXPECT_EQ(pool->numbers().lent, 0U);
}

TEST(PicturePool, FindsTheBufferOfAnAddress) {
    RealKernel kernel;
    const auto pool = PicturePool::make(allocator_named(kernel, "memfd"));
    PictureBuffer* buffer = *pool->lend(1000, 2);
    EXPECT_EQ(pool->find(buffer->memory().data()), buffer);
    EXPECT_EQ(pool->find(buffer->memory().data() + 999), buffer);
    EXPECT_EQ(pool->find(&kernel), nullptr);
    EXPECT_EQ(pool->find(nullptr), nullptr);
    PicturePool::give_back(buffer);
}

TEST(PicturePool, LivesAsLongAsABufferIsOut) {
    RealKernel kernel;
    (void)open_allocators(testing::borrowed(kernel));
    const auto before = holdings();
    auto pool = PicturePool::make(allocator_named(kernel, "memfd"));
    PictureBuffer* buffer = *pool->lend(1000, 2);
    const std::weak_ptr<PicturePool> watch = pool;
    pool.reset();
    EXPECT_FALSE(watch.expired());
    buffer->memory().data()[999] = std::byte{1};
    PicturePool::give_back(buffer);
    EXPECT_TRUE(watch.expired());
    EXPECT_EQ(holdings(), before);
}

TEST(PicturePool, BracketsEachLoanOnce) {
    DeviceKernel kernel;
    const auto pool = PicturePool::make(allocator_named(kernel, "udmabuf"));
    PictureBuffer* buffer = *pool->lend(1000, 2);
    EXPECT_EQ(kernel.starts, 1);
    EXPECT_TRUE(buffer->end_cpu_access());
    EXPECT_TRUE(buffer->end_cpu_access()) << "the same picture may be shown twice";
    EXPECT_EQ(kernel.ends, 1);
    PicturePool::give_back(buffer);
    EXPECT_EQ(kernel.ends, 1);
    PicturePool::give_back(*pool->lend(1000, 2));  // decoded, never shown
    EXPECT_EQ(kernel.starts, 2);
    EXPECT_EQ(kernel.ends, 2);
    EXPECT_EQ(kernel.bracket_faults, 0);
}

TEST(PicturePool, ABracketThatFailsIsAnErrorAndLeaksNothing) {
    DeviceKernel devices;
    const auto before = holdings();
    int failed = 0;
    for (int n = 0;; ++n) {
        FailingKernel kernel(devices, n, EIO);
        auto allocator = allocator_named(kernel, "udmabuf");
        if (allocator) {
            const auto pool = PicturePool::make(std::move(allocator));
            auto buffer = pool->lend(1000, 2);
            if (buffer) PicturePool::give_back(*buffer);
        }
        ASSERT_EQ(holdings(), before) << n;
        if (!kernel.failed()) break;
        ++failed;
    }
    fmt::print("failed {} calls\n", failed);
    EXPECT_GT(failed, 0);
}

TEST(PicturePool, ManyThreadsBorrowAndReturn) {
    RealKernel kernel;
    const auto pool = PicturePool::make(allocator_named(kernel, "memfd"));
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 500; ++i) {
                auto buffer = pool->lend(1000, 3);
                if (!buffer) continue;  // the others have all three
                (*buffer)->memory().data()[0] = static_cast<std::byte>(t);
                ASSERT_EQ(pool->find((*buffer)->memory().data()), *buffer);
                PicturePool::give_back(*buffer);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(pool->numbers().lent, 0U);
    EXPECT_LE(pool->numbers().allocated, 3U);
}

}  // namespace
}  // namespace vitrine
