// What the tests of libavcodec's hardware decoders share: a clip, decoders that play each family's
// frames and failures (fake_libavcodec.h), and what is shown of it, the same as by a software
// decoder. Thread-bound.
#pragma once

#include <gtest/gtest.h>

#include <deque>

#include "hw/dma_buf_view.h"
#include "tests/decode/fake_libavcodec.h"
#include "tests/decode/sources.h"

namespace vitrine::testing {

/// The samples that are shown, plane by plane, Y, Cb, Cr, whatever they lie in.
inline std::vector<uint16_t> samples_of(const VideoFrame& frame) {
    std::optional<CopiedPicture> copied;
    const CpuFrame* memory = frame.cpu();
    if (const DmaBufFrame* shared = frame.dma_buf()) {
        auto made = copy_to_memory(std::make_shared<RealKernel>(), shared->description());
        if (!made) ADD_FAILURE() << made.error().text;
        if (!made) return {};
        copied = std::move(*made);
        memory = &copied->frame;
    }
    const PixelFormatInfo& format = info(memory->format());
    const bool semi = format.layout == SampleLayout::semi_planar;
    const size_t bytes = format.depth > 8 ? 2 : 1;
    const Rect& crop = frame.info().crop;
    std::vector<uint16_t> out;
    for (int component = 0; component < 3; ++component) {
        const int shift = component > 0 ? 1 : 0;
        const CpuPlane& plane = memory->plane(semi ? std::min(component, 1) : component);
        const size_t step = semi && component > 0 ? 2 : 1;
        const size_t first = semi && component == 2 ? 1 : 0;
        for (int y = 0; y < subsampled(crop.height, shift); ++y) {
            for (int x = 0; x < subsampled(crop.width, shift); ++x) {
                const std::byte* at = plane.data + size_t{plane.pitch} * static_cast<size_t>(y) +
                                      (static_cast<size_t>(x) * step + first) * bytes;
                unsigned value = std::to_integer<unsigned>(at[0]);
                if (bytes == 2) value |= std::to_integer<unsigned>(at[1]) << 8;
                out.push_back(static_cast<uint16_t>(value >> format.left_shift));
            }
        }
    }
    return out;
}

struct Shown {
    Nanos pts;
    uint64_t sequence;  // from the first that was read
    std::vector<uint16_t> samples;
    friend bool operator==(const Shown&, const Shown&) = default;
    friend void PrintTo(const Shown& shown, std::ostream* out) {
        *out << shown.sequence << "@" << shown.pts.count() / 1'000'000 << " ms";
    }
};

/// Reads so many, or to the end, and holds on to the last few.
inline std::vector<Shown> show(FrameSource& source, size_t held = 1, size_t most = SIZE_MAX) {
    std::deque<FramePtr> out;
    std::vector<Shown> shown;
    uint64_t first = 0;
    while (shown.size() < most) {
        const auto frame = source.read();
        if (!frame) ADD_FAILURE() << frame.error().text;
        if (!frame || !*frame) break;
        const FrameInfo& info = (*frame)->info();
        if (shown.empty()) first = info.sequence;
        shown.push_back({info.pts, info.sequence - first, samples_of(**frame)});
        out.push_back(*frame);
        if (out.size() > held) out.pop_front();
    }
    return shown;
}

/// Of a clip that is made for each test, and what a software decoder shows of it.
class AvRungs : public ::testing::Test {
  protected:
    AvRungs() : path_(folder_.file("a.mkv")) {
        clip_.size = {300, 50};
        clip_.frames = 40;
        clip_.b_frames = 2;
        use(clip_);
    }
    void use(const ClipOptions& clip) {
        make_clip(path_, clip);
        MediaOptions software;
        software.hardware = false;
        whole_ = show(*open_or_fail(path_, software));
        ASSERT_EQ(whole_.size(), static_cast<size_t>(clip.frames));
    }
    /// On the row, and software behind it unless only the row is wanted.
    std::unique_ptr<FrameSource> open(std::vector<std::string> rows = {"drm-prime", "software"}) {
        options_.decoders = std::move(rows);
        return open_or_fail(path_, options_);
    }
    [[nodiscard]] std::vector<Shown> from(size_t first) const {
        std::vector<Shown> rest(whole_.begin() + static_cast<ptrdiff_t>(first), whole_.end());
        for (size_t i = 0; i < rest.size(); ++i) rest[i].sequence = i;
        return rest;
    }
    /// Software goes on from the first picture, and says why.
    void expect_stepped_over(const FakePlan& plan, std::string_view reason) {
        const FakeDecoder fake(plan);
        const auto source = open();
        ASSERT_TRUE(source);
        EXPECT_EQ(show(*source), whole_);
        EXPECT_FALSE(source->path().hardware);
        EXPECT_EQ(fake.record().open_now, 0);
        expect_refused(*source, reason);
    }
    /// From the picture of that number on.
    void expect_seeks(FrameSource& source, size_t to, const std::string& when = "") {
        ASSERT_TRUE(source.seek(whole_[to].pts));
        EXPECT_EQ(show(source), from(to)) << when;
    }
    static void expect_refused(const FrameSource& source, std::string_view reason) {
        const auto refused = source.path().refused;
        ASSERT_EQ(refused.size(), 1U);
        EXPECT_NE(refused[0].find(reason), std::string::npos) << refused[0];
    }

    TemporaryFolder folder_;
    const std::string path_;
    ClipOptions clip_;
    MediaOptions options_;
    std::vector<Shown> whole_;
    LogCatcher log_;
};

}  // namespace vitrine::testing
