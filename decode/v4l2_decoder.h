// A stateful V4L2 decoder as a Decoder: access units in, the device's own buffers out as dma-bufs.
// It follows Documentation/userspace-api/media/v4l/dev-decoder.rst. Buffers that are lent out come
// back by themselves; where the device gave too few to lend, pictures are copied, and that is said.
// Whatever goes wrong with the device ends as device_lost. Thread-bound; pictures outlive it.
#pragma once

#include <deque>

#include "core/generations.h"
#include "decode/access_units.h"
#include "hw/v4l2_queue.h"

namespace vitrine {

struct V4l2DecoderOptions {
    std::string name;
    std::shared_ptr<V4l2Device> device;
    V4l2Format coded;
    StreamDescription stream;  // borrowed for the call
    int frames_held = 8;       // that may be lent out at a time
    bool may_copy = true;      // pictures, where the device gives too few buffers to lend them
    std::shared_ptr<GenerationSource> generations;
    std::shared_ptr<BufferAllocator> allocator;  // for devices without memory of their own; or null
};

class V4l2Decoder final : public Decoder {
  public:
    /// Errors: unsupported, unavailable, device_lost: the device does not take the stream.
    [[nodiscard]] static Result<std::unique_ptr<Decoder>> open(V4l2DecoderOptions options);

    std::string name() const override { return options_.name; }
    std::string storage() const override { return copied_last_ ? "memory" : "dma-buf"; }
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
        int64_t timestamp = AV_NOPTS_VALUE;
        int64_t duration = 0;
        bool shown = true;  // not so what an edit list cuts off
    };

    V4l2Decoder(V4l2DecoderOptions options, AccessUnits access_units)
        : options_(std::move(options)), access_units_(std::move(access_units)) {}
    [[nodiscard]] V4l2Device& device() const { return *options_.device; }
    [[nodiscard]] Result<void> set_up_input(Size size);
    [[nodiscard]] Result<void> set_up_output();
    [[nodiscard]] Result<V4l2Layout> choose_layout();
    [[nodiscard]] Result<void> find_crop();
    [[nodiscard]] Result<int> least_buffers();
    [[nodiscard]] Result<void> allocate_output();
    [[nodiscard]] Result<void> change_output();

    [[nodiscard]] Result<void> collect_units(uint64_t serial);
    [[nodiscard]] bool find_free_input();
    [[nodiscard]] Result<void> submit_units();
    [[nodiscard]] Result<void> submit(FreeBuffer buffer, const Unit& unit);
    [[nodiscard]] Result<void> lend_output();
    [[nodiscard]] Result<void> stop_when_all_is_sent();

    [[nodiscard]] Result<std::optional<Received>> step();
    [[nodiscard]] Result<std::optional<Received>> look_at(const V4l2Readiness& ready, bool hungry);
    [[nodiscard]] Result<void> take_events();
    [[nodiscard]] Result<std::optional<Received>> take_output();
    [[nodiscard]] Result<std::optional<Received>> after_last();
    [[nodiscard]] Result<void> take_input();
    [[nodiscard]] Result<std::optional<Received>> give(ReadyBuffer buffer);
    [[nodiscard]] Result<DecodedPicture> wrap(ReadyBuffer buffer);
    [[nodiscard]] Result<DecodedPicture> copy(ReadyBuffer buffer);
    [[nodiscard]] const Sent* find_sent(uint64_t serial) const;
    static void describe(const Sent& sent, DecodedPicture& picture);
    [[nodiscard]] Failure lose(const Error& error);

    const V4l2DecoderOptions options_;
    AccessUnits access_units_;
    std::unique_ptr<V4l2Queue> input_;
    uint32_t input_bytes_ = 0;
    std::optional<FreeBuffer> free_input_;
    std::deque<Unit> units_;                // not at the device yet: those of one packet
    std::deque<Sent> sent_;                 // at most kMostSent
    std::optional<uint64_t> first_serial_;  // since the start or a flush

    std::unique_ptr<V4l2Queue> output_;  // null until the device knows the stream
    V4l2Picture picture_;
    V4l2Layout layout_{};
    Rect crop_;
    std::optional<Size> crop_of_;  // coded size that it belongs to; null: the stream's own word
    uint64_t generation_ = 0;
    int least_unsaid_ = 1;  // buffers that the device needs, where its driver does not say
    int most_lent_ = 0;
    bool copied_last_ = false;
    bool said_copies_ = false;

    bool draining_ = false;
    bool stop_sent_ = false;
    bool changing_ = false;  // a source change was announced; pictures before it are still to come
    bool refused_ = false;   // the device takes no more buffers before that
    bool at_last_ = false;   // the buffer marked last was taken
    bool ended_ = false;
    bool outgrown_ = false;  // by pictures of another size, while those before are in use
    std::optional<Error> lost_;
};

}  // namespace vitrine
