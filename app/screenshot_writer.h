// Screenshots while a film plays: the picture is read back by whoever asks, on the presenter's
// thread, and made a file of on another. One at a time; whoever asks meanwhile is refused.
// Thread-bound but for that other thread, which it owns.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "core/result.h"
#include "render/output.h"

namespace vitrine {

class ScreenshotWriter {
  public:
    ScreenshotWriter() = default;
    ~ScreenshotWriter() { finish(); }
    ScreenshotWriter(const ScreenshotWriter&) = delete;
    ScreenshotWriter& operator=(const ScreenshotWriter&) = delete;

    /// What read_back gives, called at once, goes into the file. The log says where it is, or why
    /// there is none.
    void take(const std::function<Result<Picture>()>& read_back, std::string file);
    /// Waits for the file that is being written.
    void finish();

  private:
    std::atomic<bool> busy_{false};
    std::thread thread_;
};

}  // namespace vitrine
