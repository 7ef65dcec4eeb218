#include "player/playlist.h"

#include <algorithm>
#include <utility>

#include "core/log.h"

namespace vitrine {

Playlist::Playlist(std::vector<std::string> arguments, ItemList list,
                   const PlaylistOptions& options)
    : arguments_(std::move(arguments)),
      options_(options),
      random_(options.seed ? *options.seed : std::random_device()()) {
    take_list(std::move(list));
}

void Playlist::take_list(ItemList list) {
    lists_ = std::move(list.files);
    left_out_ += list.left_out;
    parts_.clear();
    for (ListPart& part : list.parts) {
        auto folder = part.folder.empty() ? nullptr : std::make_unique<WatchedFolder>(part.folder);
        parts_.push_back({std::move(part.items), std::move(folder), part.options});
    }
}

/// What a list has become; what it was, where nothing is left of it.
void Playlist::read_again() {
    if (!has_changed(lists_)) return;
    ItemList list = read_items(arguments_);
    if (list.parts.empty()) {
        log_warning("nothing is left of the list: it is played on as it was");
        left_out_ += list.left_out;
        lists_ = std::move(list.files);
        return;
    }
    // Places are others from now on.
    for (Given& each : given_) {
        each.place = {0, 0, "", std::make_shared<const PlaylistItem>(item_at(each.place))};
    }
    last_.reset();
    take_list(std::move(list));
}

Result<Playlist> Playlist::open(const std::vector<std::string>& arguments,
                                const PlaylistOptions& options) {
    ItemList list = read_items(arguments);
    const std::optional<Error> reason = std::move(list.first_reason);
    Playlist playlist(arguments, std::move(list), options);
    if (playlist.size() > 0 || playlist.waits_for_folders()) return playlist;
    if (reason) return Failure(*reason);
    return fail(Errc::invalid_argument, "{}: nothing to play in it",
                arguments.empty() ? "the list" : arguments.front());
}

size_t Playlist::size() const {
    size_t size = 0;
    for (const Part& part : parts_) {
        size += part.folder ? part.folder->files().size() : part.items.size();
    }
    return size;
}

bool Playlist::may_grow() const {
    return std::any_of(parts_.begin(), parts_.end(),
                       [](const Part& part) { return part.folder != nullptr; });
}

std::optional<PlaylistItem> Playlist::next() {
    follow_folders(&WatchedFolder::poll);
    if (pending_.empty() && is_last_round()) follow_folders(&WatchedFolder::rescan);
    if (!pending_.empty()) ended_ = false;
    if (ended_ || (pending_.empty() && !begin_round())) return std::nullopt;
    last_ = std::move(pending_.front());
    pending_.pop_front();
    ++given_in_round_;
    given_.push_back({given_count_++, *last_});
    if (given_.size() > kMostStepsBack) given_.pop_front();
    PlaylistItem item = item_at(*last_);
    last_file_ = item.file;
    return item;
}

void Playlist::go_back(uint64_t number) {
    auto from = std::find_if(given_.begin(), given_.end(),
                             [&](const Given& each) { return each.number >= number; });
    if (from != given_.begin()) --from;
    for (auto each = given_.end(); each != from;) pending_.push_front((--each)->place);
    given_.erase(from, given_.end());
    last_.reset();
    if (!given_.empty()) last_ = given_.back().place;
    if (!pending_.empty()) ended_ = false;
}

bool Playlist::begin_round() {
    if (is_last_round()) {
        ended_ = true;
        return false;
    }
    read_again();
    for (Part& part : parts_) {
        if (part.folder) (void)part.folder->rescan();
    }
    fill();
    if (pending_.empty()) {
        ended_ = !waits_for_folders();
        return false;
    }
    if (options_.shuffle) shuffle();
    ++round_;
    given_in_round_ = 0;
    return true;
}

void Playlist::fill() {
    for (size_t at = 0; at < parts_.size(); ++at) {
        const Part& part = parts_[at];
        for (size_t index = 0; index < part.items.size(); ++index) {
            pending_.push_back({at, index, ""});
        }
        if (!part.folder) continue;
        for (const std::string& name : part.folder->files()) pending_.push_back({at, 0, name});
    }
}

size_t Playlist::random_below(size_t bound) {
    return static_cast<size_t>(random_() % bound);
}

void Playlist::shuffle() {
    for (size_t left = pending_.size(); left > 1; --left) {
        std::swap(pending_[left - 1], pending_[random_below(left)]);
    }
    if (pending_.size() > 1 && item_at(pending_.front()).file == last_file_) {
        std::swap(pending_.front(), pending_[1 + random_below(pending_.size() - 1)]);
    }
}

void Playlist::follow_folders(FolderChanges (WatchedFolder::*look)()) {
    for (size_t at = 0; at < parts_.size(); ++at) {
        if (parts_[at].folder) take_changes(at, (*parts_[at].folder.*look)());
    }
}

/// Changes what is left of this round; the next one is made of what is there then.
void Playlist::take_changes(size_t part, const FolderChanges& changes) {
    if (!changes.gone.empty()) {
        const auto is_gone = [&](const Place& place) {
            return place.part == part && changes.gone.count(place.name) != 0;
        };
        pending_.erase(std::remove_if(pending_.begin(), pending_.end(), is_gone), pending_.end());
        const auto was_given = [&](const Given& each) { return is_gone(each.place); };
        given_.erase(std::remove_if(given_.begin(), given_.end(), was_given), given_.end());
    }
    for (const std::string& name : changes.came) insert({part, 0, name});
}

/// Where its place is behind what has been given, or anywhere when shuffled. In the last round it
/// comes in any case, for there is no other.
void Playlist::insert(Place place) {
    if (round_ == 0 || given_in_round_ == 0) return;
    if (options_.shuffle) {
        const auto at = static_cast<std::ptrdiff_t>(random_below(pending_.size() + 1));
        pending_.insert(pending_.begin() + at, std::move(place));
    } else if (is_last_round() || (last_ && comes_before(*last_, place))) {
        const auto at = std::lower_bound(pending_.begin(), pending_.end(), place, comes_before);
        pending_.insert(at, std::move(place));
    }
}

bool Playlist::comes_before(const Place& a, const Place& b) {
    if (a.part != b.part) return a.part < b.part;
    if (a.index != b.index) return a.index < b.index;
    return NaturalLess()(a.name, b.name);
}

PlaylistItem Playlist::item_at(const Place& place) const {
    if (place.was) return *place.was;
    const Part& part = parts_[place.part];
    if (!part.folder) return part.items[place.index];
    return {part.folder->path() + "/" + place.name, "", part.folder_options};
}

}  // namespace vitrine
