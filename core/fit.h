// How a picture fills what it is drawn on, where their proportions differ.
#pragma once

namespace vitrine {

/// contain: all of it, with bars; cover: no bars, what is too much cut off; stretch: filled,
/// whatever that does to the proportions.
enum class Fit { contain, cover, stretch };

}  // namespace vitrine
