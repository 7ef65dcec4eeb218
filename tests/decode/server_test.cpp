// Films that come over the network: servers that hang up, and servers that fall silent.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "core/unique_fd.h"
#include "tests/decode/sources.h"

namespace vitrine {
namespace {

using testing::read_file;
using testing::write_file;

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

class BadServer : public ::testing::Test {
  protected:
    std::vector<char> film() {
        ClipOptions clip;
        clip.encoder = "mpeg2video";
        clip.frames = 200;
        make_clip(folder_.file("a.ts"), clip);
        return read_file(folder_.file("a.ts"));
    }

    TemporaryFolder folder_;
    LogCatcher log_;
};

TEST_F(BadServer, AnIoErrorInTheMiddleIsReported) {
    const ShortServer server(film(), false);
    const auto source = open_media(server.url, {}, test_clock());
    ASSERT_TRUE(source) << source.error().text;
    EXPECT_FALSE((*source)->info().seekable);
    std::atomic<int> frames = 0;
    const std::optional<Error> error = read_to_error(**source, frames);
    EXPECT_GT(frames, 50);
    ASSERT_TRUE(error) << "the end of the connection is not the end of the film";
    EXPECT_EQ(name_of(error->code), name_of(Errc::io)) << error->text;
    EXPECT_NE(error->text.find(server.url), std::string::npos) << error->text;
    EXPECT_EQ((*source)->seek(Nanos(0)).error().code, Errc::unsupported);
}

/// What was decoded before the connection broke is shown before the error is told.
TEST_F(BadServer, AReadErrorCostsNoPictureThatWasRead) {
    const auto bytes = film();
    const std::string half = folder_.file("half.ts");
    write_file(half, {bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(bytes.size() / 2)});
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
    const std::optional<Error> error = read_to_error(**source, frames);
    interrupting.join();
    ASSERT_TRUE(error);
    EXPECT_EQ(name_of(error->code), name_of(Errc::interrupted)) << error->text;
}

}  // namespace
}  // namespace vitrine
