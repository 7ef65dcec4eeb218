// What is heard of a source, for the tests of this room.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <variant>
#include <vector>

#include "core/sound.h"

namespace vitrine {

inline constexpr SoundFormat kAsInFile{8000, 1};

struct Heard {
    std::vector<float> samples;
    Nanos first{0};         // of them
    Nanos largest_hole{0};  // between one block and the next, or overlap
    uint64_t epoch = 0;
};

/// To the end, of the epoch that it begins with.
inline Heard hear_all(SoundSource& sound, const SoundFormat& format = kAsInFile) {
    Heard heard;
    std::optional<Nanos> next;
    while (true) {
        auto read = sound.read(format);
        if (!read) {
            ADD_FAILURE() << read.error().text;
            return heard;
        }
        if (std::holds_alternative<SoundEnd>(*read)) return heard;
        const auto& block = std::get<SoundBlock>(*read);
        if (!next) heard.first = block.pts;
        if (next)
            heard.largest_hole =
                std::max(heard.largest_hole, Nanos(std::abs((block.pts - *next).count())));
        const auto count = static_cast<int64_t>(block.samples.size()) / format.channels;
        next = block.pts +
               Nanos(std::llround(static_cast<double>(count) * 1e9 / format.rate_hz * block.speed));
        heard.samples.insert(heard.samples.end(), block.samples.begin(), block.samples.end());
        heard.epoch = block.epoch;
    }
}

/// What the clips' nth sample is.
inline int number_of(float sample) {
    return static_cast<int>(std::lround(sample * 32768.0F)) & 0xffff;
}

}  // namespace vitrine
