// What holds of an item's options, whoever wrote them. Reentrant.
#pragma once

#include "player/playlist_item.h"

namespace vitrine::fuzz {

void look_at_options(const ItemOptions& options);

}  // namespace vitrine::fuzz
