#include "decode/descriptor_reader.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace vitrine {
namespace {

constexpr int kAskEveryMs = 20;        // whether to stop waiting
constexpr int kBufferSize = 64 << 10;  // bytes: what a pipe holds

}  // namespace

DescriptorReader::DescriptorReader(UniqueFd fd, std::function<bool()> interrupted)
    : fd_(std::move(fd)), interrupted_(std::move(interrupted)) {
    struct stat status {};
    regular_ = ::fstat(fd_.get(), &status) == 0 && S_ISREG(status.st_mode);
    if (regular_) start_ = std::max<int64_t>(::lseek(fd_.get(), 0, SEEK_CUR), 0);
}

Result<std::unique_ptr<DescriptorReader>> DescriptorReader::make(
    UniqueFd fd, std::function<bool()> interrupted) {
    std::unique_ptr<DescriptorReader> reader(
        new DescriptorReader(std::move(fd), std::move(interrupted)));
    auto made = reader->make_io(kBufferSize, read, reader->regular_ ? seek : nullptr);
    if (!made) return Failure(made.error());
    return reader;
}

Result<void> DescriptorReader::wait() {
    pollfd waiting{fd_.get(), POLLIN, 0};
    while (true) {
        const int ready = ::poll(&waiting, 1, kAskEveryMs);
        if (ready > 0) return {};
        if (interrupted_()) return fail(Errc::interrupted, "interrupted");
        if (ready < 0 && errno != EINTR && errno != EAGAIN) {
            return fail(Errc::io, "poll: {}", errno_text(errno));
        }
    }
}

ssize_t DescriptorReader::read_now(uint8_t* buffer, size_t size) {
    if (!regular_) return ::read(fd_.get(), buffer, size);
    const ssize_t count = ::pread(fd_.get(), buffer, size, start_ + position_);
    position_ += std::max<ssize_t>(count, 0);
    return count;
}

int DescriptorReader::read(void* self, uint8_t* buffer, int size) {
    auto& reader = *static_cast<DescriptorReader*>(self);
    for (;;) {
        if (reader.interrupted_()) return AVERROR_EXIT;
        if (!reader.wait()) return reader.interrupted_() ? AVERROR_EXIT : AVERROR(EIO);
        const ssize_t count = reader.read_now(buffer, static_cast<size_t>(size));
        reader.bytes_read_ += std::max<ssize_t>(count, 0);
        if (count > 0) return static_cast<int>(count);
        if (count == 0) return AVERROR_EOF;
        if (errno != EAGAIN && errno != EINTR) return AVERROR(errno);
    }
}

int64_t DescriptorReader::seek(void* self, int64_t offset, int whence) {
    auto& reader = *static_cast<DescriptorReader*>(self);
    struct stat status {};
    if (::fstat(reader.fd_.get(), &status) != 0) return AVERROR(errno);
    const int64_t size = std::max<int64_t>(status.st_size - reader.start_, 0);
    switch (whence & ~AVSEEK_FORCE) {
        case AVSEEK_SIZE:
            return size;
        case SEEK_CUR:
            offset += reader.position_;
            break;
        case SEEK_END:
            offset += size;
            break;
        default:
            break;
    }
    if (offset < 0) return AVERROR(EINVAL);
    return reader.position_ = offset;
}

}  // namespace vitrine
