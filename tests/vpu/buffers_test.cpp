// Whose memory a picture lies in, and how long it lives.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "tests/vpu/client.h"

namespace vpu {
namespace {

/// A memory object of the test's own, mapped.
class Own {
  public:
    explicit Own(size_t bytes, const char* name = "own")
        : bytes_(bytes), fd_(::memfd_create(name, MFD_CLOEXEC)) {
        EXPECT_EQ(::ftruncate(fd_.get(), static_cast<off_t>(bytes)), 0);
        data_ = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, fd_.get(), 0);
        EXPECT_NE(data_, MAP_FAILED);
    }
    ~Own() { ::munmap(data_, bytes_); }
    Own(const Own&) = delete;
    Own& operator=(const Own&) = delete;
    [[nodiscard]] int fd() const { return fd_.get(); }
    [[nodiscard]] const std::byte* data() const { return static_cast<std::byte*>(data_); }

  private:
    size_t bytes_;
    vitrine::UniqueFd fd_;
    void* data_ = nullptr;
};

uint64_t inode(int fd) {
    struct stat object {};
    EXPECT_EQ(::fstat(fd, &object), 0);
    return object.st_ino;
}

void announce(Client& client, const StreamOptions& options = {}) {
    client.start_input();
    client.set_units(make_stream(options));
    ASSERT_TRUE(client.feed_until_event(V4L2_EVENT_SOURCE_CHANGE));
}

TEST(Buffers, AnExportedPictureIsTheMappedOne) {
    const auto emulator = make_emulator("spec");
    Client client(*emulator, "spec");
    announce(client);
    client.start_output();
    int fd = -1;
    ASSERT_EQ(client.export_picture(0, 0, fd), 0);
    const vitrine::UniqueFd owned(fd);
    EXPECT_NE(::fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
    int again = -1;
    ASSERT_EQ(client.export_picture(0, 0, again), 0);
    const vitrine::UniqueFd second(again);
    EXPECT_EQ(inode(fd), inode(again)) << "the identity of a buffer is its inode";
    int other = -1;
    ASSERT_EQ(client.export_picture(1, 0, other), 0);
    const vitrine::UniqueFd third(other);
    EXPECT_NE(inode(fd), inode(other));
    const auto run = client.run();
    ASSERT_EQ(run.numbers.size(), 10U);
    void* data = ::mmap(nullptr, 192 * 144, PROT_READ, MAP_SHARED, fd, 0);
    ASSERT_NE(data, MAP_FAILED);
    // The first of six buffers held pictures 0 and 6.
    EXPECT_EQ(number_in(static_cast<std::byte*>(data), 192, {176, 144}), 6);
    ::munmap(data, 192 * 144);
}

TEST(Buffers, AnExportedBufferOutlivesItsQueue) {
    const auto emulator = make_emulator("spec");
    int fd = -1;
    {
        Client client(*emulator, "spec");
        v4l2_requestbuffers request{};
        request.type = client.type(true);
        request.memory = V4L2_MEMORY_MMAP;
        ASSERT_EQ(client.call(VIDIOC_REQBUFS, request), 0);
        EXPECT_NE(request.capabilities & V4L2_BUF_CAP_SUPPORTS_ORPHANED_BUFS, 0U);
        announce(client);
        client.start_output();
        ASSERT_EQ(client.export_picture(0, 0, fd), 0);
        ASSERT_TRUE(client.run().last_seen);
        ASSERT_EQ(client.stream(true, false), 0);
        ASSERT_EQ(client.request(true, 0), 0);
    }
    const vitrine::UniqueFd owned(fd);
    void* data = ::mmap(nullptr, 192 * 144, PROT_READ, MAP_SHARED, fd, 0);
    ASSERT_NE(data, MAP_FAILED);
    EXPECT_EQ(number_in(static_cast<std::byte*>(data), 192, {176, 144}), 6);
    ::munmap(data, 192 * 144);
}

TEST(Buffers, WithoutOrphansWhatIsOutKeepsTheQueueBusy) {
    const auto emulator = make_emulator("spec-noorphans");
    Client client(*emulator, "spec-noorphans");
    v4l2_requestbuffers request{};
    request.type = client.type(true);
    request.memory = V4L2_MEMORY_MMAP;
    ASSERT_EQ(client.call(VIDIOC_REQBUFS, request), 0);
    EXPECT_EQ(request.capabilities & V4L2_BUF_CAP_SUPPORTS_ORPHANED_BUFS, 0U);
    ASSERT_EQ(client.request(true, 4), 0);
    int fd = -1;
    ASSERT_EQ(client.export_picture(2, 0, fd), 0);
    EXPECT_EQ(client.request(true, 0), EBUSY) << "exported";
    const int copy = ::dup(fd);
    ::close(fd);
    EXPECT_EQ(client.request(true, 0), EBUSY) << "a duplicate is out as well";
    void* mapped = ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, copy, 0);
    ::close(copy);
    EXPECT_EQ(client.request(true, 8), EBUSY) << "mapped";
    ::munmap(mapped, 4096);
    EXPECT_EQ(client.request(true, 0), 0);
}

TEST(Buffers, QuerySaysThatABufferIsMapped) {
    const auto emulator = make_emulator("spec");
    Client client(*emulator, "spec");
    ASSERT_EQ(client.request(true, 4), 0);
    v4l2_buffer buffer{};
    ASSERT_EQ(client.query(true, 1, buffer), 0);
    EXPECT_EQ(buffer.flags & V4L2_BUF_FLAG_MAPPED, 0U);
    const int target =
        emulator->mmap_target(client.fd(), buffer.m.offset, buffer.length, PROT_READ, MAP_SHARED);
    void* mapped = ::mmap(nullptr, buffer.length, PROT_READ, MAP_SHARED, target, 0);
    ::close(target);
    ASSERT_EQ(client.query(true, 1, buffer), 0);
    EXPECT_NE(buffer.flags & V4L2_BUF_FLAG_MAPPED, 0U);
    ::munmap(mapped, buffer.length);
}

class Import : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Planes, Import, testing::Values("spec", "spec-mplane"),
                         [](const auto& row) { return row.param == "spec" ? "single" : "multi"; });

TEST_P(Import, PicturesAreWrittenToTheClientsMemory) {
    const auto emulator = make_emulator(GetParam());
    Client client(*emulator, GetParam());
    StreamOptions options;
    options.pictures = 4;
    announce(client, options);
    constexpr size_t kBytes = 192 * 144 * 3 / 2;
    ASSERT_EQ(client.request(true, 4, V4L2_MEMORY_DMABUF), 0);
    std::vector<std::unique_ptr<Own>> own;
    for (uint32_t i = 0; i < 4; ++i) {
        own.push_back(std::make_unique<Own>(kBytes));
        ASSERT_EQ(client.queue_picture(i, {own.back()->fd()}), 0);
    }
    ASSERT_EQ(client.stream(true, true), 0);
    ASSERT_EQ(client.command(V4L2_DEC_CMD_STOP), 0);
    ASSERT_NE(client.poll(POLLPRI, 3000) & POLLPRI, 0) << "the end event";
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(number_in(own[static_cast<size_t>(i)]->data(), 192, {176, 144}), i);
    }
}

TEST_P(Import, WhatCannotBeImportedIsRefused) {
    const auto emulator = make_emulator(GetParam());
    Client client(*emulator, GetParam());
    announce(client);
    ASSERT_EQ(client.request(true, 4, V4L2_MEMORY_DMABUF), 0);
    EXPECT_EQ(client.queue_picture(0, {-1}), EINVAL);
    EXPECT_EQ(client.queue_picture(0, {100'000}), EINVAL);
    const Own small(4096);
    EXPECT_EQ(client.queue_picture(0, {small.fd()}), EINVAL) << "smaller than a picture";
    const Own enough(192 * 144 * 3 / 2);
    EXPECT_EQ(client.queue_picture(0, {enough.fd()}), 0);
}

TEST_P(Import, WhatDoesNotLieInOnePieceIsRefusedOnDemand) {
    const auto emulator = make_emulator(GetParam(), "contiguous-only");
    Client client(*emulator, GetParam());
    announce(client);
    ASSERT_EQ(client.request(true, 4), 0);
    int fd = -1;
    EXPECT_EQ(client.export_picture(0, 0, fd), ENOTTY);
    ASSERT_EQ(client.request(true, 4, V4L2_MEMORY_DMABUF), 0);
    constexpr size_t kBytes = 192 * 144 * 3 / 2;
    const Own scattered(kBytes, "system");
    EXPECT_EQ(client.queue_picture(0, {scattered.fd()}), EFAULT);
    const Own contiguous(kBytes, "linux,cma");
    EXPECT_EQ(client.queue_picture(0, {contiguous.fd()}), 0);
}

TEST_P(Import, IsAllThatIsLeftWhereNothingIsExported) {
    const auto emulator = make_emulator(GetParam(), "no-export");
    Client client(*emulator, GetParam());
    announce(client);
    ASSERT_EQ(client.request(true, 4), 0);
    int fd = -1;
    EXPECT_EQ(client.export_picture(0, 0, fd), ENOTTY);
    ASSERT_EQ(client.request(true, 4, V4L2_MEMORY_DMABUF), 0);
    const Own own(192 * 144 * 3 / 2);
    EXPECT_EQ(client.queue_picture(0, {own.fd()}), 0);
    EXPECT_EQ(emulator->recorder().violations(), 0U);
}

}  // namespace
}  // namespace vpu
