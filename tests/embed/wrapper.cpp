#include <vitrine/vitrine.hpp>

int code_of_wrapper(const vitrine::Error& error);
int code_of_wrapper(const vitrine::Error& error) {
    return error.code();
}

/// Neither is ambiguous.
void open_by_wrapper(vitrine::Player& player);
void open_by_wrapper(vitrine::Player& player) {
    player.open("film", {});
    player.queue("film", {});
    player.open("film", [](const std::string&) { return nullptr; });
    player.queue("film", vitrine::OpenStream(), {});
}
