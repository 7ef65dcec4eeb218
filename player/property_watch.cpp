#include "player/property_watch.h"

#include <algorithm>
#include <utility>

namespace vitrine {

void PropertyWatch::watch(Property property, bool watched) {
    const auto same = [&](const Watched& each) { return each.property == property; };
    watched_.erase(std::remove_if(watched_.begin(), watched_.end(), same), watched_.end());
    if (watched) watched_.push_back({property});
}

void PropertyWatch::look(const std::function<PropertyValue(Property)>& get, EventQueue& events) {
    for (Watched& each : watched_) {
        PropertyValue value = get(each.property);
        if (each.told == value) continue;
        each.told = std::move(value);
        events.push_property(each.property);
    }
}

}  // namespace vitrine
