// `vitrine doctor` in this process, on machines made up for it: each lacks something, and what is
// wrong with a rung is said with how to mend it. The emulated nodes are the only ones of V4L2.
#include <gtest/gtest.h>
#include <linux/videodev2.h>

#include <cerrno>
#include <cstdlib>

#include "app/doctor.h"
#include "core/log.h"
#include "tests/app/support.h"
#include "tests/support/failing_kernel.h"
#include "tests/support/make_clip.h"
#include "tests/vpu/interposer.h"

namespace vitrine {
namespace {

using test::contains;
using testing::PassingKernel;

class DoctorRungs : public ::testing::Test {
  protected:
    DoctorRungs() {
        set_log_level(LogLevel::quiet);
        put_in("");
        // Whatever drivers of VAAPI there are.
        setenv("LIBVA_DRIVER_NAME", "none", 1);
        setenv("LIBVA_DRIVERS_PATH", "/nonexistent", 1);
    }
    static void put_in(const std::string& profile, const std::string& faults = "") {
        vpu::Settings settings;
        settings.profiles = profile;
        settings.faults = faults;
        vpu::interposer::use(settings);
    }
    DoctorReport::Rung rung(std::string_view name) {
        if (report_.rungs.empty()) {
            auto report = examine(file_, tools_);
            EXPECT_TRUE(report) << report.error().text;
            if (report) report_ = std::move(*report);
        }
        for (const auto& each : report_.rungs) {
            if (each.name == name) return each;
        }
        ADD_FAILURE() << "no rung " << name;
        return {};
    }
    static void expect_left(const DoctorReport::Rung& rung, const std::string& reason,
                            const std::string& hint) {
        EXPECT_FALSE(rung.played) << rung.name;
        expect_words(rung, reason, hint);
    }
    static void expect_copies(const DoctorReport::Rung& rung, const std::string& reason,
                              const std::string& hint) {
        EXPECT_TRUE(rung.played) << rung.name << ": " << rung.reason;
        EXPECT_GT(rung.copies_per_frame, 0) << rung.name;
        expect_words(rung, reason, hint);
    }

    std::string file_ = VITRINE_ASSETS "/numbered.mp4";
    DoctorTools tools_;

  private:
    static void expect_words(const DoctorReport::Rung& rung, const std::string& reason,
                             const std::string& hint) {
        EXPECT_TRUE(contains(rung.reason, reason)) << rung.name << ": " << rung.reason;
        EXPECT_TRUE(contains(rung.hint, hint)) << rung.name << ": " << rung.hint;
    }
    DoctorReport report_;
};

class NoRenderNodes final : public PassingKernel {
  public:
    int list(const char* path, std::vector<std::string>& names) override {
        if (std::string_view(path) != "/dev/dri") return PassingKernel::list(path, names);
        errno = ENOENT;
        return -1;
    }
};

TEST_F(DoctorRungs, WithoutDevicesAskForTheirDrivers) {
    tools_.kernel = std::make_shared<NoRenderNodes>();
    expect_left(rung("v4l2"), "there is no /dev/video*", "modprobe bcm2835-codec");
    expect_left(rung("vaapi"), "no vaapi device", "a container hides /dev/dri");
    EXPECT_TRUE(contains(rung("vaapi").reason, "there is no /dev/dri/renderD*"));
    EXPECT_EQ(rung("vaapi").reason.rfind("no vaapi device", 0), 0U) << "no names before it";
    expect_left(rung("drm-prime"), "gives out dma-bufs", "has no DRM_PRIME for the codec");
    EXPECT_TRUE(rung("software, uploaded").played);
}

/// As Debian has its nodes, for somebody who is not in the group.
class VideoGroupOnly final : public PassingKernel {
  public:
    int open(const char* path, int flags) override {
        if (std::string_view(path).rfind("/dev/video", 0) != 0)
            return PassingKernel::open(path, flags);
        errno = EACCES;
        return -1;
    }
    int stat(const char* path, struct stat& status) override {
        if (std::string_view(path).rfind("/dev/video", 0) != 0)
            return PassingKernel::stat(path, status);
        status = {};
        status.st_mode = S_IFCHR | 0660;
        status.st_gid = 44;
        return 0;
    }
};

TEST_F(DoctorRungs, WithoutRightsAskForTheGroup) {
    put_in("spec");
    tools_.kernel = std::make_shared<VideoGroupOnly>();
    expect_left(rung("v4l2"), "/dev/video10 belongs to root:video (0660): add yourself to group",
                "sudo usermod -aG video $USER, and log in again");
}

PFNGLGETSTRINGPROC real_string;

/// GL that cannot import, of the version that is given.
template <const char* kVersion>
FunctionFilters without_import() {
    FunctionFilters filters;
    filters.egl = [](EglFunctions& egl) { egl.CreateImageKHR = nullptr; };
    filters.gl = [](GlFunctions& gl) {
        real_string = gl.GetString;
        gl.GetString = [](GLenum name) {
            if (name != GL_VERSION) return real_string(name);
            return reinterpret_cast<const GLubyte*>(kVersion);
        };
    };
    return filters;
}
constexpr char kOldMesa[] = "OpenGL ES 3.1 Mesa 22.3.6";
constexpr char kOtherGl[] = "OpenGL ES 3.2 NVIDIA 470.223.02";

/// Mesa before 25 on a machine without a GPU.
TEST_F(DoctorRungs, WithoutImportAskForANewerMesa) {
    put_in("spec");
    tools_.graphics = without_import<kOldMesa>();
    const std::string reason = "has no EGL_EXT_image_dma_buf_import";
    const std::string hint = "Mesa 25.0 or newer can";
    expect_left(rung("software, imported"), reason, hint);
    expect_copies(rung("software, uploaded"), reason, hint);
    EXPECT_TRUE(contains(rung("software, uploaded").reason,
                         "the CPU copies each picture into textures, for the rung before it"));
    expect_copies(rung("v4l2"), reason, hint);
}

TEST_F(DoctorRungs, WithoutImportAskForNoMesaWhereAnotherGlDraws) {
    tools_.graphics = without_import<kOtherGl>();
    const DoctorReport::Rung left = rung("software, imported");
    expect_left(left, "has no EGL_EXT_image_dma_buf_import", "");
    EXPECT_EQ(left.hint, "");
}

/// libavcodec's own is no way around what V4L2 cannot say.
TEST_F(DoctorRungs, AskForNoOtherFfmpegForCodecsThatV4l2HasNot) {
    const test::TemporaryFolder folder;
    file_ = folder.file("lossless.mkv");
    testing::ClipOptions clip;
    clip.encoder = "ffv1";
    testing::make_clip(file_, clip);
    const DoctorReport::Rung left = rung("drm-prime");
    expect_left(left, "no decoder for ffv1 in this FFmpeg gives out dma-bufs", "");
    EXPECT_EQ(left.hint, "");
}

TEST_F(DoctorRungs, WhoseDeviceVanishesPointToTheKernelsLog) {
    put_in("spec", "vanish@10+");
    expect_left(rung("v4l2"), "No such device", "dmesg says why");
}

/// GL is drawn by software here, whatever GPU there is.
TEST_F(DoctorRungs, WithoutNvidiasDriverSayWhereItComesFrom) {
    const DoctorReport::Rung left = rung("nvdec");
    EXPECT_NE(left.hint, "") << left.reason;
    if (contains(left.reason, "no NVIDIA driver")) expect_left(left, "libcuda.so.1", "libcuda1");
}

TEST_F(DoctorRungs, WhoseLayoutIsNotTakenAskForAGpu) {
    put_in("spec-columns");
    expect_copies(rung("v4l2"), "dmabuf: nv12 cannot be imported", "a software renderer draws");
}

/// It has memory for so many pictures only, and says so by giving fewer buffers.
class FewBuffers final : public PassingKernel {
  public:
    int ioctl(int fd, unsigned long request, void* argument) override {
        if (request == VIDIOC_REQBUFS) {
            auto& wanted = *static_cast<v4l2_requestbuffers*>(argument);
            if (V4L2_TYPE_IS_CAPTURE(wanted.type)) wanted.count = std::min(wanted.count, 5U);
        }
        return PassingKernel::ioctl(fd, request, argument);
    }
};

TEST_F(DoctorRungs, WithTooFewBuffersAskForMemory) {
    put_in("spec");
    tools_.kernel = std::make_shared<FewBuffers>();
    expect_copies(rung("v4l2"), "it has too few frames to lend", "cma-512 into config.txt");
}

/// As libdav1d does.
TEST_F(DoctorRungs, WithDecodersThatBringTheirMemorySayThat) {
    const test::TemporaryFolder folder;
    file_ = folder.file("bare.mkv");
    testing::ClipOptions clip;
    clip.encoder = "rawvideo";
    clip.format = AV_PIX_FMT_YUYV422;
    clip.size = {64, 32};
    testing::make_clip(file_, clip);
    const auto imported = rung("software, imported");
    expect_left(imported, "decodes into memory of its own, not into ", "");
    EXPECT_EQ(imported.reason.rfind("decodes", 0), 0U) << imported.reason;
    expect_copies(rung("software, uploaded"), "is out: decodes into memory of its own", "");
}

TEST_F(DoctorRungs, ThatPlayWithoutCopiesNeedNothing) {
    put_in("spec");
    for (const char* name : {"v4l2", "software, imported"}) {
        const DoctorReport::Rung each = rung(name);
        EXPECT_TRUE(each.played) << name;
        EXPECT_EQ(each.copies_per_frame, 0) << name;
        EXPECT_EQ(each.reason, "") << name;
        EXPECT_EQ(each.hint, "") << name;
    }
    expect_copies(rung("software, uploaded"), "the CPU copies each picture into textures",
                  "\"software, imported\" does without");
}

}  // namespace
}  // namespace vitrine
