// What of an engine can be read, set and watched by name.
#include <set>

#include "player/sound/sound_player.h"
#include "tests/player/engine_list.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using Kind = EngineEvent::Kind;

TEST(PropertyRows, HaveNamesOfTheirOwn) {
    std::set<std::string_view> names;
    for (const PropertyRow& row : property_rows()) {
        EXPECT_EQ(property_from(row.name), row.id);
        EXPECT_FALSE(row.description.empty()) << row.name;
        names.insert(row.name);
    }
    EXPECT_EQ(names.size(), property_rows().size());
    EXPECT_EQ(property_from("colour"), std::nullopt);
    EXPECT_EQ(property_from(""), std::nullopt);
}

class EngineProperties : public testing::EngineList {
  protected:
    ~EngineProperties() override { engine_.reset(); }  // before the sound

    /// Plays "a" of a hundred frames, with two tracks of each kind, and two chapters.
    void play_one() {
        add("a", 100);
        give_tracks("a", 2, 2);
        list_.at("a").source.chapters = {{0ms, 2000ms, "one"}, {2000ms, 4000ms, "two"}};
        EngineOptions options;
        options.sound = &sound_;
        start(options);
        play_until(kStart + 50ms);
    }
    /// Of each event since the last call that a property has changed.
    std::vector<Property> changed() {
        std::vector<Property> all;
        while (auto event = engine_->next_event()) {
            if (event->kind == Kind::property_changed) all.push_back(*event->property);
        }
        return all;
    }

    SoundPlayer sound_{
        [](SoundFiller) { return fail(Errc::unavailable, "no device"); }, clock_, {}};
};

using Changed = std::vector<Property>;

struct Setting {
    Property property;
    PropertyValue value;
};

/// Each that can be set has then the value that it was given, and is told of once.
TEST_F(EngineProperties, WhatIsSetIsToldOfOnce) {
    const std::vector<Setting> settings = {
        {Property::paused, true},
        {Property::speed, 2.0},
        {Property::loop, int64_t{3}},
        {Property::position, Nanos(1s)},
        {Property::chapter, int64_t{2}},
        {Property::video_track, int64_t{2}},
        {Property::audio_track, int64_t{0}},
        {Property::volume, 40.0},
        {Property::mute, true},
        {Property::sound_delay, Nanos(-30ms)},
    };
    std::set<Property> tried;
    for (const Setting& each : settings) {
        SCOPED_TRACE(row_of(each.property).name);
        restart();
        play_one();
        engine_->observe(each.property);
        (void)engine_->tick();
        EXPECT_EQ(changed(), Changed{each.property}) << "as it is";
        ASSERT_NE(engine_->get(each.property), each.value);
        const auto set = engine_->set(each.property, each.value);
        ASSERT_TRUE(set) << set.error().text;
        settle();
        (void)engine_->tick();
        EXPECT_EQ(engine_->get(each.property), each.value);
        EXPECT_EQ(changed(), Changed{each.property});
        (void)engine_->tick();
        EXPECT_EQ(changed(), Changed{}) << "again";
        tried.insert(each.property);
    }
    for (const PropertyRow& row : property_rows()) {
        EXPECT_EQ(row.writable, tried.count(row.id) == 1) << row.name;
    }
}

TEST_F(EngineProperties, SayWhatPlays) {
    play_one();
    EXPECT_EQ(engine_->get(Property::item), PropertyValue(int64_t{0}));
    EXPECT_EQ(engine_->get(Property::file), PropertyValue("a"));
    EXPECT_EQ(engine_->get(Property::title), PropertyValue("a"));
    EXPECT_EQ(engine_->get(Property::position), PropertyValue(Nanos(40ms)));
    EXPECT_EQ(engine_->get(Property::chapter), PropertyValue(int64_t{1}));
    EXPECT_EQ(engine_->get(Property::chapters), PropertyValue(int64_t{2}));
    EXPECT_EQ(engine_->get(Property::video_tracks), PropertyValue(int64_t{2}));
    EXPECT_EQ(engine_->get(Property::audio_tracks), PropertyValue(int64_t{2}));
    EXPECT_EQ(engine_->get(Property::tracks),
              PropertyValue("video track 1 (fake)\nvideo track 2 (fake)\n"
                            "audio track 1 (fake)\naudio track 2 (fake)"));
    EXPECT_EQ(engine_->get(Property::sound_device), PropertyValue()) << "there is none";
}

TEST_F(EngineProperties, HaveNoValueWhereNothingPlays) {
    start();
    const std::set<Property> of_the_engine = {Property::paused, Property::speed};
    for (const PropertyRow& row : property_rows()) {
        EXPECT_EQ(type_of(engine_->get(row.id)).has_value(), of_the_engine.count(row.id) == 1)
            << row.name;
    }
}

/// A value is of the type that its row says, or there is none.
TEST_F(EngineProperties, HaveOneTypeEach) {
    play_one();
    int with_value = 0;
    for (const PropertyRow& row : property_rows()) {
        const auto type = type_of(engine_->get(row.id));
        if (!type) continue;
        EXPECT_EQ(type, row.type) << row.name;
        ++with_value;
    }
    EXPECT_GE(with_value, 12);
}

TEST_F(EngineProperties, RefuseWhatTheyAreNot) {
    play_one();
    for (const PropertyRow& row : property_rows()) {
        SCOPED_TRACE(row.name);
        const PropertyValue before = engine_->get(row.id);
        const auto nothing = engine_->set(row.id, {});
        ASSERT_FALSE(nothing);
        EXPECT_EQ(nothing.error().code, row.writable ? Errc::invalid_argument : Errc::unsupported);
        EXPECT_NE(nothing.error().text.find(row.name), std::string::npos);
        const PropertyValue other =
            row.type == PropertyType::text ? PropertyValue(true) : PropertyValue("text");
        EXPECT_FALSE(engine_->set(row.id, other));
        EXPECT_EQ(engine_->get(row.id), before);
    }
}

TEST_F(EngineProperties, RefuseWhatIsOutOfRange) {
    play_one();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const std::vector<Setting> settings = {
        {Property::speed, 0.0},
        {Property::speed, 5.0},
        {Property::speed, nan},
        {Property::volume, -1.0},
        {Property::volume, 101.0},
        {Property::volume, nan},
        {Property::loop, int64_t{-1}},
        {Property::chapter, int64_t{0}},
        {Property::chapter, int64_t{3}},
        {Property::video_track, int64_t{3}},
        {Property::video_track, int64_t{0}},
        {Property::audio_track, int64_t{1} << 40},
        {Property::audio_track, int64_t{-1}},
        {Property::sound_delay, Nanos::max()},
    };
    for (const Setting& each : settings) {
        SCOPED_TRACE(row_of(each.property).name);
        const PropertyValue before = engine_->get(each.property);
        const auto set = engine_->set(each.property, each.value);
        ASSERT_FALSE(set);
        EXPECT_EQ(set.error().code, Errc::invalid_argument);
        EXPECT_EQ(engine_->get(each.property), before);
    }
}

/// However often one changes: whoever never asks keeps nobody's memory.
TEST_F(EngineProperties, ChangesThatNobodyTakesAreOne) {
    play_one();
    engine_->observe(Property::position);
    play_until(kStart + 3s);
    ASSERT_GT(presenter_.shown.size(), 70u);
    EXPECT_EQ(changed(), Changed{Property::position});
    EXPECT_EQ(engine_->events_dropped(), 0u);
}

TEST_F(EngineProperties, WhatIsNotObservedIsNotToldOf) {
    play_one();
    engine_->observe(Property::paused);
    engine_->observe(Property::paused, false);
    ASSERT_TRUE(engine_->set(Property::paused, true));
    ASSERT_TRUE(engine_->set(Property::volume, 10.0));
    play_until(kStart + 1s);
    EXPECT_EQ(changed(), Changed{});
}

/// It is told of at the end as well, when there is no item any more.
TEST_F(EngineProperties, FollowTheListToItsEnd) {
    add("a", 2);
    add("b", 2);
    start();
    engine_->observe(Property::file);
    std::vector<PropertyValue> files;
    for (const Nanos moment : {20ms, 100ms, 300ms}) {
        play_until(kStart + moment);
        EXPECT_EQ(changed(), Changed{Property::file});
        files.push_back(engine_->get(Property::file));
    }
    EXPECT_TRUE(ended_);
    EXPECT_EQ(files, (std::vector<PropertyValue>{"a", "b", PropertyValue()}));
}

/// Why an item ended is told with it.
TEST_F(EngineProperties, TheEndOfAnItemHasAReason) {
    add("a", 5);
    add("b", 5);
    list_.at("b").source.fail_at = 3;
    add("c", 5);
    start();
    play_until(kStart + 50ms);
    engine_->skip();
    play_until(kStart + 10s);
    const auto ended = events(Kind::item_ended);
    ASSERT_EQ(ended.size(), 3u);
    EXPECT_TRUE(ended[0].early);
    EXPECT_FALSE(ended[0].error);
    EXPECT_FALSE(ended[1].early);
    EXPECT_TRUE(ended[1].error);
    EXPECT_FALSE(ended[2].early || ended[2].error);
}

}  // namespace
}  // namespace vitrine
