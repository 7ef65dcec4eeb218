// How long devices may keep a viewer waiting in all, over every rung of a ladder and whatever is
// wrong with each of them.
#include "core/patience.h"

#include <gtest/gtest.h>

#include "tests/decode/sources.h"
#include "tests/decode/sticking.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using testing::BlockedCall;

TEST(Patience, IsSpentByWhatWasInVain) {
    Patience patience;
    patience.spend(3s);
    EXPECT_EQ(patience.waited(), 3s);
    patience.note_picture();
    EXPECT_EQ(patience.left(), Patience::kInAll) << "it was not in vain";
    patience.spend(3s);
    patience.note_in_vain();
    patience.spend(2s);
    patience.note_picture();
    EXPECT_EQ(patience.waited_in_all(), 3s);
    patience.spend(8s);
    EXPECT_FALSE(patience.suffices_to_try());
    EXPECT_TRUE(patience.is_to_be_said());
    EXPECT_FALSE(patience.is_to_be_said());
    patience.refill();
    EXPECT_EQ(patience.left(), Patience::kInAll);
    EXPECT_TRUE(patience.is_to_be_said());
}

/// What a device does each time that it is opened, beside decoding.
struct Habit {
    int pictures = 20;         // before it waits for ever
    int more_each = 0;         // with each time that it is opened
    bool starved = false;      // it waits because viewers have all buffers,
    int waits = INT_MAX;       // so often, and then goes on
    bool sticks = false;       // in closing
    int hangs_in_opening = 0;  // the which, when it has waited for a second
    std::shared_ptr<BlockedCall> call;
    std::shared_ptr<std::atomic<int>> opened = std::make_shared<std::atomic<int>>(0);
};

constexpr Nanos kStep = 50ms;  // that passes while it waits

class Starving final : public Decoder {
  public:
    Starving(std::unique_ptr<Decoder> real, Habit habit)
        : real_(std::move(real)), habit_(std::move(habit)) {
        opening_ = ++*habit_.opened;
        habit_.pictures += (opening_ - 1) * habit_.more_each;
    }
    ~Starving() override {
        if (habit_.sticks) habit_.call->enter();
    }
    std::string name() const override { return "starving"; }
    std::string storage() const override { return real_->storage(); }
    Result<void> send(AVPacket* packet, uint64_t serial) override {
        return real_->send(packet, serial);
    }
    Result<Received> receive() override {
        if (given_ >= habit_.pictures && habit_.waits > 0) {
            --habit_.waits;
            if (opening_ == habit_.hangs_in_opening && ++waited_ > 20) habit_.call->enter();
            habit_.call->clock().advance(kStep);
            return Received(Waiting{habit_.starved});
        }
        auto received = real_->receive();
        if (received && std::holds_alternative<DecodedPicture>(*received)) ++given_;
        return received;
    }
    void flush() override { real_->flush(); }

  private:
    std::unique_ptr<Decoder> real_;
    Habit habit_;
    int opening_ = 0;
    int waited_ = 0;
    int given_ = 0;
};

class PatienceWithLadder : public ::testing::Test {
  protected:
    static constexpr AVCodecID kCodec = AV_CODEC_ID_MPEG4;

    PatienceWithLadder() : path_(folder_.file("a.mkv")) {
        ClipOptions clip;
        clip.b_frames = 2;
        clip.frames = 60;
        clip.key_interval = 60;  // so that a device opened anew begins with the first frame
        make_clip(path_, clip);
        whole_ = watch_all(*open_or_fail(path_));
    }
    ~PatienceWithLadder() override {
        source_.reset();
        call_->release();
    }

    Rung starving(const std::string& device, Habit habit) {
        Rung rung = ::vitrine::software(kCodec);
        rung.row = "pretended";
        rung.device = device;
        rung.decoder = device;
        rung.hardware = true;
        habit.call = call_;
        rung.open = [habit, open = rung.open](
                        const Rung& self, const StreamDescription& stream,
                        const MediaOptions& options) -> Result<std::unique_ptr<Decoder>> {
            auto decoder = open(self, stream, options);
            if (!decoder) return decoder;
            return std::make_unique<Starving>(std::move(*decoder), habit);
        };
        return rung;
    }
    Rung sticking_in(In in, const std::string& device, std::shared_ptr<std::atomic<int>> opened) {
        StickPlan plan;
        plan.in = in;
        plan.call = call_;
        plan.opened = std::move(opened);
        Rung rung = sticking(kCodec, plan);
        rung.device = device;
        rung.decoder = device;
        return rung;
    }
    /// Every frame is shown, by software in the end, and nobody waited for longer than is allowed.
    void expect_all_within_bound(std::vector<Rung> rungs) {
        rungs.push_back(::vitrine::software(kCodec));
        open(std::move(rungs));
        ASSERT_TRUE(source_);
        EXPECT_EQ(watch_all(*source_), whole_);
        EXPECT_FALSE(source_->path().hardware);
        // The step that a wait ends with may go beyond.
        EXPECT_LE(call_->clock().now(), Patience::kInAll + kStep);
        EXPECT_GE(call_->clock().now(), Patience::kInAll - kLongestEnd - kStep);
    }
    void open(std::vector<Rung> rungs) { open(path_, std::move(rungs)); }
    void open(const std::string& path, std::vector<Rung> rungs) {
        MediaOptions options;
        options.calls = call_->guard();
        auto source = open_media_on(path, Ladder{std::move(rungs), {}}, options, test_clock());
        ASSERT_TRUE(source) << source.error().text;
        source_ = std::move(*source);
    }
    [[nodiscard]] uint64_t rebuilds() const { return source_->counters().decoder_rebuilds; }
    [[nodiscard]] std::string refused() const {
        return fmt::format("{}", fmt::join(source_->path().refused, "; "));
    }

    TemporaryFolder folder_;
    const std::string path_;
    std::vector<Seen> whole_;
    LogCatcher log_;
    std::shared_ptr<BlockedCall> call_ = std::make_shared<BlockedCall>();
    std::unique_ptr<FrameSource> source_;
};

TEST_F(PatienceWithLadder, OfTwoDevicesThatStarveOnlyTheFirstIsWaitedFor) {
    const Habit first;
    const Habit second;
    expect_all_within_bound({starving("one", first), starving("two", second)});
    EXPECT_EQ(*first.opened, 4);
    EXPECT_EQ(*second.opened, 0);
    EXPECT_EQ(rebuilds(), 3U);
    EXPECT_EQ(log_.count("opened anew: no picture for 3 s"), 1);
    EXPECT_EQ(log_.count("opened anew: no picture for 6 s since the last new one"), 1);
    EXPECT_EQ(log_.count("opened anew: no picture for 9 s since the last new one"), 1);
    EXPECT_EQ(log_.count("no other device is tried after 1"), 1);
    EXPECT_EQ(log_.count("decoding goes on with mpeg4: opened 3 times anew in vain: no picture for "
                         "11 s since the last new one"),
              1);
    EXPECT_NE(refused().find("pretended (two): not tried after 11 s without a picture"),
              std::string::npos)
        << refused();
}

/// Takes half a second for each packet.
class Slow final : public Decoder {
  public:
    Slow(std::unique_ptr<Decoder> real, ManualClock& clock)
        : real_(std::move(real)), clock_(clock) {}
    std::string name() const override { return "slow"; }
    std::string storage() const override { return real_->storage(); }
    Result<void> send(AVPacket* packet, uint64_t serial) override {
        clock_.advance(500ms);
        return real_->send(packet, serial);
    }
    Result<Received> receive() override { return real_->receive(); }
    void flush() override { real_->flush(); }

  private:
    std::unique_ptr<Decoder> real_;
    ManualClock& clock_;
};

/// Nobody waits for what is cut off, though it takes longer than a device may be silent.
TEST_F(PatienceWithLadder, IsNotSpentByWhatAnEditListCutsOff) {
    const std::string clip = VITRINE_TEST_CLIPS "/edit_list.mp4";
    Rung slow = ::vitrine::software(AV_CODEC_ID_H264);
    slow.hardware = true;
    slow.open = [this, open = slow.open](
                    const Rung& self, const StreamDescription& stream,
                    const MediaOptions& options) -> Result<std::unique_ptr<Decoder>> {
        auto decoder = open(self, stream, options);
        if (!decoder) return decoder;
        return std::make_unique<Slow>(std::move(*decoder), call_->clock());
    };
    open(clip, {slow, ::vitrine::software(AV_CODEC_ID_H264)});
    ASSERT_TRUE(source_);
    EXPECT_EQ(watch_all(*source_), watch_all(*open_or_fail(clip)));
    EXPECT_TRUE(source_->path().hardware);
    EXPECT_EQ(rebuilds(), 0U);
}

TEST_F(PatienceWithLadder, AtProofEachDeviceIsWaitedForOnce) {
    std::vector<Rung> rungs;
    std::vector<Habit> habits(6);
    for (Habit& habit : habits) {
        habit.pictures = 0;
        rungs.push_back(starving("device", habit));
    }
    expect_all_within_bound(std::move(rungs));
    for (size_t i = 0; i < habits.size(); ++i) EXPECT_EQ(*habits[i].opened, i < 4 ? 1 : 0) << i;
    EXPECT_EQ(log_.count("no other device is tried after 1"), 1);
}

TEST_F(PatienceWithLadder, IsSpentByDevicesThatDoNotOpen) {
    std::vector<Rung> rungs;
    std::vector<std::shared_ptr<std::atomic<int>>> opened;
    for (const char* device : {"one", "two", "three", "four", "five", "six"}) {
        opened.push_back(std::make_shared<std::atomic<int>>(0));
        rungs.push_back(sticking_in(In::open, device, opened.back()));
    }
    expect_all_within_bound(std::move(rungs));
    for (size_t i = 0; i < opened.size(); ++i) EXPECT_EQ(*opened[i], i < 4 ? 1 : 0) << i;
    EXPECT_EQ(call_->guard()->abandoned(), 4);
    EXPECT_EQ(log_.count("no other device is tried after 1"), 1);
}

TEST_F(PatienceWithLadder, IsSpentByWhateverHangsAndByClosing) {
    Habit stuck_at_end;
    stuck_at_end.sticks = true;
    Habit last;
    expect_all_within_bound(
        {starving("one", stuck_at_end), starving("two", stuck_at_end), starving("three", last)});
    EXPECT_EQ(call_->guard()->abandoned(), 2) << "each of them after three seconds and three more";
    EXPECT_EQ(*last.opened, 0);
}

/// Nine seconds are spent when it is opened for the last time, and then a call hangs.
TEST_F(PatienceWithLadder, ACallThatHangsLateIsLeftSooner) {
    call_ = std::make_shared<BlockedCall>(2s);
    Habit late;
    late.hangs_in_opening = 4;
    late.waits = 60;
    expect_all_within_bound({starving("one", late)});
    EXPECT_EQ(log_.count("one: decoding has not returned for 2 s"), 1);
}

/// With each time that it is opened the device gets further: each frame that comes is a new start.
TEST_F(PatienceWithLadder, IsRefilledByEachNewFrame) {
    Habit further;
    further.more_each = 5;
    const Habit second;
    open({starving("one", further), starving("two", second), ::vitrine::software(kCodec)});
    ASSERT_TRUE(source_);
    EXPECT_EQ(watch_all(*source_), whole_);
    EXPECT_EQ(*further.opened, 4);
    EXPECT_EQ(*second.opened, 3) << "three times after three seconds each, the fourth too late";
    EXPECT_EQ(log_.count("no other device is tried after 1"), 0);
}

TEST_F(PatienceWithLadder, IsNotSpentWhereViewersHaveAllBuffersOrTakeNone) {
    Habit lent;
    lent.starved = true;
    lent.waits = 1000;  // 50 s
    open({starving("one", lent), ::vitrine::software(kCodec)});
    ASSERT_TRUE(source_);
    std::vector<Seen> seen;
    while (true) {
        const auto frame = source_->read();
        ASSERT_TRUE(frame);
        if (!*frame) break;
        call_->clock().advance(1h);  // a pause
        const FrameInfo& info = (*frame)->info();
        seen.push_back({info.pts, info.sequence, testing::fingerprint(**frame)});
    }
    EXPECT_EQ(seen, whole_);
    EXPECT_TRUE(source_->path().hardware);
    EXPECT_EQ(rebuilds(), 0U);
}

TEST_F(PatienceWithLadder, ThatIsAtItsEndEndsAFilmWithoutSoftware) {
    open({starving("one", {}), starving("two", {})});
    ASSERT_TRUE(source_);
    std::atomic<int> frames = 0;
    const auto error = read_to_error(*source_, frames);
    ASSERT_TRUE(error);
    EXPECT_EQ(frames, 20);
    EXPECT_NE(error->text.find("no picture for 11 s since the last new one"), std::string::npos)
        << error->text;
    EXPECT_NE(error->text.find("not tried"), std::string::npos) << error->text;
}

}  // namespace
}  // namespace vitrine
