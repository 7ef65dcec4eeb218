#include "app/frame_hash.h"

#include <gtest/gtest.h>

#include <array>
#include <sstream>

#include "tests/app/support.h"
#include "tests/support/memfd_buffer.h"
#include "tests/support/missing.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using test::contains;

/// A frame in memory with padding around what is visible, made so that every byte has a value of
/// its own place; and the visible bytes, put together by the format's definition alone.
struct Sample {
    std::shared_ptr<std::vector<uint8_t>> memory = std::make_shared<std::vector<uint8_t>>();
    FramePtr frame;
    std::string visible;
};

struct PlaneShape {
    int x_shift;
    int y_shift;
    int bytes;  // of one sample
};

constexpr Size kCoded{48, 32};
constexpr Rect kCrop{4, 2, 37, 21};  // odd sizes, so that a part block counts whole

Sample make_sample(PixelFormat format, const std::vector<PlaneShape>& shapes) {
    Sample sample;
    std::array<CpuPlane, 4> planes{};
    std::vector<size_t> offsets;
    std::vector<uint32_t> pitches;
    for (const PlaneShape& shape : shapes) {
        const int width = (kCoded.width >> shape.x_shift) * shape.bytes;
        pitches.push_back(static_cast<uint32_t>(width + 16));
        offsets.push_back(sample.memory->size());
        const size_t size = pitches.back() * static_cast<size_t>(kCoded.height >> shape.y_shift);
        for (size_t i = 0; i < size; ++i) {
            sample.memory->push_back(static_cast<uint8_t>((sample.memory->size() * 31) >> 2));
        }
    }
    for (size_t i = 0; i < shapes.size(); ++i) {
        const auto* data = sample.memory->data() + offsets[i];
        planes[i] = {reinterpret_cast<const std::byte*>(data), pitches[i]};
        const PlaneShape& shape = shapes[i];
        const int columns = (kCrop.width + (1 << shape.x_shift) - 1) >> shape.x_shift;
        const int rows = (kCrop.height + (1 << shape.y_shift) - 1) >> shape.y_shift;
        for (int y = 0; y < rows; ++y) {
            const size_t row = static_cast<size_t>((kCrop.y >> shape.y_shift) + y) * pitches[i];
            const int start = (kCrop.x >> shape.x_shift) * shape.bytes;
            sample.visible.append(reinterpret_cast<const char*>(data) + row + start,
                                  static_cast<size_t>(columns * shape.bytes));
        }
    }
    auto storage = make_cpu_frame(format, kCoded, planes);
    EXPECT_TRUE(storage);
    FrameInfo info;
    info.crop = kCrop;
    auto frame = make_frame(info, *storage, sample.memory);
    EXPECT_TRUE(frame);
    sample.frame = *frame;
    return sample;
}

struct Case {
    PixelFormat format;
    std::vector<PlaneShape> shapes;
    const char* ffmpeg_name;
};

std::vector<Case> cases() {
    return {{PixelFormat::yuv420p, {{0, 0, 1}, {1, 1, 1}, {1, 1, 1}}, "yuv420p"},
            {PixelFormat::yuv422p10, {{0, 0, 2}, {1, 0, 2}, {1, 0, 2}}, "yuv422p10le"},
            {PixelFormat::yuva444p, {{0, 0, 1}, {0, 0, 1}, {0, 0, 1}, {0, 0, 1}}, "yuva444p"},
            {PixelFormat::yuv410p, {{0, 0, 1}, {2, 2, 1}, {2, 2, 1}}, "yuv410p"},
            {PixelFormat::nv12, {{0, 0, 1}, {1, 1, 2}}, "nv12"},
            {PixelFormat::p010, {{0, 0, 2}, {1, 1, 4}}, "p010le"},
            {PixelFormat::gray, {{0, 0, 1}}, "gray"},
            {PixelFormat::rgb24, {{0, 0, 3}}, "rgb24"},
            {PixelFormat::bgra, {{0, 0, 4}}, "bgra"},
            {PixelFormat::gbrp10, {{0, 0, 2}, {0, 0, 2}, {0, 0, 2}}, "gbrp10le"}};
}

/// RFC 1321, appendix A.5, by way of a picture that holds the letters.
TEST(FrameHash, PicturesHashAsPublished) {
    Picture picture;
    EXPECT_EQ(hash_of(picture), "d41d8cd98f00b204e9800998ecf8427e");
    const std::string letters = "message digest";
    picture.rgba.assign(letters.begin(), letters.end());
    EXPECT_EQ(hash_of(picture), "f96b697d7cb7938d525a2f31aaf161d0");
}

TEST(FrameHash, PlanesHashAsTheirVisibleBytesInOrder) {
    for (const Case& each : cases()) {
        const Sample sample = make_sample(each.format, each.shapes);
        Picture visible;
        visible.rgba.assign(sample.visible.begin(), sample.visible.end());
        const auto hash = hash_of(*sample.frame);
        ASSERT_TRUE(hash) << each.ffmpeg_name;
        EXPECT_EQ(*hash, hash_of(visible)) << each.ffmpeg_name;
    }
}

/// A value of its own, so that the two sides cannot be wrong alike: a 2×2 4:2:0 picture of the
/// bytes "abc" "d", "e", "f", whose MD5 is that of "abcdef".
TEST(FrameHash, AHandMadePictureHasAKnownHash) {
    const auto memory = std::make_shared<std::string>("ab??cd??e?f?");
    const auto* bytes = reinterpret_cast<const std::byte*>(memory->data());
    auto storage = make_cpu_frame(
        PixelFormat::yuv420p, {2, 2},
        {CpuPlane{bytes, 4}, CpuPlane{bytes + 8, 2}, CpuPlane{bytes + 10, 2}, CpuPlane{}});
    ASSERT_TRUE(storage);
    FrameInfo info;
    info.crop = {0, 0, 2, 2};
    const auto frame = make_frame(info, *storage, memory);
    ASSERT_TRUE(frame);
    EXPECT_EQ(hash_of(**frame).value(), "e80b5017098950fc58aad83c8c14978e");
}

TEST(FrameHash, AgreesWithTheFfmpegProgram) {
    if (!test::is_installed("ffmpeg")) VITRINE_MISSING("ffmpeg is not installed");
    const test::TemporaryFolder folder;
    for (const Case& each : cases()) {
        const Sample sample = make_sample(each.format, each.shapes);
        auto raw = FileWriter::open(folder.file("raw"));
        ASSERT_TRUE(raw);
        raw->write(sample.visible);
        ASSERT_TRUE(raw->close());
        const test::Ran ran =
            test::run_program(std::string("ffmpeg -v error -f rawvideo -s 37x21 -pix_fmt ") +
                              each.ffmpeg_name + " -i " + folder.file("raw") + " -f framemd5 -");
        EXPECT_TRUE(contains(ran.output, ", " + hash_of(*sample.frame).value()))
            << each.ffmpeg_name << "\n"
            << ran.output;
    }
}

TEST(FrameHash, MemoryThatTheCpuCannotReadIsAnError) {
    const test::MemfdBuffer buffer(48 * 32 * 3 / 2);
    DmaBufDescription description;
    description.coded_size = {48, 32};
    description.objects = {buffer.object()};
    description.objects[0].mapping = nullptr;
    description.planes = {{0, 0, 48}, {0, 48 * 32, 48}};
    auto storage = make_dma_buf_frame(description);
    ASSERT_TRUE(storage) << storage.error().text;
    FrameInfo info;
    info.crop = {0, 0, 48, 32};
    const auto frame = make_frame(info, *storage, std::make_shared<int>(0));
    ASSERT_TRUE(frame);
    const auto hash = hash_of(**frame);
    ASSERT_FALSE(hash);
    EXPECT_EQ(hash.error().code, Errc::unsupported);
}

TEST(FrameHashWriter, SaysWhatIsHashedWheneverThatChanges) {
    const test::TemporaryFolder folder;
    auto writer = FrameHashWriter::open(folder.file("hashes"));
    ASSERT_TRUE(writer);
    const Picture small{{1, 1}, {1, 2, 3, 4}};
    const Picture wide{{2, 1}, {1, 2, 3, 4, 5, 6, 7, 8}};
    writer->begin_item("a\nb.mp4", "offscreen");
    writer->add(0, 0ns, small);
    writer->add(1, 40ms, small);
    writer->add(2, 80ms, wide);
    writer->begin_item("c.mp4", "null");
    const Sample sample = make_sample(PixelFormat::nv12, {{0, 0, 1}, {1, 1, 2}});
    ASSERT_TRUE(writer->add(0, 0ns, *sample.frame));
    ASSERT_TRUE(writer->close());

    std::istringstream lines(test::contents_of(folder.file("hashes")));
    std::vector<std::string> text;
    for (std::string line; std::getline(lines, line);) text.push_back(line);
    ASSERT_EQ(text.size(), 16u);
    EXPECT_TRUE(contains(text[0], "# program: vitrine "));
    EXPECT_EQ(text[2], "# file: a?b.mp4");
    EXPECT_EQ(text[3], "# output: offscreen");
    EXPECT_EQ(text[4], "# size: 1x1");
    EXPECT_EQ(text[5], "# pixels: rgba, as presented, top row first");
    EXPECT_EQ(text[6], "0, 0, 08d6c05a21512a79a1dfeb9d2a8f262f");
    EXPECT_EQ(text[7], "1, 40000000, 08d6c05a21512a79a1dfeb9d2a8f262f");
    EXPECT_EQ(text[8], "# size: 2x1");
    EXPECT_EQ(text[11], "# file: c.mp4");
    EXPECT_EQ(text[13], "# size: 37x21");
    EXPECT_EQ(text[14], "# pixels: nv12, as decoded");
}

}  // namespace
}  // namespace vitrine
