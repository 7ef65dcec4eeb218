// The sound of a file: packets of its audio stream decoded by libavcodec, brought to the format
// wanted by libswresample, and placed on the time line of the pictures.
#pragma once

#include <memory>
#include <string>

#include "core/sound.h"
#include "decode/demuxer.h"
#include "decode/source_status.h"

namespace vitrine {

/// Of a demuxer that has a sound. name: of the file, for the log.
/// Errors: unsupported when nothing decodes it.
[[nodiscard]] Result<std::shared_ptr<SoundSource>> open_media_sound(
    std::shared_ptr<Demuxer> demuxer, std::shared_ptr<const SourceStatus> status, std::string name);

}  // namespace vitrine
