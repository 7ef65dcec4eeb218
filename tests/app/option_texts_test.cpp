// Everything that is made from the option table agrees with it, and the shells and groff take it.
#include "app/option_texts.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/bench_options.h"
#include "app/exit_code.h"
#include "app/json_lists.h"
#include "tests/app/support.h"
#include "tests/support/missing.h"

namespace vitrine {
namespace {

using test::contains;
using test::is_installed;
using test::Ran;
using test::run_program;

/// A text as a file that lives as long as the test.
class TextFile {
  public:
    explicit TextFile(const std::string& text) { std::ofstream(path()) << text; }
    [[nodiscard]] std::string path() const { return folder_.file("text"); }

  private:
    test::TemporaryFolder folder_;
};

/// What the manual page says, without its macros and escapes.
std::string plain_man_page() {
    std::string plain;
    const std::string page = man_page("1.2.3");
    for (size_t i = 0; i < page.size(); ++i) {
        if (page[i] == '\\' && page[i + 1] == 'f') {
            i += 2;
        } else if (page[i] != '\\') {
            plain += page[i];
        }
    }
    return plain;
}

TEST(OptionTexts, EveryOptionIsInEveryText) {
    std::string help;
    for (const CommandRow& row : command_rows()) help += help_text(row.id);
    const std::string list = option_list_text();
    const std::string man = plain_man_page();
    const std::string bash = bash_completion();
    const std::string zsh = zsh_completion();
    const std::string fish = fish_completion();
    const auto json = nlohmann::json::parse(option_list_json());
    ASSERT_EQ(json["options"].size(), option_rows().size());
    size_t index = 0;
    for (const OptionRow& row : option_rows()) {
        const std::string name(row.name);
        const std::string with_value = written_text(row);
        const std::string value =
            row.may_lack_value ? "[" + value_text(row) + "]" : value_text(row);
        const std::string joint = row.may_lack_value ? "=-[" : row.takes_value() ? "=[" : "[";
        EXPECT_TRUE(contains(help, with_value)) << with_value;
        EXPECT_TRUE(contains(man, with_value + "\n")) << with_value;
        EXPECT_TRUE(contains(list, "--" + name + "\t" + value + "\t")) << name;
        EXPECT_TRUE(contains(bash, "--" + name + (row.takes_value() ? "=" : ""))) << name;
        EXPECT_TRUE(contains(zsh, "'--" + name + joint)) << name;
        EXPECT_TRUE(contains(fish, " -l " + name + " ")) << name;
        EXPECT_TRUE(contains(help, std::string(row.help))) << name;
        const auto& listed = json["options"][index++];
        EXPECT_EQ(listed["name"], name);
        EXPECT_EQ(listed["value"], value_text(row));
        EXPECT_EQ(listed["may_lack_value"], row.may_lack_value);
        EXPECT_EQ(listed["help"], row.help);
        EXPECT_EQ(listed["default"], row.default_text);
        EXPECT_EQ(listed["choices"].size(), row.choices.size());
        for (const Choice& choice : row.choices) {
            const std::string word(choice.name);
            EXPECT_TRUE(contains(choice_list_text(row, {}), "  " + word + " ")) << word;
            EXPECT_TRUE(contains(zsh, word + "\\:\"")) << word;
            EXPECT_TRUE(contains(fish, word + "\\\\t")) << word;
        }
    }
}

TEST(OptionTexts, NoTextNamesAnOptionThatIsNotInTheTable) {
    for (const std::string& text :
         {help_text(), help_text(Command::devices), option_list_text(), plain_man_page(),
          bash_completion(), zsh_completion(), fish_completion()}) {
        for (size_t at = text.find("--"); at != text.npos; at = text.find("--", at + 2)) {
            size_t end = at + 2;
            while (end < text.size() && (std::isalpha(text[end]) != 0 || text[end] == '-')) ++end;
            const std::string name = text.substr(at + 2, end - at - 2);
            if (name.empty() || name == "-") continue;
            EXPECT_NE(find_written(name).row, nullptr) << "--" << name;
        }
    }
}

TEST(OptionTexts, HelpOfBenchSaysHowManyFramesItsTrialsHave) {
    const std::string help = help_text(Command::bench);
    const size_t at = help.find("--frames=N ");
    ASSERT_NE(at, std::string::npos) << help;
    const std::string line = help.substr(at, help.find('\n', at) - at);
    EXPECT_TRUE(contains(line, fmt::format("of a bench trial [{}]", kUsualBenchFrames))) << line;
}

TEST(OptionTexts, HelpFitsATerminal) {
    for (const CommandRow& row : command_rows()) {
        std::istringstream lines(help_text(row.id));
        int count = 0;
        for (std::string line; std::getline(lines, line); ++count) {
            EXPECT_LE(line.size(), 80u) << line;
        }
        EXPECT_LE(count, 80);
    }
}

TEST(OptionTexts, HelpIsOfOneCommand) {
    for (const CommandRow& command : command_rows()) {
        const std::string help = help_text(command.id);
        for (const OptionRow& row : option_rows()) {
            const bool there = contains(help, fmt::format("--{} ", row.name)) ||
                               contains(help, fmt::format("--{}=", row.name)) ||
                               contains(help, fmt::format("--{}[", row.name));
            EXPECT_EQ(there, row.belongs_to(command.id)) << command.name << " --" << row.name;
        }
    }
}

TEST(OptionTexts, TheListAsJsonNamesCommandsAndExitCodes) {
    const auto json = nlohmann::json::parse(option_list_json());
    EXPECT_EQ(json["schema"], 1);
    EXPECT_EQ(json["commands"].size(), command_rows().size());
    EXPECT_EQ(json["exit_codes"].size(), kExitCodes.size());
    EXPECT_EQ(json["exit_codes"][6]["code"], 6);
    EXPECT_EQ(json["exit_codes"][7]["code"], 8);
}

TEST(OptionTexts, GroffTakesTheManPageWithoutAWarning) {
    if (!is_installed("groff")) VITRINE_MISSING("groff is not installed");
    const TextFile page(man_page("1.2.3"));
    const Ran warnings = run_program("groff -ww -man -Tutf8 -z " + page.path());
    EXPECT_EQ(warnings.status, 0);
    EXPECT_EQ(warnings.output, "");
    const Ran shown = run_program("groff -man -Tascii -P-cbou " + page.path());
    EXPECT_TRUE(contains(shown.output, "--list-options")) << shown.output;
    EXPECT_TRUE(contains(shown.output, "EXIT STATUS"));
}

/// Completes a command line in bash as readline would, and gives the answers in a line.
std::string complete_in_bash(const std::string& words) {
    const TextFile script(bash_completion() + "COMP_WORDS=(" + words +
                          ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_vitrine\n"
                          "echo \"${COMPREPLY[*]}\"\n");
    const Ran ran = run_program("bash --norc " + script.path());
    EXPECT_EQ(ran.status, 0) << ran.output;
    return ran.output.substr(0, ran.output.find_last_not_of('\n') + 1);
}

TEST(OptionTexts, BashCompletes) {
    if (!is_installed("bash")) VITRINE_MISSING("bash is not installed");
    EXPECT_EQ(complete_in_bash("vitrine --unt"), "--untimed");
    EXPECT_EQ(complete_in_bash("vitrine --js"), "");
    EXPECT_EQ(complete_in_bash("vitrine --output = o"), "offscreen");
    EXPECT_EQ(complete_in_bash("vitrine --output =").substr(0, 11), "auto window");
    EXPECT_EQ(complete_in_bash("vitrine --output n"), "null");
    EXPECT_EQ(complete_in_bash("vitrine -o n"), "null");
    EXPECT_EQ(complete_in_bash("vitrine --output=n"), "null");
    EXPECT_EQ(complete_in_bash("vitrine --size ''"), "");
    EXPECT_EQ(complete_in_bash("vitrine --loop=i"), "inf");
    EXPECT_EQ(complete_in_bash("vitrine --loop = i"), "inf");
    EXPECT_EQ(complete_in_bash("vitrine --loop /etc/hostn"), "/etc/hostname");
    EXPECT_EQ(complete_in_bash("vitrine --loop"),
              "--loop --loop= --loop-playlist --loop-playlist=");
    EXPECT_EQ(complete_in_bash("vitrine probe --"),
              "--json --log-level= --help --version --list-options --generate=");
    EXPECT_EQ(complete_in_bash("vitrine probe ''"), "");
    EXPECT_EQ(complete_in_bash("vitrine devices --c"), "--cameras --converters");
    EXPECT_EQ(complete_in_bash("vitrine devices --unt"), "");
    EXPECT_EQ(complete_in_bash("vitrine devices ''"), "");
    EXPECT_EQ(complete_in_bash("vitrine /etc/hostn"), "/etc/hostname");
    EXPECT_EQ(complete_in_bash("vitrine doctor /etc/hostn"), "/etc/hostname");
    EXPECT_EQ(complete_in_bash("vitrine doctor --json /etc/hostn"), "/etc/hostname");
    EXPECT_EQ(complete_in_bash("vitrine doctor --js"), "--json");
    EXPECT_EQ(complete_in_bash("vitrine probe /etc/hostn"), "");
    EXPECT_EQ(complete_in_bash("vitrine devices /etc/hostn"), "");
    EXPECT_EQ(complete_in_bash("vitrine prob"), "probe");
    std::string every;
    for (const OptionRow& row : option_rows()) {
        if (!row.belongs_to(Command::play)) continue;
        if (row.may_lack_value) every += " --" + std::string(row.name);
        every +=
            (every.empty() ? "--" : " --") + std::string(row.name) + (row.takes_value() ? "=" : "");
    }
    EXPECT_EQ(complete_in_bash("vitrine --"), every);
}

TEST(OptionTexts, ZshTakesItsCompletions) {
    if (!is_installed("zsh")) VITRINE_MISSING("zsh is not installed");
    const TextFile script(zsh_completion());
    const Ran ran = run_program("zsh -f -n " + script.path());
    EXPECT_EQ(ran.status, 0) << ran.output;
    EXPECT_EQ(ran.output, "");
}

/// Whether zsh would complete a file as the next word: _arguments calls what comes first and what
/// comes after that, and both call _files for it.
bool zsh_completes_files(const std::string& words) {
    const TextFile script(
        "_arguments() {}\n_describe() {}\n_files() { print files }\n" + zsh_completion() +
        "words=(" + words +
        ")\nCURRENT=$#words\n"
        "if ((CURRENT == 2)); then _vitrine_first; else _vitrine_rest; fi\ntrue\n");
    const Ran ran = run_program("zsh -f " + script.path());
    EXPECT_EQ(ran.status, 0) << ran.output;
    return ran.output == "files\n";
}

TEST(OptionTexts, ZshCompletesFilesWhereACommandTakesThem) {
    if (!is_installed("zsh")) VITRINE_MISSING("zsh is not installed");
    EXPECT_TRUE(zsh_completes_files("vitrine ''"));
    EXPECT_TRUE(zsh_completes_files("vitrine a.mp4 ''"));
    EXPECT_TRUE(zsh_completes_files("vitrine doctor ''"));
    EXPECT_TRUE(zsh_completes_files("vitrine --json doctor ''"));
    EXPECT_FALSE(zsh_completes_files("vitrine probe ''"));
    EXPECT_FALSE(zsh_completes_files("vitrine devices --all ''"));
}

TEST(OptionTexts, FishTakesItsCompletions) {
    if (!is_installed("fish")) VITRINE_MISSING("fish is not installed");
    const TextFile script(fish_completion());
    const Ran syntax = run_program("fish --no-execute " + script.path());
    EXPECT_EQ(syntax.status, 0) << syntax.output;
    EXPECT_EQ(syntax.output, "");
    const Ran ran = run_program("fish --no-config -c 'source " + script.path() +
                                "; complete -C \"vitrine --fit=c\"'");
    EXPECT_TRUE(contains(ran.output, "--fit=cover\tno bars")) << ran.output;
    const Ran without_value = run_program("fish --no-config -c 'source " + script.path() +
                                          "; complete -C \"vitrine --loop /etc/hostn\"'");
    EXPECT_TRUE(contains(without_value.output, "/etc/hostname")) << without_value.output;
    for (const CommandRow& row : command_rows()) {
        const Ran files =
            run_program("fish --no-config -c 'source " + script.path() +
                        "; complete -C \"vitrine " + std::string(row.name) + " /etc/hostn\"'");
        EXPECT_EQ(contains(files.output, "/etc/hostname"), row.takes_file()) << row.name;
    }
}

}  // namespace
}  // namespace vitrine
