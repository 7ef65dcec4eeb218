// Every call out of order, and the errno that videobuf2 and the decoder's contract give for it.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "tests/vpu/client.h"

namespace vpu {
namespace {

class Order : public testing::TestWithParam<std::string> {
  protected:
    std::unique_ptr<Emulator> emulator = make_emulator(GetParam());
    Client client{*emulator, GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Planes, Order, testing::Values("spec", "spec-mplane"),
                         [](const auto& row) { return row.param == "spec" ? "single" : "multi"; });

TEST_P(Order, AnUnknownRequestIsNoTerminal) {
    int argument = 0;
    EXPECT_EQ(client.call(VIDIOC_G_INPUT, argument), ENOTTY);
    EXPECT_EQ(emulator->ioctl(client.fd(), VIDIOC_QUERYCAP, nullptr), -EFAULT);
}

TEST_P(Order, AQueueTypeThatIsNotTheDevicesIsInvalid) {
    v4l2_format format{};
    format.type = V4L2_BUF_TYPE_VBI_CAPTURE;
    EXPECT_EQ(client.call(VIDIOC_G_FMT, format), EINVAL);
    v4l2_requestbuffers request{};
    request.type =
        GetParam() == "spec" ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE : V4L2_BUF_TYPE_VIDEO_CAPTURE;
    request.memory = V4L2_MEMORY_MMAP;
    EXPECT_EQ(client.call(VIDIOC_REQBUFS, request), EINVAL);
}

TEST_P(Order, StreamOnNeedsBuffers) {
    EXPECT_EQ(client.stream(false, true), EINVAL);
    EXPECT_EQ(client.stream(true, true), EINVAL);
    EXPECT_EQ(emulator->recorder().violations(), 2U);
}

TEST_P(Order, StreamOnTwiceAndStreamOffOfAStoppedQueueAreFine) {
    ASSERT_EQ(client.request(false, 2), 0);
    EXPECT_EQ(client.stream(false, false), 0);
    EXPECT_EQ(client.stream(false, true), 0);
    EXPECT_EQ(client.stream(false, true), 0);
    EXPECT_EQ(client.stream(false, false), 0);
}

TEST_P(Order, ABufferIsQueuedOnce) {
    ASSERT_EQ(client.request(true, 4), 0);
    EXPECT_EQ(client.queue_picture(0), 0);
    EXPECT_EQ(client.queue_picture(0), EINVAL);
    EXPECT_EQ(client.queue_picture(99), EINVAL);
    v4l2_buffer buffer{};
    ASSERT_EQ(client.query(true, 0, buffer), 0);
    EXPECT_NE(buffer.flags & V4L2_BUF_FLAG_QUEUED, 0U);
    ASSERT_EQ(client.stream(true, false), 0);
    EXPECT_EQ(client.queue_picture(0), 0) << "STREAMOFF gives every buffer back";
}

TEST_P(Order, QbufChecksItsArgument) {
    client.start_input(2);
    EXPECT_EQ(client.queue_unit(7, Unit(10), 0), EINVAL);
    v4l2_plane plane{};
    v4l2_buffer buffer{};
    ASSERT_EQ(client.query(false, 0, buffer), 0);
    const bool multi = GetParam() != "spec";
    const uint32_t length = multi ? buffer.m.planes[0].length : buffer.length;
    buffer = {};
    buffer.type = client.type(false);
    buffer.memory = V4L2_MEMORY_MMAP;
    plane.bytesused = length + 1;
    if (multi) {
        buffer.m.planes = &plane;
        buffer.length = 1;
    } else {
        buffer.bytesused = length + 1;
    }
    EXPECT_EQ(client.call(VIDIOC_QBUF, buffer), EINVAL) << "more bytes used than there are";
    plane.bytesused = buffer.bytesused = 10;
    buffer.memory = V4L2_MEMORY_DMABUF;
    EXPECT_EQ(client.call(VIDIOC_QBUF, buffer), EINVAL) << "not the memory of the queue";
    buffer.memory = V4L2_MEMORY_MMAP;
    buffer.flags = V4L2_BUF_FLAG_REQUEST_FD;
    EXPECT_EQ(client.call(VIDIOC_QBUF, buffer), EBADR) << "no requests here";
    if (!multi) return;
    buffer.flags = 0;
    buffer.m.planes = nullptr;
    EXPECT_EQ(client.call(VIDIOC_QBUF, buffer), EINVAL) << "no planes";
    buffer.m.planes = &plane;
    buffer.length = 0;
    EXPECT_EQ(client.call(VIDIOC_QBUF, buffer), EINVAL) << "too few planes";
    plane.data_offset = 10;
    buffer.length = 1;
    EXPECT_EQ(client.call(VIDIOC_QBUF, buffer), EINVAL) << "begins at its end";
}

TEST_P(Order, DqbufOfAStoppedQueueIsInvalidAndOfAnEmptyOneIsAgain) {
    ASSERT_EQ(client.request(true, 4), 0);
    EXPECT_EQ(client.dequeue_picture().error, EINVAL);
    ASSERT_EQ(client.stream(true, true), 0);
    EXPECT_EQ(client.dequeue_picture().error, EAGAIN);
    EXPECT_EQ(client.dequeue_unit(), EINVAL);
}

TEST_P(Order, RequestBuffersIsBusyWhileStreaming) {
    ASSERT_EQ(client.request(false, 2), 0);
    ASSERT_EQ(client.stream(false, true), 0);
    EXPECT_EQ(client.request(false, 0), EBUSY);
    EXPECT_EQ(client.request(false, 4), EBUSY);
    ASSERT_EQ(client.stream(false, false), 0);
    EXPECT_EQ(client.request(false, 0), 0);
}

TEST_P(Order, RequestBuffersTakesOnlyMemoryThatTheQueueHas) {
    EXPECT_EQ(client.request(true, 4, V4L2_MEMORY_USERPTR), EINVAL);
    EXPECT_EQ(client.request(false, 4, V4L2_MEMORY_DMABUF), EINVAL);
    EXPECT_EQ(client.request(true, 4, V4L2_MEMORY_DMABUF), 0);
}

TEST_P(Order, RequestBuffersGivesTheMinimumAtLeastAndTheKernelsMostAtMost) {
    ASSERT_EQ(client.request(true, 1), 0);
    EXPECT_EQ(client.output_count(), client.minimum());
    ASSERT_EQ(client.request(true, 100), 0);
    EXPECT_EQ(client.output_count(), static_cast<uint32_t>(VIDEO_MAX_FRAME));
}

TEST_P(Order, FormatsAreFixedWhileBuffersAreAllocated) {
    ASSERT_EQ(client.request(true, 4), 0);
    EXPECT_EQ(client.set_raw(V4L2_PIX_FMT_NV12), EBUSY);
    EXPECT_EQ(client.set_coded(), EBUSY) << "OUTPUT is fixed by the buffers of CAPTURE too";
    v4l2_format format = client.format(true);
    EXPECT_EQ(client.call(VIDIOC_TRY_FMT, format), 0) << "trying is always allowed";
    ASSERT_EQ(client.request(true, 0), 0);
    EXPECT_EQ(client.set_raw(V4L2_PIX_FMT_NV12), 0);
    ASSERT_EQ(client.request(false, 2), 0);
    EXPECT_EQ(client.set_coded(), EBUSY);
    EXPECT_EQ(client.set_raw(V4L2_PIX_FMT_YUV420), 0) << "CAPTURE has no buffers";
}

TEST_P(Order, UnknownFormatsAreAdjusted) {
    ASSERT_EQ(client.set_coded(v4l2_fourcc('N', 'O', 'P', 'E')), 0);
    EXPECT_EQ(client.format(false).fmt.pix.pixelformat, static_cast<uint32_t>(V4L2_PIX_FMT_H264));
    ASSERT_EQ(client.set_raw(v4l2_fourcc('N', 'O', 'P', 'E')), 0);
    EXPECT_EQ(client.format(true).fmt.pix.pixelformat, static_cast<uint32_t>(V4L2_PIX_FMT_NV12));
}

TEST_P(Order, ExportNeedsMmapBuffersAndPlainFlags) {
    int fd = -1;
    EXPECT_EQ(client.export_picture(0, 0, fd), EINVAL) << "nothing allocated";
    ASSERT_EQ(client.request(true, 4), 0);
    EXPECT_EQ(client.export_picture(40, 0, fd), EINVAL);
    EXPECT_EQ(client.export_picture(0, 3, fd), EINVAL);
    EXPECT_EQ(client.export_picture(0, 0, fd, O_CLOEXEC | O_NONBLOCK), EINVAL);
    ASSERT_EQ(client.export_picture(0, 0, fd, O_CLOEXEC | O_RDONLY), 0);
    EXPECT_EQ(::mmap(nullptr, 4096, PROT_WRITE, MAP_SHARED, fd, 0), MAP_FAILED)
        << "O_RDONLY is for display only";
    ::close(fd);
    ASSERT_EQ(client.request(true, 4, V4L2_MEMORY_DMABUF), 0);
    EXPECT_EQ(client.export_picture(0, 0, fd), EINVAL);
}

TEST_P(Order, MmapChecksWhatIsMapped) {
    const int fd = client.fd();
    EXPECT_EQ(emulator->mmap_target(fd, 0, 4096, PROT_WRITE, MAP_SHARED), -EINVAL);
    ASSERT_EQ(client.request(false, 2), 0);
    EXPECT_EQ(emulator->mmap_target(fd, 0, 4096, PROT_WRITE, MAP_PRIVATE), -EINVAL);
    EXPECT_EQ(emulator->mmap_target(fd, 0, 4096, PROT_READ, MAP_SHARED), -EINVAL);
    EXPECT_EQ(emulator->mmap_target(fd, 4096, 4096, PROT_WRITE, MAP_SHARED), -EINVAL);
    EXPECT_EQ(emulator->mmap_target(fd, 0, 1U << 30, PROT_WRITE, MAP_SHARED), -EINVAL);
    const int target = emulator->mmap_target(fd, 0, 4096, PROT_WRITE, MAP_SHARED);
    EXPECT_GE(target, 0);
    ::close(target);
}

TEST_P(Order, EventsAreThoseOfADecoder) {
    EXPECT_EQ(client.event(nullptr), ENOENT);
    EXPECT_EQ(client.subscribe(V4L2_EVENT_VSYNC), EINVAL);
    EXPECT_EQ(client.subscribe(V4L2_EVENT_ALL), EINVAL);
    EXPECT_EQ(client.subscribe(V4L2_EVENT_EOS), 0);
    v4l2_event_subscription all{};
    all.type = V4L2_EVENT_ALL;
    EXPECT_EQ(client.call(VIDIOC_UNSUBSCRIBE_EVENT, all), 0);
}

TEST_P(Order, DecoderCommandsAreStartAndStop) {
    v4l2_decoder_cmd command{};
    command.cmd = V4L2_DEC_CMD_PAUSE;
    EXPECT_EQ(client.call(VIDIOC_TRY_DECODER_CMD, command), EINVAL);
    EXPECT_EQ(client.call(VIDIOC_DECODER_CMD, command), EINVAL);
    command.cmd = V4L2_DEC_CMD_STOP;
    EXPECT_EQ(client.call(VIDIOC_TRY_DECODER_CMD, command), 0);
    EXPECT_EQ(client.call(VIDIOC_DECODER_CMD, command), 0) << "no effect while nothing streams";
    command.cmd = V4L2_DEC_CMD_START;
    EXPECT_EQ(client.call(VIDIOC_DECODER_CMD, command), 0);
}

TEST_P(Order, TheOnlyControlIsReadOnly) {
    v4l2_queryctrl query{};
    query.id = V4L2_CTRL_FLAG_NEXT_CTRL;
    ASSERT_EQ(client.call(VIDIOC_QUERYCTRL, query), 0);
    EXPECT_EQ(query.id, static_cast<uint32_t>(V4L2_CID_MIN_BUFFERS_FOR_CAPTURE));
    EXPECT_NE(query.flags & V4L2_CTRL_FLAG_READ_ONLY, 0U);
    query.id |= V4L2_CTRL_FLAG_NEXT_CTRL;
    EXPECT_EQ(client.call(VIDIOC_QUERYCTRL, query), EINVAL) << "the end of the list";
    v4l2_query_ext_ctrl extended{};
    extended.id = V4L2_CTRL_FLAG_NEXT_CTRL;
    EXPECT_EQ(client.call(VIDIOC_QUERY_EXT_CTRL, extended), 0);
    v4l2_control control{};
    control.id = V4L2_CID_MIN_BUFFERS_FOR_CAPTURE;
    EXPECT_EQ(client.call(VIDIOC_S_CTRL, control), EACCES);
    control.id = V4L2_CID_BRIGHTNESS;
    EXPECT_EQ(client.call(VIDIOC_G_CTRL, control), EINVAL);
}

TEST_P(Order, PollIsAnErrorWhereNothingCanHappen) {
    EXPECT_NE(client.poll(POLLIN, 0) & POLLERR, 0);
    EXPECT_EQ(client.poll(POLLPRI, 0), 0) << "events may still come";
    ASSERT_EQ(client.request(true, 4), 0);
    ASSERT_EQ(client.queue_picture(0), 0);
    EXPECT_NE(client.poll(POLLIN, 0) & POLLERR, 0) << "queued, but not streaming";
    ASSERT_EQ(client.stream(true, true), 0);
    EXPECT_EQ(client.poll(POLLIN, 0), 0);
}

TEST_P(Order, CreateBuffersAddsWithinItsLimits) {
    ASSERT_EQ(client.request(true, 4), 0);
    v4l2_create_buffers create{};
    create.memory = V4L2_MEMORY_MMAP;
    create.format = client.format(true);
    create.count = 2;
    const uint32_t before = client.output_count();
    ASSERT_EQ(client.call(VIDIOC_CREATE_BUFS, create), 0);
    EXPECT_EQ(create.index, before);
    EXPECT_EQ(create.count, 2U);
    create.memory = V4L2_MEMORY_DMABUF;
    EXPECT_EQ(client.call(VIDIOC_CREATE_BUFS, create), EINVAL) << "one queue, one memory";
    create.memory = V4L2_MEMORY_MMAP;
    create.count = VIDEO_MAX_FRAME;
    ASSERT_EQ(client.call(VIDIOC_CREATE_BUFS, create), 0);
    EXPECT_EQ(create.index + create.count, static_cast<uint32_t>(VIDEO_MAX_FRAME));
    create.count = 1;
    EXPECT_EQ(client.call(VIDIOC_CREATE_BUFS, create), ENOBUFS);
    auto& pix = create.format.fmt;
    (GetParam() == "spec" ? pix.pix.sizeimage : pix.pix_mp.plane_fmt[0].sizeimage) = 1;
    ASSERT_EQ(client.request(true, 4), 0);
    EXPECT_EQ(client.call(VIDIOC_CREATE_BUFS, create), EINVAL) << "smaller than a picture";
}

TEST_P(Order, Av1IsTakenInWholeTemporalUnits) {
    client.start_input(2, kFourccAv1);
    const Unit frame = {std::byte{0x32}, std::byte{0}};
    EXPECT_EQ(client.queue_unit(0, frame, 0), EINVAL);
    const Unit delimited = {std::byte{0x12}, std::byte{0}, std::byte{0x32}, std::byte{0}};
    EXPECT_EQ(client.queue_unit(0, delimited, 0), 0);
}

}  // namespace
}  // namespace vpu
