// A hash of every presented frame, a line each: sequence, pts in nanoseconds, MD5. Lines that begin
// with '#' say what was hashed, anew whenever that changes. Thread-bound.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "app/file_writer.h"
#include "core/frame.h"
#include "render/output.h"

namespace vitrine {

/// MD5 in hexadecimal of the pixels as they are: RGBA, top row first.
[[nodiscard]] std::string hash_of(const Picture& picture);

/// MD5 of the visible rows of each memory plane in turn, without padding: what
/// `ffmpeg -f framemd5` makes of the same frame in the same pixel format. A crop that begins
/// within a chroma sample begins at that sample.
/// Errors: unsupported for memory that the CPU cannot read.
[[nodiscard]] Result<std::string> hash_of(const VideoFrame& frame);

class FrameHashWriter {
  public:
    /// Errors: io.
    [[nodiscard]] static Result<FrameHashWriter> open(const std::string& path);

    /// The frames that follow are of this file, presented on this output.
    void begin_item(std::string_view file, std::string_view output);
    void add(uint64_t sequence, Nanos pts, const Picture& picture);
    /// Errors: unsupported for memory that the CPU cannot read; there is then no line.
    [[nodiscard]] Result<void> add(uint64_t sequence, Nanos pts, const VideoFrame& frame);
    /// Errors: io, for the first write that failed.
    [[nodiscard]] Result<void> close() { return file_.close(); }

  private:
    explicit FrameHashWriter(FileWriter file) : file_(std::move(file)) {}
    void say_what_is_hashed(Size size, std::string_view pixels);
    void add_line(uint64_t sequence, Nanos pts, std::string_view hash);

    FileWriter file_;
    Size size_;
    std::string pixels_;
};

}  // namespace vitrine
