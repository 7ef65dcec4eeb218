// A picture that a host has taken for what it does with it in its own way: a lease on the memory
// that it was decoded into. The player stays as long as this does. Immutable; reentrant.
#pragma once

#include <memory>

#include "embed/hosted_player.h"

namespace vitrine {

class HostedFrame {
  public:
    /// The picture that is to be seen now. Errors: unavailable before the first, and where as many
    /// are taken as the player was made for.
    [[nodiscard]] static Result<std::unique_ptr<HostedFrame>> take(
        std::shared_ptr<HostedPlayer> player);

    [[nodiscard]] const VideoFrame& picture() const { return *posted_.frame; }
    [[nodiscard]] uint64_t number() const { return posted_.number; }  // from 1

    /// The size at which it is shown pixel by pixel, upright and with square pixels.
    [[nodiscard]] Size display_size() const;
    /// As PictureCopier's.
    [[nodiscard]] Result<Picture> copy_rgba(Size size) const;
    /// It is seen from this moment on; 0: now.
    void note_presented(Nanos when) const;
    /// To be destroyed after this succeeded: until the fence, which is borrowed, is readable for
    /// poll(2), the memory stays as it is. Errors: invalid_argument for what is no descriptor;
    /// unavailable when there is none left.
    [[nodiscard]] Result<void> release_after(int fence);

  private:
    HostedFrame(std::shared_ptr<HostedPlayer> player, std::shared_ptr<void> place,
                PictureBoard::Posted posted)
        : player_(std::move(player)), place_(std::move(place)), posted_(std::move(posted)) {}

    const std::shared_ptr<HostedPlayer> player_;
    std::shared_ptr<void> place_;  // among its frames
    PictureBoard::Posted posted_;
};

}  // namespace vitrine
