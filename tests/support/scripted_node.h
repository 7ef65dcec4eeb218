// A V4L2 node that a test writes down: what it says of itself, and nothing behind it. It answers
// questions only, and notes every call, so that a test can see that nothing else was called.
// Thread-bound.
#pragma once

#include <fcntl.h>
#include <linux/videodev2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "hw/kernel.h"

namespace vitrine::testing {

struct ScriptedFormat {
    uint32_t fourcc = 0;
    bool compressed = false;
};

/// Has one node, whatever its name.
class ScriptedNode final : public Kernel {
  public:
    std::string driver = "scripted";
    uint32_t capabilities = V4L2_CAP_VIDEO_M2M | V4L2_CAP_STREAMING;
    std::vector<ScriptedFormat> input;
    std::vector<ScriptedFormat> output;
    uint32_t buffer_capabilities = V4L2_BUF_CAP_SUPPORTS_MMAP;
    int create_error = 0;
    int open_error = 0;
    int capability_error = 0;
    int format_error = 0;
    unsigned mode = 0660;
    gid_t group = 0;
    // Each answers 0 or an errno.
    std::function<int(v4l2_frmsizeenum&)> sizes = [](auto&) { return ENOTTY; };
    std::function<int(v4l2_frmivalenum&)> intervals = [](auto&) { return ENOTTY; };
    std::function<int(v4l2_query_ext_ctrl&)> control = [](auto&) { return ENOTTY; };
    std::function<int(v4l2_querymenu&)> menu = [](auto&) { return EINVAL; };

    std::set<unsigned long> requests;  // that were made
    int calls = 0;

    int open(const char*, int flags) override {
        return open_error != 0 ? answer(open_error) : ::open("/dev/null", flags);
    }
    int ioctl(int, unsigned long request, void* argument) override {
        ++calls;
        requests.insert(request);
        return answer(ask(request, argument));
    }
    int fstat(int fd, struct stat& status) override { return ::fstat(fd, &status); }
    int stat(const char*, struct stat& status) override {
        status = {};
        status.st_mode = S_IFCHR | mode;
        status.st_gid = group;
        return 0;
    }
    int list(const char*, std::vector<std::string>& names) override {
        names = {"null",   "nvhost-ctrl", "nvhost-msenc", "v4l2-nvdec", "v4l2-nvenc",
                 "video0", "video10",     "video2",       "videotape"};
        return 0;
    }

    ProcessIdentity identity() override { return {1000, {1000}}; }

    void* mmap(int, size_t, off_t) override { return refuse_pointer(); }
    int munmap(void*, size_t) override { return answer(ENOSYS); }
    int poll(pollfd*, nfds_t, int) override { return answer(ENOSYS); }
    int eventfd() override { return answer(ENOSYS); }
    ssize_t read(int, void*, size_t) override { return answer(ENOSYS); }
    ssize_t write(int, const void*, size_t) override { return answer(ENOSYS); }
    int memfd_create(const char*, unsigned) override { return answer(ENOSYS); }
    int ftruncate(int, off_t) override { return answer(ENOSYS); }
    int add_seals(int, int) override { return answer(ENOSYS); }

  private:
    static int answer(int error) {
        if (error == 0) return 0;
        errno = error;
        return -1;
    }
    static void* refuse_pointer() {
        errno = ENOSYS;
        return reinterpret_cast<void*>(-1);
    }

    int ask(unsigned long request, void* argument) {
        switch (request) {
            case VIDIOC_QUERYCAP:
                return say_capability(*static_cast<v4l2_capability*>(argument));
            case VIDIOC_ENUM_FMT:
                return say_format(*static_cast<v4l2_fmtdesc*>(argument));
            case VIDIOC_ENUM_FRAMESIZES:
                return sizes(*static_cast<v4l2_frmsizeenum*>(argument));
            case VIDIOC_ENUM_FRAMEINTERVALS:
                return intervals(*static_cast<v4l2_frmivalenum*>(argument));
            case VIDIOC_QUERY_EXT_CTRL:
                return control(*static_cast<v4l2_query_ext_ctrl*>(argument));
            case VIDIOC_QUERYMENU:
                return menu(*static_cast<v4l2_querymenu*>(argument));
            case VIDIOC_CREATE_BUFS: {
                auto& buffers = *static_cast<v4l2_create_buffers*>(argument);
                if (buffers.count != 0) return EPERM;
                buffers.capabilities = buffer_capabilities;
                return create_error;
            }
            default:
                return ENOTTY;
        }
    }
    int say_capability(v4l2_capability& out) const {
        std::strncpy(reinterpret_cast<char*>(out.driver), driver.c_str(), sizeof out.driver - 1);
        std::strncpy(reinterpret_cast<char*>(out.card), "A card", sizeof out.card - 1);
        std::strncpy(reinterpret_cast<char*>(out.bus_info), "platform:a", sizeof out.bus_info - 1);
        out.device_caps = capabilities;
        out.capabilities = capabilities | V4L2_CAP_DEVICE_CAPS;
        return capability_error;
    }
    int say_format(v4l2_fmtdesc& out) const {
        if (format_error != 0) return format_error;
        const auto& formats = V4L2_TYPE_IS_OUTPUT(out.type) ? input : output;
        if (out.index >= formats.size()) return EINVAL;
        out.pixelformat = formats[out.index].fourcc;
        out.flags = formats[out.index].compressed ? V4L2_FMT_FLAG_COMPRESSED : 0;
        return 0;
    }
};

}  // namespace vitrine::testing
