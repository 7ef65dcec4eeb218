// GL on a display's card, by way of GBM: vkms, whose renderer has native fences. A frame goes back
// only after the fence behind its draw, which here is one of the kernel's that the test lets
// signal.
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <xf86drm.h>

#include <atomic>

#include "core/unique_fd.h"
#include "player/presenter.h"
#include "tests/app/support.h"
#include "tests/support/fake_source.h"

namespace {

using namespace vitrine;
using namespace std::chrono_literals;

/// The card of the virtual display. Throws where there is none.
UniqueFd open_card() {
    for (const char* path : {"/dev/dri/card0", "/dev/dri/card1", "/dev/dri/card2"}) {
        UniqueFd card(open(path, O_RDWR | O_CLOEXEC));
        drmVersion* version = card ? drmGetVersion(card.get()) : nullptr;
        const bool found = version != nullptr && std::string(version->name) == "vkms";
        drmFreeVersion(version);
        if (found) return card;
    }
    throw std::runtime_error("there is no card of vkms: this is a test of ./dev lab");
}

/// EGL on the card, with its context current on this thread. libgbm is found at run time: nothing
/// else of this project needs it yet.
class GbmDisplay {
  public:
    GbmDisplay() : card_(open_card()), library_(dlopen("libgbm.so.1", RTLD_NOW)) {
        if (library_ == nullptr) throw std::runtime_error(dlerror());
        const auto create = reinterpret_cast<void* (*)(int)>(dlsym(library_, "gbm_create_device"));
        device_ = create(card_.get());
        display_ = eglGetPlatformDisplay(EGL_PLATFORM_GBM_KHR, device_, nullptr);
        const bool ready = eglInitialize(display_, nullptr, nullptr) == EGL_TRUE &&
                           eglBindAPI(EGL_OPENGL_ES_API) == EGL_TRUE;
        if (!ready) throw std::runtime_error("no EGL on the card");
        const EGLint version[] = {EGL_CONTEXT_CLIENT_VERSION, 3, EGL_NONE};
        context_ = eglCreateContext(display_, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, version);
        if (eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context_) != EGL_TRUE) {
            throw std::runtime_error("no context on the card");
        }
    }
    ~GbmDisplay() {
        eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
        eglDestroyContext(display_, context_);
        eglTerminate(display_);
        reinterpret_cast<void (*)(void*)>(dlsym(library_, "gbm_device_destroy"))(device_);
        dlclose(library_);
    }
    GbmDisplay(const GbmDisplay&) = delete;
    GbmDisplay& operator=(const GbmDisplay&) = delete;

  private:
    UniqueFd card_;
    void* library_;
    void* device_ = nullptr;
    EGLDisplay display_ = EGL_NO_DISPLAY;
    EGLContext context_ = EGL_NO_CONTEXT;
};

std::unique_ptr<Output> make_output(Size size, const FunctionFilters& filters = {}) {
    auto context = GlContext::adopt_current(filters);
    if (!context) throw std::runtime_error(context.error().text);
    auto output = make_offscreen_output(std::move(*context), size);
    if (!output) throw std::runtime_error(output.error().text);
    return std::move(*output);
}

// The driver offers the import of dma-bufs, and dies of those that others allocated.
TEST(LabGbm, ImportsNothingAndSaysWhy) {
    const GbmDisplay display;
    const auto output = make_output({64, 48});
    const GlFacts& facts = output->context().facts();
    EXPECT_TRUE(facts.has_native_fence);
    EXPECT_FALSE(facts.has_dma_buf_import);
    for (const ImporterRow& row : importer_rows()) {
        if (row.name != "dmabuf") continue;
        const auto importer = row.make(output->context());
        ASSERT_FALSE(importer);
        EXPECT_EQ(importer.error().text, facts.import_refusal());
        return;
    }
    FAIL() << "there is no importer of dma-bufs";
}

TEST(LabGbm, TheProgramSaysWhatItCanDoThere) {
    const auto ran = test::run_program(VITRINE_PROGRAM " probe");
    EXPECT_EQ(ran.status, 0) << ran.output;
    EXPECT_NE(ran.output.find("Memory to decode into"), ran.output.npos) << ran.output;
}

TEST(LabGbm, TheProgramPlaysOnTheDisplay) {
    const auto ran =
        test::run_program(VITRINE_PROGRAM " --output=window --hwdec=no --untimed -n 20 " +
                          std::string(VITRINE_ASSETS) + "/numbered.mp4");
    EXPECT_EQ(ran.status, 0) << ran.output;
    EXPECT_NE(ran.output.find("upload > window (kmsdrm)"), ran.output.npos) << ran.output;
}

std::string on_the_display(const std::string& files) {
    return VITRINE_PROGRAM " --output=window --hwdec=no --untimed --end=0.19 " + files;
}

const std::string kNumbered = VITRINE_ASSETS "/numbered.mp4 ";  // 25 pictures a second
const std::string kDemo = VITRINE_ASSETS "/demo.mp4 ";          // 30

// 56: "second file after stop fails with EACCES on DRM".
TEST(LabGbm, C56_TheNextFileAndTheNextProgramHaveTheDisplayToo) {
    for (int run = 0; run < 2; ++run) {
        const auto ran = test::run_program(on_the_display(kNumbered + kDemo + kNumbered));
        EXPECT_EQ(ran.status, 0) << ran.output;
        EXPECT_NE(ran.output.find("upload > window (kmsdrm)"), ran.output.npos) << ran.output;
        EXPECT_NE(ran.output.find(" 16 presented"), ran.output.npos) << ran.output;
    }
}

// 57: "DRM master denied; obscure errors". Who opens a card first is its master.
TEST(LabGbm, C57_SaysThatAnotherProgramHasTheDisplay) {
    const UniqueFd card = open_card();
    ASSERT_EQ(drmSetMaster(card.get()), 0);
    const auto ran = test::run_program("timeout -s KILL 60 " + on_the_display(kDemo));
    EXPECT_EQ(WIFEXITED(ran.status) ? WEXITSTATUS(ran.status) : -1, 5) << ran.output;
    EXPECT_NE(ran.output.find("another program has the displays of /dev/dri/card"), ran.output.npos)
        << ran.output;
}

// linux/sw_sync.h is not among the headers that are installed.
struct CreateFence {
    uint32_t value;
    char name[32];
    int32_t fence;
};
constexpr unsigned long kCreateFence = _IOWR('W', 0, CreateFence);
constexpr unsigned long kIncrement = _IOW('W', 1, uint32_t);

/// The kernel's timeline behind every fence of this test, and how many were made.
struct Timeline {
    UniqueFd fd{open("/sys/kernel/debug/sync/sw_sync", O_RDWR | O_CLOEXEC)};
    uint32_t made = 0;
    PFNEGLCREATESYNCKHRPROC create = nullptr;
    [[nodiscard]] int next_fence() {
        CreateFence request{++made, "vitrine", -1};
        return ioctl(fd.get(), kCreateFence, &request) == 0 ? request.fence : -1;
    }
    void let_signal(uint32_t count) { EXPECT_EQ(ioctl(fd.get(), kIncrement, &count), 0); }
};
Timeline* timeline = nullptr;

TEST(LabGbm, AFrameGoesBackOnlyAfterItsNativeFence) {
    const GbmDisplay display;
    Timeline mine;
    ASSERT_TRUE(mine.fd) << "/sys/kernel/debug/sync/sw_sync";
    timeline = &mine;
    FunctionFilters filters;
    // In place of a fence behind what was drawn, a native one that signals when the test says so;
    // it is asked and waited for by the driver, as any.
    filters.egl = [](EglFunctions& egl) {
        timeline->create = egl.CreateSyncKHR;
        egl.CreateSyncKHR = [](EGLDisplay on, EGLenum, const EGLint*) -> EGLSyncKHR {
            const EGLint native[] = {EGL_SYNC_NATIVE_FENCE_FD_ANDROID, timeline->next_fence(),
                                     EGL_NONE};
            return timeline->create(on, EGL_SYNC_NATIVE_FENCE_ANDROID, native);
        };
    };
    MonotonicClock clock;
    int presented = 0;
    PresenterHooks hooks;
    hooks.presented = [&](const FrameRecord&) { ++presented; };
    auto presenter = make_gl_presenter(make_output({64, 48}, filters), {}, clock, std::move(hooks));
    ASSERT_TRUE(presenter) << presenter.error().text;
    const auto leases = std::make_shared<std::atomic<int>>(0);
    const auto show = [&](uint64_t sequence) {
        return (*presenter)->show({make_gray_frame(Nanos{0}, sequence, leases, 0), {}});
    };
    const auto frames = static_cast<int>(kFramesInFlight);
    for (int i = 0; i < frames; ++i) {
        ASSERT_TRUE((*presenter)->make_room());
        ASSERT_TRUE(show(static_cast<uint64_t>(i)));
        (*presenter)->poll();
        EXPECT_TRUE((*presenter)->wait_for_gpu(20ms));
    }
    EXPECT_EQ(*leases, frames);
    EXPECT_EQ(presented, 0);
    ASSERT_EQ(mine.made, kFramesInFlight);
    for (int i = 1; i <= frames; ++i) {
        mine.let_signal(1);
        (*presenter)->poll();
        EXPECT_EQ(presented, i) << "each when its own fence has signalled, and no other";
        EXPECT_EQ(*leases, std::max(frames - i, 1)) << "the last one is on the screen";
    }
    mine.let_signal(1000);
    presenter->reset();
    EXPECT_EQ(*leases, 0);
}

}  // namespace
