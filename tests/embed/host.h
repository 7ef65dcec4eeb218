// A program that draws a player's pictures: it has an offscreen context of its own, and does with
// the C API what the header's first lines say. Thread-bound to the thread that makes it.
#pragma once

#include <gtest/gtest.h>

#include <poll.h>

#include <algorithm>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "render/output.h"
#include "render/render_texture.h"
#include "tests/support/numbered.h"
#include "vitrine/vitrine.h"

namespace vitrine::testing {

struct PlayerDeleter {
    void operator()(vitrine_player* player) const { vitrine_player_destroy(player); }
};
struct RendererDeleter {
    void operator()(vitrine_renderer* renderer) const { vitrine_renderer_destroy(renderer); }
};
using PlayerHandle = std::unique_ptr<vitrine_player, PlayerDeleter>;
using RendererHandle = std::unique_ptr<vitrine_renderer, RendererDeleter>;

inline PlayerHandle make_player(int renderers = 2) {
    vitrine_player_options options{};
    options.size = sizeof(options);
    options.no_sound = 1;
    options.renderers = renderers;
    return PlayerHandle(vitrine_player_create(&options));
}

/// What the library logs while this lives.
class LogLines {
  public:
    LogLines() {
        vitrine_set_log(
            VITRINE_LOG_WARNING,
            [](void* lines, vitrine_log_level, const char* line) {
                auto& self = *static_cast<LogLines*>(lines);
                std::lock_guard lock(self.mutex_);
                self.all_ += std::string(line) + '\n';
            },
            this);
    }
    ~LogLines() { vitrine_set_log(VITRINE_LOG_WARNING, nullptr, nullptr); }
    LogLines(const LogLines&) = delete;
    LogLines& operator=(const LogLines&) = delete;
    [[nodiscard]] std::string all() {
        std::lock_guard lock(mutex_);
        return all_;
    }
    /// Lines that are this.
    [[nodiscard]] int count(const std::string& line) {
        const std::string text = '\n' + all();
        int found = 0;
        for (size_t at = 0; (at = text.find('\n' + line + '\n', at)) != std::string::npos; ++at) {
            ++found;
        }
        return found;
    }

  private:
    std::mutex mutex_;
    std::string all_;
};

class Host : public ::testing::Test {
  protected:
    static constexpr Size kSize{320, 180};

    /// Current on this thread.
    [[nodiscard]] virtual Result<std::unique_ptr<GlContext>> make_context() {
        return GlContext::make_offscreen();
    }

    void SetUp() override {
        auto context = make_context();
        ASSERT_TRUE(context) << context.error().text;
        context_ = std::move(*context);
        current_ = context_->egl().GetCurrentContext();
        auto target = make_render_texture(*context_, kSize);
        ASSERT_TRUE(target) << target.error().text;
        target_ = std::move(*target);
        player_ = make_player();
        ASSERT_TRUE(player_) << vitrine_error_text();
        renderer_ = RendererHandle(vitrine_renderer_create(player_.get(), nullptr));
        ASSERT_TRUE(renderer_) << vitrine_error_text();
    }
    void TearDown() override {
        renderer_.reset();
        player_.reset();
        target_ = {};
        EXPECT_EQ(context_->live(), LiveObjects{});
    }

    [[nodiscard]] bool make_current() const {
        return context_->egl().MakeCurrent(context_->display(), EGL_NO_SURFACE, EGL_NO_SURFACE,
                                           current_) == EGL_TRUE;
    }
    [[nodiscard]] vitrine_target whole() const {
        vitrine_target target{};
        target.size = sizeof(target);
        target.framebuffer = target_.framebuffer.name();
        target.width = kSize.width;
        target.height = kSize.height;
        return target;
    }
    [[nodiscard]] Picture picture() {
        return read_pixels(*context_, {target_.framebuffer.name(), kSize, true}).value();
    }
    /// Of the picture that is drawn; none where it carries no number.
    [[nodiscard]] std::optional<int> drawn_number() {
        const Picture drawn = picture();
        return read_number(rgba_view(drawn.rgba.data(), drawn.size));
    }
    [[nodiscard]] bool has_new_picture(vitrine_renderer* renderer) const {
        vitrine_update update{};
        update.size = sizeof(update);
        EXPECT_EQ(vitrine_renderer_update(renderer, &update), VITRINE_OK) << vitrine_error_text();
        return update.new_picture != 0;
    }
    /// All that waits.
    std::vector<vitrine_event> events() {
        std::vector<vitrine_event> all;
        vitrine_event event{};
        event.size = sizeof(event);
        while (vitrine_player_next_event(player_.get(), &event) == VITRINE_OK &&
               event.kind != VITRINE_EVENT_NONE) {
            all.push_back(event);
        }
        told_.insert(told_.end(), all.begin(), all.end());
        return all;
    }
    [[nodiscard]] auto count_told(vitrine_event_kind kind) {
        (void)events();
        return std::count_if(told_.begin(), told_.end(),
                             [&](const vitrine_event& each) { return each.kind == kind; });
    }
    /// Draws each new picture, and keeps its number, until that holds; not for ever.
    void play_until(const std::function<bool()>& condition) {
        for (int i = 0; i < 20000; ++i) {
            if (has_new_picture(renderer_.get())) draw();
            if (condition()) return;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        ADD_FAILURE() << "did not come to this; the last picture is "
                      << (numbers_.empty() ? -1 : numbers_.back());
    }
    [[nodiscard]] bool is_played() { return count_told(VITRINE_EVENT_QUEUE_PLAYED) > 0; }
    /// With the last picture, which may have come while the one before was drawn.
    void play_to_the_end() {
        play_until([&] { return is_played(); });
        if (has_new_picture(renderer_.get())) draw();
    }
    void draw() {
        const vitrine_target target = whole();
        ASSERT_EQ(vitrine_renderer_draw(renderer_.get(), &target), VITRINE_OK)
            << vitrine_error_text();
        ASSERT_EQ(vitrine_renderer_presented(renderer_.get(), 0), VITRINE_OK);
        numbers_.push_back(drawn_number().value_or(-1));
    }
    void open(const std::string& file, const vitrine_item* item = nullptr) {
        ASSERT_EQ(vitrine_player_open(player_.get(), file.c_str(), item), VITRINE_OK)
            << vitrine_error_text();
    }
    [[nodiscard]] vitrine_statistics statistics() const {
        vitrine_statistics statistics{};
        statistics.size = sizeof(statistics);
        EXPECT_EQ(vitrine_player_statistics(player_.get(), &statistics), VITRINE_OK);
        return statistics;
    }

    std::unique_ptr<GlContext> context_;
    EGLContext current_ = EGL_NO_CONTEXT;
    RenderTexture target_;
    PlayerHandle player_;
    RendererHandle renderer_;
    std::vector<int> numbers_;  // of what was drawn, in order
    std::vector<vitrine_event> told_;
};

}  // namespace vitrine::testing
