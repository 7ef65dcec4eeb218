#include "app/file_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace vitrine {
namespace {

Failure cannot_write(const std::string& path, int error) {
    return fail(Errc::io, "cannot write {}: {}", path, errno_text(error));
}

}  // namespace

Result<FileWriter> FileWriter::open(const std::string& path) {
    FileWriter writer(path);
    if (path == "-") {
        writer.path_ = "standard output";
        writer.fd_ = STDOUT_FILENO;
        return writer;
    }
    writer.own_.reset(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0666));
    // A FIFO without a reader fails at once, where it would wait without end; writing may wait
    // again.
    if (!writer.own_) return cannot_write(path, errno);
    (void)fcntl(writer.own_.get(), F_SETFL, 0);
    writer.fd_ = writer.own_.get();
    return writer;
}

Result<void> FileWriter::check(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) == 0) {
        if (S_ISDIR(status.st_mode)) return cannot_write(path, EISDIR);
        if (access(path.c_str(), W_OK) != 0) return cannot_write(path, errno);
        return {};
    }
    // It is to be made, then: what matters is its folder.
    if (errno != ENOENT) return cannot_write(path, errno);
    const std::string folder = std::filesystem::path(path).parent_path();
    if (access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) != 0)
        return cannot_write(path, errno);
    return {};
}

void FileWriter::write(std::string_view data) {
    if (error_ != 0) return;
    if (data.size() >= kBufferSize) {
        flush();
        write_out(data);
        return;
    }
    buffer_ += data;
    if (buffer_.size() >= kBufferSize) flush();
}

void FileWriter::flush() {
    write_out(buffer_);
    buffer_.clear();
}

void FileWriter::write_out(std::string_view left) {
    while (!left.empty() && error_ == 0) {
        const ssize_t written = ::write(fd_, left.data(), left.size());
        if (written >= 0) {
            left.remove_prefix(static_cast<size_t>(written));
        } else if (errno != EINTR) {
            error_ = errno;
        }
    }
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
