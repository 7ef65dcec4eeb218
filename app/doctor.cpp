#include "app/doctor.h"

#include <algorithm>
#include <utility>

#include "app/display_size.h"
#include "app/play_budget.h"
#include "decode/media_source.h"
#include "hw/kernel.h"
#include "player/player.h"
#include "player/pool_memory.h"
#include "player/presenter.h"
#include "player/session.h"

namespace vitrine {
namespace {

using Rung = DoctorReport::Rung;

constexpr Nanos kLongest = std::chrono::seconds(2);  // of playing, for each rung
constexpr Nanos kFrameWait = std::chrono::milliseconds(20);

/// What is tried: a row of decoders, and ways to the GPU.
struct Attempt {
    std::string name;
    std::string row;
    bool pooled = false;                 // software decodes into importable memory
    std::vector<std::string> importers;  // empty: any
};

std::vector<Attempt> attempts() {
    std::vector<Attempt> all;
    for (const DecoderRow& row : decoder_rows()) {
        const std::string name(row.name);
        if (name != "software") {
            all.push_back({name, name, false, {}});
            continue;
        }
        all.push_back({"software, imported", name, true, {"dmabuf"}});
        all.push_back({"software, uploaded", name, false, {"upload"}});
    }
    return all;
}

std::string joined(const std::vector<std::string>& reasons) {
    return fmt::format("{}", fmt::join(reasons, "; "));
}

/// One rung, from opening the file to two seconds of it.
class Trial {
  public:
    Trial(const std::string& file, Attempt attempt, std::shared_ptr<CallGuard> calls)
        : file_(file), attempt_(std::move(attempt)), calls_(std::move(calls)) {}

    Rung run() {
        rung_.name = attempt_.name;
        if (auto done = play(); !done) rung_.reason = own_words(done.error().text);
        if (session_) take_path();
        player_.reset();
        session_.reset();
        presenter_.reset();
        rung_.frames = statistics_.presented();
        rung_.frames_per_second = statistics_.presented_per_second();
        if (rung_.frames > 0) {
            const auto frames = static_cast<double>(rung_.frames);
            rung_.copies_per_frame = static_cast<double>(statistics_.copies()) / frames;
            rung_.device_copies_per_frame = static_cast<double>(device_copies_) / frames;
        }
        rung_.played = rung_.frames > 0 && rung_.reason.empty();
        if (!rung_.played) rung_.hint = hint_for(attempt_.row, rung_.reason);
        return rung_;
    }

  private:
    Result<void> play() {
        if (auto opened = open(); !opened) return opened;
        const Nanos end = clock_.now() + kLongest;
        while (clock_.now() < end) {
            const auto tick = player_->tick();
            if (!tick) return Failure(tick.error());
            if (tick->ended) break;
            if (!tick->wake_at) (void)session_->queue().wait_for_frame(kFrameWait);
        }
        session_->stop();
        if (auto finished = presenter_->finish(); !finished) return finished;
        device_copies_ = presenter_->import_counters().device_copies;
        if (const auto error = session_->error()) return Failure(*error);
        if (statistics_.presented() > 0) return {};
        const auto refused = presenter_->refused_importers();
        return fail(Errc::unsupported, "{}", refused.empty() ? "no picture came" : joined(refused));
    }

    Result<void> open() {
        auto context = GlContext::make_offscreen();
        if (!context) return Failure(context.error());
        MediaOptions media;
        media.decoders = {attempt_.row};
        media.kernel = kernel_;
        media.calls = calls_;
        media.frames_held = kFramesHeld;
        if (attempt_.pooled) {
            const PoolMemoryChoice choice = choose_pool_memory(kernel_, **context);
            if (!choice.memory.allocator)
                return fail(Errc::unsupported, "{}", joined(choice.refused));
            media.pool = choice.memory;
        }
        auto source = open_media(file_, media, clock_);
        if (!source) return Failure(source.error());
        const int longest_side = (*context)->facts().max_texture_size;
        const DisplaySize size = display_size((*source)->info(), 0, longest_side);
        auto output = make_offscreen_output(std::move(*context), size.size);
        if (!output) return Failure(output.error());
        GlPresenterOptions options;
        options.importers = attempt_.importers;
        PresenterHooks hooks;
        hooks.presented = [this](const FrameRecord& record) { statistics_.add_presented(record); };
        auto presenter = make_gl_presenter(std::move(*output), options, clock_, std::move(hooks));
        if (!presenter) return Failure(presenter.error());
        presenter_ = std::move(*presenter);
        session_ = std::make_unique<Session>(std::move(*source), kQueueCapacity, clock_);
        PlayerOptions untimed;
        untimed.pacer.untimed = true;
        player_ = std::make_unique<Player>(*session_, *presenter_, statistics_, clock_, untimed);
        return {};
    }

    void take_path() {
        const DecodePath path = session_->path();
        const std::string importer = presenter_->importer_name();
        if (statistics_.presented() > 0)
            rung_.path = fmt::format("{} > {} > {}", path.decoder, path.storage, importer);
        // A decoder with memory of its own says so itself; the importer knows only the outcome.
        const bool own_memory = attempt_.pooled && path.storage == "memory";
        if (own_memory && !path.refused.empty()) rung_.reason = path.refused.back();
    }

    /// The report names the file and the row itself.
    [[nodiscard]] std::string own_words(std::string text) const {
        for (const std::string& known :
             {file_ + ": ", std::string("no decoder that was asked for works: "),
              attempt_.row + ": "}) {
            if (text.rfind(known, 0) == 0) text.erase(0, known.size());
        }
        return text;
    }

    const std::string& file_;
    const Attempt attempt_;
    const std::shared_ptr<CallGuard> calls_;
    const std::shared_ptr<RealKernel> kernel_ = std::make_shared<RealKernel>();
    MonotonicClock clock_;
    PlaybackStatistics statistics_;
    std::unique_ptr<Presenter> presenter_;
    std::unique_ptr<Session> session_;
    std::unique_ptr<Player> player_;
    uint64_t device_copies_ = 0;
    Rung rung_;
};

/// Whether it can be opened at all, by whatever decodes it here.
Result<void> check_file(const std::string& file, const std::shared_ptr<CallGuard>& calls) {
    MonotonicClock clock;
    for (const bool hardware : {false, true}) {
        MediaOptions media;
        media.hardware = hardware;
        media.calls = calls;
        auto source = open_media(file, media, clock);
        if (source) return {};
        if (hardware) return Failure(source.error());
    }
    return {};
}

}  // namespace

bool DoctorReport::any_played() const {
    return std::any_of(rungs.begin(), rungs.end(), [](const Rung& rung) { return rung.played; });
}

Result<DoctorReport> examine(const std::string& file, const std::shared_ptr<CallGuard>& calls) {
    if (auto ok = check_file(file, calls); !ok) return Failure(ok.error());
    DoctorReport report;
    report.file = file;
    if (auto context = GlContext::make_offscreen()) {
        const GlFacts& facts = (*context)->facts();
        report.graphics = fmt::format("{}, {}", facts.gl_renderer, facts.gl_version);
        report.graphics_hint = hint_for_graphics(facts.software_renderer);
    } else {
        report.graphics = context.error().text;
    }
    for (Attempt& attempt : attempts()) {
        report.rungs.push_back(Trial(file, std::move(attempt), calls).run());
    }
    return report;
}

}  // namespace vitrine
