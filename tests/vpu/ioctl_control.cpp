#include <algorithm>
#include <cstring>

#include "tests/vpu/ioctls.h"

namespace vpu {
namespace {

constexpr uint32_t kMinimum = V4L2_CID_MIN_BUFFERS_FOR_CAPTURE;

/// The one control there is; V4L2_CTRL_FLAG_NEXT_CTRL asks for the first one above an id.
bool finds_control(const Session& session, uint32_t id) {
    if (!session.profile().tells_minimum) return false;
    constexpr uint32_t kNext = V4L2_CTRL_FLAG_NEXT_CTRL | V4L2_CTRL_FLAG_NEXT_COMPOUND;
    if ((id & V4L2_CTRL_FLAG_NEXT_CTRL) != 0) return (id & ~kNext) < kMinimum;
    return id == kMinimum;
}

bool is_known_event(uint32_t type) {
    return type == V4L2_EVENT_SOURCE_CHANGE || type == V4L2_EVENT_EOS;
}

}  // namespace

int query_control(Session& session, v4l2_queryctrl& arg) {
    if (!finds_control(session, arg.id)) return -EINVAL;
    arg = {};
    arg.id = kMinimum;
    arg.type = V4L2_CTRL_TYPE_INTEGER;
    put(arg.name, "Min Number of Capture Buffers");
    arg.minimum = 1;
    arg.maximum = static_cast<int32_t>(kMaxBuffers);
    arg.step = 1;
    arg.default_value = 1;
    arg.flags = V4L2_CTRL_FLAG_READ_ONLY | V4L2_CTRL_FLAG_VOLATILE;
    return 0;
}

int query_extended_control(Session& session, v4l2_query_ext_ctrl& arg) {
    if (!finds_control(session, arg.id)) return -EINVAL;
    arg = {};
    arg.id = kMinimum;
    arg.type = V4L2_CTRL_TYPE_INTEGER;
    put(arg.name, "Min Number of Capture Buffers");
    arg.minimum = 1;
    arg.maximum = kMaxBuffers;
    arg.step = 1;
    arg.default_value = 1;
    arg.flags = V4L2_CTRL_FLAG_READ_ONLY | V4L2_CTRL_FLAG_VOLATILE;
    arg.elem_size = sizeof(int32_t);
    arg.elems = 1;
    return 0;
}

int query_menu(Session&, v4l2_querymenu&) {
    return -EINVAL;
}

int get_control(Session& session, v4l2_control& arg) {
    if (!finds_control(session, arg.id)) return -EINVAL;
    arg.value = static_cast<int32_t>(session.min_capture);
    return 0;
}

int set_control(Session&, v4l2_control& arg) {
    return arg.id == kMinimum ? -EACCES : -EINVAL;
}

int get_extended_controls(Session& session, v4l2_ext_controls& arg) {
    for (uint32_t i = 0; i < arg.count; ++i) {
        if (!finds_control(session, arg.controls[i].id)) {
            arg.error_idx = arg.count;
            return -EINVAL;
        }
        arg.controls[i].value = static_cast<int32_t>(session.min_capture);
    }
    return 0;
}

int set_extended_controls(Session&, v4l2_ext_controls& arg) {
    if (arg.count == 0) return 0;
    arg.error_idx = 0;
    return arg.controls[0].id == kMinimum ? -EACCES : -EINVAL;
}

int subscribe_event(Session& session, v4l2_event_subscription& arg) {
    if (!is_known_event(arg.type)) return -EINVAL;
    session.subscribed |= 1U << arg.type;
    return 0;
}

int unsubscribe_event(Session& session, v4l2_event_subscription& arg) {
    const uint32_t type = arg.type;
    if (type == V4L2_EVENT_ALL) {
        session.subscribed = 0;
        session.events.clear();
        return 0;
    }
    if (!is_known_event(type)) return 0;
    session.subscribed &= ~(1U << type);
    std::erase_if(session.events, [&](const v4l2_event& event) { return event.type == type; });
    return 0;
}

int dequeue_event(Session& session, v4l2_event& arg, Session::Lock& lock) {
    while (session.events.empty()) {
        if (session.node().gone) return -ENODEV;
        if (session.is_nonblocking()) return -ENOENT;
        session.changed.wait(lock);
    }
    arg = session.events.front();
    session.events.pop_front();
    arg.pending = static_cast<__u32>(session.events.size());
    return 0;
}

int decoder_command(Session& session, v4l2_decoder_cmd& arg) {
    if (const int answer = try_decoder_command(session, arg); answer != 0) return answer;
    return arg.cmd == V4L2_DEC_CMD_STOP ? session.stop_command() : session.start_command();
}

int try_decoder_command(Session& session, v4l2_decoder_cmd& arg) {
    if (arg.cmd != V4L2_DEC_CMD_STOP && arg.cmd != V4L2_DEC_CMD_START) {
        return session.refuse(EINVAL, "DECODER_CMD: neither START nor STOP");
    }
    const uint32_t command = arg.cmd;
    arg = {};
    arg.cmd = command;
    return 0;
}

}  // namespace vpu
