#include "player/media_names.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <vector>

namespace vitrine {
namespace {

TEST(MediaNames, FilmsAndPicturesAreKnownByTheirEndings) {
    for (const char* name : {"a.mp4", "A.MKV", "a.b.webm", "x.JPG", "x.png", "x.webp", "x.gif",
                             "-.mp4", "x.264", "x.y4m", "x.m2ts"}) {
        EXPECT_TRUE(is_media_name(name)) << name;
    }
    for (const char* name : {"", ".", "..", ".mp4", ".hidden.mp4", "mp4", "a.txt", "a.mp4.part",
                             "a.m3u", "a.srt", "a.mp3", "a.", "Thumbs.db"}) {
        EXPECT_FALSE(is_media_name(name)) << name;
    }
}

/// Its endings stand in lines of four blanks.
TEST(MediaNames, TheManualListsEndingsThatAreTaken) {
    std::ifstream manual(VITRINE_SOURCE_DIR "/docs/lists.md");
    size_t endings = 0;
    for (std::string line; std::getline(manual, line);) {
        if (line.rfind("    ", 0) != 0) continue;
        std::istringstream words(line);
        for (std::string ending; words >> ending; ++endings) {
            EXPECT_TRUE(is_media_name("x." + ending)) << ending;
        }
    }
    EXPECT_EQ(endings, 87u);
}

TEST(MediaNames, ListsAreKnownByTheirEndings) {
    EXPECT_TRUE(is_list_name("/a/b.m3u"));
    EXPECT_TRUE(is_list_name("b.M3U8"));
    EXPECT_FALSE(is_list_name("b.mp4"));
    EXPECT_FALSE(is_list_name("m3u"));
    EXPECT_FALSE(is_list_name("/a.m3u/b"));
}

TEST(NaturalLess, NumbersCountAsNumbers) {
    const std::vector<std::string> ordered = {"",
                                              "1.mp4",
                                              "02.mp4",
                                              "2.mp4",
                                              "10.mp4",
                                              "99999999999999999999998.mp4",
                                              "99999999999999999999999.mp4",
                                              "a.mp4",
                                              "a1.mp4",
                                              "a2.mp4",
                                              "A10.mp4",
                                              "a10.mp4",
                                              "a10b2",
                                              "a10b10",
                                              "b.mp4",
                                              "Clip",
                                              "\xc3\xa9.mp4"};
    std::vector<std::string> shuffled(ordered.rbegin(), ordered.rend());
    std::sort(shuffled.begin(), shuffled.end(), NaturalLess());
    EXPECT_EQ(shuffled, ordered);
    for (size_t a = 0; a < ordered.size(); ++a) {
        for (size_t b = 0; b < ordered.size(); ++b) {
            EXPECT_EQ(NaturalLess()(ordered[a], ordered[b]), a < b) << ordered[a] << ordered[b];
        }
    }
}

}  // namespace
}  // namespace vitrine
