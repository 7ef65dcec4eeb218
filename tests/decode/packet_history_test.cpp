#include "decode/packet_history.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

av::Packet packet(int64_t pts, bool key, int size = 10) {
    av::Packet out(av_packet_alloc());
    EXPECT_EQ(av_new_packet(out.get(), size), 0);
    out->pts = pts;
    if (key) out->flags |= AV_PKT_FLAG_KEY;
    return out;
}

TEST(PacketHistory, ForgetsWhatIsBeforeTheKeyFrameGivenOut) {
    PacketHistory history;
    history.keep(true);
    history.clear();
    for (uint64_t i = 1; i <= 6; ++i) {
        history.add(*packet(static_cast<int64_t>(i), i % 3 == 1), i, Nanos(0));
    }
    EXPECT_FALSE(history.begin_at(3)) << "no key frame";
    EXPECT_EQ(history.copy()->size(), 6U);
    EXPECT_TRUE(history.begin_at(4));
    const auto kept = history.copy();
    ASSERT_TRUE(kept);
    ASSERT_EQ(kept->size(), 3U);
    EXPECT_EQ(kept->front().serial, 4U);
    EXPECT_EQ(kept->front().packet->pts, 4);
    EXPECT_FALSE(history.begin_at(1)) << "forgotten";
}

TEST(PacketHistory, IsBoundedByNumberAndBytes) {
    PacketHistory history;
    history.keep(true);
    history.clear();
    uint64_t serial = 0;
    while (history.complete()) history.add(*packet(0, true), ++serial, Nanos(0));
    EXPECT_EQ(serial, PacketHistory::kMostPackets + 1);
    EXPECT_TRUE(history.copy()->empty());
    history.clear();
    EXPECT_TRUE(history.complete());
    history.add(*packet(0, true, 1000), ++serial, Nanos(0));
    history.add(*packet(0, true, static_cast<int>(PacketHistory::kMostBytes)), ++serial, Nanos(0));
    EXPECT_FALSE(history.complete());
}

TEST(PacketHistory, KeepsNothingWhenThereIsNobodyToReplayTo) {
    PacketHistory history;
    history.keep(false);
    history.clear();
    history.add(*packet(7, true), 1, Nanos(70));
    EXPECT_FALSE(history.complete());
    EXPECT_TRUE(history.copy()->empty());
    EXPECT_EQ(history.arrival(1), Nanos(70));
}

TEST(PacketHistory, KnowsAPictureByItsSerialElseByItsTime) {
    PacketHistory history;
    for (uint64_t i = 1; i <= 200; ++i) {
        history.add(*packet(static_cast<int64_t>(i * 10), false), i,
                    Nanos(static_cast<int64_t>(i)));
    }
    EXPECT_EQ(history.identify(150, std::nullopt), 150U);
    EXPECT_EQ(history.identify(std::nullopt, 1990), 199U);
    EXPECT_EQ(history.identify(5, 1990), 199U) << "so old a serial is none";
    EXPECT_EQ(history.identify(std::nullopt, std::nullopt), std::nullopt);
    EXPECT_EQ(history.identify(std::nullopt, 5), std::nullopt);
    EXPECT_EQ(history.arrival(150), Nanos(150));
    EXPECT_EQ(history.arrival(5), std::nullopt);
}

}  // namespace
}  // namespace vitrine
