// Opens and closes items on a thread of its own, in the order asked, so that nobody else waits for
// a file or a driver. What it is asked for is bounded by its owner, who has one item opened at a
// time. Thread-bound to its owner, but for what its callbacks say.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <variant>

#include "player/item.h"
#include "player/session.h"

namespace vitrine {

/// Its session reads ahead already.
struct OpenedItem {
    Item item;
    std::shared_ptr<Session> session;
};
struct UnopenedItem {
    Item item;
    Error error;
};
struct ClosedItem {
    std::shared_ptr<Session> session;  // stopped
    size_t dropped = 0;                // frames, by stopping
};
using OpenerAnswer = std::variant<OpenedItem, UnopenedItem, NothingYet, EndOfList, ClosedItem>;

class Opener {
  public:
    struct Options {
        NextItem next_item;
        std::function<void(const Item&)> go_back;  // as EngineHooks has it
        OpenItem open;
        size_t queue_capacity = 1;
        const Clock* clock = nullptr;  // outlives the sessions
        /// An answer can be taken, or a frame of an item that was opened. Any thread.
        std::function<void()> wake;
    };

    explicit Opener(Options options);
    /// Cancels, and waits for what is under way; what was asked to be closed is closed.
    ~Opener();
    Opener(const Opener&) = delete;
    Opener& operator=(const Opener&) = delete;

    /// The next item of the list, to be answered by what came of it; once that went back, where
    /// an item is said to go back from.
    void open_next(std::optional<Item> back_from = std::nullopt);
    /// This one of the list, likewise.
    void open_listed(Item item);
    /// One that plays, once more, likewise.
    void open_again(Item item);
    /// Stops the session, to be answered by ClosedItem.
    void close(std::shared_ptr<Session> session);
    /// Has the session give its source back, as it expects. No answer.
    void give_source_back(std::shared_ptr<Session> session);
    /// What was asked to be opened last is given up, be it under way or still to come: interrupted,
    /// unless it has just been opened.
    void cancel_one();
    /// Likewise the list's items of a lower Item::number, whichever are still to come.
    void let_go_before(uint64_t item_number) { first_wanted_->store(item_number); }
    /// So is all that is asked for later.
    void cancel() { cancelled_->store(true); }

    [[nodiscard]] std::optional<OpenerAnswer> take();
    /// Waits until everything asked for has been done.
    void wait_until_idle();

  private:
    using GivenUp = std::shared_ptr<std::atomic<bool>>;
    struct OpenNext {
        std::optional<Item> back_from;
        GivenUp given_up;
    };
    struct OpenThis {
        Item item;
        GivenUp given_up;
        bool listed;
    };
    struct Close {
        std::shared_ptr<Session> session;
    };
    struct GiveBack {
        std::shared_ptr<Session> session;
    };
    using Job = std::variant<OpenNext, OpenThis, Close, GiveBack>;

    void ask(Job job);
    void run();
    [[nodiscard]] std::optional<OpenerAnswer> answer(Job job);
    [[nodiscard]] OpenerAnswer open_wanted(Item item, const GivenUp& given_up);
    [[nodiscard]] OpenerAnswer open_now(Item item, const std::function<bool()>& cancelled);
    [[nodiscard]] std::function<bool()> cancelled_or(const GivenUp& given_up) const;
    [[nodiscard]] GivenUp new_opening();

    const Options options_;
    const std::shared_ptr<std::atomic<bool>> cancelled_ =
        std::make_shared<std::atomic<bool>>(false);  // sources may ask it later
    const std::shared_ptr<std::atomic<uint64_t>> first_wanted_ =
        std::make_shared<std::atomic<uint64_t>>(0);  // likewise
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Job> jobs_;
    std::deque<OpenerAnswer> answers_;
    GivenUp given_up_;  // of the last opening, the owner's; sources may ask it later
    bool busy_ = false;
    bool ending_ = false;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace vitrine
