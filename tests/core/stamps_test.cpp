#include "core/stamps.h"

#include <gtest/gtest.h>

#include <set>

namespace vitrine {
namespace {

TEST(Stamps, NothingIsStampedAtFirst) {
    const Stamps stamps;
    for (size_t i = 0; i < kStageCount; ++i)
        EXPECT_EQ(stamps.at(static_cast<Stage>(i)), std::nullopt);
}

TEST(Stamps, ZeroAndNegativeMomentsAreMoments) {
    Stamps stamps;
    stamps.set(Stage::demuxed, Nanos{-5});
    stamps.set(Stage::decoded, Nanos{0});
    EXPECT_EQ(stamps.at(Stage::demuxed), Nanos{-5});
    EXPECT_EQ(stamps.at(Stage::decoded), Nanos{0});
    EXPECT_EQ(stamps.between(Stage::demuxed, Stage::decoded), Nanos{5});
}

TEST(Stamps, BetweenNeedsBothStages) {
    Stamps stamps;
    stamps.set(Stage::taken, Nanos{10});
    EXPECT_EQ(stamps.between(Stage::taken, Stage::presented), std::nullopt);
    EXPECT_EQ(stamps.between(Stage::queued, Stage::taken), std::nullopt);
    stamps.set(Stage::presented, Nanos{25});
    EXPECT_EQ(stamps.between(Stage::taken, Stage::presented), Nanos{15});
}

TEST(Stage, EveryStageHasANameOfItsOwn) {
    std::set<std::string_view> names;
    for (size_t i = 0; i < kStageCount; ++i) {
        const auto name = name_of(static_cast<Stage>(i));
        EXPECT_FALSE(name.empty()) << i;
        EXPECT_TRUE(names.insert(name).second) << name;
    }
}

}  // namespace
}  // namespace vitrine
