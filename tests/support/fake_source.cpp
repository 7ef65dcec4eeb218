#include "tests/support/fake_source.h"

#include <algorithm>

namespace vitrine {
namespace {

constexpr Size kSize{16, 16};

class FakeSource final : public FrameSource {
  public:
    FakeSource(FakeSourceOptions options, std::shared_ptr<FakeSourceLog> log)
        : options_(std::move(options)), log_(std::move(log)) {
        info_.name = "fake";
        info_.visible_size = kSize;
        info_.seekable = options_.seekable;
        if (!options_.times.empty()) info_.duration = options_.times.back();
    }

    const SourceInfo& info() const override { return info_; }
    DecodePath path() const override { return {"fake", false, "memory", {}}; }
    SourceCounters counters() const override {
        SourceCounters counters;
        counters.decoded = decoded_;
        return counters;
    }

    Result<FramePtr> read() override {
        ++log_->reads;
        if (interrupted_) return fail(Errc::interrupted, "fake: interrupted");
        if (options_.fail_at == next_) return fail(Errc::io, "fake: broken at {}", next_);
        if (next_ >= options_.times.size()) return FramePtr();
        const Nanos pts = options_.times[next_++];
        ++decoded_;
        return make_gray_frame(pts, sequence_++, log_->leases);
    }

    Result<void> seek(Nanos position) override {
        ++log_->seeks;
        if (interrupted_) return fail(Errc::interrupted, "fake: interrupted");
        const auto& times = options_.times;
        auto found = std::lower_bound(times.begin(), times.end(), position);
        if (found == times.end() && !times.empty()) --found;
        next_ = static_cast<size_t>(found - times.begin());
        return {};
    }

    Result<void> refuse_path(std::string_view reason, uint64_t first_failed_sequence) override {
        ++log_->refusals;
        if (--options_.rungs > 0) {
            // Frames since a seek follow one another.
            const uint64_t again = sequence_ - std::min(sequence_, first_failed_sequence);
            next_ -= std::min<size_t>(next_, again);
            sequence_ -= again;
            return {};
        }
        return fail(Errc::unsupported, "no other decoder is left: {}", reason);
    }

    void interrupt() override { interrupted_ = true; }

  private:
    FakeSourceOptions options_;
    std::shared_ptr<FakeSourceLog> log_;
    SourceInfo info_;
    size_t next_ = 0;
    uint64_t sequence_ = 0;
    std::atomic<uint64_t> decoded_{0};
    std::atomic<bool> interrupted_{false};
};

}  // namespace

FramePtr make_gray_frame(Nanos pts, uint64_t sequence, std::shared_ptr<std::atomic<int>> leases,
                         uint8_t level) {
    if (leases) ++*leases;
    std::shared_ptr<std::vector<std::byte>> pixels(
        new std::vector<std::byte>(kSize.width * kSize.height, std::byte{level}),
        [leases](auto* memory) {
            if (leases) --*leases;
            delete memory;
        });
    auto storage = make_cpu_frame(PixelFormat::gray, kSize, {{{pixels->data(), kSize.width}}});
    FrameInfo info;
    info.crop = {0, 0, kSize.width, kSize.height};
    info.pts = pts;
    info.sequence = sequence;
    info.color = resolve_color({}, PixelFormat::gray, kSize).color;
    return make_frame(info, *storage, pixels).value();
}

std::unique_ptr<FrameSource> make_fake_source(FakeSourceOptions options,
                                              std::shared_ptr<FakeSourceLog> log) {
    return std::make_unique<FakeSource>(std::move(options), std::move(log));
}

std::vector<Nanos> even_times(size_t count, Nanos distance) {
    std::vector<Nanos> times;
    for (size_t i = 0; i < count; ++i) times.push_back(distance * static_cast<int64_t>(i));
    return times;
}

}  // namespace vitrine
