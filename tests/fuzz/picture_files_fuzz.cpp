// The file of a picture, or of an animation, that a stranger made, opened and shown as an item of a
// list is. An input is the file's ending, a number of kEndings, and the file. What libavformat
// takes for a film is none.
#include <algorithm>
#include <array>
#include <fstream>

#include "core/clock.h"
#include "core/log.h"
#include "decode/media_source.h"
#include "decode/still_picture.h"
#include "tests/fuzz/hasty_clock.h"
#include "tests/fuzz/looking.h"
#include "tests/fuzz/script.h"
#include "tests/fuzz/target.h"
#include "tests/support/temporary_folder.h"

namespace vitrine::fuzz {
namespace {

/// libavformat goes by the contents first; without a known beginning, by these.
constexpr std::array kEndings = {"",     ".png", ".jpg", ".webp", ".bmp", ".gif", ".tiff", ".tga",
                                 ".pcx", ".exr", ".jp2", ".jxl",  ".jls", ".ppm", ".dpx",  ".apng"};
constexpr Nanos kShown = std::chrono::seconds(3);
constexpr int kLargestSide = 16384;  // as open_media has it
constexpr int kMostLookedAt = 40;    // of an animation's pictures

void write_bytes(const std::string& path, std::span<const uint8_t> bytes) {
    std::ofstream file(path, std::ios::binary);
    for (const uint8_t byte : bytes) file.put(static_cast<char>(byte));
    file.close();
    require(!file.fail(), "a file can be written");
}

bool is_picture(const std::string& path, std::span<const uint8_t> bytes) {
    std::vector<uint8_t> padded(bytes.begin(), bytes.end());
    padded.resize(bytes.size() + AVPROBE_PADDING_SIZE);
    AVProbeData data{path.c_str(), padded.data(), static_cast<int>(bytes.size()), nullptr};
    const AVInputFormat* format = av_probe_input_format(&data, 1);
    return format == nullptr || is_picture_container(*format);
}

void check(const VideoFrame& frame) {
    const Size size = frame.coded_size();
    require(size.width <= kLargestSide && size.height <= kLargestSide, "sides are bounded");
    require(int64_t{size.width} * size.height <= kMostPixelsOfPicture, "pixels are bounded");
    look_at(frame.storage());
}

void check(const Error& error, const std::string& path) {
    require(error.code == Errc::invalid_argument || error.code == Errc::protocol ||
                error.code == Errc::io,
            "the file is at fault");
    require(error.text.starts_with(path + ": "), "an error says where it is");
}

/// Returns the number of pictures.
int show(FrameSource& source, const std::string& path) {
    Nanos last{-1};
    for (int shown = 0; shown < kMostLookedAt; ++shown) {
        const auto frame = source.read();
        if (!frame) {
            check(frame.error(), path);
            return shown;
        }
        if (!*frame) {
            require(shown > 0, "a picture that was proved comes");
            return shown;
        }
        const FrameInfo& info = (*frame)->info();
        require(info.pts > last, "time goes on");
        last = info.pts;
        require(!source.info().still || shown == 0, "a still picture is one");
        require(!source.info().still || info.duration == kShown, "and lasts as long as is said");
        check(**frame);
    }
    return kMostLookedAt;
}

int open_and_show(const std::string& path) {
    static const HastyClock clock;
    MediaOptions options;
    options.hardware = false;
    options.image_duration = kShown;
    const auto source = open_media(path, options, clock);
    if (source) return show(**source, path);
    check(source.error(), path);
    return 0;
}

}  // namespace

int run_input(std::span<const uint8_t> input) {
    static const testing::TemporaryFolder folder;
    Script script(input);
    const std::string path =
        folder.file(std::string("a") + kEndings[script.byte() % kEndings.size()]);
    const auto bytes = script.rest();
    if (!is_picture(path, bytes)) return 0;
    write_bytes(path, bytes);
    const LogSink before = set_log_sink([](LogLevel, std::string_view) {});
    const int came = open_and_show(path);
    set_log_sink(before);
    return came;
}

}  // namespace vitrine::fuzz
