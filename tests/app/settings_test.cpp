// Which of several layers settles an option, and what is said of those that are wrong.
#include "app/settings.h"

#include <gtest/gtest.h>

#include "app/options.h"

namespace vitrine {
namespace {

using Lines = std::vector<std::string>;

struct Layered {
    std::vector<ConfigFile> files;
    std::vector<Variable> environment;
    std::vector<std::string_view> flags;

    [[nodiscard]] Result<Invocation> parse() const {
        std::vector<std::string_view> arguments = flags;
        arguments.emplace_back("clip.mp4");
        return parse_command_line(
            arguments, {environment, [this] { return Result<std::vector<ConfigFile>>(files); }});
    }
    [[nodiscard]] std::string error() const {
        const auto parsed = parse();
        return parsed ? "(none)" : parsed.error().text;
    }
    /// Where the value of an option is from; "" when it was not given.
    [[nodiscard]] std::string origin_of(std::string_view name) const {
        const auto parsed = parse();
        if (!parsed) return parsed.error().text;
        for (const Setting& setting : parsed->settled.settings) {
            if (setting.row->name == name) return text_of(setting.origin);
        }
        return "";
    }
};

std::string with_hint(std::string_view text) {
    return std::string(text) + " (--no-config leaves out every such file)";
}

TEST(Settings, EachLayerHoldsAgainstThoseBelow) {
    const Layered all = {{{"/usr/share/vitrine.conf", "rotate=90\nfit=cover"},
                          {"/etc/vitrine.conf", "\nrotate=180"},
                          {"/home/vitrine.conf", "rotate=270"}},
                         {{"VITRINE_ROTATE", "90"}},
                         {"--rotate=180"}};
    EXPECT_EQ(all.parse()->play.quarter_turns, 2);
    EXPECT_EQ(all.origin_of("rotate"), "--rotate");
    EXPECT_EQ(all.parse()->play.fit, FitChoice::cover);
    EXPECT_EQ(all.origin_of("fit"), "/usr/share/vitrine.conf:2");
    EXPECT_EQ(all.origin_of("size"), "");
    Layered fewer = all;
    fewer.flags.clear();
    EXPECT_EQ(fewer.parse()->play.quarter_turns, 1);
    EXPECT_EQ(fewer.origin_of("rotate"), "VITRINE_ROTATE");
    fewer.environment.clear();
    EXPECT_EQ(fewer.parse()->play.quarter_turns, 3);
    EXPECT_EQ(fewer.origin_of("rotate"), "/home/vitrine.conf:1");
    fewer.files.pop_back();
    EXPECT_EQ(fewer.parse()->play.quarter_turns, 2);
    EXPECT_EQ(fewer.origin_of("rotate"), "/etc/vitrine.conf:2");
    fewer.files.pop_back();
    EXPECT_EQ(fewer.parse()->play.quarter_turns, 1);
    fewer.files.clear();
    EXPECT_EQ(fewer.parse()->play.quarter_turns, 0);
}

TEST(Settings, TheEnvironmentHasAVariablePerOption) {
    const Layered some = {
        {}, {{"VITRINE_HWDEC_REQUIRED", "yes"}, {"VITRINE_LOG_LEVEL", "debug"}}, {}};
    EXPECT_TRUE(some.parse()->play.hardware_required);
    EXPECT_EQ(some.parse()->play.log_level, LogLevel::debug);
    EXPECT_FALSE(Layered({{}, {{"VITRINE_INPUT", "no"}}, {}}).parse()->play.input);
    EXPECT_EQ(Layered({{}, {{"VITRINE_SIZE", "big"}}, {}}).error().substr(0, 33),
              "VITRINE_SIZE: size=big: expected ");
    // An empty one is as none.
    EXPECT_FALSE(Layered({{}, {{"VITRINE_SIZE", ""}}, {}}).parse()->play.size);
}

TEST(Settings, AVariableThatSeemsMistypedIsWarnedOf) {
    const auto warnings = [](const char* name) {
        return Layered({{}, {{name, "x"}}, {}}).parse()->settled.warnings;
    };
    EXPECT_EQ(warnings("VITRINE_HWDECC"),
              Lines{"VITRINE_HWDECC: no option is called hwdecc; did you mean hwdec?"});
    for (const char* other : {"VITRINE_TEST_MEDIA", "VITRINE_HELP", "VITRINE_CAMERAS", "HWDEC"}) {
        EXPECT_EQ(warnings(other), Lines{}) << other;
    }
}

TEST(Settings, WhatIsUndoneIsAsIfNeverGiven) {
    const Layered undone = {
        {{"f", "size=1x1\nuntimed\nscreenshot=x.png"}}, {}, {"--no-size", "--untimed=no"}};
    const auto parsed = undone.parse();
    EXPECT_FALSE(parsed->play.size);
    EXPECT_FALSE(parsed->play.untimed);
    EXPECT_EQ(parsed->play.screenshot, "x.png");
    EXPECT_EQ(undone.origin_of("size"), "--no-size");
}

TEST(Settings, AValueMayBeLeftOutWhereItMayBeOnTheCommandLine) {
    EXPECT_EQ(Layered({{{"f", "loop"}}, {}, {}}).parse()->play.loop, 0u);
    EXPECT_EQ(Layered({{{"f", "loop=3"}}, {}, {}}).parse()->play.loop, 3u);
    EXPECT_EQ(Layered({{{"f", "loop=3"}}, {}, {"--no-loop"}}).parse()->play.loop, 1u);
    EXPECT_NE(Layered({{{"f", "loop="}}, {}, {}}).error(), "(none)");
}

TEST(Settings, AProfileStandsForItsOptionsWhereItIsNamed) {
    const Layered wall = {
        {{"/etc/v.conf", "rotate=90\n[wall]\nrotate=180\nfit=cover\n"}}, {}, {"--profile=wall"}};
    EXPECT_EQ(wall.parse()->play.quarter_turns, 2);
    EXPECT_EQ(wall.origin_of("rotate"), "/etc/v.conf:3 (profile wall, by --profile)");
    EXPECT_EQ(wall.parse()->settled.profiles, Lines{"wall, by --profile"});
    Layered other = wall;
    other.flags.clear();
    EXPECT_EQ(other.parse()->play.quarter_turns, 1);
    other.environment = {{"VITRINE_PROFILE", "wall"}, {"VITRINE_FIT", "stretch"}};
    EXPECT_EQ(other.parse()->play.fit, FitChoice::stretch);
    EXPECT_EQ(other.parse()->play.quarter_turns, 2);
    other.environment.clear();
    other.flags = {"--profile=wall", "--rotate=270"};
    EXPECT_EQ(other.parse()->play.quarter_turns, 3);
    other.flags = {"--rotate=270", "--profile=wall"};
    EXPECT_EQ(other.parse()->play.quarter_turns, 2);
}

TEST(Settings, FilesNameProfilesOfOtherFilesAndAddToThem) {
    const Layered several = {{{"/usr/v.conf", "[wall]\nrotate=90\nfit=cover"},
                              {"/etc/v.conf", "profile=wall\n[wall]\nrotate=180"}},
                             {},
                             {}};
    EXPECT_EQ(several.parse()->play.quarter_turns, 2);
    EXPECT_EQ(several.parse()->play.fit, FitChoice::cover);
    EXPECT_EQ(several.origin_of("fit"), "/usr/v.conf:3 (profile wall, by /etc/v.conf:1)");
}

TEST(Settings, TheKioskIsBuiltIn) {
    const Layered kiosk = {{}, {}, {"--profile=kiosk"}};
    const auto parsed = kiosk.parse();
    ASSERT_TRUE(parsed) << parsed.error().text;
    EXPECT_TRUE(parsed->play.fullscreen);
    EXPECT_EQ(parsed->play.cursor, CursorChoice::hide);
    EXPECT_TRUE(parsed->play.keep_open);
    EXPECT_EQ(parsed->play.loop_playlist, 0u);  // for ever
    EXPECT_EQ(parsed->play.screen_saver, ScreenSaverChoice::stop_always);
    EXPECT_EQ(kiosk.origin_of("fullscreen"), "built in (profile kiosk, by --profile)");
    const Layered mended = {{{"/etc/v.conf", "[kiosk]\nno-fullscreen"}}, {}, {"--profile=kiosk"}};
    EXPECT_FALSE(mended.parse()->play.fullscreen);
    EXPECT_TRUE(mended.parse()->play.keep_open);
}

TEST(Settings, ProfilesMayBeOfProfiles) {
    const Layered nested = {{{"f", "[a]\nprofile=b,kiosk\nrotate=90\n[b]\nrotate=270\nfit=cover"}},
                            {},
                            {"--profile=a"}};
    EXPECT_EQ(nested.parse()->play.quarter_turns, 1);
    EXPECT_EQ(nested.origin_of("fit"), "f:6 (profile b, by --profile)");
    EXPECT_TRUE(nested.parse()->play.fullscreen);
}

TEST(Settings, ProfilesAreListedWithTheirDescriptions) {
    const ConfigFile file{"f", "[wall]\nprofile-desc=in the foyer\n[b]\n[kiosk]\nfit=cover"};
    const auto listed = list_profiles(std::vector{file});
    ASSERT_TRUE(listed);
    ASSERT_EQ(listed->size(), 3u);
    EXPECT_EQ((*listed)[0].name, "kiosk");
    EXPECT_EQ((*listed)[0].description, find_option("profile")->choices[0].description);
    EXPECT_EQ((*listed)[1].description, "in the foyer");
    EXPECT_EQ((*listed)[2].name, "b");
}

TEST(Settings, ErrorsNameFileAndLineKeyAndValue) {
    const std::pair<std::string_view, std::string_view> wrong[] = {
        {"\nfit=covr", "/etc/v.conf:2: fit=covr: expected one of contain|cover|stretch"},
        {"fit=help", "/etc/v.conf:1: fit=help: expected one of contain|cover|stretch"},
        {"fit", "/etc/v.conf:1: fit wants a value: contain|cover|stretch"},
        {"no-fit=1", "/etc/v.conf:1: no-fit takes no value"},
        {"size=", "/etc/v.conf:1: size=: expected WxH"},
        {"untimed=1", "/etc/v.conf:1: untimed=1: expected yes or no"},
        {"hwdek=no", "/etc/v.conf:1: unknown option hwdek; did you mean hwdec?"},
        {"help",
         "/etc/v.conf:1: help does not stand in a file; --help is given on the command line"},
        {"cameras", "/etc/v.conf:1: cameras is no option of play"},
        {"json=yes", "/etc/v.conf:1: json is no option of play"},
        {"profile-desc=x",
         "/etc/v.conf:1: profile-desc=TEXT says what a [profile] is for, within it"},
        {"[never]\nfit=covr", "/etc/v.conf:2: fit=covr: expected one of contain|cover|stretch"},
        {"profile=kisok",
         "/etc/v.conf:1: profile=kisok: no profile is called kisok; did you mean kiosk?"},
        {"profile=a b",
         "/etc/v.conf:1: profile=a b: expected names of letters, digits, '-', '_' and '.', with "
         "commas between them"},
        {"[a]\nprofile=b\n[b]\nprofile=a\n[default]\nprofile=a",
         "/etc/v.conf:4 (profile b, by /etc/v.conf:6): profile=a: a profile within itself (a > b > "
         "a)"},
        {"]", "/etc/v.conf:1: expected key=value, [profile] or # and a comment"},
    };
    for (const auto& [text, error] : wrong) {
        EXPECT_EQ(Layered({{{"/etc/v.conf", std::string(text)}}, {}, {}}).error(),
                  with_hint(error));
    }
    EXPECT_EQ(Layered({{}, {}, {"--profile=x-y-z"}}).error(),
              "--profile=x-y-z: no profile is called x-y-z; --profile=help lists them");
}

TEST(Settings, ProfilesAreBoundedInDepthAndNumber) {
    std::string deep = "profile=p0\n";
    for (int i = 0; i < 20; ++i) deep += fmt::format("[p{}]\nprofile=p{}\n", i, i + 1);
    EXPECT_NE(Layered({{{"f", deep}}, {}, {}}).error().find("too many profiles within profiles"),
              std::string::npos);
    // Each of seven levels names the next one ten times.
    std::string wide = "profile=p0\n";
    for (int i = 0; i < 7; ++i) {
        wide += fmt::format("[p{}]\nprofile=p{}", i, i + 1);
        for (int j = 1; j < 10; ++j) wide += fmt::format(",p{}", i + 1);
        wide += "\n";
    }
    wide += "[p7]\n";
    EXPECT_NE(Layered({{{"f", wide}}, {}, {}}).error().find("come to more than 4096 settings"),
              std::string::npos);
    std::string empty = "profile=e";
    for (int i = 0; i < 2000; ++i) empty += ",e";
    EXPECT_NE(Layered({{{"f", empty + "\n" + empty + "\n" + empty + "\n[e]"}}, {}, {}})
                  .error()
                  .find("f:3: profile=e"),
              std::string::npos);
}

TEST(Settings, NoConfigReadsNoFileAndKeepsTheRest) {
    const std::vector<ConfigFile> broken = {{"f", "]"}};
    EXPECT_NE(Layered({broken, {}, {}}).error(), "(none)");
    EXPECT_EQ(Layered({broken, {}, {"--no-config"}}).error(), "(none)");
    EXPECT_EQ(Layered({broken, {{"VITRINE_NO_CONFIG", "yes"}}, {}}).error(), "(none)");
    EXPECT_EQ(Layered({broken, {{"VITRINE_CONFIG", "no"}}, {}}).error(), "(none)");
    EXPECT_NE(Layered({broken, {{"VITRINE_NO_CONFIG", "yes"}}, {"--config"}}).error(), "(none)");
    EXPECT_EQ(
        Layered({broken, {{"VITRINE_ROTATE", "90"}}, {"--no-config"}}).parse()->play.quarter_turns,
        1);
}

/// A file's options are for the runs that they can be about, what is a contradiction is not.
TEST(Settings, WhatDoesNotGoTogetherSaysWhereItIsFrom) {
    const Layered null = {{{"f", "size=64x36\nfit=cover\nimport=upload"}}, {}, {"--output=null"}};
    EXPECT_EQ(null.error(), "(none)");
    const Layered forced = {
        {{"f", "hwdec-required"}}, {{"VITRINE_LOG_LEVEL", "info"}}, {"--hwdec=no"}};
    EXPECT_EQ(forced.error(),
              "--hwdec-required and --hwdec=no exclude each other; --hwdec-required is from f:1");
}

TEST(Settings, WhatDoesNotGoTogetherIsNamedByItsWholeName) {
    const Layered forced = {{{"f", "hwdec=no"}}, {}, {"--hwdec-required"}};
    EXPECT_EQ(forced.error(),
              "--hwdec-required and --hwdec=no exclude each other; --hwdec is from f:1");
}

TEST(Settings, OtherCommandsReadNoFiles) {
    bool read = false;
    const Surroundings watched = {{}, [&] {
                                      read = true;
                                      return Result<std::vector<ConfigFile>>();
                                  }};
    for (const std::vector<std::string_view>& arguments :
         {std::vector<std::string_view>{"probe"}, {"devices"}, {"doctor", "f"}, {"--help"}}) {
        EXPECT_TRUE(parse_command_line(arguments, watched));
    }
    EXPECT_FALSE(read);
    EXPECT_TRUE(parse_command_line(std::vector<std::string_view>{"f"}, watched));
    EXPECT_TRUE(read);
}

}  // namespace
}  // namespace vitrine
