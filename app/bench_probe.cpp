#include "app/bench_probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vitrine {
namespace {

constexpr int kAcross = 32;  // places that are looked at
constexpr int kDown = 18;

/// Where a component lies: in which view, and as which part of its texels.
struct ComponentPlace {
    size_t view = 0;
    size_t part = 0;
};

size_t part_of(char letter) {
    return std::string_view("rgba").find(letter);
}

ComponentPlace place_of(const PixelFormatInfo& format, size_t component) {
    switch (format.layout) {
        case SampleLayout::planar:
            // Planar RGB lies as G, B, R.
            if (format.model == ColorModel::rgb && component < 3) return {(component + 2) % 3, 0};
            return {component, 0};
        case SampleLayout::semi_planar:
            if (component == 0) return {0, 0};
            return {1, part_of(format.components[component - 1])};
        case SampleLayout::packed:
            return {component == 0 || format.view_count == 1 ? size_t{0} : size_t{1},
                    part_of(format.components[component])};
        case SampleLayout::single:
            break;
    }
    return {};
}

}  // namespace

struct PictureProbe::Planes {
    std::array<CpuPlane, 4> planes;
    Size size;

    static Result<Planes> of(const VideoFrame& frame) {
        const auto planes = cpu_planes(frame);
        if (!planes) return fail(Errc::unsupported, "the CPU does not see what was decoded");
        return Planes{*planes, frame.coded_size()};
    }
    /// As textures give it.
    [[nodiscard]] double sample(const PixelFormatInfo& format, const ComponentPlace& place, int x,
                                int y) const {
        const PlaneView& view = format.views[place.view];
        const CpuPlane& plane = planes[view.memory_plane];
        x = std::clamp(x, 0, subsampled(size.width, view.x_shift) - 1);
        y = std::clamp(y, 0, subsampled(size.height, view.y_shift) - 1);
        const size_t bytes = format.depth > 8 ? 2 : 1;
        const std::byte* at = plane.data + size_t{plane.pitch} * static_cast<size_t>(y) +
                              static_cast<size_t>(x * bytes_of(view.texel)) + place.part * bytes;
        const auto low = std::to_integer<unsigned>(at[0]);
        if (bytes == 1) return low / 255.0;
        return (low | std::to_integer<unsigned>(at[1]) << 8) / 65535.0;
    }
};

double ColorRange::gap_to(const ColorRange& other) const {
    double gap = -256;
    for (size_t i = 0; i < low.size(); ++i)
        gap = std::max({gap, low[i] - other.high[i], other.low[i] - high[i]});
    return gap;
}

double ColorRange::width() const {
    double width = 0;
    for (size_t i = 0; i < low.size(); ++i) width = std::max(width, high[i] - low[i]);
    return width;
}

std::string ProbedPixel::wrong(const std::array<uint8_t, 4>& rgba, bool external) const {
    const ColorRange& wanted = external ? by_driver : color;
    for (size_t i = 0; i < wanted.low.size(); ++i) {
        if (rgba[i] >= wanted.low[i] && rgba[i] <= wanted.high[i]) continue;
        const auto middle = [&](size_t channel) {
            return (wanted.low[channel] + wanted.high[channel]) / 2;
        };
        return fmt::format("a pixel is {},{},{} in place of {:.0f},{:.0f},{:.0f}", rgba[0], rgba[1],
                           rgba[2], middle(0), middle(1), middle(2));
    }
    return "";
}

PictureProbe::PictureProbe(const FrameInfo& shown, PixelFormat format, Size target,
                           size_t remembered)
    : format_(info(format)),
      crop_(shown.crop),
      target_(target),
      remembered_(remembered),
      transform_(make_color_transform(shown.color, format)),
      chroma_(chroma_offset(shown.color.chroma_site, format)) {
    for (int y = 0; y < kDown; ++y) {
        for (int x = 0; x < kAcross; ++x)
            places_.push_back({target.width * (2 * x + 1) / (2 * kAcross),
                               target.height * (2 * y + 1) / (2 * kDown)});
    }
}

/// The samples of a view that GL_LINEAR takes: two by two from here on, and how far towards the
/// second of each.
struct PictureProbe::Neighbours {
    ComponentPlace place;
    int left = 0, top = 0;
    double right_share = 0, lower_share = 0;
};

PictureProbe::Neighbours PictureProbe::around(int component, const std::array<int, 2>& at) const {
    Neighbours out;
    out.place = place_of(format_, static_cast<size_t>(component));
    const PlaneView& view = format_.views[out.place.view];
    const bool is_chroma = component == 1 || component == 2;
    const auto split = [](double luma, int shift, int& whole, double& share) {
        const double samples = luma / (1 << shift) - 0.5;
        whole = static_cast<int>(std::floor(samples));
        share = samples - whole;
    };
    const double x = crop_.x + (at[0] + 0.5) * crop_.width / target_.width;
    const double y = crop_.y + (at[1] + 0.5) * crop_.height / target_.height;
    split(is_chroma ? x - chroma_.x : x, view.x_shift, out.left, out.right_share);
    split(is_chroma ? y - chroma_.y : y, view.y_shift, out.top, out.lower_share);
    return out;
}

/// By our filter: what it gives, and to each side a quarter of how far the samples are apart, for
/// GPUs split them into few steps only. By any: of all samples there, and one more on each side.
std::array<double, 2> PictureProbe::range_of(const Planes& planes, int component,
                                             const std::array<int, 2>& at, Filter by) const {
    const Neighbours of = around(component, at);
    const int more = by == Filter::any ? 1 : 0;
    double least = 1;
    double most = 0;
    double mixed = 0;
    for (int y = -more; y < 2 + more; ++y) {
        for (int x = -more; x < 2 + more; ++x) {
            const double value = planes.sample(format_, of.place, of.left + x, of.top + y);
            least = std::min(least, value);
            most = std::max(most, value);
            mixed += value * (x == 0 ? 1 - of.right_share : of.right_share) *
                     (y == 0 ? 1 - of.lower_share : of.lower_share);
        }
    }
    if (by == Filter::any) return {least, most};
    const double unsure = (most - least) / 4;
    return {std::max(mixed - unsure, 0.0), std::min(mixed + unsure, 1.0)};
}

ColorRange PictureProbe::color_of(const Planes& planes, const std::array<int, 2>& at,
                                  Filter by) const {
    std::array<std::array<double, 2>, 3> samples{};
    const int components = format_.model == ColorModel::gray ? 1 : 3;
    for (int i = 0; i < components; ++i)
        samples[static_cast<size_t>(i)] = range_of(planes, i, at, by);
    // Over black.
    std::array<double, 2> alpha{1, 1};
    if (format_.has_alpha) {
        const double opaque =
            format_.depth == 8 ? 1 : (((1 << format_.depth) - 1) << format_.left_shift) / 65535.0;
        alpha = range_of(planes, 3, at, by);
        for (double& share : alpha) share = std::min(share / opaque, 1.0);
    }
    ColorRange out;
    for (size_t row = 0; row < 3; ++row) {
        double low = transform_.offset[row];
        double high = low;
        for (size_t column = 0; column < 3; ++column) {
            const double factor = transform_.matrix[row * 3 + column];
            const auto& of = samples[column];
            low += factor * of[factor < 0 ? 1 : 0];
            high += factor * of[factor < 0 ? 0 : 1];
        }
        out.low[row] = 255 * std::clamp(low, 0.0, 1.0) * alpha[0] - kBenchTolerance;
        out.high[row] = 255 * std::clamp(high, 0.0, 1.0) * alpha[1] + kBenchTolerance;
    }
    return out;
}

Result<ProbedPixel> PictureProbe::choose(const VideoFrame& frame) {
    const auto planes = Planes::of(frame);
    if (!planes) return Failure(planes.error());
    std::vector<ColorRange> colors;
    ProbedPixel best;
    double best_gap = -1e9;
    for (size_t i = 0; i < places_.size(); ++i) {
        colors.push_back(color_of(*planes, places_[i], Filter::ours));
        // Of a first picture, where it is smoothest.
        double gap = before_.empty() ? -colors.back().width() : 256;
        for (const auto& old : before_) gap = std::min(gap, colors.back().gap_to(old[i]));
        if (gap <= best_gap) continue;
        best_gap = gap;
        best = {places_[i], colors.back(), {}, gap > 0};
    }
    best.by_driver = color_of(*planes, best.at, Filter::any);
    before_.push_back(std::move(colors));
    if (before_.size() > remembered_) before_.pop_front();
    return best;
}

std::string PictureProbe::wrong_copy(const VideoFrame& copy, const VideoFrame& frame,
                                     const ProbedPixel& pixel) const {
    const auto seen = Planes::of(copy);
    const auto wanted = Planes::of(frame);
    if (!seen || !wanted) return "the copy is out of sight";
    const int components = format_.model == ColorModel::gray ? 1 : format_.has_alpha ? 4 : 3;
    for (int i = 0; i < components; ++i) {
        if (range_of(*seen, i, pixel.at, Filter::any) !=
            range_of(*wanted, i, pixel.at, Filter::any))
            return fmt::format("component {} of the copy is not what was decoded", i);
    }
    return "";
}

}  // namespace vitrine
