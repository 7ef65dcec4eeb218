// GL on a display's card, by way of GBM: vkms, whose renderer has native fences. What was allocated
// on the card is drawn from where it lies; a frame goes back only after the fence behind its draw,
// which here is a fence of the kernel's that the test lets signal.
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <dlfcn.h>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/dma-buf.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include <atomic>

#include "core/unique_fd.h"
#include "player/presenter.h"
#include "tests/render/canvas.h"
#include "tests/render/test_frames.h"
#include "tests/support/fake_source.h"

namespace {

using namespace vitrine;
using namespace vitrine::test;
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

/// Memory that the card allocated, as a dma-buf. By a descriptor of its own, for the handles of
/// GBM's are the driver's.
class CardBuffer {
  public:
    explicit CardBuffer(size_t bytes) {
        drm_mode_create_dumb request{};
        request.width = 1024;
        request.height = static_cast<uint32_t>((bytes + 4095) / 4096);
        request.bpp = 32;
        if (drmIoctl(card_.get(), DRM_IOCTL_MODE_CREATE_DUMB, &request) != 0) {
            throw std::runtime_error("CREATE_DUMB");
        }
        handle_ = request.handle;
        int fd = -1;
        if (drmPrimeHandleToFD(card_.get(), handle_, DRM_CLOEXEC | DRM_RDWR, &fd) != 0) {
            throw std::runtime_error("PRIME_HANDLE_TO_FD");
        }
        fd_ = UniqueFd(fd);
        size_ = request.size;
        data_ = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), 0);
        if (data_ == MAP_FAILED) throw std::runtime_error("mmap of the card's memory");
    }
    ~CardBuffer() {
        munmap(data_, size_);
        drmModeDestroyDumbBuffer(card_.get(), handle_);
    }
    CardBuffer(const CardBuffer&) = delete;
    CardBuffer& operator=(const CardBuffer&) = delete;
    [[nodiscard]] std::byte* data() const { return static_cast<std::byte*>(data_); }
    [[nodiscard]] int fd() const { return fd_.get(); }

  private:
    UniqueFd card_ = open_card();
    uint32_t handle_ = 0;
    UniqueFd fd_;
    size_t size_ = 0;
    void* data_ = nullptr;
};

std::unique_ptr<Output> make_output(Size size, const FunctionFilters& filters = {}) {
    auto context = GlContext::adopt_current(filters);
    if (!context) throw std::runtime_error(context.error().text);
    auto output = make_offscreen_output(std::move(*context), size);
    if (!output) throw std::runtime_error(output.error().text);
    return std::move(*output);
}

// Memory of others is left out: this renderer (kms_swrast of Mesa 25.0) takes it and cannot map it,
// and the program dies in the shader that samples it.
TEST(LabGbm, DrawsFromTheCardsOwnMemory) {
    constexpr Size kSize = {64, 34};
    const GbmDisplay display;
    const auto output = make_output(kSize);
    EXPECT_TRUE(output->context().facts().has_native_fence);
    EXPECT_TRUE(output->context().facts().has_dma_buf_import);
    auto renderer = Renderer::make(output->context());
    ASSERT_TRUE(renderer) << renderer.error().text;
    for (const char* format : {"bgra", "gray", "nv12"}) {
        const auto picture =
            reference::make_noise(reference::format(format), kSize.width, kSize.height, 3);
        const FrameLayout layout{0, 256, 0};
        DmaBufDescription description = describe_in(picture, layout);
        const auto buffer = std::make_shared<CardBuffer>(size_needed(description));
        write_to(buffer->data(), description, picture);
        description.objects = {inspect_dma_buf(buffer->fd()).value()};
        auto storage = make_dma_buf_frame(std::move(description));
        ASSERT_TRUE(storage) << storage.error().text;
        const auto frame =
            make_frame(frame_info(picture, whole_view(picture)), std::move(*storage), buffer);
        ASSERT_TRUE(frame);
        for (const ImporterRow& row : importer_rows()) {
            if (row.name != "dmabuf") continue;
            const auto importer = row.make(output->context()).value();
            const auto imported = importer->import(*frame);
            ASSERT_TRUE(imported) << format << ": " << imported.error().text;
            const DrawTarget target = output->begin_frame();
            ASSERT_TRUE((*renderer)->draw(*imported, target, {}));
            const auto seen = read_pixels(output->context(), target);
            ASSERT_TRUE(seen) << seen.error().text;
            EXPECT_LE(worst_difference(*seen, reference::render(picture, whole_view(picture))),
                      tolerance())
                << format;
            importer->release(*imported);
        }
    }
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
