// What users of other players complained of, where it takes the whole program; tests/player has the
// others.
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/app/support.h"
#include "tests/support/missing.h"

namespace vitrine {
namespace {

using test::Ran;
using test::run_program;

// 4: "refuses to run as root"; 72: "player refuses root".
TEST(ProgramComplaints, C04_C72_PlaysAsRoot) {
    const std::string as_root = getuid() == 0 ? "" : "unshare --map-root-user ";
    if (run_program(as_root + "true").status != 0) {
        VITRINE_MISSING("nobody can be root here, not even of a user namespace");
    }
    const Ran user = run_program(as_root + "id -u");
    ASSERT_EQ(user.output, "0\n");
    const Ran ran = run_program(as_root + VITRINE_PROGRAM " --output=null --untimed " +
                                VITRINE_SOURCE_DIR "/assets/demo.mp4");
    EXPECT_EQ(ran.status, 0) << ran.output;
    EXPECT_TRUE(test::contains(ran.output, " 150 presented")) << ran.output;
}

}  // namespace
}  // namespace vitrine
