// The time that pictures are shown by: what is heard, where something is; else our own clock, which
// goes on from where the sound left it. Thread-bound to the render thread.
#pragma once

#include <optional>

#include "player/media_clock.h"
#include "player/sound/sound_player.h"

namespace vitrine {

class MasterClock {
  public:
    /// sound: null for none; outlives it.
    explicit MasterClock(SoundPlayer* sound) : sound_(sound) {}

    /// The picture of this position is shown now. The time goes on from there, and with it the
    /// sound; where that is not ready the time waits for it, for kLongestWait at most.
    void anchor(Nanos position, Nanos now);
    /// What is heard from the next anchor() on.
    void play(SoundTrack track);
    // Another item behind the present one, without a seam.
    void prepare(SoundTrack next);
    void unprepare();
    /// Where the item ends whose pictures end there, with its sound; nothing while it is not known.
    [[nodiscard]] std::optional<Nanos> end_of(Nanos pictures_end) const;
    /// Where the last of the item is heard that ends there, if nothing follows: later, where sound
    /// comes later than its pictures by a delay that somebody asked for.
    [[nodiscard]] Nanos heard_until(Nanos end) const;
    /// The prepared item's `first` is due where `at` of the present one is.
    void append(Nanos at, Nanos first);
    /// The time line is the prepared item's from now on: positions are by so much other ones.
    void take_next(Nanos by);

    /// The position is about to be another: nothing is heard until anchor().
    void hold();
    /// Takes the time from the sound. Before each look at line(). pictures_missing: some are to
    /// come, and none is there.
    void update(Nanos now, bool pictures_missing);
    /// From 0.25 to 4.
    void set_speed(double speed, Nanos now);
    void pause(Nanos now);
    void resume(Nanos now);

    [[nodiscard]] const MediaClock& line() const { return line_; }
    /// By how much the picture of this position, seen at that moment, is later than its sound;
    /// nothing where none is heard.
    [[nodiscard]] std::optional<Nanos> behind_sound(Nanos position, Nanos moment) const;
    /// Whether the time stands still, until there is sound that is to be heard.
    [[nodiscard]] bool waits() const { return waiting_ || stands_; }

    static constexpr Nanos kLongestWait = std::chrono::seconds(1);
    static constexpr Nanos kLongestTail = std::chrono::seconds(10);  // of sound without pictures

  private:
    void wait_for_sound(Nanos now);
    void forget_heard();
    void take_from_sound(Nanos heard, Nanos now);

    SoundPlayer* const sound_;
    MediaClock line_;
    struct Waiting {
        Nanos position;
        Nanos since;
    };
    std::optional<Waiting> waiting_;
    struct Heard {
        Nanos position;
        Nanos moment;
    };
    std::optional<Heard> heard_;  // at the last look
    bool stands_ = false;         // since the one before
    bool held_ = false;           // until the next anchor()
};

}  // namespace vitrine
