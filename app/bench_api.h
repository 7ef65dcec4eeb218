// bench --via=api: what a picture costs through libvitrine, beside the same picture through the
// presenter that the program has, and what libvitrine's single calls cost. Thread-bound to the
// context's thread.
#pragma once

#include <string>
#include <vector>

#include "app/bench_trial.h"

namespace vitrine {

struct ApiPlan {
    TransferPlan transfer;  // memory: null for plain memory, which is uploaded; else it is imported
    uint64_t warm_up = 10;  // pictures that come first and are not counted
    uint64_t frames = 60;   // each shown both ways
    Nanos duration{0};      // ends sooner after so long; 0: not
    uint64_t seed = 0;      // of which way is first with a picture
};

/// Of the same pictures. Nothing is known of the hand-over by itself.
struct ApiSamples {
    TrialSamples program;
    TrialSamples api;
};

/// Each picture is alone on the GPU, once each way. Errors: unsupported, where pictures of that
/// memory are not imported; unavailable with the picture and what was wrong of it, which voids the
/// trial; interrupted, where it was stopped; those of GL.
[[nodiscard]] Result<ApiSamples> run_api_trial(const BenchTools& tools, const ApiPlan& plan);

/// One call again and again.
struct CallSamples {
    std::string name;          // "update", "draw", "state_in_a_row", "state_between_pictures"
    std::vector<Nanos> times;  // of single calls; what the clock takes is among it
    Nanos cpu{0};              // of this thread, for a call at the mean
    uint64_t gl_calls = 0;     // the most that one of them made
};

/// update: with nothing new. draw: with nothing new either, after a picture by the program, whose
/// state is kept. state: the same state saved and restored, by itself: again and again, and after
/// each picture by the program, when the processor's caches hold what that left. Errors: those of
/// GL; unavailable, where update finds something new or draw does not draw; interrupted, where it
/// was stopped.
[[nodiscard]] Result<std::vector<CallSamples>> measure_api_calls(const BenchTools& tools);

}  // namespace vitrine
