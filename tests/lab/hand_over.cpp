// From a picture that a device has ready to textures that can be drawn: what a frame costs the
// program beside the filming or decoding, the calls that queue buffers for it, and the drawing.
// Prints a line of figures. Usage: hand_over camera|decoder FRAMES
#include <fmt/format.h>
#include <linux/videodev2.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "decode/v4l2_decoder.h"
#include "render/importer.h"
#include "tests/lab/camera.h"
#include "tests/lab/fwht.h"
#include "tests/lab/hidden.h"
#include "tests/support/failing_kernel.h"

namespace vitrine {
namespace {

constexpr size_t kWarmUp = 32;  // every buffer was used
constexpr Nanos kPause = std::chrono::milliseconds(20);
constexpr int kMostNothings = 500;  // in a row

[[noreturn]] void die(const Error& error) {
    std::fprintf(stderr, "hand_over: %s\n", error.text.c_str());
    std::exit(1);
}

template <typename T>
T or_die(Result<T> result) {
    if (!result) die(result.error());
    return std::move(*result);
}
void or_die(const Result<void>& result) {
    if (!result) die(result.error());
}

/// Notes when a picture is taken, and adds up the time within VIDIOC_QBUF: there vicodec decodes,
/// if there is something to decode.
class WatchedCalls final : public testing::PassingKernel {
  public:
    int ioctl(int fd, unsigned long request, void* argument) override {
        const Nanos start = clock_.now();
        const int result = PassingKernel::ioctl(fd, request, argument);
        if (request == VIDIOC_QBUF) queuing += clock_.now() - start;
        if (request == VIDIOC_DQBUF && result == 0 &&
            !V4L2_TYPE_IS_OUTPUT(static_cast<v4l2_buffer*>(argument)->type)) {
            taken = start;
        }
        return result;
    }
    Nanos taken{0};
    Nanos queuing{0};

  private:
    MonotonicClock clock_;
};

/// What hands over, and is asked in turn: to wait until there is a picture, to hand it over (null:
/// it wanted a packet, or waits), and to take back what nobody holds.
class Source {
  public:
    virtual ~Source() = default;
    [[nodiscard]] const WatchedCalls& calls() const { return *kernel; }
    virtual void wait() = 0;
    virtual FramePtr take() = 0;
    virtual void lend() = 0;

  protected:
    const std::shared_ptr<WatchedCalls> kernel = std::make_shared<WatchedCalls>();
};

class CameraSource final : public Source {
  public:
    CameraSource() {
        lab::CameraOptions options;
        options.frames_per_second = 60;
        options.kernel = kernel;
        camera_ = or_die(lab::Camera::open(options));
        or_die(camera_->start());
    }
    void wait() override { or_die(camera_->wait()); }
    FramePtr take() override { return or_die(camera_->frame_of(or_die(camera_->take()))); }
    void lend() override { or_die(camera_->lend()); }

  private:
    std::unique_ptr<lab::Camera> camera_;
};

/// Our decoder on the kernel's, of a film that is played over and over. All the calls that it makes
/// for a frame come when it is asked for one: it gives what it was fed, takes back what became free
/// on either side, and takes the picture.
class DecoderSource final : public Source {
  public:
    DecoderSource() : film_(or_die(lab::encode_fwht({1280, 720}, 0, kFilm, kCoarse)).units) {
        device_ = lab::open_node("stateful-decoder", kernel);
        const av::CodecParameters parameters(avcodec_parameters_alloc());
        parameters->codec_type = AVMEDIA_TYPE_VIDEO;
        parameters->width = 1280;
        parameters->height = 720;
        V4l2DecoderOptions options;
        options.name = "lab";
        options.device = device_;
        options.coded = lab::kFwht;
        options.stream = {parameters.get(), {1, 25}};
        options.lending.may_copy = false;
        decoder_ = or_die(V4l2Decoder::open(std::move(options)));
    }
    void wait() override { (void)or_die(device_->wait({false, true}, -1, kPause)); }
    FramePtr take() override {
        auto got = or_die(decoder_->receive());
        if (std::holds_alternative<NeedsPacket>(got)) feed();
        auto* picture = std::get_if<DecodedPicture>(&got);
        return picture == nullptr ? nullptr : frame_of(std::move(*picture));
    }
    void lend() override {}  // it does so itself

  private:
    static constexpr int kFilm = 2 * lab::kFwhtGroup;
    static constexpr int kCoarse = 31;  // so that units are small, as those of other codecs are

    void feed() {
        lab::Unit& unit = film_[next_++ % film_.size()];
        const av::Packet packet(av_packet_alloc());
        packet->data = reinterpret_cast<uint8_t*>(unit.data());
        packet->size = static_cast<int>(unit.size());
        packet->pts = static_cast<int64_t>(next_);
        or_die(decoder_->send(packet.get(), next_));
    }
    static FramePtr frame_of(DecodedPicture picture) {
        FrameInfo info = picture.info;
        info.color = {Matrix::bt601, Primaries::bt709, Transfer::sdr, Range::limited,
                      ChromaSite::left};
        return or_die(make_frame(info, std::move(picture.storage), std::move(picture.lease)));
    }

    std::vector<lab::Unit> film_;
    std::shared_ptr<V4l2Device> device_;
    std::unique_ptr<Decoder> decoder_;
    uint64_t next_ = 0;
};

std::unique_ptr<TextureImporter> open_importer(GlContext& context) {
    for (const ImporterRow& row : importer_rows()) {
        if (row.name == "dmabuf") return or_die(row.make(context));
    }
    die({Errc::unsupported, "there is no importer of dma-bufs"});
}

struct Times {
    Nanos picture{0};  // from the call that takes it to its textures
    Nanos turn{0};  // from when it was there, with all that the source does meanwhile but queuing
};

/// Nothing where there was no picture.
std::optional<Times> hand_over(Source& source, TextureImporter& importer) {
    const MonotonicClock clock;
    source.wait();
    const Nanos start = clock.now() - source.calls().queuing;
    const FramePtr frame = source.take();
    if (!frame) return std::nullopt;
    const auto imported = or_die(importer.import(frame));
    const Nanos end = clock.now();
    importer.release(imported);
    return Times{end - source.calls().taken, end - source.calls().queuing - start};
}

/// "p50 0.0300 ms, p99 0.0400 ms"
std::string in_words(std::vector<Nanos> times) {
    std::sort(times.begin(), times.end());
    const auto at = [&](size_t percent) {
        const Nanos time = times[(times.size() - 1) * percent / 100];
        return std::chrono::duration<double, std::milli>(time).count();
    };
    return fmt::format("p50 {:.4f} ms, p99 {:.4f} ms", at(50), at(99));
}

/// The devices have no processor but ours: they are to work while we wait, and not in between.
void go_before_the_devices() {
    const sched_param first{1};
    if (sched_setscheduler(0, SCHED_FIFO, &first) != 0) {
        die({Errc::io, "sched_setscheduler: " + errno_text(errno)});
    }
}

void measure(const std::string& name, size_t frames) {
    lab::hide("/dev/dri");
    go_before_the_devices();
    const auto context = or_die(GlContext::make_offscreen());
    const auto importer = open_importer(*context);
    std::unique_ptr<Source> source;
    if (name == "camera") source = std::make_unique<CameraSource>();
    if (name == "decoder") source = std::make_unique<DecoderSource>();
    std::vector<Nanos> pictures;
    std::vector<Nanos> turns;
    uint64_t images_before = 0;
    int nothings = 0;
    for (size_t taken = 0; taken < frames + kWarmUp;) {
        if (taken == kWarmUp) images_before = importer->counters().images_created;
        const auto times = hand_over(*source, *importer);
        source->lend();
        nothings = times ? 0 : nothings + 1;
        if (nothings == kMostNothings) die({Errc::timeout, "no picture came"});
        if (!times || ++taken <= kWarmUp) continue;
        pictures.push_back(times->picture);
        turns.push_back(times->turn);
    }
    fmt::print("{} to textures: {}; with the rest of its turn: {}; {} frames, {} EGLImages\n", name,
               in_words(pictures), in_words(turns), frames,
               importer->counters().images_created - images_before);
}

}  // namespace
}  // namespace vitrine

int main(int count, char** arguments) {
    const std::string name = count == 3 ? arguments[1] : "";
    const size_t frames = count == 3 ? std::strtoul(arguments[2], nullptr, 10) : 0;
    if (frames == 0 || (name != "camera" && name != "decoder")) {
        std::fprintf(stderr, "usage: hand_over camera|decoder FRAMES\n");
        return 2;
    }
    vitrine::measure(name, frames);
    return 0;
}
