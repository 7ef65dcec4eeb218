// Plays a file in a window of Qt 6: a QOpenGLWindow, for which Qt takes desktop GL or GLES, by GLX
// or by EGL. Space pauses, the arrows seek, q quits.
//     c++ -std=c++17 -fPIC qt6.cpp $(pkg-config --cflags --libs vitrine Qt6OpenGL) -o qt6
//     ./qt6 film.mp4
#include <QtCore/QSocketNotifier>
#include <QtGui/QGuiApplication>
#include <QtGui/QKeyEvent>
#include <QtOpenGL/QOpenGLWindow>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <vitrine/vitrine.hpp>

using namespace std::chrono_literals;

class Window : public QOpenGLWindow {
  public:
    explicit Window(const char* file)
        : player_(woken(this)), events_(player_.event_fd(), QSocketNotifier::Read) {
        connect(&events_, &QSocketNotifier::activated, this, &Window::tell);
        connect(this, &QOpenGLWindow::frameSwapped, this, [this] { renderer_->presented(); });
        player_.open(file);
    }
    ~Window() override {
        makeCurrent();
        renderer_.reset();
    }
    Window(const Window&) = delete;
    Window& operator=(const Window&) = delete;

  protected:
    void initializeGL() override { renderer_.emplace(player_); }

    void paintGL() override {
        if (!renderer_) return;
        vitrine_target target{};
        target.framebuffer = defaultFramebufferObject();
        target.width = qRound(width() * devicePixelRatio());
        target.height = qRound(height() * devicePixelRatio());
        renderer_->draw(target);
    }

    void resizeGL(int, int) override { update(); }

    void keyPressEvent(QKeyEvent* event) override {
        const int key = event->key();
        if (key == Qt::Key_Q) close();
        if (key == Qt::Key_Left) player_.seek(-5s, VITRINE_SEEK_RELATIVE);
        if (key == Qt::Key_Right) player_.seek(5s, VITRINE_SEEK_RELATIVE);
        if (key == Qt::Key_Space)
            player_.set_integer("paused", player_.integer("paused").value_or(0) == 0 ? 1 : 0);
    }

  private:
    /// Has the window look for what is new, on its own thread.
    static vitrine_player_options woken(Window* window) {
        vitrine_player_options options{};
        options.user = window;
        options.wake = [](void* user) {
            QMetaObject::invokeMethod(static_cast<Window*>(user), &Window::look,
                                      Qt::QueuedConnection);
        };
        return options;
    }
    void look() {
        if (renderer_ && renderer_->update().new_picture != 0) update();
    }
    void tell() {
        while (const auto event = player_.next_event()) {
            if (event->kind == VITRINE_EVENT_PATH_CHANGED) std::printf("path: %s\n", event->text);
            if (event->error != VITRINE_OK) std::puts(event->text);
            if (event->kind == VITRINE_EVENT_QUEUE_PLAYED || event->kind == VITRINE_EVENT_FAILED)
                close();
        }
    }

    vitrine::Player player_;
    QSocketNotifier events_;
    std::optional<vitrine::Renderer> renderer_;
};

class Application : public QGuiApplication {
  public:
    using QGuiApplication::QGuiApplication;
    /// What is thrown cannot leave Qt's loop.
    bool notify(QObject* receiver, QEvent* event) override try {
        return QGuiApplication::notify(receiver, event);
    } catch (const vitrine::Error& error) {
        std::fprintf(stderr, "vitrine: %s\n", error.what());
        std::_Exit(1);
    }
};

int main(int argc, char** argv) try {
    Application application(argc, argv);
    if (argc != 2) return std::fprintf(stderr, "%s: which file?\n", argv[0]), 1;
    Window window(argv[1]);
    window.setTitle("Vitrine");
    window.resize(960, 540);
    window.show();
    return application.exec();
} catch (const vitrine::Error& error) {
    std::fprintf(stderr, "vitrine: %s\n", error.what());
    return 1;
}
