// Which properties somebody wants to be told of, and what was told last. Thread-bound.
#pragma once

#include <functional>
#include <vector>

#include "player/event_queue.h"
#include "player/property.h"

namespace vitrine {

class PropertyWatch {
  public:
    /// Told once in any case, from the next look on at every change, or no more.
    void watch(Property property, bool watched);
    /// Tells of each that has another value than was told last.
    void look(const std::function<PropertyValue(Property)>& get, EventQueue& events);

  private:
    struct Watched {
        Property property;
        std::optional<PropertyValue> told{};
    };
    std::vector<Watched> watched_;  // each once
};

}  // namespace vitrine
