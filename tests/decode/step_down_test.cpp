// Falling back at its three moments: at open, at proof, and while it runs. A decoder that fails on
// demand stands in for the hardware.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <fstream>
#include <thread>

#include "tests/decode/pretended.h"
#include "tests/decode/sources.h"

namespace vitrine {
namespace {

class StepDown : public ::testing::Test {
  protected:
    StepDown() : path_(folder_.file("a.mkv")) {
        ClipOptions clip;
        clip.b_frames = 2;
        clip.frames = 60;
        make_clip(path_, clip);
        whole_ = watch_all(*open_or_fail(path_));
    }
    std::unique_ptr<FrameSource> open(std::vector<Rung> rungs) {
        auto source = open_media_on(path_, Ladder{std::move(rungs), {}}, {}, test_clock());
        if (!source) ADD_FAILURE() << source.error().text;
        return source ? std::move(*source) : nullptr;
    }
    static constexpr AVCodecID kCodec = AV_CODEC_ID_MPEG4;

    TemporaryFolder folder_;
    const std::string path_;
    std::vector<Seen> whole_;
    LogCatcher log_;
};

TEST_F(StepDown, AtOpen) {
    const auto source = open({failing(kCodec, {false}), software(kCodec)});
    ASSERT_TRUE(source);
    EXPECT_EQ(watch_all(*source), whole_);
    EXPECT_FALSE(source->path().hardware);
    ASSERT_EQ(source->path().refused.size(), 1U);
    EXPECT_EQ(source->path().refused[0], "pretended (mpeg4): there is no such device");
}

TEST_F(StepDown, AtProof) {
    const auto source = open({failing(kCodec, {true, 0}), software(kCodec)});
    ASSERT_TRUE(source);
    EXPECT_EQ(watch_all(*source), whole_);
    EXPECT_EQ(source->path().decoder, "mpeg4");
    ASSERT_EQ(source->path().refused.size(), 1U);
    EXPECT_NE(source->path().refused[0].find("the device hung up"), std::string::npos);
}

/// Wherever it breaks off: no frame is lost, none comes twice.
TEST_F(StepDown, WhileItRuns) {
    for (int good = 1; good < 60; ++good) {
        const auto source = open({failing(kCodec, {true, good}), software(kCodec)});
        ASSERT_TRUE(source);
        EXPECT_TRUE(source->path().hardware);
        // The three pictures that it takes to give the device up are decoded again.
        EXPECT_EQ(watch_all(*source), whole_) << "after " << good;
        EXPECT_FALSE(good < 57 && source->path().hardware) << good;
    }
}

// 45: "decoder silently software after backend switch".
TEST_F(StepDown, C45_IsNeverSilent) {
    const auto source = open({failing(kCodec, {true, 20}), software(kCodec)});
    ASSERT_TRUE(source);
    EXPECT_EQ(log_.count("decoding goes on"), 0);
    EXPECT_EQ(watch_all(*source), whole_);
    EXPECT_EQ(log_.count("a.mkv: decoding goes on with mpeg4: "), 1);
    const DecodePath path = source->path();
    EXPECT_FALSE(path.hardware);
    ASSERT_EQ(path.refused.size(), 1U);
    EXPECT_EQ(path.refused[0].rfind("pretended (mpeg4): ", 0), 0U) << path.refused[0];
}

/// It takes what is left of the file and gives nothing of it.
TEST_F(StepDown, WhenTheRestIsSwallowed) {
    for (const int good : {1, 2, 20, 40}) {
        const Plan swallows{true, good, 1'000'000, true};
        const auto source = open({failing(kCodec, swallows), software(kCodec)});
        ASSERT_TRUE(source);
        EXPECT_TRUE(source->path().hardware);
        EXPECT_EQ(watch_all(*source), whole_) << "after " << good;
        EXPECT_FALSE(source->path().hardware) << good;
    }
}

/// Fewer packets than it takes to refuse it on the way: it is no word on the file.
TEST_F(StepDown, WhenAShortStreamIsSwallowedFromTheStart) {
    const Plan swallows{true, 0, 1'000'000, true};
    const auto source = open({failing(kCodec, swallows), software(kCodec)});
    ASSERT_TRUE(source);
    EXPECT_EQ(watch_all(*source), whole_);
    ASSERT_EQ(source->path().refused.size(), 1U);
    EXPECT_EQ(source->path().refused[0],
              "pretended (mpeg4): no picture for 60 packets, to the end");
    const auto alone =
        open_media_on(path_, Ladder{{failing(kCodec, swallows)}, {}}, {}, test_clock());
    ASSERT_FALSE(alone);
    EXPECT_EQ(alone.error().code, Errc::unsupported) << alone.error().text;
}

/// A device that gives nothing for 120 packets is opened anew, and given up when that does not
/// help.
TEST_F(StepDown, WhenALongStretchIsSwallowed) {
    const std::string path = folder_.file("longer.mkv");
    ClipOptions clip;
    clip.frames = 300;
    make_clip(path, clip);
    const auto whole = watch_all(*open_or_fail(path));
    for (const bool recovers : {true, false}) {
        int opened = 0;
        Rung rung = failing(kCodec, {});
        rung.open = [&](const Rung&, const StreamDescription& stream, const MediaOptions& options) {
            const bool first = opened++ == 0;
            const Plan swallows{true, first ? 100 : 0, 1'000'000, true};
            const Rung each = failing(kCodec, first || !recovers ? swallows : Plan{});
            return each.open(each, stream, options);
        };
        auto source = open_media_on(path, Ladder{{rung, software(kCodec)}, {}}, {}, test_clock());
        ASSERT_TRUE(source);
        EXPECT_EQ(watch_all(**source), whole);
        EXPECT_EQ((*source)->path().hardware, recovers);
        EXPECT_EQ((*source)->counters().decoder_rebuilds, recovers ? 1U : 3U);
    }
    EXPECT_EQ(log_.count("lost"), 0);
}

/// What one device used up of its attempts is not charged to the next one.
TEST_F(StepDown, EachDeviceHasRebuildsOfItsOwn) {
    const std::string path = folder_.file("longer.mkv");
    ClipOptions clip;
    clip.frames = 300;
    make_clip(path, clip);
    const auto whole = watch_all(*open_or_fail(path));
    std::array<size_t, 2> opened{};
    std::vector<Rung> rungs;
    for (const size_t device : {0U, 1U}) {
        Rung rung = failing(kCodec, {});
        rung.open = [&opened, device](const Rung&, const StreamDescription& stream,
                                      const MediaOptions& options) {
            const size_t number = opened[device]++;
            // The first swallows three times and then is gone; the second does once, and recovers.
            const Plan swallows{device == 1 || number < 3, device + number == 0 ? 100 : 0,
                                1'000'000, true};
            const Rung each = failing(kCodec, device == 1 && number > 0 ? Plan{} : swallows);
            return each.open(each, stream, options);
        };
        rungs.push_back(std::move(rung));
    }
    rungs.push_back(software(kCodec));
    auto source = open_media_on(path, Ladder{std::move(rungs), {}}, {}, test_clock());
    ASSERT_TRUE(source);
    EXPECT_EQ(watch_all(**source), whole);
    EXPECT_TRUE((*source)->path().hardware);
    EXPECT_EQ((*source)->counters().decoder_rebuilds, 4U);
    EXPECT_EQ(opened, (std::array<size_t, 2>{4, 2}));
}

TEST_F(StepDown, TwiceInARow) {
    const auto source =
        open({failing(kCodec, {true, 20}), failing(kCodec, {true, 25}), software(kCodec)});
    ASSERT_TRUE(source);
    EXPECT_EQ(watch_all(*source), whole_);
    EXPECT_EQ(source->path().refused.size(), 2U);
}

/// The frame that failed comes again and those behind it, each with its number; none before it.
TEST_F(StepDown, WhenTheFramesCannotBeUsed) {
    for (const size_t taken : {1U, 5U, 13U, 40U, 60U}) {
        const auto source = open({failing(kCodec, {}), software(kCodec)});
        ASSERT_TRUE(source);
        for (size_t i = 0; i < taken; ++i) ASSERT_TRUE(*source->read());
        const size_t failed = taken - std::min<size_t>(taken, 8);  // as many as may be out
        ASSERT_TRUE(source->refuse_path("cannot be imported", failed));
        EXPECT_FALSE(source->path().hardware);
        EXPECT_EQ(
            watch_all(*source),
            (std::vector<Seen>(whole_.begin() + static_cast<ptrdiff_t>(failed), whole_.end())))
            << taken;
        const auto again = source->refuse_path("nor that", failed);
        ASSERT_FALSE(again);
        EXPECT_EQ(again.error().code, Errc::unsupported);
    }
}

TEST_F(StepDown, AfterASeekNothingBeforeThePositionComesBack) {
    const auto source = open({failing(kCodec, {}), software(kCodec)});
    ASSERT_TRUE(source);
    ASSERT_TRUE(source->seek(whole_[30].pts));
    ASSERT_TRUE(*source->read());
    ASSERT_TRUE(source->refuse_path("cannot be imported", 0));
    const auto rest = watch_all(*source);
    ASSERT_EQ(rest.size(), 30U);
    EXPECT_EQ(rest[0].pixels, whole_[30].pixels);
    EXPECT_EQ(rest[0].sequence, 0U);
    EXPECT_EQ(rest.back().pixels, whole_.back().pixels);
}

/// Every frame is a key frame: those that wait in a queue must not be taken for shown.
TEST_F(StepDown, FramesAheadOfTheOneThatFailedComeAgain) {
    const std::string path = folder_.file("keys.mkv");
    ClipOptions clip;
    clip.encoder = "mjpeg";
    clip.format = AV_PIX_FMT_YUVJ420P;
    make_clip(path, clip);
    const auto whole = watch_all(*open_or_fail(path));
    const std::vector<Rung> rungs = {failing(AV_CODEC_ID_MJPEG, {}), software(AV_CODEC_ID_MJPEG)};
    for (const size_t failed : {0U, 1U, 5U, 30U, 42U}) {
        auto source = open_media_on(path, Ladder{rungs, {}}, {}, test_clock());
        ASSERT_TRUE(source);
        for (size_t i = 0; i < failed + 6; ++i) ASSERT_TRUE(*(*source)->read());
        ASSERT_TRUE((*source)->refuse_path("cannot be imported", failed));
        const auto rest = watch_all(**source);
        EXPECT_EQ(rest,
                  (std::vector<Seen>(whole.begin() + static_cast<ptrdiff_t>(failed), whole.end())));
    }
    EXPECT_EQ(log_.count("lost"), 0);
}

TEST_F(StepDown, AfterASeekBackItGoesOnFromThere) {
    for (const int good : {45, 52, 58}) {
        const auto source = open({failing(kCodec, {true, good}), software(kCodec)});
        ASSERT_TRUE(source);
        for (int i = 0; i < 40; ++i) ASSERT_TRUE(*source->read());
        ASSERT_TRUE(source->seek(Nanos(0)));
        EXPECT_EQ(pixels_of(watch_all(*source)), pixels_of(whole_)) << good;
        EXPECT_FALSE(source->path().hardware);
    }
}

/// More packets than are kept lie between the key frame and the frame that failed.
TEST_F(StepDown, WhatWasNotKeptIsLostAloudAndOnceOnly) {
    const std::string path = folder_.file("long.mkv");
    ClipOptions clip;
    clip.size = {32, 32};
    clip.frames = 2400;
    clip.key_interval = 600;
    clip.encoder = "mpeg2video";
    make_clip(path, clip);
    const auto whole = watch_all(*open_or_fail(path));
    ASSERT_EQ(whole.size(), 2400U);
    const Plan lasting{true, 1'000'000};
    const std::vector<Rung> rungs = {failing(AV_CODEC_ID_MPEG2VIDEO, lasting),
                                     failing(AV_CODEC_ID_MPEG2VIDEO, lasting),
                                     software(AV_CODEC_ID_MPEG2VIDEO)};
    auto opened = open_media_on(path, Ladder{rungs, {}}, {}, test_clock());
    ASSERT_TRUE(opened);
    FrameSource& source = **opened;
    for (int i = 0; i < 1300; ++i) ASSERT_TRUE(*source.read());
    ASSERT_TRUE(source.refuse_path("too late", 3));
    EXPECT_EQ(log_.count("lost"), 1);
    const auto frame = source.read();
    ASSERT_TRUE(frame && *frame);
    EXPECT_EQ((*frame)->info().sequence % 600, 0U) << "a key frame that was still kept";
    const auto number = static_cast<size_t>((*frame)->info().sequence);
    EXPECT_EQ((*frame)->info().pts, whole[number].pts);
    EXPECT_EQ(testing::fingerprint(**frame), whole[number].pixels);
    for (int i = 0; i < 700; ++i) ASSERT_TRUE(*source.read());
    ASSERT_TRUE(source.refuse_path("in time", number + 700));
    EXPECT_EQ(log_.count("lost"), 1) << "kept again since then";
    EXPECT_EQ(
        watch_all(source),
        (std::vector<Seen>(whole.begin() + static_cast<ptrdiff_t>(number + 700), whole.end())));
}

/// A film with a single key frame, or few, so that more follow one than are kept.
class LongGroups : public StepDown {
  protected:
    static constexpr AVCodecID kCodec = AV_CODEC_ID_FFV1;
    std::string make(const std::string& name, int frames, int key_interval) {
        const std::string path = folder_.file(name);
        ClipOptions clip;
        clip.encoder = "ffv1";
        clip.size = {32, 32};
        clip.frames = frames;
        clip.key_interval = key_interval;
        make_clip(path, clip);
        return path;
    }
    static std::vector<Rung> rungs(int good) {
        return {failing(kCodec, {true, good}), software(kCodec)};
    }
};

/// Where the file can be read again nothing is lost, and nothing comes twice.
TEST_F(LongGroups, AreDecodedAgainFromAFile) {
    for (const char* name : {"long.mkv", "long.mov", "long.nut"}) {
        const std::string path = make(name, 1500, 5000);
        const auto whole = watch_all(*open_or_fail(path));
        ASSERT_EQ(whole.size(), 1500U);
        for (const int good : {1000, 1100, 1400}) {
            auto opened = open_media_on(path, Ladder{rungs(good), {}}, {}, test_clock());
            ASSERT_TRUE(opened);
            EXPECT_EQ(watch_all(**opened), whole) << name << " after " << good;
            EXPECT_FALSE((*opened)->path().hardware);
            EXPECT_EQ((*opened)->counters().lost_frames, 0U);
            EXPECT_EQ((*opened)->counters().packets, 1500U) << "each counted once";
        }
    }
    EXPECT_EQ(log_.count("lost"), 0);
}

TEST_F(LongGroups, AreDecodedAgainForFramesThatCannotBeUsedAndAfterASeek) {
    const std::string path = make("long.mkv", 2600, 1200);
    const auto whole = watch_all(*open_or_fail(path));
    for (const bool seeks : {false, true}) {
        const size_t first = seeks ? 1210 : 0;
        auto opened = open_media_on(path, Ladder{rungs(1'000'000), {}}, {}, test_clock());
        ASSERT_TRUE(opened);
        if (seeks) {
            ASSERT_TRUE((*opened)->seek(whole[first].pts));
        }
        for (int i = 0; i < 1150; ++i) ASSERT_TRUE(*(*opened)->read());
        ASSERT_TRUE((*opened)->refuse_path("cannot be imported", 1145));
        const auto rest = watch_all(**opened);
        ASSERT_EQ(rest.size(), whole.size() - first - 1145);
        for (size_t i = 0; i < rest.size(); ++i) {
            ASSERT_EQ(rest[i].sequence, 1145 + i);
            ASSERT_EQ(rest[i].pts, whole[first + 1145 + i].pts);
            ASSERT_EQ(rest[i].pixels, whole[first + 1145 + i].pixels);
        }
    }
}

/// A device that fails at the same frame each time is given up, though it makes many before it.
TEST_F(LongGroups, DoNotKeepADeviceInFavorThatGetsNoFurther) {
    const std::string path = make("long.mkv", 1500, 5000);
    const auto whole = watch_all(*open_or_fail(path));
    const Plan swallows{true, 1300, 1'000'000, true};
    auto opened = open_media_on(path, Ladder{{failing(kCodec, swallows), software(kCodec)}, {}}, {},
                                test_clock());
    ASSERT_TRUE(opened);
    EXPECT_EQ(watch_all(**opened), whole);
    EXPECT_FALSE((*opened)->path().hardware);
    EXPECT_EQ((*opened)->counters().decoder_rebuilds, 3U);
}

/// Where it cannot be read again what is lost is counted, and no end of the film.
TEST_F(LongGroups, AreLostFromAPipe) {
    for (const bool more : {true, false}) {
        const auto bytes = testing::read_file(make("long.mkv", 1500, more ? 1300 : 5000));
        const std::string pipe = folder_.file(more ? "more.pipe" : "pipe");
        ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
        std::thread writing([&] {
            std::ofstream(pipe, std::ios::binary)
                .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        });
        std::atomic<int> frames = 0;
        std::optional<Error> error;
        {
            auto opened = open_media_on(pipe, Ladder{rungs(1100), {}}, {}, test_clock());
            EXPECT_TRUE(opened);
            if (opened) {
                error = read_to_error(**opened, frames);
                EXPECT_EQ((*opened)->counters().lost_frames, more ? 200U : 400U);
            }
        }
        writing.join();
        EXPECT_EQ(frames, more ? 1300 : 1100);
        EXPECT_EQ(error.has_value(), !more);
        if (error) {
            EXPECT_EQ(error->code, Errc::io) << error->text;
        }
    }
}

TEST_F(StepDown, HardwareAloneOutlivesBrokenPackets) {
    const std::vector<Rung> alone = {failing(kCodec, {true, 20, 4})};
    const auto source = open(alone);
    ASSERT_TRUE(source);
    EXPECT_EQ(watch_all(*source).size(), 56U) << "four in a row failed";
    EXPECT_EQ(source->counters().broken_packets, 4U);
}

/// The file is sound: what the hardware failed at, the decoder after it makes.
TEST_F(StepDown, NoPacketIsBrokenThatTheNextDecoderTakes) {
    for (const Plan& plan : {Plan{true, 0}, Plan{true, 0, 1'000'000, false, Errc::unsupported},
                             Plan{true, 20}, Plan{true, 58}}) {
        const auto source = open({failing(kCodec, plan), software(kCodec)});
        ASSERT_TRUE(source);
        EXPECT_EQ(watch_all(*source), whole_);
        EXPECT_FALSE(source->path().hardware);
        EXPECT_EQ(source->counters().broken_packets, 0U) << "after " << plan.good_pictures;
    }
    EXPECT_EQ(log_.count(" broken"), 0);
}

/// A device that cannot be used is no word on the file, though no other way was allowed.
TEST_F(StepDown, NothingIsSaidOfPacketsWhereHardwareAloneGaveNoPicture) {
    for (const Errc cause : {Errc::io, Errc::unsupported, Errc::device_lost}) {
        const Plan never{true, 0, 1'000'000, false, cause};
        EXPECT_FALSE(open_media_on(path_, Ladder{{failing(kCodec, never)}, {}}, {}, test_clock()));
    }
    EXPECT_EQ(log_.count(" broken"), 0);
}

/// What fails before the first picture is known to be broken once there is one.
TEST_F(StepDown, BrokenPacketsBeforeTheFirstPictureAreCounted) {
    const auto source = open({failing(kCodec, {true, 0, 2}), software(kCodec)});
    ASSERT_TRUE(source);
    EXPECT_EQ(watch_all(*source).size(), 58U);
    EXPECT_TRUE(source->path().hardware);
    EXPECT_EQ(source->counters().broken_packets, 2U);
    EXPECT_EQ(log_.count("2 of 60 packets broken"), 1);
}

TEST_F(StepDown, WhyTheLastDecoderWentIsNotForgotten) {
    const auto source = open({failing(kCodec, {true, 20}), failing(kCodec, {false})});
    ASSERT_TRUE(source);
    std::optional<Error> error;
    for (int i = 0; i < 60 && !error; ++i) {
        if (auto frame = source->read(); !frame) error = frame.error();
    }
    ASSERT_TRUE(error);
    EXPECT_NE(error->text.find("the device hung up"), std::string::npos) << error->text;
    EXPECT_NE(error->text.find("there is no such device"), std::string::npos) << error->text;
}

/// What worked and broke is a failure; what the stream became may be nothing for the one that is
/// left.
TEST_F(StepDown, WhyNoDecoderIsLeftTellsWhatBrokeFromWhatIsMissing) {
    for (const Errc cause : {Errc::device_lost, Errc::unsupported}) {
        int opened = 0;
        Rung rung = failing(kCodec, {});
        rung.open = [&](const Rung&, const StreamDescription& stream, const MediaOptions& options) {
            Plan plan{opened++ == 0, 20};
            plan.error = cause;
            const Rung each = failing(kCodec, plan);
            return each.open(each, stream, options);
        };
        const auto source = open({rung, failing(kCodec, {false})});
        ASSERT_TRUE(source);
        std::atomic<int> frames = 0;
        const auto error = read_to_error(*source, frames);
        ASSERT_TRUE(error);
        EXPECT_EQ(frames, 20);
        EXPECT_EQ(name_of(error->code), name_of(cause));
        EXPECT_NE(error->text.find("the device hung up; pretended: there is no such device"),
                  std::string::npos)
            << error->text;
    }
}

TEST_F(StepDown, WithoutARungLeftItFailsAtOpen) {
    const auto source =
        open_media_on(path_, Ladder{{failing(kCodec, {true, 0})}, {}}, {}, test_clock());
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().code, Errc::protocol);
    EXPECT_NE(source.error().text.find("the device hung up"), std::string::npos);
    const auto none = open_media_on(path_, Ladder{}, {}, test_clock());
    EXPECT_EQ(none.error().code, Errc::unsupported);
}

TEST_F(StepDown, OfDecodersThatWereAskedForEachSaysWhyItIsOut) {
    MediaOptions options;
    options.hardware_required = true;
    std::vector<Rung> rungs;
    for (const char* name : {"first", "second"}) {
        Rung rung;
        rung.row = name;
        rung.decoder = "mpeg4";
        rung.hardware = true;
        rung.open = [name](const Rung&, const StreamDescription&,
                           const MediaOptions&) -> Result<std::unique_ptr<Decoder>> {
            return fail(Errc::unsupported, "no device for {}", name);
        };
        rungs.push_back(std::move(rung));
    }
    const auto source = open_media_on(path_, Ladder{std::move(rungs), {"software: not wanted"}},
                                      options, test_clock());
    ASSERT_FALSE(source);
    for (const char* reason :
         {"software: not wanted", "first (mpeg4): no device for first", "no device for second"}) {
        EXPECT_NE(source.error().text.find(reason), std::string::npos) << source.error().text;
    }
}

TEST_F(StepDown, AnUnknownDecoderIsAWayThatIsMissing) {
    MediaOptions options;
    options.decoders = {"no-such-decoder"};
    const auto source = open_media(path_, options, test_clock());
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().code, Errc::unsupported);
}

/// A decoder that was asked for and is not here: whatever the driver's errno was.
TEST_F(StepDown, AHardwareDecoderThatDoesNotOpenIsAWayThatIsMissing) {
    for (const Errc code : {Errc::io, Errc::invalid_argument, Errc::protocol, Errc::unavailable}) {
        Rung rung;
        rung.row = "absent";
        rung.decoder = "mpeg4";
        rung.hardware = true;
        rung.open = [code](const Rung&, const StreamDescription&,
                           const MediaOptions&) -> Result<std::unique_ptr<Decoder>> {
            return fail(code, "no device");
        };
        const auto source = open_media_on(path_, Ladder{{rung}, {}}, {}, test_clock());
        ASSERT_FALSE(source);
        EXPECT_EQ(name_of(source.error().code), name_of(Errc::unsupported));
        EXPECT_NE(source.error().text.find("no device"), std::string::npos);
    }
}

TEST_F(StepDown, FromThePoolToPlainMemory) {
    RealKernel kernel;
    MediaOptions options;
    options.hardware = false;
    options.pool.allocator = allocator_named(kernel, "memfd");
    const auto source = open_or_fail(path_, options);
    ASSERT_TRUE(source);
    ASSERT_NE((*source->read())->dma_buf(), nullptr);
    ASSERT_TRUE(source->refuse_path("the driver refuses the pitch", 0));
    const auto frames = read_all(*source);
    ASSERT_EQ(frames.size(), whole_.size());
    for (const FramePtr& frame : frames) EXPECT_NE(frame->cpu(), nullptr);
    EXPECT_EQ(source->path().storage, "memory");
}

}  // namespace
}  // namespace vitrine
