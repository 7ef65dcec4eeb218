#include "app/doctor.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "app/text.h"
#include "core/display_size.h"
#include "decode/input.h"
#include "decode/media_source.h"
#include "hw/kernel.h"
#include "player/play_budget.h"
#include "player/player.h"
#include "player/pool_memory.h"
#include "player/presenter.h"
#include "player/session.h"
#include "render/drawing_gpu.h"

namespace vitrine {
namespace {

using Rung = DoctorReport::Rung;

constexpr Nanos kLongest = std::chrono::seconds(2);  // of playing, for each rung
constexpr Nanos kFrameWait = std::chrono::milliseconds(20);

constexpr const char* kImported = "software, imported";
constexpr const char* kUploaded = "software, uploaded";

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
        all.push_back({kImported, name, true, {"dmabuf"}});
        all.push_back({kUploaded, name, false, {"upload"}});
    }
    return all;
}

/// One rung, from opening the file to two seconds of it.
class Trial {
  public:
    Trial(const std::string& file, Attempt attempt, const DoctorTools& tools)
        : file_(file), attempt_(std::move(attempt)), tools_(tools) {}

    Rung run() {
        rung_.name = attempt_.name;
        if (auto done = play(); !done)
            rung_.reason = own_words(file_, attempt_.row, done.error().text);
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
        if (!rung_.played) {
            rung_.hint = hint_for(attempt_.row, rung_.reason, graphics_);
        } else if (rung_.copies_per_frame > 0) {
            rung_.reason = why_copied_;
            rung_.hint = hint_for_copies(attempt_.row, rung_.reason, graphics_);
        }
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
        return fail(Errc::unsupported, "{}",
                    refused.empty() ? "no picture came" : joined(refused, "; "));
    }

    Result<void> open() {
        auto context = GlContext::make_offscreen(tools_.graphics);
        if (!context) return Failure(context.error());
        graphics_ = (*context)->facts();
        MediaOptions media;
        media.decoders = {attempt_.row};
        media.kernel = tools_.kernel;
        media.calls = tools_.calls;
        media.frames_held = kFramesHeld;
        media.cuda_device = ask_for_drawing_gpu(**context);
        if (attempt_.pooled) {
            const PoolMemoryChoice choice = choose_pool_memory(tools_.kernel, **context);
            if (!choice.memory.allocator)
                return fail(Errc::unsupported, "{}", joined(choice.refused, "; "));
            media.pool = choice.memory;
        }
        auto source = open_media(file_, media, clock_);
        if (!source) return Failure(source.error());
        const int longest_side = graphics_.max_texture_size;
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
        why_copied_ = why_copied(path, importer);
        // A decoder with memory of its own says so itself; the importer knows only the outcome.
        const bool own_memory = attempt_.pooled && path.storage == "memory";
        if (own_memory && !path.refused.empty())
            rung_.reason = own_words(file_, attempt_.row, path.refused.back());
    }

    /// For a rung that may import: what is left to the CPU then.
    [[nodiscard]] std::string why_copied(const DecodePath& path,
                                         const std::string& importer) const {
        const auto refused = presenter_->refused_importers();
        const bool imported_badly = importer == "upload" && path.storage != "memory";
        return imported_badly ? joined(refused, "; ") : std::string(kTooFewToLend);
    }

    const std::string& file_;
    const Attempt attempt_;
    const DoctorTools& tools_;
    MonotonicClock clock_;
    PlaybackStatistics statistics_;
    std::unique_ptr<Presenter> presenter_;
    std::unique_ptr<Session> session_;
    std::unique_ptr<Player> player_;
    uint64_t device_copies_ = 0;
    std::string why_copied_;
    GlFacts graphics_;
    Rung rung_;
};

Rung* find(DoctorReport& report, std::string_view name) {
    const auto found = std::find_if(report.rungs.begin(), report.rungs.end(),
                                    [name](const Rung& rung) { return rung.name == name; });
    return found == report.rungs.end() ? nullptr : &*found;
}

/// It copies by what it is: what would spare that is known of the rung before it.
void explain_upload(DoctorReport& report) {
    const Rung* imported = find(report, kImported);
    Rung* uploaded = find(report, kUploaded);
    if (imported == nullptr || uploaded == nullptr || !uploaded->played) return;
    uploaded->reason = "the CPU copies each picture into textures";
    if (imported->played) {
        uploaded->hint = fmt::format("\"{}\" does without; play prefers it by itself", kImported);
    } else {
        uploaded->reason += fmt::format(", for the rung before it is out: {}", imported->reason);
        uploaded->hint = imported->hint;
    }
}

/// Another libavcodec helps with what V4L2's devices decode.
void withdraw_other_libavcodec(DoctorReport& report) {
    const Rung* v4l2 = find(report, "v4l2");
    Rung* drm_prime = find(report, "drm-prime");
    if (v4l2 == nullptr || drm_prime == nullptr) return;
    if (v4l2->reason.rfind("V4L2 has no format for ", 0) == 0) drm_prime->hint.clear();
}

/// Whether it can be opened at all, by whatever decodes it here.
Result<void> check_file(const std::string& file, const DoctorTools& tools) {
    MonotonicClock clock;
    for (const bool hardware : {false, true}) {
        MediaOptions media;
        media.hardware = hardware;
        media.kernel = tools.kernel;
        media.calls = tools.calls;
        auto source = open_media(file, media, clock);
        if (source) return {};
        if (hardware) return Failure(source.error());
    }
    return {};
}

/// What the file is, where it can be read once only; else "".
std::string_view read_once(const std::string& file) {
    const InputName name = parse_input_name(file);
    const std::string_view target = name.target;
    const bool descriptor = target.rfind("pipe:", 0) == 0 || target.rfind("fd:", 0) == 0;
    if (name.kind == InputName::Kind::standard_input) return "standard input";
    if (name.kind == InputName::Kind::url) return descriptor ? "a pipe" : "";
    struct stat status {};
    if (::stat(name.target.c_str(), &status) != 0) return "";
    if (S_ISFIFO(status.st_mode)) return "a pipe";
    if (S_ISSOCK(status.st_mode)) return "a socket";
    return S_ISCHR(status.st_mode) ? "a character device, such as a terminal," : "";
}

}  // namespace

Result<void> check_replayable(const std::string& file, std::string_view command) {
    const std::string_view kind = read_once(file);
    if (kind.empty()) return {};
    return fail(Errc::invalid_argument,
                "{}{} plays its file several times, which {} cannot be: save it to a file first",
                file == "-" ? "" : file + ": ", command, kind);
}

bool DoctorReport::any_played() const {
    return std::any_of(rungs.begin(), rungs.end(), [](const Rung& rung) { return rung.played; });
}

Result<DoctorReport> examine(const std::string& file, const DoctorTools& tools) {
    if (auto ok = check_file(file, tools); !ok) return Failure(ok.error());
    DoctorReport report;
    report.file = file;
    if (auto context = GlContext::make_offscreen(tools.graphics)) {
        const GlFacts& facts = (*context)->facts();
        report.graphics = fmt::format("{}, {}", facts.gl_renderer, facts.gl_version);
        report.graphics_hint = hint_for_graphics(facts.software_renderer);
    } else {
        report.graphics = context.error().text;
    }
    for (Attempt& attempt : attempts()) {
        report.rungs.push_back(Trial(file, std::move(attempt), tools).run());
    }
    explain_upload(report);
    withdraw_other_libavcodec(report);
    return report;
}

}  // namespace vitrine
