// Opens the items of an engine: each as its own options and those of all say, with the first
// picture decoded into memory that the GPU will take, and sought where it is to begin. Thread-bound
// to the engine's opening thread, but for making it.
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "decode/media_source.h"
#include "player/item.h"
#include "player/pool_memory.h"

namespace vitrine {

/// What is to be known of the GPU where a file is opened.
struct OpeningGpu {
    PoolMemory memory;
    std::function<Result<int>()> cuda_device;
};

struct MediaOpenerParts {
    /// Of every item, where it says nothing else itself. What is an item's alone, and `pool` and
    /// whom to ask for it, is the opener's.
    MediaOptions media;
    const Clock& clock;                  // outlives what is opened
    std::shared_future<OpeningGpu> gpu;  // what it will say of memory is guessed meanwhile
    bool guesses_memory = true;          // false where the GPU is asked to take none
    std::function<bool()> quitting;      // nothing more is to be opened. Any thread
    int frames_elsewhere = 0;            // that others may hold, beside kFramesHeld
};

class MediaOpener {
  public:
    explicit MediaOpener(MediaOpenerParts parts);

    /// As OpenItem.
    [[nodiscard]] Result<std::unique_ptr<FrameSource>> open(const Item& item,
                                                            const std::function<bool()>& cancelled);

  private:
    [[nodiscard]] MediaOptions media_options(const Item& item,
                                             const std::function<bool()>& cancelled) const;
    [[nodiscard]] Result<std::unique_ptr<FrameSource>> open_beside_gpu(const Item& item,
                                                                       MediaOptions media);
    Result<void> go_to_beginning(FrameSource& source, const Item& item);
    void warn_of_missing_track(const SourceInfo& info, Track::Kind kind, std::optional<int> number);
    void warn_of_single_pass(const SourceInfo& info, const Item& item);
    void warn_once(const std::string& text);

    const MediaOpenerParts parts_;
    std::set<std::string> said_;  // at most kMostSaid
};

}  // namespace vitrine
