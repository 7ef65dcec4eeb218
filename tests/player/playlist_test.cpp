#include "player/playlist.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "tests/player/lists.h"

namespace vitrine {
namespace {

using testing::LoggedLines;
using testing::TemporaryFolder;
using testing::write_file;
using Files = std::vector<std::string>;

Playlist open(const Files& arguments, const PlaylistOptions& options = {}) {
    auto list = Playlist::open(arguments, options);
    EXPECT_TRUE(list) << list.error().text;
    return std::move(*list);
}

/// The files that come next, without their folders; fewer at the end.
Files take(Playlist& list, size_t count) {
    Files files;
    while (files.size() < count) {
        const auto item = list.next();
        if (!item) break;
        files.push_back(item->file.substr(item->file.rfind('/') + 1));
    }
    return files;
}

PlaylistOptions for_ever() {
    PlaylistOptions options;
    options.loops = 0;
    return options;
}

class PlaylistTest : public ::testing::Test {
  protected:
    PlaylistTest() { mkdir(path.c_str(), 0700); }
    void add(const std::string& name) const { write_file(path + "/" + name); }
    void remove(const std::string& name) const { std::filesystem::remove(path + "/" + name); }
    TemporaryFolder parent;
    const std::string path = parent.file("films");
    LoggedLines log;
};

TEST_F(PlaylistTest, IsPlayedAsOftenAsAskedFor) {
    PlaylistOptions twice;
    twice.loops = 2;
    Playlist list = open({"a", "b"}, twice);
    EXPECT_EQ(list.size(), 2u);
    EXPECT_EQ(list.round(), 0u);
    EXPECT_EQ(take(list, 3), (Files{"a", "b", "a"}));
    EXPECT_EQ(list.round(), 2u);
    EXPECT_FALSE(list.ended());
    EXPECT_EQ(take(list, 3), (Files{"b"}));
    EXPECT_TRUE(list.ended());
    EXPECT_FALSE(list.next());
    Playlist endless = open({"a", "b"}, for_ever());
    EXPECT_EQ(take(endless, 1001).size(), 1001u);
    EXPECT_EQ(endless.round(), 501u);
}

TEST_F(PlaylistTest, GivesTitlesAndOptionsOfLists) {
    write_file(parent.file("l.m3u"), "#EXTINF:1,One\n#VITRINE:repeat=2\na.mp4\n");
    Playlist list = open({parent.file("l.m3u")});
    const auto item = list.next();
    ASSERT_TRUE(item);
    EXPECT_EQ(item->file, parent.file("a.mp4"));
    EXPECT_EQ(item->title, "One");
    EXPECT_EQ(item->options.repeat, 2u);
}

TEST_F(PlaylistTest, NothingToPlayIsAnErrorThatNamesIt) {
    write_file(parent.file("empty.m3u"), "#EXTM3U\n");
    const auto empty = Playlist::open({parent.file("empty.m3u")}, for_ever());
    ASSERT_FALSE(empty);
    EXPECT_EQ(empty.error().code, Errc::invalid_argument);
    EXPECT_EQ(empty.error().text, parent.file("empty.m3u") + ": nothing to play in it");
    const auto folder = Playlist::open({path}, {});
    ASSERT_FALSE(folder);
    EXPECT_EQ(folder.error().text, path + ": nothing to play in it");
    const auto missing = Playlist::open({parent.file("none.m3u")}, {});
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, Errc::io);
    EXPECT_NE(missing.error().text.find("none.m3u: cannot be opened"), std::string::npos);
    Playlist rest = open({parent.file("none.m3u"), "a"});
    EXPECT_EQ(rest.left_out(), 1u);
    EXPECT_EQ(take(rest, 9), Files{"a"});
}

TEST_F(PlaylistTest, ShufflesEachRoundAnew) {
    PlaylistOptions options = for_ever();
    options.shuffle = true;
    options.seed = 1;
    const Files arguments = {"a", "b", "c", "d", "e", "f", "g", "h"};
    Playlist list = open(arguments, options);
    Playlist same = open(arguments, options);
    std::set<Files> orders;
    std::string last;
    for (int round = 0; round < 200; ++round) {
        Files files = take(list, arguments.size());
        EXPECT_EQ(take(same, arguments.size()), files);
        EXPECT_NE(files.front(), last);
        last = files.back();
        orders.insert(files);
        std::sort(files.begin(), files.end());
        EXPECT_EQ(files, arguments);
    }
    EXPECT_GT(orders.size(), 190u);
    options.seed.reset();
    Playlist one = open(arguments, options);
    Playlist other = open(arguments, options);
    EXPECT_NE(take(one, 800), take(other, 800));
}

/// Two items can only alternate then, and one has no other.
TEST_F(PlaylistTest, ShufflesShortLists) {
    PlaylistOptions options = for_ever();
    options.shuffle = true;
    Playlist two = open({"a", "b"}, options);
    std::string last;
    for (const std::string& file : take(two, 100)) {
        EXPECT_NE(file, last);
        last = file;
    }
    Playlist one = open({"a"}, options);
    EXPECT_EQ(take(one, 3), (Files{"a", "a", "a"}));
}

TEST_F(PlaylistTest, GoesBackAndLosesNothing) {
    PlaylistOptions twice;
    twice.loops = 2;
    Playlist list = open({"a", "b", "c"}, twice);
    EXPECT_EQ(take(list, 3), (Files{"a", "b", "c"}));
    list.go_back(1);  // from b, while c is open ahead
    EXPECT_EQ(take(list, 2), (Files{"a", "b"}));
    EXPECT_EQ(list.number(), 4u);
    list.go_back(3);  // there is none before a
    EXPECT_EQ(take(list, 4), (Files{"a", "b", "c", "a"}));
    EXPECT_EQ(list.round(), 2u);
    list.go_back(8);  // over the beginning of the round
    EXPECT_EQ(take(list, 9), (Files{"c", "a", "b", "c"}));
    EXPECT_TRUE(list.ended());
    list.go_back(list.number());
    EXPECT_FALSE(list.ended());
    EXPECT_EQ(take(list, 9), (Files{"b", "c"}));
    EXPECT_TRUE(list.ended());
}

TEST_F(PlaylistTest, WhatHasGoneDoesNotComeBack) {
    for (const char* name : {"a.mp4", "b.mp4", "c.mp4"}) add(name);
    Playlist list = open({path});
    EXPECT_EQ(take(list, 3), (Files{"a.mp4", "b.mp4", "c.mp4"}));
    remove("b.mp4");
    (void)list.next();
    list.go_back(2);
    EXPECT_EQ(take(list, 9), (Files{"a.mp4", "c.mp4"}));
}

TEST_F(PlaylistTest, AListThatWasWrittenAnewIsPlayedFromTheNextRound) {
    const std::string file = parent.file("l.m3u");
    write_file(file, "a\nb\n");
    Playlist list = open({file, "z"}, for_ever());
    EXPECT_EQ(take(list, 2), (Files{"a", "b"}));
    write_file(parent.file("new.m3u"), "c\n" + path + "\n");
    std::filesystem::rename(parent.file("new.m3u"), file);
    add("d.mp4");
    EXPECT_EQ(take(list, 4), (Files{"z", "c", "d.mp4", "z"}));
    std::filesystem::remove(file);
    EXPECT_EQ(take(list, 3), (Files{"z", "z", "z"}));
    EXPECT_EQ(list.left_out(), 1u) << "it is read again only when it has changed";
    write_file(file, "e\n");
    EXPECT_EQ(take(list, 2), (Files{"e", "z"}));
}

TEST_F(PlaylistTest, GoesBackOverTheRoundInWhichAListWasReadAnew) {
    const std::string file = parent.file("l.m3u");
    write_file(file, "a\n#VITRINE:repeat=2\nb\n");
    add("m.mp4");
    Playlist list = open({file, path}, for_ever());
    EXPECT_EQ(take(list, 3), (Files{"a", "b", "m.mp4"}));
    write_file(file, "new\na\nb\nc\n");
    EXPECT_EQ(take(list, 1), Files{"new"});
    list.go_back(list.number());
    EXPECT_EQ(take(list, 2), (Files{"m.mp4", "new"}));
    list.go_back(2);  // from the folder's, while the new one is open ahead
    const auto before = list.next();
    ASSERT_TRUE(before);
    EXPECT_EQ(before->file, parent.file("b"));
    EXPECT_EQ(before->options.repeat, 2u) << "as it was given";
    EXPECT_EQ(take(list, 3), (Files{"m.mp4", "new", "a"}));
    // Read once more, they are still what they were.
    write_file(file, "z\n");
    EXPECT_EQ(take(list, 4), (Files{"b", "c", "m.mp4", "z"}));
    list.go_back(0);
    EXPECT_EQ(take(list, 9), (Files{"a", "b", "m.mp4", "new", "a", "b", "c", "m.mp4", "z"}));
    EXPECT_EQ(take(list, 2), (Files{"m.mp4", "z"}));
}

TEST_F(PlaylistTest, AListThatIsGoneOrEmptyIsPlayedAsItWas) {
    const std::string file = parent.file("l.m3u");
    write_file(file, "a\nb\n");
    Playlist list = open({file}, for_ever());
    EXPECT_EQ(take(list, 2), (Files{"a", "b"}));
    std::filesystem::remove(file);
    EXPECT_EQ(take(list, 4), (Files{"a", "b", "a", "b"}));
    EXPECT_EQ(log.count("it is played on as it was"), 1);
    write_file(file, "");
    EXPECT_EQ(take(list, 2), (Files{"a", "b"}));
    write_file(file, "c\n");
    EXPECT_EQ(take(list, 2), (Files{"c", "c"}));
}

TEST_F(PlaylistTest, AFoldersFilesComeInNaturalOrder) {
    for (const char* name : {"10.mp4", "9.mp4", "x.txt"}) add(name);
    Playlist list = open({"first", path, "last"});
    EXPECT_EQ(list.size(), 4u);
    EXPECT_EQ(take(list, 9), (Files{"first", "9.mp4", "10.mp4", "last"}));
    Playlist named = open({path});
    EXPECT_EQ(named.next()->file, path + "/9.mp4");
}

TEST_F(PlaylistTest, WhatComesIsPlayedInItsPlace) {
    add("b.mp4");
    add("d.mp4");
    Playlist list = open({path, "z"}, for_ever());
    EXPECT_EQ(take(list, 1), Files{"b.mp4"});
    add("c.mp4");
    add("a.mp4");  // too late for this round
    EXPECT_EQ(take(list, 3), (Files{"c.mp4", "d.mp4", "z"}));
    EXPECT_EQ(take(list, 5), (Files{"a.mp4", "b.mp4", "c.mp4", "d.mp4", "z"}));
}

TEST_F(PlaylistTest, WhatComesBehindTheLastIsPlayedWithoutAnotherRound) {
    add("a.mp4");
    Playlist list = open({path});
    EXPECT_EQ(take(list, 1), Files{"a.mp4"});
    add("b.mp4");
    EXPECT_EQ(take(list, 9), Files{"b.mp4"});
    EXPECT_TRUE(list.ended());
}

/// No other round would play it, be its place before what was given.
TEST_F(PlaylistTest, WhatComesInTheLastRoundIsPlayedInIt) {
    add("b.mp4");
    add("d.mp4");
    PlaylistOptions twice;
    twice.loops = 2;
    Playlist list = open({path}, twice);
    EXPECT_EQ(take(list, 2), (Files{"b.mp4", "d.mp4"}));
    add("a.mp4");  // too late for this round
    EXPECT_EQ(take(list, 2), (Files{"a.mp4", "b.mp4"}));
    add("0.mp4");
    EXPECT_EQ(take(list, 9), (Files{"0.mp4", "d.mp4"}));
    EXPECT_TRUE(list.ended());
    EXPECT_TRUE(list.may_grow());
    EXPECT_FALSE(list.next());
    add("c.mp4");
    EXPECT_EQ(take(list, 1), Files{"c.mp4"});
    EXPECT_FALSE(list.ended());
    EXPECT_FALSE(list.next());
    EXPECT_TRUE(list.ended());
    EXPECT_FALSE(open({"a"}).may_grow());
}

/// As on file servers: what is written under another name nobody is told of.
TEST_F(PlaylistTest, WhatComesUnseenInTheLastRoundIsPlayedInIt) {
    add("a.mp4");
    Playlist list = open({path});
    const std::string elsewhere = parent.file("elsewhere");
    write_file(elsewhere, "");
    std::filesystem::create_hard_link(elsewhere, path + "/b.mp4");
    EXPECT_EQ(take(list, 9), Files{"a.mp4"});
    write_file(elsewhere);
    EXPECT_EQ(take(list, 9), Files{"b.mp4"});
}

TEST_F(PlaylistTest, WhatGoesIsNotPlayed) {
    for (const char* name : {"a.mp4", "b.mp4", "c.mp4"}) add(name);
    Playlist list = open({path}, for_ever());
    EXPECT_EQ(take(list, 1), Files{"a.mp4"});
    remove("b.mp4");
    remove("a.mp4");
    EXPECT_EQ(take(list, 3), (Files{"c.mp4", "c.mp4", "c.mp4"}));
}

TEST_F(PlaylistTest, ShuffledRoundsTakeWhatComes) {
    for (const char* name : {"a.mp4", "b.mp4", "c.mp4"}) add(name);
    PlaylistOptions options = for_ever();
    options.shuffle = true;
    Playlist list = open({path}, options);
    Files round = take(list, 1);
    add("d.mp4");
    const Files rest = take(list, 3);
    round.insert(round.end(), rest.begin(), rest.end());
    std::sort(round.begin(), round.end());
    EXPECT_EQ(round, (Files{"a.mp4", "b.mp4", "c.mp4", "d.mp4"}));
    EXPECT_EQ(list.round(), 1u);
}

TEST_F(PlaylistTest, AnEmptyFolderIsWaitedForWhenPlayedForEver) {
    Playlist list = open({path}, for_ever());
    EXPECT_FALSE(list.next());
    EXPECT_FALSE(list.ended());
    add("a.mp4");
    EXPECT_EQ(take(list, 2), (Files{"a.mp4", "a.mp4"}));
    std::filesystem::remove_all(path);
    EXPECT_FALSE(list.next());
    EXPECT_FALSE(list.ended());
    mkdir(path.c_str(), 0700);
    add("b.mp4");
    EXPECT_EQ(take(list, 2), (Files{"b.mp4", "b.mp4"}));
}

}  // namespace
}  // namespace vitrine
