// What the engine tells its owner, in order, behind one descriptor. At most kMostEvents wait: of
// more the oldest are dropped and counted, so that an owner who never asks costs nothing.
// Thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/clock.h"
#include "player/property.h"
#include "player/wake_up.h"

namespace vitrine {

struct EngineEvent {
    enum class Kind {
        item_began,      // its first frame is shown next
        item_ended,      // nothing more of it will be shown
        item_skipped,    // it could not be opened, or nothing of it be shown; text: why
        path_changed,    // frames take another way; text: "decoder > storage > importer > output"
        seam_late,       // the item's first frame was shown late; time: by how much
        tracks_changed,  // other tracks of the item are played from its next frame on; text: which
        tracks_kept,     // they are not, though it was asked for; text: why
        property_changed,  // one that is observed: to be asked for
        request_failed,    // something that was asked for; text: why
        failed,            // playing is over before the end of the list; text: why
        stood_still,  // nothing was shown meanwhile, the process, the machine or the output having
                      // been stopped; it goes on from there. At most every 10 s; time: how long
        stalled,  // no picture has come for a second, be it the file's or its decoder's fault; the
                  // last one stays. At most every 10 s; time: how long by then
        list_waits,   // all that the list has by now was shown; the last picture stays. error: of
                      // the present item, which is told again when that ends, unless early
        end_of_list,  // the last item has ended
    };
    Kind kind;
    uint64_t item = 0;  // its number in the order of the list, from 0
    std::string text{};
    Nanos time{0};
    std::optional<Property> property{};  // that has changed
    bool early = false;                  // an item has ended because somebody ended it
    /// What ended an item otherwise, before its end; or why it is not as it was to be.
    std::optional<Error> error{};
};

/// Of which the text is that of the error.
[[nodiscard]] EngineEvent failed_event(EngineEvent::Kind kind, uint64_t item, const Error& error);

class EventQueue {
  public:
    static constexpr size_t kMostEvents = 256;

    /// Errors: unavailable when there is no descriptor left.
    [[nodiscard]] static Result<std::unique_ptr<EventQueue>> make();

    void push(EngineEvent event);
    /// That it has changed, unless that waits to be taken by now.
    void push_property(Property property);
    /// The oldest; none when none waits.
    [[nodiscard]] std::optional<EngineEvent> pop();
    /// Readable while an event waits; borrowed.
    [[nodiscard]] int fd() const { return waiting_.fd(); }
    /// Events that nobody took in time.
    [[nodiscard]] uint64_t dropped() const;

  private:
    explicit EventQueue(WakeUp waiting) : waiting_(std::move(waiting)) {}

    void push_locked(EngineEvent event);

    const WakeUp waiting_;
    mutable std::mutex mutex_;
    std::deque<EngineEvent> events_;  // at most kMostEvents
    uint64_t dropped_ = 0;
};

}  // namespace vitrine
