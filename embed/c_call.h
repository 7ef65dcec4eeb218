// What the functions of the C API have in common: what comes from outside is checked, what a call
// returns becomes a status and a text, and no exception leaves. The text is the thread's own.
// Thread-safe.
#pragma once

#include <algorithm>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "core/result.h"
#include "embed/hosted_player.h"
#include "embed/include/vitrine/vitrine.h"

struct vitrine_player {
    std::shared_ptr<vitrine::HostedPlayer> player;
};

namespace vitrine {

/// Keeps both for vitrine_error_code() and vitrine_error_text().
int refuse(int status, std::string text);
int status_of(Errc code);
int status_of(const Result<void>& result);
template <typename T>
int status_of_failed(const Result<T>& result) {
    return status_of(Result<void>(Failure(result.error())));
}
int null_argument(const char* what);

/// A program that says nothing of the log wants to hear of what goes wrong.
void quieten_log_once();

/// From now on there are threads, which a child of this process does not have.
void note_process();
/// Errors: wrong thread, as a status, in a child of a process that was noted.
int in_process();

/// Calls, and turns an exception, which can only be a library's, into a status. Does not where
/// in_process() says so: what a thread that is missing held is held for ever.
template <typename Call>
int guarded(Call call) noexcept {
    try {
        if (const int away = in_process(); away != VITRINE_OK) return away;
        return call();
    } catch (const std::exception& thrown) {
        return refuse(VITRINE_ERROR_INTERNAL, thrown.what());
    } catch (...) {
        return refuse(VITRINE_ERROR_INTERNAL, "an unknown exception");
    }
}

/// What a struct took in the first release that had it: none has been, so that is what it takes
/// now. One that grows afterwards says here what that was.
template <typename T>
constexpr size_t kFirstSize = sizeof(T);

/// How much of a caller's struct we know, be it of an earlier version or of a later one. Errors:
/// invalid_argument where it is of none.
template <typename T>
Result<size_t> known_size(const T& given, const char* what) {
    constexpr size_t kLongest = 4096;
    if (given.size >= kFirstSize<T> && given.size <= kLongest) {
        return std::min(given.size, sizeof(T));
    }
    return fail(Errc::invalid_argument, "{}: size is {}, not sizeof, which is {}", what, given.size,
                sizeof(T));
}

/// What the caller's version does not have is zero; what we do not know must be. NULL: all is zero.
/// Errors: invalid_argument.
template <typename T>
Result<T> read_struct(const T* given, const char* what) {
    T read{};
    if (given == nullptr) return read;
    const auto known = known_size(*given, what);
    if (!known) return Failure(known.error());
    const auto* bytes = reinterpret_cast<const unsigned char*>(given);
    const auto is_set = [](unsigned char byte) { return byte != 0; };
    if (std::any_of(bytes + *known, bytes + given->size, is_set)) {
        return fail(Errc::invalid_argument, "{}: a size of {} bytes, of which {} are known", what,
                    given->size, sizeof(T));
    }
    std::memcpy(&read, given, *known);
    return read;
}

/// What is asked for goes into a struct of the caller, as far as that knows it. Errors:
/// invalid_argument.
template <typename T>
Result<void> write_struct(T* out, T value, const char* what) {
    const auto known = known_size(*out, what);
    if (!known) return Failure(known.error());
    value.size = out->size;
    std::memcpy(out, &value, *known);
    return {};
}

}  // namespace vitrine
