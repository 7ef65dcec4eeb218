// Still pictures: what tells them from films, and how much of a stranger's picture is taken into
// memory. libavformat reads each through the container of its file format. Reentrant.
#pragma once

#include <cstdint>
#include <string>

#include "core/result.h"
#include "hw/av/libav.h"

namespace vitrine {

/// Of one picture: photographs have up to 50 million pixels, which are 200 MB in memory.
inline constexpr int64_t kMostPixelsOfPicture = int64_t{1} << 26;
/// Of a picture's file, which is read as a whole.
inline constexpr int64_t kLargestPictureFile = int64_t{256} << 20;  // bytes

/// Whether a container is the file format of a picture, which may hold several: an animation.
[[nodiscard]] bool is_picture_container(const AVInputFormat& format);

/// Of a picture's file that was opened, before more is read of it. path: "" where it is none.
/// Errors: invalid_argument, without the file's name.
[[nodiscard]] Result<void> check_picture_file(const AVFormatContext& input,
                                              const std::string& path);

/// Whether a JPEG file ends before its picture does: the rest is gray then. False for other codecs,
/// whose decoders refuse such a file.
[[nodiscard]] bool is_cut_off(const AVPacket& packet, AVCodecID codec);

/// Whether a JPEG XL file ends where libjxl asks for more and takes nothing of what there is:
/// libavcodec (libjxldec.c) would give it the same again, without end.
[[nodiscard]] bool hangs_decoder(const AVPacket& packet, AVCodecID codec);

/// Opens a container; the name of a picture's file is not taken for a pattern of many names.
/// Returns libavformat's status; as avformat_open_input, it frees the context where it fails.
[[nodiscard]] int open_input_as_named(AVFormatContext** input, const char* name);

/// avformat_find_stream_info, which decodes a picture and must not make a large one of a small
/// file. Not of JPEG XL: nobody could look at the packet before.
[[nodiscard]] int find_picture_stream_info(AVFormatContext& input);

}  // namespace vitrine
