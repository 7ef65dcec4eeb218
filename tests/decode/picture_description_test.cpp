// What is guessed of the colors of pictures follows them, where nobody says anything.
#include "decode/picture_description.h"

#include <gtest/gtest.h>

#include "tests/decode/sources.h"

namespace vitrine {
namespace {

class PictureDescriptionTest : public ::testing::Test {
  protected:
    void open(const ClipOptions& clip = {}) {
        const std::string path = folder_.file("a.mkv");
        make_clip(path, clip);
        auto demuxer = Demuxer::open(path);
        ASSERT_TRUE(demuxer) << demuxer.error().text;
        demuxer_ = std::move(*demuxer);
        description_ = std::make_unique<PictureDescription>(*demuxer_);
    }
    ColorSpec color_at(Size visible, const ColorSpec& stated = {}, const ColorSpec& device = {}) {
        std::array<CpuPlane, 4> planes{};
        for (size_t i = 0; i < 3; ++i) planes[i] = {memory_.data(), kPitch};
        DecodedPicture picture{
            make_cpu_frame(PixelFormat::yuv420p, kCoded, planes).value(), {}, {}};
        picture.info.crop = {0, 0, visible.width, visible.height};
        picture.info.color = stated;
        picture.device_color = device;
        description_->complete(picture, {});
        return picture.info.color;
    }

  private:
    static constexpr Size kCoded{1920, 1088};
    static constexpr int kPitch = 1920;

    TemporaryFolder folder_;
    std::vector<std::byte> memory_ = std::vector<std::byte>(size_t{1920} * 1088);
    std::unique_ptr<Demuxer> demuxer_;
    std::unique_ptr<PictureDescription> description_;
};

TEST_F(PictureDescriptionTest, TheGuessedMatrixFollowsTheSize) {
    open();
    EXPECT_EQ(color_at({352, 288}).matrix, Matrix::bt601);
    EXPECT_EQ(color_at({1280, 720}).matrix, Matrix::bt709);
    EXPECT_EQ(color_at({1280, 720}).matrix, Matrix::bt709);
    EXPECT_EQ(color_at({352, 288}).matrix, Matrix::bt601);
}

TEST_F(PictureDescriptionTest, WhatThePictureStatesOutlivesAChangeOfSize) {
    open();
    ColorSpec stated;
    stated.matrix = Matrix::bt2020_ncl;
    EXPECT_EQ(color_at({352, 288}, stated).matrix, Matrix::bt2020_ncl);
    EXPECT_EQ(color_at({1280, 720}, stated).matrix, Matrix::bt2020_ncl);
    EXPECT_EQ(color_at({1280, 720}).matrix, Matrix::bt709);
}

TEST_F(PictureDescriptionTest, WhatTheDeviceStatesIsHeardAfterTheStreamAndBeforeAGuess) {
    ClipOptions clip;
    clip.range = AVCOL_RANGE_MPEG;
    open(clip);
    ColorSpec device;
    device.range = Range::full;
    device.matrix = Matrix::bt2020_ncl;
    device.transfer = Transfer::pq;
    ColorSpec stated;
    stated.transfer = Transfer::hlg;
    const ColorSpec color = color_at({352, 288}, stated, device);
    EXPECT_EQ(color.range, Range::limited) << "the container's";
    EXPECT_EQ(color.transfer, Transfer::hlg) << "the picture's";
    EXPECT_EQ(color.matrix, Matrix::bt2020_ncl) << "the device's";
    EXPECT_EQ(color_at({352, 288}, stated).matrix, Matrix::bt601) << "guessed";
}

TEST_F(PictureDescriptionTest, WhatTheContainerStatesOutlivesAChangeOfSize) {
    ClipOptions clip;
    clip.encoder = "ffv1";
    clip.matrix = AVCOL_SPC_BT470BG;
    open(clip);
    EXPECT_EQ(color_at({352, 288}).matrix, Matrix::bt601);
    EXPECT_EQ(color_at({1280, 720}).matrix, Matrix::bt601);
}

}  // namespace
}  // namespace vitrine
