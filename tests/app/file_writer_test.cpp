#include "app/file_writer.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "tests/app/support.h"

namespace vitrine {
namespace {

using test::contains;

TEST(FileWriter, WritesAllThatItIsGiven) {
    const test::TemporaryFolder folder;
    auto file = FileWriter::open(folder.file("a"));
    ASSERT_TRUE(file);
    std::string wanted;
    for (int i = 0; i < 50000; ++i) {
        file->write(std::to_string(i) + "\n");
        wanted += std::to_string(i) + "\n";
    }
    ASSERT_TRUE(file->close());
    EXPECT_EQ(test::contents_of(folder.file("a")), wanted);
}

TEST(FileWriter, KeepsTheOrderOfSmallAndLarge) {
    const test::TemporaryFolder folder;
    auto file = FileWriter::open(folder.file("a"));
    ASSERT_TRUE(file);
    const std::string large(100000, 'x');
    for (const std::string& part : {std::string("before"), large, std::string("after")})
        file->write(part);
    ASSERT_TRUE(file->close());
    EXPECT_EQ(test::contents_of(folder.file("a")), "before" + large + "after");
}

TEST(FileWriter, NamesAFileThatCannotBeMade) {
    const auto file = FileWriter::open("/nonexistent/folder/a.csv");
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, Errc::io);
    EXPECT_TRUE(contains(file.error().text, "/nonexistent/folder/a.csv: No such file"));
}

TEST(FileWriter, ChecksWithoutMakingAnything) {
    const test::TemporaryFolder folder;
    const std::string file = folder.file("a.png");
    EXPECT_TRUE(FileWriter::check(file));
    EXPECT_FALSE(std::filesystem::exists(file));
    EXPECT_TRUE(FileWriter::check("relative.png"));
    EXPECT_TRUE(FileWriter::check("/dev/full"));
    const auto text_of = [](const std::string& path) {
        const auto checked = FileWriter::check(path);
        return checked ? std::string() : checked.error().text;
    };
    EXPECT_TRUE(contains(text_of(folder.file("no/a.png")), "No such file or directory"));
    EXPECT_TRUE(contains(text_of(folder.file("")), "Is a directory"));
    std::filesystem::create_directory(folder.file("no"));
    EXPECT_TRUE(FileWriter::check(folder.file("no/a.png")));
}

TEST(FileWriter, AFullDiskIsSaidOnceAtTheEnd) {
    auto file = FileWriter::open("/dev/full");
    ASSERT_TRUE(file);
    for (int i = 0; i < 1000; ++i) file->write(std::string(1000, 'x'));
    const auto closed = file->close();
    ASSERT_FALSE(closed);
    EXPECT_TRUE(contains(closed.error().text, "/dev/full: No space left on device"));
    EXPECT_TRUE(file->close()) << "once is enough";
}

TEST(FileWriter, ADashIsStandardOutput) {
    const auto child = [] {
        dup2(STDERR_FILENO, STDOUT_FILENO);
        auto file = FileWriter::open("-");
        file->write("to standard output");
        _exit(file->close() ? 0 : 1);
    };
    EXPECT_EXIT(child(), ::testing::ExitedWithCode(0), "to standard output");
}

}  // namespace
}  // namespace vitrine
