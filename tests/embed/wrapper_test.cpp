// The wrapper for C++, over the library as a program has it: nothing else of ours is linked, for
// its names would be the wrapper's.
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GLES2/gl2.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include "vitrine/vitrine.hpp"

namespace {

constexpr int kWidth = 320;
constexpr int kHeight = 180;

static_assert(std::is_nothrow_move_constructible_v<vitrine::Player>);
static_assert(std::is_nothrow_move_assignable_v<vitrine::Renderer>);
static_assert(!std::is_copy_constructible_v<vitrine::Player>);
static_assert(!std::is_copy_constructible_v<vitrine::Renderer>);
static_assert(std::is_nothrow_move_constructible_v<vitrine::Frame>);
static_assert(!std::is_copy_constructible_v<vitrine::Frame>);

vitrine::Player silent_player() {
    vitrine_player_options options{};
    options.no_sound = 1;
    return vitrine::Player(options);
}

int code_of(const std::function<void()>& call) {
    try {
        call();
    } catch (const vitrine::Error& error) {
        EXPECT_STRNE(error.what(), "");
        return error.code();
    }
    return VITRINE_OK;
}

class Wrapper : public ::testing::Test {
  protected:
    void SetUp() override {
        display_ =
            eglGetPlatformDisplay(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr);
        ASSERT_TRUE(eglInitialize(display_, nullptr, nullptr));
        ASSERT_TRUE(eglBindAPI(EGL_OPENGL_ES_API));
        const std::array attributes = {EGL_CONTEXT_CLIENT_VERSION, 2, EGL_NONE};
        context_ = eglCreateContext(display_, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, attributes.data());
        ASSERT_TRUE(eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context_));
        GLuint texture = 0;
        glGenTextures(1, &texture);
        glBindTexture(GL_TEXTURE_2D, texture);
        glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, kWidth, kHeight, 0, GL_RGBA, GL_UNSIGNED_BYTE,
                     nullptr);
        glGenFramebuffers(1, &framebuffer_);
        glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_);
        glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture, 0);
    }
    void TearDown() override {
        eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
        eglDestroyContext(display_, context_);
    }
    [[nodiscard]] vitrine_target whole() const {
        vitrine_target target{};
        target.framebuffer = framebuffer_;
        target.width = kWidth;
        target.height = kHeight;
        return target;
    }
    [[nodiscard]] std::vector<uint8_t> pixels() const {
        std::vector<uint8_t> rgba(size_t{kWidth} * kHeight * 4);
        glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_);
        glReadPixels(0, 0, kWidth, kHeight, GL_RGBA, GL_UNSIGNED_BYTE, rgba.data());
        return rgba;
    }

    const std::string clip_ = VITRINE_TEST_CLIPS "/second.mp4";  // 25 pictures

  private:
    EGLDisplay display_ = EGL_NO_DISPLAY;
    EGLContext context_ = EGL_NO_CONTEXT;
    GLuint framebuffer_ = 0;
};

TEST_F(Wrapper, PlaysAClip) {
    vitrine::Player player = silent_player();
    EXPECT_FALSE(player.text("file"));
    EXPECT_FALSE(player.integer("duration"));
    player.open(clip_);
    vitrine::Renderer renderer(player);
    renderer.draw(whole());
    const std::vector<uint8_t> black = pixels();
    uint64_t drawn = 0;
    bool began = false;
    bool played = false;
    for (int i = 0; i < 20'000 && !played; ++i) {
        if (renderer.update().new_picture != 0) {
            renderer.draw(whole());
            renderer.presented();
            ++drawn;
        }
        pollfd wanted{player.event_fd(), POLLIN, 0};
        poll(&wanted, 1, 1);
        while (const auto event = player.next_event()) {
            began = began || event->kind == VITRINE_EVENT_ITEM_BEGAN;
            played = played || event->kind == VITRINE_EVENT_QUEUE_PLAYED;
        }
    }
    EXPECT_TRUE(played);
    EXPECT_TRUE(began);
    EXPECT_GT(drawn, 0u);
    EXPECT_NE(pixels(), black);
    EXPECT_NE(player.statistics_json().find("\"presented\": "), std::string::npos);
    EXPECT_EQ(player.text("file"), clip_);
    EXPECT_EQ(player.number("speed"), 1);
    EXPECT_EQ(player.statistics().decoded, 25u);
}

/// One of an assignment would be borrowed before the other is given back.
static_assert(!std::is_move_assignable_v<vitrine::Textures>);

TEST_F(Wrapper, LendsTexturesToAll) {
    vitrine::Player player = silent_player();
    vitrine::Renderer renderer(player);
    EXPECT_FALSE(renderer.borrow()) << "there is no picture yet";
    player.pause();
    player.open(clip_);
    for (int i = 0; i < 20'000 && renderer.update().new_picture == 0; ++i) {
        pollfd wanted{player.event_fd(), POLLIN, 0};
        poll(&wanted, 1, 1);
        (void)player.next_event();
    }
    std::optional<vitrine::Textures> one = renderer.borrow();
    ASSERT_TRUE(one);
    EXPECT_EQ((*one)->width, 192);
    {
        const auto other = renderer.borrow();
        ASSERT_TRUE(other);
        EXPECT_EQ((*other)->textures[0], (*one)->textures[0]);
    }
    EXPECT_NE(std::string((**one).shader).find("sample_video"), std::string::npos);
    one->give_back();
    EXPECT_THROW(one->give_back(), vitrine::Error) << "it is back";
    one.reset();
    renderer.draw(whole());
}

TEST(WrapperFrames, AreTakenReadAndGivenBack) {
    vitrine_player_options options{};
    options.no_sound = 1;
    options.frames = 1;
    vitrine::Player player(options);
    EXPECT_FALSE(vitrine::Frame::take(player)) << "there is none yet";
    player.pause();
    player.open(VITRINE_TEST_CLIPS "/second.mp4");
    std::optional<vitrine::Frame> frame;
    for (int i = 0; i < 20'000 && !frame; ++i) {
        frame = vitrine::Frame::take(player);
        pollfd wanted{player.event_fd(), POLLIN, 0};
        if (!frame) poll(&wanted, 1, 1);
        (void)player.next_event();
    }
    ASSERT_TRUE(frame);
    const vitrine_frame_description it = frame->describe();
    EXPECT_EQ(it.number, 1u);
    EXPECT_EQ(frame->rgba(it.display_width, it.display_height).size(),
              static_cast<size_t>(it.display_width) * static_cast<size_t>(it.display_height) * 4);
    EXPECT_EQ(code_of([&] { (void)frame->rgba(0, 1); }), VITRINE_ERROR_INVALID_ARGUMENT);
    EXPECT_EQ(code_of([&] { frame->release_after(-2); }), VITRINE_ERROR_INVALID_ARGUMENT);
    frame->presented();
    EXPECT_FALSE(vitrine::Frame::take(player)) << "none is left";
    frame.reset();
    frame = vitrine::Frame::take(player);
    ASSERT_TRUE(frame);
    frame->release_after(-1);
    EXPECT_EQ(frame->get(), nullptr);
}

class Memory final : public vitrine::Stream {
  public:
    explicit Memory(std::string bytes) : bytes_(std::move(bytes)) {}
    size_t read(void* buffer, size_t size) override {
        const size_t count = bytes_.copy(static_cast<char*>(buffer), size, position_);
        position_ += count;
        return count;
    }
    bool seek(int64_t position) override {
        position_ = std::min(static_cast<size_t>(position), bytes_.size());
        return true;
    }

  private:
    const std::string bytes_;
    size_t position_ = 0;
};

class Broken final : public vitrine::Stream {
  public:
    size_t read(void*, size_t) override { throw std::runtime_error("broken"); }
};

TEST(WrapperStreams, ArePlayedAndWhatTheyThrowIsTold) {
    std::ifstream file(VITRINE_TEST_CLIPS "/second.mp4", std::ios::binary);
    const std::string clip{std::istreambuf_iterator<char>(file), {}};
    const auto held = std::make_shared<int>();
    {
        vitrine::Player player = silent_player();
        player.open("broken", [held](const std::string&) { return std::make_unique<Broken>(); });
        player.queue("absent", [held](const std::string&) -> std::unique_ptr<vitrine::Stream> {
            throw std::runtime_error("absent");
        });
        player.queue("film", [held, clip](const std::string& url) {
            return std::make_unique<Memory>(url == "film" ? clip : "");
        });
        vitrine_item backwards{};
        backwards.start = 2;
        backwards.end = 1;
        const auto untaken = [held](const std::string&) { return std::make_unique<Broken>(); };
        EXPECT_EQ(code_of([&] { player.open("film", untaken, backwards); }),
                  VITRINE_ERROR_INVALID_ARGUMENT);
        int skipped = 0;
        bool played = false;
        for (int i = 0; i < 20'000 && !played; ++i) {
            pollfd wanted{player.event_fd(), POLLIN, 0};
            poll(&wanted, 1, 1);
            while (const auto event = player.next_event()) {
                if (event->kind == VITRINE_EVENT_ITEM_SKIPPED) ++skipped;
                played = played || event->kind == VITRINE_EVENT_QUEUE_PLAYED;
            }
        }
        EXPECT_TRUE(played);
        EXPECT_EQ(skipped, 2);
        EXPECT_EQ(player.statistics().decoded, 25u);
    }
    EXPECT_EQ(held.use_count(), 1);
}

/// Longer than what is tried first.
TEST(WrapperText, IsWholeHoweverLong) {
    vitrine::Player player = silent_player();
    player.pause();
    std::string longer = VITRINE_TEST_CLIPS;
    while (longer.size() < 600) longer += "/.";
    longer += "/second.mp4";
    player.open(longer);
    for (int i = 0; i < 20'000 && !player.text("file"); ++i) {
        pollfd wanted{player.event_fd(), POLLIN, 0};
        poll(&wanted, 1, 1);
        (void)player.next_event();
    }
    EXPECT_EQ(player.text("file"), longer);
}

TEST(WrapperErrors, AreThrownWithCodeAndText) {
    vitrine::Player player = silent_player();
    EXPECT_EQ(code_of([&] { (void)vitrine::Renderer(player); }), VITRINE_ERROR_UNSUPPORTED)
        << "without a context";
    EXPECT_EQ(code_of([&] { (void)player.integer("colour"); }), VITRINE_ERROR_INVALID_ARGUMENT);
    EXPECT_EQ(code_of([&] { player.set_integer("duration", 1); }), VITRINE_ERROR_UNSUPPORTED);
    vitrine_item backwards{};
    backwards.start = 2;
    backwards.end = 1;
    EXPECT_EQ(code_of([&] { player.open("a", backwards); }), VITRINE_ERROR_INVALID_ARGUMENT);
    EXPECT_EQ(code_of([&] { player.queue("a", backwards); }), VITRINE_ERROR_INVALID_ARGUMENT);
    EXPECT_EQ(code_of([&] { player.seek(std::chrono::seconds(1), 64); }),
              VITRINE_ERROR_INVALID_ARGUMENT);
    vitrine_player_options many{};
    many.renderers = 17;
    EXPECT_EQ(code_of([&] { (void)vitrine::Player(many); }), VITRINE_ERROR_INVALID_ARGUMENT);
}

TEST(WrapperErrors, WhatWasMovedFromIsNull) {
    vitrine::Player from = silent_player();
    const vitrine_player* handle = from.get();
    vitrine::Player to = std::move(from);
    EXPECT_EQ(to.get(), handle);
    to.set_number("speed", 2);
    // NOLINTBEGIN(bugprone-use-after-move)
    const std::vector<std::function<void()>> calls = {
        [&] { from.stop(); },
        [&] { from.next(); },
        [&] { from.play(); },
        [&] { from.pause(); },
        [&] { from.step(); },
        [&] { from.observe("paused"); },
        [&] { from.set_number("speed", 1); },
        [&] { (void)from.number("speed"); },
        [&] { (void)from.text("file"); },
        [&] { (void)from.statistics(); },
        [&] { (void)from.event_fd(); },
        [&] { (void)from.next_event(); },
        [&] { (void)vitrine::Renderer(from); },
    };
    // NOLINTEND(bugprone-use-after-move)
    for (size_t i = 0; i < calls.size(); ++i) {
        EXPECT_EQ(code_of(calls[i]), VITRINE_ERROR_INVALID_ARGUMENT) << i;
    }
}

}  // namespace
