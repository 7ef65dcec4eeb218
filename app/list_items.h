// The items of the list that the command line names, each with the options of all that it has none
// of its own for. Thread-bound to the engine's opening thread, but for making it and left_out().
#pragma once

#include <cstdint>

#include "app/play_options.h"
#include "player/item.h"
#include "player/playlist.h"

namespace vitrine {

class ListItems {
  public:
    /// options: outlive it. Errors: as Playlist::open().
    [[nodiscard]] static Result<ListItems> open(const PlayOptions& options);

    // As EngineHooks has them.
    [[nodiscard]] NextAnswer next();
    void go_back(const Item& item) { list_.go_back(item.number); }

    /// Items of the list that it has itself left out, once it is at rest.
    [[nodiscard]] uint64_t left_out() const { return list_.left_out(); }

  private:
    ListItems(const PlayOptions& options, Playlist list)
        : options_(&options), list_(std::move(list)) {}

    const PlayOptions* options_;
    Playlist list_;
};

}  // namespace vitrine
