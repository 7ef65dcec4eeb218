#include "tests/lab/camera.h"

#include <drm_fourcc.h>
#include <linux/videodev2.h>

namespace vitrine::lab {
namespace {

constexpr Nanos kPatience = std::chrono::seconds(5);

}  // namespace

std::string camera_name(bool multi_planar) {
    return multi_planar ? "vivid-001-vid-cap" : "vivid-000-vid-cap";
}

std::string name_of_kind(bool multi_planar) {
    return multi_planar ? "MultiPlanar" : "SinglePlanar";
}

Result<std::unique_ptr<Camera>> Camera::open(const CameraOptions& options) {
    auto camera = std::make_unique<Camera>();
    camera->device_ = open_node(camera_name(options.multi_planar), options.kernel);
    V4l2Device& device = *camera->device_;
    if (device.capability().multi_planar() != options.multi_planar) {
        return fail(Errc::unsupported, "{} is a camera of the other kind", device.path());
    }
    V4l2Picture wish;
    wish.format = options.format.value_or(V4l2Format::of(options.multi_planar ? "NM12" : "NV12"));
    wish.size = options.size;
    auto picture = device.set_format(V4l2Side::output, wish);
    if (!picture) return Failure(picture.error());
    if (picture->format != wish.format || picture->size != options.size) {
        return fail(Errc::unsupported, "the camera gives {} of {}x{}", to_string(picture->format),
                    picture->size.width, picture->size.height);
    }
    camera->picture_ = *picture;
    v4l2_streamparm rate{};
    rate.type = device.buffer_type(V4l2Side::output);
    rate.parm.capture.timeperframe = {1, options.frames_per_second};
    if (const int error = device.ioctl(VIDIOC_S_PARM, &rate); error != 0) {
        return device.failure("VIDIOC_S_PARM", error);
    }
    V4l2Queue::Options buffers;
    buffers.side = V4l2Side::output;
    buffers.memory = V4l2Memory::exported;
    buffers.picture = *picture;
    buffers.count = options.buffers;
    auto queue = V4l2Queue::allocate(camera->device_, buffers);
    if (!queue) return Failure(queue.error());
    camera->queue_ = std::move(*queue);
    if (auto ok = camera->lend(); !ok) return Failure(ok.error());
    return camera;
}

Result<void> Camera::lend() {
    while (auto buffer = queue_->take_free()) {
        if (auto ok = queue_->queue(std::move(*buffer)); !ok) return ok;
    }
    return {};
}

Result<void> Camera::wait() {
    auto ready = device_->wait({false, true}, -1, kPatience);
    if (!ready) return Failure(ready.error());
    if (!ready->any()) return fail(Errc::timeout, "no picture came");
    return {};
}

Result<ReadyBuffer> Camera::take() {
    auto got = queue_->dequeue();
    if (!got) return Failure(got.error());
    if (auto* buffer = std::get_if<ReadyBuffer>(&*got)) return std::move(*buffer);
    return fail(Errc::unavailable, "there is no picture");
}

Result<ReadyBuffer> Camera::next() {
    if (auto ok = wait(); !ok) return Failure(ok.error());
    return take();
}

Result<FramePtr> Camera::frame_of(ReadyBuffer buffer) const {
    const auto layout = layout_of(picture_.format);
    if (!layout) return fail(Errc::unsupported, "not a format of ours");
    DmaBufDescription description;
    description.format = layout->format;
    description.coded_size = picture_.size;
    description.modifier = DRM_FORMAT_MOD_LINEAR;
    description.objects = buffer.objects();
    auto planes = planes_of(*layout, picture_, buffer.report().data_offsets);
    if (!planes) return Failure(planes.error());
    description.planes = std::move(*planes);
    auto storage = make_dma_buf_frame(std::move(description));
    if (!storage) return Failure(storage.error());
    FrameInfo info;
    info.crop = {0, 0, picture_.size.width, picture_.size.height};
    info.sequence = buffer.report().sequence;
    info.color.matrix = Matrix::bt601;
    info.color.range = Range::limited;
    info.color.primaries = Primaries::bt709;
    info.color.transfer = Transfer::sdr;
    info.color.chroma_site = ChromaSite::left;
    return make_frame(info, std::move(*storage), std::make_shared<ReadyBuffer>(std::move(buffer)));
}

}  // namespace vitrine::lab
