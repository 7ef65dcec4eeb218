#include "decode/still_picture.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace vitrine {
namespace {

// Markers of ISO/IEC 10918-1, B.1.1.3.
constexpr unsigned char kStartOfScan = 0xda;
constexpr std::string_view kEndOfImage = "\xff\xd9";

class Dictionary {
  public:
    Dictionary(const char* key, const char* value) { av_dict_set(&entries_, key, value, 0); }
    ~Dictionary() { av_dict_free(&entries_); }
    Dictionary(const Dictionary&) = delete;
    Dictionary& operator=(const Dictionary&) = delete;
    [[nodiscard]] AVDictionary*& get() { return entries_; }

  private:
    AVDictionary* entries_ = nullptr;
};

}  // namespace

bool is_picture_container(const AVInputFormat& format) {
    constexpr std::array<std::string_view, 4> kNames = {"image2", "gif", "apng", "webp_anim"};
    const std::string_view name(format.name);
    return std::find(kNames.begin(), kNames.end(), name) != kNames.end() || name.ends_with("_pipe");
}

Result<void> check_picture_file(const AVFormatContext& input, const std::string& path) {
    struct stat status {};
    int64_t bytes = input.pb != nullptr ? avio_size(input.pb) : 0;
    if (!path.empty() && stat(path.c_str(), &status) == 0) {
        bytes = std::max<int64_t>(bytes, status.st_size);
    }
    if (bytes <= kLargestPictureFile) return {};
    return fail(Errc::invalid_argument, "a picture of {} bytes; the largest has {}", bytes,
                kLargestPictureFile);
}

bool is_cut_off(const AVPacket& packet, AVCodecID codec) {
    if (codec != AV_CODEC_ID_MJPEG || packet.size < 4) return false;
    const std::string_view bytes(reinterpret_cast<const char*>(packet.data),
                                 static_cast<size_t>(packet.size));
    const auto byte = [&](size_t at) { return static_cast<unsigned char>(bytes[at]); };
    // Segments are jumped over, for they may hold a small picture with an end of its own.
    size_t at = 2;
    while (at + 4 <= bytes.size() && byte(at) == 0xff && byte(at + 1) != kStartOfScan) {
        at += 2 + (size_t{byte(at + 2)} << 8U | byte(at + 3));
    }
    return at >= bytes.size() || bytes.find(kEndOfImage, at) == bytes.npos;
}

int open_input_as_named(AVFormatContext** input, const char* name) {
    Dictionary options("pattern_type", "none");  // of image2; nobody else has one
    return avformat_open_input(input, name, nullptr, &options.get());
}

int find_picture_stream_info(AVFormatContext& input) {
    const std::string most = std::to_string(kMostPixelsOfPicture);
    // One for each stream that is there now; libavformat asks for no more.
    std::vector<AVDictionary*> options(std::max(1U, input.nb_streams), nullptr);
    for (AVDictionary*& each : options) av_dict_set(&each, "max_pixels", most.c_str(), 0);
    const int found = avformat_find_stream_info(&input, options.data());
    for (AVDictionary*& each : options) av_dict_free(&each);
    return found;
}

}  // namespace vitrine
