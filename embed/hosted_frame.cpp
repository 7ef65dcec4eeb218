#include "embed/hosted_frame.h"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "core/display_size.h"

namespace vitrine {

Result<std::unique_ptr<HostedFrame>> HostedFrame::take(std::shared_ptr<HostedPlayer> player) {
    auto place = player->add_frame();
    if (!place) return Failure(place.error());
    PictureBoard::Posted newest = player->board().take();
    if (!newest.frame) return fail(Errc::unavailable, "there is no picture yet");
    return std::unique_ptr<HostedFrame>(
        new HostedFrame(std::move(player), std::move(*place), std::move(newest)));
}

Size HostedFrame::display_size() const {
    const FrameInfo& info = picture().info();
    return vitrine::display_size({info.crop.width, info.crop.height}, info.sample_aspect,
                                 info.orientation);
}

Result<Picture> HostedFrame::copy_rgba(Size size) const {
    return player_->copier().copy(posted_, size);
}

void HostedFrame::note_presented(Nanos when) const {
    const Nanos moment = when > Nanos{0} ? when : player_->clock().now();
    player_->board().note_shown(posted_.number, {}, moment);
}

Result<void> HostedFrame::release_after(int fence) {
    UniqueFd kept(fcntl(fence, F_DUPFD_CLOEXEC, 0));
    if (!kept && errno == EBADF) {
        return fail(Errc::invalid_argument, "the release fence {} is no descriptor", fence);
    }
    if (!kept) return fail(Errc::unavailable, "the release fence: {}", errno_text(errno));
    player_->give_back(std::move(posted_.frame), std::move(place_), std::move(kept));
    return {};
}

}  // namespace vitrine
