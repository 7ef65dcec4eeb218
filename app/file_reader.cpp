#include "app/file_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "core/unique_fd.h"

namespace vitrine {

Result<std::optional<std::string>> read_text_file(const std::string& path, size_t most) {
    // Without O_NONBLOCK, opening a named pipe would wait for somebody to write.
    const UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    const auto unreadable = [&](int error) {
        return fail(Errc::invalid_argument, "{}: cannot be read: {}", path, errno_text(error));
    };
    if (!file) {
        if (errno == ENOENT || errno == ENOTDIR) return std::optional<std::string>();
        return unreadable(errno);
    }
    struct stat about {};
    if (fstat(file.get(), &about) != 0) return unreadable(errno);
    if (!S_ISREG(about.st_mode)) {
        return fail(Errc::invalid_argument, "{}: not a regular file", path);
    }
    std::string text;
    std::array<char, 4096> buffer;
    for (;;) {
        const ssize_t got = read(file.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return unreadable(errno);
        if (got == 0) return std::optional(std::move(text));
        text.append(buffer.data(), static_cast<size_t>(got));
        // It may still grow: what was read counts.
        if (text.size() > most) {
            return fail(Errc::invalid_argument, "{}: more than {} bytes, which are allowed", path,
                        most);
        }
    }
}

}  // namespace vitrine
