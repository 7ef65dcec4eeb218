#include "player/presenter.h"

namespace vitrine {
namespace {

class NullPresenter final : public Presenter {
  public:
    NullPresenter(const Clock& clock, PresenterHooks hooks)
        : clock_(clock), hooks_(std::move(hooks)) {}

    void begin_source() override {}
    void set_draw(const DrawOptions&) override {}
    Result<void> resize(Size) override { return {}; }
    Result<Nanos> make_room() override { return Nanos{0}; }
    Result<void> show(const QueuedFrame& frame) override {
        FrameRecord record = make_record(frame);
        record.stamps.set(Stage::presented, clock_.now());
        if (hooks_.planes) hooks_.planes(record, *frame.frame);
        if (hooks_.presented) hooks_.presented(record);
        return {};
    }
    void fade_next(Nanos) override {}
    std::optional<Nanos> fade_drawn() const override { return std::nullopt; }
    Result<void> redraw() override { return {}; }
    void poll() override {}
    bool wait_for_gpu(Nanos) override { return false; }
    Result<void> finish() override { return {}; }
    Result<Picture> last_picture() override {
        return fail(Errc::unsupported, "nothing is drawn with --output=null");
    }
    std::string importer_name() const override { return "none"; }
    std::string output_name() const override { return "null"; }
    std::vector<std::string> refused_importers() const override { return {}; }
    ImportCounters import_counters() const override { return {}; }
    GpuTiming gpu_timing() const override { return GpuTiming::none; }

  private:
    const Clock& clock_;
    PresenterHooks hooks_;
};

}  // namespace

FrameRecord make_record(const QueuedFrame& queued) {
    const FrameInfo& frame = queued.frame->info();
    FrameRecord record;
    record.sequence = frame.sequence;
    record.pts = frame.pts;
    record.place = queued.place;
    record.stamps = queued.stamps;
    record.copies = frame.copies;
    record.bytes_copied = frame.bytes_copied;
    record.corrupt = frame.corrupt;
    return record;
}

std::unique_ptr<Presenter> make_null_presenter(const Clock& clock, PresenterHooks hooks) {
    return std::make_unique<NullPresenter>(clock, std::move(hooks));
}

}  // namespace vitrine
