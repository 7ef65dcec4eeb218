// hw/cuda_absent.cpp, which this program is linked with in any build.
#include <gtest/gtest.h>

#include "hw/cuda.h"

namespace vitrine {
namespace {

void expect_absent(const Error& error) {
    EXPECT_EQ(error.code, Errc::unsupported);
    EXPECT_EQ(error.text,
              "built without nv-codec-headers (ffnvcodec; Debian's libffmpeg-nvenc-dev)");
}

TEST(CudaAbsent, EverythingSaysWhatIsMissing) {
    const auto found = find_cuda();
    ASSERT_FALSE(found);
    expect_absent(found.error());
    const auto decoder = find_cuda_decoder();
    ASSERT_FALSE(decoder);
    expect_absent(decoder.error());
    const auto decodes = check_cuda_decodes(0, "h264");
    ASSERT_FALSE(decodes);
    expect_absent(decodes.error());
    const auto started = start_cuda();
    ASSERT_FALSE(started);
    expect_absent(started.error());
    const auto device = drawing_cuda_device();
    ASSERT_FALSE(device);
    expect_absent(device.error());
    const auto interop = open_cuda_interop();
    ASSERT_FALSE(interop);
    expect_absent(interop.error());
}

}  // namespace
}  // namespace vitrine
