// The seam to the kernel: exactly the calls that this room makes, so that a test can fail any one
// of them or answer in place of a device that the machine lacks. Each behaves as its manual page
// says: -1 (MAP_FAILED for mmap) and errno. Descriptors are real ones, closed by UniqueFd.
// Thread-safe.
#pragma once

#include <poll.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"

namespace vitrine {

/// Whom this process runs as, for telling why something is forbidden.
struct ProcessIdentity {
    uid_t user = 0;
    std::vector<gid_t> groups;  // all that it is in
};

class Kernel {
  public:
    virtual ~Kernel() = default;
    [[nodiscard]] virtual int open(const char* path, int flags) = 0;
    [[nodiscard]] virtual int ioctl(int fd, unsigned long request, void* argument) = 0;
    /// Shared, for reading and writing. offset: from the start of the descriptor, in bytes.
    [[nodiscard]] virtual void* mmap(int fd, size_t size, off_t offset) = 0;
    virtual int munmap(void* address, size_t size) = 0;
    [[nodiscard]] virtual int poll(pollfd* fds, nfds_t count, int timeout_ms) = 0;
    /// Non-blocking, counting from zero; write() adds to it, read() takes all.
    [[nodiscard]] virtual int eventfd() = 0;
    virtual ssize_t read(int fd, void* data, size_t size) = 0;
    virtual ssize_t write(int fd, const void* data, size_t size) = 0;
    [[nodiscard]] virtual int memfd_create(const char* name, unsigned flags) = 0;
    [[nodiscard]] virtual int ftruncate(int fd, off_t size) = 0;
    [[nodiscard]] virtual int add_seals(int fd, int seals) = 0;  // fcntl(F_ADD_SEALS)
    [[nodiscard]] virtual int fstat(int fd, struct stat& status) = 0;
    [[nodiscard]] virtual int stat(const char* path, struct stat& status) = 0;
    /// The names in a directory, sorted, without "." and "..".
    [[nodiscard]] virtual int list(const char* path, std::vector<std::string>& names) = 0;
    /// Cannot fail: groups that are not known are left out.
    [[nodiscard]] virtual ProcessIdentity identity() = 0;
};

class RealKernel final : public Kernel {
  public:
    int open(const char* path, int flags) override;
    int ioctl(int fd, unsigned long request, void* argument) override;
    void* mmap(int fd, size_t size, off_t offset) override;
    int munmap(void* address, size_t size) override;
    int poll(pollfd* fds, nfds_t count, int timeout_ms) override;
    int eventfd() override;
    ssize_t read(int fd, void* data, size_t size) override;
    ssize_t write(int fd, const void* data, size_t size) override;
    int memfd_create(const char* name, unsigned flags) override;
    int ftruncate(int fd, off_t size) override;
    int add_seals(int fd, int seals) override;
    int fstat(int fd, struct stat& status) override;
    int stat(const char* path, struct stat& status) override;
    int list(const char* path, std::vector<std::string>& names) override;
    ProcessIdentity identity() override;
};

/// What a caller can do about an errno of these calls: memory and descriptors may come back
/// (unavailable), a node or call that is not there will not (unsupported), the rest is io.
[[nodiscard]] Errc errc_of(int error_number);

/// Whose a file is and what they may do with it.
struct NodeRights {
    std::string owner;  // the name, or the number where it has none
    std::string group;
    unsigned mode = 0;  // the permission bits: 0660
};
/// Nothing where it is not there.
[[nodiscard]] std::optional<NodeRights> rights_of(Kernel& kernel, const std::string& path);

/// Why a device node could not be opened for reading and writing, and what the person who runs this
/// process can do about it: "/dev/udmabuf belongs to root:kvm (0660): add yourself to group kvm".
[[nodiscard]] Error explain_open_failure(Kernel& kernel, const std::string& path, int error_number);

}  // namespace vitrine
