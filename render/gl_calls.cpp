#include "render/gl_calls.h"

namespace vitrine {
namespace {

thread_local uint64_t counted_gl_calls = 0;

template <auto member, typename Function>
struct CountedCall;

/// What is behind is the driver's own, and so the same in every table of a process.
template <auto member, typename Value, typename... Arguments>
struct CountedCall<member, Value (*GlFunctions::*)(Arguments...)> {
    static inline Value (*next)(Arguments...) = nullptr;

    static Value call(Arguments... arguments) {
        ++counted_gl_calls;
        return next(arguments...);
    }
    static void put_before(GlFunctions& gl) {
        if (gl.*member == nullptr || gl.*member == call) return;
        next = gl.*member;
        gl.*member = call;
    }
};

}  // namespace

void count_gl_calls(GlFunctions& gl) {
#define VITRINE_COUNT(name, type) \
    CountedCall<&GlFunctions::name, decltype(&GlFunctions::name)>::put_before(gl);
    VITRINE_GL_CORE(VITRINE_COUNT)
    VITRINE_GL_OPTIONAL(VITRINE_COUNT)
#undef VITRINE_COUNT
}

uint64_t gl_calls() {
    return counted_gl_calls;
}

}  // namespace vitrine
