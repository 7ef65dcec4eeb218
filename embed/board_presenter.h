// Presents by putting pictures up on a board: whoever draws takes them from there. Thread-bound to
// the playing thread.
#pragma once

#include <memory>

#include "embed/picture_board.h"
#include "player/presenter.h"

namespace vitrine {

/// All of them outlive it. Of pictures that nobody showed it tells `statistics`; changed: called
/// after each that was put up.
[[nodiscard]] std::unique_ptr<Presenter> make_board_presenter(PictureBoard& board,
                                                              PlaybackStatistics& statistics,
                                                              std::function<void()> changed);

}  // namespace vitrine
