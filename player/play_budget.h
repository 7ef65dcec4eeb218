// How many frames playing holds at a time: what pools are made for. Constants.
#pragma once

#include <cstddef>

#include "player/presenter.h"

namespace vitrine {

inline constexpr size_t kQueueCapacity = 3;  // frames decoded ahead of the one being shown
/// What each source's pools must be able to lend: the queue, the frames on the GPU, the one that
/// stays on the screen, and the one in the reading thread's hands.
inline constexpr int kFramesHeld = static_cast<int>(kQueueCapacity + kFramesInFlight) + 2;
/// Sources that are open at a time, each with a pool of its own: the one that plays and the next.
/// The one before may be closing meanwhile; the frames that are still shown of it it lent before.
inline constexpr int kSourcesOpen = 2;

}  // namespace vitrine
