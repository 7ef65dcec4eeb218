#include "app/screen.h"

namespace vitrine {

Result<Screen> Screen::open(OutputChoice choice, bool wait_for_display) {
    Screen screen;
    if (choice == OutputChoice::null) return screen;
    if (choice != OutputChoice::offscreen) {
        auto window = Window::open({"Vitrine", wait_for_display});
        if (window) {
            screen.own_window_ = std::move(*window);
            screen.window_ = screen.own_window_.get();
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

Result<std::unique_ptr<Output>> Screen::take_output(Size size) {
    if (own_window_) {
        own_window_->show(size);
        return std::unique_ptr<Output>(std::move(own_window_));
    }
    if (offscreen_) return make_offscreen_output(std::move(offscreen_), size);
    return std::unique_ptr<Output>();
}

}  // namespace vitrine
