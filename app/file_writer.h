// A file that is written from start to end, buffered; "-" is standard output. The first failure is
// kept, everything after it is dropped, and close() tells of it once: a full disk must not end what
// is being played. Thread-bound.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/unique_fd.h"

namespace vitrine {

class FileWriter {
  public:
    /// Creates or empties the file. Errors: io, naming it.
    [[nodiscard]] static Result<FileWriter> open(const std::string& path);
    /// Whether open() would do now, without making or emptying anything. Errors: io.
    [[nodiscard]] static Result<void> check(const std::string& path);
    FileWriter(FileWriter&&) noexcept = default;
    FileWriter& operator=(FileWriter&&) noexcept = default;
    ~FileWriter() = default;  // what was not closed is lost: close() is how a file ends

    /// What is larger than the buffer is written from where it lies.
    void write(std::string_view data);
    /// Writes what is buffered. Errors: io, naming the file and the reason, if anything failed.
    [[nodiscard]] Result<void> close();

  private:
    explicit FileWriter(std::string path) : path_(std::move(path)) {}
    void flush();
    void write_out(std::string_view left);

    static constexpr size_t kBufferSize = 64 * 1024;  // bytes
    std::string path_;
    UniqueFd own_;   // empty for standard output
    int fd_ = -1;    // where to write
    int error_ = 0;  // errno of the first failure
    std::string buffer_;
};

}  // namespace vitrine
