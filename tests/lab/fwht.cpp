#include "tests/lab/fwht.h"

#include <linux/v4l2-controls.h>
#include <linux/videodev2.h>

#include <cstring>
#include <deque>

#include "tests/lab/nodes.h"

namespace vitrine::lab {
namespace {

constexpr Nanos kPatienceWithIt = std::chrono::seconds(5);
constexpr int kCells = 16;
constexpr int kFirstBit = 2;
constexpr int kBits = 12;

/// Black and white cells, as bits from the left.
std::array<bool, kCells> cells_of(int number) {
    std::array<bool, kCells> cells{true, false};
    bool odd = false;
    for (int bit = 0; bit < kBits; ++bit) {
        const bool set = (number >> (kBits - 1 - bit) & 1) != 0;
        cells[static_cast<size_t>(kFirstBit + bit)] = set;
        odd = odd != set;
    }
    cells[kFirstBit + kBits] = odd;
    cells[kFirstBit + kBits + 1] = !odd;
    return cells;
}

/// The encoder with both its queues.
class Encoder {
  public:
    static Result<Encoder> open(Size size, int quantization) {
        Encoder encoder;
        encoder.device_ = open_node("stateful-encoder");
        V4l2Device& device = *encoder.device_;
        V4l2Picture coded;
        coded.format = kFwht;
        coded.size = size;
        auto output = device.set_format(V4l2Side::output, coded);
        if (!output) return Failure(output.error());
        V4l2Picture raw;
        raw.format = V4l2Format::of("YU12");
        raw.size = size;
        auto input = device.set_format(V4l2Side::input, raw);
        if (!input) return Failure(input.error());
        encoder.raw_ = *input;
        if (auto ok = encoder.configure(size, quantization); !ok) return Failure(ok.error());
        output = device.format(V4l2Side::output);  // which the other has changed
        if (!output) return Failure(output.error());
        for (auto side : {V4l2Side::input, V4l2Side::output}) {
            auto queue = V4l2Queue::allocate(
                encoder.device_,
                {side, V4l2Memory::mapped, side == V4l2Side::input ? *input : *output, 4, nullptr});
            if (!queue) return Failure(queue.error());
            if (auto ok = (*queue)->start(); !ok) return Failure(ok.error());
            (side == V4l2Side::input ? encoder.input_ : encoder.output_) = std::move(*queue);
        }
        return encoder;
    }

    Result<FwhtStream> encode(std::vector<RawPicture> pictures) {
        FwhtStream stream{pictures.front().size, std::move(pictures), {}};
        size_t next = 0;
        bool stopped = false;
        for (bool last = false; !last;) {
            if (auto ok = lend(); !ok) return Failure(ok.error());
            if (auto ok = feed(stream.pictures, next); !ok) return Failure(ok.error());
            if (next == stream.pictures.size() && !std::exchange(stopped, true)) {
                if (auto ok = stop(); !ok) return Failure(ok.error());
            }
            auto ready = device_->wait({next < stream.pictures.size(), true}, -1, kPatienceWithIt);
            if (!ready) return Failure(ready.error());
            if (!ready->any()) return fail(Errc::timeout, "the encoder does not answer");
            if (auto ok = input_->dequeue(); !ok) return Failure(ok.error());
            auto got = output_->dequeue();
            if (!got) return Failure(got.error());
            auto* buffer = std::get_if<ReadyBuffer>(&*got);
            last = std::holds_alternative<V4l2Queue::AtLast>(*got);
            if (buffer == nullptr) continue;
            last = buffer->report().last;
            const auto bytes = buffer->data().first(buffer->report().bytes_used[0]);
            if (!bytes.empty()) stream.units.emplace_back(bytes.begin(), bytes.end());
        }
        return stream;
    }

  private:
    /// The visible part, the groups, and the quality.
    Result<void> configure(Size size, int quantization) {
        v4l2_selection crop{};
        crop.type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
        crop.target = V4L2_SEL_TGT_CROP;
        crop.r.width = static_cast<uint32_t>(size.width);
        crop.r.height = static_cast<uint32_t>(size.height);
        if (const int error = device_->ioctl(VIDIOC_S_SELECTION, &crop); error != 0) {
            return device_->failure("VIDIOC_S_SELECTION", error);
        }
        v4l2_control controls[] = {{V4L2_CID_MPEG_VIDEO_GOP_SIZE, kFwhtGroup},
                                   {V4L2_CID_FWHT_I_FRAME_QP, quantization},
                                   {V4L2_CID_FWHT_P_FRAME_QP, quantization}};
        for (v4l2_control& control : controls) {
            if (const int error = device_->ioctl(VIDIOC_S_CTRL, &control); error != 0) {
                return device_->failure("VIDIOC_S_CTRL", error);
            }
        }
        return {};
    }
    Result<void> lend() {
        while (auto buffer = output_->take_free()) {
            if (auto ok = output_->queue(std::move(*buffer)); !ok) return ok;
        }
        return {};
    }
    Result<void> feed(const std::vector<RawPicture>& pictures, size_t& next) {
        while (next < pictures.size()) {
            auto buffer = input_->take_free();
            if (!buffer) break;
            const uint32_t bytes = fill(*buffer, pictures[next]);
            if (auto ok = input_->queue(std::move(*buffer), next, bytes); !ok) return ok;
            ++next;
        }
        return {};
    }
    /// With the padding that the encoder wants.
    [[nodiscard]] uint32_t fill(const FreeBuffer& buffer, const RawPicture& picture) const {
        std::memset(buffer.data().data(), 0, buffer.data().size());
        const auto where = planes_of(*layout_of(raw_.format), raw_, {}).value();
        for (size_t i = 0; i < where.size(); ++i) {
            const RawPicture::Plane& plane = picture.planes[i];
            std::byte* row = buffer.data().data() + where[i].offset;
            for (size_t y = 0; y < plane.height; ++y, row += where[i].pitch)
                std::memcpy(row, plane.bytes.data() + plane.width * y, plane.width);
        }
        return raw_.planes[0].bytes;
    }
    Result<void> stop() {
        v4l2_encoder_cmd command{};
        command.cmd = V4L2_ENC_CMD_STOP;
        const int error = device_->ioctl(VIDIOC_ENCODER_CMD, &command);
        if (error != 0) return device_->failure("VIDIOC_ENCODER_CMD", error);
        return {};
    }

    std::shared_ptr<V4l2Device> device_;
    V4l2Picture raw_;
    std::unique_ptr<V4l2Queue> input_;
    std::unique_ptr<V4l2Queue> output_;
};

}  // namespace

RawPicture draw_numbered(Size size, int number) {
    const auto width = static_cast<size_t>(size.width);
    const auto height = static_cast<size_t>(size.height);
    const auto shift = static_cast<size_t>(number) * 3;
    const auto cells = cells_of(number);
    const auto draw = [](size_t plane_width, size_t plane_height, const auto& code_at) {
        RawPicture::Plane plane{plane_width, plane_height, {}};
        for (size_t y = 0; y < plane_height; ++y) {
            for (size_t x = 0; x < plane_width; ++x)
                plane.bytes.push_back(static_cast<uint8_t>(code_at(x, y)));
        }
        return plane;
    };
    const auto luma = [&](size_t x, size_t y) -> size_t {
        if (y < height / 8) return cells[x * kCells / width] ? 235 : 16;
        return 40 + ((x + shift) / 4 + y / 4) % 160;
    };
    const auto blue = [&](size_t x, size_t) { return 64 + (x / 4 + shift) % 128; };
    const auto red = [&](size_t, size_t y) { return 64 + (y / 4 + shift) % 128; };
    return {size,
            {draw(width, height, luma), draw(width / 2, height / 2, blue),
             draw(width / 2, height / 2, red)}};
}

Result<FwhtStream> encode_fwht(Size size, int first_number, int count, int quantization) {
    std::vector<RawPicture> pictures;
    for (int i = 0; i < count; ++i) pictures.push_back(draw_numbered(size, first_number + i));
    auto encoder = Encoder::open(size, quantization);
    if (!encoder) return Failure(encoder.error());
    return encoder->encode(std::move(pictures));
}

}  // namespace vitrine::lab
