// What only an import without a copy promises: it is the same memory, and it costs nothing again.
#include "render/dmabuf_importer.h"

#include <drm_fourcc.h>
#include <fcntl.h>
#include <gtest/gtest.h>

#include <cstring>

#include "canvas.h"
#include "core/log.h"
#include "test_frames.h"

namespace {

using namespace vitrine;
using namespace vitrine::test;

constexpr Size kSize = {40, 26};

reference::Picture noise(const std::string& format, uint32_t seed = 1) {
    return reference::make_noise(reference::format(format), kSize.width, kSize.height, seed);
}

class DmaBuf : public testing::Test {
  protected:
    void SetUp() override { VITRINE_REQUIRE_IMPORT(canvas_); }

    FramePtr memfd_frame(const reference::Picture& picture, uint64_t generation = 0) {
        return make_memfd_frame(picture, frame_info(picture, whole_view(picture)),
                                {0, 64, generation});
    }

    Canvas canvas_{kSize};
};

// rgb24 and bgr24 are the exception: no driver here lists BGR888.
TEST_F(DmaBuf, GivesTheSamePixelsAsUploadForEveryFormat) {
    auto upload = canvas_.importer("upload");
    int formats = 0;
    for (const auto& format : reference::formats()) {
        auto import = canvas_.importer("dmabuf");
        const auto frame = memfd_frame(noise(format.name));
        const auto imported = canvas_.show(*import, frame);
        if (!imported && (format.name == "rgb24" || format.name == "bgr24")) {
            EXPECT_EQ(imported.error().code, Errc::unsupported);
            continue;
        }
        ASSERT_TRUE(imported) << imported.error().text;
        const auto uploaded = canvas_.show(*upload, frame);
        ASSERT_TRUE(uploaded) << uploaded.error().text;
        EXPECT_LE(worst_difference(*imported, *uploaded), 1) << format.name;
        ++formats;
    }
    EXPECT_GE(formats, 40);
}

TEST_F(DmaBuf, ShowsWhatIsWrittenAfterTheImport) {
    auto importer = canvas_.importer("dmabuf");
    auto picture = noise("yuv420p");
    const reference::View view = whole_view(picture);
    const DmaBufDescription description = describe_in(picture, {0, 64, 0});
    auto buffer = std::make_shared<MemfdBuffer>(size_needed(description));
    write_to(*buffer, description, picture);
    const auto frame = make_buffer_frame(buffer, description, frame_info(picture, view));
    const auto imported = importer->import(frame);
    ASSERT_TRUE(imported) << imported.error().text;
    const auto before = canvas_.draw(*imported);
    ASSERT_TRUE(before);
    // One byte of luma.
    int& code = picture.components.at('Y').codes[0];
    code = code < 128 ? 235 : 16;
    buffer->data()[description.planes[0].offset] = static_cast<std::byte>(code);
    const auto after = canvas_.draw(*imported);
    ASSERT_TRUE(after);
    EXPECT_GT(worst_difference(*before, *after), 50);
    EXPECT_LE(worst_difference(*after, reference::render(picture, view)), tolerance());
    importer->release(*imported);
}

TEST_F(DmaBuf, ImportsABufferOnce) {
    auto importer = canvas_.importer("dmabuf");
    std::vector<FramePtr> pool;
    for (uint32_t i = 0; i < 5; ++i) pool.push_back(memfd_frame(noise("yuv420p", i)));
    for (int round = 0; round < 10; ++round) {
        for (const FramePtr& frame : pool) ASSERT_TRUE(canvas_.show(*importer, frame));
    }
    EXPECT_EQ(importer->counters().frames, 50U);
    EXPECT_EQ(importer->counters().images_created, 15U);
}

// Another descriptor for the same memory is the same memory; the same number for other memory is
// not.
TEST_F(DmaBuf, KnowsMemoryByItsIdentityAndNotByItsDescriptor) {
    auto importer = canvas_.importer("dmabuf");
    const auto picture = noise("gray");
    const DmaBufDescription description = describe_in(picture);
    auto buffer = std::make_shared<MemfdBuffer>(size_needed(description));
    write_to(*buffer, description, picture);
    const auto info = frame_info(picture, whole_view(picture));
    ASSERT_TRUE(canvas_.show(*importer, make_buffer_frame(buffer, description, info)));
    UniqueFd second(dup(buffer->object().fd));
    DmaBufDescription by_second = description;
    by_second.objects = {inspect_dma_buf(second.get()).value()};
    const auto again = make_frame(info, make_dma_buf_frame(by_second).value(), buffer).value();
    ASSERT_TRUE(canvas_.show(*importer, again));
    EXPECT_EQ(importer->counters().images_created, 1U);

    const int number = second.get();
    const MemfdBuffer other(size_needed(description));
    ASSERT_EQ(dup2(other.object().fd, number), number);
    by_second.objects = {inspect_dma_buf(number).value()};
    const auto another = make_frame(info, make_dma_buf_frame(by_second).value(), buffer).value();
    const auto seen = canvas_.show(*importer, another);
    ASSERT_TRUE(seen);
    EXPECT_EQ(importer->counters().images_created, 2U);
    EXPECT_EQ(seen->rgba[0], 0);
}

TEST_F(DmaBuf, ImportsAnewForAnotherOffsetPitchOrCrop) {
    auto importer = canvas_.importer("dmabuf");
    const auto picture = noise("gray");
    DmaBufDescription description = describe_in(picture, {0, 64, 0});
    auto buffer = std::make_shared<MemfdBuffer>(size_needed(description) + 16384);
    const auto info = frame_info(picture, whole_view(picture));
    auto show = [&](const DmaBufDescription& what, const FrameInfo& how) {
        const auto seen = canvas_.show(*importer, make_buffer_frame(buffer, what, how));
        ASSERT_TRUE(seen) << seen.error().text;
    };
    show(description, info);
    DmaBufDescription moved = description;
    moved.planes[0].offset = 4096;
    show(moved, info);
    DmaBufDescription wider = description;
    wider.planes[0].pitch = 128;
    show(wider, info);
    FrameInfo cropped = info;
    cropped.crop.height -= 6;
    show(description, cropped);
    EXPECT_EQ(importer->counters().images_created, 4U);
}

TEST_F(DmaBuf, KeepsNoMoreThanItsBound) {
    auto importer = canvas_.importer("dmabuf");
    for (uint32_t i = 0; i < kMostImports + 20; ++i) {
        ASSERT_TRUE(canvas_.show(*importer, memfd_frame(noise("gray", i))));
        EXPECT_LE(importer->counters().images_live, kMostImports);
    }
    EXPECT_EQ(importer->counters().images_live, kMostImports);
    EXPECT_EQ(canvas_.context().live().images, static_cast<int>(kMostImports));
}

TEST_F(DmaBuf, EvictsTheLongestUnusedButNothingInFlight) {
    auto importer = canvas_.importer("dmabuf");
    const auto held_frame = memfd_frame(noise("gray", 1000));
    const auto held = importer->import(held_frame);
    ASSERT_TRUE(held);
    for (uint32_t i = 0; i < kMostImports + 5; ++i)
        ASSERT_TRUE(canvas_.show(*importer, memfd_frame(noise("gray", i))));
    const uint64_t created = importer->counters().images_created;
    const auto seen = canvas_.draw(*held);
    ASSERT_TRUE(seen);
    const auto picture = noise("gray", 1000);
    EXPECT_LE(worst_difference(*seen, reference::render(picture, whole_view(picture))),
              tolerance());
    importer->release(*held);
    ASSERT_TRUE(canvas_.show(*importer, held_frame));
    EXPECT_EQ(importer->counters().images_created, created) << "it was still there";
}

TEST_F(DmaBuf, DropsTheImportsOfAnOldGeneration) {
    auto importer = canvas_.importer("dmabuf");
    const auto held = importer->import(memfd_frame(noise("yuv420p", 1), 1));
    ASSERT_TRUE(held);
    ASSERT_TRUE(canvas_.show(*importer, memfd_frame(noise("yuv420p", 2), 1)));
    EXPECT_EQ(importer->counters().images_live, 6U);
    ASSERT_TRUE(canvas_.show(*importer, memfd_frame(noise("yuv420p", 3), 2)));
    EXPECT_EQ(importer->counters().images_live, 6U) << "the new one, and the one in flight";
    importer->release(*held);
    EXPECT_EQ(importer->counters().images_live, 3U);
}

TEST_F(DmaBuf, KeepsNothingOfMemoryWithoutAnIdentity) {
    auto importer = canvas_.importer("dmabuf");
    const auto picture = noise("gray");
    DmaBufDescription description = describe_in(picture);
    auto buffer = std::make_shared<MemfdBuffer>(size_needed(description));
    DmaBufObject object = buffer->object();
    object.id = {};
    description.objects = {object};
    const auto frame = make_frame(frame_info(picture, whole_view(picture)),
                                  make_dma_buf_frame(description).value(), buffer)
                           .value();
    std::vector<std::string> said;
    const LogSink before = set_log_sink([&](LogLevel level, std::string_view line) {
        if (level <= LogLevel::warning) said.emplace_back(line);
    });
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(canvas_.show(*importer, frame));
    set_log_sink(before);
    EXPECT_EQ(importer->counters().images_created, 3U);
    EXPECT_EQ(importer->counters().images_live, 0U);
    ASSERT_EQ(said.size(), 1U);
    EXPECT_NE(said[0].find("each frame is imported anew"), std::string::npos) << said[0];
}

// Two objects, as some decoders give luma and chroma memory of their own.
TEST_F(DmaBuf, TakesPlanesInDifferentObjects) {
    auto importer = canvas_.importer("dmabuf");
    const auto picture = noise("nv12");
    const reference::View view = whole_view(picture);
    DmaBufDescription description = describe_in(picture, {0, 64, 0});
    auto whole = std::make_shared<MemfdBuffer>(size_needed(description));
    auto chroma = std::make_shared<MemfdBuffer>(size_needed(description));
    write_to(*whole, description, picture);
    write_to(*chroma, description, picture);
    std::memset(whole->data() + description.planes[1].offset, 0,
                whole->size() - description.planes[1].offset);
    description.objects = {whole->object(), chroma->object()};
    description.planes[1].object = 1;
    const auto lease =
        std::make_shared<std::pair<decltype(whole), decltype(chroma)>>(whole, chroma);
    const auto frame =
        make_frame(frame_info(picture, view), make_dma_buf_frame(description).value(), lease)
            .value();
    const auto seen = canvas_.show(*importer, frame);
    ASSERT_TRUE(seen) << seen.error().text;
    EXPECT_LE(worst_difference(*seen, reference::render(picture, view)), tolerance());
}

TEST_F(DmaBuf, ImportsWithoutAModifierWhenTheProducerKnowsNone) {
    auto importer = canvas_.importer("dmabuf");
    const auto picture = noise("yuv420p");
    const reference::View view = whole_view(picture);
    DmaBufDescription description = describe_in(picture, {0, 64, 0});
    description.modifier = DRM_FORMAT_MOD_INVALID;
    auto buffer = std::make_shared<MemfdBuffer>(size_needed(description));
    write_to(*buffer, description, picture);
    const auto frame = make_buffer_frame(buffer, description, frame_info(picture, view));
    const auto seen = canvas_.show(*importer, frame);
    ASSERT_TRUE(seen) << seen.error().text;
    EXPECT_LE(worst_difference(*seen, reference::render(picture, view)), tolerance());
}

TEST_F(DmaBuf, RefusesALayoutThatNobodyLists) {
    auto importer = canvas_.importer("dmabuf");
    const auto picture = noise("nv12");
    DmaBufDescription description = describe_in(picture, {0, 64, 0});
    description.modifier = 0x0700000000066004;  // Broadcom SAND128, columns of 1632 rows
    auto buffer = std::make_shared<MemfdBuffer>(size_needed(description));
    const auto frame =
        make_buffer_frame(buffer, description, frame_info(picture, whole_view(picture)));
    const auto refused = importer->import(frame);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unsupported);
    EXPECT_NE(refused.error().text.find("modifier BROADCOM"), std::string::npos)
        << refused.error().text;
    EXPECT_EQ(canvas_.context().live().images, 0);
}

TEST_F(DmaBuf, SaysEachReasonOnce) {
    auto importer = canvas_.importer("dmabuf");
    const auto picture = noise("nv12");
    const DmaBufDescription description = describe_in(picture, {0, 64, 0});
    auto buffer = std::make_shared<MemfdBuffer>(size_needed(description));
    const auto frame =
        make_buffer_frame(buffer, description, frame_info(picture, whole_view(picture)));
    ASSERT_EQ(ftruncate(buffer->object().fd, 1), 0);
    const auto refused = importer->import(frame);
    ASSERT_FALSE(refused);
    const std::string& text = refused.error().text;
    const size_t first = text.find("holds 1 bytes");
    ASSERT_NE(first, std::string::npos) << text;
    EXPECT_EQ(text.find("holds 1 bytes", first + 1), std::string::npos) << text;
}

TEST_F(DmaBuf, RefusesPlainMemory) {
    auto importer = canvas_.importer("dmabuf");
    const auto picture = noise("nv12");
    const auto refused =
        importer->import(make_memory_frame(picture, frame_info(picture, whole_view(picture))));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unsupported);
}

// One image that the driver composes, where it can. llvmpipe does so for packed RGB.
TEST_F(DmaBuf, ShowsAComposedImage) {
    if (!canvas_.context().facts().has_image_external) VITRINE_MISSING("no external images");
    auto importer = make_dmabuf_importer(canvas_.context(), ImportWay::composed);
    ASSERT_TRUE(importer) << importer.error().text;
    for (const bool cropped : {false, true}) {
        const auto picture = noise("bgr0");
        reference::View view = whole_view(picture);
        if (cropped) {
            view.crop_x = 5;
            view.crop_y = 3;
            view.crop_width -= 9;
            view.crop_height -= 4;
            view.fit = 's';
        }
        const auto frame = make_memfd_frame(picture, frame_info(picture, view), {0, 64, 0});
        const auto imported = (*importer)->import(frame);
        ASSERT_TRUE(imported) << imported.error().text;
        EXPECT_TRUE(imported->external);
        EXPECT_EQ(imported->texture_count, 1);
        const auto seen = canvas_.draw(*imported, {cropped ? Fit::stretch : Fit::contain, 0});
        ASSERT_TRUE(seen) << seen.error().text;
        EXPECT_LE(worst_difference(*seen, reference::render(picture, view)),
                  cropped ? 2 * tolerance() : tolerance());
        (*importer)->release(*imported);
    }
}

TEST_F(DmaBuf, ComposesNothingWhoseMatrixEglCannotName) {
    auto importer = make_dmabuf_importer(canvas_.context(), ImportWay::composed);
    ASSERT_TRUE(importer);
    const auto picture = noise("yuyv422");
    reference::View view = whole_view(picture);
    view.matrix = reference::Matrix::ycgco;
    const auto refused = (*importer)->import(make_memfd_frame(picture, frame_info(picture, view)));
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().text.find("ycgco"), std::string::npos) << refused.error().text;
}

TEST_F(DmaBuf, ProofPassesForMemoryThatEglTakes) {
    const LiveObjects before = canvas_.context().live();
    const MemfdBuffer buffer(20480);
    const auto proof = prove_memory_import(canvas_.context(), buffer.object(), buffer.data());
    EXPECT_TRUE(proof) << proof.error().text;
    EXPECT_EQ(canvas_.context().live(), before);
}

EglFunctions importing_egl;

/// A driver that wants pitches of whole 256 bytes, as some do.
EGLImageKHR create_image_of_wide_pitch(EGLDisplay display, EGLContext context, EGLenum target,
                                       EGLClientBuffer buffer, const EGLint* attributes) {
    for (const EGLint* each = attributes; *each != EGL_NONE; each += 2) {
        if (each[0] == EGL_DMA_BUF_PLANE0_PITCH_EXT && each[1] % 256 != 0) return EGL_NO_IMAGE_KHR;
    }
    return importing_egl.CreateImageKHR(display, context, target, buffer, attributes);
}

TEST(DmaBufOfAPickyDriver, ProofFindsTheAlignmentOfPitches) {
    FunctionFilters filters;
    filters.egl = [](EglFunctions& egl) {
        importing_egl = egl;
        egl.CreateImageKHR = create_image_of_wide_pitch;
    };
    const MemfdBuffer buffer(20480);
    {
        Canvas canvas(kSize, filters);
        VITRINE_REQUIRE_IMPORT(canvas);
        const auto picky = prove_memory_import(canvas.context(), buffer.object(), buffer.data());
        ASSERT_TRUE(picky) << picky.error().text;
        EXPECT_EQ(*picky, 256);
    }
    Canvas canvas(kSize);
    const auto plain = prove_memory_import(canvas.context(), buffer.object(), buffer.data());
    ASSERT_TRUE(plain) << plain.error().text;
    EXPECT_EQ(*plain, 64);
}

TEST_F(DmaBuf, ProofFailsWhenTheGpuSeesOtherMemory) {
    const MemfdBuffer imported(20480);
    const MemfdBuffer written(20480);
    const auto proof = prove_memory_import(canvas_.context(), imported.object(), written.data());
    ASSERT_FALSE(proof);
    EXPECT_EQ(proof.error().code, Errc::unsupported);
    EXPECT_NE(proof.error().text.find("pixel"), std::string::npos) << proof.error().text;
}

TEST_F(DmaBuf, ProofFailsForWhatIsNoMemory) {
    const MemfdBuffer memory(20480);
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    const UniqueFd read_end(ends[0]);
    const UniqueFd write_end(ends[1]);
    DmaBufObject object = memory.object();
    object.fd = read_end.get();
    const auto proof = prove_memory_import(canvas_.context(), object, memory.data());
    ASSERT_FALSE(proof);
    EXPECT_NE(proof.error().text.find("descriptor"), std::string::npos) << proof.error().text;
}

/// A Raspberry Pi's EGL (mesa: src/gallium/drivers/v3d/v3d_screen.c): it lists the layout without
/// a column height, and only as a whole picture. What it is asked to import is noted; what it gives
/// is a picture of its own.
constexpr uint64_t kSand128 = uint64_t{7} << 56 | 4;
const MemfdBuffer* stand_in;
std::vector<EGLint> asked;

EGLBoolean list_formats(EGLDisplay, EGLint room, EGLint* formats, EGLint* count) {
    const EGLint known[] = {static_cast<EGLint>(DRM_FORMAT_NV12),
                            static_cast<EGLint>(fourcc_code('P', '0', '3', '0')),
                            static_cast<EGLint>(DRM_FORMAT_YUV420_8BIT)};
    *count = 3;
    for (EGLint i = 0; i < std::min<EGLint>(room, 3); ++i) formats[i] = known[i];
    return EGL_TRUE;
}

EGLBoolean list_modifiers(EGLDisplay, EGLint format, EGLint room, EGLuint64KHR* modifiers,
                          EGLBoolean* external_only, EGLint* count) {
    *count = 1;
    if (room < 1) return EGL_TRUE;
    const bool afbc = format == static_cast<EGLint>(DRM_FORMAT_YUV420_8BIT);
    modifiers[0] = afbc ? DRM_FORMAT_MOD_ARM_AFBC(AFBC_FORMAT_MOD_BLOCK_SIZE_16x16) : kSand128;
    external_only[0] = EGL_TRUE;
    return EGL_TRUE;
}

EGLImageKHR create_stand_in(EGLDisplay display, EGLContext context, EGLenum target,
                            EGLClientBuffer buffer, const EGLint* attributes) {
    asked.clear();
    for (const EGLint* each = attributes; *each != EGL_NONE; each += 2) {
        asked.insert(asked.end(), {each[0], each[1]});
    }
    const EGLint plain[] = {EGL_WIDTH,
                            16,
                            EGL_HEIGHT,
                            16,
                            EGL_LINUX_DRM_FOURCC_EXT,
                            static_cast<EGLint>(DRM_FORMAT_XRGB8888),
                            EGL_DMA_BUF_PLANE0_FD_EXT,
                            stand_in->object().fd,
                            EGL_DMA_BUF_PLANE0_OFFSET_EXT,
                            0,
                            EGL_DMA_BUF_PLANE0_PITCH_EXT,
                            256,
                            EGL_NONE};
    return importing_egl.CreateImageKHR(display, context, target, buffer, plain);
}

EGLint asked_for(EGLint name) {
    for (size_t i = 0; i < asked.size(); i += 2) {
        if (asked[i] == name) return asked[i + 1];
    }
    return -1;
}

class DmaBufOfColumns : public testing::Test {
  protected:
    DmaBufOfColumns() : memory_(1 << 20) {
        stand_in = &memory_;
        filters_.egl = [](EglFunctions& egl) {
            importing_egl = egl;
            egl.QueryDmaBufFormatsEXT = list_formats;
            egl.QueryDmaBufModifiersEXT = list_modifiers;
            egl.CreateImageKHR = create_stand_in;
        };
    }
    FramePtr frame(PixelFormat format, uint64_t modifier, std::vector<DmaBufPlane> planes) {
        DmaBufDescription description;
        description.format = format;
        description.coded_size = {256, 48};
        description.modifier = modifier;
        description.objects = {memory_.object()};
        description.planes = std::move(planes);
        FrameInfo info;
        info.crop = {0, 0, 250, 40};
        info.color = resolve_color({}, PixelFormat::nv12, {256, 48}).color;
        auto storage = make_dma_buf_frame(description);
        if (!storage) ADD_FAILURE() << storage.error().text;
        return make_frame(info, std::move(storage.value()), std::make_shared<int>(0)).value();
    }
    MemfdBuffer memory_;
    FunctionFilters filters_;
};

TEST_F(DmaBufOfColumns, AreImportedAsOnePictureWithTheirHeight) {
    Canvas canvas({250, 40}, filters_);
    if (!canvas.context().facts().has_image_external) VITRINE_MISSING("external images");
    auto importer = canvas.importer("dmabuf");
    for (const auto& [format, rows] : {std::pair{PixelFormat::nv12, uint64_t{72}},
                                       {PixelFormat::p030, uint64_t{72}},
                                       {PixelFormat::p030, uint64_t{0}}}) {
        const uint32_t pitch = rows == 0 ? 48 : 384;
        const auto imported = importer->import(
            frame(format, kSand128 | rows << 8, {{0, 0, pitch}, {0, 128 * 1024, pitch}}));
        ASSERT_TRUE(imported) << imported.error().text;
        EXPECT_TRUE(imported->external);
        EXPECT_EQ(imported->copies, 0);
        EXPECT_EQ(asked_for(EGL_LINUX_DRM_FOURCC_EXT),
                  static_cast<EGLint>(info(format).drm.fourcc));
        EXPECT_EQ(asked_for(EGL_WIDTH), 256) << "columns cannot be cut";
        EXPECT_EQ(asked_for(EGL_HEIGHT), 48);
        EXPECT_EQ(asked_for(EGL_DMA_BUF_PLANE0_PITCH_EXT), static_cast<EGLint>(pitch));
        EXPECT_EQ(asked_for(EGL_DMA_BUF_PLANE1_OFFSET_EXT), 128 * 1024);
        EXPECT_EQ(asked_for(EGL_DMA_BUF_PLANE1_MODIFIER_HI_EXT), 0x07000000);
        EXPECT_EQ(asked_for(EGL_DMA_BUF_PLANE1_MODIFIER_LO_EXT),
                  static_cast<EGLint>(rows << 8 | 4));
        EXPECT_EQ(imported->crop, (Rect{0, 0, 250, 40}));
        importer->release(*imported);
    }
}

TEST_F(DmaBufOfColumns, SoAreCompressedPicturesButNotWhatIsNotListed) {
    Canvas canvas({250, 40}, filters_);
    if (!canvas.context().facts().has_image_external) VITRINE_MISSING("external images");
    auto importer = canvas.importer("dmabuf");
    constexpr uint64_t kAfbc = DRM_FORMAT_MOD_ARM_AFBC(AFBC_FORMAT_MOD_BLOCK_SIZE_16x16);
    const auto imported = importer->import(frame(PixelFormat::yuv420_8bit, kAfbc, {{0, 0, 384}}));
    ASSERT_TRUE(imported) << imported.error().text;
    EXPECT_EQ(asked_for(EGL_DMA_BUF_PLANE0_MODIFIER_HI_EXT), 0x08000000);
    EXPECT_EQ(asked_for(EGL_DMA_BUF_PLANE1_FD_EXT), -1) << "it is in one piece";
    importer->release(*imported);
    for (const auto& [format, modifier] :
         {std::pair{PixelFormat::yuv420_10bit, kAfbc},
          {PixelFormat::yuv420_8bit, kAfbc | AFBC_FORMAT_MOD_SPARSE}}) {
        const auto refused = importer->import(frame(format, modifier, {{0, 0, 384}}));
        ASSERT_FALSE(refused) << info(format).name;
        EXPECT_EQ(refused.error().code, Errc::unsupported);
        EXPECT_NE(refused.error().text.find("EGL does not list"), std::string::npos)
            << refused.error().text;
    }
}

}  // namespace
