#include "core/frame.h"

#include <drm_fourcc.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <limits>

#include "core/unique_fd.h"
#include "tests/core/frames.h"

namespace vitrine {
namespace {

using testing::counting_lease;
using testing::gray_planes;
using testing::info_of;

constexpr uint64_t kTiled = I915_FORMAT_MOD_X_TILED;

/// An NV12 picture of 64×48 in one object without padding: what follows breaks it in one place.
DmaBufDescription nv12_picture() {
    DmaBufDescription picture;
    picture.format = PixelFormat::nv12;
    picture.coded_size = {64, 48};
    picture.modifier = DRM_FORMAT_MOD_LINEAR;
    picture.objects = {{3, 64 * 72, {1, 2}, nullptr}};
    picture.planes = {{0, 0, 64}, {0, 64 * 48, 64}};
    return picture;
}

void expect_refused(const DmaBufDescription& picture, std::string_view reason) {
    const auto frame = make_dma_buf_frame(picture);
    ASSERT_FALSE(frame);
    EXPECT_EQ(frame.error().code, Errc::invalid_argument);
    EXPECT_NE(frame.error().text.find(reason), std::string::npos) << frame.error().text;
}

TEST(DmaBufFrame, TakesAPictureThatFitsExactly) {
    const auto frame = make_dma_buf_frame(nv12_picture());
    ASSERT_TRUE(frame) << frame.error().text;
    EXPECT_EQ(frame->description().planes[1].offset, 64u * 48);
}

TEST(DmaBufFrame, TheLastRowNeedNotBePaddedToThePitch) {
    DmaBufDescription picture = nv12_picture();
    picture.planes = {{0, 0, 128}, {0, 128 * 48, 128}};
    picture.objects[0].size = 128 * 72 - 64;
    EXPECT_TRUE(make_dma_buf_frame(picture));
    picture.objects[0].size -= 1;
    expect_refused(picture, "plane 1");
}

TEST(DmaBufFrame, TakesAPlanePerObject) {
    DmaBufDescription picture = nv12_picture();
    picture.objects = {{3, 64 * 48, {1, 2}, nullptr}, {4, 64 * 24, {1, 3}, nullptr}};
    picture.planes = {{0, 0, 64}, {1, 0, 64}};
    EXPECT_TRUE(make_dma_buf_frame(picture));
}

TEST(DmaBufFrame, RefusesSizesOutOfBounds) {
    for (Size size : {Size{0, 48}, Size{64, 0}, Size{-64, 48}, Size{16385, 48}, Size{64, 16385},
                      Size{std::numeric_limits<int>::max(), std::numeric_limits<int>::max()}}) {
        DmaBufDescription picture = nv12_picture();
        picture.coded_size = size;
        expect_refused(picture, "picture size");
    }
}

TEST(DmaBufFrame, RefusesTooFewAndTooManyObjects) {
    DmaBufDescription picture = nv12_picture();
    picture.objects.clear();
    expect_refused(picture, "1 to 4 objects");
    picture = nv12_picture();
    picture.objects.resize(5, picture.objects[0]);
    expect_refused(picture, "1 to 4 objects");
}

TEST(DmaBufFrame, RefusesAnObjectWithoutDescriptor) {
    DmaBufDescription picture = nv12_picture();
    picture.objects[0].fd = -1;
    expect_refused(picture, "no descriptor");
}

TEST(DmaBufFrame, RefusesAWrongNumberOfPlanes) {
    DmaBufDescription picture = nv12_picture();
    picture.planes.pop_back();
    expect_refused(picture, "2 planes, not 1");
    picture = nv12_picture();
    picture.planes.push_back(picture.planes[1]);
    expect_refused(picture, "2 planes, not 3");
}

TEST(DmaBufFrame, RefusesAPlaneInAnObjectThatIsNotThere) {
    DmaBufDescription picture = nv12_picture();
    picture.planes[1].object = 1;
    expect_refused(picture, "plane 1 names object 1 of 1");
    picture.planes[1].object = std::numeric_limits<uint32_t>::max();
    expect_refused(picture, "plane 1");
}

TEST(DmaBufFrame, RefusesAPitchShorterThanARow) {
    for (uint32_t pitch : {0u, 63u}) {
        DmaBufDescription picture = nv12_picture();
        picture.planes[0].pitch = pitch;
        expect_refused(picture, "plane 0 has a pitch");
    }
}

TEST(DmaBufFrame, RefusesPlanesThatLeaveTheirObject) {
    DmaBufDescription picture = nv12_picture();
    picture.planes[1].offset += 1;
    expect_refused(picture, "plane 1");
    picture = nv12_picture();
    picture.planes[0].pitch = 4096;
    expect_refused(picture, "plane 0");
    picture = nv12_picture();
    picture.objects[0].size = 0;
    expect_refused(picture, "plane 0");
}

TEST(DmaBufFrame, RefusesNumbersThatWouldWrapAround) {
    DmaBufDescription picture = nv12_picture();
    picture.planes[1].offset = std::numeric_limits<uint64_t>::max() - 100;
    expect_refused(picture, "plane 1");
    picture = nv12_picture();
    picture.coded_size = {16384, 16384};
    picture.planes[0].pitch = std::numeric_limits<uint32_t>::max();
    expect_refused(picture, "plane 0");
}

TEST(DmaBufFrame, OfAnUnknownLayoutOnlyTheOffsetIsCheckedAndTheCpuDoesNotReadIt) {
    const std::vector<std::byte> memory(64 * 72);
    DmaBufDescription picture = nv12_picture();
    picture.modifier = DRM_FORMAT_MOD_INVALID;
    picture.objects[0].mapping = memory.data();
    picture.planes[1].offset += 1;  // a linear picture would leave its object
    auto storage = make_dma_buf_frame(picture);
    ASSERT_TRUE(storage) << storage.error().text;
    FrameInfo shown;
    shown.crop = {0, 0, picture.coded_size.width, picture.coded_size.height};
    const auto frame = make_frame(shown, *storage, std::make_shared<int>(0));
    EXPECT_FALSE(cpu_planes(**frame));
    picture.planes[1].offset = 64 * 72;
    expect_refused(picture, "plane 1 starts at byte 4608");
}

TEST(DmaBufFrame, ChecksOnlyTheOffsetOfATiledPicture) {
    DmaBufDescription picture = nv12_picture();
    picture.modifier = kTiled;
    picture.planes[1] = {0, 64 * 72 - 1, 0};
    EXPECT_TRUE(make_dma_buf_frame(picture));
    picture.planes[1].offset = 64 * 72;
    expect_refused(picture, "plane 1 starts at byte 4608");
}

/// 8 bits, 200x72 in columns of 108 rows in one object: luma above, 36 rows of chroma below.
DmaBufDescription picture_in_columns() {
    DmaBufDescription picture = nv12_picture();
    picture.coded_size = {200, 72};
    picture.modifier = sand128(108);
    picture.objects[0].size = size_t{2} * 108 * 128;
    picture.planes = {{0, 0, 256}, {0, 72 * 128, 256}};
    return picture;
}

TEST(DmaBufFrame, ColumnsMustEndInsideTheirObject) {
    DmaBufDescription picture = picture_in_columns();
    EXPECT_TRUE(make_dma_buf_frame(picture));
    // The last row of the second column is 72 bytes of chroma.
    picture.objects[0].size -= 128 - 72;
    EXPECT_TRUE(make_dma_buf_frame(picture));
    picture.objects[0].size -= 1;
    expect_refused(picture, "plane 1 needs");
    picture = picture_in_columns();
    picture.coded_size.width = 257;  // a third column
    expect_refused(picture, "plane 0 needs");
    picture = picture_in_columns();
    picture.modifier = sand128(109);
    expect_refused(picture, "plane 1 needs");
    picture.modifier = sand128(71);
    expect_refused(picture, "plane 0 has columns of 71 rows for 72");
    picture.modifier = sand128((uint64_t{1} << 48) - 1);  // sums must not overflow
    expect_refused(picture, "plane 0 has columns of");
}

TEST(DmaBufFrame, ColumnsOfTwoObjectsHaveTheirHeightInThePitch) {
    DmaBufDescription picture = picture_in_columns();
    picture.modifier = sand128(0);
    picture.objects.push_back(picture.objects[0]);
    picture.objects[0].size = size_t{2} * 72 * 128;
    picture.objects[1].size = size_t{2} * 36 * 128;
    picture.planes = {{0, 0, 72}, {1, 0, 36}};
    EXPECT_TRUE(make_dma_buf_frame(picture));
    picture.planes[1].pitch = 72;  // the luma's
    expect_refused(picture, "plane 1 needs");
    picture.planes[1].pitch = 0;
    expect_refused(picture, "plane 1 has columns of 0 rows");
}

// drm_fourcc.h: 96 samples of P030 in a column.
TEST(DmaBufFrame, PackedSamplesTakeFewerBytes) {
    DmaBufDescription picture = picture_in_columns();
    picture.format = PixelFormat::p030;
    picture.coded_size.width = 192;
    EXPECT_TRUE(make_dma_buf_frame(picture));
    picture.coded_size.width = 193;
    expect_refused(picture, "plane 0 needs");
    picture = nv12_picture();
    picture.format = PixelFormat::nv15;
    picture.coded_size = {48, 48};  // 60 bytes a row
    EXPECT_TRUE(make_dma_buf_frame(picture));
    picture.coded_size = {52, 48};
    expect_refused(picture, "plane 0 has a pitch of 64 bytes for rows of 65");
}

TEST(DmaBufFrame, WhatIsCompressedHasNoLinearLayout) {
    DmaBufDescription picture = nv12_picture();
    picture.format = PixelFormat::yuv420_10bit;
    picture.planes.pop_back();
    expect_refused(picture, "yuv420_10bit has no linear layout");
    picture.modifier = DRM_FORMAT_MOD_ARM_AFBC(AFBC_FORMAT_MOD_BLOCK_SIZE_16x16);
    EXPECT_TRUE(make_dma_buf_frame(picture));
    picture.planes[0].offset = picture.objects[0].size;
    expect_refused(picture, "plane 0 starts at");
}

TEST(InspectDmaBuf, TellsSizeAndIdentity) {
    const UniqueFd fd(memfd_create("frame_test", MFD_CLOEXEC));
    ASSERT_EQ(ftruncate(fd.get(), 8192), 0);
    const UniqueFd same(fcntl(fd.get(), F_DUPFD_CLOEXEC, 0));
    const UniqueFd other(memfd_create("frame_test", MFD_CLOEXEC));
    ASSERT_EQ(ftruncate(other.get(), 8192), 0);

    const auto object = inspect_dma_buf(fd.get());
    const auto again = inspect_dma_buf(same.get());
    const auto another = inspect_dma_buf(other.get());
    ASSERT_TRUE(object && again && another);
    EXPECT_EQ(object->size, 8192u);
    EXPECT_EQ(object->fd, fd.get());
    EXPECT_EQ(object->id, again->id);
    EXPECT_FALSE(object->id == another->id);
}

/// Before Linux 5.3 every dma-buf has the one inode of all anonymous files, which knows no size.
TEST(InspectDmaBuf, AnInodeThatMemoryHasInCommonIsNoIdentity) {
    struct stat status {};
    status.st_dev = 14;
    status.st_ino = 1057;
    EXPECT_EQ(identity_of(status), BufferId{});
    status.st_size = 4096;
    EXPECT_EQ(identity_of(status), (BufferId{14, 1057}));
}

TEST(InspectDmaBuf, RefusesWhatIsNoMemory) {
    const auto closed = inspect_dma_buf(-1);
    ASSERT_FALSE(closed);
    EXPECT_EQ(closed.error().code, Errc::invalid_argument);

    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    const UniqueFd read_end(ends[0]);
    const UniqueFd write_end(ends[1]);
    EXPECT_FALSE(inspect_dma_buf(read_end.get()));

    const UniqueFd empty(memfd_create("frame_test", MFD_CLOEXEC));
    EXPECT_FALSE(inspect_dma_buf(empty.get()));
}

TEST(CpuFrame, KeepsWhatItWasGiven) {
    const std::vector<std::byte> pixels(8);
    const auto frame = make_cpu_frame(PixelFormat::gray, {4, 2}, gray_planes(pixels));
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->format(), PixelFormat::gray);
    EXPECT_EQ(frame->coded_size(), (Size{4, 2}));
    EXPECT_EQ(frame->plane(0).data, pixels.data());
    EXPECT_EQ(frame->plane(0).pitch, 4u);
}

TEST(CpuFrame, RefusesMissingPlanesShortPitchesAndSizesOutOfBounds) {
    const std::vector<std::byte> pixels(8);
    auto planes = gray_planes(pixels);
    EXPECT_FALSE(make_cpu_frame(PixelFormat::yuv420p, {4, 2}, planes));  // no chroma
    EXPECT_FALSE(make_cpu_frame(PixelFormat::gray, {5, 1}, planes));
    EXPECT_FALSE(make_cpu_frame(PixelFormat::gray, {0, 2}, planes));
    EXPECT_FALSE(make_cpu_frame(PixelFormat::gray, {4, 16385}, planes));
    planes[0].data = nullptr;
    const auto missing = make_cpu_frame(PixelFormat::gray, {4, 2}, planes);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, Errc::invalid_argument);
}

TEST(CudaFrame, RefusesMissingPlanesAndContextsShortPitchesAndSizesOutOfBounds) {
    const int context = 0;
    CudaDescription good;
    good.format = PixelFormat::nv12;
    good.coded_size = {4, 2};
    good.planes[0] = {0x1000, 4};
    good.planes[1] = {0x2000, 4};
    good.context = &context;
    ASSERT_TRUE(make_cuda_frame(good));
    for (const auto spoil : {+[](CudaDescription& d) { d.planes[1].address = 0; },
                             +[](CudaDescription& d) { d.planes[0].pitch = 3; },
                             +[](CudaDescription& d) {
                                 d.coded_size = {0, 2};
                             },
                             +[](CudaDescription& d) { d.context = nullptr; }}) {
        CudaDescription bad = good;
        spoil(bad);
        const auto refused = make_cuda_frame(bad);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, Errc::invalid_argument);
    }
}

class VideoFrameTest : public ::testing::Test {
  protected:
    Result<FramePtr> make(const FrameInfo& info) {
        auto storage = make_cpu_frame(PixelFormat::gray, {4, 2}, gray_planes(pixels_));
        return make_frame(info, std::move(*storage), counting_lease(ended_));
    }
    std::vector<std::byte> pixels_ = std::vector<std::byte>(8);
    std::atomic<int> ended_{0};
};

TEST_F(VideoFrameTest, TakesACropInsideThePicture) {
    FrameInfo info = info_of({4, 2});
    info.crop = {1, 1, 3, 1};
    info.sequence = 7;
    const auto frame = make(info);
    ASSERT_TRUE(frame);
    EXPECT_EQ((*frame)->info().crop, (Rect{1, 1, 3, 1}));
    EXPECT_EQ((*frame)->info().sequence, 7u);
    EXPECT_EQ((*frame)->format(), PixelFormat::gray);
    EXPECT_EQ((*frame)->coded_size(), (Size{4, 2}));
    EXPECT_EQ(name_of((*frame)->kind()), "memory");
}

TEST_F(VideoFrameTest, RefusesCropsThatLeaveThePictureAndEndsTheLease) {
    const int huge = std::numeric_limits<int>::max();
    const Rect crops[] = {{0, 0, 0, 0},  {0, 0, 5, 2},       {0, 0, 4, 3},    {1, 0, 4, 2},
                          {-1, 0, 4, 2}, {0, -1, 4, 2},      {0, 0, -4, 2},   {huge, 0, huge, 2},
                          {0, 0, 4, 0},  {2, 1, huge, huge}, {-huge, 0, 1, 1}};
    int refused = 0;
    for (const Rect& crop : crops) {
        FrameInfo info;
        info.crop = crop;
        const auto frame = make(info);
        ASSERT_FALSE(frame);
        EXPECT_EQ(frame.error().code, Errc::invalid_argument);
        EXPECT_EQ(ended_, ++refused);
    }
}

TEST_F(VideoFrameTest, RefusesASampleAspectThatIsNotPositive) {
    for (Rational aspect : {Rational{0, 1}, Rational{1, 0}, Rational{-4, 3}, Rational{4, -3}}) {
        FrameInfo info = info_of({4, 2});
        info.sample_aspect = aspect;
        EXPECT_FALSE(make(info));
    }
    EXPECT_EQ(ended_, 4);
}

TEST_F(VideoFrameTest, RefusesToBeWithoutALease) {
    auto storage = make_cpu_frame(PixelFormat::gray, {4, 2}, gray_planes(pixels_));
    EXPECT_FALSE(make_frame(info_of({4, 2}), std::move(*storage), nullptr));
}

TEST_F(VideoFrameTest, TheLeaseEndsOnceWithTheLastReference) {
    auto made = make(info_of({4, 2}));
    ASSERT_TRUE(made);
    FramePtr first = std::move(*made);
    made = fail(Errc::io, "nothing else holds it");
    FramePtr second = first;
    first.reset();
    EXPECT_EQ(ended_, 0);
    second.reset();
    EXPECT_EQ(ended_, 1);
}

TEST_F(VideoFrameTest, TheLeaseMayOutliveItsProducer) {
    struct Producer {
        std::vector<std::byte> pixels = std::vector<std::byte>(8, std::byte{42});
    };
    auto producer = std::make_shared<Producer>();
    const std::weak_ptr<Producer> watch = producer;
    auto storage = make_cpu_frame(PixelFormat::gray, {4, 2}, gray_planes(producer->pixels));
    auto frame = make_frame(info_of({4, 2}), std::move(*storage), producer);
    ASSERT_TRUE(frame);
    producer.reset();
    EXPECT_EQ((*cpu_planes(**frame))[0].data[7], std::byte{42});
    frame->reset();
    EXPECT_TRUE(watch.expired());
}

TEST(CpuPlanes, OfADmaBufNeedEveryObjectMappedAndALinearLayout) {
    const std::vector<std::byte> memory(64 * 72);
    auto planes_of = [&](const DmaBufDescription& picture) {
        auto frame =
            make_frame(info_of({64, 48}), *make_dma_buf_frame(picture), std::make_shared<int>(0));
        EXPECT_EQ(name_of((*frame)->kind()), "dma-buf");
        return cpu_planes(**frame);
    };
    DmaBufDescription picture = nv12_picture();
    EXPECT_FALSE(planes_of(picture));
    picture.objects[0].mapping = memory.data();
    const auto planes = planes_of(picture);
    ASSERT_TRUE(planes);
    EXPECT_EQ((*planes)[0].data, memory.data());
    EXPECT_EQ((*planes)[1].data, memory.data() + 64 * 48);
    EXPECT_EQ((*planes)[1].pitch, 64u);
    picture.modifier = kTiled;
    EXPECT_FALSE(planes_of(picture));
}

}  // namespace
}  // namespace vitrine
