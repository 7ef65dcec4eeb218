#include "decode/resampler.h"

#include <algorithm>

#include "hw/av/error.h"

namespace vitrine {
namespace {

/// A layout that says only how many channels there are is the usual one of so many.
AVChannelLayout layout_of(const AVFrame& frame) {
    AVChannelLayout out{};
    const AVChannelLayout& given = frame.ch_layout;
    if (given.order == AV_CHANNEL_ORDER_NATIVE) {
        out.order = AV_CHANNEL_ORDER_NATIVE;
        out.nb_channels = given.nb_channels;
        out.u.mask = given.u.mask;
    } else {
        av_channel_layout_default(&out, given.nb_channels);
    }
    return out;
}

}  // namespace

Result<void> SoundResampler::configure(const AVFrame& in, const SoundFormat& wanted) {
    AVChannelLayout from = layout_of(in);
    if (swr_ && in.format == in_format_ && in.sample_rate == in_rate_hz_ && wanted == out_ &&
        av_channel_layout_compare(&from, &in_layout_) == 0) {
        return {};
    }
    AVChannelLayout to{};
    av_channel_layout_default(&to, wanted.channels);
    SwrContext* made = nullptr;
    int status =
        swr_alloc_set_opts2(&made, &to, AV_SAMPLE_FMT_FLT, wanted.rate_hz, &from,
                            static_cast<AVSampleFormat>(in.format), in.sample_rate, 0, nullptr);
    swr_.reset(made);
    if (status >= 0) status = swr_init(swr_.get());
    if (status < 0) {
        swr_.reset();
        return fail(Errc::unsupported, "{} channels at {} Hz cannot be converted: {}",
                    from.nb_channels, in.sample_rate, av::error_text(status));
    }
    in_format_ = in.format;
    in_rate_hz_ = in.sample_rate;
    in_layout_ = from;
    out_ = wanted;
    return {};
}

Result<SoundResampler::Out> SoundResampler::convert(const AVFrame& in, const SoundFormat& wanted) {
    if (auto ok = configure(in, wanted); !ok) return Failure(ok.error());
    return run(const_cast<const uint8_t**>(in.extended_data), in.nb_samples);
}

Result<SoundResampler::Out> SoundResampler::drain() {
    if (!swr_) return Out{};
    return run(nullptr, 0);
}

Result<SoundResampler::Out> SoundResampler::run(const uint8_t** data, int samples) {
    Out out;
    out.delay = Nanos(swr_get_delay(swr_.get(), 1'000'000'000));
    const int room = swr_get_out_samples(swr_.get(), samples);
    if (room < 0) return fail(Errc::unavailable, "resampling: {}", av::error_text(room));
    const auto channels = static_cast<size_t>(out_.channels);
    out.samples.resize(static_cast<size_t>(room) * channels);
    auto* bytes = reinterpret_cast<uint8_t*>(out.samples.data());
    const int made = swr_convert(swr_.get(), &bytes, room, data, samples);
    if (made < 0) return fail(Errc::unavailable, "resampling: {}", av::error_text(made));
    out.samples.resize(static_cast<size_t>(made) * channels);
    return out;
}

Result<std::vector<float>> resampled(std::vector<float> samples, const SoundFormat& from,
                                     const SoundFormat& to) {
    const av::Frame frame(av_frame_alloc());
    if (!frame) return fail(Errc::unavailable, "resampling: no memory");
    const auto channels = static_cast<size_t>(from.channels);
    const size_t count = samples.size() / channels;
    if (count == 0) return samples;
    // Of fewer than its filter is long libswresample makes nothing: the last one is repeated.
    const size_t filter = size_t{64} * static_cast<size_t>(from.rate_hz / to.rate_hz + 1);
    for (size_t i = 0; i < filter * channels; ++i) {
        samples.push_back(samples[samples.size() - channels]);
    }
    frame->format = AV_SAMPLE_FMT_FLT;
    frame->sample_rate = from.rate_hz;
    frame->nb_samples = static_cast<int>(count + filter);
    av_channel_layout_default(&frame->ch_layout, from.channels);
    frame->data[0] = reinterpret_cast<uint8_t*>(samples.data());
    SoundResampler resampler;
    auto out = resampler.convert(*frame, to);
    if (!out) return Failure(out.error());
    const int64_t wanted =
        av_rescale(static_cast<int64_t>(count), to.rate_hz, from.rate_hz) * to.channels;
    out->samples.resize(std::min(out->samples.size(), static_cast<size_t>(wanted)));
    return std::move(out->samples);
}

}  // namespace vitrine
