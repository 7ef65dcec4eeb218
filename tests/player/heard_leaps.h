// What counted clips let see and hear when somebody seeks in them: each picture from the one sought
// on, and each sample from its own on, and nothing of before. Thread-bound.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <limits>

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
    SeekTarget::Kind kind = SeekTarget::Kind::exact;
    int steps = 0;  // in place of a seek: its first pictures were stepped to, back where negative

    /// Another place on the time line. What a single step forwards passes the device has already.
    [[nodiscard]] bool leaps() const { return !sought.empty() || steps < 0 || steps > 1; }
    /// Its nth.
    [[nodiscard]] int picture(int n) const {
        const int back = steps < 0 ? std::min(n, -steps - 1) : 0;
        return first + n - 2 * back;
    }
    /// The picture that its sound begins with.
    [[nodiscard]] int first_heard() const {
        return leaps() && steps != 0 ? picture(std::abs(steps) - 1) : first;
    }
};

inline constexpr int kCountedPictures = 25;
inline constexpr int64_t kSamplesOfPicture = kCountedSamples / kCountedPictures;

inline std::deque<Leap> leaps_of(const std::vector<Stretch>& stretches) {
    std::deque<Leap> leaps;
    size_t shown = 0;
    for (const Stretch& stretch : stretches) {
        if (!stretch.sought.empty() || stretch.steps != 0) {
            leaps.push_back({shown, stretch.sought, stretch.paused, stretch.kind, stretch.steps});
        }
        shown += static_cast<size_t>(stretch.count);
    }
    return leaps;
}

/// Samples of the stretch from there on, that many at most.
inline int64_t heard_of(const Stretch& stretch, const std::vector<int64_t>& heard, size_t from,
                        int64_t most) {
    const int64_t first = stretch.first_heard() * kSamplesOfPicture;
    size_t at = from;
    for (int64_t i = first; at < heard.size() && i < first + most; ++i, ++at) {
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
            pictures.push_back(stretch.picture(picture) % kCountedPictures);
        }
        const bool left = i + 1 < stretches.size() && stretches[i + 1].leaps();
        const int last = stretch.picture(stretch.count - 1);
        // When the last picture was shown.
        const int64_t shown = (last - stretch.first_heard()) * kSamplesOfPicture;
        const int64_t whole = shown + kSamplesOfPicture;
        const int64_t samples =
            heard_of(stretch, heard, at, left ? std::numeric_limits<int32_t>::max() : whole);
        if (left) {
            // With what the device asks for ahead.
            EXPECT_GE(samples, shown) << "stretch " << i;
            EXPECT_LE(samples, shown + 3 * int64_t{FakeDeviceHandle().period}) << "stretch " << i;
        } else {
            EXPECT_EQ(samples, whole) << "stretch " << i;
        }
        at += static_cast<size_t>(samples);
    }
    EXPECT_EQ(playback.numbers, pictures);
    EXPECT_EQ(at, heard.size()) << "samples of nowhere";
    EXPECT_EQ(playback.statistics.seams().late, 0u);
}

/// Each picture is seen when its first sample is heard, but for those that time waited at: where
/// sound begins anew, and those stepped to.
inline void expect_together(const ListPlayback& playback, const std::vector<Stretch>& stretches) {
    constexpr int64_t near = 240;  // samples
    size_t shown = 0;
    for (const Stretch& stretch : stretches) {
        const int waited = std::max(std::abs(stretch.steps), 1);
        for (int n = 0; n < stretch.count; ++n, ++shown) {
            if (n < waited) continue;
            const auto at = playback.sample_at(playback.moments.at(shown));
            ASSERT_TRUE(at && *at + 1 < playback.heard.size()) << "picture " << shown;
            const auto number = counted_numbers(std::span(playback.heard).subspan(*at, 2));
            ASSERT_EQ(number.size(), 1u) << "picture " << shown << " is seen in silence";
            const int64_t picture = stretch.picture(n) % kCountedPictures;
            const int64_t first = stretch.numbers + picture * kSamplesOfPicture;
            EXPECT_LE(std::abs(number.front() - first), near) << "picture " << shown;
        }
    }
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
