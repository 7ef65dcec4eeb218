// A script of V4L2 calls to a stateful decoder, each with its answer, for whatever machine answers
// them: the kernel's decoder, or the emulated one. Thread-bound.
#pragma once

#include <linux/videodev2.h>

#include <string>
#include <vector>

#include "tests/lab/machine.h"

namespace vitrine::lab {

inline constexpr int kPatientMs = 2000;  // for what has to come
inline constexpr int kQuietMs = 100;     // after so long nothing more comes of itself

using Side = V4l2Side;

/// Calls in order, each with its answer. Unless it says that it waits, a function is one call.
class Script {
  public:
    explicit Script(const Machine& machine)
        : machine_(machine),
          device_(machine.open()),
          planes_(device_->capability().multi_planar()) {}
    ~Script();
    Script(const Script&) = delete;
    Script& operator=(const Script&) = delete;

    std::vector<std::string> said;

    void set_coded();
    void set_raw();
    void subscribe();
    void buffers(Side side, uint32_t count, uint32_t memory = V4L2_MEMORY_MMAP);
    void on(Side side) { stream("STREAMON", VIDIOC_STREAMON, side); }
    void off(Side side) { stream("STREAMOFF", VIDIOC_STREAMOFF, side); }
    /// The unit of that number, whose time it gets.
    void unit(uint32_t index, size_t number);
    void picture(uint32_t index, uint32_t memory = V4L2_MEMORY_MMAP);
    void all_pictures();
    /// Waits for a unit to be consumed. Its index is of no meaning.
    void take_unit();
    /// Waits for a picture, and gives its buffer back if asked to.
    void take_picture(bool give_back = false, int patient_ms = kPatientMs);
    void pictures_until_last();
    /// Waits for an event; where none comes, that is the answer.
    void event();
    void command(uint32_t cmd);
    /// When all is quiet.
    void poll(short events);
    void flags(Side side, uint32_t index);
    void size();
    void export_picture(uint32_t index, uint32_t plane, uint32_t how);
    /// Any other call, by its answer alone.
    template <typename T>
    void call(const char* name, unsigned long request, T argument) {
        answer(name, device_->ioctl(request, &argument));
    }
    /// V4L2_BUF_TYPE_* of a side, and of the same side in the API that the device does not have.
    [[nodiscard]] uint32_t type(Side side) const { return device_->buffer_type(side); }
    [[nodiscard]] uint32_t foreign_type(Side side) const;
    void control(uint32_t id, bool set);
    void create(Side side, uint32_t count, uint32_t memory = V4L2_MEMORY_MMAP, bool small = false);
    void quiet() const;

    /// Up to a decoder that waits for units: both sides stream, and 640x360 is known.
    void begin(uint32_t pictures = 6);
    uint32_t taken_unit = 0;
    bool last_seen = false;

  private:
    /// With one plane; good until the next.
    v4l2_buffer buffer_of(Side side, uint32_t index);
    [[nodiscard]] uint32_t bytes_used(const v4l2_buffer& buffer) const;
    [[nodiscard]] short poll_now(short events, int timeout_ms);
    void answer(const std::string& call, int error, const std::string& what = "");
    void stream(const char* call, unsigned long request, Side side);
    int dequeue(v4l2_buffer& buffer, short events, int patient_ms);
    void map_inputs(uint32_t count);

    const Machine machine_;
    const std::shared_ptr<V4l2Device> device_;
    const bool planes_;  // the API that has them
    v4l2_plane plane_{};
    std::vector<std::pair<void*, size_t>> maps_;
    uint32_t outputs_ = 0;
};

}  // namespace vitrine::lab
