// Fills in what the stream knows of a picture where the picture itself does not say: its duration,
// HDR, orientation, sample aspect and colors. What nobody says of the colors is guessed once for
// pictures of one size and format, and said. Thread-bound.
#pragma once

#include <optional>
#include <string>

#include "core/stream.h"
#include "decode/decoder.h"
#include "decode/demuxer.h"

namespace vitrine {

class PictureDescription {
  public:
    /// The demuxer must outlive it.
    explicit PictureDescription(const Demuxer& demuxer) : demuxer_(demuxer) {}
    /// source: orientation and sample aspect where neither picture nor stream have their own.
    void complete(DecodedPicture& picture, const SourceInfo& source);

  private:
    [[nodiscard]] ColorSpec resolve(const DecodedPicture& picture, const std::string& name);

    const Demuxer& demuxer_;
    ColorSpec stated_;  // what resolved_ was made of
    PixelFormat stated_format_ = PixelFormat::yuv420p;
    Size stated_size_;
    std::optional<ColorSpec> resolved_;
    std::string said_;  // of the guesses
};

}  // namespace vitrine
