// To link into a program of the lab: it, and what it starts, see no /dev/dri. Mesa's software
// renderer imports foreign dma-bufs only where there is no card.
#include <gtest/gtest.h>

#include "tests/lab/hidden.h"

namespace {

class HiddenDisplays : public testing::Environment {
    void SetUp() override { vitrine::lab::hide("/dev/dri"); }
};

const auto* const kHidden = testing::AddGlobalTestEnvironment(new HiddenDisplays);

}  // namespace
