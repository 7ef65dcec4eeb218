#include "tests/vpu/emulator.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/eventfd.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>

#include "core/unique_fd.h"

namespace vpu {
namespace {

constexpr size_t kMaxOpen = 64;
constexpr uint32_t kFirstNumber = 10;
constexpr uint32_t kMaxNumber = 255;
constexpr unsigned kVideoMajor = 81;
constexpr std::string_view kFolder = "/dev/";
constexpr std::string_view kPrefix = "/dev/video";
/// A vendor's, that may be emulated too.
constexpr std::array<std::string_view, 4> kVendorNames = {"v4l2-nvdec", "v4l2-nvenc",
                                                          "nvhost-nvdec", "nvhost-msenc"};

using SteadyClock = std::chrono::steady_clock;

std::optional<uint32_t> number_of(std::string_view digits) {
    uint32_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return {};
    return number;
}

bool is_vendors(std::string_view name) {
    return std::find(kVendorNames.begin(), kVendorNames.end(), name) != kVendorNames.end();
}

/// `[videoN=]profile` or `vendor's name=profile`; null where it names no node or no profile.
std::unique_ptr<Node> parse_node(std::string_view text, uint32_t& next_number) {
    auto node = std::make_unique<Node>();
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) {
        const std::string_view name = text.substr(0, equals);
        text = text.substr(equals + 1);
        if (is_vendors(name)) {
            node->path = fmt::format("{}{}", kFolder, name);
        } else {
            constexpr std::string_view kName = "video";
            if (!name.starts_with(kName)) return nullptr;
            const auto number = number_of(name.substr(kName.size()));
            if (!number || *number > kMaxNumber) return nullptr;
            next_number = *number;
        }
    }
    node->number = next_number++;
    if (node->path.empty()) node->path = fmt::format("{}{}", kPrefix, node->number);
    node->profile = find_profile(text);
    return node->profile == nullptr ? nullptr : std::move(node);
}

int remaining_ms(int timeout_ms, SteadyClock::time_point start) {
    if (timeout_ms < 0) return -1;
    const auto passed =
        std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - start);
    return passed.count() >= timeout_ms ? 0 : timeout_ms - static_cast<int>(passed.count());
}

struct Waiting {
    size_t index;  // in the caller's array
    std::shared_ptr<Session> session;
};

/// Has every device of a poll write to one eventfd while it lives.
class Waiter {
  public:
    explicit Waiter(const std::vector<Waiting>& devices)
        : devices_(devices), event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        for (const auto& device : devices_) device.session->add_waiter(event_.get());
    }
    ~Waiter() {
        for (const auto& device : devices_) device.session->remove_waiter(event_.get());
    }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    [[nodiscard]] int fd() const { return event_.get(); }
    void clear() const {
        eventfd_t value = 0;
        eventfd_read(event_.get(), &value);
    }

  private:
    const std::vector<Waiting>& devices_;
    vitrine::UniqueFd event_;
};

/// Asks every device; the number of those with something to tell.
int ask_devices(const std::vector<Waiting>& devices, pollfd* fds) {
    int ready = 0;
    for (const auto& device : devices) {
        auto& entry = fds[device.index];
        entry.revents = device.session->poll(entry.events);
        ready += entry.revents != 0 ? 1 : 0;
    }
    return ready;
}

}  // namespace

std::unique_ptr<Emulator> Emulator::make(const Settings& settings, std::string& wrong) {
    auto faults = FaultPlan::parse(settings.faults, wrong);
    if (!faults) {
        wrong = fmt::format("no such fault: {}", wrong);
        return nullptr;
    }
    std::unique_ptr<Emulator> emulator(new Emulator(settings, std::move(*faults)));
    std::string_view text = settings.profiles;
    uint32_t next_number = kFirstNumber;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const auto part = text.substr(0, comma);
        auto node = parse_node(part, next_number);
        if (node == nullptr) {
            wrong = fmt::format("no such profile: {}", part);
            return nullptr;
        }
        emulator->nodes_.push_back(std::move(node));
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    }
    return emulator;
}

Emulator::Emulator(const Settings& settings, std::vector<Fault> faults)
    : recorder_(settings.log_path, settings.counters_path), faults_(std::move(faults)) {}

Emulator::~Emulator() {
    recorder_.write_counters();
}

std::vector<std::string> Emulator::names() const {
    std::vector<std::string> names;
    for (const auto& node : nodes_) {
        if (!node->gone) names.push_back(node->path.substr(kFolder.size()));
    }
    return names;
}

bool Emulator::owns_path(std::string_view path) {
    if (!path.starts_with(kFolder)) return false;
    if (is_vendors(path.substr(kFolder.size()))) return true;
    return path.starts_with(kPrefix) && number_of(path.substr(kPrefix.size())).has_value();
}

Node* Emulator::find_node(std::string_view path) const {
    for (const auto& node : nodes_) {
        if (node->path == path && !node->gone) return node.get();
    }
    return nullptr;
}

std::optional<dev_t> Emulator::device_number(std::string_view path) const {
    const Node* node = find_node(path);
    if (node == nullptr) return {};
    return makedev(kVideoMajor, node->number);
}

std::optional<dev_t> Emulator::device_number(int fd) const {
    const auto open = session(fd);
    if (open == nullptr) return {};
    return makedev(kVideoMajor, open->node().number);
}

bool Emulator::owns(int fd) const {
    return session(fd) != nullptr;
}

std::shared_ptr<Session> Emulator::session(int fd) const {
    if (open_count_.load(std::memory_order_acquire) == 0) return nullptr;
    const std::lock_guard lock(mutex_);
    const auto found = open_.find(fd);
    return found == open_.end() ? nullptr : found->second;
}

int Emulator::open(std::string_view path, int flags) {
    Node* node = find_node(path);
    if (node == nullptr) return -ENOENT;
    if (faults_.has_for_node(FaultKind::open_denied, node->number)) return -EACCES;
    if (faults_.has_for_node(FaultKind::open_busy, node->number)) return -EBUSY;
    if (faults_.has_for_node(FaultKind::open_hang, node->number)) {
        faults_.hang();
        return -EIO;
    }
    vitrine::UniqueFd fd(::open("/dev/null", flags & (O_ACCMODE | O_CLOEXEC | O_NONBLOCK)));
    if (!fd) return -errno;
    auto session = std::make_shared<Session>(*node, faults_, recorder_);
    const std::lock_guard lock(mutex_);
    if (open_.size() == kMaxOpen) return -EBUSY;
    if (faults_.has(FaultKind::one_open)) {
        const auto has_node = [&](const auto& open) { return &open.second->node() == node; };
        if (std::any_of(open_.begin(), open_.end(), has_node)) return -EBUSY;
    }
    open_[fd.get()] = std::move(session);
    open_count_.store(open_.size(), std::memory_order_release);
    recorder_.call(fd.get(), "open", path, fd.get());
    return fd.release();
}

void Emulator::close(int fd) {
    if (open_count_.load(std::memory_order_acquire) == 0) return;
    std::shared_ptr<Session> last;  // ends, and joins its thread, outside of the mutex
    {
        const std::lock_guard lock(mutex_);
        const auto found = open_.find(fd);
        if (found == open_.end()) return;
        last = std::move(found->second);
        open_.erase(found);
        open_count_.store(open_.size(), std::memory_order_release);
    }
    recorder_.call(fd, "close", "", 0);
}

void Emulator::duplicated(int fd, int copy) {
    const auto open = session(fd);
    if (open == nullptr) return;
    const std::lock_guard lock(mutex_);
    open_[copy] = open;
    open_count_.store(open_.size(), std::memory_order_release);
}

int Emulator::ioctl(int fd, unsigned long request, void* argument) {
    const auto open = session(fd);
    return open == nullptr ? -EBADF : open->ioctl(request, argument, fd);
}

int Emulator::mmap_target(int fd, uint64_t offset, size_t bytes, int protection, int flags) {
    const auto open = session(fd);
    return open == nullptr ? -EBADF : open->mmap_target(offset, bytes, protection, flags);
}

int Emulator::poll(pollfd* fds, nfds_t count, int timeout_ms, SystemPoll system) {
    std::vector<Waiting> devices;
    for (nfds_t i = 0; i < count; ++i) {
        if (auto open = session(fds[i].fd)) devices.push_back({i, std::move(open)});
    }
    if (devices.empty()) return system(fds, count, timeout_ms);

    std::optional<Waiter> waiter;  // made when there is something to wait for
    std::vector<pollfd> others(fds, fds + count);
    for (const auto& device : devices) others[device.index] = {-1, 0, 0};
    const auto start = SteadyClock::now();
    for (;;) {
        if (waiter) waiter->clear();
        int ready = ask_devices(devices, fds);
        const bool waits = waiter && ready == 0;
        if (system(others.data(), others.size(), waits ? remaining_ms(timeout_ms, start) : 0) < 0) {
            return -errno;
        }
        for (nfds_t i = 0; i < count; ++i) {
            if (others[i].fd < 0) continue;
            fds[i].revents = others[i].revents;
            ready += fds[i].revents != 0 ? 1 : 0;
        }
        if (ready != 0) return ready;
        if (remaining_ms(timeout_ms, start) == 0) return ask_devices(devices, fds);
        if (waiter) continue;
        waiter.emplace(devices);
        if (waiter->fd() < 0) return -ENOMEM;
        others.push_back({waiter->fd(), POLLIN, 0});
    }
}

}  // namespace vpu
