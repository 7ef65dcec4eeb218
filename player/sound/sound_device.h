// Where sound goes: a device that pulls samples when it wants them.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/sound.h"

namespace vitrine {

/// Fills the samples, all of them, on the device's own thread; `now`: when the device asked.
using SoundFiller = std::function<void(std::span<float> samples, Nanos now)>;

class SoundDevice {
  public:
    virtual ~SoundDevice() = default;  // the filler is not called after that

    [[nodiscard]] virtual const std::string& name() const = 0;
    [[nodiscard]] virtual SoundFormat format() const = 0;
    /// How much of it the device asks for at a time.
    [[nodiscard]] virtual Nanos period() const = 0;
    /// False once it was lost.
    [[nodiscard]] virtual bool alive() const = 0;
};

/// It may be left behind in its call, and owns what it touches.
using SoundDeviceOpener = std::function<Result<std::unique_ptr<SoundDevice>>(SoundFiller)>;

/// Through SDL. name: as sdl_sound_devices() lists it; "" for the default. Its format is the
/// device's own as far as SDL tells. Errors: unavailable, with what there is instead.
[[nodiscard]] Result<std::unique_ptr<SoundDevice>> open_sdl_sound_device(
    const std::string& name, std::shared_ptr<const Clock> clock, SoundFiller filler);
/// Names that can be opened. Errors: unavailable when SDL has no sound here.
[[nodiscard]] Result<std::vector<std::string>> sdl_sound_devices();

}  // namespace vitrine
