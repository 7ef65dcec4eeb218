#include <vitrine/vitrine.hpp>

int code_of_wrapper(const vitrine::Error& error);
int code_of_wrapper(const vitrine::Error& error) {
    return error.code();
}
