// Rungs for tests of falling back: a decoder that fails on demand stands in for the hardware.
// Reentrant.
#pragma once

#include <memory>

#include "decode/ladder.h"

namespace vitrine {

/// When a decoder is to fail.
struct Plan {
    bool opens = true;
    int good_pictures = 1000;  // before it fails
    int failures = 1'000'000;  // and then works again
    bool swallows = false;     // it fails by taking packets and giving nothing
    Errc error = Errc::io;
};

/// A software decoder in the clothes of a hardware one.
class Failing final : public Decoder {
  public:
    Failing(std::unique_ptr<Decoder> real, Plan plan) : real_(std::move(real)), plan_(plan) {}
    std::string name() const override { return "failing"; }
    std::string storage() const override { return real_->storage(); }
    Result<void> send(AVPacket* packet, uint64_t serial) override {
        return real_->send(packet, serial);
    }
    Result<Received> receive() override {
        while (true) {
            auto received = real_->receive();
            if (!received || !std::holds_alternative<DecodedPicture>(*received)) return received;
            const int number = given_++;
            const bool good =
                number < plan_.good_pictures || number >= plan_.good_pictures + plan_.failures;
            if (good) return received;
            if (!plan_.swallows) return fail(plan_.error, "the device hung up");
        }
    }
    void flush() override { real_->flush(); }

  private:
    std::unique_ptr<Decoder> real_;
    const Plan plan_;
    int given_ = 0;
};

inline Rung software(AVCodecID codec) {
    return software_rungs(codec, {})->back();
}

/// dma_bufs: its pictures are in the pool of options.pool, as a device's are.
inline Rung failing(AVCodecID codec, const Plan& plan, bool dma_bufs = false) {
    Rung rung = software(codec);
    rung.row = "pretended";
    rung.hardware = true;
    rung.pooled = dma_bufs;
    rung.open = [plan, open = rung.open](
                    const Rung& self, const StreamDescription& stream,
                    const MediaOptions& options) -> Result<std::unique_ptr<Decoder>> {
        if (!plan.opens) return fail(Errc::unsupported, "there is no such device");
        auto decoder = open(self, stream, options);
        if (!decoder) return decoder;
        return std::make_unique<Failing>(std::move(*decoder), plan);
    };
    return rung;
}

}  // namespace vitrine
