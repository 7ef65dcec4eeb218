// What FILE may name: paths with and without "file:", standard input, URLs.
#include "decode/input.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "core/unique_fd.h"
#include "tests/decode/sources.h"
#include "tests/decode/standard_input.h"

namespace vitrine {
namespace {

using testing::read_file;
using testing::write_file;
using Kind = InputName::Kind;

class Input : public ::testing::Test {
  protected:
    Input() {
        ClipOptions clip;
        clip.frames = 30;
        make_clip(file_, clip);
    }
    void expect_refused(const std::string& name, Errc code, const std::string& reason) {
        const auto source = open_media(name, {}, test_clock());
        ASSERT_FALSE(source) << name;
        EXPECT_EQ(name_of(source.error().code), name_of(code)) << source.error().text;
        EXPECT_NE(source.error().text.find(reason), std::string::npos) << source.error().text;
        const std::string shown = name == "-" ? "standard input: " : name + ": ";
        EXPECT_EQ(source.error().text.find(shown), 0U) << source.error().text;
    }

    TemporaryFolder folder_;
    const std::string file_ = folder_.file("a.mkv");
    LogCatcher log_;
};

TEST_F(Input, NamesAreParsed) {
    EXPECT_EQ(parse_input_name("-").kind, Kind::standard_input);
    EXPECT_EQ(parse_input_name("-").shown, "standard input");
    EXPECT_EQ(parse_input_name("./-").kind, Kind::path);
    EXPECT_EQ(parse_input_name("film.mp4").target, "film.mp4");
    EXPECT_EQ(parse_input_name("file:film.mp4").target, "film.mp4");
    EXPECT_EQ(parse_input_name("file:film.mp4").shown, "file:film.mp4");
    EXPECT_EQ(parse_input_name("file:///films/a.mp4").target, "/films/a.mp4");
    EXPECT_EQ(parse_input_name("file:/films/a.mp4").target, "/films/a.mp4");
    for (const char* url : {"http://host/a.mp4", "tcp://host:1", "unknown://host"}) {
        EXPECT_EQ(parse_input_name(url).kind, Kind::url) << url;
        EXPECT_EQ(libavformat_name(parse_input_name(url)), url);
    }
    EXPECT_EQ(parse_input_name("12:30.mp4").kind, Kind::path);
    EXPECT_EQ(libavformat_name(parse_input_name("12:30.mp4")), "file:12:30.mp4");
}

TEST_F(Input, NamesWithColonsAndPercentsAreFiles) {
    ClipOptions clip;
    clip.frames = 2;
    for (const char* name : {"12:30 film.mp4", "http:film.mp4", "100%d.mp4"}) {
        make_clip(folder_.file("plain.mp4"), clip);
        const std::string path = folder_.file(name);
        write_file(path, read_file(folder_.file("plain.mp4")));
        EXPECT_TRUE(open_or_fail(path)) << path;
    }
}

TEST_F(Input, FilePrefix) {
    const auto expected = watch_all(*open_or_fail(file_));
    EXPECT_EQ(watch_all(*open_or_fail("file:" + file_)), expected);
    EXPECT_EQ(watch_all(*open_or_fail("file://" + file_)), expected);
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(std::filesystem::path(file_).parent_path());
    EXPECT_EQ(watch_all(*open_or_fail("file:a.mkv")), expected);
    expect_refused("file:b.mkv", Errc::io, "No such file");
    std::filesystem::current_path(before);
    expect_refused("file:" + folder_.file(""), Errc::io, "is a directory");
    write_file(folder_.file("empty"), {});
    expect_refused("file://" + folder_.file("empty"), Errc::invalid_argument, "the file is empty");
}

TEST_F(Input, StandardInputThatIsAFile) {
    const auto expected = watch_all(*open_or_fail(file_));
    const StandardInput input(file_);
    const auto source = open_or_fail("-");
    ASSERT_TRUE(source);
    EXPECT_EQ(source->info().name, "standard input");
    EXPECT_TRUE(source->info().seekable);
    EXPECT_EQ(watch_all(*source), expected);
    ASSERT_TRUE(source->seek(Nanos(0)));
    EXPECT_EQ(pixels_of(watch_all(*source)), pixels_of(expected));
    EXPECT_EQ(::lseek(STDIN_FILENO, 0, SEEK_CUR), 0) << "its own position stays where it was";
    EXPECT_EQ(watch_all(*open_or_fail("-")), expected) << "so that it can be named again";
}

/// What came before in the file was somebody else's to read.
TEST_F(Input, StandardInputBeginsWhereItStands) {
    std::vector<char> bytes(1000, 'x');
    const auto film = read_file(file_);
    bytes.insert(bytes.end(), film.begin(), film.end());
    write_file(folder_.file("more"), bytes);
    const auto expected = watch_all(*open_or_fail(file_));
    const StandardInput input(folder_.file("more"));
    ASSERT_EQ(::lseek(STDIN_FILENO, 1000, SEEK_SET), 1000);
    const auto source = open_or_fail("-");
    ASSERT_TRUE(source);
    ASSERT_TRUE(source->seek(Nanos(0)));
    EXPECT_EQ(watch_all(*source), expected);
}

TEST_F(Input, StandardInputThatGivesNothing) {
    {
        const StandardInput input("/dev/null");
        expect_refused("-", Errc::invalid_argument, "nothing came from it");
    }
    {
        write_file(folder_.file("empty"), {});
        const StandardInput input(folder_.file("empty"));
        expect_refused("-", Errc::invalid_argument, "nothing came from it");
    }
    const StandardInput input(folder_.file(""));
    expect_refused("-", Errc::io, "is a directory");
}

TEST_F(Input, ATerminalIsRefused) {
    const UniqueFd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    ASSERT_TRUE(master);
    ASSERT_EQ(::grantpt(master.get()), 0);
    ASSERT_EQ(::unlockpt(master.get()), 0);
    const StandardInput input(std::string(::ptsname(master.get())));
    expect_refused("-", Errc::invalid_argument, "is a terminal");
}

}  // namespace
}  // namespace vitrine
