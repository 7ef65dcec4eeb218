// An input as a row of small decisions. Plain values; reentrant.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace vitrine::fuzz {

class Script {
  public:
    /// What comes after the end.
    enum class End { zeros, again };
    explicit Script(std::span<const uint8_t> bytes, End end = End::zeros)
        : bytes_(bytes), end_(end) {}

    /// Whether every byte was taken.
    [[nodiscard]] bool ended() const { return at_ >= bytes_.size(); }
    uint8_t byte() {
        if (bytes_.empty()) return 0;
        if (ended()) {
            if (end_ == End::zeros) return 0;
            at_ = 0;
        }
        return bytes_[at_++];
    }
    /// Up to so many bytes, as they are.
    std::span<const uint8_t> bytes(size_t most) {
        if (ended()) return {};
        const auto out = bytes_.subspan(at_, std::min(most, bytes_.size() - at_));
        at_ += out.size();
        return out;
    }
    std::span<const uint8_t> rest() { return bytes(bytes_.size()); }
    /// A number of the kind that programs stumble over, or any.
    uint32_t number() {
        constexpr std::array<uint32_t, 16> kEdges = {
            0,      1,       2,       3,         5,          16,         63,         64,
            0x1000, 0x10000, 1 << 20, 1U << 24U, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff};
        const uint8_t chosen = byte();
        if (chosen < 128) return kEdges[chosen % kEdges.size()];
        uint32_t out = 0;
        for (int i = 0; i < chosen % 4 + 1; ++i) out = out << 8U | byte();
        return out;
    }

  private:
    std::span<const uint8_t> bytes_;
    End end_;
    size_t at_ = 0;
};

}  // namespace vitrine::fuzz
