// The list of what is played: files, URLs, lists and folders in their order or shuffled, round
// after round. Folders are followed while the list is played, and lists are read again between two
// rounds when they have changed. Thread-bound; it opens no item.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "core/result.h"
#include "player/item_list.h"
#include "player/playlist_item.h"
#include "player/watched_folder.h"

namespace vitrine {

struct PlaylistOptions {
    uint64_t loops = 1;  // the whole list is played so often in all; 0: for ever
    bool shuffle = false;
    std::optional<uint64_t> seed;  // of the shuffle; nothing: another one each time
};

class Playlist {
  public:
    /// arguments: files, folders, lists (.m3u, .m3u8), "-" and URLs. What cannot be taken is logged
    /// and counted, as read_items() says.
    /// Errors: where nothing is left to play, why the first argument or entry was left out;
    /// invalid_argument where lists and folders are empty. A folder that is empty is waited for
    /// when the list is played for ever.
    [[nodiscard]] static Result<Playlist> open(const std::vector<std::string>& arguments,
                                               const PlaylistOptions& options);

    /// The item that comes next. Nothing at the end of the list, which ended() tells; otherwise
    /// all folders are empty at present: ask again, every kAskAgain. It looks at folders, and does
    /// not wait for them.
    [[nodiscard]] std::optional<PlaylistItem> next();
    [[nodiscard]] bool ended() const { return ended_; }
    /// Whether it has folders: next() may have more even when it has ended.
    [[nodiscard]] bool may_grow() const;
    /// The item before that one comes next, and those after it again; the first one itself. From
    /// before a list was read again they come as they were given.
    /// number: as number() was; at most kMostStepsBack later ones were given since.
    void go_back(uint64_t number);
    static constexpr size_t kMostStepsBack = 1000;
    static constexpr Nanos kAskAgain = std::chrono::milliseconds(250);

    /// When the list was read.
    [[nodiscard]] uint64_t left_out() const { return left_out_; }
    /// Of the item that next() gave last, from 1; 0 before the first.
    [[nodiscard]] uint64_t round() const { return round_; }
    /// Of the item that next() gave last: how many it gave before.
    [[nodiscard]] uint64_t number() const { return given_count_ - 1; }
    /// Items that the list has at present.
    [[nodiscard]] size_t size() const;

  private:
    struct Part {
        std::vector<PlaylistItem> items;
        std::unique_ptr<WatchedFolder> folder;  // null where it is items
        ItemOptions folder_options;
    };
    /// The place of an item: by its number, or by its name in a folder.
    struct Place {
        size_t part = 0;
        size_t index = 0;
        std::string name;
        std::shared_ptr<const PlaylistItem> was{};  // instead, in a list that was read anew since
    };
    struct Given {
        uint64_t number = 0;
        Place place;
    };
    static bool comes_before(const Place& a, const Place& b);

    Playlist(std::vector<std::string> arguments, ItemList list, const PlaylistOptions& options);
    void take_list(ItemList list);
    void read_again();
    void follow_folders(FolderChanges (WatchedFolder::*look)());
    void take_changes(size_t part, const FolderChanges& changes);
    void insert(Place place);
    /// False when there is nothing to give, now or at all.
    bool begin_round();
    void fill();
    void shuffle();
    [[nodiscard]] bool waits_for_folders() const { return options_.loops == 0 && may_grow(); }
    [[nodiscard]] bool is_last_round() const {
        return options_.loops != 0 && round_ >= options_.loops;
    }
    [[nodiscard]] PlaylistItem item_at(const Place& place) const;
    [[nodiscard]] size_t random_below(size_t bound);

    std::vector<std::string> arguments_;
    PlaylistOptions options_;
    std::vector<ListFile> lists_;
    std::vector<Part> parts_;
    std::mt19937_64 random_;
    std::deque<Place> pending_;  // of this round
    std::deque<Given> given_;    // in the order of the list, as it is; at most kMostStepsBack
    uint64_t given_count_ = 0;
    std::optional<Place> last_;  // that was given
    std::string last_file_;
    uint64_t round_ = 0;
    uint64_t given_in_round_ = 0;
    uint64_t left_out_ = 0;
    bool ended_ = false;
};

}  // namespace vitrine
