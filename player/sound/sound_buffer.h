// Samples on their way to the device, and the answer to what is heard when. Filled by the thread
// that reads the sound, emptied by the device, asked by the render thread. Thread-safe; no call
// waits longer than a mutex hold.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <span>

#include "core/sound.h"
#include "player/sound/device_clock.h"

namespace vitrine {

struct SoundBufferCounters {
    uint64_t underruns = 0;      // the device wanted samples that were not there yet
    Nanos silence{0};            // that was heard in their place
    uint64_t late_samples = 0;   // left out, for their moment was over; of each channel
    uint64_t heard_samples = 0;  // given to the device; of each channel
};

class SoundBuffer {
  public:
    /// latency: from the device's asking to hearing.
    SoundBuffer(SoundFormat format, Nanos latency);

    // The thread that reads.
    /// Waits until there is room, so long at most; false when there is none then.
    bool wait_for_room(Nanos longest);
    /// Of an older epoch than one before: nothing. Of a newer: what waits is void.
    void push(SoundBlock block);
    /// Nothing follows in this epoch: then silence is heard, and time goes on. follower: to this
    /// place on the time line, where other samples are going to follow in the same epoch.
    void end(uint64_t epoch, std::optional<Nanos> follower = std::nullopt);
    /// Ends a wait for room.
    void wake();

    // The device.
    void fill(std::span<float> samples, Nanos now);

    // The render thread.
    /// Silence, and no position, until start().
    void hold();
    /// What waits is void; and hold().
    void clear();
    /// Whether samples of this epoch, or its end, have come, and the device has asked for some.
    [[nodiscard]] bool ready(uint64_t epoch) const;
    /// `position` is what the device gets next, and time stands there until that is heard: what
    /// waits of before is left out, and until what waits there is silence.
    void start(Nanos position);
    /// As start(), but time goes on already: at this moment it is at this position.
    void join(Nanos position, Nanos moment);
    void pause(bool paused);
    /// How much of the time line passes in a second where there is nothing to be heard.
    void set_speed(double speed);
    /// There is no picture to show either: whatever waits, waits for the file.
    void set_pictures_missing(bool missing);
    /// 1 is as the file has it; changes are ramped. From 0.
    void set_volume(double volume);
    /// What is heard at that moment, on the time line; nothing before start().
    [[nodiscard]] std::optional<Nanos> position(Nanos moment) const;
    [[nodiscard]] double drift_ppm() const;
    [[nodiscard]] SoundBufferCounters counters() const;

  private:
    // Decoded ahead: more than the device asks for at a time, little enough for a change of volume
    // or speed to be heard soon.
    static constexpr Nanos kAhead = std::chrono::milliseconds(250);
    // A gap or an overlap that is shorter is none: samples follow one another, and the clock is
    // corrected by and by.
    static constexpr Nanos kSeam = std::chrono::milliseconds(20);
    static constexpr double kCorrection = 0.05;
    // Samples that do not come stop the clock for so long while there are pictures that wait, and
    // then it goes on without them. Otherwise those that come too early, behind a stall of the
    // whole file, would be late by all of it.
    static constexpr Nanos kLongestStall = std::chrono::seconds(1);

    /// From one sample given to the device on: what it is, and how much of the time line each of
    /// those that follow covers.
    struct Piece {
        int64_t first = 0;
        double position_ns = 0;
        double per_sample_ns = 0;
    };

    struct Filling {
        std::span<float> samples;
        size_t done = 0;  // of each channel
        size_t count = 0;
    };
    void fill_some(Filling& out);
    void fill_silence(Filling& out, size_t count, double speed);
    void fill_gap(Filling& out);
    void copy_block(Filling& out);
    void drop_late();
    [[nodiscard]] size_t silent_behind_end(size_t most) const;
    void begin(Piece first, double next_ns);
    void add_piece(Piece piece);
    void apply_volume(std::span<float> samples);
    [[nodiscard]] double block_ns() const { return 1e9 / format_.rate_hz; }
    [[nodiscard]] size_t left_in_front() const;
    [[nodiscard]] double front_stamp() const;
    [[nodiscard]] double tolerance_ns() const;

    const SoundFormat format_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<SoundBlock> blocks_;
    size_t front_done_ = 0;  // samples of the first block that were given, of each channel
    size_t waiting_ = 0;     // samples, of each channel
    uint64_t epoch_ = 0;
    bool ended_ = false;
    std::optional<Nanos> follower_;  // behind the end
    bool started_ = false;
    bool exact_ = false;  // what comes next is the first behind start()
    bool paused_ = false;
    double next_ns_ = 0;  // on the time line: of the sample that the device gets next
    double silent_speed_ = 1.0;
    double speed_ = 1.0;  // of the block given last
    bool dry_ = false;    // until samples come
    Nanos stalled_{0};    // so long pictures have waited for them
    bool pictures_missing_ = false;
    int64_t given_ = 0;         // to the device, of each channel
    std::deque<Piece> pieces_;  // the first one is being heard, or will be: at most kMostPieces
    static constexpr size_t kMostPieces = 256;
    DeviceClock clock_;
    std::optional<Nanos> last_request_;
    float volume_ = 1.0F;  // at the moment
    float wanted_volume_ = 1.0F;
    bool woken_ = false;
    SoundBufferCounters counters_;
};

}  // namespace vitrine
