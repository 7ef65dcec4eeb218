// What `vitrine probe` found, and its two forms. Plain values and text; reentrant.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "decode/media_source.h"
#include "render/gl_context.h"

namespace vitrine {

struct ProbeReport {
    std::string system;  // "Debian GNU/Linux 12 (bookworm), Linux 6.1.0-30-amd64 x86_64"
    std::string ffmpeg;  // "5.1.9-0+deb12u1"

    std::optional<GlFacts> gl;  // offscreen
    std::string gl_refused;     // why there is no GL; "" when there is
    struct Modifier {
        std::string name;  // "LINEAR", or in hexadecimal where it has no name
        bool external_only = false;
    };
    struct ImportFormat {
        std::string format;  // "NV12"
        std::vector<Modifier> modifiers;
    };
    std::vector<ImportFormat> import_formats;

    /// Something that works here, or the reason why not.
    struct Trial {
        std::string name;
        std::string refused;  // "" when it works
    };
    std::vector<Trial> memory;         // that software decoders could decode into, best first
    std::vector<Trial> importers;      // best first
    std::vector<Trial> video_drivers;  // of SDL, in the order in which they are tried
    std::vector<DecoderTrial> decoders;

    /// A device node that may matter.
    struct Node {
        std::string path;
        bool usable = false;  // can be opened for reading and writing
        std::string owner;
        std::string group;
        std::string mode;  // "rw-rw----"
    };
    std::vector<Node> nodes;

    /// What play would try first for a codec.
    struct Path {
        std::string codec;
        std::string row;      // of the decoder ladder; "", as all that follows, when none works
        std::string decoder;  // libavcodec's name, or the device's
        std::string memory;   // that it decodes into
        std::string importer;
        std::string output;
        std::vector<std::string> refused;  // each better way, and why it is out
    };
    std::vector<Path> paths;
};

/// Lines of at most 100 columns, as far as names allow.
[[nodiscard]] std::string probe_text(const ProbeReport& report);

/// Schema 2: {schema, program, system, ffmpeg, graphics, import_formats, memory, importers,
/// video_drivers, decoders, nodes, paths}, with the members of ProbeReport by their names and
/// "works" beside each "refused". Every field is always there, but those of graphics that does not
/// work.
[[nodiscard]] std::string probe_json(const ProbeReport& report);

}  // namespace vitrine
