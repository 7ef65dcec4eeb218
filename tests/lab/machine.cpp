#include "tests/lab/machine.h"

#include <linux/videodev2.h>
#include <sys/mman.h>

#include <cerrno>
#include <stdexcept>

#include "tests/lab/fwht.h"
#include "tests/lab/nodes.h"
#include "tests/support/failing_kernel.h"
#include "tests/vpu/emulator.h"
#include "tests/vpu/stream.h"

namespace vitrine::lab {
namespace {

/// The emulated decoder as a kernel's. That one of its descriptors was closed it does not learn,
/// and so it is for one decoder.
class EmulatedKernel final : public testing::PassingKernel {
  public:
    explicit EmulatedKernel(const std::string& profile) {
        std::string wrong;
        emulator_ = vpu::Emulator::make({profile, "", "", ""}, wrong);
        if (!emulator_) throw std::runtime_error(wrong);
    }
    int open(const char* path, int flags) override {
        if (!vpu::Emulator::owns_path(path)) return PassingKernel::open(path, flags);
        return answered(emulator_->open(path, flags));
    }
    int ioctl(int fd, unsigned long request, void* argument) override {
        if (!emulator_->owns(fd)) return PassingKernel::ioctl(fd, request, argument);
        return answered(emulator_->ioctl(fd, request, argument));
    }
    void* mmap(int fd, size_t size, off_t offset) override {
        if (!emulator_->owns(fd)) return PassingKernel::mmap(fd, size, offset);
        const UniqueFd target(answered(emulator_->mmap_target(
            fd, static_cast<uint64_t>(offset), size, PROT_READ | PROT_WRITE, MAP_SHARED)));
        return target ? PassingKernel::mmap(target.get(), size, 0) : MAP_FAILED;
    }
    int poll(pollfd* fds, nfds_t count, int timeout_ms) override {
        return answered(emulator_->poll(fds, count, timeout_ms,
                                        [](pollfd* others, nfds_t other_count, int timeout) {
                                            return ::poll(others, other_count, timeout);
                                        }));
    }

  private:
    static int answered(int answer) {
        if (answer >= 0) return answer;
        errno = -answer;
        return -1;
    }
    std::unique_ptr<vpu::Emulator> emulator_;
};

}  // namespace

std::shared_ptr<V4l2Device> Machine::open() const {
    auto device = V4l2Device::open(kernel, node);
    if (!device) throw std::runtime_error(device.error().text);
    if ((*device)->capability().multi_planar() != codec_is_multi_planar()) {
        throw std::runtime_error(node + " is a decoder of the other kind");
    }
    return std::move(*device);
}

Machine real_machine() {
    static const std::vector<Unit> film = [] {
        auto small = encode_fwht(kSmall, 0, kSmallUnits).value();
        auto large = encode_fwht(kLarge, kSmallUnits, kLargeUnits).value();
        small.units.insert(small.units.end(), large.units.begin(), large.units.end());
        return std::move(small.units);
    }();
    return {std::make_shared<RealKernel>(), node_named("stateful-decoder"), kFwht, AV_CODEC_ID_NONE,
            &film};
}

Machine emulated_machine(const std::string& profile) {
    static const std::vector<Unit> film = vpu::join(
        vpu::make_stream({.encoder = "mpeg4", .size = {640, 360}, .pictures = kSmallUnits}),
        vpu::make_stream({.encoder = "mpeg4",
                          .size = {1280, 720},
                          .pictures = kLargeUnits,
                          .first_number = kSmallUnits}));
    const std::string kind = codec_is_multi_planar() ? "-mplane" : "";
    return {std::make_shared<EmulatedKernel>(profile + kind),
            "/dev/video10",
            {V4L2_PIX_FMT_MPEG4},
            AV_CODEC_ID_MPEG4,
            &film};
}

}  // namespace vitrine::lab
