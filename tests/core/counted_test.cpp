#include "core/counted.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

TEST(Counted, IsSingularForOne) {
    EXPECT_EQ(counted(0, "frame"), "0 frames");
    EXPECT_EQ(counted(uint64_t{1}, "frame"), "1 frame");
    EXPECT_EQ(counted(size_t{2}, "broken packet"), "2 broken packets");
}

}  // namespace
}  // namespace vitrine
