#include "tests/fuzz/film.h"

#include <unistd.h>

#include <deque>

#include "decode/ladder.h"
#include "tests/fuzz/hasty_clock.h"
#include "tests/fuzz/looking.h"
#include "tests/fuzz/target.h"

namespace vitrine::fuzz {
namespace {

// More than a decoder may swallow before it is given up.
constexpr int kPackets = 130;
constexpr int kEnoughCalls = 20'000;
constexpr int kEnoughFrames = 300;

// Of a step; below, a frame is read.
constexpr uint8_t kSeeks = 160;
constexpr uint8_t kHolds = 208;
constexpr uint8_t kRefuses = 250;

/// A key frame of VP8 (RFC 6386) with 64x64 black samples.
constexpr std::array<uint8_t, 38> kFrame = {
    0xf0, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x00, 0x40, 0x00, 0x00, 0x47, 0x08,
    0x85, 0x85, 0x88, 0x85, 0x84, 0x88, 0x02, 0x02, 0x00, 0x06, 0x70, 0x3c, 0x42,
    0x60, 0x0a, 0xb2, 0x20, 0xf7, 0x30, 0x00, 0xfe, 0xff, 0xab, 0x50, 0x80};

void put(std::vector<uint8_t>& out, uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

/// An IVF file of that frame, 25 a second.
std::vector<uint8_t> make_film() {
    std::vector<uint8_t> out = {'D', 'K', 'I', 'F', 0, 0, 32, 0, 'V', 'P', '8', '0'};
    put(out, 64, 2);
    put(out, 64, 2);
    put(out, 25, 4);
    put(out, 1, 4);
    put(out, kPackets, 4);
    put(out, 0, 4);
    for (int i = 0; i < kPackets; ++i) {
        put(out, kFrame.size(), 4);
        put(out, static_cast<uint64_t>(i), 8);
        out.insert(out.end(), kFrame.begin(), kFrame.end());
    }
    return out;
}

class Watcher {
  public:
    Watcher(const std::shared_ptr<AnsweringKernel>& kernel, const MediaOptions& options)
        : kernel_(kernel), options_(options) {}

    int watch(Script steps, bool with_software) {
        open(with_software);
        while (source_ && !steps.ended() && goes_on()) step(steps.byte());
        while (source_ && goes_on() && read()) continue;
        kernel_->begin_call();
        source_.reset();
        for (const FramePtr& frame : held_) look_at(frame->storage());
        held_.clear();
        require(options_.calls->abandoned() == 0, "no call hangs here");
        return frames_;
    }

  private:
    void open(bool with_software) {
        Ladder ladder;
        if (auto rungs = v4l2_rungs(kCodec, options_)) ladder.rungs = std::move(*rungs);
        if (with_software) {
            MediaOptions plain = options_;
            plain.pool = {};
            if (auto rungs = software_rungs(kCodec, plain)) {
                ladder.rungs.push_back(std::move(rungs->back()));
            }
        }
        kernel_->begin_call();
        auto opened = open_media_on(path_of_film(), std::move(ladder), options_, clock_);
        if (opened) {
            source_ = std::move(*opened);
        } else {
            require(!with_software, "a decoder that works is found");
            require_said(opened.error());
            require(opened.error().code != Errc::device_lost, "what never ran is not lost");
        }
    }

    [[nodiscard]] bool goes_on() const {
        return kernel_->calls() < kEnoughCalls && frames_ < kEnoughFrames;
    }

    void step(uint8_t manner) {
        kernel_->begin_call();
        if (manner < kSeeks) {
            (void)read();
        } else if (manner < kHolds) {
            last_pts_ = Nanos(-1);
            const auto sought = source_->seek((manner - kSeeks) * std::chrono::milliseconds(120));
            if (!sought) require_said(sought.error());
        } else if (manner < kRefuses) {
            most_held_ = manner % 16;
        } else if (last_sequence_) {
            const auto refused = source_->refuse_path("an input wants it so", *last_sequence_);
            if (!refused) require_said(refused.error());
            last_sequence_.reset();
            last_pts_ = Nanos(-1);
        }
    }

    /// False at the end, and where nothing more comes.
    bool read() {
        kernel_->begin_call();
        // Who asks for another has room for it.
        const auto room = static_cast<size_t>(std::max(options_.frames_held - 1, 0));
        while (held_.size() > std::min(most_held_, room)) held_.pop_front();
        auto frame = source_->read();
        if (!frame) require_said(frame.error());
        if (!frame || !*frame) return false;
        ++frames_;
        const FrameInfo& info = (*frame)->info();
        require(info.pts > last_pts_, "time goes on");
        require(!last_sequence_ || info.sequence > *last_sequence_, "no frame comes twice");
        last_pts_ = info.pts;
        last_sequence_ = info.sequence;
        look_at((*frame)->storage());
        held_.push_back(std::move(*frame));
        for (const FramePtr& each : held_) require_lent(*each);
        return true;
    }

    static void require_said(const Error& error) {
        require(!error.text.empty(), "an error says what it is");
    }

    /// What was lent is not the device's to write to.
    void require_lent(const VideoFrame& frame) const {
        const DmaBufFrame* shared = frame.dma_buf();
        if (shared == nullptr) return;
        for (const DmaBufObject& object : shared->description().objects) {
            require(!kernel_->has(object.fd), "the device does not have what is lent");
        }
    }

    const std::shared_ptr<AnsweringKernel> kernel_;
    const MediaOptions options_;
    const HastyClock clock_;
    std::unique_ptr<FrameSource> source_;
    std::deque<FramePtr> held_;
    size_t most_held_ = 1;
    Nanos last_pts_{-1};
    std::optional<uint64_t> last_sequence_;
    int frames_ = 0;
};

}  // namespace

const std::string& path_of_film() {
    static const std::string path = [] {
        const int fd = ::memfd_create("vitrine-film", MFD_CLOEXEC);
        const auto film = make_film();
        require(::write(fd, film.data(), film.size()) == static_cast<ssize_t>(film.size()),
                "this machine has memory left");
        return "/proc/self/fd/" + std::to_string(fd);
    }();
    return path;
}

int watch_film(const std::shared_ptr<AnsweringKernel>& kernel, const MediaOptions& options,
               Script steps, bool with_software) {
    return Watcher(kernel, options).watch(steps, with_software);
}

}  // namespace vitrine::fuzz
