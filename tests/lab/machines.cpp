#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "core/unique_fd.h"
#include "tests/lab/fwht.h"
#include "tests/lab/nodes.h"
#include "tests/lab/script.h"
#include "tests/vpu/emulator.h"
#include "tests/vpu/stream.h"

namespace vitrine::lab {
namespace {

class RealMachine final : public Machine {
  public:
    RealMachine() : fd_(open(lab::node_named("stateful-decoder").c_str(), O_RDWR | O_NONBLOCK)) {}
    int ioctl(unsigned long request, void* argument) override {
        return ::ioctl(fd_.get(), request, argument) < 0 ? errno : 0;
    }
    void* map(uint32_t offset, uint32_t bytes) override {
        return mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), offset);
    }
    short poll(short events, int timeout_ms) override {
        pollfd one{fd_.get(), events, 0};
        return ::poll(&one, 1, timeout_ms) < 0 ? POLLNVAL : one.revents;
    }
    uint32_t coded() const override { return lab::kFwht.fourcc; }
    const std::vector<Unit>& units() const override {
        static const std::vector<Unit> made = [] {
            auto small = lab::encode_fwht({640, 360}, 0, 10).value();
            auto large = lab::encode_fwht({1280, 720}, 10, 10).value();
            small.units.insert(small.units.end(), large.units.begin(), large.units.end());
            return std::move(small.units);
        }();
        return made;
    }

  private:
    UniqueFd fd_;
};

class EmulatedMachine final : public Machine {
  public:
    explicit EmulatedMachine(const std::string& profile) {
        std::string wrong;
        emulator_ = vpu::Emulator::make({profile, "", "", ""}, wrong);
        fd_ = emulator_->open("/dev/video10", O_RDWR | O_NONBLOCK);
    }
    ~EmulatedMachine() override {
        emulator_->close(fd_);
        ::close(fd_);
    }
    int ioctl(unsigned long request, void* argument) override {
        return -emulator_->ioctl(fd_, request, argument);
    }
    void* map(uint32_t offset, uint32_t bytes) override {
        const int protection = PROT_READ | PROT_WRITE;
        const UniqueFd target(emulator_->mmap_target(fd_, offset, bytes, protection, MAP_SHARED));
        return mmap(nullptr, bytes, protection, MAP_SHARED, target.get(), 0);
    }
    short poll(short events, int timeout_ms) override {
        pollfd one{fd_, events, 0};
        const auto others = [](pollfd* fds, nfds_t count, int timeout) {
            return ::poll(fds, count, timeout);
        };
        return emulator_->poll(&one, 1, timeout_ms, others) < 0 ? POLLNVAL : one.revents;
    }
    uint32_t coded() const override { return V4L2_PIX_FMT_MPEG4; }
    const std::vector<Unit>& units() const override {
        static const std::vector<Unit> made = vpu::join(
            vpu::make_stream({.encoder = "mpeg4", .size = {640, 360}}),
            vpu::make_stream({.encoder = "mpeg4", .size = {1280, 720}, .first_number = 10}));
        return made;
    }

  private:
    std::unique_ptr<vpu::Emulator> emulator_;
    int fd_ = -1;
};

}  // namespace

std::unique_ptr<Machine> make_real_machine() {
    return std::make_unique<RealMachine>();
}

std::unique_ptr<Machine> make_emulated_machine(const std::string& profile) {
    return std::make_unique<EmulatedMachine>(profile);
}

}  // namespace vitrine::lab
