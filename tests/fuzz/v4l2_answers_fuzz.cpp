// A V4L2 device that answers what an input tells it to: it is decoded with, by our decoder alone or
// as a film is with all that a player has around it, or described as `vitrine devices` does it. An
// input is what the device is (two bytes), the number of the player's steps and those steps, and
// the device's answers, begun again where they end.
#include "core/log.h"
#include "decode/ladder.h"
#include "hw/allocator_rows.h"
#include "hw/v4l2_description.h"
#include "hw/v4l2_nodes.h"
#include "tests/fuzz/answering_kernel.h"
#include "tests/fuzz/film.h"
#include "tests/fuzz/hasty_clock.h"
#include "tests/fuzz/looking.h"
#include "tests/fuzz/target.h"

namespace vitrine::fuzz {
namespace {

// Where a player stops, so that every input is quick.
constexpr int kEnoughCalls = 20'000;

// Of the first byte of an input; the device's traits are in the rest.
constexpr uint8_t kDescribes = 1;
constexpr uint8_t kMayNotCopy = 2;
constexpr uint8_t kFilm = 32;
constexpr uint8_t kWithSoftware = 64;

// Of a step of the player.
constexpr uint8_t kFlushes = 128;
constexpr uint8_t kEnds = 160;
constexpr uint8_t kHolds = 192;
constexpr uint8_t kStrangePacket = 224;

/// Plays on the device as the steps say.
class Player {
  public:
    Player(std::shared_ptr<AnsweringKernel> kernel, MediaOptions options)
        : kernel_(std::move(kernel)), options_(std::move(options)) {}

    /// Returns the number of pictures.
    int play(Script steps) {
        open();
        while (decoder_ && !steps.ended() && kernel_->calls() < kEnoughCalls) step(steps.byte());
        kernel_->begin_call();
        decoder_.reset();
        for (const DecodedPicture& picture : held_) look_at_picture(picture);
        return pictures_;
    }

  private:
    void open() {
        const auto rungs = v4l2_rungs(kCodec, options_);
        if (!rungs) {
            require(!rungs.error().text.empty(), "an error says what it is");
            return;
        }
        const av::CodecParameters stated(avcodec_parameters_alloc());
        stated->codec_id = kCodec;
        stated->width = stated->height = 64;
        const Rung& rung = rungs->front();
        auto made = rung.open(rung, {stated.get(), {1, 25}}, options_);
        if (made) decoder_ = std::move(*made);
    }

    void step(uint8_t manner) {
        if (manner >= kHolds && manner < kStrangePacket) most_held_ = manner % 16;
        if (manner >= kFlushes && manner < kEnds) {
            kernel_->begin_call();
            decoder_->flush();
            ended_ = false;
        }
        while (held_.size() > most_held_) held_.erase(held_.begin());
        kernel_->begin_call();
        auto got = decoder_->receive();
        const bool lost = !got && got.error().code != Errc::protocol;
        require(lost || !lost_, "what is lost stays lost");
        lost_ = lost;
        if (!got) {
            require(!got.error().text.empty(), "an error says what it is");
        } else if (auto* picture = std::get_if<DecodedPicture>(&*got)) {
            ++pictures_;
            look_at_picture(*picture);
            held_.push_back(std::move(*picture));
        } else if (std::holds_alternative<NeedsPacket>(*got)) {
            kernel_->begin_call();
            feed(manner);
        }
        require_lent();
    }

    void feed(uint8_t manner) {
        ++serial_;
        ended_ = ended_ || (manner >= kEnds && manner < kHolds);
        const bool strange = manner >= kStrangePacket;
        const av::Packet packet(av_packet_alloc());
        // Nothing at all, or more than a buffer of the device can hold.
        const int size = strange ? (manner % 2) * 5000 : manner * 16;
        require(av_new_packet(packet.get(), size) == 0, "memory");
        packet->pts = static_cast<int64_t>(serial_);
        if (strange && manner % 4 > 1) packet->flags |= AV_PKT_FLAG_DISCARD;
        (void)decoder_->send(ended_ ? nullptr : packet.get(), serial_);
    }

    static void look_at_picture(const DecodedPicture& picture) { look_at(picture.storage); }

    /// What was lent is not the device's to write to.
    void require_lent() const {
        for (const DecodedPicture& picture : held_) {
            const auto* shared = std::get_if<DmaBufFrame>(&picture.storage);
            if (shared == nullptr) continue;
            for (const DmaBufObject& object : shared->description().objects) {
                require(!kernel_->has(object.fd), "the device does not have what is lent");
            }
        }
    }

    const std::shared_ptr<AnsweringKernel> kernel_;
    const MediaOptions options_;
    std::unique_ptr<Decoder> decoder_;
    std::vector<DecodedPicture> held_;
    size_t most_held_ = 1;
    uint64_t serial_ = 0;
    bool ended_ = false;
    bool lost_ = false;
    int pictures_ = 0;
};

/// Returns the number of formats and controls.
int describe(const std::shared_ptr<AnsweringKernel>& kernel) {
    size_t entries = 0;
    const auto nodes = video_nodes(*kernel);
    if (!nodes) return 0;
    for (const std::string& path : *nodes) {
        kernel->begin_call();
        const auto said = describe_node(kernel, path, V4l2Detail::with_controls);
        require(said.path == path, "a description is of its node");
        require(said.refused.empty() || (!said.input && !said.output),
                "what refused to be asked is not described");
        entries += said.controls.size();
        for (const auto* side : {&said.input, &said.output}) {
            if (*side) entries += (*side)->formats.size();
        }
    }
    return static_cast<int>(entries);
}

}  // namespace

int run_input(std::span<const uint8_t> input) {
    const LogSink before = set_log_sink([](LogLevel, std::string_view) {});
    av_log_set_level(AV_LOG_QUIET);
    Script script(input);
    const uint8_t what = script.byte();
    const uint8_t amount = script.byte();
    DeviceTraits traits;
    traits.planes = (what & 4) != 0;
    traits.separate = (what & 8) != 0;
    traits.wants_memory = (what & 16) != 0;
    const Script steps(script.bytes(script.byte()));
    (void)path_of_film();
    const auto kernel = std::make_shared<AnsweringKernel>(traits, script.rest());
    int came = 0;
    if ((what & kDescribes) != 0) {
        came = describe(kernel);
    } else {
        MediaOptions options;
        options.kernel = kernel;
        options.calls = std::make_shared<CallGuard>(std::make_shared<HastyClock>());
        options.device = "/dev/video10";
        options.hardware_required = (what & kMayNotCopy) != 0;
        options.frames_held = amount % 16;
        auto memory = open_memfd(kernel);
        if (memory.front().allocator) {
            options.pool.allocator = std::move(*memory.front().allocator);
        }
        if ((what & kFilm) != 0) {
            came = watch_film(kernel, options, steps, (what & kWithSoftware) != 0);
        } else {
            came = Player(kernel, std::move(options)).play(steps);
        }
    }
    set_log_sink(before);
    return came;
}

}  // namespace vitrine::fuzz
