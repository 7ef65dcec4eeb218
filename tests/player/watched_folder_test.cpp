#include "player/watched_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "tests/player/lists.h"

namespace vitrine {
namespace {

using testing::LoggedLines;
using testing::TemporaryFolder;
using testing::write_file;

class WatchedFolderTest : public ::testing::Test {
  protected:
    WatchedFolderTest() { mkdir(path.c_str(), 0700); }
    [[nodiscard]] std::string file(const std::string& name) const { return path + "/" + name; }
    TemporaryFolder parent;
    const std::string path = parent.file("films");
    LoggedLines log;
};

TEST_F(WatchedFolderTest, HoldsFilmsAndPicturesInNaturalOrder) {
    for (const char* name : {"10.mp4", "2.png", "a.txt", ".x.mp4", "l.m3u"}) write_file(file(name));
    write_file(file("empty.mp4"), "");
    mkdir(file("folder.mp4").c_str(), 0700);
    mkfifo(file("pipe.mp4").c_str(), 0600);
    const WatchedFolder folder(path);
    EXPECT_EQ(folder.files(), (FileNames{"2.png", "10.mp4"}));
    EXPECT_EQ(folder.files().begin()->c_str(), std::string("2.png"));
    EXPECT_TRUE(folder.watched());
}

TEST_F(WatchedFolderTest, FilesComeWhenTheyAreWhole) {
    WatchedFolder folder(path);
    std::ofstream writer(file("a.mp4"));
    writer << "part" << std::flush;
    EXPECT_TRUE(folder.poll().came.empty());
    EXPECT_TRUE(folder.rescan().came.empty());  // nor by looking
    writer.close();
    EXPECT_EQ(folder.poll().came, FileNames{"a.mp4"});
    write_file(parent.file("b.mp4"));
    std::filesystem::rename(parent.file("b.mp4"), file("b.mp4"));
    EXPECT_EQ(folder.poll().came, FileNames{"b.mp4"});
    write_file(parent.file("c.mp4"));
    std::filesystem::create_symlink(parent.file("c.mp4"), file("c.mp4"));
    std::filesystem::create_hard_link(parent.file("c.mp4"), file("d.mp4"));
    EXPECT_EQ(folder.poll().came, (FileNames{"c.mp4", "d.mp4"}));
    write_file(file("e.txt"));
    EXPECT_TRUE(folder.poll().came.empty());
    EXPECT_EQ(folder.files(), (FileNames{"a.mp4", "b.mp4", "c.mp4", "d.mp4"}));
}

TEST_F(WatchedFolderTest, FilesGo) {
    write_file(file("a.mp4"));
    write_file(file("b.mp4"));
    WatchedFolder folder(path);
    std::filesystem::remove(file("a.mp4"));
    std::filesystem::rename(file("b.mp4"), parent.file("b.mp4"));
    EXPECT_EQ(folder.poll().gone, (FileNames{"a.mp4", "b.mp4"}));
    EXPECT_TRUE(folder.files().empty());
}

TEST_F(WatchedFolderTest, WhatCameAndWentInBetweenIsNoChange) {
    write_file(file("a.mp4"));
    WatchedFolder folder(path);
    write_file(file("b.mp4"));
    std::filesystem::remove(file("b.mp4"));
    std::filesystem::remove(file("a.mp4"));
    write_file(file("a.mp4"));
    const FolderChanges changes = folder.poll();
    EXPECT_TRUE(changes.came.empty());
    EXPECT_TRUE(changes.gone.empty());
    EXPECT_EQ(folder.files(), FileNames{"a.mp4"});
}

TEST_F(WatchedFolderTest, TheFolderGoesAndComesBack) {
    write_file(file("a.mp4"));
    write_file(file("b.mp4"));
    WatchedFolder folder(path);
    std::filesystem::remove_all(path);
    EXPECT_EQ(folder.poll().gone, (FileNames{"a.mp4", "b.mp4"}));
    EXPECT_TRUE(folder.poll().gone.empty());
    EXPECT_EQ(log.count("the folder is not there"), 1);
    mkdir(path.c_str(), 0700);
    write_file(file("c.mp4"));
    EXPECT_EQ(folder.poll().came, FileNames{"c.mp4"});
    write_file(file("d.mp4"));
    EXPECT_EQ(folder.poll().came, FileNames{"d.mp4"});
}

/// The new one may have the old one's number.
TEST_F(WatchedFolderTest, TheFolderIsReplacedBetweenTwoLooks) {
    write_file(file("a.mp4"));
    WatchedFolder folder(path);
    for (int round = 0; round < 5; ++round) {
        std::filesystem::remove_all(path);
        mkdir(path.c_str(), 0700);
        const std::string name = "n" + std::to_string(round) + ".mp4";
        write_file(file(name));
        EXPECT_EQ(folder.poll().came, FileNames{name});
        EXPECT_EQ(folder.files(), FileNames{name});
        write_file(file("later.mp4"));
        EXPECT_EQ(folder.poll().came, FileNames{"later.mp4"});
    }
}

TEST_F(WatchedFolderTest, ALinkIsTurnedToAnotherFolder) {
    mkdir(parent.file("v2").c_str(), 0700);
    write_file(file("a.mp4"));
    write_file(parent.file("v2/b.mp4"));
    std::filesystem::create_symlink(path, parent.file("now"));
    WatchedFolder folder(parent.file("now"));
    EXPECT_EQ(folder.files(), FileNames{"a.mp4"});
    std::filesystem::create_symlink(parent.file("v2"), parent.file("next"));
    std::filesystem::rename(parent.file("next"), parent.file("now"));
    const FolderChanges changes = folder.poll();
    EXPECT_EQ(changes.came, FileNames{"b.mp4"});
    EXPECT_EQ(changes.gone, FileNames{"a.mp4"});
    write_file(file("old.mp4"));  // of the folder before
    EXPECT_TRUE(folder.poll().came.empty());
    write_file(parent.file("v2/c.mp4"));
    EXPECT_EQ(folder.poll().came, FileNames{"c.mp4"});
}

TEST_F(WatchedFolderTest, WithoutInotifyItIsReadAgainAndSaidOnce) {
    write_file(file("a.mp4"));
    WatchedFolder folder(path, [] {
        errno = EMFILE;
        return -1;
    });
    EXPECT_FALSE(folder.watched());
    EXPECT_EQ(folder.files(), FileNames{"a.mp4"});
    write_file(file("b.mp4"));
    EXPECT_TRUE(folder.poll().came.empty());
    EXPECT_EQ(folder.rescan().came, FileNames{"b.mp4"});
    std::filesystem::remove(file("a.mp4"));
    EXPECT_EQ(folder.rescan().gone, FileNames{"a.mp4"});
    EXPECT_EQ(log.count("cannot be watched: Too many open files"), 1);
}

/// What comes when the kernel queues no more is found by looking.
TEST_F(WatchedFolderTest, MoreEventsThanAreQueuedLoseNothing) {
    WatchedFolder folder(path);
    int queued = 0;
    ASSERT_TRUE(std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> queued);
    write_file(file("a.mp4"));
    for (int i = 0; i <= queued / 4; ++i) {
        std::filesystem::rename(file("a.mp4"), file("b.mp4"));
        std::filesystem::rename(file("b.mp4"), file("a.mp4"));
    }
    write_file(file("c.mp4"));
    const FileNames all{"a.mp4", "c.mp4"};
    for (int polls = 0; polls < 100 && folder.files() != all; ++polls) (void)folder.poll();
    EXPECT_EQ(folder.files(), all);
}

}  // namespace
}  // namespace vitrine
