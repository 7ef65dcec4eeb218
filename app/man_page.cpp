#include <fmt/format.h>

#include "app/exit_code.h"
#include "app/option_texts.h"

namespace vitrine {
namespace {

/// Text as roff takes it: no control lines, no escapes by accident, hyphens that can be searched.
std::string roff(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '\\') {
            escaped += "\\e";
        } else if (c == '-') {
            escaped += "\\-";
        } else {
            if (escaped.empty() && (c == '.' || c == '\'')) escaped += "\\&";
            escaped += c;
        }
    }
    return escaped;
}

std::string sentence(std::string_view text) {
    std::string out(text);
    if (out.empty()) return out;
    if (out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
    if (out.back() != '.') out += '.';
    return out;
}

std::string option_entry(const OptionRow& row) {
    std::string text = ".TP\n";
    if (row.short_name != '\0') text += fmt::format("\\fB\\-{}\\fR, ", row.short_name);
    text += fmt::format("\\fB\\-\\-{}\\fR", roff(row.name));
    if (row.takes_value()) text += fmt::format("=\\fI{}\\fR", roff(value_text(row)));
    text += fmt::format("\n{}\n", roff(sentence(row.help)));
    if (!row.details.empty()) text += fmt::format("{}\n", roff(row.details));
    if (!row.default_text.empty()) {
        text += fmt::format("Default: {}.\n", roff(row.default_text));
    }
    if (row.choices.empty()) return text;
    text += ".RS\n";
    for (const Choice& choice : row.choices) {
        text +=
            fmt::format(".TP\n.B {}\n{}\n", roff(choice.name), roff(sentence(choice.description)));
    }
    return text + ".RE\n";
}

std::string keys() {
    constexpr std::array<std::array<std::string_view, 2>, 7> kKeys = {{
        {"space", "Pause, or go on."},
        {"left, right", "Seek 5 seconds back or forward."},
        {"down, up", "Seek 60 seconds back or forward."},
        {"period", "Show the next frame, then pause."},
        {"f", "Fill the screen, or leave it; Esc leaves it too."},
        {"s", "Write a screenshot: vitrine-0001.png and on, in the current folder."},
        {"q", "Quit."},
    }};
    std::string text = ".SH KEYS\nIn the window:\n";
    for (const auto& [key, meaning] : kKeys) {
        text += fmt::format(".TP\n.B {}\n{}\n", roff(key), roff(meaning));
    }
    return text;
}

}  // namespace

std::string man_page(std::string_view version) {
    std::string text = fmt::format(
        ".TH VITRINE 1 \"\" \"vitrine {}\" \"User Commands\"\n"
        ".SH NAME\nvitrine \\- {}\n.SH SYNOPSIS\n",
        roff(version), roff(kProgramSummary));
    for (const CommandRow& row : command_rows()) {
        if (row.id != Command::play) text += ".br\n";
        text += fmt::format(
            "\\fBvitrine\\fR {} {}\n",
            row.id == Command::play ? "[\\fBplay\\fR]" : fmt::format("\\fB{}\\fR", roff(row.name)),
            roff(row.usage));
    }
    text += ".SH COMMANDS\n";
    for (const CommandRow& row : command_rows()) {
        text += fmt::format(".TP\n.B {}\n{}\n", roff(row.name), roff(sentence(row.help)));
    }
    text +=
        ".PP\nA file that has the name of a command is written with its folder: ./play.\n"
        "After \\-\\- everything is a file.\n"
        "A FILE of \\- is standard input, a pipe or a file; a file of that name is ./\\-.\n"
        "URLs that FFmpeg knows are files too; file:NAME is the file NAME.\n"
        "An option with choices lists them when it is given \\fBhelp\\fR.\n.SH OPTIONS\n";
    for (size_t i = 0; i < kOptionGroupCount; ++i) {
        const auto group = static_cast<OptionGroup>(i);
        text += fmt::format(".SS {}\n", title_of(group));
        for (const OptionRow& row : option_rows()) {
            if (row.group == group) text += option_entry(row);
        }
    }
    text += keys();
    text += ".SH EXIT STATUS\n";
    for (const ExitCodeRow& row : kExitCodes) {
        text += fmt::format(".TP\n.B {}\n{}\n", static_cast<int>(row.code),
                            roff(sentence(row.meaning)));
    }
    text +=
        ".PP\nAn interrupt (SIGINT) or SIGTERM ends playing with the summary, and the program then "
        "dies of that signal; a second one ends it at once.\n"
        ".PP\nA call into a driver that does not return for 3 seconds is left behind with its "
        "thread: "
        "the next decoder goes on, the summary counts it, the device is not asked again, and the "
        "program ends without that thread.\n"
        "Devices that give no picture are waited for 12 seconds in all, and then decoding goes on "
        "by software where that is allowed.\n";
    return text;
}

}  // namespace vitrine
