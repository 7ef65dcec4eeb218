#include "player/pool_memory.h"

#include <algorithm>

#include "render/importer.h"

namespace vitrine {
namespace {

constexpr size_t kSampleBytes = 64 * 1024;

Result<int> prove(BufferAllocator& allocator, GlContext& context) {
    auto buffer = allocator.allocate(kSampleBytes);
    if (!buffer) return Failure(buffer.error());
    return prove_memory_import(context, (*buffer)->object(), (*buffer)->data());
}

bool has_render_node(Kernel& kernel) {
    std::vector<std::string> names;
    if (kernel.list("/dev/dri", names) < 0) return false;
    return std::any_of(names.begin(), names.end(),
                       [](const std::string& name) { return name.rfind("renderD", 0) == 0; });
}

}  // namespace

PoolMemoryChoice choose_pool_memory(const std::shared_ptr<Kernel>& kernel, GlContext& context) {
    PoolMemoryChoice choice;
    if (!context.facts().has_dma_buf_import) {
        choice.refused.push_back("importable memory: " + context.facts().import_refusal());
        return choice;
    }
    for (AllocatorTrial& trial : open_allocators(kernel)) {
        auto& allocator = trial.allocator;
        auto proof =
            allocator ? prove(**allocator, context) : Result<int>(Failure(allocator.error()));
        if (proof) {
            choice.memory.pitch_alignment = *proof;
            choice.memory.allocator = std::move(*allocator);
            return choice;
        }
        choice.refused.push_back(fmt::format("{}: {}", trial.name, proof.error().text));
    }
    return choice;
}

PoolMemory guess_pool_memory(const std::shared_ptr<Kernel>& kernel) {
    const bool hardware_draws = has_render_node(*kernel);
    for (AllocatorTrial& trial : open_allocators(kernel)) {
        if (!trial.allocator) continue;
        if (hardware_draws && !(*trial.allocator)->gives_dma_bufs()) continue;
        return {std::move(*trial.allocator)};
    }
    return {};
}

bool is_same_kind(const PoolMemory& one, const PoolMemory& other) {
    if (!one.allocator || !other.allocator) return one.allocator == other.allocator;
    return one.allocator->name() == other.allocator->name() &&
           one.pitch_alignment == other.pitch_alignment;
}

}  // namespace vitrine
