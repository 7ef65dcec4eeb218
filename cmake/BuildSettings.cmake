# Compiler settings of our own targets: every one links vitrine_settings and nothing else sets flags.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

option(VITRINE_WERROR "Treat warnings as errors" OFF)
set(VITRINE_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them (address,undefined or thread)")

add_library(vitrine_settings INTERFACE)
target_include_directories(vitrine_settings INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(vitrine_settings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
    -Wold-style-cast -Woverloaded-virtual -Wno-missing-field-initializers $<$<BOOL:${VITRINE_WERROR}>:-Werror>)
if(VITRINE_SANITIZE)
    target_compile_options(vitrine_settings INTERFACE
        -fsanitize=${VITRINE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(vitrine_settings INTERFACE -fsanitize=${VITRINE_SANITIZE})
    # With a sanitizer's checks between a value and its use, g++ warns of what is initialized; the other
    # presets keep the warning.
    target_compile_options(vitrine_settings INTERFACE
        $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()

option(VITRINE_FUZZ "Build the fuzz targets for libFuzzer, which is clang's (preset asan)" OFF)

# Several files are compiled as one where CMAKE_UNITY_BUILD says so (the presets for sanitizers, arm64 and
# Debian 13), in half the time. What is theirs alone then looks like a header's.
if(CMAKE_UNITY_BUILD)
    target_compile_options(vitrine_settings INTERFACE
        -Wno-shadow $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endif()

# add_room(NAME SOURCES... ): a static library of one room, named vitrine_NAME.
function(add_room name)
    add_library(vitrine_${name} STATIC ${ARGN})
    target_link_libraries(vitrine_${name} PUBLIC vitrine_settings)
    if(VITRINE_FUZZ)  # what libFuzzer is guided by
        target_compile_options(vitrine_${name} PRIVATE
            -fsanitize-coverage=inline-8bit-counters,pc-table,trace-cmp)
    endif()
endfunction()
