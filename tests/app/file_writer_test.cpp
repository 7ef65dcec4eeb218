#include "app/file_writer.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/app/support.h"

namespace vitrine {
namespace {

using test::contains;

TEST(FileWriter, WritesAllThatItIsGiven) {
    const test::TemporaryFolder folder;
    auto file = FileWriter::open(folder.path("a"));
    ASSERT_TRUE(file);
    std::string wanted;
    for (int i = 0; i < 50000; ++i) {
        file->write(std::to_string(i) + "\n");
        wanted += std::to_string(i) + "\n";
    }
    ASSERT_TRUE(file->close());
    EXPECT_EQ(test::contents_of(folder.path("a")), wanted);
}

TEST(FileWriter, NamesAFileThatCannotBeMade) {
    const auto file = FileWriter::open("/nonexistent/folder/a.csv");
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, Errc::io);
    EXPECT_TRUE(contains(file.error().text, "/nonexistent/folder/a.csv: No such file"));
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
    EXPECT_EXIT(child(), testing::ExitedWithCode(0), "to standard output");
}

}  // namespace
}  // namespace vitrine
