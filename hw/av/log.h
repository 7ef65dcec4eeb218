// FFmpeg's log, sent through ours. Thread-safe.
#pragma once

#include <string>

#include "core/log.h"

namespace vitrine::av {

/// From now on FFmpeg's lines go through write_log(). May be called any number of times.
void route_log();

/// FFmpeg calls every broken packet an error; whether something is lost, the one who reads the
/// stream knows and says once. So its errors and warnings are for whoever looks for a fault.
[[nodiscard]] LogLevel log_level_of(int av_level);

/// What libav logs as errors on this thread while it lives, its lines as they come; its log must be
/// routed. The reason of a failure, of which the error number says nothing, is often there. Of the
/// last few lines only; one within another's life hears in its place.
class ErrorsHeard {
  public:
    ErrorsHeard();
    ~ErrorsHeard();
    ErrorsHeard(const ErrorsHeard&) = delete;
    ErrorsHeard& operator=(const ErrorsHeard&) = delete;
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    std::string text_;
    std::string* const outer_;
};

}  // namespace vitrine::av
