#include "app/version.h"

#include <fmt/format.h>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libswscale/swscale.h>
}

namespace vitrine {
namespace {

std::string library_version(std::string_view name, unsigned packed) {
    return fmt::format("  {} {}.{}.{}\n", name, AV_VERSION_MAJOR(packed), AV_VERSION_MINOR(packed),
                       AV_VERSION_MICRO(packed));
}

}  // namespace

std::string ffmpeg_version() {
    return av_version_info();
}

std::string version_text() {
    std::string text = fmt::format("vitrine {}\nLicence: Apache-2.0\nFFmpeg {} ({})\n",
                                   program_version(), ffmpeg_version(), avcodec_license());
    text += library_version("libavformat", avformat_version());
    text += library_version("libavcodec", avcodec_version());
    text += library_version("libavutil", avutil_version());
    text += library_version("libswscale", swscale_version());
    return text;
}

}  // namespace vitrine
