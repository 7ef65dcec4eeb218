// A decoder that hangs on demand, for tests: one of its calls does not return. Reentrant.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "tests/decode/pretended.h"
#include "tests/support/blocked_call.h"

namespace vitrine {

enum class In { open, send, receive, flush, close };

struct StickPlan {
    In in = In::receive;
    int pictures = 20;  // given before it hangs in sending or receiving
    bool lost = false;  // after them the device is lost, and it hangs only in the next such call
    std::shared_ptr<testing::BlockedCall> call;
    std::shared_ptr<std::atomic<int>> opened = std::make_shared<std::atomic<int>>(0);  // times
};

/// A software decoder in the clothes of a device that hangs.
class Sticking final : public Decoder {
  public:
    Sticking(std::unique_ptr<Decoder> real, StickPlan plan)
        : real_(std::move(real)), plan_(std::move(plan)) {}
    ~Sticking() override { stick_in(In::close); }
    std::string name() const override { return "sticking"; }
    std::string storage() const override { return real_->storage(); }
    Result<void> send(AVPacket* packet, uint64_t serial) override {
        if (given_ >= plan_.pictures) stick_in(In::send);
        return real_->send(packet, serial);
    }
    Result<Received> receive() override {
        if (given_ >= plan_.pictures) {
            stick_in(In::receive);
            if (plan_.lost) return fail(Errc::device_lost, "the device hung up");
        }
        auto received = real_->receive();
        if (received && std::holds_alternative<DecodedPicture>(*received)) ++given_;
        return received;
    }
    void flush() override {
        stick_in(In::flush);
        real_->flush();
    }

  private:
    void stick_in(In in) const {
        if (plan_.in == in) plan_.call->enter();
    }

    std::unique_ptr<Decoder> real_;
    const StickPlan plan_;
    int given_ = 0;
};

inline Rung sticking(AVCodecID codec, const StickPlan& plan) {
    Rung rung = software(codec);
    rung.row = "pretended";
    rung.device = "/dev/sticking";
    rung.hardware = true;
    rung.open = [plan, open = rung.open](
                    const Rung& self, const StreamDescription& stream,
                    const MediaOptions& options) -> Result<std::unique_ptr<Decoder>> {
        ++*plan.opened;
        if (plan.in == In::open) plan.call->enter();
        auto decoder = open(self, stream, options);
        if (!decoder) return decoder;
        return std::make_unique<Sticking>(std::move(*decoder), plan);
    };
    return rung;
}

}  // namespace vitrine
