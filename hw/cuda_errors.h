// What people are told of CUDA's errors, which go by their names: by its driver in calls of ours,
// in libavcodec's log for calls of its own. In every build. Reentrant.
#pragma once

#include <string>
#include <string_view>

namespace vitrine {

/// What is wrong and what a person can do, for "CUDA_ERROR_OUT_OF_MEMORY"; "" when nobody knows.
[[nodiscard]] std::string_view advice_for_cuda(std::string_view error);

/// Of the last call that failed in libav's log ("cuvidMapVideoFrame(...) failed -> ERROR: text"),
/// "cuvidMapVideoFrame: ERROR: advice", as far as it is known; where none failed, what libav found
/// wanting by itself, and advice; "" when it said nothing of CUDA.
[[nodiscard]] std::string explain_cuda_log(std::string_view log);

}  // namespace vitrine
