#include "hw/av/error.h"

#include <array>
#include <cerrno>

#include "hw/av/libav.h"

namespace vitrine::av {

std::string error_text(int error) {
    std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
    av_strerror(error, text.data(), text.size());
    return text.data();
}

Errc errc_of(int error) {
    if (error == AVERROR_EXIT) return Errc::interrupted;
    if (error == AVERROR_INVALIDDATA || error == AVERROR_BUG || error == AVERROR_BUG2) {
        return Errc::protocol;
    }
    if (error == AVERROR(ENOMEM)) return Errc::unavailable;
    if (error == AVERROR(ETIMEDOUT)) return Errc::timeout;
    if (error == AVERROR(EINVAL)) return Errc::invalid_argument;
    if (error == AVERROR_DECODER_NOT_FOUND || error == AVERROR_DEMUXER_NOT_FOUND ||
        error == AVERROR_PROTOCOL_NOT_FOUND || error == AVERROR_PATCHWELCOME ||
        error == AVERROR(ENOSYS) || error == AVERROR(ENODEV) || error == AVERROR(ENOENT)) {
        return Errc::unsupported;
    }
    return Errc::io;
}

}  // namespace vitrine::av
