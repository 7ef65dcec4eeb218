#include "app/probe.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "app/machine_state.h"
#include "app/probe_paths.h"
#include "app/screen.h"
#include "app/version.h"
#include "app/window.h"
#include "hw/buffer_allocator.h"
#include "hw/modifier_name.h"
#include "player/pool_memory.h"
#include "render/drawing_gpu.h"
#include "render/importer.h"

namespace vitrine {
namespace {

constexpr size_t kTrialBytes = 64 * 1024;

void add_import_formats(ProbeReport& report, const GlContext& context) {
    for (const auto& listed : context.import_formats()) {
        ProbeReport::ImportFormat format{to_string(listed.format), {}};
        for (const auto& modifier : listed.modifiers) {
            format.modifiers.push_back({modifier_name(modifier.value), modifier.external_only});
        }
        report.import_formats.push_back(std::move(format));
    }
}

std::string try_memory(BufferAllocator& allocator, GlContext* context) {
    auto buffer = allocator.allocate(kTrialBytes);
    if (!buffer) return buffer.error().text;
    if (context == nullptr) return "there is no GL to import it";
    if (const auto refusal = context->facts().import_refusal(); !refusal.empty()) return refusal;
    const auto proof = prove_memory_import(*context, (*buffer)->object(), (*buffer)->data());
    return proof ? "" : proof.error().text;
}

void add_memory(ProbeReport& report, const std::shared_ptr<Kernel>& kernel, GlContext* context) {
    for (AllocatorTrial& trial : open_allocators(kernel)) {
        report.memory.push_back({trial.name, trial.allocator
                                                 ? try_memory(**trial.allocator, context)
                                                 : trial.allocator.error().text});
    }
}

/// For a row whose driver may hang: on a thread that can be left behind, with a context of its own.
Result<void> try_beside(const ImporterRow& row, const GlContext& context,
                        const std::shared_ptr<CallGuard>& calls) {
    if (auto found = row.find(context); !found) return found;
    GuardedThread::Options thread;
    thread.guard = calls;
    thread.callee = row.name;
    return run_guarded<void>(std::move(thread), "opening it",
                             [&row, display = context.display()]() -> Result<void> {
                                 auto beside = GlContext::make_beside(display);
                                 if (!beside) return Failure(beside.error());
                                 const auto importer = row.make(**beside);
                                 if (!importer) return Failure(importer.error());
                                 return {};
                             });
}

Result<void> try_importer(const ImporterRow& row, GlContext& context,
                          const std::shared_ptr<CallGuard>& calls) {
    if (row.find != nullptr) return try_beside(row, context, calls);
    const auto importer = row.make(context);
    if (!importer) return Failure(importer.error());
    return {};
}

std::vector<ProbeReport::Trial> try_importers(GlContext& context,
                                              const std::shared_ptr<CallGuard>& calls) {
    std::vector<ProbeReport::Trial> trials;
    for (const ImporterRow& row : importer_rows()) {
        const auto works = try_importer(row, context, calls);
        trials.push_back({std::string(row.name), works ? "" : works.error().text});
    }
    return trials;
}

void add_graphics(ProbeReport& report, const std::shared_ptr<Kernel>& kernel,
                  const std::shared_ptr<CallGuard>& calls) {
    auto context = GlContext::make_offscreen();
    add_memory(report, kernel, context ? context->get() : nullptr);
    if (!context) {
        report.gl_refused = context.error().text;
        return;
    }
    report.gl = (*context)->facts();
    add_import_formats(report, **context);
    report.importers = try_importers(**context, calls);
}

/// By the very steps that play takes before it opens a file.
void add_paths(ProbeReport& report, const std::shared_ptr<Kernel>& kernel,
               const std::shared_ptr<CallGuard>& calls) {
    PathParts parts;
    MediaOptions media;
    auto screen = Screen::open(OutputChoice::automatic, window_options({}));
    if (screen) {
        parts.output = screen->window() != nullptr ? "window" : "offscreen";
        parts.output_refused = screen->refused();
        GlContext& context = *screen->context();
        const PoolMemoryChoice memory = choose_pool_memory(kernel, context);
        media.pool = memory.memory;
        parts.memory_refused = memory.refused;
        media.cuda_device = ask_for_drawing_gpu(context);
        parts.importers = try_importers(context, calls);
    } else {
        parts.output = "none";
        parts.output_refused = {fmt::format("output: {}", screen.error().text)};
    }
    media.kernel = kernel;
    media.calls = calls;
    report.decoders = probe_decoders(media);
    report.paths = paths_of(report.decoders, parts);
}

template <typename Entry>
std::string name_or_number(const Entry* entry, char* const Entry::*name, unsigned number) {
    return entry != nullptr ? std::string(entry->*name) : std::to_string(number);
}

std::string mode_text(mode_t mode) {
    constexpr std::string_view kLetters = "rwxrwxrwx";
    std::string text = "---------";
    for (size_t i = 0; i < text.size(); ++i) {
        if ((mode & (0400u >> i)) != 0) text[i] = kLetters[i];
    }
    return text;
}

void add_node(std::vector<ProbeReport::Node>& nodes, const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0 || !S_ISCHR(status.st_mode)) return;
    nodes.push_back({path, access(path.c_str(), R_OK | W_OK) == 0,
                     name_or_number(getpwuid(status.st_uid), &passwd::pw_name, status.st_uid),
                     name_or_number(getgrgid(status.st_gid), &group::gr_name, status.st_gid),
                     mode_text(status.st_mode)});
}

}  // namespace

std::vector<ProbeReport::Node> find_nodes(const std::string& root) {
    std::vector<ProbeReport::Node> nodes;
    RealKernel kernel;
    const auto add_all = [&](const std::string& folder, std::string_view beginning) {
        std::vector<std::string> names;
        if (kernel.list((root + folder).c_str(), names) < 0) return;
        for (const std::string& name : names) {
            if (name.rfind(beginning, 0) == 0) add_node(nodes, root + folder + "/" + name);
        }
    };
    add_all("/dri", "");
    add_all("/dma_heap", "");
    add_node(nodes, root + "/udmabuf");
    add_all("", "video");
    add_all("", "media");
    return nodes;
}

ProbeReport probe_machine(const std::shared_ptr<CallGuard>& calls) {
    ProbeReport report;
    report.system = system_text();
    report.ffmpeg = ffmpeg_version();
    const auto kernel = std::make_shared<RealKernel>();
    add_graphics(report, kernel, calls);
    for (VideoDriverTrial& trial : try_video_drivers()) {
        report.video_drivers.push_back({std::move(trial.name), std::move(trial.refused)});
    }
    add_paths(report, kernel, calls);
    report.nodes = find_nodes("/dev");
    return report;
}

}  // namespace vitrine
