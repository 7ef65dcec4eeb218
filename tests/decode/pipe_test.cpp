// Pipes: writers that are not there yet, that write all, that fall silent in the middle.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include "core/unique_fd.h"
#include "tests/decode/sources.h"
#include "tests/decode/standard_input.h"

namespace vitrine {
namespace {

using testing::read_file;

/// Puts bytes into a pipe from a thread of its own, and then falls silent without hanging up.
class Writer {
  public:
    Writer(UniqueFd pipe, std::vector<char> bytes)
        : pipe_(std::move(pipe)), bytes_(std::move(bytes)) {
        EXPECT_EQ(::fcntl(pipe_.get(), F_SETFL, O_NONBLOCK), 0);
        thread_ = std::thread([this] { write(); });
    }
    ~Writer() {
        stop_ = true;
        thread_.join();
    }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

  private:
    void write() const {
        for (size_t written = 0; written < bytes_.size() && !stop_;) {
            const ssize_t count =
                ::write(pipe_.get(), bytes_.data() + written, bytes_.size() - written);
            if (count > 0) written += static_cast<size_t>(count);
            if (count < 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }

    const UniqueFd pipe_;
    const std::vector<char> bytes_;
    std::atomic<bool> stop_ = false;
    std::thread thread_;
};

/// What a writer that waits for its reader got rid of.
size_t write_all(int pipe, const std::vector<char>& bytes) {
    size_t written = 0;
    while (written < bytes.size()) {
        const ssize_t count = ::write(pipe, bytes.data() + written, bytes.size() - written);
        if (count <= 0) break;
        written += static_cast<size_t>(count);
    }
    return written;
}

std::vector<char> first_half(std::vector<char> bytes) {
    bytes.resize(bytes.size() / 2);
    return bytes;
}

/// Reads until it has to wait, is interrupted by another thread then, and says so.
void expect_interrupted(FrameSource& source) {
    std::atomic<int> frames = 0;
    std::thread interrupting([&] {
        for (int before = -1; before != frames || before == 0;) {
            before = frames;
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        source.interrupt();
    });
    const std::optional<Error> error = read_to_error(source, frames);
    interrupting.join();
    EXPECT_GT(frames, 20);
    ASSERT_TRUE(error) << "silence is not the end";
    EXPECT_EQ(name_of(error->code), name_of(Errc::interrupted)) << error->text;
}

class Pipe : public ::testing::Test {
  protected:
    Pipe() : before_(std::signal(SIGPIPE, SIG_IGN)) {}
    ~Pipe() override { std::signal(SIGPIPE, before_); }
    std::vector<char> film() {
        ClipOptions clip;
        clip.frames = 120;
        clip.size = {160, 120};
        make_clip(folder_.file("a.mkv"), clip);
        return read_file(folder_.file("a.mkv"));
    }

    TemporaryFolder folder_;
    LogCatcher log_;

  private:
    void (*const before_)(int);
};

class NamedPipe : public Pipe {
  protected:
    NamedPipe() : path_(folder_.file("pipe.mkv")) { EXPECT_EQ(mkfifo(path_.c_str(), 0600), 0); }
    /// Opened for reading too, so that it need not wait for a reader.
    [[nodiscard]] UniqueFd open_end() const {
        return UniqueFd(::open(path_.c_str(), O_RDWR | O_CLOEXEC));
    }

    const std::string path_;
};

TEST_F(NamedPipe, IsReadByOneReaderToTheEnd) {
    make_clip(folder_.file("a.mkv"), {});
    const auto bytes = read_file(folder_.file("a.mkv"));
    size_t written = 0;
    std::thread writer([&] {
        const UniqueFd pipe(::open(path_.c_str(), O_WRONLY | O_CLOEXEC));
        written = write_all(pipe.get(), bytes);
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // let it wait
    {
        const auto source = open_or_fail(path_);
        if (source) {
            EXPECT_EQ(watch_all(*source), watch_all(*open_or_fail(folder_.file("a.mkv"))));
        }
    }
    // A writer that found no reader is let go.
    const UniqueFd last(::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    writer.join();
    EXPECT_EQ(written, bytes.size());
}

TEST_F(NamedPipe, OpeningWithoutAWriterCanBeInterrupted) {
    std::atomic<int> asked = 0;
    MediaOptions options;
    options.interrupted = [&] { return ++asked >= 3; };
    const auto source = open_media(path_, options, test_clock());
    ASSERT_FALSE(source);
    EXPECT_EQ(name_of(source.error().code), name_of(Errc::interrupted)) << source.error().text;
    const std::string& text = source.error().text;
    EXPECT_EQ(text.find(path_), text.rfind(path_)) << "named once: " << text;
}

TEST_F(NamedPipe, OpeningWithASilentWriterCanBeInterrupted) {
    make_clip(folder_.file("a.mkv"), {});
    const auto bytes = read_file(folder_.file("a.mkv"));
    const UniqueFd holder(::open(path_.c_str(), O_RDWR | O_CLOEXEC));
    ASSERT_EQ(::write(holder.get(), bytes.data(), 100), 100);
    std::atomic<bool> stop = false;
    std::thread stopping([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        stop = true;
    });
    MediaOptions options;
    options.interrupted = [&] { return stop.load(); };
    const auto source = open_media(path_, options, test_clock());
    stopping.join();
    ASSERT_FALSE(source);
    EXPECT_EQ(name_of(source.error().code), name_of(Errc::interrupted)) << source.error().text;
}

TEST_F(NamedPipe, AReadThatWaitsForASilentWriterCanBeInterrupted) {
    const Writer writer(open_end(), first_half(film()));
    const auto source = open_or_fail(path_);
    ASSERT_TRUE(source);
    expect_interrupted(*source);
}

/// A pipe cannot be seeked, but one position can be had before anything is read.
TEST_F(NamedPipe, APositionIsReachedByDecoding) {
    const auto bytes = film();
    const auto whole = watch_all(*open_or_fail(folder_.file("a.mkv")));
    for (const size_t start : {0U, 1U, 50U, 119U}) {
        const Writer writer(open_end(), bytes);
        const auto source = open_or_fail(path_);
        ASSERT_TRUE(source);
        EXPECT_FALSE(source->info().seekable);
        ASSERT_TRUE(source->seek(whole[start].pts));
        std::vector<std::string> pixels;
        for (size_t i = start; i < whole.size() - 20; ++i) {  // its end is still to come
            const auto frame = source->read();
            ASSERT_TRUE(frame && *frame);
            EXPECT_EQ((*frame)->info().pts, whole[i].pts);
            EXPECT_EQ((*frame)->info().sequence, i - start);
            EXPECT_EQ(testing::fingerprint(**frame), whole[i].pixels);
        }
        const auto again = source->seek(whole[60].pts);
        ASSERT_FALSE(again);
        EXPECT_EQ(name_of(again.error().code), name_of(Errc::unsupported));
    }
}

class PipedInput : public Pipe {
  protected:
    PipedInput() {
        int ends[2] = {-1, -1};
        EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
        input_ = std::make_unique<StandardInput>(UniqueFd(ends[0]));
        end_ = UniqueFd(ends[1]);
    }

    std::unique_ptr<StandardInput> input_;
    UniqueFd end_;
};

TEST_F(PipedInput, IsReadToTheEnd) {
    const auto bytes = film();
    std::thread writing([&] {
        (void)write_all(end_.get(), bytes);
        end_.reset();
    });
    const auto source = open_or_fail("-");
    if (source) {
        EXPECT_EQ(source->info().name, "standard input");
        EXPECT_EQ(watch_all(*source), watch_all(*open_or_fail(folder_.file("a.mkv"))));
    } else {
        input_.reset();  // lets the writer go
    }
    writing.join();
    EXPECT_EQ(log_.lines, std::vector<std::string>());
}

TEST_F(PipedInput, AReadThatWaitsForASilentWriterCanBeInterrupted) {
    const Writer writer(std::move(end_), first_half(film()));
    const auto source = open_or_fail("-");
    ASSERT_TRUE(source);
    expect_interrupted(*source);
}

TEST_F(PipedInput, OpeningWithASilentWriterCanBeInterrupted) {
    std::atomic<int> asked = 0;
    MediaOptions options;
    options.interrupted = [&] { return ++asked >= 3; };
    const auto source = open_media("-", options, test_clock());
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().text, "standard input: interrupted");
}

TEST_F(PipedInput, AWriterThatLeavesInTheMiddleCutsTheFilmOff) {
    const auto half = first_half(film());
    std::thread writing([&] {
        (void)write_all(end_.get(), half);
        end_.reset();
    });
    const auto source = open_or_fail("-");
    if (source) {
        EXPECT_GT(watch_all(*source).size(), 20U);
    } else {
        input_.reset();
    }
    writing.join();
    EXPECT_EQ(log_.count("standard input: ends early: "), 1);
}

TEST_F(PipedInput, AWriterThatLeavesAtOnceIsAnError) {
    end_.reset();
    const auto source = open_media("-", {}, test_clock());
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().text, "standard input: nothing came from it");
}

TEST_F(NamedPipe, ProvingCanBeInterruptedAndPlayingOnlyByInterrupt) {
    const std::string path = folder_.file("a.mkv");
    make_clip(path, {});
    bool stop = true;
    MediaOptions options;
    options.interrupted = [&] { return stop; };
    EXPECT_EQ(open_media(path, options, test_clock()).error().code, Errc::interrupted);
    stop = false;
    const auto source = open_or_fail(path, options);
    ASSERT_TRUE(source);
    ASSERT_TRUE(source->read());
    stop = true;
    EXPECT_TRUE(source->read());
}

}  // namespace
}  // namespace vitrine
