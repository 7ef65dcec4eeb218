// The rooms below this one meet in one program: a name of the namespace is one type in all of them.
#include <gtest/gtest.h>

#include <type_traits>

#include "decode/decoder.h"
#include "player/presenter.h"

namespace vitrine {
namespace {

TEST(OneDefinition, WhatIsDecodedAndWhatIsReadBackAreDifferentTypes) {
    EXPECT_TRUE((std::is_same_v<std::variant_alternative_t<0, Received>, DecodedPicture>));
    EXPECT_FALSE((std::is_same_v<DecodedPicture, Picture>));
}

}  // namespace
}  // namespace vitrine
