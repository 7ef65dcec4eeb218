// The renderer of the C API.
#include "embed/c_renderer.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vitrine {
namespace {

constexpr int kLargest = 32768;  // of a target and where it is, in pixels

/// The status of both that follow, where they do not hold.
int belongs_elsewhere() {
    return refuse(VITRINE_ERROR_WRONG_THREAD,
                  "the renderer belongs to the thread and the GL context that it was made in");
}

int at_home(const vitrine_renderer* renderer) {
    if (renderer == nullptr) return null_argument("renderer");
    return renderer->renderer->is_at_home() ? VITRINE_OK : belongs_elsewhere();
}

int on_own_thread(const vitrine_renderer* renderer) {
    if (renderer == nullptr) return null_argument("renderer");
    return renderer->renderer->is_on_own_thread() ? VITRINE_OK : belongs_elsewhere();
}

Result<DrawTarget> target_from(const vitrine_target& given) {
    if (given.width < 1 || given.height < 1 || given.width > kLargest || given.height > kLargest) {
        return fail(Errc::invalid_argument, "a target of {}x{}", given.width, given.height);
    }
    const auto is_far = [](int at) { return at < -kLargest || at > kLargest; };
    if (is_far(given.x) || is_far(given.y)) {
        return fail(Errc::invalid_argument, "a target at {},{}", given.x, given.y);
    }
    DrawTarget target{given.framebuffer, {given.width, given.height}, given.top_down == 0};
    target.x = given.x;
    target.y = given.y;
    return target;
}

Result<Margins> cut_from(const vitrine_target& given) {
    const Margins cut{given.cut_left, given.cut_top, given.cut_right, given.cut_bottom};
    const auto leaves_some = [](double one, double other) {
        return one >= 0 && other >= 0 && one + other < 1;
    };
    if (leaves_some(cut.left, cut.right) && leaves_some(cut.top, cut.bottom)) return cut;
    return fail(Errc::invalid_argument, "cut by {} and {}, by {} and {}: nothing is left", cut.left,
                cut.right, cut.top, cut.bottom);
}

Result<std::optional<Corners>> corners_from(const vitrine_target& given) {
    Corners corners;
    for (size_t i = 0; i < corners.size(); ++i) {
        corners[i] = {given.corners[i][0], given.corners[i][1]};
    }
    if (corners == Corners{}) return std::nullopt;
    const auto is_far = [](const Point& at) {
        return std::abs(at.x) > kLargest || std::abs(at.y) > kLargest;
    };
    if (is_convex(corners) && std::none_of(corners.begin(), corners.end(), is_far)) return corners;
    return fail(Errc::invalid_argument,
                "corners at {},{} {},{} {},{} {},{}: not a convex quadrilateral of some size",
                corners[0].x, corners[0].y, corners[1].x, corners[1].y, corners[2].x, corners[2].y,
                corners[3].x, corners[3].y);
}

Result<DrawOptions> draw_options_from(const vitrine_target& given) {
    if (given.fit < VITRINE_FIT_CONTAIN || given.fit > VITRINE_FIT_STRETCH) {
        return fail(Errc::invalid_argument, "fit is {}", static_cast<int>(given.fit));
    }
    if (given.rotation % 90 != 0 || given.rotation < 0 || given.rotation > 270) {
        return fail(Errc::invalid_argument, "a rotation by {} degrees", given.rotation);
    }
    if (!(given.transparency >= 0 && given.transparency <= 1)) {
        return fail(Errc::invalid_argument, "a transparency of {}", given.transparency);
    }
    const auto cut = cut_from(given);
    if (!cut) return Failure(cut.error());
    const auto corners = corners_from(given);
    if (!corners) return Failure(corners.error());
    return DrawOptions{static_cast<Fit>(given.fit), given.rotation / 90, *cut, *corners};
}

}  // namespace
}  // namespace vitrine

using namespace vitrine;

vitrine_renderer* vitrine_renderer_create(vitrine_player* player,
                                          const vitrine_renderer_options* given) {
    vitrine_renderer* made = nullptr;
    (void)guarded([&] {
        if (player == nullptr) return null_argument("player");
        const auto options = read_struct(given, "vitrine_renderer_options");
        if (!options) return status_of_failed(options);
        auto renderer = HostedRenderer::make(player->player, options->leaves_state == 0);
        if (!renderer) return status_of_failed(renderer);
        made = new vitrine_renderer{std::move(*renderer)};
        return 0;
    });
    return made;
}

void vitrine_renderer_destroy(vitrine_renderer* renderer) {
    (void)guarded([&] {
        delete renderer;
        return 0;
    });
}

int vitrine_renderer_update(vitrine_renderer* renderer, vitrine_update* update) {
    return guarded([&] {
        if (const int away = on_own_thread(renderer); away != VITRINE_OK) return away;
        if (update == nullptr) return null_argument("update");
        const HostedRenderer::Update found = renderer->renderer->update();
        vitrine_update value{};
        value.new_picture = found.new_picture ? 1 : 0;
        value.next_due =
            found.next_due ? found.next_due->count() : std::numeric_limits<int64_t>::max();
        return status_of(write_struct(update, value, "vitrine_update"));
    });
}

int vitrine_renderer_draw(vitrine_renderer* renderer, const vitrine_target* given) {
    return guarded([&] {
        if (const int away = at_home(renderer); away != VITRINE_OK) return away;
        if (given == nullptr) return null_argument("target");
        const auto read = read_struct(given, "vitrine_target");
        if (!read) return status_of_failed(read);
        const auto target = target_from(*read);
        if (!target) return status_of_failed(target);
        const auto options = draw_options_from(*read);
        if (!options) return status_of_failed(options);
        return status_of(renderer->renderer->draw(*target, *options, 1 - read->transparency));
    });
}

int vitrine_renderer_borrow(vitrine_renderer* renderer, vitrine_textures* textures) {
    return guarded([&] {
        if (const int away = at_home(renderer); away != VITRINE_OK) return away;
        if (textures == nullptr) return null_argument("textures");
        if (const auto known = known_size(*textures, "vitrine_textures"); !known) {
            return status_of_failed(known);  // and nothing is borrowed
        }
        const auto borrowed = renderer->renderer->borrow();
        if (!borrowed) return status_of_failed(borrowed);
        vitrine_textures value{};
        value.shader = borrowed->shader.c_str();
        value.count = borrowed->count;
        value.target = borrowed->target;
        std::copy(borrowed->textures.begin(), borrowed->textures.end(), value.textures);
        static_assert(sizeof(value.values) == sizeof(borrowed->values));
        std::memcpy(value.values, borrowed->values.data(), sizeof(value.values));
        value.width = borrowed->size.width;
        value.height = borrowed->size.height;
        return status_of(write_struct(textures, value, "vitrine_textures"));
    });
}

int vitrine_renderer_give_back(vitrine_renderer* renderer) {
    return guarded([&] {
        if (const int away = at_home(renderer); away != VITRINE_OK) return away;
        return status_of(renderer->renderer->give_back());
    });
}

int vitrine_renderer_presented(vitrine_renderer* renderer, int64_t moment) {
    return guarded([&] {
        if (const int away = at_home(renderer); away != VITRINE_OK) return away;
        renderer->renderer->note_presented(Nanos(moment));
        return 0;
    });
}
