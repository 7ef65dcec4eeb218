#include "decode/guarded_decoder.h"

#include <optional>
#include <utility>

#include "core/call_guard.h"

namespace vitrine {
namespace {

/// What the calls touch. It is the thread's while it is in a call, and its owner's between calls.
struct Callee {
    Rung rung;
    av::CodecParameters parameters;
    StreamDescription stream;  // of the parameters
    MediaOptions options;
    std::unique_ptr<Decoder> decoder;

    av::Packet packet;  // to be sent
    Result<void> done;
    Result<Received> received = Received(NeedsPacket{});
    std::string name;
    std::string storage;
};

/// On the thread, where all that may call the driver once more must end.
void end(Callee& callee) {
    callee.received = Received(NeedsPacket{});
    callee.decoder.reset();
}

class GuardedDecoder final : public Decoder {
  public:
    GuardedDecoder(std::shared_ptr<Callee> callee, GuardedThread::Options options)
        : callee_(std::move(callee)), thread_(std::move(options)) {}

    [[nodiscard]] Result<void> open();
    std::string name() const override { return name_; }
    std::string storage() const override { return storage_; }
    Result<void> send(AVPacket* packet, uint64_t serial) override;
    Result<Received> receive() override;
    void flush() override;

  private:
    Result<void> ask(std::string_view attempt, std::function<void(Callee&)> call);

    const std::shared_ptr<Callee> callee_;
    GuardedThread thread_;
    std::string name_;
    std::string storage_;
    std::optional<Error> lost_;  // after a call that did not return
};

Result<void> GuardedDecoder::ask(std::string_view attempt, std::function<void(Callee&)> call) {
    if (lost_) return Failure(*lost_);
    auto ran = thread_.run(attempt, [callee = callee_, call = std::move(call)] { call(*callee); });
    if (!ran) lost_ = ran.error();
    return ran;
}

Result<void> GuardedDecoder::open() {
    auto asked = ask("opening it", [](Callee& callee) {
        auto decoder = callee.rung.open(callee.rung, callee.stream, callee.options);
        callee.done = decoder ? Result<void>() : Failure(decoder.error());
        if (!decoder) return;
        callee.decoder = std::move(*decoder);
        callee.name = callee.decoder->name();
        callee.storage = callee.decoder->storage();
    });
    if (!asked) return asked;
    name_ = callee_->name;
    storage_ = callee_->storage;
    return callee_->done;
}

Result<void> GuardedDecoder::send(AVPacket* packet, uint64_t serial) {
    if (lost_) return Failure(*lost_);
    callee_->packet.reset(packet != nullptr ? av_packet_clone(packet) : nullptr);
    if (packet != nullptr && !callee_->packet) {
        return fail(Errc::unavailable, "no memory for a packet");
    }
    auto asked = ask("taking a packet", [serial](Callee& callee) {
        callee.done = callee.decoder->send(callee.packet.get(), serial);
        callee.packet.reset();
    });
    return asked ? callee_->done : asked;
}

Result<Received> GuardedDecoder::receive() {
    auto asked = ask("decoding", [](Callee& callee) {
        callee.received = callee.decoder->receive();
        callee.storage = callee.decoder->storage();
    });
    if (!asked) return Failure(asked.error());
    storage_ = callee_->storage;
    return std::exchange(callee_->received, Received(NeedsPacket{}));
}

void GuardedDecoder::flush() {
    (void)ask("flushing it", [](Callee& callee) { callee.decoder->flush(); });
}

/// What would hang: the node, where it is known; the row, where a decoder that computes by itself
/// only has a driver of that row do it for this once; else the decoder, which is its driver's own.
std::string callee_of(const Rung& rung) {
    if (!rung.device.empty()) return rung.device;
    return rung.codec != nullptr && is_a_drivers(*rung.codec) ? rung.decoder : rung.row;
}

}  // namespace

Result<std::unique_ptr<Decoder>> open_guarded(const Rung& rung, const StreamDescription& stream,
                                              const MediaOptions& options,
                                              std::function<bool()> interrupted) {
    if (!rung.hardware) return rung.open(rung, stream, options);
    if (auto ok = check_patience(*options.patience); !ok) return Failure(ok.error());
    auto callee = std::make_shared<Callee>();
    callee->rung = rung;
    callee->parameters.reset(avcodec_parameters_alloc());
    if (!callee->parameters ||
        avcodec_parameters_copy(callee->parameters.get(), stream.parameters) < 0) {
        return fail(Errc::unavailable, "no memory for a decoder");
    }
    callee->stream = stream;
    callee->stream.parameters = callee->parameters.get();
    callee->options = options;
    callee->options.interrupted = nullptr;  // they may refer to what the thread outlives
    callee->options.quitting = nullptr;
    GuardedThread::Options thread;
    thread.guard = options.calls;
    thread.patience = options.patience;
    thread.callee = callee_of(rung);
    thread.interrupted = std::move(interrupted);
    thread.quitting = options.quitting;
    thread.at_end = [callee] { end(*callee); };
    auto decoder = std::make_unique<GuardedDecoder>(std::move(callee), std::move(thread));
    if (auto ok = decoder->open(); !ok) return Failure(ok.error());
    return std::unique_ptr<Decoder>(std::move(decoder));
}

}  // namespace vitrine
