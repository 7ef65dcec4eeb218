#include "core/result.h"

#include <system_error>

namespace vitrine {

std::string_view name_of(Errc code) {
    switch (code) {
        case Errc::unsupported:
            return "unsupported";
        case Errc::unavailable:
            return "unavailable";
        case Errc::invalid_argument:
            return "invalid argument";
        case Errc::io:
            return "i/o";
        case Errc::device_lost:
            return "device lost";
        case Errc::timeout:
            return "timeout";
        case Errc::protocol:
            return "protocol";
        case Errc::interrupted:
            return "interrupted";
    }
    return "unknown";
}

Failure fail_while(std::string_view attempt, const Error& cause) {
    return fail(cause.code, "{}: {}", attempt, cause.text);
}

std::string errno_text(int error_number) {
    return std::generic_category().message(error_number);
}

}  // namespace vitrine
