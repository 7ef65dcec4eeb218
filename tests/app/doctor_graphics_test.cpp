#include <gtest/gtest.h>

#include "app/doctor.h"
#include "hw/kernel.h"
#include "player/pool_memory.h"
#include "tests/app/support.h"

namespace vitrine {
namespace {

using test::contains;

TEST(DoctorHint, IsAboutMesaWhereNothingCanBeImported) {
    FunctionFilters without_import;
    without_import.egl = [](EglFunctions& egl) { egl.CreateImageKHR = nullptr; };
    auto context = GlContext::make_offscreen(without_import);
    ASSERT_TRUE(context) << context.error().text;
    const PoolMemoryChoice choice = choose_pool_memory(std::make_shared<RealKernel>(), **context);
    ASSERT_FALSE(choice.memory.allocator);
    ASSERT_FALSE(choice.refused.empty());
    GlFacts old = (*context)->facts();
    old.gl_version = "OpenGL ES 3.1 Mesa 22.3.6";
    EXPECT_TRUE(contains(hint_for("software", choice.refused.front(), old), "Mesa 25.0"))
        << choice.refused.front();
}

}  // namespace
}  // namespace vitrine
