// What the programs of this folder share: to open things, or end with the reason. Reentrant.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "decode/media_source.h"
#include "render/importer.h"

namespace vitrine::bench {

[[noreturn]] inline void die(const Error& error) {
    std::fprintf(stderr, "bench: %s\n", error.text.c_str());
    std::exit(1);
}

template <typename T>
T must(Result<T> result) {
    if (!result) die(result.error());
    return std::move(*result);
}

inline std::unique_ptr<TextureImporter> open_importer(std::string_view name, GlContext& context) {
    for (const ImporterRow& row : importer_rows()) {
        if (row.name == name) return must(row.make(context));
    }
    die({Errc::invalid_argument, "there is no importer " + std::string(name)});
}

inline std::unique_ptr<FrameSource> open_on(const std::string& file, const std::string& decoder,
                                            const Clock& clock) {
    MediaOptions options;
    options.decoders = {decoder};
    return must(open_media(file, options, clock));
}

}  // namespace vitrine::bench
