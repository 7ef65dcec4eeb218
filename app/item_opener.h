// What is played next, and its files opened as the options say: the list's end of an engine.
// Thread-bound to the engine's opening thread, but for making it and left_out().
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "app/play_options.h"
#include "decode/media_source.h"
#include "hw/kernel.h"
#include "player/opener.h"
#include "player/playlist.h"
#include "player/pool_memory.h"

namespace vitrine {

/// What is to be known of the GPU where a file is opened.
struct OpeningGpu {
    PoolMemory memory;
    std::function<Result<int>()> cuda_device;
};

/// All of them outlive the opener.
struct ItemOpenerParts {
    const PlayOptions& options;
    const Clock& clock;
    std::shared_ptr<Kernel> kernel;
    std::shared_ptr<CallGuard> calls;
    std::shared_future<OpeningGpu> gpu;  // what it will say of memory is guessed meanwhile
    std::function<bool()> quitting;      // nothing more is to be opened. Any thread
};

class ItemOpener {
  public:
    /// Errors: as Playlist::open().
    [[nodiscard]] static Result<std::unique_ptr<ItemOpener>> make(ItemOpenerParts parts);

    // As EngineHooks has them.
    [[nodiscard]] NextAnswer next();
    void go_back(const Item& item) { list_.go_back(item.number); }
    [[nodiscard]] Result<std::unique_ptr<FrameSource>> open(const Item& item,
                                                            const std::function<bool()>& cancelled);

    /// Items of the list that it has itself left out, once it is at rest.
    [[nodiscard]] uint64_t left_out() const { return list_.left_out(); }

  private:
    ItemOpener(ItemOpenerParts parts, Playlist list)
        : parts_(std::move(parts)), list_(std::move(list)) {}

    [[nodiscard]] MediaOptions media_options(const Item& item,
                                             const std::function<bool()>& cancelled) const;
    [[nodiscard]] Result<std::unique_ptr<FrameSource>> open_beside_gpu(const Item& item,
                                                                       MediaOptions media);
    Result<void> go_to_beginning(FrameSource& source, const Item& item);
    void warn_of_missing_track(const SourceInfo& info, Track::Kind kind, std::optional<int> number);
    void warn_of_single_pass(const SourceInfo& info, const Item& item);
    void warn_once(const std::string& text);

    const ItemOpenerParts parts_;
    const std::shared_ptr<GenerationSource> generations_ = std::make_shared<GenerationSource>();
    Playlist list_;
    std::set<std::string> said_;  // at most kMostSaid
};

}  // namespace vitrine
