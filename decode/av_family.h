// What libavcodec's hardware decoders do beside what its interface says of all decoders: a row of
// facts for each family, found by its decoders' names. For this room's own use. Reentrant.
#pragma once

#include <string_view>

namespace vitrine {

enum class FlushWay {
    plain,        // avcodec_flush_buffers at any time
    after_drain,  // not between the end of the stream and its EOF: read to EOF first, or open anew
    reopen,       // flushing makes it forget nothing: open anew
};

struct AvFamily {
    std::string_view name;    // for people
    std::string_view suffix;  // of its decoders' names
    FlushWay flush = FlushWay::plain;
    /// The private option that says how many frames it has; empty: extra_hw_frames adds ours to
    /// what it needs. Then: how many it needs for itself, and how many there may be.
    const char* pool_option = "";
    int pool_needs = 0;
    int pool_most = 0;
    int lent_at_least = 0;  // frames that may be lent out where it does not take the option
};

[[nodiscard]] const AvFamily& av_family_of(std::string_view decoder);

}  // namespace vitrine
