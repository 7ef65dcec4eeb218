// The two ways of a picture to an output that bench --via=api compares: as the program shows it,
// and as a host of libvitrine does. Thread-bound to the output's context.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/frame.h"
#include "render/output.h"

namespace vitrine {

/// Whole pictures that the CPU copied so far, and their bytes.
struct WayCopies {
    uint64_t frames = 0;
    uint64_t copies = 0;
    uint64_t bytes = 0;
};

class BenchWay {
  public:
    virtual ~BenchWay() = default;
    /// The picture that show() is to show, as if it were due.
    virtual void offer(const FramePtr& frame) = 0;
    /// All that is done with a picture that is due, on the thread that draws. Errors: as the
    /// importers and GL have them; unavailable.
    [[nodiscard]] virtual Result<void> show() = 0;
    [[nodiscard]] virtual std::string importer() const = 0;  // of the last picture
    [[nodiscard]] virtual std::vector<std::string> refused_importers() const = 0;
    /// Shows nothing any more.
    [[nodiscard]] virtual WayCopies end() = 0;
};

/// By the presenter. The output outlives it.
[[nodiscard]] Result<std::unique_ptr<BenchWay>> make_program_way(Output& output,
                                                                 const Clock& clock);

/// By libvitrine's functions, in the output's context, which is current.
class ApiWay : public BenchWay {
  public:
    /// With nothing new to show.
    [[nodiscard]] virtual Result<void> update_only() = 0;
    /// The picture of before, into the output's next target; not presented.
    [[nodiscard]] virtual Result<void> draw_only() = 0;
};
/// filters: of the functions of GL that the library calls.
[[nodiscard]] Result<std::unique_ptr<ApiWay>> make_api_way(Output& output,
                                                           const FunctionFilters& filters = {});

}  // namespace vitrine
