// Errors as values. A function that can fail returns Result<T>; the Errc says what its caller can
// do next, the text says what failed, on which thing, why, and what a person can do about it.
// Reentrant.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace vitrine {

enum class Errc {
    unsupported,       // this way will never work here: try the next one
    unavailable,       // not now: retry later
    invalid_argument,  // the caller or the file is wrong
    io,                // reading or writing failed
    device_lost,       // reopen the device
    timeout,           // nothing came in the time given
    protocol,          // the other side broke the contract
    interrupted,       // asked to stop
};

[[nodiscard]] std::string_view name_of(Errc code);

struct Error {
    Errc code;
    std::string text;
};

template <typename T>
using Result = tl::expected<T, Error>;

using Failure = tl::unexpected<Error>;

/// Makes the failing return value: `return fail(Errc::io, "cannot read {}: {}", path, reason);`
template <typename... Args>
[[nodiscard]] Failure fail(Errc code, fmt::format_string<Args...> text, Args&&... args) {
    return Failure(Error{code, fmt::format(text, std::forward<Args>(args)...)});
}

/// Hands an error on with what was being attempted put before it.
[[nodiscard]] Failure fail_while(std::string_view attempt, const Error& cause);

/// "No such file or directory" for an errno value, without touching locale or shared state.
[[nodiscard]] std::string errno_text(int error_number);

}  // namespace vitrine
