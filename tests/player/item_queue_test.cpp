#include "player/item_queue.h"

#include "tests/player/engine_list.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using Kind = EngineEvent::Kind;

Item item_of(const std::string& file) {
    Item item;
    item.file = file;
    return item;
}

std::string text_of(const NextAnswer& answer) {
    if (const auto* item = std::get_if<Item>(&answer)) return item->file;
    return std::holds_alternative<NothingYet>(answer) ? "nothing yet" : "end";
}

TEST(ItemQueue, GivesItsItemsInOrderUntilItIsClosed) {
    ItemQueue queue;
    EXPECT_EQ(text_of(queue.next()), "nothing yet");
    ASSERT_TRUE(queue.push(item_of("a")));
    ASSERT_TRUE(queue.push(item_of("b")));
    EXPECT_EQ(text_of(queue.next()), "a");
    queue.close();
    EXPECT_EQ(text_of(queue.next()), "b");
    EXPECT_EQ(text_of(queue.next()), "end");
    const auto late = queue.push(item_of("c"));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, Errc::invalid_argument);
}

TEST(ItemQueue, SaysWhereTheItemsBeginThatWereNotCleared) {
    ItemQueue queue;
    ASSERT_TRUE(queue.push(item_of("a")));
    ASSERT_TRUE(queue.push(item_of("b")));
    const auto a = std::get<Item>(queue.next());
    const uint64_t first_wanted = queue.clear();
    EXPECT_EQ(text_of(queue.next()), "nothing yet");
    ASSERT_TRUE(queue.push(item_of("c")));
    const auto c = std::get<Item>(queue.next());
    EXPECT_LT(a.number, first_wanted);
    EXPECT_GE(c.number, first_wanted);
}

TEST(ItemQueue, IsBounded) {
    ItemQueue queue;
    for (size_t i = 0; i < ItemQueue::kMostItems; ++i) ASSERT_TRUE(queue.push(item_of("a")));
    const auto full = queue.push(item_of("b"));
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().code, Errc::unavailable);
    (void)queue.next();
    EXPECT_TRUE(queue.push(item_of("b")));
}

TEST(ItemQueue, TellsWhenThereIsMore) {
    ItemQueue queue;
    int told = 0;
    queue.set_listener([&] { ++told; });
    ASSERT_TRUE(queue.push(item_of("a")));
    EXPECT_EQ(told, 1);
    (void)queue.clear();
    EXPECT_EQ(told, 1);
    queue.close();
    EXPECT_EQ(told, 2);
    EXPECT_FALSE(queue.push(item_of("b")));
    EXPECT_EQ(told, 2);
}

/// An engine whose list is a queue.
class QueuedItems : public testing::EngineList {
  protected:
    QueuedItems() {
        next_item_ = [this] { return queue_.next(); };
    }
    ~QueuedItems() override { queue_.set_listener({}); }

    void start(const EngineOptions& options = {}) {
        EngineList::start(options);
        queue_.set_listener([this] { engine_->list_changed(); });
    }
    void push(const std::string& name) { ASSERT_TRUE(queue_.push(item_of(name))); }
    /// What is stuck in opening is cleared, and goes; after "a" comes the item "d".
    void expect_given_up_for_d() {
        engine_->let_go_before(queue_.clear());
        open_gate_when_given_up();
        push("d");
        play_until(kStart + 10s);
        EXPECT_EQ(begun_, (std::vector<std::string>{"a", "d"}));
    }

    ItemQueue queue_;
};

TEST_F(QueuedItems, WhatIsQueuedWhileAnItemPlaysFollowsWithoutASeam) {
    add("a", 5);
    add("b", 3);
    start();
    play_until(kStart + 1s);
    EXPECT_FALSE(engine_->begun());
    push("a");
    play_until(kStart + 1100ms);
    push("b");
    play_until(kStart + 10s);
    std::vector<Nanos> expected = even_times(8, 40ms);
    for (Nanos& each : expected) each += 1s;
    EXPECT_EQ(moments(), expected);
    EXPECT_EQ(statistics_.seams().on_time, 1u);
    EXPECT_FALSE(ended_);
}

TEST_F(QueuedItems, WhatIsQueuedAfterTheLastHasEndedGoesOn) {
    add("a", 2);
    add("b", 2);
    start();
    push("a");
    play_until(kStart + 5s);
    push("b");
    play_until(kStart + 6s);
    EXPECT_EQ(moments(), (std::vector<Nanos>{0ms, 40ms, 5s, 5s + 40ms}));
    EXPECT_EQ(statistics_.seams().late, 0u);
}

// 70: "trigger clip then return to loop". The pass on the screen is played to its end.
TEST_F(QueuedItems, C70_AClipIsPlayedBetweenTwoPassesOfALoop) {
    add("loop", 5);
    add("clip", 3);
    start();
    Item loop = item_of("loop");
    loop.passes = 0;
    ASSERT_TRUE(queue_.push(loop));
    play_until(kStart + 1070ms);
    push("clip");
    ASSERT_TRUE(queue_.push(loop));
    ASSERT_TRUE(engine_->set_loop(1));
    play_until(kStart + 2s);
    std::vector<std::string> expected(6, "loop");
    expected.emplace_back("clip");
    expected.insert(expected.end(), 4, "loop");
    EXPECT_EQ(begun_, expected);
    EXPECT_EQ(moments(), even_times(51, 40ms));
    EXPECT_EQ(statistics_.seams().late, 0u);
}

TEST_F(QueuedItems, PushingFromAnotherThreadWakesTheEngine) {
    add("a", 2);
    start();
    play_until(kStart);
    const int woken = woken_;
    std::thread([this] { push("a"); }).join();
    EXPECT_GT(woken_, woken);
    play_until(kStart + 1s);
    EXPECT_EQ(presenter_.shown.size(), 2u);
}

TEST_F(QueuedItems, ClosedItEndsAfterItsLastItem) {
    add("a", 2);
    add("b", 2);
    start();
    push("a");
    push("b");
    play_until(kStart + 5s);
    EXPECT_FALSE(ended_);
    queue_.close();
    play_until(kStart + 6s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(moments(), even_times(4, 40ms));
    EXPECT_EQ(events(Kind::end_of_list).size(), 1u);
}

/// Be it open by now, or just being opened.
TEST_F(QueuedItems, WhatIsClearedIsLetGo) {
    for (const bool opened : {true, false}) {
        SCOPED_TRACE(opened);
        queue_.set_listener({});
        restart();
        add("a", 10);
        add("b", 2);
        add("c", 2);
        add("d", 3);
        if (!opened) close_gate("b");
        start();
        for (const char* name : {"a", "b", "c"}) push(name);
        play_until(kStart + 100ms);
        EXPECT_EQ(engine_->ahead(), opened ? Engine::Ahead::ready : Engine::Ahead::opening);
        engine_->let_go_before(queue_.clear());
        push("d");
        open_gate();
        play_until(kStart + 10s);
        EXPECT_EQ(begun_, (std::vector<std::string>{"a", "d"}));
        EXPECT_EQ(moments(), even_times(13, 40ms));
    }
}

/// What is asked for next does not wait for it.
TEST_F(QueuedItems, WhatIsClearedIsGivenUpWhereItIsStuckInOpening) {
    add("a", 10);
    add("b", 2);
    add("d", 3);
    start();
    push("a");
    play_until(kStart + 100ms);
    close_gate("b");
    push("b");
    wait_at_gate();
    expect_given_up_for_d();
    EXPECT_EQ(moments(), even_times(13, 40ms));
    EXPECT_TRUE(skipped_.empty());
}

/// Also one that had to wait for a device.
TEST_F(QueuedItems, WhatIsClearedIsGivenUpWhereItWaitedForADevice) {
    device_ = "/dev/video10";
    add("a", 10);
    add("b", 2);
    add("d", 3);
    start();
    push("a");
    push("b");
    play_until(kStart + 100ms);
    EXPECT_EQ(opened_.size(), 2u) << "to see that the device is in use";
    close_gate("b");
    play_until(kStart + 380ms);
    wait_at_gate();
    expect_given_up_for_d();
}

TEST_F(QueuedItems, WhatIsClearedIsNotToldAsSkipped) {
    add("a", 10);
    add_bad("x");
    add_bad("y");
    add("d", 1);
    start();
    for (const char* name : {"a", "x"}) push(name);
    play_until(kStart + 100ms);
    EXPECT_EQ(opened_.size(), 2u);
    engine_->let_go_before(queue_.clear());
    close_gate("y");
    push("y");
    wait_at_gate();
    engine_->let_go_before(queue_.clear());
    open_gate();
    push("d");
    play_until(kStart + 10s);
    EXPECT_EQ(presenter_.shown.size(), 11u);
    EXPECT_TRUE(skipped_.empty());
}

/// What plays repeats itself though it is older than what was cleared.
TEST_F(QueuedItems, ClearingLeavesWhatPlaysAsItIs) {
    add("a", 20);
    start();
    Item thrice = item_of("a");
    thrice.passes = 3;
    ASSERT_TRUE(queue_.push(thrice));
    play_until(kStart + 10ms);
    close_gate("a");
    play_until(kStart + 790ms);
    ASSERT_EQ(engine_->ahead(), Engine::Ahead::opening);
    engine_->let_go_before(queue_.clear());
    open_gate();
    play_until(kStart + 1590ms);
    ASSERT_EQ(engine_->ahead(), Engine::Ahead::ready);
    engine_->let_go_before(queue_.clear());
    play_until(kStart + 10s);
    EXPECT_EQ(moments(), even_times(60, 40ms));
}

}  // namespace
}  // namespace vitrine
