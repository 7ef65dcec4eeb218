#include "app/file_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace vitrine {

Result<FileWriter> FileWriter::open(const std::string& path) {
    FileWriter writer(path);
    if (path == "-") {
        writer.path_ = "standard output";
        writer.fd_ = STDOUT_FILENO;
        return writer;
    }
    writer.own_.reset(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!writer.own_) return fail(Errc::io, "cannot write {}: {}", path, errno_text(errno));
    writer.fd_ = writer.own_.get();
    return writer;
}

void FileWriter::write(std::string_view data) {
    if (error_ != 0) return;
    buffer_ += data;
    if (buffer_.size() >= kBufferSize) flush();
}

void FileWriter::flush() {
    std::string_view left = buffer_;
    while (!left.empty() && error_ == 0) {
        const ssize_t written = ::write(fd_, left.data(), left.size());
        if (written >= 0) {
            left.remove_prefix(static_cast<size_t>(written));
        } else if (errno != EINTR) {
            error_ = errno;
        }
    }
    buffer_.clear();
}

Result<void> FileWriter::close() {
    flush();
    // NFS and quotas report a failed write here at the latest.
    const int fd = own_.release();
    if (fd >= 0 && ::close(fd) < 0 && error_ == 0) error_ = errno;
    fd_ = -1;
    const int error = std::exchange(error_, 0);
    if (error == 0) return {};
    return fail(Errc::io, "cannot write {}: {}; it is incomplete", path_, errno_text(error));
}

}  // namespace vitrine
