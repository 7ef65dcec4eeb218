// A script of V4L2 calls to a stateful decoder, each with its answer, for whatever machine answers
// them: the kernel's decoder, or the emulated one. Thread-bound.
#pragma once

#include <linux/videodev2.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::lab {

using Unit = std::vector<std::byte>;

/// What answers: calls return 0 or the errno.
class Machine {
  public:
    virtual ~Machine() = default;
    virtual int ioctl(unsigned long request, void* argument) = 0;
    virtual void* map(uint32_t offset, uint32_t bytes) = 0;
    virtual short poll(short events, int timeout_ms) = 0;
    [[nodiscard]] virtual uint32_t coded() const = 0;
    [[nodiscard]] virtual const std::vector<Unit>& units() const = 0;  // 10 small, 10 large ones
};

/// vicodec; FWHT of the kernel's own encoder.
[[nodiscard]] std::unique_ptr<Machine> make_real_machine();
/// tests/vpu, by a profile of its; MPEG-4 without B pictures, and so without delay, as FWHT is.
[[nodiscard]] std::unique_ptr<Machine> make_emulated_machine(const std::string& profile);

inline constexpr int kPatientMs = 2000;  // for what has to come
inline constexpr int kQuietMs = 100;     // after so long nothing more comes of itself

enum Side : uint32_t { input = V4L2_BUF_TYPE_VIDEO_OUTPUT, output = V4L2_BUF_TYPE_VIDEO_CAPTURE };

/// Calls in order, each with its answer. Unless it says that it waits, a function is one call.
class Script {
  public:
    explicit Script(Machine& machine) : machine_(machine) {}
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
        answer(name, machine_.ioctl(request, &argument));
    }
    void control(uint32_t id, bool set);
    void create(Side side, uint32_t count, uint32_t memory = V4L2_MEMORY_MMAP, bool small = false);
    void quiet() const;

    /// Up to a decoder that waits for units: both sides stream, and 640x360 is known.
    void begin(uint32_t pictures = 6);
    uint32_t taken_unit = 0;
    bool last_seen = false;

  private:
    static const char* name(Side side) { return side == input ? "input" : "output"; }
    static v4l2_buffer buffer_of(Side side, uint32_t index);
    void answer(const std::string& call, int error, const std::string& what = "");
    void stream(const char* call, unsigned long request, Side side);
    int dequeue(v4l2_buffer& buffer, short events, int patient_ms);
    void map_inputs(uint32_t count);

    Machine& machine_;
    std::vector<std::pair<void*, size_t>> maps_;
    uint32_t outputs_ = 0;
};

}  // namespace vitrine::lab
