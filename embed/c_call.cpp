#include "embed/c_call.h"

#include <unistd.h>

#include <atomic>
#include <mutex>

#include "core/log.h"

namespace vitrine {
namespace {

thread_local std::string last_error;
thread_local int last_status = VITRINE_OK;  // that was refused
std::atomic<pid_t> process{0};              // that made the first player; 0: none did

}  // namespace

int status_of(Errc code) {
    switch (code) {
        case Errc::unsupported:
            return VITRINE_ERROR_UNSUPPORTED;
        case Errc::unavailable:
            return VITRINE_ERROR_UNAVAILABLE;
        case Errc::invalid_argument:
            return VITRINE_ERROR_INVALID_ARGUMENT;
        case Errc::io:
            return VITRINE_ERROR_IO;
        case Errc::device_lost:
            return VITRINE_ERROR_DEVICE_LOST;
        case Errc::timeout:
            return VITRINE_ERROR_TIMEOUT;
        case Errc::protocol:
            return VITRINE_ERROR_PROTOCOL;
        case Errc::interrupted:
            return VITRINE_ERROR_INTERRUPTED;
    }
    return VITRINE_ERROR_INTERNAL;
}

int refuse(int status, std::string text) {
    last_error = std::move(text);
    last_status = status;
    return status;
}

int status_of(const Result<void>& result) {
    return result ? VITRINE_OK : refuse(status_of(result.error().code), result.error().text);
}

int null_argument(const char* what) {
    return refuse(VITRINE_ERROR_INVALID_ARGUMENT, fmt::format("{} is NULL", what));
}

void quieten_log_once() {
    static std::once_flag once;
    std::call_once(once, [] { set_log_level(LogLevel::warning); });
}

void note_process() {
    pid_t none = 0;
    (void)process.compare_exchange_strong(none, getpid());
}

int in_process() {
    const pid_t noted = process;
    if (noted == 0 || noted == getpid()) return VITRINE_OK;
    return refuse(VITRINE_ERROR_WRONG_THREAD,
                  "this is a child by fork(2) of the process whose players play");
}

}  // namespace vitrine

using namespace vitrine;

uint32_t vitrine_api_version(void) {
    return VITRINE_API_VERSION;
}

const char* vitrine_error_text(void) {
    return last_error.c_str();
}

int vitrine_error_code(void) {
    return last_status;
}

void vitrine_set_log(vitrine_log_level level,
                     void (*log)(void* user, vitrine_log_level level, const char* line),
                     void* user) {
    (void)guarded([&] {
        quieten_log_once();
        set_log_level(static_cast<LogLevel>(std::clamp<int>(level, 0, VITRINE_LOG_TRACE)));
        if (log == nullptr) {
            set_log_sink({});
            return 0;
        }
        set_log_sink([log, user](LogLevel of_line, std::string_view line) {
            log(user, static_cast<vitrine_log_level>(of_line), std::string(line).c_str());
        });
        return 0;
    });
}
