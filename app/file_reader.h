// A file that is read whole, if it is not too large. Reentrant.
#pragma once

#include <optional>
#include <string>

#include "core/result.h"

namespace vitrine {

/// None where there is no such file. Errors: invalid_argument for what is no regular file, is
/// larger than `most` bytes or cannot be read, with its path.
[[nodiscard]] Result<std::optional<std::string>> read_text_file(const std::string& path,
                                                                size_t most);

}  // namespace vitrine
