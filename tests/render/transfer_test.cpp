// What every way of bench owes to whoever believes its figures: the picture that was written, each
// time another, is what is drawn, as the upload importer would show it.
#include "render/transfer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <deque>

#include "canvas.h"
#include "hw/buffer_allocator.h"
#include "render/gl_objects.h"
#include "test_frames.h"

namespace {

using namespace vitrine;
using namespace vitrine::test;

constexpr Size kPictureSize{130, 70};
constexpr Size kOddSize{131, 77};  // half a pair and half a block at each end
constexpr Size kSeenSize{65, 35};

class Transfers : public testing::TestWithParam<TransferRow> {
  protected:
    void SetUp() override {
        if (!GetParam().takes_memory) return;
        VITRINE_REQUIRE_IMPORT(canvas);
        for (AllocatorTrial& trial : open_allocators(std::make_shared<RealKernel>())) {
            if (trial.allocator && memory == nullptr) memory = std::move(*trial.allocator);
        }
        ASSERT_NE(memory, nullptr);
    }

    [[nodiscard]] Result<std::unique_ptr<TextureTransfer>> make(const std::string& format) {
        return GetParam().make(canvas.context(),
                               {pixel_format(reference::format(format)), size, memory});
    }

    /// Noise; of one color where it is the driver that puts chroma between its samples, which each
    /// does in its own way.
    [[nodiscard]] reference::Picture picture(const std::string& format, unsigned seed) const {
        if (is_composed()) {
            const auto step = [&](unsigned by) { return 60 + static_cast<int>(seed * by % 120); };
            return reference::make_flat(reference::format(format), size.width, size.height,
                                        {step(47), 128, step(31), 255});
        }
        return reference::make_noise(reference::format(format), size.width, size.height, seed);
    }

    static Result<GpuFrame> hand_over(TextureTransfer& transfer, const reference::Picture& what) {
        const auto lent = transfer.lend();
        if (!lent) return Failure(lent.error());
        size_t at = 0;
        for (const reference::Plane& plane : reference::pack(what)) {
            const LentPlane& to = (*lent)[at++];
            for (int y = 0; y < plane.rows; ++y) {
                std::memcpy(to.data + size_t{to.pitch} * static_cast<size_t>(y),
                            plane.bytes.data() + y * plane.row_bytes,
                            static_cast<size_t>(plane.row_bytes));
            }
        }
        return transfer.hand_over();
    }

    [[nodiscard]] Picture seen(const GpuFrame& frame) {
        auto drawn = canvas.draw(frame);
        if (!drawn) ADD_FAILURE() << drawn.error().text;
        return drawn ? *drawn : Picture{};
    }

    [[nodiscard]] Picture uploaded(const reference::Picture& what) {
        const auto importer = canvas.importer("upload");
        const FrameInfo shown = transfer_like(what);
        auto drawn = canvas.show(*importer, make_memory_frame(what, shown));
        if (!drawn) ADD_FAILURE() << drawn.error().text;
        return drawn ? *drawn : Picture{};
    }

    /// The colors that a transfer gives its frames.
    static FrameInfo transfer_like(const reference::Picture& what) {
        FrameInfo out;
        out.crop = {0, 0, what.width, what.height};
        out.color = resolve_color({}, pixel_format(*what.format), {what.width, what.height}).color;
        return out;
    }

    [[nodiscard]] static bool is_composed() { return GetParam().name.starts_with("composed"); }

    /// What the software renderer of Mesa has not, and what this GL has not.
    [[nodiscard]] bool may_be_missing(std::string_view format) {
        const GlFacts& facts = canvas.context().facts();
        const std::string_view name = GetParam().name;
        if (name == "cuda" || is_composed()) return true;
        if (name.starts_with("pbo")) return facts.es_major < 3;
        if (name == "subimage-padded") return !facts.has_unpack_row_length;
        return GetParam().takes_memory && (format == "rgb24" || format == "bgr24");
    }

    void expect_shown(const std::string& format, unsigned pictures);

    Canvas canvas{kSeenSize};
    std::shared_ptr<BufferAllocator> memory;
    Size size = kPictureSize;
};

void Transfers::expect_shown(const std::string& format, unsigned pictures) {
    SCOPED_TRACE(format);
    if (!shows(canvas.context(), reference::format(format))) return;
    auto transfer = make(format);
    if (!transfer && may_be_missing(format)) {
        EXPECT_EQ(transfer.error().code, Errc::unsupported);
        EXPECT_FALSE(transfer.error().text.empty());
        return;
    }
    ASSERT_TRUE(transfer) << transfer.error().text;
    Picture before;
    for (unsigned number = 0; number < pictures; ++number) {
        const auto written = picture(format, number);
        const auto frame = hand_over(**transfer, written);
        ASSERT_TRUE(frame) << frame.error().text;
        if (frame->texture_count == 0) {  // the copy in memory is what is looked at
            const auto copied = canvas.show(*canvas.importer("upload"), frame->frame);
            ASSERT_TRUE(copied) << copied.error().text;
            EXPECT_EQ(worst_difference(*copied, uploaded(written)), 0);
            continue;
        }
        const Picture shown = seen(*frame);
        const auto wanted = GetParam().shows_first_only ? picture(format, 0) : written;
        EXPECT_LE(worst_difference(shown, uploaded(wanted)), 2) << number;
        if (number > 0 && !GetParam().shows_first_only) {
            EXPECT_GT(worst_difference(shown, before), 20) << number;
        }
        before = shown;
        (*transfer)->release(*frame);
    }
}

INSTANTIATE_TEST_SUITE_P(Ways, Transfers,
                         testing::ValuesIn(transfer_rows().begin(), transfer_rows().end()),
                         [](const auto& row) {
                             std::string name(row.param.name);
                             for (char& c : name) c = c == '-' ? '_' : c;
                             return name;
                         });

TEST_P(Transfers, ShowWhatUploadShowsOfEveryPicture) {
    for (const char* format :
         {"nv12", "yuv420p", "p010", "rgba", "rgb24", "yuyv422", "yuv444p10", "gray", "gbrp"})
        expect_shown(format, 12);
}

// The last pair and the last block are not whole, but their bytes are there.
TEST_P(Transfers, ShowWhatUploadShowsOfOddSizesInEveryFormat) {
    size = kOddSize;
    for (const reference::Format& format : reference::formats()) expect_shown(format.name, 2);
}

// A file's pictures, whose rows follow one another or do not.
TEST_P(Transfers, ShowWhatUploadShowsOfAFrameOfOddSize) {
    if (GetParam().name == "memcpy") return;
    size = kOddSize;
    for (const char* format : {"yuyv422", "uyvy422", "yuv420p", "nv12", "rgb24"}) {
        for (const int padding : {0, 12}) {
            SCOPED_TRACE(fmt::format("{}, {} bytes after each row", format, padding));
            auto transfer = make(format);
            if (!transfer && may_be_missing(format)) continue;
            ASSERT_TRUE(transfer) << transfer.error().text;
            const auto wanted = picture(format, 1);
            const auto frame = (*transfer)->hand_over_frame(
                make_memory_frame(wanted, transfer_like(wanted), {padding}));
            ASSERT_TRUE(frame) << frame.error().text;
            EXPECT_LE(worst_difference(seen(*frame), uploaded(wanted)), 2);
            (*transfer)->release(*frame);
        }
    }
}

// As many as bench has on their way: the one that was handed over first is not written over.
TEST_P(Transfers, KeepEachPictureUntilItIsReleased) {
    if (GetParam().name == "memcpy" || GetParam().shows_first_only) return;
    // Of these the driver keeps what was submitted, and no more.
    if (GetParam().name == "teximage" || GetParam().name == "subimage-same") return;
    const char* format = is_composed() ? "rgb0" : "nv12";
    auto transfer = make(format);
    if (!transfer && may_be_missing(format)) return;
    ASSERT_TRUE(transfer) << transfer.error().text;
    std::deque<std::pair<unsigned, GpuFrame>> in_flight;
    for (unsigned number = 0; number < 15; ++number) {
        if (in_flight.size() == kTransfersInFlight) {
            const auto& [oldest, frame] = in_flight.front();
            EXPECT_LE(worst_difference(seen(frame), uploaded(picture(format, oldest))), 2);
            (*transfer)->release(frame);
            in_flight.pop_front();
        }
        auto frame = hand_over(**transfer, picture(format, number));
        ASSERT_TRUE(frame) << frame.error().text;
        in_flight.emplace_back(number, std::move(*frame));
    }
    for (const auto& [number, frame] : in_flight) (*transfer)->release(frame);
}

TEST_P(Transfers, LeaveNothingInGl) {
    const LiveObjects before = canvas.context().live();
    {
        auto transfer = make("yuv420p");
        if (!transfer && may_be_missing("yuv420p")) return;
        ASSERT_TRUE(transfer) << transfer.error().text;
        for (unsigned number = 0; number < 6; ++number) {
            const auto frame = hand_over(**transfer, picture("yuv420p", number));
            ASSERT_TRUE(frame) << frame.error().text;
            (*transfer)->release(*frame);
        }
    }
    EXPECT_EQ(canvas.context().live(), before);
    EXPECT_TRUE(check_gl(canvas.context(), "after the transfer"));
}

TEST(TransferTable, SaysHowOftenThePictureIsCopied) {
    Canvas canvas(kSeenSize);
    const TransferPlan plan{PixelFormat::nv12, kPictureSize, nullptr};
    struct Wanted {
        std::string_view name;
        int copies;
        int device_copies;
    };
    for (const Wanted wanted :
         {Wanted{"draw-only", 0, 0}, Wanted{"teximage", 1, 0}, Wanted{"subimage-same", 1, 0},
          Wanted{"subimage", 1, 0}, Wanted{"subimage-padded", 1, 0}, Wanted{"pbo-orphan", 1, 1},
          Wanted{"pbo-ring", 1, 1}, Wanted{"pbo-persistent", 1, 1}, Wanted{"pbo-direct", 0, 1},
          Wanted{"memcpy", 1, 0}}) {
        SCOPED_TRACE(wanted.name);
        const auto rows = transfer_rows();
        const auto row = std::find_if(rows.begin(), rows.end(), [&](const TransferRow& each) {
            return each.name == wanted.name;
        });
        ASSERT_NE(row, rows.end());
        auto transfer = row->make(canvas.context(), plan);
        if (!transfer && canvas.context().facts().es_major < 3) continue;
        ASSERT_TRUE(transfer) << transfer.error().text;
        Result<GpuFrame> frame = fail(Errc::unavailable, "none");
        for (int i = 0; i < 2; ++i) {
            ASSERT_TRUE((*transfer)->lend());
            frame = (*transfer)->hand_over();
            ASSERT_TRUE(frame) << frame.error().text;
        }
        EXPECT_EQ(frame->copies, wanted.copies);
        EXPECT_EQ(frame->device_copies, wanted.device_copies);
        const uint64_t bytes = picture_bytes(PixelFormat::nv12, kPictureSize);
        EXPECT_EQ(frame->bytes_copied, wanted.copies == 0 ? 0 : bytes);
    }
}

TEST(TransferTable, CountsBytesWithoutPadding) {
    EXPECT_EQ(picture_bytes(PixelFormat::nv12, {1920, 1080}), 1920u * 1080 * 3 / 2);
    EXPECT_EQ(picture_bytes(PixelFormat::p010, {1920, 1080}), 1920u * 1080 * 3);
    EXPECT_EQ(picture_bytes(PixelFormat::rgba, {101, 33}), 101u * 33 * 4);
    EXPECT_EQ(picture_bytes(PixelFormat::yuv420p, {101, 33}), 101u * 33 + 2 * 51 * 17);
}

}  // namespace
