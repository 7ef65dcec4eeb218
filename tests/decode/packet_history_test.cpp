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

std::vector<uint64_t> kept_from(const PacketHistory& history, uint64_t serial) {
    std::vector<uint64_t> out;
    const auto packets = history.copy_from(serial);
    EXPECT_TRUE(packets);
    if (!packets || !*packets) return out;
    for (const KeptPacket& kept : **packets) out.push_back(kept.serial);
    return out;
}

TEST(PacketHistory, ForgetsWhatIsNotNeededAnyMore) {
    PacketHistory history;
    history.keep(true);
    history.clear();
    for (uint64_t i = 1; i <= 6; ++i) {
        history.add(*packet(static_cast<int64_t>(i), i % 3 == 1), i, Nanos(0));
    }
    EXPECT_FALSE(history.is_key(3));
    EXPECT_TRUE(history.is_key(4));
    EXPECT_EQ(kept_from(history, 1), (std::vector<uint64_t>{1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(kept_from(history, 4), (std::vector<uint64_t>{4, 5, 6}));
    history.forget_before(4);
    EXPECT_EQ(kept_from(history, 4), (std::vector<uint64_t>{4, 5, 6}));
    EXPECT_EQ(history.first()->packet->pts, 4);
    EXPECT_FALSE(*history.copy_from(1));
    EXPECT_FALSE(history.is_key(1)) << "forgotten";
}

TEST(PacketHistory, IsBoundedByNumberAndGoesOnWithALaterKeyFrame) {
    PacketHistory history;
    history.keep(true);
    history.clear();
    uint64_t serial = 0;
    while (serial < PacketHistory::kMostPackets) {
        ++serial;
        history.add(*packet(0, serial % 400 == 1), serial, Nanos(0));
    }
    EXPECT_EQ(kept_from(history, 1).size(), PacketHistory::kMostPackets);
    history.add(*packet(0, false), ++serial, Nanos(0));
    EXPECT_FALSE(*history.copy_from(1));
    EXPECT_EQ(history.first()->serial, 401U);
    EXPECT_EQ(kept_from(history, 401).back(), serial);
}

TEST(PacketHistory, IsBoundedByBytesAndBeginsAgainWithTheNextKeyFrame) {
    PacketHistory history;
    history.keep(true);
    history.clear();
    const auto all = static_cast<int>(PacketHistory::kMostBytes);
    history.add(*packet(0, true, 1000), 1, Nanos(0));
    history.add(*packet(0, false, all), 2, Nanos(0));
    EXPECT_EQ(history.first(), nullptr);
    history.add(*packet(0, false), 3, Nanos(0));
    EXPECT_FALSE(*history.copy_from(3)) << "depends on what is gone";
    history.add(*packet(0, true), 4, Nanos(0));
    history.add(*packet(0, false), 5, Nanos(0));
    EXPECT_EQ(kept_from(history, 4), (std::vector<uint64_t>{4, 5}));
    history.add(*packet(0, true, all), 6, Nanos(0));
    EXPECT_EQ(kept_from(history, 6), std::vector<uint64_t>{6}) << "alone it fits";
    history.add(*packet(0, true, all + 1), 7, Nanos(0));
    EXPECT_EQ(history.first(), nullptr);
}

TEST(PacketHistory, KeepsNothingWhenThereIsNobodyToReplayTo) {
    PacketHistory history;
    history.keep(false);
    history.clear();
    history.add(*packet(7, true), 1, Nanos(70));
    EXPECT_FALSE(*history.copy_from(1));
    EXPECT_EQ(history.arrival(1), Nanos(70));
}

TEST(PacketHistory, AfterASeekNoPictureIsOfAPacketFromBefore) {
    PacketHistory history;
    history.keep(true);
    history.add(*packet(40, true), 1, Nanos(70));
    history.clear();
    EXPECT_EQ(history.identify(1, std::nullopt), std::nullopt);
    EXPECT_EQ(history.identify(std::nullopt, 40), std::nullopt);
    EXPECT_EQ(history.arrival(1), std::nullopt);
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
