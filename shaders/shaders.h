// The text of the GLSL files beside this header. render/shader_library.h puts them together: what
// each piece expects from the one before it is said at its head. Plain values; reentrant.
#pragma once

#include <string_view>

namespace vitrine::shaders {

extern const std::string_view kHostEpilogueFrag;
extern const std::string_view kHostPrologueFrag;
extern const std::string_view kPictureVert;
extern const std::string_view kPrologueFrag;
extern const std::string_view kReadBytePairsFrag;
extern const std::string_view kReadTexelFrag;
extern const std::string_view kSampleExternalFrag;
extern const std::string_view kSampleGrayFrag;
extern const std::string_view kSamplePacked422Frag;
extern const std::string_view kSamplePackedRgbFrag;
extern const std::string_view kSamplePlanarFrag;
extern const std::string_view kSampleSemiPlanarFrag;
extern const std::string_view kColorFrag;

}  // namespace vitrine::shaders
