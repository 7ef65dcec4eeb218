#include "embed/picture_board.h"

#include <algorithm>
#include <utility>

namespace vitrine {

void PictureBoard::post(FramePtr frame, const FrameRecord& record) {
    FramePtr before;  // its lease ends outside the lock
    std::lock_guard lock(mutex_);
    if (!unsaid_.empty() && !unsaid_.back().taken) {  // nor can it be any more
        unsaid_.pop_back();
        ++unseen_;
    }
    if (unsaid_.size() == kMostUnsaid) {
        unsaid_.pop_front();
        ++unseen_;
    }
    before = std::exchange(posted_.frame, std::move(frame));
    ++posted_.number;
    posted_.source = source_;
    unsaid_.push_back({posted_.number, record, false});
}

void PictureBoard::begin_source() {
    std::lock_guard lock(mutex_);
    ++source_;
    refusal_.reset();
}

void PictureBoard::set_next_due(std::optional<Nanos> when) {
    std::lock_guard lock(mutex_);
    next_due_ = when;
}

std::vector<FrameRecord> PictureBoard::take_shown() {
    std::lock_guard lock(mutex_);
    return std::exchange(shown_, {});
}

uint64_t PictureBoard::take_unseen() {
    std::lock_guard lock(mutex_);
    return std::exchange(unseen_, 0);
}

void PictureBoard::give_up_unseen() {
    std::lock_guard lock(mutex_);
    unseen_ += unsaid_.size();
    unsaid_.clear();
}

std::optional<Error> PictureBoard::take_refusal() {
    std::lock_guard lock(mutex_);
    return std::exchange(refusal_, std::nullopt);
}

std::string PictureBoard::importer() const {
    std::lock_guard lock(mutex_);
    return importer_;
}

std::vector<std::string> PictureBoard::refused_importers() const {
    std::lock_guard lock(mutex_);
    return refused_;
}

PictureBoard::Posted PictureBoard::look() const {
    std::lock_guard lock(mutex_);
    return posted_;
}

PictureBoard::Posted PictureBoard::take() {
    std::lock_guard lock(mutex_);
    if (!unsaid_.empty() && unsaid_.back().number == posted_.number) unsaid_.back().taken = true;
    return posted_;
}

std::optional<Nanos> PictureBoard::next_due() const {
    std::lock_guard lock(mutex_);
    return next_due_;
}

void PictureBoard::note_shown(uint64_t number, const Way& way, Nanos when) {
    std::lock_guard lock(mutex_);
    const auto unsaid = std::find_if(unsaid_.begin(), unsaid_.end(),
                                     [&](const Unsaid& each) { return each.number == number; });
    if (unsaid == unsaid_.end()) return;
    FrameRecord record = unsaid->record;
    // Whoever shows a picture shows none before it any more.
    unseen_ += static_cast<uint64_t>(unsaid - unsaid_.begin());
    unsaid_.erase(unsaid_.begin(), unsaid + 1);
    if (way.drawn > Nanos{0}) {
        record.stamps.set(Stage::imported, way.imported);
        record.stamps.set(Stage::drawn, way.drawn);
    }
    record.stamps.set(Stage::presented, when);
    record.copies += way.copies;
    record.bytes_copied += way.bytes_copied;
    shown_.push_back(record);
}

void PictureBoard::note_importer(std::string name, std::vector<std::string> refused) {
    std::lock_guard lock(mutex_);
    importer_ = std::move(name);
    refused_ = std::move(refused);
}

void PictureBoard::refuse(const Posted& picture, Error why) {
    std::lock_guard lock(mutex_);
    if (picture.source != source_ || picture.number <= last_refused_) return;
    last_refused_ = picture.number;
    refusal_ = std::move(why);
}

}  // namespace vitrine
