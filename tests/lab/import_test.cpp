// Pixels of real dma-bufs: what the CPU wrote into them, imported, drawn and read back.
#include <gtest/gtest.h>

#include <cstring>

#include "hw/buffer_allocator.h"
#include "tests/render/canvas.h"
#include "tests/render/test_frames.h"

namespace {

using namespace vitrine;
using namespace vitrine::test;

constexpr Size kSize = {64, 34};

std::unique_ptr<BufferAllocator> allocator_named(Kernel& kernel, std::string_view name) {
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
    RealKernel kernel;
    const auto allocator = allocator_named(kernel, memory);
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

}  // namespace
