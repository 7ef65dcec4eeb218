#include "app/screenshot_writer.h"

#include <utility>

#include "app/screenshot.h"
#include "core/log.h"

namespace vitrine {

void ScreenshotWriter::take(const std::function<Result<Picture>()>& read_back, std::string file) {
    if (busy_) {
        log_warning("no screenshot in {}: the one before is still being written", file);
        return;
    }
    finish();
    auto picture = read_back();
    if (!picture) {
        (void)save_screenshot(picture, file);
        return;
    }
    busy_ = true;
    thread_ = std::thread([this, picture = std::move(*picture), file = std::move(file)] {
        (void)save_screenshot(picture, file);
        busy_ = false;
    });
}

void ScreenshotWriter::finish() {
    if (thread_.joinable()) thread_.join();
}

}  // namespace vitrine
