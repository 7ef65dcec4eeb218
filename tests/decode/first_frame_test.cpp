// A hardware decoder that opens and whose first frame is no good: the next row takes over with the
// first packet, and no frame is lost or comes twice.
#include <gtest/gtest.h>

#include "tests/decode/pretended.h"
#include "tests/decode/sources.h"

namespace vitrine {
namespace {

class FirstFrame : public ::testing::TestWithParam<NamedClip> {
  protected:
    FirstFrame() : path_(folder_.file(GetParam().name)) {
        make_clip(path_, GetParam().options);
        options_.pool.allocator = allocator_named(kernel_, "memfd");
        const AVCodec* codec = avcodec_find_decoder(
            avcodec_find_encoder_by_name(GetParam().options.encoder.c_str())->id);
        codec_ = codec->id;
        whole_ = watch_all(*open_or_fail(path_));
        EXPECT_EQ(whole_.size(), static_cast<size_t>(GetParam().options.frames));
    }
    std::unique_ptr<FrameSource> open(std::vector<Rung> rungs) {
        auto source = open_media_on(path_, Ladder{std::move(rungs), {}}, options_, test_clock());
        if (!source) ADD_FAILURE() << source.error().text;
        return source ? std::move(*source) : nullptr;
    }
    /// Everything, from software in the end, and why nobody else.
    void expect_whole(std::vector<Rung> rungs, const std::vector<std::string>& reasons) {
        const auto source = open(std::move(rungs));
        ASSERT_TRUE(source);
        EXPECT_EQ(watch_all(*source), whole_);
        EXPECT_FALSE(source->path().hardware);
        const auto refused = source->path().refused;
        ASSERT_EQ(refused.size(), reasons.size());
        for (size_t i = 0; i < reasons.size(); ++i) {
            EXPECT_NE(refused[i].find(reasons[i]), std::string::npos) << refused[i];
        }
        EXPECT_EQ(source->counters().broken_packets, 0U);
        EXPECT_EQ(log_.count("lost"), 0);
    }

    TemporaryFolder folder_;
    const std::string path_;
    RealKernel kernel_;
    MediaOptions options_;
    AVCodecID codec_ = AV_CODEC_ID_NONE;
    std::vector<Seen> whole_;
    LogCatcher log_;
};

/// The row itself over a decoder that opens and gives frames in memory, as h264_v4l2m2m of an
/// unmodified FFmpeg does.
TEST_P(FirstFrame, IsNoDmaBuf) {
    Rung rung = drm_prime_rung(*avcodec_find_decoder(codec_), nullptr);
    rung.decoder = "pretended";
    expect_whole({rung, software(codec_)}, {"drm-prime (pretended): it gives "});
    expect_whole({rung, rung, software(codec_)}, {"it gives ", "it gives "});
}

TEST_P(FirstFrame, CannotBeDecoded) {
    const std::string reason = "the device hung up";
    expect_whole({failing(codec_, {true, 0}), software(codec_)}, {reason});
    expect_whole({failing(codec_, {true, 0}), failing(codec_, {false}), failing(codec_, {true, 0}),
                  software(codec_)},
                 {reason, "no such device", reason});
}

TEST_P(FirstFrame, IsTheLastThatCanBeDecoded) {
    expect_whole({failing(codec_, {true, 1}), software(codec_)}, {"3 failures in a row"});
    expect_whole({failing(codec_, {true, 1}), failing(codec_, {true, 1}), software(codec_)},
                 {"3 failures in a row", "3 failures in a row"});
}

/// Frames as dma-bufs that the importer refuses, however many were read ahead by then.
TEST_P(FirstFrame, CannotBeImported) {
    for (const int ahead : {1, 2, 5, 8}) {
        const auto source =
            open({failing(codec_, {}, true), failing(codec_, {false}), software(codec_)});
        ASSERT_TRUE(source);
        for (int i = 0; i < ahead; ++i) {
            const auto frame = source->read();
            ASSERT_TRUE(frame && *frame);
            const bool own_buffers =
                (avcodec_find_decoder(codec_)->capabilities & AV_CODEC_CAP_DR1) == 0;
            EXPECT_EQ((*frame)->dma_buf() != nullptr, !own_buffers);
        }
        ASSERT_TRUE(source->refuse_path("cannot be imported", 0));
        EXPECT_EQ(watch_all(*source), whole_) << ahead;
        EXPECT_EQ(source->path().refused.size(), 2U);
        EXPECT_EQ(source->path().storage, "memory");
    }
    EXPECT_EQ(log_.count("lost"), 0);
}

INSTANTIATE_TEST_SUITE_P(Generated, FirstFrame, ::testing::ValuesIn(clips()), [](const auto& clip) {
    std::string name = clip.param.name;
    for (char& c : name) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    }
    return name;
});

}  // namespace
}  // namespace vitrine
