#include "tests/support/fake_source.h"

#include <algorithm>

namespace vitrine {
namespace {

constexpr Size kSize{16, 16};

class FakeSource final : public FrameSource {
  public:
    FakeSource(FakeSourceOptions options, std::shared_ptr<FakeSourceLog> log)
        : options_(std::move(options)), log_(std::move(log)) {
        info_.name = options_.name;
        info_.visible_size = kSize;
        info_.seekable = options_.seekable;
        info_.tracks = options_.tracks;
        info_.chapters = options_.chapters;
        if (!options_.times.empty()) info_.duration = options_.times.back() + options_.duration;
    }

    const SourceInfo& info() const override { return info_; }
    DecodePath path() const override { return options_.path; }
    SourceCounters counters() const override {
        SourceCounters counters;
        counters.decoded = decoded_;
        counters.passes = options_.passes;
        return counters;
    }

    std::optional<Nanos> pass_length() const override { return options_.pass_length; }

    Result<FramePtr> read() override {
        ++log_->reads;
        if (options_.before_read) options_.before_read();
        if (interrupted_) return fail(Errc::interrupted, "fake: interrupted");
        if (options_.fail_at == next_) return fail(Errc::io, "fake: broken at {}", next_);
        if (next_ >= options_.times.size()) return FramePtr();
        const Nanos pts = options_.times[next_++];
        ++decoded_;
        return make_gray_frame(pts, sequence_++, log_->leases, 16, options_.duration);
    }

    Result<void> seek_to(const SeekTarget& target) override {
        ++log_->seeks;
        if (interrupted_) return fail(Errc::interrupted, "fake: interrupted");
        const auto& times = options_.times;
        auto found = std::lower_bound(times.begin(), times.end(), target.position);
        if (found == times.end() && !times.empty()) --found;
        const bool before = target.kind == SeekTarget::Kind::before;
        if (before && found != times.begin() && *found >= target.position) --found;
        if (target.kind == SeekTarget::Kind::key_frame) {
            const auto index = (found - times.begin()) / options_.key_interval;
            const auto key = times.begin() + index * options_.key_interval;
            if (*key > target.beyond) found = key;
        }
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

    std::shared_ptr<SoundSource> sound() override { return options_.sound; }
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
                         uint8_t level, Nanos duration) {
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
    info.duration = duration;
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
