#include "embed/caller_bytes.h"

#include <utility>

namespace vitrine {
namespace {

class CallerStream final : public ByteStream {
  public:
    CallerStream(std::shared_ptr<CallerIo> io, void* stream)
        : io_(std::move(io)), calls_(io_->calls()), stream_(stream) {}
    ~CallerStream() override {
        if (calls_.close != nullptr) calls_.close(stream_);
    }
    CallerStream(const CallerStream&) = delete;
    CallerStream& operator=(const CallerStream&) = delete;

    int64_t read(uint8_t* buffer, size_t size) override {
        return calls_.read(stream_, buffer, size);
    }
    int64_t seek(int64_t position) override {
        return calls_.seek != nullptr ? calls_.seek(stream_, position) : -1;
    }
    int64_t length() override { return calls_.length != nullptr ? calls_.length(stream_) : -1; }
    void cancel() override {
        if (calls_.cancel != nullptr) calls_.cancel(stream_);
    }

  private:
    const std::shared_ptr<CallerIo> io_;
    const vitrine_io& calls_;
    void* const stream_;
};

}  // namespace

Result<std::shared_ptr<CallerIo>> CallerIo::make(const vitrine_io& calls) {
    if (calls.open == nullptr) return fail(Errc::invalid_argument, "vitrine_io: open is NULL");
    if (calls.read == nullptr) return fail(Errc::invalid_argument, "vitrine_io: read is NULL");
    return std::shared_ptr<CallerIo>(new CallerIo(calls));
}

CallerIo::~CallerIo() {
    if (taken_ && calls_.release != nullptr) calls_.release(calls_.user);
}

OpenBytes bytes_of(std::shared_ptr<CallerIo> io, std::string url) {
    return [io = std::move(io), url = std::move(url)]() -> std::unique_ptr<ByteStream> {
        void* stream = io->calls().open(io->calls().user, url.c_str());
        if (stream == nullptr) return nullptr;
        return std::make_unique<CallerStream>(io, stream);
    };
}

}  // namespace vitrine
