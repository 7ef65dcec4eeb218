#include "canvas.h"

namespace vitrine::test {

ProcessContext make_process_context(const FunctionFilters& filters) {
    return {nullptr, GlContext::make_offscreen(filters)};
}

}  // namespace vitrine::test
