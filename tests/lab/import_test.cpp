// Pixels of real dma-bufs: what the CPU wrote into them, and what a camera did, imported, drawn and
// read back.
#include <gtest/gtest.h>
#include <linux/dma-buf.h>
#include <sys/mman.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "hw/buffer_allocator.h"
#include "hw/dma_buf_sync.h"
#include "tests/lab/camera.h"
#include "tests/render/canvas.h"
#include "tests/render/test_frames.h"

namespace {

using namespace vitrine;
using namespace vitrine::test;

constexpr Size kSize = {64, 34};

std::unique_ptr<BufferAllocator> allocator_named(const std::shared_ptr<Kernel>& kernel,
                                                 std::string_view name) {
    for (AllocatorTrial& trial : open_allocators(kernel)) {
        if (trial.name != name) continue;
        if (!trial.allocator) throw std::runtime_error(trial.allocator.error().text);
        return std::move(*trial.allocator);
    }
    throw std::runtime_error("there is no " + std::string(name));
}

/// The picture in the buffer, which the frame holds by its lease.
FramePtr frame_in(const std::shared_ptr<SharedBuffer>& buffer, const reference::Picture& picture) {
    DmaBufDescription description = describe_in(picture, {0, 256, 0});
    if (!buffer->begin_cpu_access()) throw std::runtime_error("begin_cpu_access");
    write_to(buffer->data(), description, picture);
    if (!buffer->end_cpu_access()) throw std::runtime_error("end_cpu_access");
    description.objects = {buffer->object()};
    description.objects[0].mapping = nullptr;  // nothing but an import can show it
    auto storage = make_dma_buf_frame(std::move(description));
    return make_frame(frame_info(picture, whole_view(picture)), std::move(storage.value()), buffer)
        .value();
}

class LabImport : public testing::TestWithParam<std::tuple<std::string, std::string>> {};

TEST_P(LabImport, ShowsWhatLiesInMemoryOfThisKind) {
    const auto [memory, format] = GetParam();
    const auto allocator = allocator_named(std::make_shared<RealKernel>(), memory);
    const auto picture =
        reference::make_noise(reference::format(format), kSize.width, kSize.height, 7);
    std::shared_ptr<SharedBuffer> buffer =
        allocator->allocate(size_needed(describe_in(picture, {0, 256, 0}))).value();
    Canvas canvas(kSize);
    const auto importer = canvas.importer("dmabuf");
    const FramePtr frame = frame_in(buffer, picture);
    for (int round = 0; round < 2; ++round) {
        const auto seen = canvas.show(*importer, frame);
        ASSERT_TRUE(seen) << seen.error().text;
        EXPECT_LE(worst_difference(*seen, reference::render(picture, whole_view(picture))),
                  tolerance());
    }
    EXPECT_EQ(importer->counters().images_created, describe_in(picture).planes.size());
}

std::string name_of_case(const testing::TestParamInfo<LabImport::ParamType>& info) {
    std::string name = std::get<0>(info.param) + "_" + std::get<1>(info.param);
    for (char& c : name) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    }
    return name;
}

INSTANTIATE_TEST_SUITE_P(, LabImport,
                         testing::Combine(testing::Values("udmabuf", "dma-heap:system"),
                                          testing::Values("nv12", "yuv420p", "p010", "bgra")),
                         name_of_case);

/// What the CPU sees of a picture of 8 bits in a dma-buf.
reference::Picture read_picture(const reference::Format& format,
                                const DmaBufDescription& description) {
    reference::Picture picture;
    picture.format = &format;
    picture.width = description.coded_size.width;
    picture.height = description.coded_size.height;
    for (const char letter : {'Y', 'U', 'V'}) {
        const int x_step = letter == 'Y' ? 1 : format.x_step;
        const int y_step = letter == 'Y' ? 1 : format.y_step;
        picture.components[letter] = {picture.width / x_step, picture.height / y_step, {}};
    }
    RealKernel kernel;
    std::istringstream planes(format.planes);
    size_t index = 0;
    for (std::string letters; planes >> letters; ++index) {
        const DmaBufPlane& plane = description.planes.at(index);
        const DmaBufObject& object = description.objects.at(plane.object);
        void* memory = mmap(nullptr, object.size, PROT_READ, MAP_SHARED, object.fd, 0);
        if (memory == MAP_FAILED) throw std::runtime_error("mmap of a dma-buf");
        EXPECT_EQ(sync_dma_buf(kernel, object.fd, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ), 0);
        const auto* bytes = static_cast<const uint8_t*>(memory) + plane.offset;
        const reference::Grid& shape = picture.components.at(letters[0]);
        const auto repeats = static_cast<int>(std::count(letters.begin(), letters.end(), 'Y'));
        const int blocks = repeats > 1 ? shape.width / repeats : shape.width;
        for (int y = 0; y < shape.height; ++y) {
            const uint8_t* next = bytes + size_t{plane.pitch} * static_cast<size_t>(y);
            for (int block = 0; block < blocks; ++block) {
                for (const char letter : letters)
                    picture.components.at(letter).codes.push_back(*next++);
            }
        }
        EXPECT_EQ(sync_dma_buf(kernel, object.fd, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ), 0);
        munmap(memory, object.size);
    }
    return picture;
}

struct CameraFormat {
    const char* v4l2;
    const char* name;
    bool multi_planar = false;
    uint32_t data_offset = 0;  // of the first piece of memory: vivid puts something before
};

void PrintTo(const CameraFormat& format, std::ostream* to) {
    *to << format.v4l2;
}

class LabCamera : public testing::TestWithParam<CameraFormat> {};

TEST_P(LabCamera, PicturesAreShownFromTheMemoryThatItFilmedInto) {
    lab::CameraOptions options;
    const char* letters = GetParam().v4l2;
    options.multi_planar = GetParam().multi_planar;
    options.format = V4l2Format::of({letters[0], letters[1], letters[2], letters[3], 0});
    auto camera = lab::Camera::open(options);
    ASSERT_TRUE(camera) << camera.error().text;
    ASSERT_TRUE((*camera)->start());
    Canvas canvas(options.size);
    const auto importer = canvas.importer("dmabuf");
    const reference::Format& format = reference::format(GetParam().name);
    for (int i = 0; i < 3; ++i) {
        auto buffer = (*camera)->next();
        ASSERT_TRUE(buffer) << buffer.error().text;
        EXPECT_EQ(buffer->report().data_offsets[0], GetParam().data_offset);
        const auto frame = (*camera)->frame_of(std::move(*buffer));
        ASSERT_TRUE(frame) << frame.error().text;
        const auto seen = canvas.show(*importer, *frame);
        ASSERT_TRUE(seen) << seen.error().text;
        const auto picture = read_picture(format, (*frame)->dma_buf()->description());
        reference::View view = whole_view(picture);
        view.matrix = reference::Matrix::bt601;
        EXPECT_LE(worst_difference(*seen, reference::render(picture, view)), tolerance());
        const auto& luma = picture.components.at('Y').codes;
        EXPECT_GE(std::set<int>(luma.begin(), luma.end()).size(), 8U) << "eight bars of color";
    }
}

INSTANTIATE_TEST_SUITE_P(
    , LabCamera,
    testing::Values(CameraFormat{"NV12", "nv12"}, CameraFormat{"YU12", "yuv420p"},
                    CameraFormat{"YUYV", "yuyv422"}, CameraFormat{"NV12", "nv12", true},
                    CameraFormat{"NM12", "nv12", true}, CameraFormat{"NM16", "nv16", true, 128},
                    CameraFormat{"YM12", "yuv420p", true}),
    [](const auto& row) { return row.param.v4l2 + lab::name_of_kind(row.param.multi_planar); });

}  // namespace
