#include "decode/tempo.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "hw/av/error.h"

namespace vitrine {
namespace {

// A single atempo leaves out samples below a half and skips them above two.
constexpr double kLeast = 0.5;
constexpr double kMost = 2.0;

std::string chain_for(double speed) {
    std::string chain;
    const auto add = [&](double factor) {
        chain += fmt::format("{}atempo={:.9f}", chain.empty() ? "" : ",", factor);
        speed /= factor;
    };
    while (speed < kLeast) add(kLeast);
    while (speed > kMost) add(kMost);
    add(speed);
    return chain;
}

Result<void> check(int status, const char* what) {
    if (status >= 0) return {};
    return fail(Errc::unavailable, "the speed of the sound: {}: {}", what, av::error_text(status));
}

}  // namespace

bool Tempo::follows(const SoundBlock& block, const SoundFormat& format, double speed) const {
    const double expected =
        static_cast<double>(begin_.count()) + static_cast<double>(put_in_) * 1e9 / format_.rate_hz;
    const double gap = static_cast<double>(block.pts.count()) - expected;
    return speed == speed_ && format == format_ && block.epoch == epoch_ &&
           std::abs(gap) <= static_cast<double>(kSeam.count());
}

Result<std::vector<SoundBlock>> Tempo::process(SoundBlock block, const SoundFormat& format,
                                               double speed) {
    std::vector<SoundBlock> out;
    if (graph_ && !follows(block, format, speed)) {
        auto held = drain();
        if (!held) return Failure(held.error());
        if (*held && (*held)->epoch == block.epoch) out.push_back(std::move(**held));
    }
    if (speed == 1.0) {
        out.push_back(std::move(block));
        return out;
    }
    if (!graph_) {
        if (auto ok = begin(block, format, speed); !ok) return Failure(ok.error());
    }
    if (auto ok = send(&block); !ok) return Failure(ok.error());
    auto made = receive();
    if (!made) return Failure(made.error());
    if (!made->samples.empty()) out.push_back(std::move(*made));
    return out;
}

Result<std::optional<SoundBlock>> Tempo::drain() {
    if (!graph_) return std::nullopt;
    if (auto ok = send(nullptr); !ok) return Failure(ok.error());
    auto made = receive();
    graph_.reset();
    if (!made) return Failure(made.error());
    return made->samples.empty() ? std::nullopt : std::optional(std::move(*made));
}

Result<void> Tempo::begin(const SoundBlock& first, const SoundFormat& format, double speed) {
    const auto filters = av::filters();
    if (!filters)
        return fail(Errc::unavailable, "the speed of the sound: {}", filters.error().text);
    filters_ = *filters;
    graph_ = av::FilterGraph(filters_->graph_alloc(), {filters_});
    if (!graph_) return fail(Errc::unavailable, "no memory for the speed of the sound");
    format_ = format;
    speed_ = speed;
    epoch_ = first.epoch;
    begin_ = first.pts;
    put_in_ = taken_ = 0;
    AVChannelLayout layout{};
    av_channel_layout_default(&layout, format.channels);
    std::array<char, 64> layout_name{};
    av_channel_layout_describe(&layout, layout_name.data(), layout_name.size());
    const std::string source =
        fmt::format("time_base=1/{0}:sample_rate={0}:sample_fmt=flt:channel_layout={1}",
                    format.rate_hz, layout_name.data());
    int status = filters_->graph_create_filter(&in_, filters_->get_by_name("abuffer"), "in",
                                               source.c_str(), nullptr, graph_.get());
    if (status >= 0) {
        status = filters_->graph_create_filter(&out_, filters_->get_by_name("abuffersink"), "out",
                                               nullptr, nullptr, graph_.get());
    }
    if (auto ok = check(status, "no filter"); !ok) return ok;
    AVFilterInOut* inputs = filters_->inout_alloc();
    AVFilterInOut* outputs = filters_->inout_alloc();
    if (inputs != nullptr && outputs != nullptr) {
        *outputs = {av_strdup("in"), in_, 0, nullptr};
        *inputs = {av_strdup("out"), out_, 0, nullptr};
        status = filters_->graph_parse(graph_.get(), chain_for(speed).c_str(), &inputs, &outputs,
                                       nullptr);
    } else {
        status = AVERROR(ENOMEM);
    }
    filters_->inout_free(&inputs);
    filters_->inout_free(&outputs);
    if (status >= 0) status = filters_->graph_config(graph_.get(), nullptr);
    return check(status, "atempo");
}

/// Null: there is no more.
Result<void> Tempo::send(const SoundBlock* block) {
    if (block == nullptr) return check(filters_->add_frame(in_, nullptr), "draining");
    const auto channels = static_cast<size_t>(format_.channels);
    const av::Frame frame(av_frame_alloc());
    if (!frame) return fail(Errc::unavailable, "no memory for the speed of the sound");
    frame->format = AV_SAMPLE_FMT_FLT;
    frame->sample_rate = format_.rate_hz;
    frame->nb_samples = static_cast<int>(block->samples.size() / channels);
    frame->pts = put_in_;
    av_channel_layout_default(&frame->ch_layout, format_.channels);
    if (auto ok = check(av_frame_get_buffer(frame.get(), 0), "no memory"); !ok) return ok;
    auto* samples = reinterpret_cast<float*>(frame->data[0]);
    std::copy(block->samples.begin(), block->samples.end(), samples);
    put_in_ += frame->nb_samples;
    return check(filters_->add_frame(in_, frame.get()), "feeding");
}

Result<SoundBlock> Tempo::receive() {
    SoundBlock block;
    block.speed = speed_;
    block.epoch = epoch_;
    block.pts =
        begin_ + Nanos(std::llround(static_cast<double>(taken_) * 1e9 / format_.rate_hz * speed_));
    const av::Frame frame(av_frame_alloc());
    if (!frame) return fail(Errc::unavailable, "no memory for the speed of the sound");
    while (true) {
        const int status = filters_->get_frame(out_, frame.get());
        if (status == AVERROR(EAGAIN) || status == AVERROR_EOF) return block;
        if (auto ok = check(status, "taking"); !ok) return Failure(ok.error());
        const auto* samples = reinterpret_cast<const float*>(frame->data[0]);
        const auto count = static_cast<size_t>(frame->nb_samples);
        block.samples.insert(block.samples.end(), samples,
                             samples + count * static_cast<size_t>(format_.channels));
        taken_ += frame->nb_samples;
        av_frame_unref(frame.get());
    }
}

}  // namespace vitrine
