#include "hw/cuda_errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vitrine {
namespace {

constexpr std::string_view kLost =
    "the GPU is lost to this program; the kernel's log, dmesg, says why under NVRM";
constexpr std::string_view kNotThis =
    "this GPU does not decode such a stream; --hwdec=software does";

struct AdviceRow {
    std::string_view error;
    std::string_view advice;
};
constexpr std::array kAdvice = {
    AdviceRow{"CUDA_ERROR_OUT_OF_MEMORY",
              "the GPU's memory is full; end what else uses it, as nvidia-smi lists it"},
    AdviceRow{"CUDA_ERROR_NO_DEVICE",
              "nvidia-smi says what is wrong with the GPU, and CUDA_VISIBLE_DEVICES may hide it"},
    AdviceRow{"CUDA_ERROR_SYSTEM_DRIVER_MISMATCH",
              "the driver was updated while it ran; restart the machine"},
    AdviceRow{"CUDA_ERROR_NOT_SUPPORTED", kNotThis},
    AdviceRow{"CUDA_ERROR_ILLEGAL_ADDRESS", kLost},
    AdviceRow{"CUDA_ERROR_LAUNCH_FAILED", kLost},
    AdviceRow{"CUDA_ERROR_LAUNCH_TIMEOUT", kLost},
    AdviceRow{"CUDA_ERROR_ECC_UNCORRECTABLE", kLost},
    AdviceRow{"CUDA_ERROR_UNKNOWN",
              "the GPU cannot go on with this stream; --hwdec=software decodes it"},
};

/// What libavcodec finds out by itself, by the beginning of the line that it logs.
constexpr std::string_view kTooLarge =
    "this GPU does not decode pictures of such a size; --hwdec=software does";
constexpr std::array kLines = {
    AdviceRow{"Hardware is lacking required capabilities", kNotThis},
    AdviceRow{"Video width ", kTooLarge},
    AdviceRow{"Video height ", kTooLarge},
    AdviceRow{"Video macroblock count ", kTooLarge},
    AdviceRow{"Primary context already active with incompatible flags",
              "another part of this program uses the GPU in a way that FFmpeg does not share"},
};

/// The last of those lines, with advice; "" when there is none.
std::string explain_line(std::string_view log) {
    while (!log.empty()) {
        if (log.back() == '\n') log.remove_suffix(1);
        const size_t start = log.rfind('\n') + 1;  // of npos, 0
        const std::string_view line = log.substr(start);
        for (const AdviceRow& row : kLines) {
            if (line.rfind(row.error, 0) != 0) continue;
            return fmt::format("{}: {}", line.substr(0, line.find_last_not_of('.') + 1),
                               row.advice);
        }
        log = log.substr(0, start);
    }
    return {};
}

/// The name before the parenthesis: "cuvidMapVideoFrame" of "decoder->cvdl->cuvidMapVideoFrame(x)".
std::string_view called(std::string_view call) {
    const size_t end = std::min(call.find('('), call.size());
    size_t begin = end;
    const auto in_a_name = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    };
    while (begin > 0 && in_a_name(call[begin - 1])) --begin;
    return call.substr(begin, end - begin);
}

}  // namespace

std::string_view advice_for_cuda(std::string_view error) {
    for (const AdviceRow& row : kAdvice) {
        if (row.error == error) return row.advice;
    }
    return {};
}

std::string explain_cuda_log(std::string_view log) {
    constexpr std::string_view kFailed = ") failed";
    constexpr std::string_view kArrow = " -> ";
    const size_t at = log.rfind(kFailed);
    if (at == std::string_view::npos) return explain_line(log);
    const std::string_view before = log.substr(0, at);
    const std::string_view call = called(before.substr(before.rfind('\n') + 1));
    std::string_view error = log.substr(at + kFailed.size());
    if (error.substr(0, kArrow.size()) != kArrow) return fmt::format("{} failed", call);
    error.remove_prefix(kArrow.size());
    error = error.substr(0, error.find_first_of(":\n"));
    const std::string_view advice = advice_for_cuda(error);
    return fmt::format("{}: {}{}{}", call, error, advice.empty() ? "" : ": ", advice);
}

}  // namespace vitrine
