// Streams that are not ours, as libavformat reads them: what they do wrong, and when they end.
#include "decode/stream_reader.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <fstream>
#include <iterator>
#include <limits>
#include <mutex>
#include <optional>

#include "decode/demuxer.h"

namespace vitrine {
namespace {

/// What is done by its streams, and to them.
struct StreamLog {
    std::string bytes;
    std::atomic<bool> fails{false};       // the next read, having gone on all the same
    std::atomic<bool> seek_waits{false};  // until it is cancelled
    std::atomic<bool> waits{false};
    std::atomic<int> open{0};
    std::atomic<int> cancelled{0};
    std::atomic<int64_t> furthest_seek{0};
};

class LoggedStream final : public ByteStream {
  public:
    explicit LoggedStream(StreamLog& log) : log_(log) { ++log_.open; }
    ~LoggedStream() override { --log_.open; }
    LoggedStream(const LoggedStream&) = delete;
    LoggedStream& operator=(const LoggedStream&) = delete;

    int64_t read(uint8_t* buffer, size_t size) override {
        const size_t count = log_.bytes.copy(reinterpret_cast<char*>(buffer), size, position_);
        position_ += count;
        return log_.fails.exchange(false) ? -1 : static_cast<int64_t>(count);
    }
    int64_t seek(int64_t position) override {
        log_.furthest_seek = std::max(log_.furthest_seek.load(), position);
        std::unique_lock lock(mutex_);
        log_.waits = log_.seek_waits.load();
        changed_.wait(lock, [&] { return !log_.seek_waits || log_.cancelled > 0; });
        position_ = std::min(static_cast<size_t>(position), log_.bytes.size());
        return position;
    }
    int64_t length() override { return static_cast<int64_t>(log_.bytes.size()); }
    void cancel() override {
        std::lock_guard lock(mutex_);
        ++log_.cancelled;
        changed_.notify_all();
    }

  private:
    StreamLog& log_;
    size_t position_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
};

class StreamReaderTest : public ::testing::Test {
  protected:
    [[nodiscard]] GivenBytes bytes() {
        return {[this] { return std::make_unique<LoggedStream>(log_); },
                std::make_shared<CallGuard>(),
                {}};
    }
    [[nodiscard]] auto open() {
        return StreamReader::open("film", bytes(), [this] { return log_.waits.load(); });
    }
    StreamLog log_;
};

/// Which is not known to be where it was.
TEST_F(StreamReaderTest, ReadsOnWhereItWasAfterAnError) {
    log_.bytes = "0123456789";
    const auto reader = open();
    ASSERT_TRUE(reader);
    AVIOContext& io = *(*reader)->io();
    std::array<uint8_t, 10> read{};
    log_.fails = true;
    EXPECT_LT(avio_read(&io, read.data(), 10), 0);
    EXPECT_TRUE((*reader)->failure());
    io.eof_reached = io.error = 0;
    ASSERT_EQ(avio_read(&io, read.data(), 10), 10);
    EXPECT_EQ(std::string(read.begin(), read.end()), log_.bytes);
    EXPECT_FALSE((*reader)->failure());
}

TEST_F(StreamReaderTest, GoesNowhereWherePositionsEnd) {
    const auto reader = open();
    ASSERT_TRUE(reader);
    EXPECT_LT(avio_seek((*reader)->io(), std::numeric_limits<int64_t>::max() - 1, SEEK_SET), 0);
    EXPECT_EQ(log_.furthest_seek, 0);
}

TEST_F(StreamReaderTest, TheFirstSeekCanBeCancelledToo) {
    log_.seek_waits = true;
    (void)open();
    EXPECT_EQ(log_.cancelled, 1);
    EXPECT_EQ(log_.open, 0);
}

TEST_F(StreamReaderTest, ReadsNothingAfterItsEnd) {
    log_.bytes = "0123456789";
    const auto reader = open();
    ASSERT_TRUE(reader);
    EXPECT_EQ(log_.open, 1);
    (*reader)->end().reset();
    EXPECT_EQ(log_.open, 0);
    std::array<uint8_t, 10> read{};
    EXPECT_LT(avio_read((*reader)->io(), read.data(), 10), 0);
}

/// Whoever still has it, as its sound may.
TEST_F(StreamReaderTest, ADemuxerThatIsClosedReadsNothing) {
    std::ifstream file(VITRINE_TEST_CLIPS "/sound.mp4", std::ios::binary);
    log_.bytes.assign(std::istreambuf_iterator<char>(file), {});
    const auto demuxer = Demuxer::open("film", {}, {true}, bytes());
    ASSERT_TRUE(demuxer) << demuxer.error().text;
    ASSERT_TRUE((*demuxer)->read_sound());
    EXPECT_EQ(log_.open, 1);
    (*demuxer)->close();
    EXPECT_EQ(log_.open, 0);
    EXPECT_EQ((*demuxer)->read_sound().error().code, Errc::interrupted);
}

}  // namespace
}  // namespace vitrine
