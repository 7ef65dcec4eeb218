#include <vitrine/vitrine.h>

uint32_t version_of_cxx();
uint32_t version_of_cxx() {
    return vitrine_api_version();
}
