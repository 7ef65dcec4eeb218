#include "embed/hosted_renderer.h"

#include <utility>

#include "core/display_size.h"
#include "core/log.h"
#include "render/gl_objects.h"
#include "render/texel_format.h"

namespace vitrine {
namespace {

// A GPU that has not finished a picture after so long has hung.
constexpr Nanos kGpuPatience = std::chrono::seconds(10);
// Without the context nobody can have what was submitted begin.
constexpr Nanos kShortPatience = std::chrono::milliseconds(100);

}  // namespace

/// Torn down in reverse.
struct HostedRenderer::Gl {
    std::unique_ptr<GlContext> context;
    bool keep_state = true;
    std::optional<HostVertexArray> vertices;
    std::unique_ptr<Renderer> renderer;
    std::unique_ptr<ImportLadder> ladder;
    ImportedFrame picture;           // that is drawn; null before the first
    ImportedFrame borrowed;          // null: nothing
    std::deque<InFlight> in_flight;  // at most kFramesInFlight, and one more at the end

    /// As long as it lives the context is ours. What GL has noted against the host it would tell
    /// us.
    void enter(std::optional<HostState>& state) {
        if (context->abandoned()) return;
        (void)check_gl(*context, "the host's");
        state.emplace(*context, *vertices, keep_state);
    }
    void finish() {
        if (in_flight.empty()) return;
        const Nanos longest = context->abandoned() ? kShortPatience : kGpuPatience;
        std::string why;
        for (const InFlight& each : in_flight) {
            const auto done = each.fence.wait(longest);
            if (done && *done) continue;
            why = done ? "it has hung" : done.error().text;
            if (done) break;  // nor does it come to what it was told later
        }
        if (!why.empty()) {
            log_warning("a renderer goes, and the GPU may not have finished its pictures: {}", why);
        }
        in_flight.clear();
    }
    ~Gl() {
        finish();
        borrowed.reset();
        picture.reset();
    }
};

HostedRenderer::HostedRenderer(std::shared_ptr<HostedPlayer> player, std::shared_ptr<void> place,
                               std::unique_ptr<Gl> gl)
    : player_(std::move(player)), place_(std::move(place)), gl_(std::move(gl)) {}

Result<std::unique_ptr<HostedRenderer>> HostedRenderer::make(std::shared_ptr<HostedPlayer> player,
                                                             bool keep_state,
                                                             const FunctionFilters& filters) {
    auto place = player->add_renderer();
    if (!place) return Failure(place.error());
    auto gl = std::make_unique<Gl>();
    auto context = GlContext::join_current(filters);
    if (!context) return Failure(context.error());
    gl->context = std::move(*context);
    gl->keep_state = keep_state;
    gl->vertices.emplace(*gl->context);
    std::optional<HostState> state;
    gl->enter(state);
    auto renderer = Renderer::make(*gl->context);
    if (!renderer) return Failure(renderer.error());
    gl->renderer = std::move(*renderer);
    auto ladder = ImportLadder::make(*gl->context, *gl->renderer, {});
    if (!ladder) return Failure(ladder.error());
    gl->ladder = std::move(*ladder);
    return std::unique_ptr<HostedRenderer>(
        new HostedRenderer(std::move(player), std::move(*place), std::move(gl)));
}

HostedRenderer::~HostedRenderer() {
    if (!is_at_home()) {
        log_warning("a renderer goes without its context: what it made stays there");
        gl_->context->abandon();
    }
    if (gl_->borrowed && !gl_->context->abandoned()) (void)await_gpu_with(gl_->borrowed);
    std::optional<HostState> state;
    gl_->enter(state);
    // In the guard, which needs the context and the vertex array: those go last.
    gl_->finish();
    gl_->borrowed.reset();
    gl_->picture.reset();
    gl_->ladder.reset();
    gl_->renderer.reset();
}

bool HostedRenderer::is_at_home() const {
    return gl_->context->is_current();
}

bool HostedRenderer::is_on_own_thread() const {
    return gl_->context->is_own_thread();
}

HostedRenderer::Update HostedRenderer::update() const {
    return {player_->board().look().number != tried_, player_->board().next_due()};
}

Result<void> HostedRenderer::draw(const DrawTarget& target, const DrawOptions& options,
                                  double opacity) {
    std::optional<HostState> state;
    gl_->enter(state);
    if (auto ok = check_target(target); !ok) return ok;
    if (auto room = make_room(); !room) return room;
    if (auto taken = take_newest(); !taken) return taken;
    return draw_current(target, options, opacity);
}

/// The host's, which may change from draw to draw.
Result<void> HostedRenderer::check_target(const DrawTarget& target) const {
    const GlFunctions& gl = gl_->context->gl();
    gl.BindFramebuffer(GL_FRAMEBUFFER, target.framebuffer);
    const GLenum status = gl.CheckFramebufferStatus(GL_FRAMEBUFFER);
    if (auto ok = check_gl(*gl_->context, "the target's framebuffer"); !ok) return ok;
    if (status == GL_FRAMEBUFFER_COMPLETE) return {};
    return fail(Errc::invalid_argument, "framebuffer {} is not complete: {:#x}", target.framebuffer,
                status);
}

/// Where it cannot be imported the player is told, and the picture before it stays. Errors:
/// device_lost, which is this renderer's alone.
Result<void> HostedRenderer::take_newest() {
    const PictureBoard::Posted newest = player_->board().take();
    if (newest.number == tried_) return {};
    tried_ = newest.number;
    if (newest.source != source_) gl_->ladder->begin_source();
    source_ = newest.source;
    auto imported = gl_->ladder->import(newest.frame);
    if (imported) tell_importer();
    if (!imported && imported.error().code == Errc::device_lost) return Failure(imported.error());
    if (!imported) {
        player_->board().refuse(newest, imported.error());
        return {};
    }
    way_ = {player_->clock().now(), Nanos{0}, (*imported)->copies, (*imported)->bytes_copied};
    gl_->picture = std::move(*imported);
    drawn_ = newest.number;
    return {};
}

/// Each time that it is another than before.
void HostedRenderer::tell_importer() {
    std::string importer(gl_->ladder->used());
    if (importer == told_importer_) return;
    told_importer_ = importer;
    auto refused = gl_->ladder->refused();
    if (!refused.empty()) {
        log_warning("pictures come to the GPU by {}: {}", importer, fmt::join(refused, "; "));
    }
    player_->board().note_importer(std::move(importer), std::move(refused));
}

Result<void> HostedRenderer::draw_current(const DrawTarget& target, const DrawOptions& options,
                                          double opacity) {
    if (!gl_->picture) {
        if (opacity >= 1 && !options.corners) gl_->renderer->clear(target);
        return {};
    }
    auto drawn = opacity >= 1 ? gl_->renderer->draw(*gl_->picture, target, options)
                              : gl_->renderer->draw_over(*gl_->picture, target, options, opacity);
    if (auto ok = await_gpu_with(gl_->picture); !ok) return ok;
    return drawn;
}

/// The picture stays until the GPU has done what it is told by now.
Result<void> HostedRenderer::await_gpu_with(const ImportedFrame& picture) {
    auto fence = GpuFence::make(*gl_->context);
    if (!fence) return Failure(fence.error());
    gl_->in_flight.push_back({picture, std::move(*fence)});
    way_.drawn = player_->clock().now();
    return {};
}

Result<HostedRenderer::Borrowed> HostedRenderer::borrow() {
    if (lent_ == 0) {
        if (auto taken = take_for_host(); !taken) return Failure(taken.error());
    }
    ++lent_;
    const GpuFrame& gpu = *gl_->borrowed;
    const PictureKey key = picture_key(gpu);
    const ShaderKey shader = shader_key(key);
    std::string& text = shaders_[shader];
    if (text.empty()) text = host_source(shader);
    Borrowed out{
        text,
        gpu.texture_count,
        texture_target(gpu.external),
        {},
        host_values(key),
        display_size({key.crop.width, key.crop.height}, key.sample_aspect, key.orientation)};
    for (int i = 0; i < gpu.texture_count; ++i) {
        out.textures[static_cast<size_t>(i)] =
            gpu.textures[static_cast<size_t>(texture_of_sampler(shader, i))];
    }
    return out;
}

Result<void> HostedRenderer::take_for_host() {
    std::optional<HostState> state;
    gl_->enter(state);
    if (auto room = make_room(); !room) return room;
    if (auto taken = take_newest(); !taken) return taken;
    if (!gl_->picture) return fail(Errc::unavailable, "there is no picture yet");
    if (auto ok = check_gl(*gl_->context, "borrowing"); !ok) return ok;
    const PixelFormatInfo& format = info(gl_->picture->frame->format());
    if (!gl_->picture->external) {
        if (auto ok = check_depth(format, gl_->context->facts()); !ok) return ok;
    }
    gl_->borrowed = gl_->picture;
    return {};
}

Result<void> HostedRenderer::give_back() {
    if (lent_ == 0) return {};
    if (lent_ == 1) {
        if (auto room = make_room(); !room) return room;
        if (auto ok = await_gpu_with(gl_->borrowed); !ok) return ok;
        gl_->borrowed.reset();
    }
    --lent_;
    return {};
}

/// The frames of which the GPU has finished every draw go back; of those in flight no more than
/// kFramesInFlight are left.
Result<void> HostedRenderer::make_room() {
    while (!gl_->in_flight.empty()) {
        const bool full = gl_->in_flight.size() >= kFramesInFlight;
        const GpuFence& oldest = gl_->in_flight.front().fence;
        const auto done = full ? oldest.wait(kGpuPatience) : oldest.is_signalled();
        if (!done) return Failure(done.error());
        if (!*done && full) {
            return fail(Errc::timeout, "the GPU has not finished a picture within {} s",
                        std::chrono::duration_cast<std::chrono::seconds>(kGpuPatience).count());
        }
        if (!*done) return {};
        gl_->in_flight.pop_front();
    }
    return {};
}

void HostedRenderer::note_presented(Nanos when) {
    if (drawn_ == 0) return;
    const Nanos moment = when > Nanos{0} ? when : player_->clock().now();
    player_->board().note_shown(drawn_, way_, moment);
}

}  // namespace vitrine
