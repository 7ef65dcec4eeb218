// Real files, in the folder that VITRINE_TEST_MEDIA names: as many frames, and the same pixels, as
// a plain decoder gives; in rising order; and the same again after rewinding.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "tests/decode/sources.h"
#include "tests/support/media_folder.h"

namespace vitrine {
namespace {

using testing::reference_fingerprints;

constexpr uintmax_t kLongestPixels = 4'000'000'000;  // of a clip that is decoded three times

std::vector<std::string> media_files() {
    std::vector<std::string> out;
    const char* folder = testing::media_folder();
    if (folder == nullptr) return out;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.is_regular_file()) out.push_back(entry.path());
    }
    std::sort(out.begin(), out.end());
    return out;
}

class MediaFolder : public ::testing::TestWithParam<std::string> {};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MediaFolder);

TEST_P(MediaFolder, DecodesAsAPlainDecoderDoes) {
    LogCatcher log;
    RealKernel kernel;
    MediaOptions options;
    options.pool.allocator = allocator_named(kernel, "memfd");
    const auto source = open_or_fail(GetParam(), options);
    ASSERT_TRUE(source);
    const Size size = source->info().visible_size;
    const double seconds =
        static_cast<double>(source->info().duration.value_or(Nanos(0)).count()) * 1e-9;
    const double pixels = seconds * source->info().frame_rate.value() * size.width * size.height;
    const bool is_long = pixels > static_cast<double>(kLongestPixels) && seconds < 3600;
    const auto expected = is_long ? std::vector<std::string>() : reference_fingerprints(GetParam());
    std::vector<Seen> frames;
    while (true) {
        const auto frame = source->read();
        ASSERT_TRUE(frame) << frame.error().text;
        if (!*frame || (is_long && frames.size() == 300)) break;
        const FrameInfo& info = (*frame)->info();
        EXPECT_TRUE(frames.empty() || info.pts > frames.back().pts);
        frames.push_back({info.pts, info.sequence, testing::fingerprint(**frame)});
    }
    ASSERT_FALSE(frames.empty());
    EXPECT_EQ(log.count("ends early"), 0) << "a whole file";
    EXPECT_EQ(frames[0].pts, Nanos(0));
    if (!is_long) {
        EXPECT_EQ(pixels_of(frames), expected);
    }
    ASSERT_TRUE(source->seek(Nanos(0)));
    for (size_t i = 0; i < std::min<size_t>(frames.size(), 20); ++i) {
        const auto frame = source->read();
        ASSERT_TRUE(frame && *frame);
        EXPECT_EQ((*frame)->info().pts, frames[i].pts);
        EXPECT_EQ(testing::fingerprint(**frame), frames[i].pixels) << "rewound, frame " << i;
    }
    const size_t middle = frames.size() / 2;
    ASSERT_TRUE(source->seek(frames[middle].pts));
    const auto frame = source->read();
    ASSERT_TRUE(frame && *frame);
    EXPECT_EQ((*frame)->info().pts, frames[middle].pts);
    EXPECT_EQ(testing::fingerprint(**frame), frames[middle].pixels) << "from the middle";
}

INSTANTIATE_TEST_SUITE_P(Files, MediaFolder, ::testing::ValuesIn(media_files()),
                         [](const auto& file) {
                             std::string name = std::filesystem::path(file.param).filename();
                             for (char& c : name) {
                                 if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
                             }
                             return name;
                         });

}  // namespace
}  // namespace vitrine
