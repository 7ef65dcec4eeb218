#include "decode/packet_feed.h"

#include <algorithm>
#include <utility>

#include "core/log.h"
#include "decode/packet_finder.h"
#include "decode/sequence_headers.h"
#include "hw/av/timestamp.h"

namespace vitrine {

PacketFeed::PacketFeed(Demuxer& demuxer, const Clock& clock, SourceStatus& status, std::string name)
    : demuxer_(demuxer), clock_(clock), status_(status), name_(std::move(name)) {
    history_.keep(keep_);
    history_.clear();
}

/// Null at the end.
Result<av::Packet> PacketFeed::read() {
    while (true) {
        auto packet = unread_ ? Result<av::Packet>(std::move(unread_)) : demuxer_.read();
        if (!packet || !*packet) return packet;
        const int flags = (*packet)->flags;
        if (!wait_for_key_ || (flags & AV_PKT_FLAG_KEY) != 0) return packet;
        note_headers(**packet, next_number_);
        if (lost_ && (flags & AV_PKT_FLAG_DISCARD) == 0) count_lost(1);
    }
}

Result<KeptPacket> PacketFeed::next() {
    auto next = take();
    if (!next || !next->packet) return next;
    note_headers(*next->packet, next->serial);
    if (std::exchange(begins_anew_, false)) {
        if (auto ok = restate_headers(*next); !ok) return Failure(ok.error());
    }
    return next;
}

void PacketFeed::note_headers(const AVPacket& packet, uint64_t number) {
    size_t size = 0;
    const uint8_t* bytes = av_packet_get_side_data(&packet, AV_PKT_DATA_NEW_EXTRADATA, &size);
    if (bytes == nullptr || size == 0 || size > kMostHeaderBytes) return;
    if (!headers_.empty() && headers_.back().packet > number) return;  // read before
    if (!headers_.empty() && headers_.back().packet == number) headers_.pop_back();
    headers_.push_back({number, {bytes, bytes + size}});
    if (headers_.size() > kMostHeaders) headers_.pop_front();
}

/// A decoder is opened with those of the container, which may have changed since.
Result<void> PacketFeed::restate_headers(const KeptPacket& packet) const {
    AVPacket& first = *packet.packet;
    if (av_packet_get_side_data(&first, AV_PKT_DATA_NEW_EXTRADATA, nullptr) != nullptr) return {};
    const auto last = std::find_if(headers_.rbegin(), headers_.rend(), [&](const NewHeaders& each) {
        return each.packet <= packet.serial;
    });
    if (last == headers_.rend()) return {};
    uint8_t* bytes = av_packet_new_side_data(&first, AV_PKT_DATA_NEW_EXTRADATA, last->bytes.size());
    if (bytes == nullptr) return fail(Errc::unavailable, "no memory for headers");
    std::copy(last->bytes.begin(), last->bytes.end(), bytes);
    return {};
}

Result<KeptPacket> PacketFeed::take() {
    if (!replay_.empty()) {
        KeptPacket kept = std::move(replay_.front());
        replay_.pop_front();
        return kept;
    }
    auto packet = read();
    if (!packet && packet.error().code == Errc::interrupted) return Failure(packet.error());
    file_failure_ = packet ? std::nullopt : std::optional(packet.error());
    if (!packet || !*packet) return KeptPacket{};
    wait_for_key_ = false;
    KeptPacket next{std::move(*packet), next_number_++};
    if (demuxer_.pass() != std::exchange(pass_, demuxer_.pass())) first_of_file_ = next.serial;
    history_.keep(keep_);
    history_.add(*next.packet, next.serial, clock_.now());
    if (next.serial <= newest_read_) return next;
    newest_read_ = next.serial;
    largest_ = std::max(largest_, static_cast<size_t>(std::max(next.packet->size, 0)));
    std::lock_guard lock(status_.mutex);
    ++status_.counters.packets;
    return next;
}

Result<bool> PacketFeed::replay_from(uint64_t packet) {
    auto packets = history_.copy_from(packet);
    if (!packets) return Failure(packets.error());
    if (!*packets) return false;
    replay_ = std::move(**packets);
    begins_anew_ = true;
    return true;
}

Result<bool> PacketFeed::reread_from(uint64_t packet, std::optional<int64_t> timestamp) {
    PacketPlace place{std::nullopt, timestamp};
    if (first_of_file_ && packet >= *first_of_file_) place.number = packet - *first_of_file_;
    auto found = go_back_to(demuxer_, place);
    if (!found) return Failure(found.error());
    if (!*found) return false;
    log_warning(
        "{}: everything since the last key frame is decoded again: that was too much to keep",
        name_);
    unread_ = std::move(*found);
    begins_anew_ = true;
    next_number_ = packet;  // the same packets again
    replay_.clear();
    wait_for_key_ = false;
    file_failure_.reset();
    history_.keep(keep_);
    history_.clear();
    history_.forget_before(packet);
    return true;
}

Result<PacketFeed::KeyFrame> PacketFeed::go_to_key_frame() {
    log_warning(
        "{}: frames are lost, up to the next key frame if there is one: too much was decoded since "
        "the last one, and the stream cannot go back",
        name_);
    lost_ = begins_anew_ = true;
    if (const KeptPacket* first = history_.first()) {
        const int64_t pts = first->packet->pts;
        const KeyFrame key{first->serial, if_set(pts)};
        count_lost(history_.count_between(last_packet_, last_timestamp_, key.packet, pts));
        last_packet_ = key.packet - 1;
        if (key.timestamp) last_timestamp_ = *key.timestamp - 1;
        auto again = replay_from(key.packet);
        if (!again) return Failure(again.error());
        return key;
    }
    count_lost(history_.count_between(last_packet_, last_timestamp_, next_number_, INT64_MAX));
    replay_.clear();
    history_.clear();
    wait_for_key_ = true;
    first_of_file_.reset();
    return KeyFrame{next_number_, std::nullopt};
}

void PacketFeed::start_over(bool wait_for_key) {
    replay_.clear();
    unread_.reset();
    next_number_ = std::max(next_number_, newest_read_ + 1);
    first_of_file_ = wait_for_key ? std::nullopt : std::optional(next_number_);
    pass_ = 0;
    last_packet_ = next_number_ - 1;
    last_timestamp_.reset();
    lost_ = false;
    begins_anew_ = true;  // some decoders can be flushed only so
    history_.clear();
    wait_for_key_ = wait_for_key;
    file_failure_.reset();
}

void PacketFeed::note_picture(const DecodedPicture& picture) {
    lost_ = false;
    if (picture.packet) last_packet_ = *picture.packet;
    last_timestamp_ = picture.timestamp;
}

void PacketFeed::count_lost(uint64_t frames) {
    std::lock_guard lock(status_.mutex);
    status_.counters.lost_frames += frames;
}

std::optional<uint64_t> PacketFeed::key_packet(const DecodedPicture& picture) const {
    const auto packet = history_.identify(picture.packet, picture.packet_timestamp);
    return packet && history_.is_key(*packet) ? packet : std::nullopt;
}

std::optional<Nanos> PacketFeed::arrival(const DecodedPicture& picture) const {
    const auto packet = history_.identify(picture.packet, picture.packet_timestamp);
    return packet ? history_.arrival(*packet) : std::nullopt;
}

}  // namespace vitrine
