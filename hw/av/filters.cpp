#include "hw/av/filters.h"

#include <dlfcn.h>

namespace vitrine::av {
namespace {

// Of the version whose headers were compiled.
constexpr const char* kLibrary = "libavfilter.so." AV_STRINGIFY(LIBAVFILTER_VERSION_MAJOR);

template <typename Function>
bool find(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(dlsym(library, name));
    return function != nullptr;
}

Result<Filters> load() {
    void* library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
    Filters found{};
    const bool whole = library != nullptr &&
                       find(library, "avfilter_get_by_name", found.get_by_name) &&
                       find(library, "avfilter_graph_alloc", found.graph_alloc) &&
                       find(library, "avfilter_graph_free", found.graph_free) &&
                       find(library, "avfilter_graph_create_filter", found.graph_create_filter) &&
                       find(library, "avfilter_graph_parse_ptr", found.graph_parse) &&
                       find(library, "avfilter_graph_config", found.graph_config) &&
                       find(library, "avfilter_inout_alloc", found.inout_alloc) &&
                       find(library, "avfilter_inout_free", found.inout_free) &&
                       find(library, "av_buffersrc_add_frame", found.add_frame) &&
                       find(library, "av_buffersink_get_frame", found.get_frame);
    if (whole) return found;
    return fail(Errc::unavailable, "{}: cannot be loaded: {}", kLibrary, dlerror());
}

}  // namespace

Result<const Filters*> filters() {
    static const Result<Filters> loaded = load();
    if (!loaded) return Failure(loaded.error());
    return &*loaded;
}

}  // namespace vitrine::av
