// A device that answers anything at all: our decoder says so in time, reads nothing beyond what was
// mapped, and leaves nothing behind. Each seed is a device of its own.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/videodev2.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <map>
#include <random>

#include "tests/decode/v4l2_playing.h"

namespace vitrine {
namespace {

using testing::holdings;
using testing::PassingKernel;
using testing::Warnings;

constexpr unsigned kSeeds = 600;
constexpr int kMostReceives = 400;
constexpr size_t kPage = 4096;

class Anything final : public PassingKernel {
  public:
    explicit Anything(unsigned seed)
        : random_(seed),
          honesty_(kHonesty[below(4)]),
          refusals_(kRefusals[below(4)]),
          planes_(flip()) {}

    int open(const char*, int flags) override { return PassingKernel::open("/dev/null", flags); }
    int ioctl(int, unsigned long request, void* argument) override {
        if (request == VIDIOC_QUERYCAP) return capability(*static_cast<v4l2_capability*>(argument));
        if (below(1000) < refusals_) return refuse();
        switch (request) {
            case VIDIOC_S_FMT:
            case VIDIOC_G_FMT:
                return format(*static_cast<v4l2_format*>(argument));
            case VIDIOC_REQBUFS:
                return buffers(*static_cast<v4l2_requestbuffers*>(argument));
            case VIDIOC_EXPBUF:
                return export_one(*static_cast<v4l2_exportbuffer*>(argument));
            case VIDIOC_QUERYBUF:
                return tell(*static_cast<v4l2_buffer*>(argument));
            case VIDIOC_QBUF: {
                const auto& given = *static_cast<v4l2_buffer*>(argument);
                queued_[given.type].push_back(given.index);
                return 0;
            }
            case VIDIOC_DQBUF:
                return give_back(*static_cast<v4l2_buffer*>(argument));
            case VIDIOC_STREAMON:
                return 0;
            case VIDIOC_STREAMOFF:
                queued_.erase(static_cast<uint32_t>(*static_cast<int*>(argument)));
                return 0;
            case VIDIOC_DQEVENT:
                return event(*static_cast<v4l2_event*>(argument));
            default:
                fill(argument, _IOC_SIZE(request));
                return 0;
        }
    }
    void* mmap(int fd, size_t size, off_t offset) override {
        if (fd_is_real(fd)) return PassingKernel::mmap(fd, size, offset);
        if (size == 0 || size > 16 * kPage) {
            errno = EINVAL;
            return MAP_FAILED;
        }
        return ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    }
    int poll(pollfd* fds, nfds_t count, int) override {
        const int others = PassingKernel::poll(fds + 1, count - 1, 0);
        if (count < 2) return others;
        fds[0].revents = 0;
        if (below(3) == 0) fds[0].revents |= POLLIN;
        if (below(3) == 0) fds[0].revents |= POLLOUT;
        if (below(5) == 0) fds[0].revents |= POLLPRI;
        if (below(12) == 0) fds[0].revents |= POLLERR;
        fds[0].revents = static_cast<short>(
            fds[0].revents & (fds[0].events | POLLERR));  // the kernel sees to that, and no driver
        return std::max(others, 0) + (fds[0].revents != 0 ? 1 : 0);
    }

  private:
    static constexpr std::array<unsigned, 4> kHonesty = {50, 90, 99, 100};  // per cent
    static constexpr std::array<unsigned, 4> kRefusals = {0, 2, 20, 100};   // per mille

    unsigned below(unsigned end) {
        return std::uniform_int_distribution<unsigned>(0, end - 1)(random_);
    }
    bool flip() { return below(2) == 0; }
    /// As an honest device would do it.
    bool honest() { return below(100) < honesty_; }
    void fill(void* data, size_t size) {
        auto* bytes = static_cast<unsigned char*>(data);
        for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<unsigned char>(random_());
    }
    uint32_t any() {
        constexpr std::array<uint32_t, 8> kEdges = {0,       1,          2,          4096,
                                                    1 << 20, 0x7fffffff, 0x80000000, 0xffffffff};
        return flip() ? kEdges[below(8)] : static_cast<uint32_t>(random_());
    }
    static bool fd_is_real(int fd) {
        struct stat status {};
        return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    }
    int refuse() {
        constexpr std::array<int, 10> kErrors = {EAGAIN, EAGAIN, EPIPE,  EIO,   EINVAL,
                                                 ENOENT, EBUSY,  ENOMEM, EINTR, ENOTTY};
        errno = kErrors[below(10)];
        return -1;
    }
    int capability(v4l2_capability& answer) const {
        answer = {};
        answer.capabilities =
            V4L2_CAP_STREAMING | (planes_ ? V4L2_CAP_VIDEO_M2M_MPLANE : V4L2_CAP_VIDEO_M2M);
        return 0;
    }
    int format(v4l2_format& answer) {
        if (V4L2_TYPE_IS_OUTPUT(answer.type) && below(10) != 0) return 0;  // as was wished
        if (!honest()) {
            const auto type = answer.type;
            fill(&answer.fmt, sizeof answer.fmt);
            answer.type = type;
        }
        constexpr std::array<uint32_t, 4> kKnown = {V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_YUV420M,
                                                    V4L2_PIX_FMT_YVU420, V4L2_PIX_FMT_NV12M};
        const uint32_t fourcc = honest() ? kKnown[0] : kKnown[below(4)];
        const uint32_t side = honest() ? 64 : any();
        if (!V4L2_TYPE_IS_MULTIPLANAR(answer.type)) {
            v4l2_pix_format& pix = answer.fmt.pix;
            pix.pixelformat = fourcc;
            pix.width = pix.height = side;
            pix.bytesperline = honest() ? 64 : any();
            return 0;
        }
        v4l2_pix_format_mplane& pix = answer.fmt.pix_mp;
        pix.pixelformat = fourcc;
        pix.width = pix.height = side;
        pix.num_planes = static_cast<__u8>(honest() ? 1 : below(9));
        for (auto& plane : pix.plane_fmt) plane.bytesperline = honest() ? 64 : any();
        return 0;
    }
    int buffers(v4l2_requestbuffers& answer) {
        answer.capabilities = any();
        if (!honest()) answer.count = flip() ? below(40) : any();
        return 0;
    }
    int export_one(v4l2_exportbuffer& answer) {
        answer.fd = ::memfd_create("vitrine-any", MFD_CLOEXEC);
        const off_t size = static_cast<off_t>((honest() ? 2 : below(4)) * kPage);
        return ::ftruncate(answer.fd, size);
    }
    int give_back(v4l2_buffer& answer) {
        std::vector<uint32_t>& has = queued_[answer.type];
        if (has.empty()) {
            errno = EAGAIN;
            return -1;
        }
        answer.index = honest() ? has.front() : any();
        has.erase(has.begin());
        return tell(answer);
    }
    int tell(v4l2_buffer& answer) {
        answer.flags = honest() ? 0 : any();
        answer.bytesused = honest() ? 6144 : any();
        answer.timestamp.tv_usec = below(40);
        if (!V4L2_TYPE_IS_MULTIPLANAR(answer.type)) {
            answer.length = below(16 * kPage);
            return 0;
        }
        for (uint32_t i = 0; i < answer.length; ++i) {
            v4l2_plane& plane = answer.m.planes[i];
            plane.length = below(16 * kPage);
            plane.bytesused = honest() ? 6144 : any();
            plane.data_offset = honest() ? 0 : any();
        }
        return 0;
    }
    int event(v4l2_event& answer) {
        if (below(3) != 0) {
            errno = ENOENT;
            return -1;
        }
        answer = {};
        answer.type = honest() || flip() ? uint32_t{V4L2_EVENT_SOURCE_CHANGE} : any();
        answer.u.src_change.changes = V4L2_EVENT_SRC_CH_RESOLUTION;
        return 0;
    }

    std::mt19937 random_;
    const unsigned honesty_;
    const unsigned refusals_;
    std::map<uint32_t, std::vector<uint32_t>> queued_;  // by type of buffer
    const bool planes_;
};

/// Reads the corners of every plane: a picture that was let through can be read.
void read_corners(const DecodedPicture& picture) {
    const auto* memory = std::get_if<DmaBufFrame>(&picture.storage);
    if (memory == nullptr) return;
    const DmaBufDescription& description = memory->description();
    const PixelFormatInfo& row = info(description.format);
    for (int i = 0; i < row.plane_count; ++i) {
        const DmaBufPlane& plane = description.planes[static_cast<size_t>(i)];
        const DmaBufObject& object = description.objects[plane.object];
        const PlaneExtent extent =
            plane_extent(row, i, description.coded_size.width, description.coded_size.height);
        void* mapped = ::mmap(nullptr, object.size, PROT_READ, MAP_SHARED, object.fd, 0);
        ASSERT_NE(mapped, MAP_FAILED);
        const volatile auto* bytes = static_cast<const volatile unsigned char*>(mapped);
        (void)bytes[plane.offset];
        (void)bytes[plane.offset + plane.pitch * static_cast<uint64_t>(extent.rows - 1) +
                    extent.row_bytes - 1];
        ::munmap(mapped, object.size);
    }
}

struct Outcome {
    bool opened = false;
    bool lost = false;
    int pictures = 0;
};

Result<std::unique_ptr<Decoder>> open_on(unsigned seed) {
    auto device = V4l2Device::open(std::make_shared<Anything>(seed), "/dev/video10");
    if (!device) return Failure(device.error());
    const av::CodecParameters stated(avcodec_parameters_alloc());
    stated->codec_id = AV_CODEC_ID_VP8;
    stated->width = stated->height = 64;
    V4l2DecoderOptions options;
    options.device = std::move(*device);
    options.coded = {V4L2_PIX_FMT_VP8};
    options.stream = {stated.get(), {1, 25}};
    options.lending.frames_held = static_cast<int>(seed % 4);
    return V4l2Decoder::open(std::move(options));
}

Outcome play(unsigned seed) {
    Outcome out;
    auto decoder = open_on(seed);
    if (!decoder) return out;
    out.opened = true;
    std::vector<DecodedPicture> held;
    uint64_t serial = 0;
    for (int i = 0; i < kMostReceives; ++i) {
        auto got = (*decoder)->receive();
        if (!got && got.error().code != Errc::protocol) {
            out.lost = true;
            EXPECT_FALSE(got.error().text.empty());
            return out;
        }
        if (!got) continue;
        if (auto* picture = std::get_if<DecodedPicture>(&*got)) {
            ++out.pictures;
            read_corners(*picture);
            held.push_back(std::move(*picture));
            if (held.size() > 3) held.erase(held.begin());
        } else if (std::holds_alternative<NeedsPacket>(*got)) {
            const av::Packet packet(av_packet_alloc());
            EXPECT_EQ(av_new_packet(packet.get(), static_cast<int>(serial * 997 % 9000)), 0);
            ++serial;
            (void)(*decoder)->send(serial % 50 == 0 ? nullptr : packet.get(), serial);
        } else if (std::holds_alternative<Ended>(*got)) {
            (*decoder)->flush();
        }
        if (i % 37 == 36) (*decoder)->flush();
    }
    return out;
}

TEST(V4l2Lies, ADeviceThatAnswersAnythingIsGotRidOf) {
    const Warnings warnings;
    Outcome all;
    int opened = 0;
    int lost = 0;
    for (unsigned seed = 0; seed < kSeeds; ++seed) {
        SCOPED_TRACE(seed);
        const auto before = holdings();
        const Outcome one = play(seed);
        EXPECT_EQ(holdings(), before);
        opened += one.opened ? 1 : 0;
        lost += one.lost ? 1 : 0;
        all.pictures += one.pictures;
        if (HasFailure()) break;
    }
    std::printf("%u devices: %d opened, %d were lost, %d pictures\n", kSeeds, opened, lost,
                all.pictures);
    EXPECT_GT(opened, 100);
    EXPECT_GT(all.pictures, 100) << "or the lies are too plain to get anywhere";
}

}  // namespace
}  // namespace vitrine
