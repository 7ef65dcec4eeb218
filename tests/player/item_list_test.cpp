#include "player/item_list.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "player/m3u.h"
#include "tests/player/lists.h"

namespace vitrine {
namespace {

using testing::LoggedLines;
using testing::TemporaryFolder;
using testing::write_file;

std::vector<std::string> files_of(const ItemList& list) {
    std::vector<std::string> files;
    for (const ListPart& part : list.parts) {
        if (!part.folder.empty()) files.push_back("folder " + part.folder);
        for (const PlaylistItem& item : part.items) files.push_back(item.file);
    }
    return files;
}

class ItemListTest : public ::testing::Test {
  protected:
    [[nodiscard]] std::string list(const std::string& name, std::string_view text) const {
        write_file(folder.file(name), text);
        return folder.file(name);
    }
    TemporaryFolder folder;
    LoggedLines log;
};

TEST_F(ItemListTest, ArgumentsAreTakenAsTheyAre) {
    const ItemList list = read_items({"a.mp4", "-", "http://h/x.m3u", "-x", "file:b.mp4"});
    EXPECT_EQ(files_of(list),
              (std::vector<std::string>{"a.mp4", "-", "http://h/x.m3u", "-x", "file:b.mp4"}));
    EXPECT_EQ(list.left_out, 0u);
}

TEST_F(ItemListTest, ListsWithinListsAndFoldersStandWhereTheyAreNamed) {
    mkdir(folder.file("films").c_str(), 0700);
    (void)list("inner.m3u", "#EXTINF:1,In\nc.mp4\n");
    const std::string outer = list("outer.m3u8",
                                   "#EXTINF:1,A\n#VITRINE:repeat=2\na.mp4\ninner.m3u\n"
                                   "#VITRINE:image-duration=3\nfilms\nhttp://h/x\n");
    const ItemList items = read_items({outer, "z.mp4"});
    EXPECT_EQ(files_of(items),
              (std::vector<std::string>{folder.file("a.mp4"), folder.file("c.mp4"),
                                        "folder " + folder.file("films"), "http://h/x", "z.mp4"}));
    ASSERT_EQ(items.parts.size(), 3u);
    EXPECT_EQ(items.parts[0].items[0].title, "A");
    EXPECT_EQ(items.parts[0].items[0].options.repeat, 2u);
    EXPECT_EQ(items.parts[0].items[1].title, "In");
    EXPECT_EQ(items.parts[1].options.image_duration, Nanos(std::chrono::seconds(3)));
    EXPECT_TRUE(log.lines().empty());
}

TEST_F(ItemListTest, HlsIsOneItem) {
    const std::string hls = list("x.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\na.ts\n");
    EXPECT_EQ(files_of(read_items({hls})), std::vector<std::string>{hls});
}

TEST_F(ItemListTest, WindowsPathsAreFound) {
    mkdir(folder.file("d").c_str(), 0700);
    write_file(folder.file("d/a.mp4"));
    write_file(folder.file("b\\c.mp4"));
    const std::string path = list("l.m3u", "d\\a.mp4\r\nb\\c.mp4\r\n");
    EXPECT_EQ(files_of(read_items({path})),
              (std::vector<std::string>{folder.file("d/a.mp4"), folder.file("b\\c.mp4")}));
}

TEST_F(ItemListTest, AListWithinItselfIsRefusedWithFileAndLine) {
    const std::string a = list("a.m3u", "1.mp4\nb.m3u\n2.mp4\n");
    const std::string b = list("b.m3u", "#\n\n./a.m3u\n3.mp4\n");
    const ItemList items = read_items({a});
    EXPECT_EQ(files_of(items), (std::vector<std::string>{folder.file("1.mp4"), folder.file("3.mp4"),
                                                         folder.file("2.mp4")}));
    EXPECT_EQ(items.left_out, 1u);
    EXPECT_EQ(items.first_reason->text,
              b + ":3: " + folder.file("./a.m3u") + ": left out: the list is within itself");
    ASSERT_EQ(log.lines().size(), 1u);
    EXPECT_EQ(log.lines()[0], items.first_reason->text);
}

TEST_F(ItemListTest, ListsLieOnlySoDeep) {
    for (int i = 0; i < 12; ++i) {
        (void)list("l" + std::to_string(i) + ".m3u", "f.mp4\nl" + std::to_string(i + 1) + ".m3u\n");
    }
    const ItemList items = read_items({folder.file("l0.m3u")});
    EXPECT_EQ(files_of(items).size(), static_cast<size_t>(kDeepestList));
    EXPECT_EQ(items.left_out, 1u);
    EXPECT_EQ(log.count("l7.m3u:2: "), 1);
}

/// Eight lists that each name the next a hundred times come to 10^14 otherwise.
TEST_F(ItemListTest, ListsThatMultiplyAreBounded) {
    for (int i = 0; i < 8; ++i) {
        std::string text;
        for (int j = 0; j < 100; ++j) text += "l" + std::to_string(i + 1) + ".m3u\n";
        (void)list("l" + std::to_string(i) + ".m3u", text);
    }
    const ItemList items = read_items({folder.file("l0.m3u")});
    EXPECT_TRUE(items.parts.empty());
    EXPECT_GT(items.left_out, 0u);
    EXPECT_EQ(log.lines().size(), kMostReasons + 1);
    EXPECT_EQ(log.count("and " + std::to_string(items.left_out - kMostReasons) + " more"), 1);
}

/// A list that is read a thousand times, of which nothing can be played: it took minutes.
TEST_F(ItemListTest, LongListsThatMultiplyAreBoundedByTheirEntries) {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += "long.m3u\n";
    const std::string path = list("l.m3u", text);
    text.clear();
    for (int i = 0; i < 1000; ++i) text += "none\n/dev/null\n";
    (void)list("long.m3u", text);
    const ItemList items = read_items({path});
    const uint64_t read = (kMostItems - 1000) / 2000 + 1;  // the last of them in part
    EXPECT_EQ(items.files.size(), 1 + read);
    EXPECT_EQ(files_of(items).size(), (kMostItems - 1000) / 2);
    EXPECT_EQ(items.left_out, (kMostItems - 1000) / 2 + 1000 - read);
}

TEST_F(ItemListTest, LongListsThatMultiplyAreBoundedByTheirBytes) {
    std::string text;
    for (int i = 0; i < 100; ++i) text += "long.m3u\n";
    const std::string path = list("l.m3u", text);
    // Or too long by itself.
    for (const size_t bytes : {kLargestList, kLargestList + 1}) {
        (void)list("long.m3u", std::string(bytes, '#'));
        const ItemList items = read_items({path});
        EXPECT_EQ(items.files.size(), 1 + kMostListBytes / kLargestList);
        const uint64_t read = bytes > kLargestList ? 0 : kMostListBytes / kLargestList;
        EXPECT_EQ(items.left_out, 100 - read);
    }
    EXPECT_EQ(log.count("l.m3u:5: " + folder.file("long.m3u") +
                        ": left out: the lists before it have too many bytes together"),
              2);
}

TEST_F(ItemListTest, AMillionEntriesAreCutOff) {
    std::string text;
    for (int i = 0; i < 1'000'000; ++i) text += "a.mp4\n";
    const std::string path = list("million.m3u", text);
    const ItemList items = read_items({path, "b.mp4"});
    EXPECT_EQ(files_of(items).size(), kMostItems);
    EXPECT_EQ(items.left_out, 1u);
    EXPECT_EQ(log.count("million.m3u:100001: "), 1);
    EXPECT_EQ(log.count("b.mp4: left out"), 1);
}

TEST_F(ItemListTest, WhatCannotBeReadIsNamed) {
    const std::string long_list = list("long.m3u", std::string((size_t{16} << 20U) + 1, '#'));
    mkfifo(folder.file("pipe.m3u").c_str(), 0600);
    const std::string utf16 = list("utf16.m3u", "\xff\xfe#");
    const ItemList items =
        read_items({folder.file("none.m3u"), long_list, folder.file("pipe.m3u"), utf16});
    EXPECT_EQ(items.left_out, 4u);
    EXPECT_EQ(items.first_reason->code, Errc::io);
    EXPECT_EQ(items.first_reason->text,
              folder.file("none.m3u") + ": cannot be opened: No such file or directory");
    EXPECT_EQ(log.count("long.m3u: the list is longer than 16777216 bytes"), 1);
    EXPECT_EQ(log.count("pipe.m3u: is not a file"), 1);
    EXPECT_EQ(log.count("utf16.m3u: the list is UTF-16"), 1);
}

TEST_F(ItemListTest, EntriesThatNoListMayNameAreNamedWithTheirLine) {
    mkfifo(folder.file("pipe.mp4").c_str(), 0600);
    const std::string path =
        list("l.m3u", "pipe.mp4\n/dev/zero\nconcat://a|b\nnone.m3u\n-\n--output=null\n");
    const ItemList items = read_items({path});
    EXPECT_EQ(files_of(items),
              (std::vector<std::string>{folder.file("-"), folder.file("--output=null")}));
    EXPECT_EQ(items.left_out, 4u);
    EXPECT_EQ(log.count("l.m3u:1: "), 1);
    EXPECT_EQ(log.count("l.m3u:2: /dev/zero: a list may name no pipe and no device"), 1);
    EXPECT_EQ(log.count("l.m3u:3: a list may not name a URL of the kind concat://"), 1);
    EXPECT_EQ(log.count("l.m3u:4: "), 1);
}

TEST_F(ItemListTest, ComplaintsOfAListNameItAndTheLine) {
    const std::string path = list("l.m3u", "#VITRINE:speed=2\na.mp4\n#VITRINE:repeat=2\nm.m3u\n");
    (void)list("m.m3u", "b.mp4\n");
    EXPECT_EQ(files_of(read_items({path})).size(), 2u);
    EXPECT_EQ(log.count("l.m3u:1: the option speed is not known here"), 1);
    EXPECT_EQ(log.count("l.m3u:4: " + folder.file("m.m3u") + ": the options of a list"), 1);
}

TEST_F(ItemListTest, OnlySoManyFoldersAreFollowed) {
    std::string text;
    for (size_t i = 0; i <= kMostFolders; ++i) text += ".\n";
    const ItemList items = read_items({list("l.m3u", text)});
    EXPECT_EQ(items.parts.size(), kMostFolders);
    EXPECT_EQ(items.left_out, 1u);
}

}  // namespace
}  // namespace vitrine
