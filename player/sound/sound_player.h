// The sound beside the pictures: a thread that reads a source of sound and keeps a device supplied,
// opens the device, and opens it again when it was lost. Where there is none, the pictures go on by
// themselves. The render thread owns it and never waits for that thread, but in the destructor.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/call_guard.h"
#include "player/sound/sound_buffer.h"
#include "player/sound/sound_device.h"

namespace vitrine {

struct SoundOptions {
    double volume = 1.0;  // 1 is as the file has it
    bool mute = false;
    Nanos delay{0};  // the sound is heard so much later than its pictures are seen, or earlier
};

/// For reports.
struct SoundReport {
    uint64_t tracks = 0;  // that were to be heard
    std::string device;   // "" where there was none
    SoundFormat format;
    Nanos latency{0};  // an estimate: two periods of the device
    double drift_ppm = 0;
    SoundBufferCounters buffer;
    uint64_t devices_lost = 0;
    uint64_t broken_packets = 0;

    void add(const SoundBufferCounters& more, double drift);
};

/// What belongs to one item.
struct SoundTrack {
    std::shared_ptr<SoundSource> source;  // null: silence
    std::optional<Nanos> end;             // of what is wanted of it, on its time line
    double gain = 1.0;                    // its own, from 0; the volume is a factor of all tracks
};

class SoundPlayer {
  public:
    /// clock: outlives it. No device is opened before a track that has a source.
    SoundPlayer(SoundDeviceOpener opener, const Clock& clock, const SoundOptions& options,
                std::shared_ptr<CallGuard> calls = std::make_shared<CallGuard>());
    ~SoundPlayer();
    SoundPlayer(const SoundPlayer&) = delete;
    SoundPlayer& operator=(const SoundPlayer&) = delete;

    /// From now on this track is heard, as soon as it is started; those before are dropped, their
    /// sources interrupted.
    void play(SoundTrack track);
    /// No track.
    void stop();

    // Another track behind the present one, without a seam.
    /// It comes next.
    void prepare(SoundTrack next);
    /// It does not, or not yet; what was read of it is lost.
    void unprepare();
    /// Where the present track ends on its time line: at the earliest, when there is nothing to be
    /// heard. Nothing before that is known.
    [[nodiscard]] std::optional<Nanos> tail() const;
    /// The prepared track's `first` is heard where `at` of the present one would be.
    void append(Nanos at, Nanos first);
    [[nodiscard]] bool appended() const;
    /// It is the present one from now on: positions are its own.
    void take_next();

    /// Whether start() would be heard from its first sample on.
    [[nodiscard]] bool ready() const;
    /// Whether it may be ready soon: a device is opened, or samples are decoded.
    [[nodiscard]] bool may_be_ready() const;
    // As SoundBuffer has them, by the present track's time line.
    void start(Nanos position);
    void join(Nanos position, Nanos moment);
    /// Silence until start().
    void hold();
    void pause(bool paused);
    void set_speed(double speed);  // from 0.25 to 4
    void set_pictures_missing(bool missing);
    /// From 0 to 1, as the file has it. Errors: invalid_argument.
    [[nodiscard]] Result<void> set_volume(double volume);
    [[nodiscard]] double volume() const { return options_.volume; }
    void set_mute(bool mute);
    [[nodiscard]] bool mute() const { return options_.mute; }
    void set_delay(Nanos delay);
    [[nodiscard]] Nanos delay() const { return options_.delay; }

    /// Where on the time line the picture stands that belongs to what is heard at that moment;
    /// nothing while nothing is played.
    [[nodiscard]] std::optional<Nanos> position(Nanos moment) const;
    [[nodiscard]] SoundReport report() const;

  private:
    using Buffer = std::shared_ptr<SoundBuffer>;
    enum class DeviceState { unopened, open, absent };

    /// A track on the buffer's line of time, which goes through all that follow without a seam.
    struct Laid {
        SoundTrack track;
        Nanos offset{0};     // of its time line on the buffer's
        Nanos first{0};      // where on its time line it begins, behind another
        bool placed = true;  // the offset is known
        bool ended = false;  // all of it was read
        Nanos tail{Nanos::min()};
        std::optional<uint64_t> source_epoch;
        uint64_t epoch = 0;  // in the buffer; 0 before it has one
    };

    // Under the lock.
    void drop_tracks(const SoundSource* kept);
    void end_source(const Laid& laid);
    void drop_front();
    [[nodiscard]] bool take_laid(const SoundTrack& track);
    void note_track(const SoundTrack& track);
    [[nodiscard]] Laid* to_be_read();
    void note_epoch(Laid& laid, uint64_t source_epoch);
    void take_read(Laid& laid, Result<SoundSource::Next> next);
    void end_track(Laid& laid);
    [[nodiscard]] std::optional<Nanos> follower_of(const Laid& laid) const;
    void apply_volume();

    // The thread.
    void run();
    void read_one();
    [[nodiscard]] bool keep_device();
    void leave_out_sound();
    [[nodiscard]] bool open_device();
    [[nodiscard]] Result<std::unique_ptr<SoundDevice>> call_opener(SoundFiller filler);
    [[nodiscard]] bool gives_up_opening(Nanos waited);
    void say_lost();
    void lose_device();
    void rest(Nanos longest);

    const SoundDeviceOpener opener_;
    const Clock& clock_;
    const std::shared_ptr<CallGuard> calls_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    SoundOptions options_;
    double speed_ = 1.0;
    bool paused_ = false;
    bool pictures_missing_ = false;
    bool stop_ = false;
    std::deque<std::shared_ptr<Laid>> tracks_;  // the present one, and one that follows
    uint64_t epoch_ = 0;                        // of the buffer, given out last
    Buffer buffer_;                             // null without a device
    DeviceState state_ = DeviceState::unopened;
    SoundReport report_;  // of devices that were lost, and the present one's name

    // The thread's.
    std::unique_ptr<SoundDevice> device_;
    std::optional<Nanos> try_again_at_;
    bool said_absent_ = false;
    bool said_late_ = false;
    std::optional<Nanos> said_lost_at_;
    uint64_t times_lost_ = 0;
    bool comes_and_goes_ = false;  // it was lost again so soon that nobody was told
    std::thread thread_;           // last: it uses all of the above
};

}  // namespace vitrine
