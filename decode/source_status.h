// What any thread may ask a source for. Thread-safe by its mutex.
#pragma once

#include <mutex>

#include "core/stream.h"

namespace vitrine {

struct SourceStatus {
    mutable std::mutex mutex;
    DecodePath path;
    SourceCounters counters;
    /// Where on the container's clock the time line begins, once that is known.
    std::optional<Nanos> origin;
};

}  // namespace vitrine
