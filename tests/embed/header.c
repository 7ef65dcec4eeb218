#include <vitrine/vitrine.h>

uint32_t version_of_c(void);
uint32_t version_of_c(void) {
    return vitrine_api_version();
}
