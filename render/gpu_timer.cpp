#include "render/gpu_timer.h"

#include <cmath>

#include "render/fence.h"

namespace vitrine {
namespace {

constexpr double kLargestDisagreement = 0.25;
constexpr int kChecks = 3;  // what is wrong by far may be right by chance once
constexpr Nanos kPatience = std::chrono::seconds(5);

double milliseconds(Nanos time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

}  // namespace

Result<std::unique_ptr<GpuTimer>> GpuTimer::make(GlContext& context, const Clock& clock,
                                                 const std::function<Result<void>()>& draw) {
    const GlFunctions& gl = context.gl();
    if (!context.facts().has_timer_query || gl.BeginQueryEXT == nullptr ||
        gl.GetQueryObjectui64vEXT == nullptr) {
        return fail(Errc::unsupported, "no EXT_disjoint_timer_query");
    }
    std::unique_ptr<GpuTimer> timer(new GpuTimer(context));
    gl.GenQueriesEXT(static_cast<GLsizei>(kSlots), timer->queries_.data());
    if (auto ok = timer->check(clock, draw); !ok) return Failure(ok.error());
    return timer;
}

GpuTimer::~GpuTimer() {
    context_.gl().DeleteQueriesEXT(static_cast<GLsizei>(kSlots), queries_.data());
}

Result<void> GpuTimer::check(const Clock& clock, const std::function<Result<void>()>& draw) {
    if (auto warm = draw(); !warm) return warm;
    for (int i = 0; i < kChecks; ++i) {
        if (auto ok = check_once(clock, draw); !ok) return ok;
    }
    return {};
}

Result<void> GpuTimer::check_once(const Clock& clock, const std::function<Result<void>()>& draw) {
    context_.gl().Finish();
    const Nanos start = clock.now();
    const auto slot = begin();
    auto drawn = draw();
    end();
    if (!drawn) return drawn;
    auto fence = GpuFence::make(context_);
    if (!fence) return Failure(fence.error());
    if (!fence->wait(kPatience)) return fail(Errc::unsupported, "the GPU does not finish a draw");
    const Nanos by_fence = clock.now() - start;
    const auto by_query = take(*slot);
    if (!by_query) return fail(Errc::unsupported, "the timer query was disjoint");
    const double difference = std::abs(milliseconds(*by_query) - milliseconds(by_fence));
    if (difference <= kLargestDisagreement * milliseconds(by_fence)) return {};
    return fail(Errc::unsupported, "a draw of {:.3f} ms takes {:.3f} ms by the timer query",
                milliseconds(by_fence), milliseconds(*by_query));
}

std::optional<size_t> GpuTimer::begin() {
    for (size_t slot = 0; slot < kSlots; ++slot) {
        if (in_use_[slot]) continue;
        in_use_[slot] = true;
        context_.gl().BeginQueryEXT(GL_TIME_ELAPSED_EXT, queries_[slot]);
        return slot;
    }
    return std::nullopt;
}

void GpuTimer::end() {
    context_.gl().EndQueryEXT(GL_TIME_ELAPSED_EXT);
}

std::optional<Nanos> GpuTimer::take(size_t slot) {
    GLuint64 nanos = 0;
    context_.gl().GetQueryObjectui64vEXT(queries_[slot], GL_QUERY_RESULT_EXT, &nanos);
    in_use_[slot] = false;
    GLint disjoint = 0;
    context_.gl().GetIntegerv(GL_GPU_DISJOINT_EXT, &disjoint);
    if (disjoint != 0) return std::nullopt;
    return Nanos{static_cast<int64_t>(nanos)};
}

}  // namespace vitrine
