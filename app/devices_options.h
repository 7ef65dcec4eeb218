// What the devices command was asked for, parsed. Plain values; reentrant.
#pragma once

namespace vitrine {

struct DevicesOptions {
    // Kinds of nodes to list; none of these: all four.
    bool cameras = false;
    bool encoders = false;
    bool decoders = false;
    bool converters = false;
    bool all = false;      // every kind there is
    bool verbose = false;  // all that is known of each; JSON always says that

    [[nodiscard]] bool names_a_kind() const {
        return cameras || encoders || decoders || converters;
    }
};

}  // namespace vitrine
