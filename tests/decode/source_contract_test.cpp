// What every source of frames owes to whoever reads it. A new one joins by a row; each gives
// kFrames frames, kInterval apart.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "tests/decode/sources.h"
#include "tests/support/fake_source.h"

namespace vitrine {
namespace {

constexpr size_t kFrames = 50;
constexpr Nanos kInterval = std::chrono::milliseconds(40);

struct Opened {
    std::shared_ptr<void> behind;  // what the source needs as long as it lives
    std::unique_ptr<FrameSource> source;
};

struct SourceRow {
    std::string name;
    std::function<Opened(const TemporaryFolder&)> open;
};

/// A clip as a file, decoded into memory that can be shared.
SourceRow file_row(const NamedClip& clip) {
    return {clip.name, [clip](const TemporaryFolder& folder) {
                const std::string path = folder.file(clip.name);
                make_clip(path, clip.options);
                static RealKernel kernel;  // frames outlive everything else
                MediaOptions options;
                options.pool.allocator = allocator_named(kernel, "memfd");
                return Opened{nullptr, open_or_fail(path, options)};
            }};
}

/// Copies a file into a pipe, for as long as somebody reads.
class PipeWriter {
  public:
    PipeWriter(const std::string& from, const std::string& pipe)
        : thread_([from, pipe] {
              std::signal(SIGPIPE, SIG_IGN);
              std::ofstream(pipe, std::ios::binary)
                  << std::ifstream(from, std::ios::binary).rdbuf();
          }) {}
    ~PipeWriter() { thread_.join(); }
    PipeWriter(const PipeWriter&) = delete;
    PipeWriter& operator=(const PipeWriter&) = delete;

  private:
    std::thread thread_;
};

Opened open_pipe(const TemporaryFolder& folder) {
    make_clip(folder.file("a.mkv"), {});
    const std::string pipe = folder.file("pipe");
    EXPECT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    auto writer = std::make_shared<PipeWriter>(folder.file("a.mkv"), pipe);
    return {writer, open_or_fail(pipe)};
}

Opened open_fake(const TemporaryFolder&) {
    FakeSourceOptions options{even_times(kFrames, kInterval)};
    options.rungs = 3;
    return {nullptr, make_fake_source(options, std::make_shared<FakeSourceLog>())};
}

std::vector<SourceRow> rows() {
    std::vector<SourceRow> rows = {{"pipe", open_pipe}, {"fake", open_fake}};
    for (const NamedClip& clip : clips()) rows.push_back(file_row(clip));
    return rows;
}

class SourceContract : public ::testing::TestWithParam<SourceRow> {
  protected:
    void SetUp() override {
        opened_ = GetParam().open(folder_);
        ASSERT_TRUE(opened_.source);
    }
    [[nodiscard]] FrameSource& source() { return *opened_.source; }
    [[nodiscard]] bool seekable() { return source().info().seekable; }
    std::vector<FramePtr> read(size_t count) {
        std::vector<FramePtr> frames;
        for (size_t i = 0; i < count; ++i) {
            auto frame = source().read();
            EXPECT_TRUE(frame && *frame) << i;
            if (frame && *frame) frames.push_back(std::move(*frame));
        }
        return frames;
    }

    TemporaryFolder folder_;
    Opened opened_;
};

INSTANTIATE_TEST_SUITE_P(Rows, SourceContract, ::testing::ValuesIn(rows()), [](const auto& row) {
    std::string name = row.param.name;
    for (char& c : name) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    }
    return name;
});

TEST_P(SourceContract, KnowsItselfBeforeTheFirstFrame) {
    const SourceInfo& info = source().info();
    EXPECT_FALSE(info.name.empty());
    EXPECT_FALSE(source().path().decoder.empty());
    EXPECT_FALSE(source().path().storage.empty());
    const auto frames = read(1);
    ASSERT_EQ(frames.size(), 1U);
    const Rect& crop = frames[0]->info().crop;
    EXPECT_EQ((Size{crop.width, crop.height}), info.visible_size);
}

TEST_P(SourceContract, GivesEveryFrameInOrderAndThenTheEndForGood) {
    const auto frames = watch_all(source());
    ASSERT_EQ(frames.size(), kFrames);
    for (size_t i = 0; i < kFrames; ++i) {
        EXPECT_EQ(frames[i].sequence, i);
        const Nanos due = kInterval * static_cast<int64_t>(i);
        EXPECT_LE(std::chrono::abs(frames[i].pts - due), std::chrono::milliseconds(1)) << i;
    }
    EXPECT_EQ(source().counters().decoded, kFrames);
    for (int i = 0; i < 2; ++i) {
        const auto beyond = source().read();
        ASSERT_TRUE(beyond) << "the end is no error";
        EXPECT_FALSE(*beyond);
    }
}

/// From any position on, exactly what reading from the start gave from there on.
TEST_P(SourceContract, SeeksExactlyAndCountsOn) {
    if (!seekable()) return;
    const auto whole = watch_all(source());
    ASSERT_EQ(whole.size(), kFrames);
    uint64_t given = whole.size();
    for (const size_t start : {0U, 1U, 11U, 12U, 13U, 30U, 49U, 5U, 0U}) {
        for (const Nanos early : {Nanos(0), Nanos(std::chrono::milliseconds(3))}) {
            const auto sought = source().seek(whole[start].pts - early);
            ASSERT_TRUE(sought) << sought.error().text;
            const auto rest = watch_all(source());
            ASSERT_EQ(rest.size(), whole.size() - start) << "from frame " << start;
            for (size_t i = 0; i < rest.size(); ++i) {
                EXPECT_EQ(rest[i].pts, whole[start + i].pts);
                EXPECT_EQ(rest[i].pixels, whole[start + i].pixels) << start << " + " << i;
                EXPECT_EQ(rest[i].sequence, given++);
            }
        }
    }
}

TEST_P(SourceContract, SeeksToTheFrameBefore) {
    if (!seekable()) return;
    const auto whole = watch_all(source());
    ASSERT_EQ(whole.size(), kFrames);
    for (const size_t start : {1U, 49U, 30U, 13U, 12U, 11U, 2U, 1U}) {
        for (const Nanos late : {Nanos(0), -kInterval / 2}) {
            const Nanos position = whole[start].pts + late;
            ASSERT_TRUE(source().seek_to({position, SeekTarget::Kind::before}));
            const auto rest = watch_all(source());
            ASSERT_EQ(rest.size(), whole.size() - start + 1) << "before frame " << start;
            for (size_t i = 0; i < rest.size(); ++i) {
                EXPECT_EQ(rest[i].pts, whole[start - 1 + i].pts);
                EXPECT_EQ(rest[i].pixels, whole[start - 1 + i].pixels) << start << " + " << i;
                EXPECT_EQ(rest[i].sequence, rest[0].sequence + i);
            }
        }
    }
    ASSERT_TRUE(source().seek_to({Nanos(0), SeekTarget::Kind::before}));
    EXPECT_EQ(pixels_of(watch_all(source())), pixels_of(whole)) << "there is none before the first";
    ASSERT_TRUE(source().seek_to({std::chrono::hours(1), SeekTarget::Kind::before}));
    EXPECT_EQ(watch_all(source()).size(), 1U);
}

/// Which it is depends on the codec; what follows does not.
TEST_P(SourceContract, SeeksToAKeyFrame) {
    if (!seekable()) return;
    const auto whole = watch_all(source());
    ASSERT_EQ(whole.size(), kFrames);
    const Nanos wanted = whole[30].pts;
    ASSERT_TRUE(source().seek_to({wanted, SeekTarget::Kind::key_frame}));
    const auto rest = watch_all(source());
    ASSERT_GE(rest.size(), whole.size() - 30);
    const size_t start = whole.size() - rest.size();
    for (size_t i = 0; i < rest.size(); ++i) EXPECT_EQ(rest[i].pixels, whole[start + i].pixels);
    const Nanos beyond = whole[29].pts;
    ASSERT_TRUE(source().seek_to({wanted, SeekTarget::Kind::key_frame, beyond}));
    const auto on = watch_all(source());
    ASSERT_EQ(on.size(), whole.size() - 30) << "back is not where it was to go";
    EXPECT_EQ(on[0].pixels, whole[30].pixels);
}

/// What is on its way to a position ends when somebody wants to be elsewhere.
TEST_P(SourceContract, ASeekGivesWayToTheNext) {
    if (!seekable() || GetParam().name == "fake") return;
    const auto whole = watch_all(source());
    std::atomic<bool> superseded{false};
    SeekTarget target{whole[11].pts};
    target.superseded = &superseded;
    for (const bool at_once : {true, false}) {
        superseded = at_once;
        const auto sought = source().seek_to(target);
        EXPECT_EQ(sought.has_value(), !at_once);
        superseded = true;
        const auto read = source().read();
        EXPECT_TRUE(read || read.error().code == Errc::interrupted);
        superseded = false;
        ASSERT_TRUE(source().seek_to(target));
        const auto rest = watch_all(source());
        ASSERT_EQ(rest.size(), whole.size() - 11);
        EXPECT_EQ(rest[0].pixels, whole[11].pixels);
    }
}

TEST_P(SourceContract, SeeksInTheMiddleOfReading) {
    if (!seekable()) return;
    read(7);
    ASSERT_TRUE(source().seek(kInterval * 20 - std::chrono::milliseconds(3)));
    const auto frames = read(1);
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_LE(std::chrono::abs(frames[0]->info().pts - kInterval * 20),
              std::chrono::milliseconds(1));
    EXPECT_EQ(frames[0]->info().sequence, 7U);
}

TEST_P(SourceContract, BeyondTheEndIsTheLastFrameAndBeforeTheStartTheFirst) {
    if (!seekable()) return;
    const auto whole = watch_all(source());
    ASSERT_TRUE(source().seek(std::chrono::hours(1)));
    const auto rest = watch_all(source());
    ASSERT_EQ(rest.size(), 1U);
    EXPECT_EQ(rest[0].pixels, whole.back().pixels);
    EXPECT_EQ(rest[0].pts, whole.back().pts);
    ASSERT_TRUE(source().seek(Nanos(-5)));
    EXPECT_EQ(pixels_of(watch_all(source())), pixels_of(whole));
}

TEST_P(SourceContract, WhatCannotBeSeekedSaysSoAndReadsOn) {
    if (seekable()) return;
    read(3);
    const auto sought = source().seek(std::chrono::seconds(1));
    ASSERT_FALSE(sought);
    EXPECT_EQ(sought.error().code, Errc::unsupported);
    EXPECT_EQ(watch_all(source()).size(), kFrames - 3);
}

TEST_P(SourceContract, FramesOutliveTheirSource) {
    const auto frames = read(3);
    ASSERT_EQ(frames.size(), 3U);
    std::vector<std::string> before;
    for (const FramePtr& frame : frames) before.push_back(testing::fingerprint(*frame));
    opened_.source.reset();
    opened_.behind.reset();
    for (size_t i = 0; i < 3; ++i) EXPECT_EQ(testing::fingerprint(*frames[i]), before[i]);
}

/// Down the ladder to its end: nothing that was shown comes again, nothing else is left out.
TEST_P(SourceContract, GoesOnWithTheFrameThatCouldNotBeShown) {
    const auto frames = read(10);
    ASSERT_EQ(frames.size(), 10U);
    for (int rung = 0;; ++rung) {
        ASSERT_LT(rung, 20) << "a ladder has an end";
        const auto refused = source().refuse_path("the test cannot show it", 7);
        if (!refused) {
            EXPECT_EQ(refused.error().code, Errc::unsupported) << refused.error().text;
            EXPECT_NE(refused.error().text.find("the test cannot show it"), std::string::npos)
                << refused.error().text;
            return;
        }
        for (size_t i = 7; i < 10; ++i) {
            const auto again = read(1);
            ASSERT_EQ(again.size(), 1U);
            EXPECT_EQ(again[0]->info().sequence, i);
            EXPECT_EQ(again[0]->info().pts, frames[i]->info().pts);
            EXPECT_EQ(testing::fingerprint(*again[0]), testing::fingerprint(*frames[i]));
        }
    }
}

/// Also the two that a seek to the frame before gives at once.
TEST_P(SourceContract, GoesOnWithTheFrameBeforeThatCouldNotBeShown) {
    if (!seekable()) return;
    const auto whole = watch_all(source());
    for (const size_t start : {13U, 12U}) {
        ASSERT_TRUE(source().seek_to({whole[start].pts, SeekTarget::Kind::before}));
        const auto first = read(1);
        ASSERT_EQ(first.size(), 1U);
        const auto refused =
            source().refuse_path("the test cannot show it", first[0]->info().sequence);
        if (!refused) return;
        const auto rest = watch_all(source());
        ASSERT_EQ(rest.size(), whole.size() - start + 1);
        EXPECT_EQ(rest[0].pixels, whole[start - 1].pixels);
        EXPECT_EQ(rest[1].pixels, whole[start].pixels);
        EXPECT_EQ(rest[0].sequence, first[0]->info().sequence);
        EXPECT_EQ(rest[1].sequence, rest[0].sequence + 1);
    }
}

TEST_P(SourceContract, AnInterruptFromAnotherThreadIsForGood) {
    read(1);
    std::thread([&] { source().interrupt(); }).join();
    for (int i = 0; i < 2; ++i) {
        const auto frame = source().read();
        ASSERT_FALSE(frame);
        EXPECT_EQ(frame.error().code, Errc::interrupted);
        if (!seekable()) continue;
        const auto sought = source().seek(Nanos(0));
        ASSERT_FALSE(sought);
        EXPECT_EQ(sought.error().code, Errc::interrupted);
    }
}

TEST_P(SourceContract, AnInterruptEndsWhatIsUnderWay) {
    if (!seekable()) return;
    std::atomic<bool> reading{false};
    std::thread interrupter([&] {
        while (!reading) std::this_thread::yield();
        source().interrupt();
    });
    Errc end = Errc::io;
    for (;;) {
        const auto frame = source().read();
        reading = true;
        if (!frame) {
            end = frame.error().code;
            break;
        }
        if (*frame) continue;
        if (const auto sought = source().seek(Nanos(0)); !sought) {
            end = sought.error().code;
            break;
        }
    }
    interrupter.join();
    EXPECT_EQ(end, Errc::interrupted);
}

}  // namespace
}  // namespace vitrine
