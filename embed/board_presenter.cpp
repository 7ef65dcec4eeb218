#include "embed/board_presenter.h"

#include <utility>

namespace vitrine {
namespace {

class BoardPresenter final : public Presenter {
  public:
    BoardPresenter(PictureBoard& board, PlaybackStatistics& statistics,
                   std::function<void()> changed)
        : board_(board), statistics_(statistics), changed_(std::move(changed)) {}

    void begin_source() override { board_.begin_source(); }
    // How and how large it is drawn is the host's to say.
    void set_draw(const DrawOptions&) override {}
    Result<void> resize(Size) override { return {}; }
    Result<Nanos> make_room() override { return Nanos{0}; }

    Result<void> show(const QueuedFrame& queued) override {
        if (auto refused = board_.take_refusal()) return Failure(std::move(*refused));
        board_.post(queued.frame, make_record(queued));
        poll();
        changed_();
        return {};
    }

    void fade_next(Nanos) override {}
    std::optional<Nanos> fade_drawn() const override { return std::nullopt; }
    Result<void> redraw() override {
        changed_();
        return {};
    }
    void poll() override {
        for (const FrameRecord& shown : board_.take_shown()) statistics_.add_presented(shown);
        statistics_.add_dropped(DropCause::not_drawn, board_.take_unseen());
    }
    bool wait_for_gpu(Nanos) override { return false; }
    Result<void> finish() override {
        board_.give_up_unseen();
        poll();
        return {};
    }
    Result<Picture> last_picture() override {
        return fail(Errc::unsupported, "the host draws: it has the picture");
    }
    std::string importer_name() const override { return board_.importer(); }
    std::string output_name() const override { return "host"; }
    std::vector<std::string> refused_importers() const override {
        return board_.refused_importers();
    }
    ImportCounters import_counters() const override { return {}; }
    GpuTiming gpu_timing() const override { return GpuTiming::none; }

  private:
    PictureBoard& board_;
    PlaybackStatistics& statistics_;
    const std::function<void()> changed_;
};

}  // namespace

std::unique_ptr<Presenter> make_board_presenter(PictureBoard& board, PlaybackStatistics& statistics,
                                                std::function<void()> changed) {
    return std::make_unique<BoardPresenter>(board, statistics, std::move(changed));
}

}  // namespace vitrine
