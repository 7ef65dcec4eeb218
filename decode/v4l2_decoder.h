// A stateful V4L2 decoder as a Decoder: access units in, the device's own buffers out as dma-bufs.
// It follows Documentation/userspace-api/media/v4l/dev-decoder.rst. Buffers that are lent out come
// back by themselves; where the device gave too few to lend, pictures are copied, and that is said.
// Whatever goes wrong with the device ends as device_lost. Thread-bound; pictures outlive it.
#pragma once

#include <deque>

#include "decode/access_units.h"
#include "decode/v4l2_output.h"

namespace vitrine {

struct V4l2DecoderOptions {
    std::string name;
    std::shared_ptr<V4l2Device> device;
    V4l2Format coded;
    StreamDescription stream;  // borrowed for the call
    V4l2Lending lending;
    std::shared_ptr<const Clock> clock = std::make_shared<const MonotonicClock>();
};

class V4l2Decoder final : public Decoder {
  public:
    /// Errors: unsupported, unavailable, device_lost: the device does not take the stream.
    [[nodiscard]] static Result<std::unique_ptr<Decoder>> open(V4l2DecoderOptions options);

    std::string name() const override { return options_.name; }
    std::string storage() const override { return output_.copied_last() ? "memory" : "dma-buf"; }
    Result<void> send(AVPacket* packet, uint64_t serial) override;
    Result<Received> receive() override;
    void flush() override;

  private:
    struct Unit {
        av::Packet packet;
        uint64_t serial = 0;
    };
    /// What a picture gets from its packet.
    struct Sent {
        uint64_t serial = 0;
        int64_t pts = AV_NOPTS_VALUE;
        int64_t shown_at = AV_NOPTS_VALUE;    // pts, or what is known in its place
        int64_t not_before = AV_NOPTS_VALUE;  // of a key frame: when it is decoded
        int64_t duration = 0;
        bool shown = true;  // not so what an edit list cuts off
    };

    V4l2Decoder(V4l2DecoderOptions options, AccessUnits access_units, Size stated)
        : options_(std::move(options)),
          access_units_(std::move(access_units)),
          output_(options_.device, stated, options_.lending) {}
    [[nodiscard]] V4l2Device& device() const { return *options_.device; }
    [[nodiscard]] Result<void> set_up_input(Size size);
    [[nodiscard]] Result<void> note_too_large(size_t unit_bytes);

    [[nodiscard]] Result<void> collect_units(uint64_t serial);
    [[nodiscard]] bool find_free_input();
    [[nodiscard]] Result<void> submit_units();
    [[nodiscard]] Result<void> submit(FreeBuffer buffer, const Unit& unit);
    [[nodiscard]] Result<void> stop_when_all_is_sent();

    [[nodiscard]] Result<std::optional<Received>> step();
    [[nodiscard]] Result<std::optional<Received>> look_at(const V4l2Readiness& ready, bool hungry);
    [[nodiscard]] Result<std::optional<Received>> end_without_header();
    [[nodiscard]] Result<void> take_events();
    [[nodiscard]] Result<std::optional<Received>> take_output();
    [[nodiscard]] Result<std::optional<Received>> after_last();
    [[nodiscard]] Result<void> take_input();
    [[nodiscard]] Result<std::optional<Received>> give(ReadyBuffer buffer);
    [[nodiscard]] const Sent* find_sent(uint64_t serial) const;
    void note_sent(const AVPacket& packet, uint64_t serial);
    void note_decoding_time(int64_t dts);
    [[nodiscard]] std::optional<int64_t> take_timestamp(const Sent& sent);
    [[nodiscard]] Failure lose(const Error& error);

    const V4l2DecoderOptions options_;
    AccessUnits access_units_;
    std::unique_ptr<V4l2Queue> input_;
    uint32_t wished_input_bytes_ = 0;
    uint32_t input_bytes_ = 0;          // which a driver may have made of that
    std::optional<OpenAnew> outgrown_;  // by a unit
    std::optional<FreeBuffer> free_input_;
    std::deque<Unit> units_;                // not at the device yet: those of one packet
    std::deque<Sent> sent_;                 // at most kMostSent
    std::deque<int64_t> decoding_times_;    // of packets without pts; as many
    std::optional<uint64_t> first_serial_;  // since the start or a flush

    V4l2Output output_;
    bool owes_packet_ = false;  // to the device, for a picture
    bool draining_ = false;
    bool stop_sent_ = false;
    bool ended_ = false;
    std::optional<Error> lost_;
};

}  // namespace vitrine
