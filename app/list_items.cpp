#include "app/list_items.h"

#include <utility>

namespace vitrine {

Result<ListItems> ListItems::open(const PlayOptions& options) {
    auto list =
        Playlist::open(options.files, {options.loop_playlist, options.shuffle, std::nullopt});
    if (!list) return Failure(list.error());
    return ListItems(options, std::move(*list));
}

NextAnswer ListItems::next() {
    auto listed = list_.next();
    if (!listed && !list_.ended()) return NothingYet{Playlist::kAskAgain};
    if (!listed && list_.may_grow()) return EndOfList{Playlist::kAskAgain};
    if (!listed) return EndOfList{};
    Item item;
    item.file = std::move(listed->file);
    item.title = std::move(listed->title);
    item.place = std::move(listed->place);
    const ItemOptions& own = listed->options;
    item.start = own.start;
    if (!item.start && options_->start > Nanos{0}) item.start = options_->start;
    if (!item.start) item.start_chapter = options_->start_chapter;
    item.end = own.end ? own.end : options_->end;
    item.passes = own.repeat.value_or(options_->loop);
    item.image_duration = own.image_duration;
    item.fit = own.fit;
    item.quarter_turns = own.quarter_turns;
    item.volume = own.volume;
    item.video_track = own.video_track;
    item.audio_track = own.audio_track;
    item.pass = list_.round();
    item.number = list_.number();
    return item;
}

}  // namespace vitrine
