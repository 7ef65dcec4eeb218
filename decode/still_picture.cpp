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

// ISO/IEC 18181-2: a JPEG XL file is a bare codestream or begins with the first of its boxes.
constexpr std::string_view kJpegXlSignature("\0\0\0\x0cJXL \r\n\x87\n", 12);
constexpr std::string_view kBareJpegXl = "\xff\x0a";

uint64_t big_endian(std::string_view bytes) {
    uint64_t value = 0;
    for (const char byte : bytes) value = value << 8U | static_cast<unsigned char>(byte);
    return value;
}

/// Of the box that it begins with: how many bytes libjxl wants to see at once.
size_t head_of_box(std::string_view bytes) {
    if (bytes.size() < 8) return 8;
    const std::string_view type = bytes.substr(4, 4);
    const size_t head = big_endian(bytes.substr(0, 4)) == 1 ? 16 : 8;
    return type == "brob" || type == "jxlp" ? head + 4 : head;
}

/// Of a whole head: with what it holds. 0: up to the end of the file.
uint64_t length_of_box(std::string_view bytes) {
    const uint64_t length = big_endian(bytes.substr(0, 4));
    return length == 1 ? big_endian(bytes.substr(8, 8)) : length;
}

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

bool hangs_decoder(const AVPacket& packet, AVCodecID codec) {
    if (codec != AV_CODEC_ID_JPEGXL || packet.size <= 0) return false;
    std::string_view rest(reinterpret_cast<const char*>(packet.data),
                          static_cast<size_t>(packet.size));
    if (rest.size() < kBareJpegXl.size()) return true;
    if (rest.front() != '\0') return false;
    if (rest.size() < kJpegXlSignature.size()) return true;
    if (!rest.starts_with(kJpegXlSignature)) return false;
    while (!rest.empty()) {
        if (rest.size() < head_of_box(rest)) return true;
        const uint64_t length = length_of_box(rest);
        if (length < 8 || length >= rest.size()) return false;  // or it is the last
        rest.remove_prefix(length);
    }
    return false;
}

int open_input_as_named(AVFormatContext** input, const char* name) {
    Dictionary options("pattern_type", "none");  // of image2; nobody else has one
    return avformat_open_input(input, name, nullptr, &options.get());
}

int find_picture_stream_info(AVFormatContext& input) {
    const auto is_jpeg_xl = [](const AVStream* each) {
        return each->codecpar->codec_id == AV_CODEC_ID_JPEGXL;
    };
    if (std::any_of(input.streams, input.streams + input.nb_streams, is_jpeg_xl)) return 0;
    const std::string most = std::to_string(kMostPixelsOfPicture);
    // One for each stream that is there now; libavformat asks for no more.
    std::vector<AVDictionary*> options(std::max(1U, input.nb_streams), nullptr);
    for (AVDictionary*& each : options) av_dict_set(&each, "max_pixels", most.c_str(), 0);
    const int found = avformat_find_stream_info(&input, options.data());
    for (AVDictionary*& each : options) av_dict_free(&each);
    return found;
}

}  // namespace vitrine
