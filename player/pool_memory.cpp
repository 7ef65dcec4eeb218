#include "player/pool_memory.h"

#include "render/importer.h"

namespace vitrine {
namespace {

constexpr size_t kSampleBytes = 64 * 1024;

Result<int> prove(BufferAllocator& allocator, GlContext& context) {
    auto buffer = allocator.allocate(kSampleBytes);
    if (!buffer) return Failure(buffer.error());
    return prove_memory_import(context, (*buffer)->object(), (*buffer)->data());
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

}  // namespace vitrine
