#include "decode/stream_reader.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace vitrine {
namespace {

constexpr size_t kStreamBuffer = 64 << 10;  // bytes
// More is no length: what adds to it must not overflow.
constexpr int64_t kLongestStream = int64_t{1} << 60;

}  // namespace

/// Touched by the stream's thread in its calls, and by its owner between them.
struct StreamReader::Shared {
    std::unique_ptr<ByteStream> stream;
    std::vector<uint8_t> buffer = std::vector<uint8_t>(kStreamBuffer);
    int64_t answer = 0;
};

StreamReader::StreamReader(const std::string& name, const GivenBytes& bytes,
                           std::function<bool()> interrupted)
    : interrupted_(std::move(interrupted)), shared_(std::make_shared<Shared>()) {
    GuardedThread::Options options;
    options.guard = bytes.calls;
    options.callee = fmt::format("the stream of {}", name);
    options.remedy = "what it holds stays";
    options.callee_is_own = true;
    options.unhurried = true;
    options.interrupted = [this] {
        if (!interrupted_()) return false;
        if (opened_ && !std::exchange(cancelled_, true)) shared_->stream->cancel();
        return true;
    };
    options.quitting = bytes.quitting;
    options.at_end = [shared = shared_] { shared->stream.reset(); };
    thread_ = std::make_unique<GuardedThread>(std::move(options));
}

Result<std::unique_ptr<StreamReader>> StreamReader::open(const std::string& name,
                                                         const GivenBytes& bytes,
                                                         std::function<bool()> interrupted) {
    if (bytes.calls->still_away() >= kMostLeftBehind) {
        return fail(Errc::unavailable, "{} threads have not returned from what they called",
                    kMostLeftBehind);
    }
    std::unique_ptr<StreamReader> reader(new StreamReader(name, bytes, std::move(interrupted)));
    if (auto opened = reader->open_stream(bytes.open); !opened) return Failure(opened.error());
    auto made = reader->make_io(kStreamBuffer, read, reader->seekable_ ? seek : nullptr);
    if (!made) return Failure(made.error());
    return reader;
}

Result<void> StreamReader::open_stream(OpenBytes open) {
    auto called = thread_->run(
        "opening it", [shared = shared_, open = std::move(open)] { shared->stream = open(); });
    if (!called) return called;
    if (!shared_->stream) return fail(Errc::io, "cannot be opened");
    opened_ = true;
    const auto first = ask("seek()", [](ByteStream& stream) { return stream.seek(0); });
    if (!first) return Failure(first.error());
    seekable_ = *first == 0;
    return {};
}

/// Errors: interrupted.
Result<int64_t> StreamReader::ask(const char* call,
                                  std::function<int64_t(ByteStream& stream)> what) {
    if (!thread_ || interrupted_()) return fail(Errc::interrupted, "interrupted");
    auto called = thread_->run(call, [shared = shared_, what = std::move(what)] {
        shared->answer = what(*shared->stream);
    });
    if (!called) return Failure(called.error());
    return shared_->answer;
}

Result<void> StreamReader::go_to(int64_t position) {
    is_elsewhere_ = true;
    const auto reached =
        ask("seek()", [position](ByteStream& stream) { return stream.seek(position); });
    if (!reached) return Failure(reached.error());
    if (*reached < 0) return fail(Errc::io, "seek({}) failed: {}", position, *reached);
    if (*reached != position) {
        return fail(Errc::protocol, "seek({}) went to {}", position, *reached);
    }
    is_elsewhere_ = false;
    return {};
}

/// Into the buffer that both have.
Result<int64_t> StreamReader::read_now(size_t size) {
    if (is_elsewhere_) {
        if (auto back = go_to(position_); !back) return Failure(back.error());
    }
    const auto count = ask("read()", [buffer = shared_->buffer.data(), size](ByteStream& stream) {
        return stream.read(buffer, size);
    });
    if (!count) return count;
    if (*count < 0) return fail(Errc::io, "read() failed: {}", *count);
    if (*count > static_cast<int64_t>(size)) {
        return fail(Errc::protocol, "read() returned {} bytes where {} were asked for", *count,
                    size);
    }
    return count;
}

int StreamReader::refuse(const Error& error) {
    failure_ = error;
    return error.code == Errc::interrupted ? AVERROR_EXIT : AVERROR(EIO);
}

int StreamReader::read(void* self, uint8_t* buffer, int size) {
    auto& reader = *static_cast<StreamReader*>(self);
    const auto count = reader.read_now(std::min(static_cast<size_t>(size), kStreamBuffer));
    if (!count) {
        reader.is_elsewhere_ = reader.seekable_;
        return reader.refuse(count.error());
    }
    reader.failure_.reset();
    if (*count == 0) return AVERROR_EOF;
    std::copy_n(reader.shared_->buffer.data(), *count, buffer);
    reader.position_ += *count;
    reader.furthest_ = std::max(reader.furthest_, reader.position_);
    reader.bytes_read_ += *count;
    return static_cast<int>(*count);
}

int64_t StreamReader::seek(void* self, int64_t offset, int whence) {
    auto& reader = *static_cast<StreamReader*>(self);
    whence &= ~AVSEEK_FORCE;
    if (whence == AVSEEK_SIZE) {
        const auto length =
            reader.ask("length()", [](ByteStream& stream) { return stream.length(); });
        if (!length) return reader.refuse(length.error());
        const bool possible = *length >= reader.furthest_ && *length <= kLongestStream;
        return possible ? *length : AVERROR(ENOSYS);
    }
    if (whence != SEEK_SET || offset < 0 || offset > kLongestStream) return AVERROR(EINVAL);
    if (auto gone = reader.go_to(offset); !gone) return reader.refuse(gone.error());
    return reader.position_ = offset;
}

}  // namespace vitrine
