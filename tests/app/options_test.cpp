#include "app/options.h"

#include <gtest/gtest.h>

#include <random>

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using Action = Invocation::Action;

Result<Invocation> parse(std::vector<std::string_view> arguments) {
    return parse_command_line(arguments);
}

std::string refusal_of(std::vector<std::string_view> arguments) {
    const auto parsed = parse(std::move(arguments));
    return parsed ? "(no error)" : parsed.error().text;
}

TEST(Options, PlayIsTheCommandOfAFile) {
    for (const auto& arguments : {std::vector<std::string_view>{"a.mp4", "b.mp4"},
                                  std::vector<std::string_view>{"play", "a.mp4", "b.mp4"}}) {
        const auto parsed = parse(arguments);
        ASSERT_TRUE(parsed) << parsed.error().text;
        EXPECT_EQ(parsed->action, Action::play);
        EXPECT_EQ(parsed->play.files, (std::vector<std::string>{"a.mp4", "b.mp4"}));
    }
}

TEST(Options, EveryOptionOfPlayArrives) {
    const auto parsed = parse({"--output=offscreen",
                               "--size",
                               "640x360",
                               "--fit=cover",
                               "--rotate=270",
                               "--import",
                               "upload",
                               "--hwdec=vaapi,h264",
                               "--untimed",
                               "--frames=7",
                               "--start=1:00.5",
                               "--end=90",
                               "--loop=3",
                               "--loop-playlist",
                               "--shuffle",
                               "--image-duration",
                               "2.5",
                               "--gapless=strict",
                               "--transition=fade:1500",
                               "--audio-device=Speakers",
                               "--volume=62.5",
                               "--mute",
                               "--audio-delay=-0.25",
                               "--speed=1.5",
                               "--screenshot=s.PNG",
                               "--frame-hash=-",
                               "--timing",
                               "--timing-json=t.json",
                               "--timing-csv",
                               "t.csv",
                               "--log-level=debug",
                               "a.mp4"});
    ASSERT_TRUE(parsed) << parsed.error().text;
    const PlayOptions& play = parsed->play;
    EXPECT_EQ(play.output, OutputChoice::offscreen);
    EXPECT_EQ(play.size, (Size{640, 360}));
    EXPECT_EQ(play.fit, FitChoice::cover);
    EXPECT_EQ(play.quarter_turns, 3);
    EXPECT_EQ(play.import, ImportChoice::upload);
    EXPECT_TRUE(play.hardware_decoding);
    EXPECT_EQ(play.decoders, (std::vector<std::string>{"vaapi", "h264"}));
    EXPECT_TRUE(play.untimed);
    EXPECT_EQ(play.frames, 7u);
    EXPECT_EQ(play.start, 60500ms);
    EXPECT_EQ(play.end, Nanos(90s));
    EXPECT_EQ(play.loop, 3u);
    EXPECT_EQ(play.loop_playlist, 0u);
    EXPECT_TRUE(play.shuffle);
    EXPECT_EQ(play.image_duration, 2500ms);
    EXPECT_EQ(play.gapless, GaplessChoice::strict);
    EXPECT_EQ(play.fade, 1500ms);
    EXPECT_TRUE(play.sound);
    EXPECT_EQ(play.sound_device, "Speakers");
    EXPECT_EQ(play.volume, 62.5);
    EXPECT_TRUE(play.mute);
    EXPECT_EQ(play.sound_delay, -250ms);
    EXPECT_EQ(play.speed, 1.5);
    EXPECT_EQ(play.screenshot, "s.PNG");
    EXPECT_EQ(play.frame_hash, "-");
    EXPECT_TRUE(play.timing);
    EXPECT_EQ(play.timing_json, "t.json");
    EXPECT_EQ(play.timing_csv, "t.csv");
    EXPECT_EQ(play.log_level, LogLevel::debug);
    EXPECT_FALSE(parse({"--no-audio", "f"})->play.sound);
    EXPECT_EQ(parse({"--audio-delay=0.25", "f"})->play.sound_delay, 250ms);
}

TEST(Options, DefaultsAreThoseOfTheTable) {
    const auto plain = parse({"f"});
    ASSERT_TRUE(plain);
    for (const OptionRow& row : option_rows()) {
        if (row.choices.empty() || row.default_text.empty()) continue;
        if (!row.belongs_to(Command::play)) continue;
        const std::string given =
            "--" + std::string(row.name) + "=" + std::string(row.default_text);
        const auto stated = parse({given, "f"});
        ASSERT_TRUE(stated) << given;
        EXPECT_EQ(stated->play.output, plain->play.output);
        EXPECT_EQ(stated->play.fit, plain->play.fit);
        EXPECT_EQ(stated->play.import, plain->play.import);
        EXPECT_EQ(stated->play.quarter_turns, plain->play.quarter_turns);
        EXPECT_EQ(stated->play.hardware_decoding, plain->play.hardware_decoding);
        EXPECT_EQ(stated->play.decoders, plain->play.decoders);
        EXPECT_EQ(stated->play.log_level, plain->play.log_level);
        EXPECT_EQ(stated->play.cursor, plain->play.cursor);
        EXPECT_EQ(stated->play.screen_saver, plain->play.screen_saver);
        EXPECT_EQ(stated->play.loop, plain->play.loop);
        EXPECT_EQ(stated->play.loop_playlist, plain->play.loop_playlist);
        EXPECT_EQ(stated->play.gapless, plain->play.gapless);
        EXPECT_EQ(stated->play.fade, plain->play.fade);
        EXPECT_EQ(stated->play.sound_device, plain->play.sound_device);
        EXPECT_EQ(stated->play.speed, plain->play.speed);
    }
    const auto stated = [](std::string_view name) {
        const std::string given =
            "--" + std::string(name) + "=" + std::string(find_option(name)->default_text);
        return parse({given, "f"})->play;
    };
    EXPECT_EQ(stated("image-duration").image_duration, plain->play.image_duration);
    EXPECT_EQ(stated("volume").volume, plain->play.volume);
    EXPECT_EQ(stated("audio-delay").sound_delay, plain->play.sound_delay);
    EXPECT_EQ(stated("speed").speed, plain->play.speed);
    EXPECT_TRUE(plain->play.sound);
    EXPECT_FALSE(plain->play.mute);
}

TEST(Options, AStartIsATimeOrAChapter) {
    EXPECT_EQ(parse({"--start=#2", "f"})->play.start_chapter, 2);
    EXPECT_EQ(parse({"--start=#2", "--start=5", "f"})->play.start_chapter, std::nullopt);
    const auto chapter = parse({"--start=5", "--start=#3", "--end=1", "f"});
    ASSERT_TRUE(chapter) << "where it begins is not known yet";
    EXPECT_EQ(chapter->play.start, 0s);
    for (const std::string_view bad : {"--start=#", "--start=#0", "--start=#-1", "--start=#1001"}) {
        EXPECT_NE(refusal_of({bad, "f"}).find("expected a time, or # and the number of a chapter"),
                  std::string::npos)
            << bad;
    }
}

TEST(Options, TracksAreChosenByNumberOrLanguage) {
    const auto parsed = parse({"--vid=2", "--aid", "3", "--alang=de,en-GB", "f"});
    ASSERT_TRUE(parsed) << parsed.error().text;
    EXPECT_EQ(parsed->play.video_track, 2);
    EXPECT_EQ(parsed->play.audio_track, 3);
    EXPECT_EQ(parsed->play.audio_languages, (std::vector<std::string>{"de", "en-GB"}));
    EXPECT_EQ(parse({"--aid=no", "f"})->play.audio_track, 0);
    const auto again = parse(
        {"--vid=2", "--aid=3", "--alang=de", "--vid=auto", "--aid=auto", "--alang=auto", "f"});
    ASSERT_TRUE(again);
    EXPECT_FALSE(again->play.video_track);
    EXPECT_FALSE(again->play.audio_track);
    EXPECT_TRUE(again->play.audio_languages.empty());
    EXPECT_EQ(refusal_of({"--vid=no", "f"}).rfind("--vid=no: expected the number of a track", 0),
              0u);
    EXPECT_EQ(refusal_of({"--aid=0", "f"}).rfind("--aid=0: expected the number of a track", 0), 0u);
    EXPECT_NE(refusal_of({"--alang=de,,en", "f"}), "(no error)");
    EXPECT_EQ(parse({"--aid=2", "--no-aid", "f"})->play.audio_track, 0);
}

TEST(Options, EveryChoiceIsTakenInTheOrderOfItsEnumeration) {
    const OptionRow& output = *find_option("output");
    for (size_t i = 0; i < output.choices.size(); ++i) {
        const auto parsed = parse({"--output", output.choices[i].name, "f"});
        ASSERT_TRUE(parsed);
        EXPECT_EQ(parsed->play.output, static_cast<OutputChoice>(i));
    }
    EXPECT_EQ(parse({"--output=null", "f"})->play.output, OutputChoice::null);
    EXPECT_EQ(parse({"--fit=stretch", "f"})->play.fit, FitChoice::stretch);
    EXPECT_EQ(parse({"--import=dmabuf", "f"})->play.import, ImportChoice::dmabuf);
    EXPECT_EQ(parse({"--log-level=trace", "f"})->play.log_level, LogLevel::trace);
    EXPECT_EQ(parse({"--gapless=off", "f"})->play.gapless, GaplessChoice::off);
    EXPECT_EQ(parse({"--rotate=90", "f"})->play.quarter_turns, 1);
    for (const Choice& level : find_option("log-level")->choices) {
        const std::string given = "--log-level=" + std::string(level.name);
        EXPECT_EQ(parse({given, "f"})->play.log_level, log_level_from(level.name));
    }
}

TEST(Options, WhatIsAboutThePictureDoesNotGoWithNull) {
    for (const std::string_view about :
         {"--size=64x36", "--fit=cover", "--rotate=90", "--screenshot=s.png", "--import=dmabuf",
          "--import=upload"}) {
        const std::string text = refusal_of({"--output=null", about, "f"});
        EXPECT_NE(text.find("--output=null"), std::string::npos) << text;
        EXPECT_EQ(text.rfind(about.substr(0, about.find('=')), 0), 0u) << text;
        EXPECT_TRUE(parse({"--output=offscreen", about, "f"})) << about;
    }
    EXPECT_TRUE(parse({"--output=null", "--import=auto", "--fit=contain", "--rotate=0",
                       "--frame-hash=h", "--timing", "f"}));
}

TEST(Options, HwdecTakesNoAndNames) {
    EXPECT_FALSE(parse({"--hwdec=no", "f"})->play.hardware_decoding);
    EXPECT_EQ(parse({"--hwdec=vaapi", "--hwdec=auto", "f"})->play.decoders.size(), 0u);
    EXPECT_NE(refusal_of({"--hwdec=a b", "f"}).find("--hwdec=a b: expected names"),
              std::string::npos);
}

TEST(Options, HwdecRefusesNamesThatNoDecoderHas) {
    EXPECT_EQ(parse({"--hwdec=drm-prime,mjpeg,software", "f"})->play.decoders.size(), 3u);
    EXPECT_EQ(parse({"--device=/dev/video1", "--hwdec=v4l2", "f"})->play.device, "/dev/video1");
    EXPECT_NE(refusal_of({"--device=video10", "f"}).find("expected a path"), std::string::npos);
    for (const char* other : {"--hwdec=no", "--hwdec=vaapi,software", "--hwdec=h264"}) {
        EXPECT_NE(refusal_of({"--device=/dev/video1", other, "f"}).find("leaves out"),
                  std::string::npos);
    }
    EXPECT_EQ(refusal_of({"--hwdec=sofware", "f"}),
              "--hwdec=sofware: no video decoder of this FFmpeg is called sofware; did you mean "
              "software?");
    EXPECT_NE(refusal_of({"--hwdec=mjpeg,mpeg44", "f"}).find("did you mean mpeg4?"),
              std::string::npos);
    EXPECT_NE(refusal_of({"--hwdec=autoo", "f"}).find("did you mean auto?"), std::string::npos);
    EXPECT_NE(refusal_of({"--hwdec=no-such-decoder", "f"}).find("vitrine probe"),
              std::string::npos);
    EXPECT_EQ(refusal_of({"--hwdec=mjpeg,no", "f"}),
              "--hwdec=mjpeg,no: no stands alone, not in a list");
}

TEST(Options, RequiredHardwareMustBeAmongWhatIsAskedFor) {
    for (const std::string names : {"no", "software", "gif", "software,gif"}) {
        EXPECT_EQ(refusal_of({"--hwdec=" + names, "--hwdec-required", "f"}),
                  "--hwdec-required and --hwdec=" + names + " exclude each other");
    }
    // Others can be driven by a device: VAAPI is, for libavcodec, a way of its decoder h264.
    for (const std::string names : {"auto", "v4l2", "software,vaapi", "h264", "h264_v4l2m2m"}) {
        const auto parsed = parse({"--hwdec=" + names, "--hwdec-required", "f"});
        ASSERT_TRUE(parsed) << names << ": " << parsed.error().text;
        EXPECT_TRUE(parsed->play.hardware_required);
    }
}

TEST(Options, ShortNamesTakeTheirValueEitherWay) {
    EXPECT_EQ(parse({"-onull", "-n", "3", "f"})->play.output, OutputChoice::null);
    EXPECT_EQ(parse({"-o", "null", "-n3", "f"})->play.frames, 3u);
    EXPECT_EQ(parse({"-h"})->action, Action::help);
    EXPECT_EQ(parse({"-V"})->action, Action::version);
}

TEST(Options, FilesThatLookLikeSomethingElse) {
    EXPECT_EQ(parse({"--", "-x.mp4", "--untimed"})->play.files,
              (std::vector<std::string>{"-x.mp4", "--untimed"}));
    EXPECT_EQ(parse({"./play"})->play.files.front(), "./play");
    EXPECT_EQ(parse({"--", "probe"})->action, Action::play);
    EXPECT_EQ(parse({"play", "probe"})->play.files, (std::vector<std::string>{"probe"}));
    EXPECT_EQ(parse({"a.mp4", "probe"})->play.files, (std::vector<std::string>{"a.mp4", "probe"}));
    EXPECT_EQ(parse({"-"})->play.files, (std::vector<std::string>{"-"}));
}

TEST(Options, NamesTheNearestOfAMistypedOptionOrCommand) {
    EXPECT_EQ(refusal_of({"--untimd", "f"}), "unknown option --untimd; did you mean --untimed?");
    EXPECT_EQ(refusal_of({"--outptu=null", "f"}),
              "unknown option --outptu; did you mean --output?");
    EXPECT_NE(refusal_of({"prob"}).find("did you mean probe?"), std::string::npos);
    EXPECT_EQ(refusal_of({"--zzzzzz", "f"}),
              "unknown option --zzzzzz; the nearest is --size, see vitrine --help");
    EXPECT_NE(refusal_of({"--outdir=x", "f"}).find("the nearest is --output"), std::string::npos);
    EXPECT_NE(refusal_of({"--req", "f"}).find("--hwdec-required"), std::string::npos);
    for (const std::string_view word : {"--hardware=no", "--=x", "---", "--a"}) {
        const std::string text = refusal_of({word, "f"});
        const size_t at = text.rfind(" --", text.find_last_of("?,"));
        ASSERT_NE(at, std::string::npos) << text;
        const std::string named = text.substr(at + 3, text.find_first_of("?,", at) - at - 3);
        EXPECT_NE(find_option(named), nullptr) << text;
    }
    EXPECT_NE(refusal_of({"-z", "f"}).find("unknown option -z"), std::string::npos);
}

TEST(Options, AnOptionIsNoValueOfTheOneBefore) {
    EXPECT_EQ(refusal_of({"--frame-hash", "--timing", "f"}),
              "--frame-hash wants a value: FILE; --timing looks like an option (as a "
              "value: --frame-hash=--timing)");
    EXPECT_NE(refusal_of({"-n", "--", "f"}).find("-n wants a value: N"), std::string::npos);
    EXPECT_EQ(parse({"--frame-hash=--timing", "f"})->play.frame_hash, "--timing");
    EXPECT_EQ(parse({"--frame-hash", "-", "f"})->play.frame_hash, "-");
}

TEST(Options, AValueThatMayBeLeftOutStandsBehindAnEqualsSign) {
    for (const std::string_view forever : {"--loop", "--loop=inf"}) {
        const auto parsed = parse({forever, "a.mp4"});
        ASSERT_TRUE(parsed) << parsed.error().text;
        EXPECT_EQ(parsed->play.loop, 0u) << forever;
        EXPECT_EQ(parsed->play.files, (std::vector<std::string>{"a.mp4"}));
    }
    EXPECT_EQ(parse({"f", "--loop"})->play.loop, 0u);
    EXPECT_EQ(parse({"--loop", "--loop=2", "f"})->play.loop, 2u);
    EXPECT_EQ(parse({"--loop", "--", "3"})->play.files, (std::vector<std::string>{"3"}));
    EXPECT_EQ(refusal_of({"--loop", "3", "f"}),
              "--loop takes its value behind '=': --loop=3 (a file of that name: ./3)");
    EXPECT_NE(refusal_of({"--loop-playlist", "inf"}).find("--loop-playlist=inf"),
              std::string::npos);
    EXPECT_EQ(refusal_of({"--loop=", "f"}), "--loop=: expected inf|N");
    for (const std::string_view bad : {"--loop=0", "--loop=-1", "--loop=no", "--loop=1.5"}) {
        EXPECT_NE(refusal_of({bad, "f"}).find("expected inf or a whole number"), std::string::npos);
    }
}

TEST(Options, ATransitionIsACutOrAFade) {
    EXPECT_EQ(parse({"--transition=cut", "f"})->play.fade, 0ms);
    EXPECT_EQ(parse({"--transition", "fade:250", "f"})->play.fade, 250ms);
    EXPECT_EQ(parse({"--transition=fade:250", "--transition=cut", "f"})->play.fade, 0ms);
    EXPECT_EQ(parse({"--transition=fade:250", "--no-transition", "f"})->play.fade, 0ms);
    EXPECT_EQ(refusal_of({"--transition=fade", "f"}),
              "--transition=fade: expected cut or fade:MS in whole milliseconds from 0 to 10000, "
              "such as fade:500");
    EXPECT_FALSE(parse({"--transition=fade:250", "f"})->play.forbids_fade());
    EXPECT_TRUE(parse({"--transition=fade:250", "--untimed", "f"})->play.forbids_fade());
    EXPECT_TRUE(parse({"--transition=fade:250", "--frame-hash=-", "f"})->play.forbids_fade());
}

TEST(Options, TheEndIsAfterTheStart) {
    EXPECT_TRUE(parse({"--start=1", "--end=1.001", "f"}));
    EXPECT_NE(refusal_of({"--end=1", "--start=1", "f"}).find("nothing is left to play"),
              std::string::npos);
    EXPECT_NE(refusal_of({"--end=0", "f"}).find("--end=0: expected a time of more than 0"),
              std::string::npos);
}

TEST(Options, ErrorsNameOptionValueAndWhatIsAccepted) {
    EXPECT_EQ(refusal_of({"--output=screen", "f"}),
              "--output=screen: expected one of auto|window|offscreen|null");
    EXPECT_NE(refusal_of({"--size=big", "f"}).find("--size=big: expected WIDTHxHEIGHT"),
              std::string::npos);
    EXPECT_NE(refusal_of({"--frames=0", "f"}).find("--frames=0: expected a whole number"),
              std::string::npos);
    EXPECT_NE(refusal_of({"--start", "-5", "f"}).find("--start=-5: expected seconds"),
              std::string::npos);
    EXPECT_NE(refusal_of({"--screenshot=a.jpg", "f"}).find("ends in .png"), std::string::npos);
    EXPECT_NE(refusal_of({"--screenshot=.png", "f"}).find("ends in .png"), std::string::npos);
    EXPECT_EQ(refusal_of({"f", "--size"}), "--size wants a value: WxH");
    EXPECT_EQ(refusal_of({"--untimed=maybe", "f"}), "--untimed=maybe: expected yes or no");
    EXPECT_EQ(refusal_of({"--help=yes", "f"}), "--help takes no value");
    EXPECT_EQ(refusal_of({"--no-size=1x1", "f"}), "--no-size takes no value");
    EXPECT_NE(refusal_of({"--image-duration=0", "f"}).find("more than 0"), std::string::npos);
    EXPECT_NE(refusal_of({"--timing-csv=", "f"}).find("expected FILE"), std::string::npos);
    EXPECT_NE(refusal_of({}).find("nothing to play"), std::string::npos);
    EXPECT_NE(refusal_of({""}).find("empty file name"), std::string::npos);
}

TEST(Options, AreUndoneByNo) {
    for (const std::string_view undo : {"--untimed=no", "--no-untimed"}) {
        EXPECT_FALSE(parse({"--untimed", undo, "f"})->play.untimed) << undo;
        EXPECT_TRUE(parse({undo, "--untimed", "f"})->play.untimed) << undo;
    }
    EXPECT_TRUE(parse({"--untimed=yes", "f"})->play.untimed);
    EXPECT_TRUE(parse({"--no-untimed=no", "f"})->play.untimed);
    EXPECT_FALSE(parse({"--size=1x1", "--no-size", "f"})->play.size);
    EXPECT_FALSE(parse({"--no-hwdec", "f"})->play.hardware_decoding);
    EXPECT_EQ(parse({"--no-stop-screensaver", "f"})->play.screen_saver, ScreenSaverChoice::leave);
    EXPECT_TRUE(parse({"--no-input", "--input", "f"})->play.input);
    EXPECT_FALSE(parse({"--input=no", "f"})->play.input);
    EXPECT_EQ(parse({"--fit=cover", "--no-fit", "f"})->play.fit, FitChoice::contain);
    EXPECT_EQ(refusal_of({"--no-help", "f"}).substr(0, 24), "unknown option --no-help");
}

TEST(Options, OfTheWindowArrive) {
    const auto parsed = parse({"--fullscreen", "--cursor=hide", "--keep-open", "--no-input",
                               "--stop-screensaver=always", "--input-conf=k.conf", "f"});
    ASSERT_TRUE(parsed) << parsed.error().text;
    EXPECT_TRUE(parsed->play.fullscreen && parsed->play.keep_open && !parsed->play.input);
    EXPECT_EQ(parsed->play.cursor, CursorChoice::hide);
    EXPECT_EQ(parsed->play.screen_saver, ScreenSaverChoice::stop_always);
    EXPECT_EQ(parsed->play.input_conf, "k.conf");
    const auto plain = parse({"f"});
    EXPECT_FALSE(plain->play.fullscreen || plain->play.keep_open || !plain->play.input);
}

TEST(Options, TheScreenSaverIsKeptAwayWhilePicturesGoBy) {
    using Choice = ScreenSaverChoice;
    EXPECT_TRUE(stops_screen_saver(parse({"f"})->play.screen_saver, true));
    EXPECT_FALSE(stops_screen_saver(parse({"f"})->play.screen_saver, false));
    EXPECT_TRUE(stops_screen_saver(Choice::stop_always, false));
    EXPECT_FALSE(stops_screen_saver(Choice::leave, true));
}

TEST(Options, BelongToTheirCommand) {
    EXPECT_EQ(parse({"probe"})->action, Action::probe);
    EXPECT_TRUE(parse({"--json", "probe"})->json);
    EXPECT_NE(refusal_of({"probe", "--untimed"}).find("--untimed does not belong to probe"),
              std::string::npos);
    EXPECT_NE(refusal_of({"probe", "a.mp4"}).find("probe takes no file"), std::string::npos);
    EXPECT_NE(refusal_of({"--json", "a.mp4"}).find("--timing-json"), std::string::npos);
    EXPECT_NE(refusal_of({"devices", "/dev/video0"}).find("devices takes no file"),
              std::string::npos);
    EXPECT_NE(refusal_of({"probe", "--cameras"}).find("--cameras does not belong to probe"),
              std::string::npos);
    EXPECT_NE(refusal_of({"-v", "a.mp4"}).find("--verbose does not belong to play"),
              std::string::npos);
}

/// What the table lists for a command is what the command takes, and nothing else.
TEST(Options, BelongToTheCommandsThatTheTableSays) {
    for (const CommandRow& command : command_rows()) {
        for (const OptionRow& row : option_rows()) {
            if (row.wants_value()) continue;
            const std::string option = "--" + std::string(row.name);
            std::vector<std::string_view> arguments = {command.name, option};
            const bool takes_file = command.id == Command::play || command.id == Command::doctor;
            if (takes_file) arguments.emplace_back("f");
            EXPECT_EQ(parse(arguments).has_value(), row.belongs_to(command.id))
                << command.name << " " << option;
        }
    }
}

TEST(Options, DevicesTakesKindsAndHowMuchToSay) {
    const auto plain = parse({"devices"});
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->action, Action::devices);
    EXPECT_FALSE(plain->devices.names_a_kind() || plain->devices.all || plain->devices.verbose);
    EXPECT_TRUE(parse({"devices", "--cameras"})->devices.cameras);
    EXPECT_TRUE(parse({"devices", "--decoders"})->devices.decoders);
    EXPECT_TRUE(parse({"devices", "--encoders"})->devices.encoders);
    EXPECT_TRUE(parse({"devices", "--converters"})->devices.converters);
    const auto most = parse({"-v", "devices", "--all", "--json"});
    ASSERT_TRUE(most);
    EXPECT_TRUE(most->devices.all && most->devices.verbose && most->json);
}

TEST(Options, InformationWinsOverWhatFollows) {
    EXPECT_EQ(parse({"--help", "--nonsense"})->action, Action::help);
    EXPECT_EQ(parse({"probe", "--help"})->action, Action::help);
    EXPECT_EQ(parse({"--list-options", "--json"})->action, Action::list_options);
    EXPECT_TRUE(parse({"--list-options", "--json"})->json);
    EXPECT_TRUE(parse({"--json", "--list-options"})->json);
    const auto generated = parse({"--generate=zsh"});
    EXPECT_EQ(generated->action, Action::generate);
    EXPECT_EQ(generated->generator, "zsh");
}

TEST(Options, EveryOptionWithChoicesListsThem) {
    for (const OptionRow& row : option_rows()) {
        if (row.choices.empty()) continue;
        const std::string given = "--" + std::string(row.name) + "=help";
        const auto parsed = parse({given});
        ASSERT_TRUE(parsed) << given;
        EXPECT_EQ(parsed->action, Action::list_choices);
        EXPECT_EQ(parsed->option, &row);
    }
    EXPECT_EQ(parse({"-o", "help"})->option, find_option("output"));
}

/// Words that a parser may stumble over, put together at random.
TEST(Options, NoCommandLineCrashes) {
    std::vector<std::string> words = {"",
                                      "-",
                                      "--",
                                      "---",
                                      "=",
                                      "--=",
                                      "-=",
                                      "--=x",
                                      "play",
                                      "probe",
                                      "help",
                                      "a.mp4",
                                      "1x1",
                                      "-5",
                                      "\xff\xfe",
                                      "%s{}",
                                      std::string(5000, 'a'),
                                      "--" + std::string(5000, 'b')};
    for (const OptionRow& row : option_rows()) {
        const std::string dashed = "--" + std::string(row.name);
        words.insert(words.end(), {dashed, dashed + "=", dashed + "=1", dashed + "=help",
                                   dashed.substr(0, dashed.size() - 1), dashed + "x"});
        if (row.short_name != '\0') words.push_back({'-', row.short_name});
        for (const Choice& choice : row.choices) words.emplace_back(choice.name);
    }
    std::mt19937 random(20);
    size_t accepted = 0;
    constexpr int kRuns = 20000;
    for (int run = 0; run < kRuns; ++run) {
        std::vector<std::string> arguments;
        for (size_t i = random() % 8; i > 0; --i) {
            std::string word = words[random() % words.size()];
            if (random() % 4 == 0 && !word.empty()) {
                word[random() % word.size()] = static_cast<char>(random() % 256);
            }
            arguments.push_back(std::move(word));
        }
        const std::vector<std::string_view> views(arguments.begin(), arguments.end());
        const auto parsed = parse_command_line(views);
        accepted += parsed ? 1 : 0;
        if (parsed) continue;
        EXPECT_EQ(parsed.error().code, Errc::invalid_argument);
        EXPECT_FALSE(parsed.error().text.empty());
    }
    EXPECT_GT(accepted, 0u);
    EXPECT_LT(accepted, static_cast<size_t>(kRuns));
}

}  // namespace
}  // namespace vitrine
