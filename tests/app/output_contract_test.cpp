// What every output owes to whoever presents on it. A new one joins by a row.
#include <gtest/gtest.h>

#include "app/screen.h"
#include "player/presenter.h"
#include "tests/support/fake_source.h"
#include "tests/support/missing.h"
#include "tests/support/xvfb.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;

constexpr Size kOutputSize{64, 48};
constexpr size_t kMiddle = (24 * 64 + 32) * 4;  // first component of the pixel there
constexpr size_t kBar = (24 * 64 + 2) * 4;      // beside the square picture

struct OutputRow {
    const char* name;
    OutputChoice choice;
    bool on_display;  // which gives it its size, and whose swap means presented
    bool draws;
};
constexpr OutputRow kRows[] = {
    {"offscreen", OutputChoice::offscreen, false, true},
    {"window (x11)", OutputChoice::window, true, true},
    {"null", OutputChoice::null, false, false},
};

class OutputContract : public ::testing::TestWithParam<OutputRow> {
  protected:
    void SetUp() override {
        if (row().on_display) display_.emplace();
        if (row().on_display && !display_->missing().empty()) VITRINE_MISSING(display_->missing());
        auto screen = Screen::open(row().choice, window_options({}));
        ASSERT_TRUE(screen) << screen.error().text;
        auto output = screen->take_output(kOutputSize);
        ASSERT_TRUE(output) << output.error().text;
        ASSERT_EQ(*output != nullptr, row().draws);
        if (!row().draws) {
            presenter_ = make_null_presenter(clock_, hooks());
            return;
        }
        presents_at_swap_ = (*output)->presents_at_swap();
        auto presenter = make_gl_presenter(std::move(*output), {}, clock_, hooks());
        ASSERT_TRUE(presenter) << presenter.error().text;
        presenter_ = std::move(*presenter);
    }

    [[nodiscard]] static const OutputRow& row() { return GetParam(); }

    PresenterHooks hooks() {
        PresenterHooks hooks;
        hooks.presented = [this](const FrameRecord& record) { presented_.push_back(record); };
        hooks.pixels = [this](const FrameRecord& record, const Picture& picture) {
            EXPECT_EQ(picture.size, size_);
            seen_.push_back({record.sequence, picture.rgba.at(kMiddle)});
        };
        hooks.planes = [this](const FrameRecord& record, const VideoFrame& frame) {
            seen_.push_back({record.sequence, static_cast<int>(frame.cpu()->plane(0).data[0])});
        };
        return hooks;
    }

    Result<void> show(uint64_t sequence, uint8_t level = 16) {
        if (auto room = presenter_->make_room(); !room) return Failure(room.error());
        const Nanos pts = 40ms * static_cast<int>(sequence);
        return presenter_->show({make_gray_frame(pts, sequence, leases_, level), {}});
    }

    struct Seen {
        uint64_t sequence;
        int level;
    };

    MonotonicClock clock_;
    std::optional<testing::Xvfb> display_;
    std::shared_ptr<std::atomic<int>> leases_ = std::make_shared<std::atomic<int>>(0);
    std::vector<FrameRecord> presented_;
    std::vector<Seen> seen_;
    Size size_ = kOutputSize;
    bool presents_at_swap_ = false;
    std::unique_ptr<Presenter> presenter_;
};

INSTANTIATE_TEST_SUITE_P(Rows, OutputContract, ::testing::ValuesIn(kRows), [](const auto& row) {
    std::string name = row.param.name;
    return name.substr(0, name.find(' '));
});

TEST_P(OutputContract, SaysItsName) {
    EXPECT_EQ(presenter_->output_name(), row().name);
    ASSERT_TRUE(show(0));
    EXPECT_EQ(presenter_->importer_name(), row().draws ? "upload" : "none");
}

TEST_P(OutputContract, ReportsEachFrameOnceInOrderWithItsStages) {
    for (uint64_t i = 0; i < 20; ++i) ASSERT_TRUE(show(i));
    ASSERT_TRUE(presenter_->finish());
    ASSERT_EQ(presented_.size(), 20u);
    for (uint64_t i = 0; i < 20; ++i) {
        EXPECT_EQ(presented_[i].sequence, i);
        EXPECT_EQ(presented_[i].pts, 40ms * static_cast<int>(i));
        EXPECT_TRUE(presented_[i].stamps.at(Stage::presented));
    }
}

TEST_P(OutputContract, PresentedIsWhenItIsOnItsWayToTheEyeOrFinished) {
    for (uint64_t i = 0; i < 5; ++i) ASSERT_TRUE(show(i));
    ASSERT_TRUE(presenter_->finish());
    for (const FrameRecord& record : presented_) {
        const auto drawn = record.stamps.at(Stage::drawn);
        const auto done = record.stamps.at(Stage::gpu_done);
        EXPECT_EQ(drawn.has_value(), row().draws);
        EXPECT_EQ(done.has_value(), row().draws);
        if (!row().draws) continue;
        EXPECT_LE(*record.stamps.at(Stage::imported), *drawn);
        EXPECT_LE(*drawn, *done);
        EXPECT_GE(*record.stamps.at(Stage::presented), presents_at_swap_ ? *drawn : *done);
    }
    EXPECT_EQ(presents_at_swap_, row().on_display);
}

TEST_P(OutputContract, HandsOutWhatItPresentsBeforeItDoes) {
    for (const int level : {16, 126, 235}) {
        const uint64_t sequence = seen_.size();
        ASSERT_TRUE(show(sequence, static_cast<uint8_t>(level)));
        ASSERT_EQ(seen_.size(), sequence + 1);
        EXPECT_EQ(seen_.back().sequence, sequence);
        // Limited range, where it is drawn.
        const double shown = row().draws ? (level - 16) * 255.0 / 219 : level;
        EXPECT_NEAR(seen_.back().level, shown, 1.5);
        EXPECT_LE(presented_.size(), seen_.size());
    }
}

TEST_P(OutputContract, HoldsNoMoreFramesThanItSaysAndNoneInTheEnd) {
    for (uint64_t i = 0; i < 50; ++i) {
        ASSERT_TRUE(show(i));
        EXPECT_LE(*leases_, static_cast<int>(kFramesInFlight) + 1);
    }
    ASSERT_TRUE(presenter_->finish());
    EXPECT_EQ(*leases_, row().draws ? 1 : 0) << "the one on the screen";
    presenter_.reset();
    EXPECT_EQ(*leases_, 0);
}

TEST_P(OutputContract, ARedrawIsNoFrame) {
    ASSERT_TRUE(presenter_->redraw()) << "black, before the first";
    ASSERT_TRUE(show(0));
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(presenter_->redraw());
    ASSERT_TRUE(presenter_->finish());
    EXPECT_EQ(presented_.size(), 1u);
    EXPECT_EQ(seen_.size(), 1u);
}

TEST_P(OutputContract, GivesBackTheLastPictureWhereThereIsOne) {
    const Errc before = row().draws ? Errc::unavailable : Errc::unsupported;
    const auto nothing = presenter_->last_picture();
    ASSERT_FALSE(nothing);
    EXPECT_EQ(nothing.error().code, before);
    ASSERT_TRUE(show(0, 16));
    ASSERT_TRUE(show(1, 235));
    for (int i = 0; i < 2; ++i) {
        const auto picture = presenter_->last_picture();
        ASSERT_EQ(picture.has_value(), row().draws);
        if (!picture) {
            EXPECT_EQ(picture.error().code, Errc::unsupported);
            continue;
        }
        EXPECT_EQ(picture->size, kOutputSize);
        EXPECT_NEAR(picture->rgba[kMiddle], 255, 1);
        EXPECT_EQ(picture->rgba[kBar], 0);
        ASSERT_TRUE(presenter_->finish()) << "reading takes nothing away";
    }
    EXPECT_EQ(presented_.size(), 2u);
}

TEST_P(OutputContract, TakesAnotherSizeUnlessThatIsItsUsersToSay) {
    ASSERT_TRUE(show(0));
    ASSERT_TRUE(presenter_->resize({128, 96}));
    if (!row().on_display) size_ = {128, 96};
    ASSERT_TRUE(show(1));
    ASSERT_TRUE(presenter_->finish());
    EXPECT_EQ(presented_.size(), 2u);
    if (row().draws) {
        EXPECT_EQ(presenter_->last_picture()->size, size_);
    }
}

TEST_P(OutputContract, ASizeThatCannotBeIsRefusedAndChangesNothing) {
    ASSERT_TRUE(show(0));
    const auto refused = presenter_->resize({0, 48});
    const bool sized_by_us = row().draws && !row().on_display;
    ASSERT_EQ(refused.has_value(), !sized_by_us);
    if (!refused) {
        EXPECT_EQ(refused.error().code, Errc::invalid_argument);
    }
    ASSERT_TRUE(show(1)) << "its pixels are looked at in the size of before";
    ASSERT_TRUE(presenter_->finish());
}

TEST_P(OutputContract, WaitsForNothingThatIsNotThere) {
    EXPECT_FALSE(presenter_->wait_for_gpu(10s));
    ASSERT_TRUE(presenter_->finish());
    ASSERT_TRUE(show(0));
    ASSERT_TRUE(presenter_->finish());
    EXPECT_FALSE(presenter_->wait_for_gpu(10s));
    presenter_->poll();
    EXPECT_EQ(presented_.size(), 1u);
}

TEST_P(OutputContract, GoesOnWithAnotherSource) {
    ASSERT_TRUE(show(0));
    presenter_->begin_source();
    ASSERT_TRUE(show(1));
    ASSERT_TRUE(presenter_->finish());
    EXPECT_EQ(presented_.size(), 2u);
}

}  // namespace
}  // namespace vitrine
