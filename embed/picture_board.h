// The picture that is to be seen now, between the thread that plays and those that draw: the player
// puts one up when it is its time, a renderer takes it when its host draws. What came of it, shown
// or impossible to import, goes back the same way. Thread-safe; no call waits longer than a mutex
// is held.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/frame.h"
#include "player/report.h"

namespace vitrine {

class PictureBoard {
  public:
    struct Posted {
        FramePtr frame;       // null before the first
        uint64_t number = 0;  // of the picture, from 1; 0: there is none
        uint64_t source = 0;  // grows where frames come from elsewhere than those before
    };

    // The player's side.
    void post(FramePtr frame, const FrameRecord& record);
    void begin_source();
    /// When the next picture is due; nothing while none is.
    void set_next_due(std::optional<Nanos> when);
    /// Pictures that were reported as shown since the last call, each once.
    [[nodiscard]] std::vector<FrameRecord> take_shown();
    /// Pictures that gave way to others and that nobody had shown, since the last call.
    [[nodiscard]] uint64_t take_unseen();
    /// Those that are still to be reported never will be.
    void give_up_unseen();
    /// What a renderer could not show, and has not been told yet.
    [[nodiscard]] std::optional<Error> take_refusal();
    [[nodiscard]] std::string importer() const;
    [[nodiscard]] std::vector<std::string> refused_importers() const;

    // A renderer's.
    [[nodiscard]] Posted look() const;
    /// To show it: until that is reported, which may be long after the next is up.
    [[nodiscard]] Posted take();
    [[nodiscard]] std::optional<Nanos> next_due() const;
    /// What it cost to show a picture. Moments are zero where a host did it in its own way.
    struct Way {
        Nanos imported{0};
        Nanos drawn{0};
        int copies = 0;
        uint64_t bytes_copied = 0;
    };
    /// The picture of this number, which was taken, was seen at `when`. Counted once per picture,
    /// whichever renderer says it first. Of those taken the last kMostUnsaid are remembered.
    void note_shown(uint64_t number, const Way& way, Nanos when);
    void note_importer(std::string name, std::vector<std::string> refused);
    /// What was posted cannot be brought to the GPU: the player is to look for another way. Each
    /// picture can be refused once, and none of a source that is over.
    void refuse(const Posted& picture, Error why);

  private:
    mutable std::mutex mutex_;
    struct Unsaid {
        uint64_t number;
        FrameRecord record;
        bool taken;
    };
    static constexpr size_t kMostUnsaid = 16;

    Posted posted_;
    uint64_t source_ = 0;        // of the next
    uint64_t last_refused_ = 0;  // the picture that was
    std::deque<Unsaid> unsaid_;  // not reported as shown: the last one, and those that are taken
    std::optional<Nanos> next_due_;
    std::vector<FrameRecord> shown_;  // at most one per post() since take_shown()
    uint64_t unseen_ = 0;
    std::optional<Error> refusal_;
    std::string importer_ = "none";
    std::vector<std::string> refused_;
};

}  // namespace vitrine
