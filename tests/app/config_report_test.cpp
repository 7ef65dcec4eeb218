#include "app/config_report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/app/support.h"

namespace vitrine {
namespace {

using test::contains;

Invocation print_config(std::vector<ConfigFile> files, std::vector<Variable> environment,
                        std::vector<std::string_view> flags) {
    flags.emplace_back("--print-config");
    auto parsed = parse_command_line(
        flags, {std::move(environment), [&] { return Result<std::vector<ConfigFile>>(files); }});
    EXPECT_TRUE(parsed) << parsed.error().text;
    EXPECT_EQ(parsed->action, Invocation::Action::print_config);
    return *parsed;
}

TEST(ConfigReport, SaysOfEachValueWhereItIsFrom) {
    const auto invocation =
        print_config({{"/etc/v.conf", "# ours\nsize=64x36\n"}, {"/home/v.conf", std::nullopt}},
                     {{"VITRINE_HWDEC", "no"}}, {"--profile=kiosk", "--no-keep-open", "-n7"});
    const std::string text = config_text(invocation);
    for (const char* line :
         {"#   /etc/v.conf\n", "#   /home/v.conf (not there)\n", "# Profile: kiosk, by --profile\n",
          "\nsize=64x36                        # /etc/v.conf:2\n",
          "\nhwdec=no                          # VITRINE_HWDEC\n",
          "\nframes=7                          # -n\n",
          "\nkeep-open=no                      # --no-keep-open\n",
          "\nfullscreen=yes                    # built in (profile kiosk, by --profile)\n",
          "\nfit=contain                       # built in\n",
          "\nuntimed=no                        # built in\n",
          "\n#device=/dev/videoN               # any that can\n",
          "\n#frame-hash=FILE                  # not given\n"}) {
        EXPECT_TRUE(contains(text, line)) << line << text;
    }
    for (const char* key : {"help", "print-config", "no-config", "profile", "json", "cameras"}) {
        EXPECT_FALSE(contains(text, "\n" + std::string(key))) << key;
        EXPECT_FALSE(contains(text, "\n#" + std::string(key))) << key;
    }
    EXPECT_TRUE(contains(config_text(print_config({}, {}, {"--no-config"})), "none, for --no-con"));
}

TEST(ConfigReport, IsAConfigurationFileThatSettlesTheSame) {
    const std::vector<std::vector<std::string_view>> cases = {
        {},
        {"--profile=kiosk", "--output=offscreen", "--start=1:00.5"},
        {"--frame-hash=# \"a\" 'b' ", "--timing-csv= x", "--timing-json=%5%"},
        {"--hwdec=vaapi,h264", "--no-input", "--no-fullscreen", "--no-size", "--rotate=90"},
        {"--loop", "--loop-playlist=3"},
    };
    for (const auto& flags : cases) {
        const auto first = print_config({}, {}, flags);
        const auto again = print_config({{"printed", config_text(first)}}, {}, {});
        const auto before = config_items(first.settled);
        const auto after = config_items(again.settled);
        ASSERT_EQ(before.size(), after.size());
        for (size_t i = 0; i < before.size(); ++i) {
            EXPECT_EQ(before[i].value, after[i].value) << before[i].row->name;
        }
    }
}

TEST(ConfigReport, ALineBreakMakesNoLineOfItsOwn) {
    const auto invocation = print_config({}, {}, {"--frame-hash=a\nfit=cover"});
    EXPECT_TRUE(contains(config_text(invocation), "\n#frame-hash=a?fit=cover "));
}

TEST(ConfigReport, IsJsonToo) {
    const auto invocation =
        print_config({{"/etc/v.conf", "[w]\nsize=64x36\n"}}, {{"VITRINE_HWDEC", "no"}},
                     {"--json", "--profile=w", "--frame-hash=a\xff"});
    EXPECT_TRUE(invocation.json);
    const auto json = nlohmann::json::parse(config_json(invocation));
    EXPECT_EQ(json["schema"], 1);
    EXPECT_EQ(json["files"][0]["path"], "/etc/v.conf");
    EXPECT_TRUE(json["files"][0]["found"]);
    EXPECT_EQ(json["profiles"][0], "w, by --profile");
    bool seen_size = false;
    for (const auto& option : json["options"]) {
        if (option["name"] == "size") {
            seen_size = true;
            EXPECT_EQ(option["value"], "64x36");
            EXPECT_EQ(option["source"], "file");
            EXPECT_EQ(option["path"], "/etc/v.conf");
            EXPECT_EQ(option["line"], 2);
            EXPECT_EQ(option["profile"], "w");
        }
        if (option["name"] == "hwdec") {
            EXPECT_EQ(option["source"], "environment");
        }
        if (option["name"] == "screenshot") {
            EXPECT_TRUE(option["value"].is_null());
        }
    }
    EXPECT_TRUE(seen_size);
}

}  // namespace
}  // namespace vitrine
