// From a request's number to the function that answers it.
#include "tests/vpu/ioctls.h"

namespace vpu {
namespace {

template <typename T>
T& as(void* argument) {
    return *static_cast<T*>(argument);
}

int answer_camera(Session& session, uint32_t request, void* arg, Session::Lock& lock) {
    switch (request) {
        case VIDIOC_QUERYCAP:
            return camera_capability(session, as<v4l2_capability>(arg));
        case VIDIOC_ENUM_FMT:
            return camera_formats(session, as<v4l2_fmtdesc>(arg));
        case VIDIOC_ENUM_FRAMESIZES:
            return camera_sizes(session, as<v4l2_frmsizeenum>(arg));
        case VIDIOC_ENUM_FRAMEINTERVALS:
            return camera_intervals(session, as<v4l2_frmivalenum>(arg));
        case VIDIOC_G_FMT:
            return camera_get_format(session, as<v4l2_format>(arg));
        case VIDIOC_S_FMT:
            return camera_set_format(session, as<v4l2_format>(arg));
        case VIDIOC_REQBUFS:
            return camera_request_buffers(session, as<v4l2_requestbuffers>(arg));
        case VIDIOC_CREATE_BUFS:
            return camera_create_buffers(session, as<v4l2_create_buffers>(arg));
        case VIDIOC_QUERYBUF:
            return query_buffer(session, as<v4l2_buffer>(arg));
        case VIDIOC_QBUF:
            return camera_queue_buffer(session, as<v4l2_buffer>(arg));
        case VIDIOC_DQBUF:
            return dequeue_buffer(session, as<v4l2_buffer>(arg), lock);
        case VIDIOC_STREAMON:
            return camera_stream_on(session, as<int>(arg));
        case VIDIOC_STREAMOFF:
            return stream_off(session, as<int>(arg), lock);
        case VIDIOC_QUERY_EXT_CTRL:
            return camera_control(session, as<v4l2_query_ext_ctrl>(arg));
        case VIDIOC_QUERYMENU:
            return camera_menu(session, as<v4l2_querymenu>(arg));
        default:
            return -ENOTTY;
    }
}

int answer_decoder(Session& session, uint32_t request, void* arg, Session::Lock& lock) {
    switch (request) {
        case VIDIOC_QUERYCAP:
            return query_capability(session, as<v4l2_capability>(arg));
        case VIDIOC_ENUM_FMT:
            return enumerate_formats(session, as<v4l2_fmtdesc>(arg));
        case VIDIOC_G_FMT:
            return get_format(session, as<v4l2_format>(arg));
        case VIDIOC_S_FMT:
            return set_format(session, as<v4l2_format>(arg));
        case VIDIOC_TRY_FMT:
            return try_format(session, as<v4l2_format>(arg));
        case VIDIOC_ENUM_FRAMESIZES:
            return enumerate_sizes(session, as<v4l2_frmsizeenum>(arg));
        case VIDIOC_G_SELECTION:
            return get_selection(session, as<v4l2_selection>(arg));
        case VIDIOC_S_SELECTION:
            return set_selection(session, as<v4l2_selection>(arg));
        case VIDIOC_REQBUFS:
            return request_buffers(session, as<v4l2_requestbuffers>(arg));
        case VIDIOC_CREATE_BUFS:
            return create_buffers(session, as<v4l2_create_buffers>(arg));
        case VIDIOC_QUERYBUF:
            return query_buffer(session, as<v4l2_buffer>(arg));
        case VIDIOC_QBUF:
            return queue_buffer(session, as<v4l2_buffer>(arg));
        case VIDIOC_DQBUF:
            return dequeue_buffer(session, as<v4l2_buffer>(arg), lock);
        case VIDIOC_EXPBUF:
            return export_buffer(session, as<v4l2_exportbuffer>(arg));
        case VIDIOC_STREAMON:
            return stream_on(session, as<int>(arg));
        case VIDIOC_STREAMOFF:
            return stream_off(session, as<int>(arg), lock);
        case VIDIOC_QUERYCTRL:
            return query_control(session, as<v4l2_queryctrl>(arg));
        case VIDIOC_QUERY_EXT_CTRL:
            return query_extended_control(session, as<v4l2_query_ext_ctrl>(arg));
        case VIDIOC_QUERYMENU:
            return query_menu(session, as<v4l2_querymenu>(arg));
        case VIDIOC_G_CTRL:
            return get_control(session, as<v4l2_control>(arg));
        case VIDIOC_S_CTRL:
            return set_control(session, as<v4l2_control>(arg));
        case VIDIOC_G_EXT_CTRLS:
            return get_extended_controls(session, as<v4l2_ext_controls>(arg));
        case VIDIOC_S_EXT_CTRLS:
        case VIDIOC_TRY_EXT_CTRLS:
            return set_extended_controls(session, as<v4l2_ext_controls>(arg));
        case VIDIOC_SUBSCRIBE_EVENT:
            return subscribe_event(session, as<v4l2_event_subscription>(arg));
        case VIDIOC_UNSUBSCRIBE_EVENT:
            return unsubscribe_event(session, as<v4l2_event_subscription>(arg));
        case VIDIOC_DQEVENT:
            return dequeue_event(session, as<v4l2_event>(arg), lock);
        case VIDIOC_DECODER_CMD:
            return decoder_command(session, as<v4l2_decoder_cmd>(arg));
        case VIDIOC_TRY_DECODER_CMD:
            return try_decoder_command(session, as<v4l2_decoder_cmd>(arg));
        default:
            return -ENOTTY;
    }
}

}  // namespace

int Session::ioctl(unsigned long request, void* argument, int descriptor) {
    // The kernel looks at 32 bits; callers that keep a request in an int extend its sign.
    const auto number = static_cast<uint32_t>(request);
    const bool hung = hangs_;
    if (hung) faults_.hang();
    int answer = 0;
    {
        Lock lock(mutex);
        fd = descriptor;
        if (hung) {
            answer = -EIO;
        } else if (node_.gone) {
            answer = -ENODEV;
        } else if (argument == nullptr) {
            answer = -EFAULT;
        } else if (!profile().camera.empty()) {
            answer = answer_camera(*this, number, argument, lock);
        } else {
            answer = answer_decoder(*this, number, argument, lock);
        }
    }
    recorder_.call(descriptor, name_of_request(number), describe(number, argument), answer);
    return answer;
}

}  // namespace vpu
