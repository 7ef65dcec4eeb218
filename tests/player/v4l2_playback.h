// What the tests of whole playback on the emulated VPU share: a device put in, a clip played by our
// V4L2 decoder or by software, and what was presented of it. Thread-bound.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <thread>

#include "tests/player/playback.h"
#include "tests/support/failing_kernel.h"
#include "tests/vpu/interposer.h"

namespace vitrine::testing {

inline const Way kImport{"import", "auto", true, "dmabuf", 0};
/// Where the GPU imports nothing that software could decode into.
const Way kNoPool{"no_pool", "auto", false, "upload", 2};
inline const std::string kNumbered = VITRINE_ASSETS "/numbered.mp4";
inline const std::string kMade = VITRINE_TEST_CLIPS "/";

/// Runs several times as fast, so that nobody has to wait three seconds for a device that is stuck.
class FastClock final : public Clock {
  public:
    Nanos now() const override { return real_.now() * 4; }

  private:
    MonotonicClock real_;
};

struct Played {
    std::vector<int> numbers;
    std::vector<size_t> digests;
    std::vector<Nanos> times;
    DecodePath path;
    SourceCounters counters;
    uint64_t copies = 0;
};

inline Played played_of(const Playback& playback) {
    const auto error = playback.session->error();
    EXPECT_FALSE(error) << error->text;
    return {playback.numbers,
            playback.digests,
            playback.times,
            playback.session->path(),
            playback.session->counters(),
            playback.statistics.copies()};
}

inline Played play(const std::string& clip, MediaOptions media = {}, const Way& way = kImport) {
    Playback playback(way, std::move(media));
    const auto opened = playback.open(clip);
    EXPECT_TRUE(opened) << opened.error().text;
    if (!opened) return {};
    playback.play();
    return played_of(playback);
}

/// By the software decoder, once per clip.
inline const Played& software(const std::string& clip) {
    static std::map<std::string, Played> played;
    const auto found = played.find(clip);
    if (found != played.end()) return found->second;
    MediaOptions media;
    media.hardware = false;
    return played[clip] = play(clip, media);
}

inline vpu::Emulator& put_in(const std::string& profile, const std::string& faults = {}) {
    vpu::Settings settings;
    settings.profiles = profile;
    settings.faults = faults;
    return vpu::interposer::use(settings);
}

/// What EGL does not import here, and is played by the device only where nothing imports at all.
inline bool gives_columns(const std::string& profile) {
    const uint32_t format = vpu::find_profile(profile)->raw.front();
    return format == vpu::kFourccColumns || format == vpu::kFourccColumnPlanes;
}

inline const Way& way_of(const std::string& profile) {
    return gives_columns(profile) ? kNoPool : kImport;
}

/// A device whose calls may hang. At its end they return, and so do all threads that were left in
/// them: whatever they still hold is given back before another device is put in.
class HangingDevice {
  public:
    HangingDevice(const std::string& profile, const std::string& faults)
        : emulator_(put_in(profile, faults)) {}
    ~HangingDevice() {
        emulator_.end_hangs();
        while (calls->still_away() > 0) std::this_thread::yield();
    }
    HangingDevice(const HangingDevice&) = delete;
    HangingDevice& operator=(const HangingDevice&) = delete;

    const std::shared_ptr<CallGuard> calls =
        std::make_shared<CallGuard>(std::make_shared<FastClock>());

  private:
    vpu::Emulator& emulator_;
};

/// The least of several looks: the emulator has a descriptor more while somebody polls it.
inline Holdings holdings_at_rest() {
    Holdings least = holdings();
    for (int i = 0; i < 50; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        const Holdings now = holdings();
        least.descriptors = std::min(least.descriptors, now.descriptors);
        least.mappings = std::min(least.mappings, now.mappings);
    }
    return least;
}

/// As the name of a test.
inline std::string test_name(std::string text) {
    for (char& c : text) {
        if (c == '+') c = 'R';
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    }
    return text;
}

}  // namespace vitrine::testing
