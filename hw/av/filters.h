// libavfilter, loaded when it is first asked for: with what it needs it makes up a quarter of what
// the loader does at the start of a program, and only sound at another speed wants it. Thread-safe.
#pragma once

#include "core/result.h"
#include "hw/av/libav.h"

extern "C" {
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
}

namespace vitrine::av {

/// Its functions, by their names.
struct Filters {
    decltype(&::avfilter_get_by_name) get_by_name;
    decltype(&::avfilter_graph_alloc) graph_alloc;
    decltype(&::avfilter_graph_free) graph_free;
    decltype(&::avfilter_graph_create_filter) graph_create_filter;
    decltype(&::avfilter_graph_parse_ptr) graph_parse;
    decltype(&::avfilter_graph_config) graph_config;
    decltype(&::avfilter_inout_alloc) inout_alloc;
    decltype(&::avfilter_inout_free) inout_free;
    decltype(&::av_buffersrc_add_frame) add_frame;
    decltype(&::av_buffersink_get_frame) get_frame;
};

/// It stays loaded. Errors: unavailable, where the library is not there.
[[nodiscard]] Result<const Filters*> filters();

struct GraphFreer {
    const Filters* library = nullptr;
    void operator()(AVFilterGraph* graph) const { library->graph_free(&graph); }
};
using FilterGraph = std::unique_ptr<AVFilterGraph, GraphFreer>;

}  // namespace vitrine::av
