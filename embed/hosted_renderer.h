// Draws a player's pictures in the context of a host, which is current on the thread that makes it;
// every call belongs to that thread and that context. The player stays as long as this does.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>

#include "embed/hosted_player.h"
#include "player/import_ladder.h"
#include "render/fence.h"
#include "render/host_state.h"
#include "render/renderer.h"
#include "render/sampling.h"

namespace vitrine {

class HostedRenderer {
  public:
    /// keep_state: the host's GL state is after each call as it was before. Errors: unsupported
    /// where no context is current, or one that the renderer cannot draw in; unavailable where the
    /// player has as many as it was made for.
    [[nodiscard]] static Result<std::unique_ptr<HostedRenderer>> make(
        std::shared_ptr<HostedPlayer> player, bool keep_state, const FunctionFilters& filters = {});
    /// Where is_at_home(): everything goes. Elsewhere the objects of GL are the driver's to free,
    /// with the context.
    ~HostedRenderer();
    HostedRenderer(const HostedRenderer&) = delete;
    HostedRenderer& operator=(const HostedRenderer&) = delete;

    /// Whether this thread and its current context are those that it was made in.
    [[nodiscard]] bool is_at_home() const;
    [[nodiscard]] bool is_on_own_thread() const;

    struct Update {
        bool new_picture = false;       // since draw() was called last
        std::optional<Nanos> next_due;  // of the player's clock; nothing while none is
    };
    /// No call of GL; the context need not be current.
    [[nodiscard]] Update update() const;
    /// Always draws: the newest picture, or black before the first. Errors: as Renderer's.
    [[nodiscard]] Result<void> draw(const DrawTarget& target, const DrawOptions& options,
                                    double opacity);
    /// For the host's own program: what host_source() and host_values() are about.
    struct Borrowed {
        const std::string& shader;  // lives as long as this; another where it is another text
        int count;
        GLenum target;
        std::array<GLuint, 4> textures;  // in the order of the samplers
        std::array<std::array<float, 4>, kHostValues> values;
        Size size;  // as it is seen, of square pixels
    };
    /// The newest picture; the same until it is given back as often. Errors: unavailable before the
    /// first; unsupported for a format that no shader samples here; as Renderer's.
    [[nodiscard]] Result<Borrowed> borrow();
    /// What the host has drawn so far is all that it draws of it. Errors: as GpuFence's, and then
    /// it is still lent.
    [[nodiscard]] Result<void> give_back();
    /// What was drawn last is seen from this moment on; 0: now.
    void note_presented(Nanos when);

  private:
    struct Gl;
    struct InFlight {
        ImportedFrame imported;
        GpuFence fence;
    };
    HostedRenderer(std::shared_ptr<HostedPlayer> player, std::shared_ptr<void> place,
                   std::unique_ptr<Gl> gl);
    [[nodiscard]] Result<void> check_target(const DrawTarget& target) const;
    [[nodiscard]] Result<void> take_newest();
    void tell_importer();
    [[nodiscard]] Result<void> draw_current(const DrawTarget& target, const DrawOptions& options,
                                            double opacity);
    [[nodiscard]] Result<void> take_for_host();
    [[nodiscard]] Result<void> make_room();
    [[nodiscard]] Result<void> await_gpu_with(const ImportedFrame& picture);

    const std::shared_ptr<HostedPlayer> player_;
    const std::shared_ptr<void> place_;  // among its renderers
    std::unique_ptr<Gl> gl_;
    uint64_t lent_ = 0;    // how often the picture was borrowed and not given back
    uint64_t tried_ = 0;   // the newest picture that was looked at
    uint64_t drawn_ = 0;   // the picture that draw() shows
    uint64_t source_ = 0;  // of the newest
    PictureBoard::Way way_;
    std::string told_importer_;
    std::map<ShaderKey, std::string> shaders_;  // that were lent; as many as there are formats
};

}  // namespace vitrine
