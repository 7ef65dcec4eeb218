#include "tests/fuzz/item_options.h"

#include "tests/fuzz/target.h"

namespace vitrine::fuzz {

void look_at_options(const ItemOptions& options) {
    const Nanos start = options.start.value_or(Nanos{0});
    require(start >= Nanos{0}, "nothing starts before the start");
    require(!options.end || *options.end > start, "an end is after the start");
    require(!options.image_duration || *options.image_duration > Nanos{0}, "a picture is shown");
    require(!options.quarter_turns || (*options.quarter_turns >= 0 && *options.quarter_turns <= 3),
            "a turn is one of four");
    require(!options.volume || (*options.volume >= 0 && *options.volume <= 100), "a volume");
}

}  // namespace vitrine::fuzz
