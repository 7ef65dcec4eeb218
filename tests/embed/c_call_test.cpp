// Structs that have grown since a caller was built, which the API's own have not yet.
#include "embed/c_call.h"

#include <gtest/gtest.h>

#include <cstddef>

namespace vitrine {

struct Grown {
    size_t size;
    int64_t first;
    int64_t later;
};
template <>
constexpr size_t kFirstSize<Grown> = offsetof(Grown, later);

namespace {

TEST(GrownStruct, OfAnEarlierCallerIsReadAsFarAsItGoes) {
    const Grown of_then{kFirstSize<Grown>, 1, 2};
    const auto read = read_struct(&of_then, "grown");
    ASSERT_TRUE(read) << read.error().text;
    EXPECT_EQ(read->first, 1);
    EXPECT_EQ(read->later, 0) << "what is behind the struct is the caller's";
    const Grown of_now{sizeof(Grown), 1, 2};
    EXPECT_EQ(read_struct(&of_now, "grown")->later, 2);
}

TEST(GrownStruct, OfAnEarlierCallerIsWrittenAsFarAsItGoes) {
    Grown of_then{kFirstSize<Grown>, 0, 7};
    ASSERT_TRUE(write_struct(&of_then, {0, 3, 4}, "grown"));
    EXPECT_EQ(of_then.size, kFirstSize<Grown>);
    EXPECT_EQ(of_then.first, 3);
    EXPECT_EQ(of_then.later, 7) << "what is behind the struct is the caller's";
    Grown of_now{sizeof(Grown), 0, 7};
    ASSERT_TRUE(write_struct(&of_now, {0, 3, 4}, "grown"));
    EXPECT_EQ(of_now.later, 4);
}

TEST(GrownStruct, OfNoVersionIsRefused) {
    for (const size_t size : {size_t{0}, kFirstSize<Grown> - 1, size_t{5000}}) {
        Grown wrong{size, 1, 2};
        EXPECT_FALSE(read_struct(&wrong, "grown")) << size;
        EXPECT_FALSE(write_struct(&wrong, {}, "grown")) << size;
    }
}

}  // namespace
}  // namespace vitrine
