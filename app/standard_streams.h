// Standard input, output and error as they may be: closed, full, or read by someone who has left.
// Reentrant; set up once, at the start.
#pragma once

#include <string_view>

#include "core/result.h"

namespace vitrine {

/// Opens /dev/null in place of what is closed, so that no file that is opened later takes its
/// number (writing to a standard output that was closed is an error still), and ignores SIGPIPE, so
/// that a reader who leaves is an error value.
void prepare_standard_streams();

/// Writes all of it to standard output. A reader who has left (`| head`) has read enough: no error.
/// Errors: io.
[[nodiscard]] Result<void> print(std::string_view text);

/// Writes all of it to standard error, as far as that goes.
void print_to_stderr(std::string_view text);

}  // namespace vitrine
