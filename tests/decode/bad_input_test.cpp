// What strangers send: an error that names the file and the reason, or what can be shown of it.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>

#include "core/unique_fd.h"
#include "decode/ladder.h"
#include "decode/timestamps.h"
#include "tests/decode/sources.h"

namespace vitrine {
namespace {

using testing::read_file;
using testing::write_file;

class BadInput : public ::testing::Test {
  protected:
    void expect_refused(const std::string& path, Errc code, const std::string& reason) {
        const auto source = open_media(path, {}, test_clock());
        ASSERT_FALSE(source) << path;
        EXPECT_EQ(name_of(source.error().code), name_of(code)) << source.error().text;
        EXPECT_NE(source.error().text.find(path), std::string::npos) << source.error().text;
        EXPECT_NE(source.error().text.find(reason), std::string::npos) << source.error().text;
    }
    std::string write(const std::string& name, const std::vector<char>& bytes) {
        write_file(folder_.file(name), bytes);
        return folder_.file(name);
    }

    TemporaryFolder folder_;
    LogCatcher log_;
};

std::vector<char> noise(size_t count, uint64_t seed) {
    std::vector<char> out(count);
    for (char& byte : out) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        byte = static_cast<char>(seed >> 56);
    }
    return out;
}

TEST_F(BadInput, MissingFile) {
    expect_refused(folder_.file("nothing.mp4"), Errc::io, "No such file");
}

TEST_F(BadInput, Directory) {
    mkdir(folder_.file("folder.mp4").c_str(), 0755);
    expect_refused(folder_.file("folder.mp4"), Errc::io, "is a directory");
}

TEST_F(BadInput, EmptyFile) {
    expect_refused(write("empty.mp4", {}), Errc::invalid_argument, "empty");
}

TEST_F(BadInput, UnreadableFile) {
    const std::string path = write("secret.mp4", {'x'});
    chmod(path.c_str(), 0);
    if (geteuid() != 0) {
        expect_refused(path, Errc::io, "Permission denied");
        return;
    }
    // Root reads everything but this.
    expect_refused("/proc/self/mem", Errc::io, "");
}

TEST_F(BadInput, RandomBytes) {
    for (uint64_t seed = 1; seed <= 8; ++seed) {
        expect_refused(write("noise.bin", noise(100'000, seed)), Errc::invalid_argument, "");
    }
}

TEST_F(BadInput, RandomBytesWithAFilmsName) {
    for (const char* name : {"noise.mp4", "noise.mkv", "noise.ts", "noise.avi"}) {
        expect_refused(write(name, noise(100'000, 99)), Errc::invalid_argument, "");
    }
}

TEST_F(BadInput, TextFile) {
    std::string text;
    for (int i = 0; i < 200; ++i) text += "The quick brown fox jumps over the lazy dog.\n";
    for (const char* name : {"notes.txt", "notes.nfo", "notes", "README.md"}) {
        expect_refused(write(name, {text.begin(), text.end()}), Errc::invalid_argument,
                       "media file");
    }
}

TEST_F(BadInput, AudioOnly) {
    ClipOptions clip;
    clip.video = false;
    make_clip(folder_.file("tone.wav"), clip);
    expect_refused(folder_.file("tone.wav"), Errc::invalid_argument, "no video");
}

/// An AVI whose header claims another size or codec: byte positions by AVI's fixed header layout.
std::vector<char> doctored_avi(const std::string& path, uint32_t width, uint32_t height,
                               const char* fourcc) {
    ClipOptions clip;
    clip.encoder = "rawvideo";
    clip.frames = 3;
    make_clip(path, clip);
    auto bytes = read_file(path);
    const auto find = [&](const char* tag) {
        const auto at = std::search(bytes.begin(), bytes.end(), tag, tag + 4);
        return at - bytes.begin();
    };
    const auto put = [&](ptrdiff_t at, uint32_t value) {
        std::memcpy(bytes.data() + at, &value, sizeof value);
    };
    const ptrdiff_t main = find("avih");
    put(main + 40, width);
    put(main + 44, height);
    const ptrdiff_t format = find("strf");
    put(format + 12, width);
    put(format + 16, height);
    if (fourcc != nullptr) {
        std::memcpy(bytes.data() + format + 24, fourcc, 4);
        std::memcpy(bytes.data() + find("strh") + 12, fourcc, 4);
    }
    return bytes;
}

TEST_F(BadInput, SizesOutOfBounds) {
    const std::string scratch = folder_.file("scratch.avi");
    expect_refused(write("none.avi", doctored_avi(scratch, 0, 0, nullptr)), Errc::invalid_argument,
                   "0x0");
    expect_refused(write("huge.avi", doctored_avi(scratch, 16385, 16385, nullptr)),
                   Errc::invalid_argument, "16385x16385");
}

TEST_F(BadInput, UnknownCodec) {
    const std::string scratch = folder_.file("scratch.avi");
    expect_refused(write("odd.avi", doctored_avi(scratch, 64, 48, "Qq7z")), Errc::unsupported,
                   "no decoder");
}

/// Cut anywhere: what is left is shown, or an error says why nothing is.
TEST_F(BadInput, TruncatedFiles) {
    for (const char* name : {"a.mp4", "a.mkv", "a.avi", "a.ts"}) {
        ClipOptions clip;
        if (std::strcmp(name, "a.ts") == 0) clip.encoder = "mpeg2video";
        make_clip(folder_.file(name), clip);
        const auto whole = read_file(folder_.file(name));
        size_t most = 0;
        for (size_t tenth = 1; tenth <= 9; ++tenth) {
            const auto end = whole.begin() + static_cast<ptrdiff_t>(whole.size() * tenth / 10);
            const std::string path = write(std::string("cut-") + name, {whole.begin(), end});
            const auto source = open_media(path, {}, test_clock());
            if (!source) {
                EXPECT_NE(source.error().text.find(path), std::string::npos);
                continue;
            }
            most = std::max(most, read_all(**source).size());
        }
        // Of an mp4 whose index is at the end nothing is left.
        if (std::strcmp(name, "a.mp4") != 0) {
            EXPECT_GE(most, 40U) << name;
        }
        EXPECT_LT(most, 50U) << name;
    }
}

/// Bytes flipped in the middle: decoding goes on, the damage is counted and said once at the end.
TEST_F(BadInput, BrokenPacketsAreCountedAndSaidOnce) {
    ClipOptions clip;
    clip.encoder = "ffv1";
    const std::string path = folder_.file("a.avi");
    make_clip(path, clip);
    auto bytes = read_file(path);
    // Every frame is a chunk "00dc" with its size after it: fill some with noise.
    int chunk = 0;
    for (size_t i = 0; i + 8 < bytes.size() && chunk < 50; ++i) {
        if (std::memcmp(bytes.data() + i, "00dc", 4) != 0) continue;
        uint32_t size = 0;
        std::memcpy(&size, bytes.data() + i + 4, 4);
        if (size > bytes.size() - i - 8) break;
        if (++chunk % 10 == 5) {
            const auto garbage = noise(size, i);
            std::copy(garbage.begin(), garbage.end(),
                      bytes.begin() + static_cast<ptrdiff_t>(i) + 8);
        }
        i += 7 + size;
    }
    ASSERT_EQ(chunk, 50);
    const auto source = open_or_fail(write("broken.avi", bytes));
    ASSERT_TRUE(source);
    const auto frames = read_all(*source);
    EXPECT_GE(frames.size(), 30U);  // ffv1 refers to the frame before
    const SourceCounters counters = source->counters();
    EXPECT_GT(counters.broken_packets + counters.corrupt_frames, 0U);
    EXPECT_LE(log_.count("were broken"), 1);
    EXPECT_EQ(log_.count("were broken") == 1, counters.broken_packets > 0);
}

TEST_F(BadInput, NoiseInTheMiddleNeverHangsNorCrashes) {
    for (const char* name : {"a.mp4", "a.mkv", "a.avi", "a.ts", "a.mjpeg"}) {
        ClipOptions clip;
        if (std::strcmp(name, "a.ts") == 0) clip.encoder = "mpeg2video";
        if (std::strcmp(name, "a.mjpeg") == 0) {
            clip.encoder = "mjpeg";
            clip.format = AV_PIX_FMT_YUVJ420P;
        }
        make_clip(folder_.file(name), clip);
        const auto whole = read_file(folder_.file(name));
        for (uint64_t seed = 1; seed <= 6; ++seed) {
            auto bytes = whole;
            const auto garbage = noise(64, seed);
            for (size_t i = 0; i < 30; ++i) {
                const size_t at = (seed * 7919 + i * 104729) % (bytes.size() - garbage.size());
                std::copy(garbage.begin(), garbage.begin() + 16,
                          bytes.begin() + static_cast<ptrdiff_t>(at));
            }
            const std::string path = write(std::string("noisy-") + name, bytes);
            const auto source = open_media(path, {}, test_clock());
            if (!source) continue;
            Nanos last(-1);
            for (const FramePtr& frame : read_all(**source)) {
                EXPECT_GT(frame->info().pts, last);
                last = frame->info().pts;
            }
        }
    }
}

/// An HTTP server for one request that promises more than it sends, and then hangs up or, told to
/// linger, says nothing more.
class ShortServer {
  public:
    ShortServer(std::vector<char> bytes, bool linger)
        : bytes_(std::move(bytes)), server_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        EXPECT_EQ(bind(server_.get(), reinterpret_cast<sockaddr*>(&address), length), 0);
        EXPECT_EQ(listen(server_.get(), 4), 0);
        getsockname(server_.get(), reinterpret_cast<sockaddr*>(&address), &length);
        url = fmt::format("http://127.0.0.1:{}/a.ts", ntohs(address.sin_port));
        thread_ = std::thread([this, linger] { serve(linger); });
    }
    ~ShortServer() {
        done_.store(true);
        thread_.join();
    }
    ShortServer(const ShortServer&) = delete;
    ShortServer& operator=(const ShortServer&) = delete;

    std::string url;

  private:
    void serve(bool linger) {
        const UniqueFd client(accept4(server_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        char request[2048];
        (void)!read(client.get(), request, sizeof request);
        const std::string head = fmt::format(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", bytes_.size());
        (void)!::send(client.get(), head.data(), head.size(), MSG_NOSIGNAL);
        (void)!::send(client.get(), bytes_.data(), bytes_.size() / 2, MSG_NOSIGNAL);
        while (linger && !done_.load()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }

    const std::vector<char> bytes_;
    const UniqueFd server_;
    std::atomic<bool> done_ = false;
    std::thread thread_;
};

class BadServer : public BadInput {
  protected:
    std::vector<char> film() {
        ClipOptions clip;
        clip.encoder = "mpeg2video";
        clip.frames = 200;
        make_clip(folder_.file("a.ts"), clip);
        return read_file(folder_.file("a.ts"));
    }
};

TEST_F(BadServer, AnIoErrorInTheMiddleIsReported) {
    const ShortServer server(film(), false);
    const auto source = open_media(server.url, {}, test_clock());
    ASSERT_TRUE(source) << source.error().text;
    EXPECT_FALSE((*source)->info().seekable);
    int frames = 0;
    std::optional<Error> error;
    while (!error) {
        const auto frame = (*source)->read();
        if (!frame) {
            error = frame.error();
        } else if (!*frame) {
            break;
        } else {
            ++frames;
        }
    }
    EXPECT_GT(frames, 50);
    ASSERT_TRUE(error) << "the end of the connection is not the end of the film";
    EXPECT_EQ(name_of(error->code), name_of(Errc::io)) << error->text;
    EXPECT_NE(error->text.find(server.url), std::string::npos) << error->text;
    EXPECT_EQ((*source)->seek(Nanos(0)).error().code, Errc::unsupported);
}

/// What was decoded before the connection broke is shown before the error is told.
TEST_F(BadServer, AReadErrorCostsNoPictureThatWasRead) {
    const auto bytes = film();
    const std::string half =
        write("half.ts", {bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(bytes.size() / 2)});
    const size_t whole = watch_all(*open_or_fail(half)).size();
    const ShortServer server(bytes, false);
    const auto source = open_media(server.url, {}, test_clock());
    ASSERT_TRUE(source) << source.error().text;
    size_t frames = 0;
    while (const auto frame = (*source)->read()) {
        if (!*frame) break;
        ++frames;
    }
    EXPECT_EQ(frames, whole);
    EXPECT_FALSE((*source)->read()) << "the error stays";
}

TEST_F(BadServer, AReadThatWaitsForAServerCanBeInterrupted) {
    const ShortServer server(film(), true);
    const auto source = open_media(server.url, {}, test_clock());
    ASSERT_TRUE(source) << source.error().text;
    std::atomic<int> frames = 0;
    std::thread interrupting([&] {
        while (frames < 50) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        (*source)->interrupt();
    });
    std::optional<Error> error;
    while (!error) {
        const auto frame = (*source)->read();
        if (!frame) {
            error = frame.error();
        } else if (!*frame) {
            break;
        } else {
            ++frames;
        }
    }
    interrupting.join();
    ASSERT_TRUE(error);
    EXPECT_EQ(name_of(error->code), name_of(Errc::interrupted)) << error->text;
}

TEST_F(BadInput, AFileThatGoesAwayCanStillBeReadOn) {
    for (const char* name : {"a.mkv", "raw.m4v"}) {
        make_clip(folder_.file(name), {});
        const auto source = open_or_fail(folder_.file(name));
        ASSERT_TRUE(source);
        ASSERT_TRUE(source->read());
        unlink(folder_.file(name).c_str());
        const auto rewound = source->seek(Nanos(0));
        if (!rewound) {
            EXPECT_EQ(rewound.error().code, Errc::io) << rewound.error().text;
            EXPECT_NE(rewound.error().text.find(name), std::string::npos);
        }
        EXPECT_GE(read_all(*source).size(), rewound ? 50U : 30U) << name;
    }
}

TEST_F(BadInput, AnUnknownDecoderIsAWayThatIsMissing) {
    make_clip(folder_.file("a.mp4"), {});
    MediaOptions options;
    options.decoders = {"no-such-decoder"};
    const auto source = open_media(folder_.file("a.mp4"), options, test_clock());
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().code, Errc::unsupported);
}

/// A decoder that was asked for and is not here: whatever the driver's errno was.
TEST_F(BadInput, AHardwareDecoderThatDoesNotOpenIsAWayThatIsMissing) {
    const std::string path = folder_.file("a.mp4");
    make_clip(path, {});
    for (const Errc code : {Errc::io, Errc::invalid_argument, Errc::protocol, Errc::unavailable}) {
        Rung rung;
        rung.row = "absent";
        rung.decoder = "mpeg4";
        rung.hardware = true;
        rung.open = [code](const Rung&, const StreamDescription&,
                           const MediaOptions&) -> Result<std::unique_ptr<Decoder>> {
            return fail(code, "no device");
        };
        const auto source = open_media_on(path, Ladder{{rung}, {}}, {}, test_clock());
        ASSERT_FALSE(source);
        EXPECT_EQ(name_of(source.error().code), name_of(Errc::unsupported));
        EXPECT_NE(source.error().text.find("no device"), std::string::npos);
    }
}

class NamedPipe : public BadInput {
  protected:
    NamedPipe() : path_(folder_.file("pipe.mkv")) { EXPECT_EQ(mkfifo(path_.c_str(), 0600), 0); }
    /// What a writer that waits for its reader got rid of.
    static size_t write_to(const std::string& path, const std::vector<char>& bytes) {
        const UniqueFd pipe(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
        size_t written = 0;
        while (written < bytes.size()) {
            const ssize_t count =
                ::write(pipe.get(), bytes.data() + written, bytes.size() - written);
            if (count <= 0) break;
            written += static_cast<size_t>(count);
        }
        return written;
    }

    const std::string path_;
};

TEST_F(NamedPipe, IsReadByOneReaderToTheEnd) {
    make_clip(folder_.file("a.mkv"), {});
    const auto bytes = read_file(folder_.file("a.mkv"));
    const auto ignored = std::signal(SIGPIPE, SIG_IGN);
    size_t written = 0;
    std::thread writer([&] { written = write_to(path_, bytes); });
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
    std::signal(SIGPIPE, ignored);
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

TEST_F(BadInput, ProvingCanBeInterruptedAndPlayingOnlyByInterrupt) {
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

TEST_F(BadInput, StampsAtTheEndsOfTime) {
    int opened = 0;
    for (const int64_t first : {int64_t{1} << 58, (int64_t{1} << 62) - 100, int64_t{1} << 34}) {
        ClipOptions clip;
        clip.encoder = "ffv1";
        clip.first_pts = first;
        clip.time_base = {1, 2};
        clip.frames = 20;
        const std::string path = folder_.file("far.nut");
        make_clip(path, clip);
        const auto source = open_media(path, {}, test_clock());
        if (!source) continue;  // FFmpeg itself may refuse them
        ++opened;
        Nanos last(-1);
        size_t count = 0;
        for (const FramePtr& frame : read_all(**source)) {
            EXPECT_GT(frame->info().pts, last);
            EXPECT_LE(frame->info().pts, TimestampRepair::kFurthest);
            EXPECT_GE(frame->info().duration, Nanos(0));
            last = frame->info().pts;
            ++count;
        }
        EXPECT_GE(count, 19U) << first;
        (void)(*source)->seek(Nanos::max());
        (void)(*source)->read();
    }
    EXPECT_GE(opened, 2);
}

TEST_F(BadInput, NamesWithColonsAndPercentsAreFiles) {
    ClipOptions clip;
    clip.frames = 2;
    for (const char* name : {"12:30 film.mp4", "http:film.mp4", "100%d.mp4"}) {
        make_clip(folder_.file("plain.mp4"), clip);
        const std::string path = write(name, read_file(folder_.file("plain.mp4")));
        EXPECT_TRUE(open_or_fail(path)) << path;
    }
}

}  // namespace
}  // namespace vitrine
