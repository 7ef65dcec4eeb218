// The name of a thread, as `top -H`, debuggers and traces show it. Reentrant.
#pragma once

#include <pthread.h>

namespace vitrine {

/// Of the calling thread: at most 15 bytes, of which the system keeps a copy.
inline void name_this_thread(const char* name) {
    (void)pthread_setname_np(pthread_self(), name);
}

}  // namespace vitrine
