// What FILE names: a path, standard input, a URL or given bytes; what a person should be told of it
// before libavformat gets it; and how its bytes are read where libavformat would wait for them
// without asking whether to go on. Reentrant.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/result.h"
#include "decode/input_reader.h"
#include "decode/stream_reader.h"

namespace vitrine {

struct InputName {
    enum class Kind { path, standard_input, url, given };
    Kind kind = Kind::path;
    std::string target;  // the path or URL; "" for the others
    std::string shown;   // in messages
};

/// "-" is standard input; "file:name" and "file:///name" are paths; a file of that name comes
/// before a URL, for names may hold colons.
[[nodiscard]] InputName parse_input_name(const std::string& file);

/// As libavformat is to be told of it: a path with a colon is no URL.
[[nodiscard]] std::string libavformat_name(const InputName& name);

/// Checks the file, and opens what is to be read by us: named pipes, once there is a writer,
/// standard input, and given bytes. Null for the rest.
/// Errors: io (missing, unreadable, a directory), invalid_argument (empty, a terminal),
/// interrupted.
[[nodiscard]] Result<std::unique_ptr<InputReader>> open_input(
    const InputName& name, const GivenBytes& bytes, const std::function<bool()>& interrupted);

}  // namespace vitrine
