// One trial of bench: pictures written, handed over, drawn and checked, as many as asked for.
// Thread-bound to the context's thread.
#pragma once

#include <functional>
#include <vector>

#include "app/bench_picture.h"
#include "core/clock.h"
#include "render/gpu_timer.h"
#include "render/output.h"
#include "render/renderer.h"
#include "render/transfer.h"

namespace vitrine {

/// What pictures are drawn into, whatever their size: what differs is then the way there.
inline constexpr Size kBenchTarget{640, 360};

struct BenchTools {
    Output& output;  // of kBenchTarget
    Renderer& renderer;
    GpuTimer* timer = nullptr;  // null: GPU times are from submit to fence
    const Clock& clock;
    const Clock& cpu_clock;                                // of this thread
    std::function<bool()> stopped = [] { return false; };  // asked before each picture
};

struct TrialPlan {
    const TransferRow* row = nullptr;
    TransferPlan transfer;
    std::string file;       // whose decoded pictures are handed over; "": those of BenchPicture
    uint64_t warm_up = 10;  // pictures that come first and are not counted: each texture was used
    uint64_t frames = 60;
    Nanos duration{0};  // ends sooner after so long; 0: not
};

/// A value per picture.
struct TrialSamples {
    std::vector<Nanos> decode;     // until the decoder gave the picture; none without a file
    std::vector<Nanos> write;      // until the memory was lent and the picture written into it;
                                   // none with a file
    std::vector<Nanos> hand_over;  // in TextureTransfer::hand_over()
    std::vector<Nanos> frame;      // that, and until the draw was submitted
    std::vector<Nanos> whole;      // from there until the GPU has finished; of --via=api alone
    std::vector<Nanos> cpu;        // of this thread for the frame
    std::vector<Nanos> gpu;        // by timer query; else of pictures that were alone on the GPU,
                                   // from their submission to their fence
    Nanos wall{0};                 // for all of them, with writing and checking
    uint64_t frames = 0;
    uint64_t told_apart = 0;     // whose pixel none of the pictures before has; none where
                                 // only the first is shown
    uint64_t copies = 0;         // of whole pictures, by the CPU
    uint64_t device_copies = 0;  // and by the GPU
    uint64_t bytes_copied = 0;   // by the CPU

    void add(const TrialSamples& other);
};

/// Errors: unsupported, where the way is none here; unavailable with the picture and what was wrong
/// of it, which voids the trial; interrupted, where it was stopped; those of GL.
[[nodiscard]] Result<TrialSamples> run_trial(const BenchTools& tools, const TrialPlan& plan);

}  // namespace vitrine
