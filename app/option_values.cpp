#include "app/option_values.h"

#include <algorithm>

#include "app/values.h"
#include "decode/media_source.h"

namespace vitrine {
namespace {

/// Puts the option and the value before what a value's parser said.
Failure bad_value(const OptionRow& row, std::string_view value, std::string_view expected) {
    return fail(Errc::invalid_argument, "--{}={}: {}", row.name, value, expected);
}

template <typename T>
Result<void> store(T& field, Result<T> parsed, const OptionRow& row, std::string_view value) {
    if (!parsed) return bad_value(row, value, parsed.error().text);
    field = std::move(*parsed);
    return {};
}

template <typename T>
Result<void> store(std::optional<T>& field, Result<T> parsed, const OptionRow& row,
                   std::string_view value) {
    if (!parsed) return bad_value(row, value, parsed.error().text);
    field = std::move(*parsed);
    return {};
}

/// Why a name is none of a decoder.
Failure unknown_decoder(const OptionRow& row, std::string_view value, const std::string& name,
                        const std::vector<std::string_view>& known) {
    if (choice_of(row, name)) {
        return bad_value(row, value, fmt::format("{} stands alone, not in a list", name));
    }
    std::string text = fmt::format("no video decoder of this FFmpeg is called {}", name);
    if (const std::string_view near = slip_of(name, known); !near.empty()) {
        text += fmt::format("; did you mean {}?", near);
    } else {
        text += "; the names are in 'vitrine probe' and 'ffmpeg -decoders'";
    }
    return bad_value(row, value, text);
}

Result<void> store_decoders(PlayOptions& play, const OptionRow& row, std::string_view value) {
    play.hardware_decoding = value != "no";
    play.decoders.clear();
    if (choice_of(row, value)) return {};
    auto names = parse_names(value);
    if (!names) return bad_value(row, value, names.error().text);
    std::vector<std::string_view> known = decoder_names();
    for (const std::string& name : *names) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        for (const Choice& choice : row.choices) known.push_back(choice.name);
        return unknown_decoder(row, value, name, known);
    }
    play.decoders = std::move(*names);
    return {};
}

/// A time, or "#2" for the second chapter.
Result<void> store_start(PlayOptions& play, const OptionRow& row, std::string_view value) {
    play.start = Nanos{0};
    play.start_chapter.reset();
    if (!value.starts_with('#')) return store(play.start, parse_time(value), row, value);
    constexpr uint64_t kMost = 1000;
    const auto number = parse_digits(value.substr(1));
    if (!number || *number == 0 || *number > kMost) {
        return bad_value(row, value, "expected a time, or # and the number of a chapter, as #2");
    }
    play.start_chapter = static_cast<int>(*number);
    return {};
}

Result<void> store_png(std::string& field, const OptionRow& row, std::string_view value) {
    std::string ending(value.size() > 4 ? value.substr(value.size() - 4) : "");
    for (char& c : ending) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (ending != ".png") return bad_value(row, value, "expected a file name that ends in .png");
    field = value;
    return {};
}

}  // namespace

std::optional<size_t> choice_of(const OptionRow& row, std::string_view value) {
    const auto found = std::find_if(row.choices.begin(), row.choices.end(),
                                    [&](const Choice& choice) { return choice.name == value; });
    if (found == row.choices.end()) return std::nullopt;
    return static_cast<size_t>(found - row.choices.begin());
}

Result<void> check_choice(const OptionRow& row, std::string_view value) {
    if (row.choices.empty() || !row.placeholder.empty() || choice_of(row, value)) return {};
    return bad_value(row, value, fmt::format("expected one of {}", value_text(row)));
}

Result<void> store_value(PlayOptions& play, const OptionRow& row, std::string_view value) {
    const auto choice = static_cast<int>(choice_of(row, value).value_or(0));
    switch (row.id) {
        case OptionId::output:
            play.output = static_cast<OutputChoice>(choice);
            return {};
        case OptionId::size:
            return store(play.size, parse_size(value), row, value);
        case OptionId::fit:
            play.fit = static_cast<FitChoice>(choice);
            return {};
        case OptionId::rotate:
            play.quarter_turns = choice;
            return {};
        case OptionId::screenshot:
            return store_png(play.screenshot, row, value);
        case OptionId::fullscreen:
            play.fullscreen = true;
            return {};
        case OptionId::cursor:
            play.cursor = static_cast<CursorChoice>(choice);
            return {};
        case OptionId::keep_open:
            play.keep_open = true;
            return {};
        case OptionId::stop_screensaver:
            play.screen_saver = static_cast<ScreenSaverChoice>(choice);
            return {};
        case OptionId::input_conf:
            play.input_conf = value;
            return {};
        case OptionId::no_input:
            play.input = false;
            return {};
        case OptionId::hwdec:
            return store_decoders(play, row, value);
        case OptionId::hwdec_required:
            play.hardware_required = true;
            return {};
        case OptionId::device:
            if (value.empty() || value.front() != '/') {
                return fail(Errc::invalid_argument, "--device={}: expected a path, as /dev/video10",
                            value);
            }
            play.device = value;
            return {};
        case OptionId::import:
            play.import = static_cast<ImportChoice>(choice);
            return {};
        case OptionId::untimed:
            play.untimed = true;
            return {};
        case OptionId::frames:
            return store(play.frames, parse_count(value), row, value);
        case OptionId::start:
            return store_start(play, row, value);
        case OptionId::end:
            return store(play.end, parse_duration(value), row, value);
        case OptionId::loop:
            return store(play.loop, parse_rounds(value), row, value);
        case OptionId::loop_playlist:
            return store(play.loop_playlist, parse_rounds(value), row, value);
        case OptionId::shuffle:
            play.shuffle = true;
            return {};
        case OptionId::image_duration:
            return store(play.image_duration, parse_duration(value), row, value);
        case OptionId::gapless:
            play.gapless = static_cast<GaplessChoice>(choice);
            return {};
        case OptionId::transition:
            play.fade = Nanos{0};
            return choice_of(row, value) ? Result<void>{}
                                         : store(play.fade, parse_fade(value), row, value);
        case OptionId::no_audio:
            play.sound = false;
            return {};
        case OptionId::audio_device:
            play.sound_device = choice_of(row, value) ? "" : std::string(value);
            return {};
        case OptionId::volume:
            return store(play.volume, parse_decimal(value, 0, 100), row, value);
        case OptionId::mute:
            play.mute = true;
            return {};
        case OptionId::audio_delay:
            return store(play.sound_delay, parse_offset(value), row, value);
        case OptionId::speed:
            return store(play.speed, parse_decimal(value, kSlowest, kFastest), row, value);
        case OptionId::vid:
            play.video_track.reset();
            return choice_of(row, value) ? Result<void>{}
                                         : store(play.video_track, parse_track(value), row, value);
        case OptionId::aid:
            play.audio_track.reset();
            return value == "auto"
                       ? Result<void>{}
                       : store(play.audio_track, parse_track_or_none(value), row, value);
        case OptionId::alang:
            play.audio_languages.clear();
            return choice_of(row, value)
                       ? Result<void>{}
                       : store(play.audio_languages, parse_names(value), row, value);
        case OptionId::timing:
            play.timing = true;
            return {};
        case OptionId::timing_json:
            play.timing_json = value;
            return {};
        case OptionId::timing_csv:
            play.timing_csv = value;
            return {};
        case OptionId::frame_hash:
            play.frame_hash = value;
            return {};
        case OptionId::log_level:
            play.log_level = static_cast<LogLevel>(choice);
            return {};
        case OptionId::profile:
            if (const auto names = parse_names(value); !names) {
                return bad_value(row, value, names.error().text);
            }
            return {};  // settle() puts its options in their place
        case OptionId::no_config:
            return {};  // settle_play() looks for it
        default:
            return {};
    }
}

Result<void> check_value(const OptionRow& row, std::string_view value) {
    if (auto good = check_choice(row, value); !good) return good;
    PlayOptions scratch;
    return store_value(scratch, row, value);
}

}  // namespace vitrine
