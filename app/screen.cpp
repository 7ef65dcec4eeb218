#include "app/screen.h"

namespace vitrine {

WindowOptions window_options(const PlayOptions& options) {
    WindowOptions window;
    window.title = "Vitrine";
    window.wait_for_display = !options.untimed;
    window.fullscreen = options.fullscreen;
    window.cursor = options.cursor;
    window.screen_saver = options.screen_saver;
    window.bindings = options.bindings;
    return window;
}

Result<Screen> Screen::open(OutputChoice choice, const WindowOptions& options) {
    Screen screen;
    if (choice == OutputChoice::null) return screen;
    if (choice != OutputChoice::offscreen) {
        auto window = Window::open(options);
        if (window) {
            screen.window_ = std::move(*window);
            return screen;
        }
        if (choice == OutputChoice::window) {
            return fail(window.error().code, "{}; --output=offscreen works without a display",
                        window.error().text);
        }
        screen.refused_.push_back(fmt::format("window: {}", window.error().text));
    }
    auto context = GlContext::make_offscreen();
    if (!context) return Failure(context.error());
    screen.offscreen_ = std::move(*context);
    return screen;
}

GlContext* Screen::context() const {
    return window_ != nullptr ? &window_->context() : offscreen_.get();
}

Result<std::shared_ptr<Output>> Screen::take_output(Size size) {
    if (window_) {
        window_->show(size);
        return window_;
    }
    if (offscreen_) return make_offscreen_output(std::move(offscreen_), size);
    return nullptr;
}

}  // namespace vitrine
