#include "app/bench_ways.h"

#include <utility>

#include "embed/c_renderer.h"
#include "player/presenter.h"

namespace vitrine {
namespace {

class ProgramWay final : public BenchWay {
  public:
    explicit ProgramWay(std::unique_ptr<Presenter> presenter) : presenter_(std::move(presenter)) {}

    void offer(const FramePtr& frame) override { next_.frame = frame; }
    Result<void> show() override {
        ++shown_;
        if (auto room = presenter_->make_room(); !room) return Failure(room.error());
        return presenter_->show(next_);
    }
    std::string importer() const override { return presenter_->importer_name(); }
    std::vector<std::string> refused_importers() const override {
        return presenter_->refused_importers();
    }
    WayCopies end() override {
        const ImportCounters counters = presenter_->import_counters();
        return {shown_, counters.copies, counters.bytes_copied};
    }

  private:
    const std::unique_ptr<Presenter> presenter_;
    QueuedFrame next_;
    uint64_t shown_ = 0;
};

struct RendererEnd {
    void operator()(vitrine_renderer* renderer) const { vitrine_renderer_destroy(renderer); }
};

class HostWay final : public ApiWay {
  public:
    explicit HostWay(Output& output) : output_(output) {}
    Result<void> open(const FunctionFilters& filters);

    void offer(const FramePtr& frame) override {
        board().post(frame, make_record(QueuedFrame{frame, {}}));
    }
    Result<void> show() override;
    Result<void> update_only() override { return update(0); }
    Result<void> draw_only() override;
    std::string importer() const override { return board().importer(); }
    std::vector<std::string> refused_importers() const override {
        return board().refused_importers();
    }
    WayCopies end() override;

  private:
    [[nodiscard]] PictureBoard& board() const { return player_.player->board(); }
    [[nodiscard]] Result<void> update(int wanted) const;
    static Result<void> checked(int status) {
        if (status == VITRINE_OK) return {};
        return fail(Errc::unavailable, "{}", vitrine_error_text());
    }

    Output& output_;
    vitrine_player player_;
    std::unique_ptr<vitrine_renderer, RendererEnd> renderer_;
};

/// As the functions of the C API make both, which leave the log alone here.
Result<void> HostWay::open(const FunctionFilters& filters) {
    HostedPlayerOptions options;
    options.sound = false;
    auto player = HostedPlayer::make(std::move(options));
    if (!player) return Failure(player.error());
    player_.player = std::move(*player);
    auto renderer = HostedRenderer::make(player_.player, true, filters);
    if (!renderer) return Failure(renderer.error());
    renderer_.reset(new vitrine_renderer{std::move(*renderer)});
    return {};
}

Result<void> HostWay::update(int wanted) const {
    vitrine_update update{};
    update.size = sizeof(update);
    if (const int status = vitrine_renderer_update(renderer_.get(), &update); status != VITRINE_OK)
        return checked(status);
    if (update.new_picture == wanted) return {};
    return fail(Errc::unavailable, "update finds {} new", wanted == 0 ? "something" : "nothing");
}

Result<void> HostWay::draw_only() {
    const DrawTarget to = output_.begin_frame();
    vitrine_target target{};
    target.size = sizeof(target);
    target.framebuffer = to.framebuffer;
    target.width = to.size.width;
    target.height = to.size.height;
    target.top_down = to.bottom_up ? 0 : 1;
    target.fit = VITRINE_FIT_STRETCH;
    return checked(vitrine_renderer_draw(renderer_.get(), &target));
}

Result<void> HostWay::show() {
    if (auto found = update(1); !found) return found;
    if (auto drawn = draw_only(); !drawn) return drawn;
    if (auto presented = output_.present(); !presented) return presented;
    return checked(vitrine_renderer_presented(renderer_.get(), 0));
}

WayCopies HostWay::end() {
    player_.player->close();
    const HostedCounters counted = player_.player->counters();
    return {counted.presented, counted.copies, counted.bytes_copied};
}

}  // namespace

Result<std::unique_ptr<BenchWay>> make_program_way(Output& output, const Clock& clock) {
    // Borrowed.
    const std::shared_ptr<Output> shared(std::shared_ptr<void>(), &output);
    GlPresenterOptions options;
    options.draw.fit = Fit::stretch;
    auto presenter = make_gl_presenter(shared, options, clock, {});
    if (!presenter) return Failure(presenter.error());
    return std::make_unique<ProgramWay>(std::move(*presenter));
}

Result<std::unique_ptr<ApiWay>> make_api_way(Output& output, const FunctionFilters& filters) {
    auto way = std::make_unique<HostWay>(output);
    if (auto opened = way->open(filters); !opened) return Failure(opened.error());
    return way;
}

}  // namespace vitrine
