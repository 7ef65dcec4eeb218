#include "hw/av/drm_frame.h"

#include <drm_fourcc.h>
#include <gtest/gtest.h>

#include "core/unique_fd.h"
#include "hw/kernel.h"
#include "tests/support/failing_kernel.h"

namespace vitrine {
namespace {

constexpr int kPictureWidth = 64;
constexpr int kPictureHeight = 32;
constexpr size_t kObjectSize = 1 << 20;

/// A frame made by hand, as a driver would fill it in.
class DrmFrame : public ::testing::Test {
  protected:
    DrmFrame() {
        for (UniqueFd& fd : memory_) {
            fd = UniqueFd(memfd_create("vitrine-drm", MFD_CLOEXEC));
            EXPECT_EQ(ftruncate(fd.get(), kObjectSize), 0);
        }
        frame_->format = AV_PIX_FMT_DRM_PRIME;
        frame_->width = kPictureWidth;
        frame_->height = kPictureHeight;
        frame_->data[0] = reinterpret_cast<uint8_t*>(&descriptor_);
    }

    void objects(int count, uint64_t modifier = DRM_FORMAT_MOD_LINEAR) {
        descriptor_.nb_objects = count;
        for (int i = 0; i < count; ++i) {
            descriptor_.objects[i] = {memory_[i].get(), 0, modifier};  // size: not all drivers say
        }
    }
    void layer(uint32_t fourcc, std::vector<AVDRMPlaneDescriptor> planes) {
        AVDRMLayerDescriptor& layer = descriptor_.layers[descriptor_.nb_layers++];
        layer.format = fourcc;
        layer.nb_planes = static_cast<int>(planes.size());
        for (size_t i = 0; i < planes.size(); ++i) layer.planes[i] = planes[i];
    }
    Result<DmaBufDescription> map() { return av::map_drm_frame(*frame_, 3); }
    /// As a decoder does: mapped, then checked.
    Result<DmaBufFrame> make() {
        auto description = map();
        if (!description) return Failure(description.error());
        return make_dma_buf_frame(std::move(*description));
    }

    UniqueFd memory_[2];
    AVDRMFrameDescriptor descriptor_{};
    av::Frame frame_{av_frame_alloc()};
};

TEST_F(DrmFrame, OneObjectOneLayerThreePlanes) {
    objects(1);
    layer(DRM_FORMAT_YUV420, {{0, 0, 64}, {0, 2048, 32}, {0, 2560, 32}});
    const auto frame = make();
    ASSERT_TRUE(frame) << frame.error().text;
    const DmaBufDescription& d = frame->description();
    EXPECT_EQ(d.format, PixelFormat::yuv420p);
    EXPECT_EQ(d.coded_size, (Size{kPictureWidth, kPictureHeight}));
    EXPECT_EQ(d.modifier, DRM_FORMAT_MOD_LINEAR);
    EXPECT_EQ(d.generation, 3U);
    ASSERT_EQ(d.objects.size(), 1U);
    EXPECT_EQ(d.objects[0].size, kObjectSize);
    EXPECT_EQ(d.objects[0].id, inspect_dma_buf(memory_[0].get())->id);
    ASSERT_EQ(d.planes.size(), 3U);
    EXPECT_EQ(d.planes[2].offset, 2560U);
    EXPECT_EQ(d.planes[2].pitch, 32U);
}

TEST_F(DrmFrame, CrBeforeCbIsTheSameFormatWithPlanesExchanged) {
    objects(1);
    layer(DRM_FORMAT_YVU420, {{0, 0, 64}, {0, 2048, 32}, {0, 2560, 32}});
    const auto frame = make();
    ASSERT_TRUE(frame) << frame.error().text;
    EXPECT_EQ(frame->description().format, PixelFormat::yuv420p);
    EXPECT_EQ(frame->description().planes[1].offset, 2560U);
    EXPECT_EQ(frame->description().planes[2].offset, 2048U);
}

TEST_F(DrmFrame, TwoObjects) {
    objects(2);
    layer(DRM_FORMAT_NV12, {{0, 0, 64}, {1, 128, 64}});
    const auto frame = make();
    ASSERT_TRUE(frame) << frame.error().text;
    EXPECT_EQ(frame->description().format, PixelFormat::nv12);
    EXPECT_EQ(frame->description().objects.size(), 2U);
    EXPECT_EQ(frame->description().planes[1].object, 1U);
    EXPECT_FALSE(frame->description().objects[0].id == frame->description().objects[1].id);
}

TEST_F(DrmFrame, ALayerPerPlaneAsVaapiExports) {
    struct Case {
        std::vector<uint32_t> fourccs;
        PixelFormat format;
    };
    const Case cases[] = {
        {{DRM_FORMAT_R8, DRM_FORMAT_GR88}, PixelFormat::nv12},
        {{DRM_FORMAT_R8, DRM_FORMAT_RG88}, PixelFormat::nv21},
        {{DRM_FORMAT_R16, DRM_FORMAT_GR1616}, PixelFormat::p010},
    };
    for (const Case& c : cases) {
        descriptor_ = {};
        objects(1);
        layer(c.fourccs[0], {{0, 0, 128}});
        layer(c.fourccs[1], {{0, 128 * kPictureHeight, 128}});
        const auto frame = make();
        ASSERT_TRUE(frame) << frame.error().text;
        EXPECT_EQ(frame->description().format, c.format);
        EXPECT_EQ(frame->description().planes[1].offset, uint64_t{128} * kPictureHeight);
    }
}

TEST_F(DrmFrame, ThreeLayersOfOneByteEach) {
    struct Case {
        ptrdiff_t chroma_pitch, second_chroma;
        PixelFormat format;
    };
    for (const Case& c : {Case{32, 2048 + 32 * 16, PixelFormat::yuv420p},
                          Case{32, 2048 + 32 * 32, PixelFormat::yuv422p},
                          Case{64, 2048 + 64 * 32, PixelFormat::yuv444p}}) {
        descriptor_ = {};
        objects(1);
        layer(DRM_FORMAT_R8, {{0, 0, 64}});
        layer(DRM_FORMAT_R8, {{0, 2048, c.chroma_pitch}});
        layer(DRM_FORMAT_R8, {{0, c.second_chroma, c.chroma_pitch}});
        const auto frame = make();
        ASSERT_TRUE(frame) << frame.error().text;
        EXPECT_EQ(info(frame->description().format).name, info(c.format).name);
    }
}

TEST_F(DrmFrame, SandKeepsItsModifierAndItsOddPitch) {
    const uint64_t modifier = sand128(48);
    objects(1, modifier);
    layer(DRM_FORMAT_NV12,
          {{0, 0, 48}, {0, 128 * kPictureHeight, 48}});  // the pitch is a column height
    const auto frame = make();
    ASSERT_TRUE(frame) << frame.error().text;
    EXPECT_EQ(frame->description().modifier, modifier);
    EXPECT_EQ(frame->description().planes[0].pitch, 48U);
    EXPECT_EQ(frame->description().planes[1].offset, uint64_t{128} * kPictureHeight);
}

/// As the decoders of Raspberry Pi and Rockchip give them out.
TEST_F(DrmFrame, DeepAndCompressedPicturesKeepTheirModifiers) {
    const uint64_t afbc = DRM_FORMAT_MOD_ARM_AFBC(AFBC_FORMAT_MOD_BLOCK_SIZE_16x16);
    struct Case {
        uint32_t fourcc;
        uint64_t modifier;
        std::vector<AVDRMPlaneDescriptor> planes;
        PixelFormat format;
    };
    for (const Case& c :
         {Case{DRM_FORMAT_P030,
               sand128(48),
               {{0, 0, 2 * kPictureWidth}, {0, 128 * kPictureHeight, 2 * kPictureWidth}},
               PixelFormat::p030},
          Case{DRM_FORMAT_NV15,
               DRM_FORMAT_MOD_LINEAR,
               {{0, 0, 80}, {0, 80 * kPictureHeight, 80}},
               PixelFormat::nv15},
          Case{DRM_FORMAT_YUV420_8BIT, afbc, {{0, 0, 96}}, PixelFormat::yuv420_8bit},
          Case{DRM_FORMAT_YUV420_10BIT, afbc, {{0, 0, 120}}, PixelFormat::yuv420_10bit}}) {
        descriptor_ = {};
        objects(1, c.modifier);
        layer(c.fourcc, c.planes);
        const auto frame = make();
        ASSERT_TRUE(frame) << frame.error().text;
        EXPECT_EQ(info(frame->description().format).name, info(c.format).name);
        EXPECT_EQ(frame->description().modifier, c.modifier);
    }
}

TEST_F(DrmFrame, SandInTwoObjectsHasItsHeightInThePitch) {
    objects(2, sand128(0));
    layer(DRM_FORMAT_P030, {{0, 0, kPictureHeight}, {1, 0, kPictureHeight / 2}});
    const auto frame = make();
    ASSERT_TRUE(frame) << frame.error().text;
    EXPECT_EQ(frame->description().planes[1].pitch, static_cast<uint32_t>(kPictureHeight / 2));
    descriptor_.layers[0].planes[1].pitch = kPictureHeight / 2 - 1;
    EXPECT_FALSE(make());
}

TEST_F(DrmFrame, TheSoftwareFormatIsNotLookedAt) {
    av::BufferRef device(av_hwdevice_ctx_alloc(AV_HWDEVICE_TYPE_DRM));
    reinterpret_cast<AVDRMDeviceContext*>(reinterpret_cast<AVHWDeviceContext*>(device->data)->hwctx)
        ->fd = -1;
    ASSERT_EQ(av_hwdevice_ctx_init(device.get()), 0);
    AVBufferRef* frames = av_hwframe_ctx_alloc(device.get());
    auto& context = *reinterpret_cast<AVHWFramesContext*>(frames->data);
    context.format = AV_PIX_FMT_DRM_PRIME;
    context.sw_format = AV_PIX_FMT_YUV444P10LE;  // not what the layers say
    context.width = kPictureWidth;
    context.height = kPictureHeight;
    ASSERT_EQ(av_hwframe_ctx_init(frames), 0);
    frame_->hw_frames_ctx = frames;  // the frame's now
    objects(1);
    layer(DRM_FORMAT_NV12, {{0, 0, 64}, {0, 2048, 64}});
    const auto frame = make();
    ASSERT_TRUE(frame) << frame.error().text;
    EXPECT_EQ(frame->description().format, PixelFormat::nv12);
}

TEST_F(DrmFrame, FormatsOutsideTheTableAreRefusedByName) {
    objects(1, sand128(48));
    layer(fourcc_code('N', 'V', '2', '0'), {{0, 0, 128}, {0, 4096, 128}});
    const auto mapped = map();
    ASSERT_FALSE(mapped);
    EXPECT_EQ(mapped.error().code, Errc::unsupported);
    EXPECT_NE(mapped.error().text.find("NV20"), std::string::npos) << mapped.error().text;
    descriptor_ = {};
    objects(1);
    layer(DRM_FORMAT_GR88, {{0, 0, 128}});
    layer(DRM_FORMAT_R8, {{0, 4096, 128}});
    EXPECT_EQ(map().error().code, Errc::unsupported);
}

/// Whatever a driver or another process writes into the descriptor: an error, never an access.
TEST_F(DrmFrame, HostileDescriptorsAreRefused) {
    const auto good = [&] {
        descriptor_ = {};
        objects(2);
        layer(DRM_FORMAT_NV12, {{0, 0, 64}, {1, 0, 64}});
    };
    good();
    ASSERT_TRUE(make()) << make().error().text;
    const std::vector<std::pair<const char*, void (*)(AVDRMFrameDescriptor&)>> spoilers = {
        {"no objects", [](auto& d) { d.nb_objects = 0; }},
        {"five objects", [](auto& d) { d.nb_objects = 5; }},
        {"negative objects", [](auto& d) { d.nb_objects = INT32_MIN; }},
        {"no layers", [](auto& d) { d.nb_layers = 0; }},
        {"too many layers", [](auto& d) { d.nb_layers = INT32_MAX; }},
        {"no planes", [](auto& d) { d.layers[0].nb_planes = 0; }},
        {"too many planes", [](auto& d) { d.layers[0].nb_planes = 1000; }},
        {"one plane", [](auto& d) { d.layers[0].nb_planes = 1; }},
        {"an object out of range", [](auto& d) { d.layers[0].planes[1].object_index = 2; }},
        {"a negative object", [](auto& d) { d.layers[0].planes[1].object_index = -1; }},
        {"a negative offset", [](auto& d) { d.layers[0].planes[0].offset = -64; }},
        {"an offset beyond", [](auto& d) { d.layers[0].planes[0].offset = PTRDIFF_MAX; }},
        {"a negative pitch", [](auto& d) { d.layers[0].planes[0].pitch = -64; }},
        {"a huge pitch", [](auto& d) { d.layers[0].planes[0].pitch = PTRDIFF_MAX; }},
        {"a pitch too short", [](auto& d) { d.layers[0].planes[0].pitch = 63; }},
        {"a pitch too long", [](auto& d) { d.layers[0].planes[0].pitch = 1 << 20; }},
        {"a closed descriptor", [](auto& d) { d.objects[0].fd = -1; }},
        {"no such descriptor", [](auto& d) { d.objects[1].fd = 1 << 20; }},
        {"two modifiers", [](auto& d) { d.objects[1].format_modifier = sand128(0); }},
        {"no format", [](auto& d) { d.layers[0].format = 0; }},
    };
    for (const auto& [what, spoil] : spoilers) {
        good();
        spoil(descriptor_);
        const auto frame = make();
        ASSERT_FALSE(frame) << what;
        EXPECT_FALSE(frame.error().text.empty()) << what;
    }
}

TEST_F(DrmFrame, OtherFramesAreNotTaken) {
    frame_->format = AV_PIX_FMT_YUV420P;
    EXPECT_EQ(map().error().code, Errc::invalid_argument);
    frame_->format = AV_PIX_FMT_DRM_PRIME;
    frame_->data[0] = nullptr;
    EXPECT_EQ(map().error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace vitrine
