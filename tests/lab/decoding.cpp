#include "tests/lab/decoding.h"

#include <gtest/gtest.h>
#include <linux/dma-buf.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "hw/dma_buf_sync.h"
#include "tests/lab/nodes.h"
#include "tests/support/numbered.h"

namespace vitrine::lab {
namespace {

// FWHT keeps no picture as it was, at its finest quality.
constexpr int kMostDifference = 16;
constexpr int kMostWaits = 100;  // in a row: 5 s
constexpr int kMostBroken = 100;

int worst_difference(const std::byte* memory, const DmaBufDescription& description,
                     const RawPicture& drawn) {
    EXPECT_EQ(description.planes.size(), drawn.planes.size());
    int worst = 0;
    for (size_t i = 0; i < description.planes.size(); ++i) {
        const RawPicture::Plane& wanted = drawn.planes.at(i);
        const std::byte* row = memory + description.planes[i].offset;
        for (size_t y = 0; y < wanted.height; ++y, row += description.planes[i].pitch) {
            for (size_t x = 0; x < wanted.width; ++x) {
                const int seen = std::to_integer<int>(row[x]);
                worst = std::max(worst, std::abs(seen - wanted.bytes[y * wanted.width + x]));
            }
        }
    }
    return worst;
}

}  // namespace

int checked_number(const DecodedPicture& decoded, bool closely) {
    const auto& description = std::get<DmaBufFrame>(decoded.storage).description();
    const DmaBufObject& object = description.objects[0];
    void* memory = mmap(nullptr, object.size, PROT_READ, MAP_SHARED, object.fd, 0);
    if (memory == MAP_FAILED) return -1;
    RealKernel kernel;
    EXPECT_EQ(sync_dma_buf(kernel, object.fd, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ), 0);
    const auto* bytes = static_cast<const uint8_t*>(memory);
    const Rect& shown = decoded.info.crop;
    const auto number = vitrine::testing::read_number(
        {bytes + description.planes[0].offset, 1, description.planes[0].pitch, shown});
    if (number && closely) {
        EXPECT_LE(worst_difference(static_cast<const std::byte*>(memory), description,
                                   draw_numbered({shown.width, shown.height}, *number)),
                  kMostDifference)
            << "in picture " << *number;
    }
    EXPECT_EQ(sync_dma_buf(kernel, object.fd, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ), 0);
    munmap(memory, object.size);
    return number.value_or(-1);
}

Result<std::unique_ptr<Decoder>> Decoding::make(const Machine& machine, Size size) {
    auto device = V4l2Device::open(machine.kernel, machine.node);
    if (!device) return Failure(device.error());
    EXPECT_EQ((*device)->capability().multi_planar(), codec_is_multi_planar());
    const av::CodecParameters parameters(avcodec_parameters_alloc());
    parameters->codec_type = AVMEDIA_TYPE_VIDEO;
    parameters->codec_id = machine.codec;
    parameters->width = size.width;
    parameters->height = size.height;
    V4l2DecoderOptions options;
    options.name = "lab";
    options.device = std::move(*device);
    options.coded = machine.coded;
    options.stream = {parameters.get(), {1, 25}};
    options.lending.may_copy = false;
    return V4l2Decoder::open(std::move(options));
}

std::unique_ptr<Decoding> Decoding::open(const Machine& machine, Size size, std::string& trouble) {
    auto decoder = make(machine, size);
    if (decoder) return std::unique_ptr<Decoding>(new Decoding(std::move(*decoder)));
    trouble = decoder.error().text;
    return nullptr;
}

Decoding::Decoding(const Machine& machine, Size size) {
    auto decoder = make(machine, size);
    if (!decoder) throw std::runtime_error(decoder.error().text);
    decoder_ = std::move(*decoder);
}

void Decoding::add(const std::vector<Unit>& units, size_t from, size_t to) {
    for (size_t i = from; i < std::min(to, units.size()); ++i) units_.push_back(&units[i]);
}

Decoding::Run Decoding::run(const Manner& manner) {
    Run run;
    int waits = 0;
    while (run.serials.size() < manner.pictures) {
        auto got = decoder_->receive();
        if (!got && got.error().code == Errc::protocol) {
            if (++run.broken < kMostBroken) continue;
            run.trouble = kStuck;
            break;
        }
        if (!got) {
            run.trouble = got.error().text;
            break;
        }
        if (std::holds_alternative<Waiting>(*got)) {
            if (++waits < kMostWaits) continue;
            run.trouble = kStuck;
            break;
        }
        waits = 0;
        run.ended = std::holds_alternative<Ended>(*got);
        run.outgrown = std::holds_alternative<OpenAnew>(*got);
        if (run.ended || run.outgrown) break;
        if (auto* picture = std::get_if<DecodedPicture>(&*got)) {
            take(std::move(*picture), manner, run);
        } else if (!feed(manner.drain)) {
            break;
        }
    }
    return run;
}

void Decoding::flush() {
    decoder_->flush();
    units_.clear();
    drained_ = false;
}

void Decoding::take(DecodedPicture picture, const Manner& manner, Run& run) {
    if (manner.look != Look::away)
        run.numbers.push_back(checked_number(picture, manner.look == Look::closely));
    run.serials.push_back(picture.packet.value_or(0));
    run.sizes.push_back({picture.info.crop.width, picture.info.crop.height});
    held_.push_back(std::move(picture));
    if (held_.size() > manner.hold) held_.erase(held_.begin());
}

bool Decoding::feed(bool drain) {
    if (units_.empty()) {
        if (!drain || std::exchange(drained_, true)) return false;
        EXPECT_TRUE(decoder_->send(nullptr, serial_ + 1));
        return true;
    }
    const Unit& unit = *units_.front();
    units_.erase(units_.begin());
    const av::Packet packet(av_packet_alloc());
    if (av_new_packet(packet.get(), static_cast<int>(unit.size())) < 0) return false;
    std::memcpy(packet->data, unit.data(), unit.size());
    given_.push_back(&unit);
    packet->pts = static_cast<int64_t>(++serial_);
    EXPECT_TRUE(decoder_->send(packet.get(), serial_));
    return true;
}

}  // namespace vitrine::lab
