// The bytes of a stream that is not ours (core/byte_stream.h) as libavformat reads them. The stream
// has a thread of its own, on which all of its calls are made but cancel(): one that does not
// return when nobody waits for it any more is left behind there with its stream, which is closed
// when it does. What calls return is checked. Thread-bound; whoever shares it has a lock.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "core/byte_stream.h"
#include "core/call_guard.h"
#include "core/result.h"
#include "decode/input_reader.h"

namespace vitrine {

/// Where a file's bytes come from, if not from the file.
struct GivenBytes {
    OpenBytes open;                    // empty: from the file
    std::shared_ptr<CallGuard> calls;  // counts the threads that are left behind
    std::function<bool()> quitting;    // as MediaOptions has it
};

class StreamReader final : public InputReader {
  public:
    /// Streams that do not return, before no other is opened.
    static constexpr int kMostLeftBehind = 16;

    /// name: in messages. interrupted: whether to stop waiting. Errors, without the name: io: it
    /// cannot be opened; unavailable; interrupted.
    [[nodiscard]] static Result<std::unique_ptr<StreamReader>> open(
        const std::string& name, const GivenBytes& bytes, std::function<bool()> interrupted);

    /// The stream is closed when that goes, on its thread.
    [[nodiscard]] std::shared_ptr<void> end() override { return std::move(thread_); }

  private:
    struct Shared;
    StreamReader(const std::string& name, const GivenBytes& bytes,
                 std::function<bool()> interrupted);
    [[nodiscard]] Result<void> open_stream(OpenBytes open);
    [[nodiscard]] Result<int64_t> ask(const char* call,
                                      std::function<int64_t(ByteStream& stream)> what);
    [[nodiscard]] Result<void> go_to(int64_t position);
    [[nodiscard]] Result<int64_t> read_now(size_t size);
    [[nodiscard]] int refuse(const Error& error);
    static int read(void* self, uint8_t* buffer, int size);
    static int64_t seek(void* self, int64_t offset, int whence);

    const std::function<bool()> interrupted_;
    const std::shared_ptr<Shared> shared_;  // with the stream's thread
    bool opened_ = false;
    bool cancelled_ = false;
    bool seekable_ = false;
    int64_t furthest_ = 0;                   // that was read
    int64_t position_ = 0;                   // from which libavformat reads next
    bool is_elsewhere_ = false;              // the stream, or nobody knows
    std::unique_ptr<GuardedThread> thread_;  // null at the end
};

}  // namespace vitrine
