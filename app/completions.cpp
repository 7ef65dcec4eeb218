#include <fmt/format.h>

#include <algorithm>

#include "app/option_texts.h"

namespace vitrine {
namespace {

std::string choice_names(const OptionRow& row) {
    std::string names;
    for (const Choice& choice : row.choices) {
        if (!names.empty()) names += ' ';
        names += choice.name;
    }
    return names.empty() ? names : names + " help";
}

std::string command_names() {
    std::string names;
    for (const CommandRow& row : command_rows()) {
        if (!names.empty()) names += ' ';
        names += row.name;
    }
    return names;
}

/// The names of those that take no file, with this between.
std::string commands_without_files(std::string_view between) {
    std::string names;
    for (const CommandRow& row : command_rows()) {
        if (row.takes_file()) continue;
        if (!names.empty()) names += between;
        names += row.name;
    }
    return names;
}

/// The options of a command as words to complete; "=" after those that take a value, and both where
/// it may be left out.
std::string option_words(Command command) {
    std::string words;
    for (const OptionRow& row : option_rows()) {
        if (!row.belongs_to(command)) continue;
        if (!words.empty()) words += ' ';
        if (row.may_lack_value) words += fmt::format("--{} ", row.name);
        words += fmt::format("--{}{}", row.name, row.takes_value() ? "=" : "");
    }
    return words;
}

/// Text between single quotes of a POSIX shell.
std::string in_quotes(std::string_view text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

/// What may be completed behind an option and '=', or behind an option in the next word; where a
/// value may be left out, the next word is none.
std::string bash_value_case(const OptionRow& row) {
    std::string pattern = fmt::format("--{}", row.name);
    if (row.short_name != '\0') pattern += fmt::format("|-{}", row.short_name);
    std::string action = "return";
    if (row.takes_file()) {
        action = "_vitrine_files \"$cur\"; return";
    } else if (!row.choices.empty()) {
        action = fmt::format("COMPREPLY=($(compgen -W {} -- \"$cur\")); return",
                             in_quotes(choice_names(row)));
    }
    if (row.may_lack_value) action = fmt::format("[[ $joined ]] && {{ {}; }}", action);
    return fmt::format("        {}) {} ;;\n", pattern, action);
}

constexpr std::string_view kBashHead =
    R"(# Completions of vitrine for bash, made by 'vitrine --generate=bash'.
_vitrine_files() {
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

_vitrine() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev='' command=play word joined=''
    COMPREPLY=()
    ((COMP_CWORD > 0)) && prev=${COMP_WORDS[COMP_CWORD - 1]}
    # '=' is a word of its own where COMP_WORDBREAKS holds it.
    if [[ $cur == '=' ]]; then
        cur='' joined=1
    elif [[ $prev == '=' ]] && ((COMP_CWORD > 1)); then
        prev=${COMP_WORDS[COMP_CWORD - 2]} joined=1
    elif [[ $cur == --*=* ]]; then
        prev=${cur%%=*} joined=1
        cur=${cur#*=}
    fi
)";

constexpr std::string_view kBashTail = R"(    if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "$words" -- "$cur"))
        [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
        return
    fi
)";

}  // namespace

std::string bash_completion() {
    std::string text(kBashHead);
    text += "    case $prev in\n";
    for (const OptionRow& row : option_rows()) {
        if (row.takes_value()) text += bash_value_case(row);
    }
    text += "    esac\n";
    text += fmt::format("    local words={}\n", in_quotes(option_words(Command::play)));
    text += "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n";
    for (const CommandRow& row : command_rows()) {
        if (row.id == Command::play) continue;
        text += fmt::format("        [[ $word == {0} ]] && command={0} && words={1}\n", row.name,
                            in_quotes(option_words(row.id)));
    }
    text += "    done\n";
    text += kBashTail;
    text += fmt::format("    case $command in {}) return ;; esac\n    _vitrine_files \"$cur\"\n",
                        commands_without_files("|"));
    text += fmt::format(
        "    ((COMP_CWORD == 1)) && COMPREPLY+=($(compgen -W {} -- \"$cur\"))\n    return 0\n}}\n"
        "complete -F _vitrine vitrine\n",
        in_quotes(command_names()));
    return text;
}

namespace {

/// Text inside a bracket or a quoted list of zsh's _arguments.
std::string zsh_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

std::string zsh_action(const OptionRow& row) {
    if (row.takes_file()) return "_files";
    if (row.choices.empty()) return " ";
    std::string list;
    for (const Choice& choice : row.choices) {
        std::string description;
        for (const char c : zsh_text(choice.description)) {
            if (c == '"') continue;
            description += c;
        }
        if (!list.empty()) list += ' ';
        list += fmt::format("{}\\:\"{}\"", choice.name, description);
    }
    return fmt::format("(({} help\\:\"list these\"))", list);
}

/// What follows the name: '=' for a value there or in the next word, '=-' for one there only.
std::string_view zsh_joint(const OptionRow& row) {
    if (!row.takes_value()) return "";
    return row.may_lack_value ? "=-" : "=";
}

std::string zsh_option(const OptionRow& row) {
    const std::string value =
        row.takes_value()
            ? fmt::format("{}{}:{}", row.may_lack_value ? "::" : ":",
                          zsh_text(row.placeholder.empty() ? row.name : row.placeholder),
                          zsh_action(row))
            : std::string();
    const std::string help = fmt::format("[{}]", zsh_text(row.help));
    std::string text =
        fmt::format("        {} \\\n",
                    in_quotes(fmt::format("--{}{}{}{}", row.name, zsh_joint(row), help, value)));
    if (row.short_name != '\0') {
        text += fmt::format("        {} \\\n",
                            in_quotes(fmt::format("-{}{}{}{}", row.short_name,
                                                  row.takes_value() ? "+" : "", help, value)));
    }
    return text;
}

/// Text between single quotes of fish, where a backslash escapes.
std::string fish_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

/// When it is offered: an option of play, which needs no name, unless another command was named.
std::string fish_condition(const OptionRow& row) {
    std::string with;
    std::string without;
    for (const CommandRow& command : command_rows()) {
        if (command.id == Command::play) continue;
        (row.belongs_to(command.id) ? with : without) += fmt::format(" {}", command.name);
    }
    if (without.empty()) return "";
    return row.belongs_to(Command::play)
               ? fmt::format(" -n 'not __fish_seen_subcommand_from{}'", without)
               : fmt::format(" -n '__fish_seen_subcommand_from{}'", with);
}

std::string fish_option(const OptionRow& row) {
    std::string text = fmt::format("complete -c vitrine -l {}", row.name);
    if (row.short_name != '\0') text += fmt::format(" -s {}", row.short_name);
    text += fish_condition(row);
    text += fmt::format(" -d {}", fish_quoted(row.help));
    if (!row.takes_value()) return text + "\n";
    if (row.wants_value()) text += row.takes_file() ? " -r -F" : " -x";
    if (row.choices.empty()) return text + "\n";
    // In the list, which fish evaluates again, blanks in a description need quotes of their own.
    std::string words;
    for (const Choice& choice : row.choices) {
        words += fmt::format("{}\\t{} ", choice.name, fish_quoted(choice.description));
    }
    words += fmt::format("help\\t{}", fish_quoted("list these"));
    return text + fmt::format(" -a {}\n", fish_quoted(words));
}

}  // namespace

std::string zsh_completion() {
    std::string text =
        "#compdef vitrine\n# Completions of vitrine for zsh, made by 'vitrine --generate=zsh'.\n"
        "_vitrine() {\n    _arguments -s -S \\\n";
    for (const OptionRow& row : option_rows()) text += zsh_option(row);
    std::string commands;
    for (const CommandRow& row : command_rows()) {
        commands +=
            fmt::format(" {}", in_quotes(fmt::format("{}:{}", row.name, zsh_text(row.help))));
    }
    text += "        '1: :_vitrine_first' \\\n        '*:file:_vitrine_rest'\n}\n";
    text += fmt::format(
        "_vitrine_rest() {{\n    local word\n    for word in $words[2,CURRENT-1]; do\n"
        "        case $word in ({}) return 1 ;; esac\n    done\n    _files\n}}\n",
        commands_without_files("|"));
    text += fmt::format(
        "_vitrine_first() {{\n    local -a commands=({} )\n"
        "    _describe -t commands command commands\n    _files\n}}\n_vitrine \"$@\"\n",
        commands);
    return text;
}

std::string fish_completion() {
    std::string text = "# Completions of vitrine for fish, made by 'vitrine --generate=fish'.\n";
    for (const CommandRow& row : command_rows()) {
        text += fmt::format("complete -c vitrine -n '__fish_is_first_token' -a {} -d {}\n",
                            row.name, fish_quoted(row.help));
    }
    // Files are completed where nothing says otherwise.
    text += fmt::format("complete -c vitrine -n '__fish_seen_subcommand_from {}' -f\n",
                        commands_without_files(" "));
    for (const OptionRow& row : option_rows()) text += fish_option(row);
    return text;
}

}  // namespace vitrine
