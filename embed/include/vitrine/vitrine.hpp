/* vitrine.hpp: vitrine.h for C++17. Owners that destroy what they own, and exceptions in place of
 * statuses. What each call does is said in vitrine.h, and its rules of threads hold.
 *
 *     vitrine::Player player;
 *     player.open("film.mp4");
 *     vitrine::Renderer renderer(player);    // context current
 *     for (;;) {
 *         const vitrine_update update = renderer.update();
 *         if (update.new_picture || window_changed) {
 *             renderer.draw({0, 0, width, height});
 *             swap_buffers();
 *             renderer.presented();
 *         }
 *         wait_until(update.next_due);
 *     }
 *
 * The structs are those of vitrine.h; their sizes are set here. What was moved from is NULL: its
 * calls throw.
 */
#ifndef VITRINE_VITRINE_HPP
#define VITRINE_VITRINE_HPP

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "vitrine.h"

namespace vitrine {

class Error : public std::runtime_error {
  public:
    /// Of the last call on this thread that failed.
    Error() : std::runtime_error(vitrine_error_text()), code_(vitrine_error_code()) {}
    /// Of vitrine_error.
    [[nodiscard]] int code() const noexcept { return code_; }

  private:
    int code_;
};

inline void check(int status) {
    if (status != VITRINE_OK) throw Error();
}

/// Bytes of one's own, as a vitrine_io has them. What reading throws is an error of the stream.
class Stream {
  public:
    virtual ~Stream() = default;
    /// Up to size bytes; 0: the end.
    virtual size_t read(void* buffer, size_t size) = 0;
    /// False: it cannot.
    virtual bool seek(int64_t position) {
        (void)position;
        return false;
    }
    /// Nothing: not known.
    virtual std::optional<int64_t> length() { return std::nullopt; }
    /// On another thread. Must return at once: it waits for no call of the stream.
    virtual void cancel() noexcept {}
};
/// Null, or what it throws: it cannot be opened. May be called on several threads at once. Goes, at
/// once and on any thread, when nobody will call it any more.
using OpenStream = std::function<std::unique_ptr<Stream>(const std::string& url)>;

class Player {
    template <typename Open>
    using IfOpens =
        std::enable_if_t<std::is_invocable_r_v<std::unique_ptr<Stream>, Open&, const std::string&>>;

  public:
    explicit Player(vitrine_player_options options = {}) {
        options.size = sizeof(options);
        player_.reset(vitrine_player_create(&options));
        if (!player_) throw Error();
    }
    [[nodiscard]] vitrine_player* get() const noexcept { return player_.get(); }

    void open(const std::string& url, vitrine_item item = {}) {
        item.size = sizeof(item);
        check(vitrine_player_open(get(), url.c_str(), &item));
    }
    void queue(const std::string& url, vitrine_item item = {}) {
        item.size = sizeof(item);
        check(vitrine_player_queue(get(), url.c_str(), &item));
    }
    // From what an OpenStream can be made of.
    template <typename Open, typename = IfOpens<Open>>
    void open(const std::string& url, Open stream, vitrine_item item = {}) {
        put(vitrine_player_open, url, std::move(stream), item);
    }
    template <typename Open, typename = IfOpens<Open>>
    void queue(const std::string& url, Open stream, vitrine_item item = {}) {
        put(vitrine_player_queue, url, std::move(stream), item);
    }
    void stop() { check(vitrine_player_stop(get())); }
    void next() { check(vitrine_player_next(get())); }
    void play() { check(vitrine_player_play(get())); }
    void pause() { check(vitrine_player_pause(get())); }
    void seek(std::chrono::nanoseconds position, int flags = VITRINE_SEEK_EXACT) {
        check(vitrine_player_seek(get(), position.count(), flags));
    }
    void step(int direction = 1) { check(vitrine_player_step(get(), direction)); }

    // Properties: nothing while there is no value.
    [[nodiscard]] std::optional<int64_t> integer(const char* name) const {
        int64_t value = 0;
        return if_available(vitrine_player_get_integer(get(), name, &value), value);
    }
    [[nodiscard]] std::optional<double> number(const char* name) const {
        double value = 0;
        return if_available(vitrine_player_get_number(get(), name, &value), value);
    }
    [[nodiscard]] std::optional<std::string> text(const char* name) const {
        return whole_text([&](char* text, size_t size, size_t* needed) {
            return vitrine_player_get_text(get(), name, text, size, needed);
        });
    }
    void set_integer(const char* name, int64_t value) {
        check(vitrine_player_set_integer(get(), name, value));
    }
    void set_number(const char* name, double value) {
        check(vitrine_player_set_number(get(), name, value));
    }
    void observe(const char* name, bool observed = true) {
        check(vitrine_player_observe(get(), name, observed ? 1 : 0));
    }
    [[nodiscard]] vitrine_statistics statistics() const {
        vitrine_statistics value{};
        value.size = sizeof(value);
        check(vitrine_player_statistics(get(), &value));
        return value;
    }

    [[nodiscard]] std::string statistics_json() const {
        return *whole_text([&](char* text, size_t size, size_t* needed) {
            return vitrine_player_statistics_json(get(), text, size, needed);
        });
    }

    [[nodiscard]] int event_fd() const {
        const int fd = vitrine_player_event_fd(get());
        if (fd < 0) throw Error();
        return fd;
    }
    /// Nothing where none waits.
    [[nodiscard]] std::optional<vitrine_event> next_event() {
        vitrine_event event{};
        event.size = sizeof(event);
        check(vitrine_player_next_event(get(), &event));
        if (event.kind == VITRINE_EVENT_NONE) return std::nullopt;
        return event;
    }

  private:
    // No exception goes through C.
    template <typename Call, typename Value>
    static Value caught(Call call, Value otherwise) noexcept {
        try {
            return call();
        } catch (...) {
            return otherwise;
        }
    }
    static void* open_stream(void* user, const char* url) noexcept {
        const auto open = [&]() -> void* {
            return (*static_cast<OpenStream*>(user))(url).release();
        };
        return caught(open, static_cast<void*>(nullptr));
    }
    static int64_t read_stream(void* stream, void* buffer, size_t size) noexcept {
        const auto read = [&] {
            return static_cast<int64_t>(static_cast<Stream*>(stream)->read(buffer, size));
        };
        return caught(read, int64_t{-1});
    }
    static int64_t seek_stream(void* stream, int64_t position) noexcept {
        const auto seek = [&] {
            return static_cast<Stream*>(stream)->seek(position) ? position : int64_t{-1};
        };
        return caught(seek, int64_t{-1});
    }
    static int64_t length_of_stream(void* stream) noexcept {
        const auto length = [&] { return static_cast<Stream*>(stream)->length().value_or(-1); };
        return caught(length, int64_t{-1});
    }
    static void cancel_stream(void* stream) noexcept { static_cast<Stream*>(stream)->cancel(); }
    static void close_stream(void* stream) noexcept { delete static_cast<Stream*>(stream); }
    static void release_opener(void* user) noexcept { delete static_cast<OpenStream*>(user); }

    using Put = int (*)(vitrine_player*, const char*, const vitrine_item*);
    void put(Put take, const std::string& url, OpenStream stream, vitrine_item item) {
        auto opener = std::make_unique<OpenStream>(std::move(stream));
        vitrine_io io{};
        io.size = sizeof(io);
        io.user = opener.get();
        io.open = open_stream;
        io.read = read_stream;
        io.seek = seek_stream;
        io.length = length_of_stream;
        io.cancel = cancel_stream;
        io.close = close_stream;
        io.release = release_opener;
        item.size = sizeof(item);
        item.io = &io;
        check(take(get(), url.c_str(), &item));
        (void)opener.release();  // the player's by now, which may have let it go
    }
    struct Destroy {
        void operator()(vitrine_player* player) const { vitrine_player_destroy(player); }
    };
    template <typename Get>
    static std::optional<std::string> whole_text(Get get_text) {
        std::string value;
        for (size_t needed = 256; needed > value.size();) {  // it may have grown meanwhile
            value.resize(needed);
            const int status = get_text(value.data(), value.size(), &needed);
            if (!if_available(status, needed)) return std::nullopt;
        }
        return std::string(value.c_str());
    }
    template <typename T>
    static std::optional<T> if_available(int status, const T& value) {
        if (status == VITRINE_ERROR_UNAVAILABLE) return std::nullopt;
        check(status);
        return value;
    }
    std::unique_ptr<vitrine_player, Destroy> player_;
};

/// What a renderer has lent; given back with the last that lives.
class Textures {
  public:
    Textures(Textures&&) = default;
    /// What is assigned would be borrowed before the old one is given back: the same picture.
    Textures& operator=(Textures&&) = delete;

    /// Nothing before the first picture, and where the driver lacks something for now.
    [[nodiscard]] static std::optional<Textures> of(vitrine_renderer* renderer) {
        vitrine_textures lent{};
        lent.size = sizeof(lent);
        const int status = vitrine_renderer_borrow(renderer, &lent);
        if (status == VITRINE_ERROR_UNAVAILABLE) return std::nullopt;
        check(status);
        return Textures(renderer, lent);
    }
    /// Before its end, at which an error is lost: after one it is still borrowed, and the renderer
    /// lends the same picture again until it is given back.
    void give_back() {
        check(vitrine_renderer_give_back(renderer_.get()));
        (void)renderer_.release();
    }
    [[nodiscard]] const vitrine_textures& operator*() const noexcept { return lent_; }
    [[nodiscard]] const vitrine_textures* operator->() const noexcept { return &lent_; }

  private:
    Textures(vitrine_renderer* renderer, const vitrine_textures& lent)
        : renderer_(renderer), lent_(lent) {}
    struct GiveBack {
        void operator()(vitrine_renderer* renderer) const {
            (void)vitrine_renderer_give_back(renderer);
        }
    };
    std::unique_ptr<vitrine_renderer, GiveBack> renderer_;
    vitrine_textures lent_;
};

class Renderer {
  public:
    explicit Renderer(const Player& player, vitrine_renderer_options options = {}) {
        options.size = sizeof(options);
        renderer_.reset(vitrine_renderer_create(player.get(), &options));
        if (!renderer_) throw Error();
    }
    [[nodiscard]] vitrine_renderer* get() const noexcept { return renderer_.get(); }

    [[nodiscard]] vitrine_update update() const {
        vitrine_update value{};
        value.size = sizeof(value);
        check(vitrine_renderer_update(get(), &value));
        return value;
    }
    void draw(vitrine_target target) {
        target.size = sizeof(target);
        check(vitrine_renderer_draw(get(), &target));
    }
    /// Of the newest picture, nothing before the first. Borrowed as long as this lives, which is
    /// not longer than the renderer.
    [[nodiscard]] std::optional<Textures> borrow() { return Textures::of(get()); }
    void presented(int64_t moment = 0) { check(vitrine_renderer_presented(get(), moment)); }

  private:
    struct Destroy {
        void operator()(vitrine_renderer* renderer) const { vitrine_renderer_destroy(renderer); }
    };
    std::unique_ptr<vitrine_renderer, Destroy> renderer_;
};

class Frame {
  public:
    /// Nothing where there is none, or none left to be taken.
    [[nodiscard]] static std::optional<Frame> take(const Player& player) {
        Frame frame(vitrine_frame_take(player.get()));
        if (frame.get() != nullptr) return frame;
        if (vitrine_error_code() == VITRINE_ERROR_UNAVAILABLE) return std::nullopt;
        throw Error();
    }
    [[nodiscard]] vitrine_frame* get() const noexcept { return frame_.get(); }

    [[nodiscard]] vitrine_frame_description describe() const {
        vitrine_frame_description value{};
        value.size = sizeof(value);
        check(vitrine_frame_describe(get(), &value));
        return value;
    }
    /// Tightly packed.
    [[nodiscard]] std::vector<uint8_t> rgba(int width, int height) const {
        const size_t pitch = static_cast<size_t>(std::max(width, 0)) * 4;
        std::vector<uint8_t> pixels(pitch * static_cast<size_t>(std::max(height, 0)));
        check(vitrine_frame_copy_rgba(get(), pixels.data(), pitch, width, height));
        return pixels;
    }
    void presented(int64_t moment = 0) { check(vitrine_frame_presented(get(), moment)); }
    /// What goes without this is released at once.
    void release_after(int fence) {
        if (!frame_) presented();  // throws
        check(vitrine_frame_release(get(), fence));
        (void)frame_.release();
    }

  private:
    explicit Frame(vitrine_frame* frame) : frame_(frame) {}
    struct Release {
        void operator()(vitrine_frame* frame) const { (void)vitrine_frame_release(frame, -1); }
    };
    std::unique_ptr<vitrine_frame, Release> frame_;
};

}  // namespace vitrine

#endif /* VITRINE_VITRINE_HPP */
