#include "decode/ladder.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/decode/sources.h"

namespace vitrine {
namespace {

std::vector<std::string> names(const Ladder& ladder) {
    std::vector<std::string> out;
    for (const Rung& rung : ladder.rungs) {
        out.push_back(rung.row + "/" + rung.decoder + (rung.pooled ? "/pool" : ""));
    }
    return out;
}

bool mentions(const std::vector<std::string>& texts, const std::string& words) {
    return std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
        return text.find(words) != std::string::npos;
    });
}

TEST(Ladder, RowsAreInTheOrderOfFallingBack) {
    std::vector<std::string> rows;
    for (const DecoderRow& row : decoder_rows()) {
        rows.emplace_back(row.name);
        EXPECT_FALSE(row.description.empty());
    }
    EXPECT_EQ(rows, (std::vector<std::string>{"v4l2", "drm-prime", "vaapi", "nvdec", "software"}));
}

TEST(Ladder, SoftwareIsTheLastResort) {
    const auto ladder = make_ladder(AV_CODEC_ID_MPEG4, {});
    ASSERT_TRUE(ladder);
    ASSERT_FALSE(ladder->rungs.empty());
    EXPECT_EQ(names(*ladder).back(), "software/mpeg4");
    for (size_t i = 0; i + 1 < ladder->rungs.size(); ++i) EXPECT_TRUE(ladder->rungs[i].hardware);
}

TEST(Ladder, ThePoolComesBeforePlainMemory) {
    RealKernel kernel;
    MediaOptions options;
    options.hardware = false;
    options.pool.allocator = allocator_named(kernel, "memfd");
    const auto ladder = make_ladder(AV_CODEC_ID_MPEG4, options);
    EXPECT_EQ(names(*ladder), (std::vector<std::string>{"software/mpeg4/pool", "software/mpeg4"}));
    EXPECT_TRUE(mentions(ladder->refused, "switched off"));
    // A decoder without direct rendering has only the one, and says why.
    const auto raw = make_ladder(AV_CODEC_ID_RAWVIDEO, options);
    EXPECT_EQ(names(*raw), std::vector<std::string>{"software/rawvideo"});
    EXPECT_FALSE(raw->rungs[0].shortfall.empty());
}

TEST(Ladder, Av1IsNeverLeftToTheSlowOne) {
    const auto ladder = make_ladder(AV_CODEC_ID_AV1, {});
    ASSERT_TRUE(ladder);
    if (avcodec_find_decoder_by_name("libdav1d") != nullptr) {
        EXPECT_EQ(names(*ladder).back(), "software/libdav1d");
    } else {
        EXPECT_FALSE(mentions(names(*ladder), "software/av1"));
    }
}

TEST(Ladder, NamedRowsAndDecodersInTheirOrder) {
    MediaOptions options;
    options.decoders = {"software"};
    EXPECT_EQ(names(*make_ladder(AV_CODEC_ID_MPEG4, options)),
              std::vector<std::string>{"software/mpeg4"});
    options.decoders = {"mjpeg", "mpeg4", "vaapi"};
    const auto ladder = make_ladder(AV_CODEC_ID_MPEG4, options);
    ASSERT_TRUE(ladder);
    EXPECT_TRUE(mentions(ladder->refused, "mjpeg: does not decode mpeg4"));
    EXPECT_TRUE(mentions(names(*ladder), "software/mpeg4"));
    options.decoders = {"no-such-thing"};
    const auto unknown = make_ladder(AV_CODEC_ID_MPEG4, options);
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, Errc::unsupported);
    EXPECT_NE(unknown.error().text.find("no-such-thing"), std::string::npos);
}

TEST(Ladder, NamesAreThoseThatMakeALadder) {
    const auto known = decoder_names();
    const auto knows = [&](std::string_view name) {
        return std::find(known.begin(), known.end(), name) != known.end();
    };
    for (const char* name : {"drm-prime", "vaapi", "software", "mpeg4", "mjpeg"}) {
        EXPECT_TRUE(knows(name)) << name;
    }
    for (const char* name : {"", "auto", "no", "pcm_s16le", "no-such-thing"}) {
        EXPECT_FALSE(knows(name)) << name;
    }
    for (const std::string_view name : known) {
        MediaOptions options;
        options.decoders = {std::string(name)};
        EXPECT_TRUE(make_ladder(AV_CODEC_ID_MPEG4, options)) << name;
    }
}

TEST(Ladder, ProbingTriesEveryRowAndGivesReasons) {
    RealKernel kernel;
    LogCatcher log;
    MediaOptions options;
    options.pool.allocator = allocator_named(kernel, "memfd");
    const auto trials = probe_decoders(options);
    int software = 0;
    for (const DecoderTrial& trial : trials) {
        EXPECT_NE(trial.delivers.empty(), trial.refused.empty()) << trial.row << " " << trial.codec;
        if (trial.row == "software" && trial.codec == "mpeg4") {
            ++software;
            EXPECT_EQ(trial.decoder, "mpeg4");
        }
    }
    EXPECT_EQ(software, 2) << "into the pool, and without";
}

}  // namespace
}  // namespace vitrine
