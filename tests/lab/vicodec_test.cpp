// Our V4L2 decoder on the kernel's own stateful decoder, which no one here wrote: what vicodec's
// encoder made of numbered pictures comes back, in order, as it was drawn.
#include <gtest/gtest.h>
#include <linux/dma-buf.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <numeric>

#include "core/log.h"
#include "decode/v4l2_decoder.h"
#include "hw/dma_buf_sync.h"
#include "tests/lab/fwht.h"
#include "tests/lab/nodes.h"
#include "tests/support/numbered.h"

namespace {

using namespace vitrine;
using namespace vitrine::lab;

constexpr Size kSmall = {640, 360};  // whose height the codec pads
constexpr Size kLarge = {1280, 720};
// FWHT keeps no picture as it was, at its finest quality.
constexpr int kMostDifference = 16;

std::vector<int> count_from(int first, int count) {
    std::vector<int> numbers(static_cast<size_t>(count));
    std::iota(numbers.begin(), numbers.end(), first);
    return numbers;
}

/// The number of a picture in the decoder's memory, -1 where it has none. exact: every pixel has to
/// be what was drawn.
int checked_number(const DecodedPicture& decoded, bool exact = true) {
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
    int worst = 0;
    if (number && exact) {
        const RawPicture drawn = draw_numbered({shown.width, shown.height}, *number);
        EXPECT_EQ(description.planes.size(), drawn.planes.size());
        for (size_t i = 0; i < description.planes.size(); ++i) {
            const RawPicture::Plane& wanted = drawn.planes.at(i);
            const uint8_t* row = bytes + description.planes[i].offset;
            for (size_t y = 0; y < wanted.height; ++y, row += description.planes[i].pitch) {
                for (size_t x = 0; x < wanted.width; ++x)
                    worst = std::max(worst, std::abs(row[x] - wanted.bytes[y * wanted.width + x]));
            }
        }
        EXPECT_LE(worst, kMostDifference) << "in picture " << *number;
    }
    EXPECT_EQ(sync_dma_buf(kernel, object.fd, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ), 0);
    munmap(memory, object.size);
    return number.value_or(-1);
}

class Decoding {
  public:
    struct Run {
        std::vector<int> numbers;
        std::vector<uint64_t> serials;
        std::vector<Size> sizes;
        bool ended = false;
        bool outgrown = false;
        std::string trouble;
    };
    struct Manner {
        size_t hold = 1;  // pictures, the newest ones
        size_t pictures = SIZE_MAX;
        bool drain = true;
        bool exact = true;
    };

    explicit Decoding(Size size, std::shared_ptr<Kernel> kernel = std::make_shared<RealKernel>()) {
        AVCodecParameters* parameters = avcodec_parameters_alloc();
        parameters->codec_type = AVMEDIA_TYPE_VIDEO;
        parameters->width = size.width;
        parameters->height = size.height;
        V4l2DecoderOptions options;
        options.name = "vicodec";
        options.device = open_node("stateful-decoder", std::move(kernel));
        options.coded = kFwht;
        options.stream = {parameters, {1, 25}};
        options.lending.may_copy = false;
        auto opened = V4l2Decoder::open(std::move(options));
        avcodec_parameters_free(&parameters);
        if (!opened) throw std::runtime_error(opened.error().text);
        decoder_ = std::move(*opened);
    }

    void add(const FwhtStream& stream, size_t from = 0) {
        for (size_t i = from; i < stream.units.size(); ++i) units_.push_back(&stream.units[i]);
    }

    Run run() { return run(Manner{}); }
    Run run(const Manner& manner) {
        constexpr int kMostWaits = 100;  // in a row: 5 s
        Run run;
        int waits = 0;
        while (run.numbers.size() < manner.pictures) {
            auto got = decoder_->receive();
            if (!got) {
                run.trouble = got.error().text;
                break;
            }
            if (std::holds_alternative<Waiting>(*got)) {
                if (++waits < kMostWaits) continue;
                run.trouble = "it is stuck";
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
    void flush() {
        decoder_->flush();
        units_.clear();
        drained_ = false;
    }
    [[nodiscard]] std::vector<DecodedPicture>& held() { return held_; }

  private:
    void take(DecodedPicture picture, const Manner& manner, Run& run) {
        run.numbers.push_back(checked_number(picture, manner.exact));
        run.serials.push_back(picture.packet.value_or(0));
        run.sizes.push_back({picture.info.crop.width, picture.info.crop.height});
        held_.push_back(std::move(picture));
        if (held_.size() > manner.hold) held_.erase(held_.begin());
    }
    /// False where there is nothing more to give.
    bool feed(bool drain) {
        if (units_.empty()) {
            if (!drain || std::exchange(drained_, true)) return false;
            EXPECT_TRUE(decoder_->send(nullptr, ++serial_));
            return true;
        }
        const auto& unit = *units_.front();
        units_.erase(units_.begin());
        av::Packet packet(av_packet_alloc());
        if (av_new_packet(packet.get(), static_cast<int>(unit.size())) < 0) return false;
        std::memcpy(packet->data, unit.data(), unit.size());
        packet->pts = static_cast<int64_t>(++serial_);
        EXPECT_TRUE(decoder_->send(packet.get(), serial_));
        return true;
    }

    std::unique_ptr<Decoder> decoder_;
    std::vector<const std::vector<std::byte>*> units_;
    std::vector<DecodedPicture> held_;
    uint64_t serial_ = 0;
    bool drained_ = false;
};

class Vicodec : public ::testing::Test {
  protected:
    static FwhtStream stream(Size size, int first, int count) {
        auto made = encode_fwht(size, first, count);
        if (!made) throw std::runtime_error(made.error().text);
        EXPECT_EQ(made->units.size(), made->pictures.size());
        return std::move(*made);
    }
};

TEST_F(Vicodec, EveryPictureComesAsItWasDrawnAndTheStreamEnds) {
    const FwhtStream small = stream(kSmall, 0, 20);
    Decoding decoding(kSmall);
    decoding.add(small);
    const auto run = decoding.run();
    EXPECT_EQ(run.trouble, "");
    EXPECT_TRUE(run.ended);
    EXPECT_EQ(run.numbers, count_from(0, 20));
    std::vector<uint64_t> serials(20);
    std::iota(serials.begin(), serials.end(), 1U);
    EXPECT_EQ(run.serials, serials);
    EXPECT_EQ(run.sizes, std::vector<Size>(20, kSmall)) << "without the padding";
}

TEST_F(Vicodec, AnotherSizeInTheMiddleLosesNoPicture) {
    const FwhtStream small = stream(kSmall, 0, 10);
    const FwhtStream large = stream(kLarge, 10, 10);
    const FwhtStream again = stream(kSmall, 20, 10);
    for (const size_t hold : {size_t{0}, size_t{1}, size_t{6}}) {
        Decoding decoding(kLarge);  // so that its input has room for the units of both
        decoding.add(small);
        decoding.add(large);
        decoding.add(again);
        const auto run = decoding.run({hold});
        EXPECT_EQ(run.trouble, "");
        EXPECT_TRUE(run.ended);
        EXPECT_EQ(run.numbers, count_from(0, 30)) << "with " << hold << " held";
        std::vector<Size> sizes(10, kSmall);
        sizes.insert(sizes.end(), 10, kLarge);
        sizes.insert(sizes.end(), 10, kSmall);
        EXPECT_EQ(run.sizes, sizes);
    }
}

TEST_F(Vicodec, AfterASeekComesWhatIsThere) {
    const FwhtStream small = stream(kSmall, 0, 30);
    Decoding decoding(kSmall);
    decoding.add(small);
    EXPECT_EQ(decoding.run({2, 7}).numbers, count_from(0, 7));
    for (const int target : {20, 0, 5, 25}) {
        decoding.flush();
        decoding.add(small, static_cast<size_t>(target));
        const auto run = decoding.run({2, 4});
        EXPECT_EQ(run.trouble, "");
        EXPECT_EQ(run.numbers, count_from(target, 4));
    }
}

TEST_F(Vicodec, AfterTheEndASeekGoesOn) {
    const FwhtStream small = stream(kSmall, 0, 10);
    Decoding decoding(kSmall);
    for (int round = 0; round < 3; ++round) {
        decoding.add(small);
        const auto run = decoding.run();
        EXPECT_EQ(run.trouble, "");
        EXPECT_TRUE(run.ended);
        EXPECT_EQ(run.numbers, count_from(0, 10));
        decoding.flush();
    }
}

TEST_F(Vicodec, ASeekToAnotherSize) {
    const FwhtStream small = stream(kSmall, 0, 10);
    const FwhtStream large = stream(kLarge, 10, 10);
    Decoding decoding(kLarge);
    for (int round = 0; round < 3; ++round) {
        decoding.add(small);
        EXPECT_EQ(decoding.run({3, 4}).numbers, count_from(0, 4));
        decoding.flush();
        decoding.add(large);
        const auto run = decoding.run({3, 4});
        EXPECT_EQ(run.trouble, "");
        EXPECT_EQ(run.numbers, count_from(10, 4));
        decoding.flush();
    }
}

TEST_F(Vicodec, PicturesOutliveTheDecoder) {
    const FwhtStream small = stream(kSmall, 0, 6);
    std::vector<DecodedPicture> held;
    {
        Decoding decoding(kSmall);
        decoding.add(small);
        ASSERT_EQ(decoding.run({4}).numbers, count_from(0, 6));
        held = std::move(decoding.held());
    }
    std::vector<int> numbers;
    for (const DecodedPicture& picture : held) numbers.push_back(checked_number(picture));
    EXPECT_EQ(numbers, count_from(2, 4));
}

TEST_F(Vicodec, AStreamThatIsNoneGivesNoPictureAndEnds) {
    FwhtStream noise{kSmall, {}, {}};
    for (int i = 0; i < 8; ++i) noise.units.emplace_back(1000, static_cast<std::byte>(0x4f + i));
    Decoding decoding(kSmall);
    decoding.add(noise);
    const auto run = decoding.run();
    EXPECT_TRUE(run.numbers.empty());
    EXPECT_TRUE(run.ended || !run.trouble.empty());
    EXPECT_NE(run.trouble, "it is stuck");
}

TEST_F(Vicodec, ABrokenUnitCostsNoMoreThanItsGroup) {
    FwhtStream small = stream(kSmall, 0, 20);
    std::fill(small.units[7].begin(), small.units[7].begin() + 200, std::byte{0xff});
    Decoding decoding(kSmall);
    decoding.add(small);
    const auto run = decoding.run({1, SIZE_MAX, true, false});
    EXPECT_EQ(run.trouble, "");
    EXPECT_TRUE(run.ended);
    std::vector<int> sound = count_from(0, 7);
    const auto rest = count_from(10, 10);
    EXPECT_TRUE(std::includes(run.numbers.begin(), run.numbers.end(), sound.begin(), sound.end()));
    EXPECT_TRUE(std::includes(run.numbers.begin(), run.numbers.end(), rest.begin(), rest.end()));
}

}  // namespace
