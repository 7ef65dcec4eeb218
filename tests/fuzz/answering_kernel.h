// A kernel with a V4L2 decoder whose every answer an input decides: an honest one, an errno, or one
// of which some words are lies. It is never slow, and watches what is asked of it: what is a breach
// for any kernel ends the process (require()). Memory that is mapped is of the heap, and of exactly
// the size that was asked for, so that AddressSanitizer sees whoever goes beyond. Thread-bound.
#pragma once

#include <linux/videodev2.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <set>

#include "tests/fuzz/script.h"
#include "tests/support/failing_kernel.h"

namespace vitrine::fuzz {

/// What the device is, before it answers anything.
struct DeviceTraits {
    bool planes = false;        // speaks the multi-planar API
    bool separate = false;      // with a piece of memory for each plane
    bool wants_memory = false;  // has none of its own for pictures
};

class AnsweringKernel final : public testing::PassingKernel {
  public:
    static constexpr uint32_t kCoded = V4L2_PIX_FMT_VP8;  // the one format that it decodes

    AnsweringKernel(const DeviceTraits& traits, std::span<const uint8_t> answers)
        : traits_(traits), answers_(answers, Script::End::again) {}
    /// Everything that it gave has to be back.
    ~AnsweringKernel() override;
    AnsweringKernel(const AnsweringKernel&) = delete;
    AnsweringKernel& operator=(const AnsweringKernel&) = delete;

    /// What is asked from here to the next time, or to the end, has a bound: a call of ours that
    /// goes on asking does not come to an end.
    void begin_call() { calls_in_one_ = 0; }
    /// So far, those that a signal interrupted left out.
    [[nodiscard]] int calls() const { return calls_; }
    /// Whether the device may write to the memory behind a descriptor.
    [[nodiscard]] bool has(int fd) const;

    int open(const char* path, int flags) override;
    int ioctl(int fd, unsigned long request, void* argument) override;
    void* mmap(int fd, size_t size, off_t offset) override;
    int munmap(void* address, size_t size) override;
    int poll(pollfd* fds, nfds_t count, int timeout_ms) override;
    int eventfd() override;
    int memfd_create(const char* name, unsigned flags) override;
    int stat(const char* path, struct stat& status) override;
    int list(const char* path, std::vector<std::string>& names) override;

  private:
    struct Side {
        uint32_t count = 0;  // buffers that the client was told of
        std::deque<uint32_t> queued;
        std::map<uint32_t, std::set<int>> memory;  // shared by descriptors, by index
    };
    [[nodiscard]] Side& side(uint32_t type) {
        return V4L2_TYPE_IS_OUTPUT(type) ? opened_.input : opened_.output;
    }
    /// An errno; 0 for an honest answer or a lie.
    int refusal();
    [[nodiscard]] bool lies() const;
    void spoil(unsigned long request, void* argument);
    void note_told(unsigned long request, void* argument);
    int hand_out(int fd);

    // The honest device: 0 or an errno.
    int answer(unsigned long request, void* argument);
    [[nodiscard]] int ready_now() const;
    int tell_capability(v4l2_capability& out) const;
    int tell_format(v4l2_format& out) const;
    int make_buffers(v4l2_requestbuffers& out);
    int export_buffer(v4l2_exportbuffer& out);
    void tell_buffer(v4l2_buffer& out, uint32_t bytes_used) const;
    int queue(v4l2_buffer& given);
    int dequeue_unit(v4l2_buffer& out);
    int dequeue_picture(v4l2_buffer& out);
    void stream_off(uint32_t type);
    int next_event(v4l2_event& out);
    int tell_offer(unsigned long request, void* argument) const;
    int tell_format_offer(v4l2_fmtdesc& out) const;

    const DeviceTraits traits_;
    Script answers_;
    uint8_t manner_ = 0;  // of the answer that is being made
    int calls_ = 0;
    int calls_in_one_ = 0;
    int interruptions_ = 0;
    std::set<int> descriptors_;  // that were given out, ever
    std::map<void*, std::pair<std::unique_ptr<std::byte[]>, size_t>> mappings_;
    size_t mapped_bytes_ = 0;

    /// What the device knows of the file that was opened last. Those before get ENODEV.
    struct Opened {
        int fd = -1;
        Side input;
        Side output;
        std::map<uint32_t, timeval> stamps;  // of the units queued, by index
        std::deque<timeval> decoded;         // of the pictures to come
        int changes = 0;                     // events to come
        uint32_t picture_side = 64;          // width and height
        bool seen_stream = false;
        bool change_ahead = false;  // the last buffer before a change was not given yet
        bool stopping = false;
        bool stopped = false;
    };
    Opened opened_;
};

}  // namespace vitrine::fuzz
