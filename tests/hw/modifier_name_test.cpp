#include "hw/modifier_name.h"

#include <drm_fourcc.h>
#include <gtest/gtest.h>

namespace vitrine {
namespace {

TEST(ModifierName, IsLibdrms) {
    EXPECT_EQ(modifier_name(DRM_FORMAT_MOD_LINEAR), "LINEAR");
    EXPECT_EQ(modifier_name(I915_FORMAT_MOD_X_TILED), "INTEL:X_TILED");
}

TEST(ModifierName, IsANumberWhereLibdrmHasNone) {
    EXPECT_EQ(modifier_name(0x07000000007fff04), "BROADCOM:0x7000000007fff04");
    EXPECT_EQ(modifier_name(0x7700000000001234), "0x7700000000001234");
}

}  // namespace
}  // namespace vitrine
