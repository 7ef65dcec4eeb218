#include "tests/vpu/memory.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

namespace vpu {
namespace {

size_t whole_pages(size_t bytes) {
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    return (bytes + page - 1) / page * page;
}

std::byte* map_shared(int fd, size_t bytes) {
    void* data = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return data == MAP_FAILED ? nullptr : static_cast<std::byte*>(data);
}

}  // namespace

std::unique_ptr<Memory> Memory::allocate(size_t bytes) {
    std::unique_ptr<Memory> memory(new Memory);
    memory->fd_.reset(::memfd_create("vpu-buffer", MFD_CLOEXEC));
    memory->bytes_ = whole_pages(bytes);
    if (!memory->fd_) return nullptr;
    if (::ftruncate(memory->fd(), static_cast<off_t>(memory->bytes_)) != 0) return nullptr;
    memory->data_ = map_shared(memory->fd(), memory->bytes_);
    return memory->data_ == nullptr ? nullptr : std::move(memory);
}

std::unique_ptr<Memory> Memory::import(int fd) {
    const off_t bytes = ::lseek(fd, 0, SEEK_END);
    if (bytes <= 0) return nullptr;
    std::unique_ptr<Memory> memory(new Memory);
    memory->bytes_ = static_cast<size_t>(bytes);
    memory->data_ = map_shared(fd, memory->bytes_);
    return memory->data_ == nullptr ? nullptr : std::move(memory);
}

bool Memory::is_contiguous(int fd) {
    std::error_code error;
    const auto name = std::filesystem::read_symlink(fmt::format("/proc/self/fd/{}", fd), error);
    return !error && name.native().find("cma") != std::string::npos;
}

Memory::~Memory() {
    if (data_ != nullptr) ::munmap(data_, bytes_);
}

int Memory::reopen(int flags) const {
    const int copy =
        ::open(fmt::format("/proc/self/fd/{}", fd()).c_str(), flags & (O_ACCMODE | O_CLOEXEC));
    return copy < 0 ? -errno : copy;
}

bool Memory::is_exported() const {
    struct stat own {};
    if (::fstat(fd(), &own) != 0) return false;
    DIR* directory = ::opendir("/proc/self/fd");
    if (directory == nullptr) return false;
    int copies = 0;
    while (const dirent* entry = ::readdir(directory)) {
        struct stat other {};
        const auto path = fmt::format("/proc/self/fd/{}", entry->d_name);
        if (::stat(path.c_str(), &other) != 0) continue;
        copies += own.st_ino == other.st_ino && own.st_dev == other.st_dev ? 1 : 0;
    }
    ::closedir(directory);
    return copies > 1;
}

bool Memory::is_mapped() const {
    struct stat own {};
    if (::fstat(fd(), &own) != 0) return false;
    std::ifstream maps("/proc/self/maps");
    int mappings = 0;
    for (std::string line; std::getline(maps, line);) {
        // The columns before the name are padded with spaces.
        const auto name = line.find("/memfd:vpu-buffer");
        if (name == std::string::npos) continue;
        const auto end = line.find_last_not_of(' ', name - 1);
        mappings += line.substr(0, end + 1).ends_with(fmt::format(" {}", own.st_ino)) ? 1 : 0;
    }
    return mappings > 1;
}

}  // namespace vpu
