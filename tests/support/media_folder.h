// Real clips, where somebody has some. Reentrant.
#pragma once

#include <cstdlib>

namespace vitrine::testing {

/// What VITRINE_TEST_MEDIA names; null where it names none.
[[nodiscard]] inline const char* media_folder() {
    const char* folder = std::getenv("VITRINE_TEST_MEDIA");
    return folder == nullptr || *folder == '\0' ? nullptr : folder;
}

}  // namespace vitrine::testing
