#include "decode/input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "decode/descriptor_reader.h"
#include "decode/media_source.h"

namespace vitrine {
namespace {

using Reader = std::unique_ptr<InputReader>;

bool exists(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0;
}

bool starts_with(std::string_view text, std::string_view start) {
    return text.substr(0, start.size()) == start;
}

/// Of a regular file: what FFmpeg would say less clearly.
Result<void> check_file(const InputName& name) {
    const UniqueFd file(::open(name.target.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return fail(Errc::io, "{}: cannot be opened: {}", name.shown, errno_text(errno));
    char byte = 0;
    const ssize_t count = ::pread(file.get(), &byte, 1, 0);
    if (count < 0) return fail(Errc::io, "{}: cannot be read: {}", name.shown, errno_text(errno));
    if (count == 0) return fail(Errc::invalid_argument, "{}: the file is empty", name.shown);
    return {};
}

Failure is_directory(const InputName& name) {
    return fail(Errc::io, "{}: is a directory, not a file", name.shown);
}

Result<Reader> read_from(UniqueFd fd, const InputName& name,
                         const std::function<bool()>& interrupted) {
    auto reader = DescriptorReader::make(std::move(fd), interrupted);
    if (!reader) return fail_while(name.shown, reader.error());
    if (auto ok = (*reader)->wait(); !ok) return fail_while(name.shown, ok.error());
    return Reader(std::move(*reader));
}

Result<Reader> open_path(const InputName& name, const std::function<bool()>& interrupted) {
    struct stat status {};
    if (::stat(name.target.c_str(), &status) != 0) {
        return fail(Errc::io, "{}: cannot be opened: {}", name.shown, errno_text(errno));
    }
    if (S_ISDIR(status.st_mode)) return is_directory(name);
    if (S_ISREG(status.st_mode)) {
        if (auto ok = check_file(name); !ok) return Failure(ok.error());
    }
    if (!S_ISFIFO(status.st_mode)) return Reader();
    // Opened this way it does not wait for a writer.
    UniqueFd pipe(::open(name.target.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!pipe) return fail(Errc::io, "{}: cannot be opened: {}", name.shown, errno_text(errno));
    return read_from(std::move(pipe), name, interrupted);
}

Result<Reader> open_standard_input(const InputName& name,
                                   const std::function<bool()>& interrupted) {
    struct stat status {};
    // A descriptor of our own, that nobody closes.
    UniqueFd input(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!input || ::fstat(input.get(), &status) != 0) {
        return fail(Errc::io, "{}: cannot be read: {}", name.shown, errno_text(errno));
    }
    if (::isatty(input.get()) == 1) {
        return fail(Errc::invalid_argument,
                    "{}: is a terminal, which gives no film: send it a file (< FILE) or the output "
                    "of a program (PROGRAM | vitrine -)",
                    name.shown);
    }
    if (S_ISDIR(status.st_mode)) return is_directory(name);
    return read_from(std::move(input), name, interrupted);
}

Result<Reader> open_given(const InputName& name, const GivenBytes& bytes,
                          const std::function<bool()>& interrupted) {
    auto reader = StreamReader::open(name.shown, bytes, interrupted);
    if (!reader) return fail_while(name.shown, reader.error());
    return Reader(std::move(*reader));
}

}  // namespace

InputName parse_input_name(const std::string& file) {
    if (file == "-") return {InputName::Kind::standard_input, "", "standard input"};
    if (exists(file)) return {InputName::Kind::path, file, file};
    if (starts_with(file, "file:///")) return {InputName::Kind::path, file.substr(7), file};
    if (starts_with(file, "file:")) return {InputName::Kind::path, file.substr(5), file};
    const char* protocol = avio_find_protocol_name(file.c_str());
    const bool known = protocol != nullptr && std::string_view(protocol) != "file";
    const bool url = known || file.find("://") != std::string::npos;
    return {url ? InputName::Kind::url : InputName::Kind::path, file, file};
}

std::string libavformat_name(const InputName& name) {
    return name.kind == InputName::Kind::path ? "file:" + name.target : name.target;
}

Result<Reader> open_input(const InputName& name, const GivenBytes& bytes,
                          const std::function<bool()>& interrupted) {
    switch (name.kind) {
        case InputName::Kind::standard_input:
            return open_standard_input(name, interrupted);
        case InputName::Kind::url:
            return Reader();
        case InputName::Kind::path:
            return open_path(name, interrupted);
        case InputName::Kind::given:
            return open_given(name, bytes, interrupted);
    }
    return Reader();
}

std::string path_of_input(const std::string& file) {
    const InputName name = parse_input_name(file);
    return name.kind == InputName::Kind::standard_input ? "/dev/stdin" : name.target;
}

}  // namespace vitrine
