// What a program may get wrong: it is told, and nothing crashes, hangs or is left behind.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <limits>

#include "tests/embed/film.h"
#include "tests/embed/host.h"

namespace vitrine {
namespace {

class Misuse : public testing::Host {
  protected:
    /// Which returns how many of its calls were obeyed.
    void await_child(pid_t child) {
        int status = 0;
        pid_t ended = 0;
        play_until([&] { return (ended = waitpid(child, &status, WNOHANG)) == child; });
        if (ended == 0) kill(child, SIGKILL);
        if (ended == 0) waitpid(child, nullptr, 0);
        EXPECT_TRUE(WIFEXITED(status));
        EXPECT_EQ(WEXITSTATUS(status), 0) << "calls were obeyed";
    }

    const std::string clip_ = VITRINE_TEST_CLIPS "/second.mp4";
};

/// What each call on them returns.
std::vector<int> call_everything(vitrine_player* player, vitrine_renderer* renderer) {
    int64_t integer = 0;
    double number = 0;
    char text[8];
    return {
        vitrine_player_open(player, "a", nullptr),
        vitrine_player_queue(player, "a", nullptr),
        vitrine_player_stop(player),
        vitrine_player_next(player),
        vitrine_player_play(player),
        vitrine_player_pause(player),
        vitrine_player_seek(player, 0, 0),
        vitrine_player_step(player, 1),
        vitrine_player_get_integer(player, "paused", &integer),
        vitrine_player_get_number(player, "speed", &number),
        vitrine_player_get_text(player, "file", text, sizeof(text), nullptr),
        vitrine_player_set_integer(player, "paused", 1),
        vitrine_player_set_number(player, "speed", 1),
        vitrine_player_observe(player, "paused", 1),
        vitrine_player_statistics(player, nullptr),
        vitrine_player_statistics_json(player, text, sizeof(text), nullptr),
        vitrine_player_next_event(player, nullptr),
        vitrine_renderer_update(renderer, nullptr),
        vitrine_renderer_draw(renderer, nullptr),
        vitrine_renderer_borrow(renderer, nullptr),
        vitrine_renderer_give_back(renderer),
        vitrine_renderer_presented(renderer, 0),
        vitrine_frame_describe(nullptr, nullptr),
        vitrine_frame_copy_rgba(nullptr, nullptr, 0, 0, 0),
        vitrine_frame_presented(nullptr, 0),
    };
}

TEST(MisuseOfNothing, NullIsRefusedWithAText) {
    for (const int status : call_everything(nullptr, nullptr)) {
        EXPECT_EQ(status, VITRINE_ERROR_INVALID_ARGUMENT);
    }
    EXPECT_STRNE(vitrine_error_text(), "");
    EXPECT_EQ(vitrine_player_event_fd(nullptr), -1);
    EXPECT_EQ(vitrine_renderer_create(nullptr, nullptr), nullptr);
    vitrine_player_destroy(nullptr);
    vitrine_renderer_destroy(nullptr);
    EXPECT_EQ(vitrine_frame_take(nullptr), nullptr);
    EXPECT_EQ(vitrine_frame_release(nullptr, -1), VITRINE_OK);
}

TEST_F(Misuse, MissingArgumentsAreRefused) {
    vitrine_player* player = player_.get();
    EXPECT_EQ(vitrine_player_open(player, nullptr, nullptr), VITRINE_ERROR_INVALID_ARGUMENT);
    EXPECT_EQ(vitrine_player_get_integer(player, "paused", nullptr),
              VITRINE_ERROR_INVALID_ARGUMENT);
    EXPECT_EQ(vitrine_player_get_text(player, "file", nullptr, 8, nullptr),
              VITRINE_ERROR_INVALID_ARGUMENT);
    EXPECT_EQ(vitrine_player_set_integer(player, nullptr, 1), VITRINE_ERROR_INVALID_ARGUMENT);
    EXPECT_EQ(vitrine_player_observe(player, nullptr, 1), VITRINE_ERROR_INVALID_ARGUMENT);
    EXPECT_EQ(vitrine_player_statistics(player, nullptr), VITRINE_ERROR_INVALID_ARGUMENT);
    EXPECT_EQ(vitrine_player_next_event(player, nullptr), VITRINE_ERROR_INVALID_ARGUMENT);
    EXPECT_EQ(vitrine_renderer_update(renderer_.get(), nullptr), VITRINE_ERROR_INVALID_ARGUMENT);
    EXPECT_EQ(vitrine_renderer_draw(renderer_.get(), nullptr), VITRINE_ERROR_INVALID_ARGUMENT);
}

/// Of every struct: too small, and one that says of what we do not know that it matters.
TEST_F(Misuse, WrongSizesAreRefused) {
    struct Later {
        vitrine_target known;
        int64_t unknown;
    } later{whole(), 0};
    later.known.size = sizeof(later);
    EXPECT_EQ(vitrine_renderer_draw(renderer_.get(), &later.known), VITRINE_OK)
        << "of a later version, but as this one knows it";
    later.unknown = 1;
    EXPECT_EQ(vitrine_renderer_draw(renderer_.get(), &later.known), VITRINE_ERROR_INVALID_ARGUMENT);
    // How much less than sizeof each says that it is; the last is far more.
    for (const size_t less : {size_t{1}, size_t{8}, sizeof(vitrine_target) + 1}) {
        vitrine_target target = whole();
        target.size -= less;
        EXPECT_EQ(vitrine_renderer_draw(renderer_.get(), &target), VITRINE_ERROR_INVALID_ARGUMENT);
        vitrine_player_options options{};
        options.size = sizeof(options) - less;
        EXPECT_EQ(vitrine_player_create(&options), nullptr);
        EXPECT_NE(std::strstr(vitrine_error_text(), "vitrine_player_options"), nullptr);
        vitrine_renderer_options drawing{};
        drawing.size = sizeof(drawing) - less;
        EXPECT_EQ(vitrine_renderer_create(player_.get(), &drawing), nullptr);
        vitrine_item item{};
        item.size = sizeof(item) - less;
        EXPECT_EQ(vitrine_player_open(player_.get(), "a", &item), VITRINE_ERROR_INVALID_ARGUMENT);
    }
    vitrine_update update{};
    EXPECT_EQ(vitrine_renderer_update(renderer_.get(), &update), VITRINE_ERROR_INVALID_ARGUMENT);
    vitrine_statistics statistics{};
    EXPECT_EQ(vitrine_player_statistics(player_.get(), &statistics),
              VITRINE_ERROR_INVALID_ARGUMENT);
    vitrine_event event{};
    EXPECT_EQ(vitrine_player_next_event(player_.get(), &event), VITRINE_ERROR_INVALID_ARGUMENT);
    vitrine_textures lent{};
    EXPECT_EQ(vitrine_renderer_borrow(renderer_.get(), &lent), VITRINE_ERROR_INVALID_ARGUMENT);
}

/// Each time, and nothing is left in the host's GL.
TEST_F(Misuse, AFramebufferThatIsNotCompleteIsRefused) {
    open(clip_);
    play_until([&] { return numbers_.size() >= 2; });
    const GlFunctions& gl = context_->gl();
    const GlFramebuffer empty = make_framebuffer(*context_);
    gl.BindFramebuffer(GL_FRAMEBUFFER, empty.name());
    gl.BindFramebuffer(GL_FRAMEBUFFER, 0);
    vitrine_target target = whole();
    target.framebuffer = empty.name();
    for (int i = 0; i < 300; ++i) {
        ASSERT_EQ(vitrine_renderer_draw(renderer_.get(), &target), VITRINE_ERROR_INVALID_ARGUMENT);
        ASSERT_EQ(gl.GetError(), GLenum{GL_NO_ERROR});
    }
    EXPECT_NE(std::strstr(vitrine_error_text(), "is not complete: 0x"), nullptr);
    draw();
}

TEST_F(Misuse, WhatIsOutOfRangeIsRefused) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const std::vector<std::function<void(vitrine_target&)>> wrong = {
        [](vitrine_target& target) { target.width = 0; },
        [](vitrine_target& target) { target.height = -1; },
        [](vitrine_target& target) { target.width = std::numeric_limits<int>::max(); },
        [](vitrine_target& target) { target.x = std::numeric_limits<int>::min(); },
        [](vitrine_target& target) { target.fit = static_cast<vitrine_fit>(3); },
        [](vitrine_target& target) { target.rotation = 45; },
        [](vitrine_target& target) { target.rotation = -90; },
        [](vitrine_target& target) { target.transparency = 1.5; },
        [nan](vitrine_target& target) { target.transparency = nan; },
        [](vitrine_target& target) { target.cut_left = -0.1; },
        [](vitrine_target& target) { target.cut_top = target.cut_bottom = 0.5; },
        [nan](vitrine_target& target) { target.cut_right = nan; },
        [](vitrine_target& target) { target.corners[2][0] = 10; },
        [nan](vitrine_target& target) { target.corners[0][1] = nan; },
        [](vitrine_target& target) {  // crossed
            target.corners[1][0] = target.corners[1][1] = target.corners[2][0] = 10;
            target.corners[3][1] = 10;
        },
        [](vitrine_target& target) {  // convex, but far
            target.corners[1][0] = target.corners[2][0] = target.corners[2][1] = 1e9;
            target.corners[3][1] = 1e9;
        },
    };
    for (size_t i = 0; i < wrong.size(); ++i) {
        vitrine_target target = whole();
        wrong[i](target);
        EXPECT_EQ(vitrine_renderer_draw(renderer_.get(), &target), VITRINE_ERROR_INVALID_ARGUMENT)
            << i;
    }
    vitrine_item backwards{};
    backwards.size = sizeof(backwards);
    backwards.start = 2;
    backwards.end = 1;
    EXPECT_EQ(vitrine_player_open(player_.get(), "a", &backwards), VITRINE_ERROR_INVALID_ARGUMENT);
    EXPECT_EQ(vitrine_player_seek(player_.get(), 0, 64), VITRINE_ERROR_INVALID_ARGUMENT);
    EXPECT_EQ(vitrine_player_set_integer(player_.get(), "colour", 1),
              VITRINE_ERROR_INVALID_ARGUMENT);
    EXPECT_EQ(vitrine_player_set_integer(player_.get(), "speed", 1),
              VITRINE_ERROR_INVALID_ARGUMENT);
    EXPECT_EQ(vitrine_player_set_integer(player_.get(), "duration", 1), VITRINE_ERROR_UNSUPPORTED);
}

/// A renderer does nothing elsewhere than at home.
TEST_F(Misuse, AnotherThreadIsRefused) {
    std::thread([&] {
        vitrine_update update{};
        update.size = sizeof(update);
        EXPECT_EQ(vitrine_renderer_update(renderer_.get(), &update), VITRINE_ERROR_WRONG_THREAD);
        const vitrine_target target = whole();
        EXPECT_EQ(vitrine_renderer_draw(renderer_.get(), &target), VITRINE_ERROR_WRONG_THREAD);
        EXPECT_EQ(vitrine_renderer_presented(renderer_.get(), 0), VITRINE_ERROR_WRONG_THREAD);
        vitrine_textures lent{};
        lent.size = sizeof(lent);
        EXPECT_EQ(vitrine_renderer_borrow(renderer_.get(), &lent), VITRINE_ERROR_WRONG_THREAD);
        EXPECT_EQ(vitrine_renderer_give_back(renderer_.get()), VITRINE_ERROR_WRONG_THREAD);
        EXPECT_EQ(vitrine_renderer_create(player_.get(), nullptr), nullptr) << "no context";
        EXPECT_STRNE(vitrine_error_text(), "");
    }).join();
}

TEST_F(Misuse, AnotherContextIsRefused) {
    {
        auto other = GlContext::make_beside(context_->display());
        ASSERT_TRUE(other) << other.error().text;
        const vitrine_target target = whole();
        EXPECT_EQ(vitrine_renderer_draw(renderer_.get(), &target), VITRINE_ERROR_WRONG_THREAD);
        testing::RendererHandle second(vitrine_renderer_create(player_.get(), nullptr));
        EXPECT_TRUE(second) << "a renderer there is another's";
    }
    const vitrine_target target = whole();
    EXPECT_EQ(vitrine_renderer_draw(renderer_.get(), &target), VITRINE_ERROR_WRONG_THREAD)
        << "without a context";
    vitrine_update update{};
    update.size = sizeof(update);
    EXPECT_EQ(vitrine_renderer_update(renderer_.get(), &update), VITRINE_OK) << "needs none";
    ASSERT_TRUE(make_current());
    EXPECT_EQ(vitrine_renderer_draw(renderer_.get(), &target), VITRINE_OK);
}

/// The memory to decode into is made for so many.
TEST_F(Misuse, MoreRenderersThanThePlayerWasMadeForAreRefused) {
    const testing::PlayerHandle player = testing::make_player(1);
    testing::RendererHandle first(vitrine_renderer_create(player.get(), nullptr));
    ASSERT_TRUE(first) << vitrine_error_text();
    EXPECT_FALSE(testing::RendererHandle(vitrine_renderer_create(player.get(), nullptr)));
    EXPECT_STREQ(vitrine_error_text(), "the player was made for 1 renderer at a time");
    first.reset();
    first = testing::RendererHandle(vitrine_renderer_create(player.get(), nullptr));
    EXPECT_TRUE(first) << vitrine_error_text();
    for (const int number : {-1, 17, INT_MAX}) {
        EXPECT_FALSE(testing::make_player(number)) << number;
        EXPECT_NE(std::strstr(vitrine_error_text(), "the most are 16"), nullptr);
    }
}

/// What the host did wrong before is no fault of a draw.
TEST_F(Misuse, ErrorsOfTheHostAreItsOwn) {
    const GlFunctions& gl = context_->gl();
    gl.Enable(GL_INVALID_ENUM);
    const testing::RendererHandle second(vitrine_renderer_create(player_.get(), nullptr));
    EXPECT_TRUE(second) << vitrine_error_text();
    gl.Enable(GL_INVALID_ENUM);
    const vitrine_target target = whole();
    EXPECT_EQ(vitrine_renderer_draw(renderer_.get(), &target), VITRINE_OK);
    open(clip_);
    play_until([&] {
        gl.Enable(GL_INVALID_ENUM);
        return numbers_.size() >= 2;
    });
    EXPECT_NE(gl.GetError(), GLenum{GL_NO_ERROR});
}

/// In a child by fork: how many calls did not say that they cannot be made there.
int count_obeyed(vitrine_player* player, vitrine_renderer* renderer) {
    const std::vector<int> statuses = call_everything(player, renderer);
    auto obeyed = std::count_if(statuses.begin(), statuses.end(),
                                [](int status) { return status != VITRINE_ERROR_WRONG_THREAD; });
    if (std::strstr(vitrine_error_text(), "fork(2)") == nullptr) ++obeyed;
    if (vitrine_player_event_fd(player) != -1) ++obeyed;
    if (vitrine_player_create(nullptr) != nullptr) ++obeyed;
    if (vitrine_renderer_create(player, nullptr) != nullptr) ++obeyed;
    vitrine_set_log(VITRINE_LOG_QUIET, nullptr, nullptr);
    vitrine_renderer_destroy(renderer);
    vitrine_player_destroy(player);
    return static_cast<int>(obeyed);
}

/// Which has no threads that could obey; the parent's play on.
TEST_F(Misuse, AChildByForkIsRefused) {
    open(clip_);
    play_until([&] { return numbers_.size() >= 2; });
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) _exit(count_obeyed(player_.get(), renderer_.get()));
    play_to_the_end();
    EXPECT_EQ(numbers_.back(), 24);
    await_child(child);
}

/// Though one of its streams is read at that moment: it is the parent's to read on and to close.
TEST_F(Misuse, AChildByForkIsRefusedWhereTheProgramReads) {
    testing::Film film("mpeg4.avi");  // longer than what is read ahead
    const vitrine_io io = testing::io_of(film);
    const vitrine_item item = testing::item_of(io);
    open("film", &item);
    play_until([&] { return numbers_.size() >= 2; });
    film.block();
    play_until([&] { return film.waiting == 1; });
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        int obeyed = count_obeyed(player_.get(), renderer_.get());
        if (vitrine_player_open(player_.get(), "film", &item) != VITRINE_ERROR_WRONG_THREAD) {
            ++obeyed;
        }
        _exit(obeyed + film.closed + film.cancelled + film.released);
    }
    await_child(child);
    film.let_go();
    play_to_the_end();
    EXPECT_EQ(numbers_.back(), 49);
    player_.reset();
    EXPECT_EQ(film.opened, 1);
    EXPECT_EQ(film.closed, 1);
    EXPECT_EQ(film.released, 1);
    EXPECT_EQ(film.strayed, 0);
}

/// All of it at once, from several threads.
TEST_F(Misuse, APlayerIsUsedByManyThreads) {
    open(clip_);
    std::vector<std::thread> users;
    std::atomic<bool> done{false};
    for (int i = 0; i < 3; ++i) {
        users.emplace_back([&, i] {
            for (int round = 0; !done; ++round) {
                int64_t value = 0;
                (void)vitrine_player_get_integer(player_.get(), "position", &value);
                // Of requests that come closer than pictures only the newest counts.
                if (round % 32 == 0) {
                    (void)vitrine_player_seek(player_.get(), i * 100'000'000, i & 1);
                }
                (void)vitrine_player_set_integer(player_.get(), "paused", i & 1);
                vitrine_event event{};
                event.size = sizeof(event);
                (void)vitrine_player_next_event(player_.get(), &event);
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
        });
    }
    play_until([&] { return numbers_.size() >= 20; });
    done = true;
    for (std::thread& user : users) user.join();
}

}  // namespace
}  // namespace vitrine
