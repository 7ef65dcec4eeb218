#include "canvas.h"

namespace vitrine::test {

FunctionFilters process_filters() {
    return {};
}

}  // namespace vitrine::test
