#include "hw/kernel.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

namespace vitrine {
namespace {

// Longest record of the user and group databases that is asked for; longer ones show as numbers.
constexpr size_t kDatabaseRecordBytes = 16384;

std::string user_name(uid_t id) {
    std::vector<char> text(kDatabaseRecordBytes);
    passwd record{};
    passwd* found = nullptr;
    if (getpwuid_r(id, &record, text.data(), text.size(), &found) == 0 && found) {
        return found->pw_name;
    }
    return std::to_string(id);
}

std::string group_name(gid_t id) {
    std::vector<char> text(kDatabaseRecordBytes);
    group record{};
    group* found = nullptr;
    if (getgrgid_r(id, &record, text.data(), text.size(), &found) == 0 && found) {
        return found->gr_name;
    }
    return std::to_string(id);
}

constexpr mode_t kOwnerAll = S_IRUSR | S_IWUSR;
constexpr mode_t kGroupAll = S_IRGRP | S_IWGRP;
constexpr mode_t kOthersAll = S_IROTH | S_IWOTH;

/// Whether its rights admit somebody; root they always do.
bool admits(const struct stat& node, const ProcessIdentity& who) {
    const auto has = [&](mode_t all) { return (node.st_mode & all) == all; };
    if (who.user == 0) return true;
    if (who.user == node.st_uid) return has(kOwnerAll);
    const auto& groups = who.groups;
    if (std::find(groups.begin(), groups.end(), node.st_gid) != groups.end()) return has(kGroupAll);
    return has(kOthersAll);
}

/// Why a node is forbidden, and what would let this process open it. A list of devices that are
/// allowed, as containers have, forbids with EPERM; a sandbox with either.
std::string remedy(const std::string& path, const struct stat& node, const ProcessIdentity& who,
                   int error_number) {
    if (error_number == EPERM || admits(node, who)) {
        return fmt::format(
            "it is not these rights that forbid it, but a container or a sandbox around this "
            "program: let it have the device ('docker run --device={}')",
            path);
    }
    const bool for_group = (node.st_mode & kGroupAll) == kGroupAll;
    if (for_group && node.st_gid != 0) {
        return fmt::format("add yourself to group {}", group_name(node.st_gid));
    }
    return fmt::format("its rights admit {} only: a udev rule must open it to a group",
                       for_group ? "root and group root" : user_name(node.st_uid));
}

NodeRights rights_from(const struct stat& node) {
    return {user_name(node.st_uid), group_name(node.st_gid), node.st_mode & 07777U};
}

}  // namespace

int RealKernel::open(const char* path, int flags) {
    return ::open(path, flags);
}

int RealKernel::ioctl(int fd, unsigned long request, void* argument) {
    return ::ioctl(fd, request, argument);
}

void* RealKernel::mmap(int fd, size_t size, off_t offset) {
    return ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
}

int RealKernel::munmap(void* address, size_t size) {
    return ::munmap(address, size);
}

int RealKernel::poll(pollfd* fds, nfds_t count, int timeout_ms) {
    return ::poll(fds, count, timeout_ms);
}

int RealKernel::eventfd() {
    return ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

ssize_t RealKernel::read(int fd, void* data, size_t size) {
    return ::read(fd, data, size);
}

ssize_t RealKernel::write(int fd, const void* data, size_t size) {
    return ::write(fd, data, size);
}

int RealKernel::memfd_create(const char* name, unsigned flags) {
    return ::memfd_create(name, flags);
}

int RealKernel::ftruncate(int fd, off_t size) {
    return ::ftruncate(fd, size);
}

int RealKernel::add_seals(int fd, int seals) {
    return ::fcntl(fd, F_ADD_SEALS, seals);
}

int RealKernel::fstat(int fd, struct stat& status) {
    return ::fstat(fd, &status);
}

int RealKernel::stat(const char* path, struct stat& status) {
    return ::stat(path, &status);
}

int RealKernel::list(const char* path, std::vector<std::string>& names) {
    names.clear();
    DIR* directory = ::opendir(path);
    if (directory == nullptr) return -1;
    while (const dirent* entry = ::readdir(directory)) {
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") names.emplace_back(name);
    }
    ::closedir(directory);
    std::sort(names.begin(), names.end());
    return 0;
}

ProcessIdentity RealKernel::identity() {
    ProcessIdentity who{::geteuid(), {::getegid()}};
    const int count = ::getgroups(0, nullptr);
    if (count <= 0) return who;
    std::vector<gid_t> more(static_cast<size_t>(count));
    const int given = ::getgroups(count, more.data());
    if (given > 0) who.groups.insert(who.groups.end(), more.begin(), more.begin() + given);
    return who;
}

Errc errc_of(int error_number) {
    switch (error_number) {
        case ENOMEM:
        case EMFILE:
        case ENFILE:
        case ENOSPC:
        case EAGAIN:
        case EBUSY:
            return Errc::unavailable;
        case ENOENT:
        case ENODEV:
        case ENXIO:
        case ENOSYS:
        case ENOTTY:
        case EOPNOTSUPP:
        case EACCES:
        case EPERM:
            return Errc::unsupported;
        case EINVAL:
            return Errc::invalid_argument;
        default:
            return Errc::io;
    }
}

std::optional<NodeRights> rights_of(Kernel& kernel, const std::string& path) {
    struct stat node {};
    if (kernel.stat(path.c_str(), node) != 0) return std::nullopt;
    return rights_from(node);
}

Error explain_open_failure(Kernel& kernel, const std::string& path, int error_number) {
    const Errc code = errc_of(error_number);
    if (error_number == EACCES || error_number == EPERM) {
        struct stat node {};
        if (kernel.stat(path.c_str(), node) == 0) {
            const NodeRights rights = rights_from(node);
            return Error{code, fmt::format("{} belongs to {}:{} ({:04o}): {}", path, rights.owner,
                                           rights.group, rights.mode,
                                           remedy(path, node, kernel.identity(), error_number))};
        }
    }
    if (error_number == EBUSY) {
        return Error{code, fmt::format("{} is busy: 'fuser -v {}' names the programs that have it",
                                       path, path)};
    }
    return Error{code, fmt::format("cannot open {}: {}", path, errno_text(error_number))};
}

}  // namespace vitrine
