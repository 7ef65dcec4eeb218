// Device folders that are to be there for some tests and not for others. Thread-safe.
#pragma once

#include <string>

namespace vitrine::lab {

/// From here on the calling thread, and the threads and programs that it starts, see an empty
/// folder there. Throws where that cannot be done: this is a test of the lab.
void hide(const std::string& folder);

}  // namespace vitrine::lab
