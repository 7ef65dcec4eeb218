#include <fmt/format.h>

#include <algorithm>

#include "app/exit_code.h"
#include "app/key_bindings.h"
#include "app/option_texts.h"
#include "app/settings.h"

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

/// Lines, each as roff() makes it.
std::string roff_lines(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        out += roff(line) + "\n";
    }
    return out;
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
    if (row.takes_value()) {
        const std::string value = fmt::format("=\\fI{}\\fR", roff(value_text(row)));
        text += row.may_lack_value ? fmt::format("[{}]", value) : value;
    }
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
    std::string text =
        ".SH KEYS\nIn the window, where no file says otherwise (see FILES), as in mpv:\n";
    const auto bindings = default_bindings();
    for (auto each = bindings.begin(); each != bindings.end();) {
        std::string keys;
        const std::string_view command = each->command;
        for (; each != bindings.end() && each->command == command; ++each) {
            keys += keys.empty() ? "" : ", ";
            keys += each->key;
        }
        text += fmt::format(".TP\n.B {}\n{}\n", roff(keys), roff(command));
    }
    text +=
        ".PP\nThe commands, of which input.conf names one a line behind its key, such as \"Ctrl+s "
        "screenshot\". A key is the character that it types, or one of mpv's names; before it may "
        "stand Shift+, Ctrl+, Alt+ and Meta+. # begins a comment, and the key of that name is "
        "SHARP. Every button of the mouse is a key too, and so is closing the window.\n";
    for (const BindableCommand& command : bindable_commands()) {
        text += fmt::format(".TP\n\\fB{}\\fR {}\n{}\n", roff(command.name), roff(command.arguments),
                            roff(command.help));
    }
    return text;
}

/// What settles options beside the command line.
std::string files() {
    constexpr std::string_view kText = R"(.SH FILES
Options of play are settled by, each above the one before:
.TP
.I /usr/share/vitrine/vitrine.conf
Of a distribution.
.TP
.I /etc/vitrine/vitrine.conf
Of the machine.
.TP
.I $XDG_CONFIG_HOME/vitrine/vitrine.conf
Of the user; ~/.config/vitrine/vitrine.conf where that variable is not set.
.PP
and above them the environment and the command line. A line is
.IR OPTION = VALUE ,
as on the command line without the dashes; an option that takes no value there is
.IR OPTION ,
.IR OPTION =yes
or
.IR OPTION =no.
A # begins a comment; a value with one in it, or with blanks at its ends, is put in quotes
(" or '), or written as
.RI % LENGTH % VALUE
with the length in bytes. What a line settled is undone by no\- before the option:
\-\-no\-fullscreen on the command line, no\-fullscreen in a file above.
.PP
A line of
.RI [ NAME ]
begins a profile: what follows, up to the next such line or [default], holds where
.RI \-\-profile= NAME
asks for it, or profile=NAME in a file; profile\-desc=TEXT says what it is for. A profile of the
same name in another file adds to it, also to the one that is built in:
.PP
.EX
)";
    std::string text(kText);
    text += roff_lines(built_in_profiles());
    text +=
        ".EE\n.PP\nA file with an error in it ends the program, which names the line; "
        "\\-\\-no\\-config leaves out every file, and \\-\\-print\\-config shows what was "
        "settled, and where.\nThe folders may hold input.conf too: see KEYS.\n";
    text +=
        ".SH ENVIRONMENT\n.TP\n.I VITRINE_OPTION\nThe option of that name, in capitals and with "
        "_ for \\-: VITRINE_LOG_LEVEL=debug, VITRINE_FULLSCREEN=yes.\n"
        ".TP\n.I XDG_CONFIG_HOME\nSee FILES.\n";
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
        "doctor plays its FILE several times, and takes neither that nor another pipe.\n"
        "URLs that FFmpeg knows are files too; file:NAME is the file NAME.\n"
        "A folder stands for the films and pictures in it, and what comes and goes is followed.\n"
        "A file that ends in .m3u or .m3u8 is a list of files, folders, lists and URLs, a name a\n"
        "line; lines #VITRINE:start=TIME,end=TIME,repeat=N,image\\-duration=TIME are about the\n"
        "entry after them.\n"
        "An option with choices lists them when it is given \\fBhelp\\fR.\n.SH OPTIONS\n";
    for (size_t i = 0; i < kOptionGroupCount; ++i) {
        const auto group = static_cast<OptionGroup>(i);
        text += fmt::format(".SS {}\n", title_of(group));
        for (const OptionRow& row : option_rows()) {
            if (row.group == group) text += option_entry(row);
        }
    }
    text += keys();
    text += files();
    text += ".SH EXIT STATUS\n";
    for (const ExitCodeRow& row : kExitCodes) {
        text += fmt::format(".TP\n.B {}\n{}\n", static_cast<int>(row.code),
                            roff(sentence(row.meaning)));
    }
    text +=
        ".PP\nAn interrupt (SIGINT) or SIGTERM ends playing with the summary, and bench with the "
        "report of the trials that had ended; the program then dies of that signal. A second one "
        "ends it at once.\n"
        ".PP\nA call into a decoder's driver that does not return for 3 seconds is left behind "
        "with its thread: the next decoder goes on, the summary counts it, the device is asked "
        "again "
        "only when it has returned, and the program ends without that thread. Calls that draw, and "
        "those that take NVDEC's pictures to GL, are waited for.\n"
        "Devices that give no picture are waited for 12 seconds in all, and then decoding goes on "
        "by software where that is allowed.\n";
    return text;
}

}  // namespace vitrine
