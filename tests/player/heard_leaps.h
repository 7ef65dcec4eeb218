// What counted clips let see and hear when somebody seeks in them: each picture from the one sought
// on, and each sample from its own on, and nothing of before. Thread-bound.
#pragma once

#include "tests/player/list_playback.h"
#include "tests/support/counted_sound.h"

namespace vitrine::testing {

/// Pictures and samples that follow one another, over the seams of passes too.
struct Stretch {
    std::vector<Nanos> sought;  // in a burst, when the one before was seen; none: it just follows
    int first = 0;              // picture
    int count = 0;              // until the next stretch
    int64_t numbers = kFirstOfFlac;  // of the clip's samples
    bool paused = false;             // it was, and went on when the first picture was there
};

inline constexpr int kCountedPictures = 25;
inline constexpr int64_t kSamplesOfPicture = kCountedSamples / kCountedPictures;

inline std::deque<Leap> leaps_of(const std::vector<Stretch>& stretches) {
    std::deque<Leap> leaps;
    size_t shown = 0;
    for (const Stretch& stretch : stretches) {
        if (!stretch.sought.empty()) leaps.push_back({shown, stretch.sought, stretch.paused});
        shown += static_cast<size_t>(stretch.count);
    }
    return leaps;
}

/// Samples of the stretch from there on.
inline int64_t heard_of(const Stretch& stretch, const std::vector<int64_t>& heard, size_t from) {
    const int64_t first = stretch.first * kSamplesOfPicture;
    size_t at = from;
    for (int64_t i = first; at < heard.size(); ++i, ++at) {
        if (heard[at] != stretch.numbers + i % kCountedSamples) break;
    }
    return static_cast<int64_t>(at - from);
}

inline void expect_stretches(const ListPlayback& playback, const std::vector<Stretch>& stretches) {
    std::vector<int> pictures;
    const auto heard = counted_numbers(playback.heard);
    size_t at = 0;
    for (size_t i = 0; i < stretches.size(); ++i) {
        const Stretch& stretch = stretches[i];
        for (int picture = 0; picture < stretch.count; ++picture) {
            pictures.push_back((stretch.first + picture) % kCountedPictures);
        }
        const int64_t samples = heard_of(stretch, heard, at);
        const bool left = i + 1 < stretches.size() && !stretches[i + 1].sought.empty();
        if (left) {
            // When the last picture was shown, with what the device asks for ahead.
            const int64_t shown = (stretch.count - 1) * kSamplesOfPicture;
            EXPECT_GE(samples, shown) << "stretch " << i;
            EXPECT_LE(samples, shown + 3 * int64_t{FakeDeviceHandle().period}) << "stretch " << i;
        } else {
            EXPECT_EQ(samples, stretch.count * kSamplesOfPicture) << "stretch " << i;
        }
        at += static_cast<size_t>(samples);
    }
    EXPECT_EQ(playback.numbers, pictures);
    EXPECT_EQ(at, heard.size()) << "samples of nowhere";
    EXPECT_EQ(playback.statistics.seams().late, 0u);
}

/// In loops: forward, back, to between two pictures, in a burst, at the end of a pass, where the
/// next was read already, at the beginning of that, and while it is paused.
inline std::vector<Stretch> stretches_of_loops(int64_t numbers) {
    using namespace std::chrono_literals;
    return {{{}, 0, 8, numbers},
            {{600ms}, 15, 4, numbers},
            {{80ms}, 2, 8, numbers},
            {{530ms}, 14, 3, numbers},
            {{880ms, 400ms, 0ms, 560ms}, 14, 11, numbers},
            {{200ms}, 5, 21, numbers},
            {{920ms}, 23, 3, numbers},
            {{440ms}, 11, 6, numbers, true},
            {{0ms}, 0, 25, numbers}};
}

}  // namespace vitrine::testing
