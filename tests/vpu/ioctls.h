// The ioctls of an emulated node, one function each, grouped as their files are. Each is called
// with the session's mutex held and answers 0 or a negative errno, as the kernel's documents say
// it.
#pragma once

#include <linux/videodev2.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include "tests/vpu/session.h"

namespace vpu {

/// The text, cut to what the array holds with its end.
template <size_t N, typename Char>
void put(Char (&to)[N], std::string_view text) {
    std::memset(to, 0, N);
    std::memcpy(to, text.data(), std::min(text.size(), N - 1));
}

// ioctl_format.cpp
int query_capability(Session& session, v4l2_capability& arg);
int enumerate_formats(Session& session, v4l2_fmtdesc& arg);
int get_format(Session& session, v4l2_format& arg);
int set_format(Session& session, v4l2_format& arg);
int try_format(Session& session, v4l2_format& arg);
int enumerate_sizes(Session& session, v4l2_frmsizeenum& arg);
int get_selection(Session& session, v4l2_selection& arg);
int set_selection(Session& session, v4l2_selection& arg);

// ioctl_queue.cpp
int request_buffers(Session& session, v4l2_requestbuffers& arg);
int create_buffers(Session& session, v4l2_create_buffers& arg);
int query_buffer(Session& session, v4l2_buffer& arg);
int export_buffer(Session& session, v4l2_exportbuffer& arg);
int stream_on(Session& session, int& type);
int stream_off(Session& session, int& type, Session::Lock& lock);

// ioctl_buffer.cpp
int queue_buffer(Session& session, v4l2_buffer& arg);
int dequeue_buffer(Session& session, v4l2_buffer& arg, Session::Lock& lock);
/// Writes what the client may know of a buffer; the planes array has room, see check_planes().
void tell_buffer(Session& session, const Queue& queue, const Buffer& buffer, v4l2_buffer& arg);
/// 0, or EINVAL where a multi-planar argument has no array for all the planes.
int check_planes(Session& session, const Queue& queue, const Buffer& buffer, const v4l2_buffer& arg,
                 const char* call);

// ioctl_control.cpp
int query_control(Session& session, v4l2_queryctrl& arg);
int query_extended_control(Session& session, v4l2_query_ext_ctrl& arg);
int query_menu(Session& session, v4l2_querymenu& arg);
int get_control(Session& session, v4l2_control& arg);
int set_control(Session& session, v4l2_control& arg);
int get_extended_controls(Session& session, v4l2_ext_controls& arg);
int set_extended_controls(Session& session, v4l2_ext_controls& arg);
int subscribe_event(Session& session, v4l2_event_subscription& arg);
int unsubscribe_event(Session& session, v4l2_event_subscription& arg);
int dequeue_event(Session& session, v4l2_event& arg, Session::Lock& lock);
int decoder_command(Session& session, v4l2_decoder_cmd& arg);
int try_decoder_command(Session& session, v4l2_decoder_cmd& arg);

// ioctl_camera.cpp
int camera_capability(Session& session, v4l2_capability& arg);
int camera_formats(Session& session, v4l2_fmtdesc& arg);
int camera_sizes(Session& session, v4l2_frmsizeenum& arg);
int camera_intervals(Session& session, v4l2_frmivalenum& arg);
int camera_get_format(Session& session, v4l2_format& arg);
int camera_set_format(Session& session, v4l2_format& arg);
int camera_control(Session& session, v4l2_query_ext_ctrl& arg);
int camera_menu(Session& session, v4l2_querymenu& arg);

// camera_stream.cpp
int camera_request_buffers(Session& session, v4l2_requestbuffers& arg);
int camera_create_buffers(Session& session, v4l2_create_buffers& arg);
int camera_queue_buffer(Session& session, v4l2_buffer& arg);
int camera_stream_on(Session& session, int& type);
/// Takes the camera for the one open file that may film, as uvcvideo does; EBUSY where another has
/// it.
int claim_camera(Session& session, const char* call);

// describe.cpp
/// The name of a request, or its number.
std::string name_of_request(unsigned long request);
/// The fields of its argument that a reader of the log wants to see.
std::string describe(unsigned long request, const void* argument);

}  // namespace vpu
