// Key bindings that nobody vouches for.
#include "app/key_bindings.h"
#include "tests/fuzz/target.h"

namespace vitrine::fuzz {

int run_input(std::span<const uint8_t> input) {
    const std::string text(input.begin(), input.end());
    KeyBindings bindings;
    const auto added = bindings.add("f", text);
    if (!added) {
        require(added.error().code == Errc::invalid_argument, "the input is wrong");
        require(added.error().text.starts_with("f:"), "an error says where it is");
        require(bindings.size() == 0, "of a wrong file nothing holds");
        return 0;
    }
    // Once more, and each key has its meaning from the same line.
    const size_t size = bindings.size();
    require(bindings.add("f", text).has_value(), "what was good is good again");
    require(bindings.size() == size, "a key has one meaning");
    return static_cast<int>(size);
}

}  // namespace vitrine::fuzz
