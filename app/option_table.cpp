#include "app/option_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vitrine {
namespace {

constexpr std::array kCommands = {
    CommandRow{Command::play, "play", "[OPTION...] FILE...",
               "show files, folders, lists; - is stdin"},
    CommandRow{Command::probe, "probe", "[--json]", "say what this machine can do"},
    CommandRow{Command::devices, "devices", "[OPTION...]", "list cameras and codecs (V4L2)"},
    CommandRow{Command::doctor, "doctor", "[--json] FILE",
               "play FILE every way and say what is wrong"},
    CommandRow{Command::bench, "bench", "[OPTION...]", "measure the ways of pixels into textures"},
};

constexpr std::array kOutputs = {
    Choice{"auto", "a window where a display opens, else offscreen"},
    Choice{"window", "a window on wayland, x11 or kmsdrm; fails without a display"},
    Choice{"offscreen", "rendered and finished by the GPU, shown nowhere"},
    Choice{"null", "decoded only, not rendered"},
};
constexpr std::array kFits = {
    Choice{"contain", "the whole picture, with black bars where it does not reach"},
    Choice{"cover", "no bars; what does not fit is cut off"},
    Choice{"stretch", "filled, whatever that does to the proportions"},
};
constexpr std::array kRotations = {
    Choice{"0", "as the file says"},
    Choice{"90", "a quarter turn clockwise"},
    Choice{"180", "upside down"},
    Choice{"270", "a quarter turn counter-clockwise"},
};
constexpr std::array kCursors = {
    Choice{"auto", "hidden while the screen is filled"},
    Choice{"hide", "never seen over the window"},
};
constexpr std::array kScreenSavers = {
    Choice{"yes", "kept away while a film plays, and not while it is paused"},
    Choice{"no", "comes as the desktop has it"},
    Choice{"always", "kept away as long as there is a window"},
};
constexpr std::array kImports = {
    Choice{"auto", "without a copy where that proves to work, else upload"},
    Choice{"dmabuf", "the GPU reads the decoder's memory; fails where it cannot"},
    Choice{"cuda", "NVDEC's pictures, copied within the GPU; fails where they cannot be"},
    Choice{"upload", "one copy per frame into textures"},
};
constexpr std::array kDecoders = {
    Choice{"auto", "every way that this machine has, best first"},
    Choice{"no", "software only"},
};
constexpr std::array kProfiles = {
    Choice{"kiosk", "to be left running: fills the screen, without a cursor, for ever"},
};
constexpr std::array kRounds = {
    Choice{"inf", "for ever, as without a value"},
};
constexpr std::array kGapless = {
    Choice{"auto", "the next item is made ready ahead where the machine allows"},
    Choice{"strict", "as auto, and playing fails where that cannot be"},
    Choice{"off", "each item is opened when the one before it has ended"},
};
constexpr std::array kTransitions = {
    Choice{"cut", "at once"},
};
constexpr std::array kSoundDevices = {
    Choice{"auto", "the system's default"},
};
constexpr std::array kSpeeds = {
    Choice{"0.25", "a quarter, which is the slowest"},
    Choice{"1", "as it was made"},
    Choice{"4", "four times, which is the fastest"},
};
constexpr std::array kVideoTracks = {
    Choice{"auto", "the file's default one, or the largest"},
};
constexpr std::array kAudioTracks = {
    Choice{"auto", "by --alang, else the file's default one"},
    Choice{"no", "none"},
};
constexpr std::array kLanguages = {
    Choice{"auto", "the file's default track"},
};
constexpr std::array kLogLevels = {
    Choice{"quiet", "nothing"},
    Choice{"error", "something is lost"},
    Choice{"warning", "something is worse than it could be, such as a copy"},
    Choice{"info", "the chosen path, and the summary at the end"},
    Choice{"debug", "each decision"},
    Choice{"trace", "each frame"},
};
constexpr std::array kVia = {
    Choice{"gl", "each way that there is of pixels into textures"},
    Choice{"api", "libvitrine, beside what the program itself does"},
};
constexpr std::array kMethods = {
    Choice{"all", "every one"},
};
constexpr std::array kBenchSizes = {
    Choice{"480p", "854x480"},    Choice{"720p", "1280x720"}, Choice{"1080p", "1920x1080"},
    Choice{"1440p", "2560x1440"}, Choice{"4k", "3840x2160"},  Choice{"8k", "7680x4320"},
};
constexpr std::array kBenchFormats = {
    Choice{"nv12", "4:2:0 of 8 bits in 2 planes"},
    Choice{"yuv420p", "4:2:0 of 8 bits in 3 planes"},
    Choice{"p010", "4:2:0 of 10 bits in 2 planes"},
    Choice{"rgba", "RGB and alpha of 8 bits in 1 plane"},
};
constexpr std::array kGenerators = {
    Choice{"man", "the manual page"},
    Choice{"bash", "completions for bash"},
    Choice{"zsh", "completions for zsh"},
    Choice{"fish", "completions for fish"},
};

constexpr CommandSet kPlay = only(Command::play);
constexpr CommandSet kDevices = only(Command::devices);
constexpr CommandSet kBench = only(Command::bench);
constexpr std::span<const Choice> kNoChoices;

constexpr std::array kOptions = {
    OptionRow{
        OptionId::output, "output", 'o', kOutputs, "", "where pictures go",
        "Options about the picture (--size, --fit, --rotate, --import, --screenshot) do not go "
        "with null.",
        "auto", OptionGroup::picture, kPlay},
    OptionRow{
        OptionId::size, "size", '\0', kNoChoices, "WxH", "size to render at, in pixels",
        "Each from 1 to 16384. A window opens at this size. The video's own is reduced where a "
        "side of it is longer than the GPU draws.",
        "the video's", OptionGroup::picture, kPlay},
    OptionRow{OptionId::fit, "fit", '\0', kFits, "", "how the picture fills that size", "",
              "contain", OptionGroup::picture, kPlay},
    OptionRow{OptionId::rotate, "rotate", '\0', kRotations, "", "turn it clockwise, in degrees",
              "Added to the rotation that the file itself asks for.", "0", OptionGroup::picture,
              kPlay},
    OptionRow{OptionId::screenshot, "screenshot", '\0', kNoChoices, "FILE.png",
              "write the last frame as presented", "", "", OptionGroup::picture, kPlay},

    OptionRow{OptionId::fullscreen, "fullscreen", '\0', kNoChoices, "", "begin with a full screen",
              "", "", OptionGroup::window, kPlay},
    OptionRow{OptionId::cursor, "cursor", '\0', kCursors, "", "when the mouse cursor is hidden", "",
              "auto", OptionGroup::window, kPlay},
    OptionRow{
        OptionId::keep_open, "keep-open", '\0', kNoChoices, "",
        "keep showing the last frame at the end",
        "Until it is asked to quit. Without a window, and with --frames, it ends in any case.", "",
        OptionGroup::window, kPlay},
    OptionRow{
        OptionId::stop_screensaver, "stop-screensaver", '\0', kScreenSavers, "",
        "when the screen saver is kept away",
        "Some desktops listen to no program about that, and have a setting of their own; where "
        "none answers on D-Bus, SDL keeps the saver away to the end once it did.",
        "yes", OptionGroup::window, kPlay},
    OptionRow{OptionId::input_conf, "input-conf", '\0', kNoChoices, "FILE",
              "key bindings, in place of input.conf", "See KEYS.", "", OptionGroup::window, kPlay},
    OptionRow{OptionId::no_input, "no-input", '\0', kNoChoices, "",
              "keys and closing the window do nothing",
              "Nor does the mouse. Signals end the program still, and so does the end of the list.",
              "", OptionGroup::window, kPlay},

    OptionRow{
        OptionId::hwdec, "hwdec", '\0', kDecoders, "NAME[,NAME...]", "decoders to use",
        "Names are rows of the decoder ladder, as 'vitrine probe' lists them, or libavcodec's "
        "names of decoders. They are tried in the order given, and nothing else is.",
        "auto", OptionGroup::path, kPlay},
    OptionRow{OptionId::hwdec_required, "hwdec-required", '\0', kNoChoices, "",
              "hardware and no copies, or fail",
              "Neither software decoding nor a copy of a picture by the processor is put up with, "
              "at the start or later.",
              "", OptionGroup::path, kPlay},
    OptionRow{OptionId::device, "device", '\0', kNoChoices, "/dev/videoN",
              "V4L2 device to decode with", "", "any that can", OptionGroup::path, kPlay},
    OptionRow{OptionId::import, "import", '\0', kImports, "", "how frames reach the GPU",
              "A way that is named is forced: it works, or playing fails with the reason.", "auto",
              OptionGroup::path, kPlay},

    OptionRow{OptionId::untimed, "untimed", '\0', kNoChoices, "",
              "as fast as it goes, no frame dropped", "", "", OptionGroup::playing, kPlay},
    OptionRow{OptionId::frames, "frames", 'n', kNoChoices, "N",
              "stop after N frames; of a bench trial [60]",
              "Counted as they are presented, over all files. Of bench: how many are measured in "
              "each trial, 60 where nothing is said of that or of --duration.",
              "", OptionGroup::playing, kPlay | kBench},
    OptionRow{OptionId::start, "start", '\0', kNoChoices, "TIME|#N",
              "begin at TIME, or chapter N, of each file",
              "Seconds, or [[HH:]MM:]SS, either with a fraction. What cannot be seeked, such as a "
              "pipe, is decoded up to there.",
              "", OptionGroup::playing, kPlay},
    OptionRow{
        OptionId::end, "end", '\0', kNoChoices, "TIME", "end at TIME in each file",
        "A time written as for --start, and later than that. The picture due at TIME is not shown.",
        "", OptionGroup::playing, kPlay},
    OptionRow{OptionId::loop, "loop", '\0', kRounds, "N", "play each file N times in all",
              "For ever without a value, which is only taken behind '='. It does not go to the "
              "next file then.",
              "1", OptionGroup::playing, kPlay, true},
    OptionRow{OptionId::loop_playlist, "loop-playlist", '\0', kRounds, "N",
              "play the whole list N times in all",
              "For ever without a value, which is only taken behind '='. Folders are followed: "
              "what comes into them is played when its place is reached, and in the "
              "last round in any case. Without end, a list of which nothing can be played any more "
              "is tried again and again, with the last picture left.",
              "1", OptionGroup::playing, kPlay, true},
    OptionRow{OptionId::shuffle, "shuffle", '\0', kNoChoices, "", "in a new order each round",
              "No item comes twice in a row where there is another.", "", OptionGroup::playing,
              kPlay},
    OptionRow{
        OptionId::image_duration, "image-duration", '\0', kNoChoices, "TIME",
        "how long a still picture is shown",
        "A time written as for --start. Of PNG, JPEG, WebP and what else FFmpeg reads; animations "
        "are films.",
        "10", OptionGroup::playing, kPlay},
    OptionRow{OptionId::gapless, "gapless", '\0', kGapless, "", "how items follow one another", "",
              "auto", OptionGroup::playing, kPlay},
    OptionRow{
        OptionId::transition, "transition", '\0', kTransitions, "fade:MS",
        "how the next item's picture comes",
        "A fade is from 0 to 10000 milliseconds long, and no longer than the item is shown. There "
        "is none where a file is played again by --loop, after a seek, with --untimed and with "
        "--frame-hash. A screenshot has both pictures, as they were presented.",
        "cut", OptionGroup::playing, kPlay, false, Scope::anywhere,
        "it fades in over the last picture of the one before, within MS milliseconds"},
    OptionRow{OptionId::no_audio, "no-audio", '\0', kNoChoices, "", "play no sound",
              "Nor is there any with --untimed.", "", OptionGroup::sound, kPlay},
    OptionRow{
        OptionId::audio_device, "audio-device", '\0', kSoundDevices, "NAME",
        "device that the sound goes to",
        "Where it does not open, or is lost, the pictures go on by themselves and it is tried "
        "again.",
        "auto", OptionGroup::sound, kPlay},
    OptionRow{OptionId::volume, "volume", '\0', kNoChoices, "PERCENT", "how loud, from 0 to 100",
              "", "100", OptionGroup::sound, kPlay},
    OptionRow{OptionId::mute, "mute", '\0', kNoChoices, "", "begin without being heard", "", "",
              OptionGroup::sound, kPlay},
    OptionRow{OptionId::audio_delay, "audio-delay", '\0', kNoChoices, "[-]TIME",
              "play the sound later, or earlier",
              "A time written as for --start. How long a device takes from getting samples to "
              "their being heard is an estimate, two of its periods: this is to trim it.",
              "0", OptionGroup::sound, kPlay},
    OptionRow{OptionId::speed, "speed", '\0', kSpeeds, "FACTOR",
              "play faster or slower, from 0.25 to 4", "The pitch of the sound is kept.", "1",
              OptionGroup::playing, kPlay},
    OptionRow{OptionId::vid, "vid", '\0', kVideoTracks, "N", "video track to play, by its number",
              "Counted from 1 in the file's order; covers do not count. Of a file without such a "
              "track the default one is played.",
              "auto", OptionGroup::playing, kPlay},
    OptionRow{OptionId::aid, "aid", '\0', kAudioTracks, "N", "audio track to play, by its number",
              "Counted from 1 in the file's order. Of a file without such a track the default "
              "one is played.",
              "auto", OptionGroup::sound, kPlay},
    OptionRow{OptionId::alang, "alang", '\0', kLanguages, "LANG[,LANG...]",
              "languages of the sound, best first",
              "As files say them: de, deu and ger are one, and en is any of en-GB and en-US. Where "
              "a file has none of them, it is as with auto.",
              "auto", OptionGroup::sound, kPlay},

    OptionRow{OptionId::timing, "timing", '\0', kNoChoices, "", "GPU times in the table of stages",
              "The table ends every run, but with --log-level=warning or less only those with this "
              "option.",
              "", OptionGroup::measuring, kPlay},
    OptionRow{OptionId::timing_json, "timing-json", '\0', kNoChoices, "FILE",
              "write the statistics as JSON", "A FILE of - is standard output.", "",
              OptionGroup::measuring, kPlay},
    OptionRow{OptionId::timing_csv, "timing-csv", '\0', kNoChoices, "FILE",
              "write a row per presented frame", "A FILE of - is standard output.", "",
              OptionGroup::measuring, kPlay},
    OptionRow{
        OptionId::frame_hash, "frame-hash", '\0', kNoChoices, "FILE",
        "write each frame's sequence, pts and MD5",
        "Of the pixels as presented (RGBA, top row first); with --output=null, of the decoded "
        "planes, as 'ffmpeg -f framemd5' makes it (of converted ones, where the lines say so). The "
        "time is in nanoseconds; lines that "
        "begin with # say what was hashed. A FILE of - is standard output.",
        "", OptionGroup::measuring, kPlay},

    OptionRow{OptionId::via, "via", '\0', kVia, "", "what pictures go by",
              "With api no method is measured: the same pictures are shown by the program's own "
              "presenter and through libvitrine, and libvitrine's calls are timed by themselves.",
              "gl", OptionGroup::measuring, kBench},
    OptionRow{OptionId::methods, "methods", '\0', kMethods, "NAME[,NAME...]", "what is measured",
              "Those that take shareable memory are measured with each kind that there is.", "all",
              OptionGroup::measuring, kBench, false, Scope::anywhere, "some by name"},
    OptionRow{OptionId::file, "file", '\0', kNoChoices, "FILE", "measure with decoding in front",
              "The pictures are those that the processor decodes of FILE, again and again, in the "
              "file's own size and format. What decoding takes is told by itself.",
              "", OptionGroup::measuring, kBench},
    OptionRow{OptionId::sizes, "sizes", '\0', kBenchSizes, "WxH[,...]", "sizes of the pictures",
              "Several with commas between them.", "1080p", OptionGroup::measuring, kBench, false,
              Scope::anywhere, "others, each from 64 to 16384"},
    OptionRow{OptionId::formats, "formats", '\0', kBenchFormats, "NAME[,NAME...]",
              "formats of the pictures", "As FFmpeg names them.", "nv12", OptionGroup::measuring,
              kBench, false, Scope::anywhere, "several by name"},
    OptionRow{OptionId::duration, "duration", '\0', kNoChoices, "TIME",
              "how long a trial lasts at most", "A time written as for --start.", "",
              OptionGroup::measuring, kBench},
    OptionRow{OptionId::trials, "trials", '\0', kNoChoices, "N", "trials of each method",
              "Those of all methods take turns in random order.", "5", OptionGroup::measuring,
              kBench},
    OptionRow{OptionId::seed, "seed", '\0', kNoChoices, "N", "of the order of trials",
              "It is printed with the results.", "another each time", OptionGroup::measuring,
              kBench},
    OptionRow{OptionId::csv, "csv", '\0', kNoChoices, "", "print every time, one a line", "", "",
              OptionGroup::measuring, kBench},
    OptionRow{OptionId::html, "html", '\0', kNoChoices, "FILE", "write a page with plots too",
              "It needs no network and no other file. A FILE of - is standard output, in place of "
              "the table.",
              "", OptionGroup::measuring, kBench},
    OptionRow{OptionId::baseline, "baseline", '\0', kNoChoices, "FILE",
              "compare with an older report", "What --json printed then.", "",
              OptionGroup::measuring, kBench},
    OptionRow{OptionId::fail_if, "fail-if", '\0', kNoChoices, "TIME>N%[,...]",
              "end with 8 where a time has grown more",
              "Against --baseline. p95>10% is of the frame, hand_over.p50>10% of the hand-over; "
              "there are p50, p90, p95, p99, p999, max and mean of decode, write, hand_over, "
              "frame, whole, "
              "cpu and gpu. The shell wants it in quotes.",
              "", OptionGroup::measuring, kBench},

    OptionRow{OptionId::cameras, "cameras", '\0', kNoChoices, "", "list cameras",
              "Loopback devices, which other programs film into, are among them.", "",
              OptionGroup::devices, kDevices},
    OptionRow{OptionId::decoders, "decoders", '\0', kNoChoices, "", "list decoders", "", "",
              OptionGroup::devices, kDevices},
    OptionRow{OptionId::encoders, "encoders", '\0', kNoChoices, "", "list encoders", "", "",
              OptionGroup::devices, kDevices},
    OptionRow{OptionId::converters, "converters", '\0', kNoChoices, "",
              "list what scales and converts pictures", "", "", OptionGroup::devices, kDevices},
    OptionRow{OptionId::all, "all", '\0', kNoChoices, "", "list outputs, metadata and others too",
              "A device that cannot be asked is listed in any case, with the reason.", "",
              OptionGroup::devices, kDevices},
    OptionRow{OptionId::verbose, "verbose", 'v', kNoChoices, "",
              "sizes, rates, memory and controls too", "JSON says it in any case.", "",
              OptionGroup::devices, kDevices},

    OptionRow{OptionId::json, "json", '\0', kNoChoices, "", "print JSON (all but play)",
              "Of probe, devices, doctor, bench, --list-options and --print-config; play has "
              "--timing-json.",
              "", OptionGroup::general, kEveryCommand & ~kPlay},
    OptionRow{OptionId::log_level, "log-level", '\0', kLogLevels, "",
              "how much to say; summary from info",
              "On stderr. With warning, error or quiet there is no summary at the end either, but "
              "with --timing there is.",
              "info", OptionGroup::general, kEveryCommand},
    OptionRow{
        OptionId::profile, "profile", '\0', kProfiles, "NAME[,NAME...]",
        "options that go together, by name",
        "Sections of the configuration files, in the order given; each stands for its options "
        "at this place.",
        "", OptionGroup::general, kPlay},
    OptionRow{OptionId::no_config, "no-config", '\0', kNoChoices, "", "read no configuration files",
              "Neither vitrine.conf nor input.conf; a file that --input-conf names is read.", "",
              OptionGroup::general, kPlay, false, Scope::environment},
    OptionRow{OptionId::print_config, "print-config", '\0', kNoChoices, "",
              "show each option's value and its origin",
              "As a configuration file, or with --json as JSON. Nothing is played.", "",
              OptionGroup::general, kPlay, false, Scope::command_line},
    OptionRow{OptionId::help, "help", 'h', kNoChoices, "", "show this help", "", "",
              OptionGroup::general, kEveryCommand, false, Scope::command_line},
    OptionRow{OptionId::version, "version", 'V', kNoChoices, "", "show versions and licences", "",
              "", OptionGroup::general, kEveryCommand, false, Scope::command_line},
    OptionRow{OptionId::list_options, "list-options", '\0', kNoChoices, "",
              "list the options for a program to read",
              "With --json as JSON, else in columns with tabs between them.", "",
              OptionGroup::general, kEveryCommand, false, Scope::command_line},
    OptionRow{OptionId::generate, "generate", '\0', kGenerators, "", "print a file made from them",
              "", "", OptionGroup::general, kEveryCommand, false, Scope::command_line},
};

constexpr bool names_are_unique() {
    for (size_t i = 0; i < kOptions.size(); ++i) {
        for (size_t j = i + 1; j < kOptions.size(); ++j) {
            if (kOptions[i].name == kOptions[j].name) return false;
            if (kOptions[i].id == kOptions[j].id) return false;
            if (kOptions[i].short_name != '\0' &&
                kOptions[i].short_name == kOptions[j].short_name) {
                return false;
            }
        }
    }
    return true;
}
static_assert(names_are_unique());
static_assert(kOptions.size() == static_cast<size_t>(OptionId::generate) + 1);

}  // namespace

std::span<const CommandRow> command_rows() {
    return kCommands;
}

const CommandRow& row_of(Command command) {
    return kCommands[static_cast<size_t>(command)];
}

std::string_view title_of(OptionGroup group) {
    constexpr std::array<std::string_view, kOptionGroupCount> kTitles = {
        "Picture", "Window", "Path", "Playing", "Sound", "Measuring", "Devices", "General"};
    return kTitles[static_cast<size_t>(group)];
}

std::span<const OptionRow> option_rows() {
    return kOptions;
}

const OptionRow* find_option(std::string_view name) {
    const auto found = std::find_if(kOptions.begin(), kOptions.end(),
                                    [&](const OptionRow& row) { return row.name == name; });
    return found == kOptions.end() ? nullptr : &*found;
}

const OptionRow* find_option(char short_name) {
    const auto found = std::find_if(kOptions.begin(), kOptions.end(), [&](const OptionRow& row) {
        return short_name != '\0' && row.short_name == short_name;
    });
    return found == kOptions.end() ? nullptr : &*found;
}

WrittenOption find_written(std::string_view name) {
    constexpr std::string_view kNo = "no-";
    if (const OptionRow* row = find_option(name)) return {row, false};
    const bool negative = name.starts_with(kNo);
    const OptionRow* row =
        negative ? find_option(name.substr(kNo.size())) : find_option(fmt::format("no-{}", name));
    if (row == nullptr || row->scope == Scope::command_line) return {};
    return {row, true};
}

std::string value_text(const OptionRow& row) {
    std::string text;
    for (const Choice& choice : row.choices) {
        if (!text.empty()) text += '|';
        text += choice.name;
    }
    if (!row.choices.empty() && !row.placeholder.empty()) text += '|';
    text += row.placeholder;
    return text;
}

std::string written_text(const OptionRow& row) {
    std::string text = "--" + std::string(row.name);
    if (!row.takes_value()) return text;
    return row.may_lack_value ? text + "[=" + value_text(row) + "]" : text + "=" + value_text(row);
}

}  // namespace vitrine
