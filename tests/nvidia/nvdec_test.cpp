// NVDEC up to the driver's door: libavcodec parses and asks the pretended driver, pictures are
// copied within its memory into textures, and the numbers are read from what was presented.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "hw/av/cuda_frame.h"
#include "hw/cuda.h"
#include "tests/nvidia/driver.h"
#include "tests/player/playback.h"

// Of the pretended driver, with its plain types.
extern "C" int cuDeviceGet(int* device, int ordinal);
extern "C" int cuDevicePrimaryCtxSetFlags_v2(int device, unsigned flags);
extern "C" int cuDevicePrimaryCtxRetain(void** context, int device);
extern "C" int cuDevicePrimaryCtxRelease(int device);

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using nvidia::counters;
using nvidia::Counters;
using testing::count_from;
using testing::Playback;
using testing::Way;

const Way kAuto{"auto", "auto", true, "cuda", 0};
const std::string kNumbered = VITRINE_ASSETS "/numbered.mp4";

/// The driver fails in that way while this exists.
class Fault {
  public:
    explicit Fault(const std::string& name) { setenv("VITRINE_NVIDIA_FAULT", name.c_str(), 1); }
    Fault(const Fault&) = delete;
    Fault& operator=(const Fault&) = delete;
    ~Fault() { unsetenv("VITRINE_NVIDIA_FAULT"); }
};

class Nvdec : public ::testing::Test {
  protected:
    void TearDown() override {
        const Counters left = counters();
        EXPECT_EQ(left.contexts, 0);
        EXPECT_EQ(left.allocations, 0);
        EXPECT_EQ(left.resources, 0);
        EXPECT_EQ(left.decoders, 0);
        EXPECT_EQ(left.pictures, 0);
    }
};

bool says(const std::vector<std::string>& reasons, const std::string& what) {
    return std::any_of(reasons.begin(), reasons.end(), [&](const std::string& reason) {
        return reason.find(what) != std::string::npos;
    });
}

TEST_F(Nvdec, PresentsEachFrameOnceInOrderWithoutACopyByTheCpu) {
    const Counters before = counters();
    {
        Playback playback(kAuto);
        ASSERT_TRUE(playback.open(kNumbered));
        playback.play();
        EXPECT_EQ(playback.numbers, count_from(0, 249));
        const DecodePath path = playback.session->path();
        EXPECT_EQ(path.decoder, "h264");
        EXPECT_TRUE(path.hardware);
        EXPECT_EQ(path.storage, "cuda");
        EXPECT_EQ(playback.importer(), "cuda");
        EXPECT_EQ(playback.statistics.copies(), 0U);
        EXPECT_EQ(playback.statistics.bytes_copied(), 0U);
        // Counted by the driver: two planes each, of every frame, and no more textures than a ring.
        EXPECT_EQ(playback.imports().device_copies, 250U);
        EXPECT_EQ(counters().copies - before.copies, 2 * 250U);
        EXPECT_EQ(counters().copies_within, before.copies_within)
            << "libavcodec copied them before";
        EXPECT_EQ(counters().copies_out, before.copies_out);
        EXPECT_EQ(counters().registered - before.registered, playback.imports().textures_live);
        EXPECT_LE(playback.imports().textures_live, 2 * 6U);
        EXPECT_EQ(counters().mapped, 0);
    }
}

TEST_F(Nvdec, PresentsTenBits) {
    Playback playback(kAuto);
    ASSERT_TRUE(playback.open(VITRINE_TEST_CLIPS "/h265_10bit.mp4"));
    playback.play();
    EXPECT_EQ(playback.numbers, count_from(0, 49));
    EXPECT_EQ(playback.session->path().storage, "cuda");
    EXPECT_EQ(playback.importer(), "cuda");
}

/// The first GPU's memory would not do: the other draws.
TEST_F(Nvdec, DecodesOnTheGpuThatDraws) {
    const Fault two("second-gpu");
    Playback playback(kAuto);
    ASSERT_TRUE(playback.open(kNumbered));
    playback.play();
    EXPECT_EQ(playback.numbers, count_from(0, 249));
    EXPECT_EQ(playback.session->path().storage, "cuda");
    EXPECT_EQ(playback.importer(), "cuda");
    EXPECT_EQ(playback.imports().device_copies, 250U);
}

TEST_F(Nvdec, SeeksAndGoesOn) {
    Playback playback(kAuto);
    ASSERT_TRUE(playback.open(kNumbered));
    for (const int target : {200, 0, 120}) {
        ASSERT_TRUE(playback.player->seek({target * 40ms}));
        playback.play(playback.numbers.size() + 5);
    }
    EXPECT_EQ(playback.session->path().storage, "cuda");
    EXPECT_EQ(playback.session->counters().decoder_rebuilds, 0U);
}

TEST_F(Nvdec, IsNotForWhatItDoesNotDecode) {
    Playback playback(kAuto);
    ASSERT_TRUE(playback.open(VITRINE_TEST_CLIPS "/h264_yuv422_10bit.mp4"));
    playback.play();
    EXPECT_EQ(playback.numbers, count_from(0, 49));
    EXPECT_FALSE(playback.session->path().hardware);
    EXPECT_TRUE(says(playback.session->path().refused, "nvdec"));
}

/// As on most machines with such a GPU: one way is left, and pictures of the one before wait.
TEST_F(Nvdec, ThatIsLostLeavesTheFilmToTheLastWay) {
    const Fault fault("lost@101");
    Playback playback({"plain", "auto", false, "upload", 1});
    ASSERT_TRUE(playback.open(kNumbered));
    playback.play();
    const auto error = playback.session->error();
    EXPECT_FALSE(error) << error->text;
    EXPECT_EQ(playback.numbers, count_from(0, 249));
    EXPECT_EQ(playback.session->path().storage, "memory");
}

/// The driver keeps flags until others are set: here, the ones that FFmpeg does not share.
TEST_F(Nvdec, SharesTheContextOfTexturesThatWereThereFirst) {
    const auto context = GlContext::make_offscreen();
    ASSERT_TRUE(context);
    int gpu = 0;
    ASSERT_TRUE(start_cuda());
    ASSERT_EQ(cuDeviceGet(&gpu, 0), 0);
    ASSERT_EQ(cuDevicePrimaryCtxSetFlags_v2(gpu, 0), 0);
    const auto interop = open_cuda_interop();
    ASSERT_TRUE(interop) << interop.error().text;
    const auto device = av::open_cuda_device(0);
    EXPECT_TRUE(device) << device.error().text;
}

/// Whose flags are another's choice.
TEST_F(Nvdec, SaysWhyItSharesNoContext) {
    ASSERT_TRUE(start_cuda());
    int gpu = 0;
    void* context = nullptr;
    ASSERT_EQ(cuDeviceGet(&gpu, 0), 0);
    ASSERT_EQ(cuDevicePrimaryCtxSetFlags_v2(gpu, 0), 0);
    ASSERT_EQ(cuDevicePrimaryCtxRetain(&context, gpu), 0);
    {
        Playback playback(kAuto);
        ASSERT_TRUE(playback.open(kNumbered));
        playback.play();
        EXPECT_EQ(playback.numbers, count_from(0, 249));
        EXPECT_TRUE(says(playback.session->path().refused,
                         "nvdec (h264): no CUDA device: Primary context already active with "
                         "incompatible flags: another part of this program uses the GPU"));
    }
    EXPECT_EQ(cuDevicePrimaryCtxRelease(gpu), 0);
}

/// No more surfaces can be had than 32, and of those the stream needs most.
TEST_F(Nvdec, PlaysAStreamThatLeavesFewPicturesToLend) {
    Playback playback(kAuto);
    playback.frames_held = 40;
    ASSERT_TRUE(playback.open(VITRINE_TEST_CLIPS "/unsaid_reorder.h264"));
    playback.play();
    EXPECT_EQ(playback.numbers, count_from(0, 49));
    EXPECT_EQ(playback.session->path().decoder, "h264");
    EXPECT_TRUE(playback.session->path().hardware);
}

struct FaultRow {
    const char* fault;
    const char* reason;  // among what is said of better ways
};

class EveryFault : public Nvdec, public ::testing::WithParamInterface<FaultRow> {};

TEST_P(EveryFault, EndsInSoftwareWithEveryFrameAndTheReason) {
    const Fault fault(GetParam().fault);
    Playback playback(kAuto);
    const auto opened = playback.open(kNumbered);
    ASSERT_TRUE(opened) << opened.error().text;
    playback.play();
    EXPECT_FALSE(playback.session->path().hardware);
    EXPECT_EQ(playback.importer(), "dmabuf");
    EXPECT_EQ(playback.session->path().storage, "memfd");
    EXPECT_FALSE(says(playback.session->path().refused, "software ("));
    EXPECT_EQ(playback.numbers, count_from(0, 249));
    std::string all;
    for (const auto& reason : playback.session->path().refused) all += reason + "\n";
    EXPECT_TRUE(says(playback.session->path().refused, GetParam().reason)) << all;
}

INSTANTIATE_TEST_SUITE_P(
    Driver, EveryFault,
    ::testing::Values(
        FaultRow{
            "no-device",
            "nvdec (h264): the NVIDIA driver does not start: cuInit: CUDA_ERROR_NO_DEVICE: "
            "nvidia-smi says what is wrong with the GPU, and CUDA_VISIBLE_DEVICES may hide it"},
        FaultRow{"no-gpu",
                 "nvdec (h264): the NVIDIA driver has no GPU: nvidia-smi says what is wrong with "
                 "the GPU, and CUDA_VISIBLE_DEVICES may hide it"},
        FaultRow{"other-gpu",
                 "cuda: no NVIDIA GPU draws here (cuGLGetDevices: CUDA_ERROR_NO_DEVICE)"},
        FaultRow{"register", "cuda: cuGraphicsGLRegisterImage: CUDA_ERROR_INVALID_VALUE"},
        FaultRow{"memory",
                 "nvdec (h264): h264: Generic error in an external library: cuvidMapVideoFrame: "
                 "CUDA_ERROR_OUT_OF_MEMORY: the GPU's memory is full; "
                 "end what else uses it, as nvidia-smi lists it"},
        FaultRow{"decoder",
                 "nvdec (h264): it gives yuv420p, not a CUDA picture: cuvidCreateDecoder: "
                 "CUDA_ERROR_NOT_SUPPORTED: this GPU does not decode such a stream; "
                 "--hwdec=software does"},
        FaultRow{"no-h264", "nvdec (h264): this GPU does not decode h264; --hwdec=software does"},
        FaultRow{"widest@160",
                 "nvdec (h264): it gives yuv420p, not a CUDA picture: Video width 640 not within "
                 "range from 48 to 160: this GPU does not decode pictures of such a size; "
                 "--hwdec=software does"},
        // Whoever notices first, the decoder or the importer.
        FaultRow{"lost@101",
                 ": CUDA_ERROR_LAUNCH_FAILED: the GPU is lost to this program; the kernel's log, "
                 "dmesg, says why under NVRM"},
        FaultRow{"broken@30",
                 "nvdec (h264): 3 failures in a row: h264: "
                 "Generic error in an external library: cuvidDecodePicture: CUDA_ERROR_UNKNOWN: "
                 "the GPU cannot go on with this stream; --hwdec=software decodes it"}),
    [](const auto& row) {
        std::string name = row.param.fault;
        std::replace_if(
            name.begin(), name.end(), [](char c) { return c == '-' || c == '@'; }, '_');
        return name;
    });

}  // namespace
}  // namespace vitrine
