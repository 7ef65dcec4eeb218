// What every importer owes to whoever draws: the same pixels, whatever the memory looks like, and
// textures that stay as they are until they are released. A new importer joins by a row.
#include <gtest/gtest.h>

#include <utility>

#include "canvas.h"
#include "render/importer.h"
#include "test_frames.h"
#include "tests/nvidia/pictures.h"

namespace {

using namespace vitrine;
using namespace vitrine::test;

enum class CopiedBy { nobody, cpu, gpu };

struct ContractRow {
    std::string_view name;
    /// A frame in memory of the kind that it takes.
    FramePtr (*make_frame)(const reference::Picture&, const FrameInfo&, const FrameLayout&);
    CopiedBy copied_by;

    [[nodiscard]] bool shares_memory() const { return copied_by == CopiedBy::nobody; }
};
FramePtr make_gpu_frame(const reference::Picture& picture, const FrameInfo& info,
                        const FrameLayout& layout) {
    return nvidia::to_gpu(make_memory_frame(picture, info, layout));
}

constexpr ContractRow kRows[] = {
    {"dmabuf", make_memfd_frame, CopiedBy::nobody},
    {"cuda", make_gpu_frame, CopiedBy::gpu},
    {"upload", make_memory_frame, CopiedBy::cpu},
};

class ImporterContract : public testing::TestWithParam<ContractRow> {
  protected:
    void SetUp() override {
        if (row().copied_by != CopiedBy::gpu) return;
        Canvas canvas({1, 1});
        if (canvas.context().facts().es_major < 3) GTEST_SKIP() << "refused: see Gles2.RefusesCuda";
    }

    [[nodiscard]] static const ContractRow& row() { return GetParam(); }

    [[nodiscard]] static FramePtr frame_of(const reference::Picture& picture) {
        return row().make_frame(picture, frame_info(picture, whole_view(picture)), {});
    }

    /// Draws the view by the importer at hand and holds it to the reference.
    void expect_as_reference(const reference::Picture& picture, const reference::View& view,
                             const FrameLayout& layout = {}) {
        Canvas canvas({view.width, view.height});
        if (row().shares_memory()) VITRINE_REQUIRE_IMPORT(canvas);
        auto importer = canvas.importer(row().name);
        const auto frame = row().make_frame(picture, frame_info(picture, view), layout);
        DrawOptions options;
        options.fit = view.fit == 'c' ? Fit::cover : view.fit == 's' ? Fit::stretch : Fit::contain;
        const auto seen = canvas.show(*importer, frame, options);
        ASSERT_TRUE(seen) << seen.error().text;
        EXPECT_LE(worst_difference(*seen, reference::render(picture, view)), tolerance());
    }

    static reference::Picture noise(const char* format, int width, int height) {
        return reference::make_noise(reference::format(format), width, height, 11);
    }
};

/// All but what has nothing to import from in a build without NVIDIA's headers.
std::vector<ContractRow> rows_here() {
    std::vector<ContractRow> rows;
    for (const ContractRow& row : kRows) {
        if (row.copied_by != CopiedBy::gpu || nvidia::has_gpu()) rows.push_back(row);
    }
    return rows;
}

INSTANTIATE_TEST_SUITE_P(Rows, ImporterContract, testing::ValuesIn(rows_here()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Importers, AreAllHeldToTheContract) {
    ASSERT_EQ(importer_rows().size(), std::size(kRows));
    for (size_t i = 0; i < std::size(kRows); ++i) EXPECT_EQ(importer_rows()[i].name, kRows[i].name);
}

TEST_P(ImporterContract, TakesPaddedRows) {
    for (const int alignment : {2, 64, 256}) {
        const auto picture = noise("yuv420p", 50, 22);
        expect_as_reference(picture, whole_view(picture), {10, alignment, 0});
        const auto pairs = noise("nv12", 50, 22);
        expect_as_reference(pairs, whole_view(pairs), {6, alignment, 0});
    }
}

TEST_P(ImporterContract, ShowsOnlyTheCrop) {
    for (const char* format : {"yuv420p", "nv12", "yuv410p", "yuyv422", "bgra"}) {
        const auto picture = noise(format, 48, 34);
        // From the origin, as 1088 rows hold 1080; within; odd on every side.
        for (const Rect crop : {Rect{0, 0, 48, 30}, Rect{0, 0, 45, 33}, Rect{4, 4, 36, 24},
                                Rect{3, 5, 31, 17}, Rect{47, 33, 1, 1}}) {
            reference::View view = whole_view(picture);
            view.crop_x = crop.x;
            view.crop_y = crop.y;
            view.crop_width = view.width = crop.width;
            view.crop_height = view.height = crop.height;
            view.site = reference::Site::center;
            SCOPED_TRACE(std::string(format) + " " + std::to_string(crop.x));
            expect_as_reference(picture, view);
        }
    }
}

// What surrounds the crop is as unlike it as can be: nothing of it may show, at any scale.
TEST_P(ImporterContract, LetsNothingBleedIntoTheCrop) {
    auto picture = reference::make_flat(reference::format("yuv420p"), 64, 48, {235, 128, 128, 0});
    for (auto& [component, grid] : picture.components) {
        const int step = component == 'Y' ? 1 : 2;
        for (int y = 0; y < grid.height; ++y) {
            for (int x = 0; x < grid.width; ++x) {
                const bool inside =
                    x * step >= 16 && x * step < 48 && y * step >= 16 && y * step < 40;
                if (!inside)
                    grid.codes[static_cast<size_t>(y) * static_cast<size_t>(grid.width) +
                               static_cast<size_t>(x)] = component == 'Y' ? 16 : 240;
            }
        }
    }
    reference::View view = whole_view(picture);
    view.crop_x = view.crop_y = 16;
    view.crop_width = 32;
    view.crop_height = 24;
    for (const int scale : {1, 3}) {
        view.width = 32 * scale;
        view.height = 24 * scale;
        const auto wanted = reference::render(picture, view);
        for (const auto& pixel : wanted) ASSERT_NEAR(pixel[0], 1, 1e-9);
        expect_as_reference(picture, view);
    }
}

TEST_P(ImporterContract, TakesOddSizes) {
    for (const char* format : {"yuv420p", "yuv411p", "nv12", "nv16", "uyvy422", "p010", "gbrp"}) {
        for (const Size size : {Size{1, 1}, Size{2, 1}, Size{3, 3}, Size{17, 1}, Size{5, 31}}) {
            const auto picture = noise(format, size.width, size.height);
            Canvas probe({1, 1});
            if (!shows(probe.context(), *picture.format)) continue;
            SCOPED_TRACE(std::string(format) + " " + std::to_string(size.width));
            expect_as_reference(picture, whole_view(picture), {0, 4, 0});
        }
    }
}

// 50: "rotation black on overlay plane path".
TEST_P(ImporterContract, C50_TurnsAllEightWays) {
    const auto picture = noise("yuv420p", 30, 18);
    for (const bool mirrored : {false, true}) {
        for (int turns = 0; turns < 4; ++turns) {
            reference::View view = whole_view(picture);
            view.mirrored = mirrored;
            view.clockwise_turns = turns;
            if (turns % 2 == 1) std::swap(view.width, view.height);
            SCOPED_TRACE(turns);
            expect_as_reference(picture, view);
        }
    }
}

TEST_P(ImporterContract, FitsAsAsked) {
    const auto picture = noise("yuv444p", 32, 18);
    for (const char fit : {'i', 'c', 's'}) {
        for (const Size target : {Size{64, 36}, Size{64, 50}, Size{90, 36}, Size{33, 19}}) {
            reference::View view = whole_view(picture);
            view.fit = fit;
            view.width = target.width;
            view.height = target.height;
            SCOPED_TRACE(std::string(1, fit) + " " + std::to_string(target.width));
            expect_as_reference(picture, view);
        }
    }
}

TEST_P(ImporterContract, ShowsDeepPicturesAtAnyScaleAndCrop) {
    Canvas probe({1, 1});
    for (const auto& format : reference::formats()) {
        if (format.depth == 8 || !shows(probe.context(), format)) continue;
        const auto picture = reference::make_noise(format, 32, 18, 11);
        for (const Rect crop : {Rect{0, 0, 32, 18}, Rect{6, 4, 21, 11}}) {
            for (const Size target : {Size{96, 54}, Size{50, 29}, Size{23, 13}}) {
                reference::View view = whole_view(picture);
                view.crop_x = crop.x;
                view.crop_y = crop.y;
                view.crop_width = crop.width;
                view.crop_height = crop.height;
                view.fit = 's';
                view.width = target.width;
                view.height = target.height;
                SCOPED_TRACE(format.name + " to " + std::to_string(target.width) + " from " +
                             std::to_string(crop.width));
                expect_as_reference(picture, view);
            }
        }
    }
}

TEST_P(ImporterContract, MakesSamplesSquare) {
    const auto picture = noise("yuv420p", 36, 24);
    for (const double aspect : {16.0 / 15, 0.5, 2.0}) {
        reference::View view = whole_view(picture);
        view.sample_aspect = aspect;
        view.width = 80;
        view.height = 40;
        expect_as_reference(picture, view);
    }
}

TEST_P(ImporterContract, CountsWhatItDoes) {
    Canvas canvas({16, 16});
    if (row().shares_memory()) VITRINE_REQUIRE_IMPORT(canvas);
    auto importer = canvas.importer(row().name);
    const bool textures_are_copies = !row().shares_memory();
    const bool cpu = row().copied_by == CopiedBy::cpu;
    const bool gpu = row().copied_by == CopiedBy::gpu;
    const auto picture = noise("yuv420p", 16, 16);
    const auto frame = frame_of(picture);
    for (int i = 0; i < 3; ++i) {
        const auto imported = importer->import(frame);
        ASSERT_TRUE(imported) << imported.error().text;
        EXPECT_EQ(imported->copies, cpu ? 1 : 0);
        EXPECT_EQ(imported->bytes_copied, cpu ? 384U : 0U);
        EXPECT_EQ(imported->device_copies, gpu ? 1 : 0);
        importer->release(*imported);
    }
    const ImportCounters counters = importer->counters();
    EXPECT_EQ(counters.frames, 3U);
    EXPECT_EQ(counters.copies, cpu ? 3U : 0U);
    EXPECT_EQ(counters.bytes_copied, cpu ? 3 * 384U : 0U);
    EXPECT_EQ(counters.device_copies, gpu ? 3U : 0U);
    EXPECT_EQ(counters.images_created, textures_are_copies ? 0U : 3U)
        << "one per view, for the first frame";
    EXPECT_EQ(counters.images_live, textures_are_copies ? 0U : 3U);
    EXPECT_EQ(counters.textures_live, textures_are_copies ? 6U : 3U)
        << "a set to fill, and one that rests";
}

GlFunctions contract_driver;
TEST_P(ImporterContract, RefusesPicturesBeyondTheLargestTexture) {
    FunctionFilters small_textures;
    small_textures.gl = [](GlFunctions& gl) {
        contract_driver = gl;
        gl.GetIntegerv = [](GLenum name, GLint* value) {
            contract_driver.GetIntegerv(name, value);
            if (name == GL_MAX_TEXTURE_SIZE) *value = 32;
        };
    };
    if (row().shares_memory()) {
        Canvas probe({4, 4});
        VITRINE_REQUIRE_IMPORT(probe);
    }
    Canvas canvas({16, 16}, small_textures);
    auto importer = canvas.importer(row().name);
    const auto picture = noise("gray", 33, 8);
    const auto refused = importer->import(frame_of(picture));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unsupported);
    EXPECT_NE(refused.error().text.find("largest texture, 32"), std::string::npos)
        << refused.error().text;
}

TEST_P(ImporterContract, LeavesNothingBehind) {
    Canvas canvas({16, 16});
    if (row().shares_memory()) VITRINE_REQUIRE_IMPORT(canvas);
    const LiveObjects before = canvas.context().live();
    {
        auto importer = canvas.importer(row().name);
        const auto picture = noise("nv12", 16, 16);
        const auto frame = frame_of(picture);
        const auto imported = importer->import(frame);
        ASSERT_TRUE(imported);
        EXPECT_EQ(canvas.context().live().textures, before.textures + 2);
    }
    EXPECT_EQ(canvas.context().live(), before);
}

// What is in flight is not drawn over by what comes next; how much may be is bounded.
TEST_P(ImporterContract, StaysAsItIsUntilItIsReleased) {
    Canvas canvas({8, 8});
    if (row().shares_memory()) VITRINE_REQUIRE_IMPORT(canvas);
    auto importer = canvas.importer(row().name);
    const auto flat = [](int level) {
        return frame_of(
            reference::make_flat(reference::format("gray"), 8, 8, {16 + level, 0, 0, 0}));
    };
    constexpr int kLevels = 200;
    std::vector<GpuFrame> in_flight;
    std::optional<Error> refused;
    for (int level = 0; level < kLevels && !refused; ++level) {
        auto imported = importer->import(flat(level));
        if (imported) in_flight.push_back(std::move(*imported));
        if (!imported) refused = imported.error();
    }
    ASSERT_TRUE(refused) << "it has no bound";
    EXPECT_EQ(refused->code, Errc::unavailable) << refused->text;
    ASSERT_GE(in_flight.size(), 8U);
    for (size_t i = 0; i < in_flight.size(); ++i) {
        const auto seen = canvas.draw(in_flight[i]);
        ASSERT_TRUE(seen);
        EXPECT_NEAR(seen->rgba[0], static_cast<double>(i) * 255 / 219, tolerance());
    }
    importer->release(in_flight[3]);
    const auto again = importer->import(flat(219));
    ASSERT_TRUE(again) << "one released, one to have again";
    const auto seen = canvas.draw(*again);
    ASSERT_TRUE(seen);
    EXPECT_NEAR(seen->rgba[0], 255, tolerance());
}

TEST_P(ImporterContract, KeepsTheFrameThatItStandsFor) {
    Canvas canvas({16, 8});
    if (row().shares_memory()) VITRINE_REQUIRE_IMPORT(canvas);
    auto importer = canvas.importer(row().name);
    FramePtr frame = frame_of(noise("nv12", 16, 8));
    const std::weak_ptr<const VideoFrame> lease = frame;
    auto imported = importer->import(frame);
    ASSERT_TRUE(imported) << imported.error().text;
    EXPECT_EQ(imported->frame, frame);
    frame.reset();
    EXPECT_FALSE(lease.expired()) << "it may be drawn yet";
    importer->release(*imported);
    *imported = {};
    EXPECT_TRUE(lease.expired()) << "nobody else keeps it";
}

}  // namespace
