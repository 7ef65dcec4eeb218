// read_cursor: prints "visible" or "hidden": whether the mouse cursor of the X display has a pixel
// that is not transparent. Xlib and Xfixes are those that SDL uses, found at run time as it does.
#include <dlfcn.h>

#include <cstdio>

namespace {

/// XFixesCursorImage, of <X11/extensions/Xfixes.h>.
struct CursorImage {
    short x, y;
    unsigned short width, height, x_hot, y_hot;
    unsigned long serial;
    unsigned long* pixels;  // ARGB in the lower 32 bits of each
};

template <typename Function>
Function* function(void* library, const char* name) {
    return reinterpret_cast<Function*>(library != nullptr ? dlsym(library, name) : nullptr);
}

}  // namespace

int main() {
    void* x11 = dlopen("libX11.so.6", RTLD_NOW);
    void* fixes = dlopen("libXfixes.so.3", RTLD_NOW);
    auto* open_display = function<void*(const char*)>(x11, "XOpenDisplay");
    auto* query = function<int(void*, int*, int*)>(fixes, "XFixesQueryExtension");
    auto* image_of = function<CursorImage*(void*)>(fixes, "XFixesGetCursorImage");
    if (open_display == nullptr || query == nullptr || image_of == nullptr) return 2;
    void* display = open_display(nullptr);
    int event = 0, error = 0;
    if (display == nullptr || query(display, &event, &error) == 0) return 2;
    const CursorImage* image = image_of(display);
    if (image == nullptr) return 2;
    bool visible = false;
    for (int i = 0; i < image->width * image->height; ++i) {
        visible = visible || (image->pixels[i] >> 24U & 0xffU) != 0;
    }
    std::puts(visible ? "visible" : "hidden");
    return 0;
}
