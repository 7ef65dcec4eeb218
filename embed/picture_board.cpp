#include "embed/picture_board.h"

#include <utility>

namespace vitrine {

void PictureBoard::post(FramePtr frame, const FrameRecord& record) {
    FramePtr before;  // its lease ends outside the lock
    std::lock_guard lock(mutex_);
    if (!seen_) ++unseen_;
    before = std::exchange(posted_.frame, std::move(frame));
    ++posted_.number;
    record_ = record;
    seen_ = false;
}

void PictureBoard::begin_source() {
    std::lock_guard lock(mutex_);
    ++posted_.source;
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

std::optional<Nanos> PictureBoard::next_due() const {
    std::lock_guard lock(mutex_);
    return next_due_;
}

void PictureBoard::note_shown(uint64_t number, const Way& way, Nanos when) {
    std::lock_guard lock(mutex_);
    if (seen_ || number != posted_.number) return;
    seen_ = true;
    FrameRecord record = record_;
    record.stamps.set(Stage::imported, way.imported);
    record.stamps.set(Stage::drawn, way.drawn);
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

void PictureBoard::refuse(uint64_t number, Error why) {
    std::lock_guard lock(mutex_);
    if (number == posted_.number) refusal_ = std::move(why);
}

}  // namespace vitrine
