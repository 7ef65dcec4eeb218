// Decoders that do not return from a call, whichever it is: the next rung goes on, and the source
// never waits for the one that hangs.
#include <gtest/gtest.h>

#include "tests/decode/sources.h"
#include "tests/decode/sticking.h"

namespace vitrine {
namespace {

using testing::BlockedCall;

class StuckDecoder : public ::testing::Test {
  protected:
    StuckDecoder() : path_(folder_.file("a.mkv")) {
        ClipOptions clip;
        clip.b_frames = 2;
        clip.frames = 60;
        make_clip(path_, clip);
        whole_ = watch_all(*open_or_fail(path_));
    }
    ~StuckDecoder() override { call_->release(); }

    [[nodiscard]] StickPlan plan(In in, int pictures = 20) const {
        StickPlan plan;
        plan.in = in;
        plan.pictures = pictures;
        plan.call = call_;
        return plan;
    }
    Result<std::unique_ptr<FrameSource>> try_to_open(std::vector<Rung> rungs,
                                                     MediaOptions options = {}) {
        options.calls = call_->guard();
        return open_media_on(path_, Ladder{std::move(rungs), {}}, options, test_clock());
    }
    std::unique_ptr<FrameSource> open(std::vector<Rung> rungs) {
        auto source = try_to_open(std::move(rungs));
        if (!source) ADD_FAILURE() << source.error().text;
        return source ? std::move(*source) : nullptr;
    }
    [[nodiscard]] std::vector<Seen> whole_from(size_t first) const {
        return {whole_.begin() + static_cast<ptrdiff_t>(first), whole_.end()};
    }
    /// The one thread was left behind in that, it was said, and software goes on.
    void expect_left_behind(const FrameSource& source, const std::string& attempt) {
        EXPECT_EQ(call_->guard()->abandoned(), 1);
        EXPECT_EQ(log_.count("/dev/sticking: " + attempt + " has not returned for "), 1);
        EXPECT_FALSE(source.path().hardware);
        EXPECT_EQ(source.path().decoder, "mpeg4");
        EXPECT_EQ(source.counters().broken_packets, 0U);
    }
    [[nodiscard]] static std::string refused(const FrameSource& source) {
        return fmt::format("{}", fmt::join(source.path().refused, "; "));
    }
    static constexpr AVCodecID kCodec = AV_CODEC_ID_MPEG4;

    TemporaryFolder folder_;
    const std::string path_;
    std::vector<Seen> whole_;
    LogCatcher log_;
    std::shared_ptr<BlockedCall> call_ = std::make_shared<BlockedCall>();
};

TEST_F(StuckDecoder, InDecodingLosesNothing) {
    const auto source = open({sticking(kCodec, plan(In::receive)), software(kCodec)});
    ASSERT_TRUE(source);
    EXPECT_TRUE(source->path().hardware);
    EXPECT_EQ(watch_all(*source), whole_);
    expect_left_behind(*source, "decoding");
    EXPECT_EQ(refused(*source), "pretended (mpeg4): decoding has not returned for 3 s");
    EXPECT_EQ(log_.count("decoding goes on with mpeg4: decoding has not returned for 3 s"), 1);
}

TEST_F(StuckDecoder, InTakingAPacketLosesNothing) {
    const auto source = open({sticking(kCodec, plan(In::send)), software(kCodec)});
    ASSERT_TRUE(source);
    EXPECT_EQ(watch_all(*source), whole_);
    expect_left_behind(*source, "taking a packet");
}

TEST_F(StuckDecoder, InFlushingGoesOnFromThePosition) {
    for (const size_t target : {0U, 13U, 45U}) {
        call_->release();
        call_ = std::make_shared<BlockedCall>();
        const auto source = open({sticking(kCodec, plan(In::flush)), software(kCodec)});
        ASSERT_TRUE(source);
        for (int i = 0; i < 30; ++i) ASSERT_TRUE(*source->read());
        ASSERT_TRUE(source->seek(whole_[target].pts));
        EXPECT_EQ(pixels_of(watch_all(*source)), pixels_of(whole_from(target))) << target;
        EXPECT_EQ(call_->guard()->abandoned(), 1);
        EXPECT_FALSE(source->path().hardware);
    }
    EXPECT_EQ(log_.count("lost"), 0);
}

TEST_F(StuckDecoder, InOpening) {
    const auto source = open({sticking(kCodec, plan(In::open)), software(kCodec)});
    ASSERT_TRUE(source);
    EXPECT_EQ(watch_all(*source), whole_);
    expect_left_behind(*source, "opening it");
    EXPECT_EQ(refused(*source), "pretended (mpeg4): opening it has not returned for 3 s");
}

TEST_F(StuckDecoder, AtProof) {
    for (const In in : {In::send, In::receive}) {
        const auto source = open({sticking(kCodec, plan(in, 0)), software(kCodec)});
        ASSERT_TRUE(source);
        EXPECT_EQ(watch_all(*source), whole_);
        EXPECT_FALSE(source->path().hardware);
    }
    EXPECT_EQ(call_->guard()->abandoned(), 1);
}

TEST_F(StuckDecoder, InClosingWhenItsPicturesAreRefused) {
    const auto source = open({sticking(kCodec, plan(In::close)), software(kCodec)});
    ASSERT_TRUE(source);
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(*source->read());
    ASSERT_TRUE(source->refuse_path("cannot be imported", 15));
    EXPECT_EQ(watch_all(*source), whole_from(15));
    expect_left_behind(*source, "closing it");
}

TEST_F(StuckDecoder, InClosingItIsNotOpenedAnew) {
    StickPlan lost = plan(In::close);
    lost.lost = true;
    const auto source = open({sticking(kCodec, lost), software(kCodec)});
    ASSERT_TRUE(source);
    EXPECT_EQ(watch_all(*source), whole_);
    expect_left_behind(*source, "closing it");
    EXPECT_EQ(*lost.opened, 1);
    EXPECT_EQ(log_.count("decoding goes on with mpeg4: that does not open again"), 1);
    EXPECT_EQ(refused(*source), "pretended (mpeg4): a call to /dev/sticking has not returned yet");
}

TEST_F(StuckDecoder, InClosingAtTheEnd) {
    auto source = open({sticking(kCodec, plan(In::close, 1000)), software(kCodec)});
    ASSERT_TRUE(source);
    EXPECT_EQ(watch_all(*source), whole_);
    EXPECT_TRUE(source->path().hardware);
    source.reset();
    EXPECT_EQ(call_->guard()->abandoned(), 1);
    EXPECT_EQ(log_.count("closing it has not returned for 3 s"), 1);
}

TEST_F(StuckDecoder, IsNotAskedAgainForTheNextFile) {
    const StickPlan first = plan(In::receive);
    ASSERT_EQ(watch_all(*open({sticking(kCodec, first), software(kCodec)})), whole_);
    const StickPlan second = plan(In::receive);
    const auto source = open({sticking(kCodec, second), software(kCodec)});
    ASSERT_TRUE(source);
    EXPECT_EQ(watch_all(*source), whole_);
    EXPECT_EQ(*second.opened, 0);
    EXPECT_EQ(call_->guard()->abandoned(), 1);
}

/// As a device that takes four seconds to stop: it was left behind, and is as good as before.
TEST_F(StuckDecoder, IsAskedAgainForTheNextFileWhenItHasReturned) {
    const StickPlan first = plan(In::close, 1000);
    ASSERT_EQ(watch_all(*open({sticking(kCodec, first), software(kCodec)})), whole_);
    EXPECT_EQ(call_->guard()->abandoned(), 1);
    call_->release();
    const StickPlan second = plan(In::close, 1000);
    auto source = open({sticking(kCodec, second), software(kCodec)});
    ASSERT_TRUE(source);
    EXPECT_EQ(watch_all(*source), whole_);
    EXPECT_TRUE(source->path().hardware);
    source.reset();
    EXPECT_EQ(*second.opened, 1);
    EXPECT_EQ(call_->guard()->abandoned(), 1);
}

/// As VAAPI is: a driver that works for libavcodec's own decoders, by no node that we know of.
TEST_F(StuckDecoder, WithoutANodeIsShunnedByItsRowForEveryCodec) {
    const auto without_a_node = [](AVCodecID codec, const StickPlan& plan) {
        Rung rung = sticking(codec, plan);
        rung.device.clear();
        return rung;
    };
    const auto source = open({without_a_node(kCodec, plan(In::receive)), software(kCodec)});
    ASSERT_TRUE(source);
    EXPECT_EQ(watch_all(*source), whole_);
    EXPECT_EQ(log_.count("pretended: decoding has not returned for 3 s"), 1);
    EXPECT_EQ(log_.count("nothing is asked of pretended until it returns"), 1);
    EXPECT_EQ(log_.count("asked of mpeg4"), 0);

    constexpr AVCodecID kOther = AV_CODEC_ID_MPEG2VIDEO;
    const std::string other = folder_.file("b.ts");
    ClipOptions clip;
    clip.encoder = "mpeg2video";
    make_clip(other, clip);
    const StickPlan second = plan(In::receive);
    MediaOptions options;
    options.calls = call_->guard();
    auto next = open_media_on(other, Ladder{{without_a_node(kOther, second), software(kOther)}, {}},
                              options, test_clock());
    ASSERT_TRUE(next) << next.error().text;
    EXPECT_FALSE(watch_all(**next).empty());
    EXPECT_EQ(*second.opened, 0);
    EXPECT_EQ(refused(**next), "pretended (mpeg2video): a call to pretended has not returned yet");
    EXPECT_EQ(call_->guard()->abandoned(), 1);
}

/// A decoder that is a driver's own is what hangs, and the others of its row are not it.
TEST_F(StuckDecoder, OfADriversOwnIsShunnedByItsName) {
    AVCodec driven = *software(kCodec).codec;
    driven.capabilities |= AV_CODEC_CAP_HARDWARE;
    const auto driven_by = [&](const std::string& name, const StickPlan& plan) {
        Rung rung = sticking(kCodec, plan);
        rung.device.clear();
        rung.decoder = name;
        rung.codec = &driven;
        rung.open = [open = rung.open, codec = software(kCodec).codec](
                        const Rung& self, const StreamDescription& stream,
                        const MediaOptions& options) {
            Rung plain = self;
            plain.codec = codec;
            return open(plain, stream, options);
        };
        return rung;
    };
    const StickPlan first = plan(In::receive);
    const StickPlan same = plan(In::receive);
    const StickPlan other = plan(In::receive, 1000);
    ASSERT_EQ(watch_all(*open({driven_by("one", first), software(kCodec)})), whole_);
    EXPECT_EQ(log_.count("nothing is asked of one until it returns"), 1);
    const auto source = open({driven_by("one", same), driven_by("two", other), software(kCodec)});
    ASSERT_TRUE(source);
    EXPECT_EQ(watch_all(*source), whole_);
    EXPECT_EQ(*same.opened, 0);
    EXPECT_EQ(*other.opened, 1);
    EXPECT_TRUE(source->path().hardware);
    call_->release();
}

TEST_F(StuckDecoder, WithoutAnotherEndsWithTheReason) {
    const auto source = open({sticking(kCodec, plan(In::receive))});
    ASSERT_TRUE(source);
    std::optional<Error> error;
    for (int i = 0; i < 60 && !error; ++i) {
        if (auto frame = source->read(); !frame) error = frame.error();
    }
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, Errc::device_lost) << "it was there, and broke";
    EXPECT_NE(error->text.find("decoding has not returned for 3 s"), std::string::npos)
        << error->text;
}

TEST_F(StuckDecoder, ThatWasAskedForIsAWayThatIsMissing) {
    MediaOptions options;
    options.hardware_required = true;
    for (const In in : {In::receive, In::open}) {
        const auto source = try_to_open({sticking(kCodec, plan(in, 0))}, options);
        ASSERT_FALSE(source);
        EXPECT_EQ(source.error().code, Errc::unsupported);
    }
    EXPECT_EQ(call_->guard()->abandoned(), 1);
}

/// A decoder of libavcodec that somebody named, and that goes into a driver, is on no hardware row.
TEST_F(StuckDecoder, ThatIsOfTheSoftwareRowIsLeftAllTheSame) {
    AVCodec driven = *software(kCodec).codec;
    driven.capabilities |= AV_CODEC_CAP_HARDWARE;
    Rung rung = sticking(kCodec, plan(In::receive));
    rung.hardware = software_rungs_of(driven, {}).front().hardware;
    rung.codec = &driven;
    rung.open = [open = rung.open, codec = software(kCodec).codec](const Rung& self,
                                                                   const StreamDescription& stream,
                                                                   const MediaOptions& options) {
        Rung plain = self;
        plain.codec = codec;
        return open(plain, stream, options);
    };
    const auto source = open({rung, software(kCodec)});
    ASSERT_TRUE(source);
    EXPECT_EQ(watch_all(*source), whole_);
    expect_left_behind(*source, "decoding");
    call_->release();
}

TEST_F(StuckDecoder, OpeningIsInterrupted) {
    const auto call = std::make_shared<BlockedCall>(Nanos{0});
    StickPlan open = plan(In::open);
    open.call = call;
    MediaOptions options;
    options.calls = call->guard();
    options.interrupted = [&] {
        if (*open.opened > 0) call->clock().advance(kLongestEnd);
        return *open.opened > 0;
    };
    const auto source = open_media_on(path_, Ladder{{sticking(kCodec, open), software(kCodec)}, {}},
                                      options, test_clock());
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().code, Errc::interrupted);
    EXPECT_EQ(call->guard()->abandoned(), 1);
    call->release();
}

}  // namespace
}  // namespace vitrine
