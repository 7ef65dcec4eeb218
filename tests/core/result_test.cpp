#include "core/result.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>

namespace vitrine {
namespace {

Result<int> half(int number) {
    if (number % 2 != 0) return fail(Errc::invalid_argument, "{} is odd", number);
    return number / 2;
}

Result<int> quarter(int number) {
    auto first = half(number);
    if (!first) return fail_while("halving", first.error());
    return half(*first);
}

TEST(Result, CarriesAValue) {
    const auto result = quarter(12);
    ASSERT_TRUE(result);
    EXPECT_EQ(*result, 3);
}

TEST(Result, CarriesTheReason) {
    const auto result = half(3);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Errc::invalid_argument);
    EXPECT_EQ(result.error().text, "3 is odd");
}

TEST(Result, HandsOnCodeAndReason) {
    const auto result = quarter(5);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Errc::invalid_argument);
    EXPECT_EQ(result.error().text, "halving: 5 is odd");
}

TEST(Errc, EveryCodeHasANameOfItsOwn) {
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(Errc::interrupted); ++i) {
        const auto name = name_of(static_cast<Errc>(i));
        EXPECT_NE(name, "unknown") << i;
        EXPECT_TRUE(names.insert(name).second) << name;
    }
}

TEST(ErrnoText, IsThePlainText) {
    EXPECT_EQ(errno_text(ENOENT), "No such file or directory");
}

}  // namespace
}  // namespace vitrine
