// The program as its user meets it: what it prints and how it ends.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/option_texts.h"
#include "app/version.h"
#include "tests/app/support.h"
#include "tests/support/missing.h"

namespace vitrine {
namespace {

using test::contains;
using test::hashes_of;
using test::Ran;
using test::run_program;

const std::string kProgram = VITRINE_PROGRAM;
const std::string kDemo = VITRINE_SOURCE_DIR "/assets/demo.mp4";
const std::string kNull = " --output=null --untimed ";

Ran vitrine(const std::string& arguments) {
    return run_program(kProgram + " " + arguments);
}

int exit_code(const Ran& ran) {
    return WIFEXITED(ran.status) ? WEXITSTATUS(ran.status) : -1;
}

TEST(Program, AnswersOnStandardOutput) {
    EXPECT_EQ(vitrine("--help").output, help_text());
    EXPECT_EQ(vitrine("devices --help").output, help_text(Command::devices));
    EXPECT_EQ(vitrine("--version").output, version_text());
    EXPECT_TRUE(contains(version_text(), "\n  libswscale ")) << version_text();
    EXPECT_EQ(vitrine("--list-options").output, option_list_text());
    EXPECT_EQ(vitrine("--generate=man").output, man_page(program_version()));
    EXPECT_EQ(vitrine("--generate=bash").output, bash_completion());
    EXPECT_EQ(vitrine("--generate=zsh").output, zsh_completion());
    EXPECT_EQ(vitrine("--generate=fish").output, fish_completion());
    const auto json = nlohmann::json::parse(vitrine("--list-options --json").output);
    EXPECT_EQ(json["options"].size(), option_rows().size());
    const Ran choices = vitrine("--hwdec=help 2>/dev/null");
    EXPECT_EQ(exit_code(choices), 0);
    EXPECT_TRUE(contains(choices.output, "  software ")) << choices.output;
}

TEST(Program, AWrongCommandLineExitsWith2) {
    const Ran slip = vitrine("--untimd a.mp4");
    EXPECT_EQ(exit_code(slip), 2);
    EXPECT_EQ(slip.output, "vitrine: unknown option --untimd; did you mean --untimed?\n");
    EXPECT_EQ(exit_code(vitrine("")), 2);
    EXPECT_EQ(exit_code(vitrine("--frame-hash --timing" + kNull + kDemo)), 2);
    EXPECT_EQ(exit_code(vitrine("prob")), 2);
    EXPECT_EQ(exit_code(vitrine("probe a.mp4")), 2);
    EXPECT_EQ(exit_code(vitrine("devices --untimed")), 2);
}

TEST(Program, DoctorRefusesWhatItCouldReadOnceOnly) {
    const std::string doctor = kProgram + " doctor ";
    const std::string fifo =
        "d=$(mktemp -d); mkfifo $d/f; timeout 60 " + doctor + "$d/f; code=$?; rm -r $d; exit $code";
    const std::string socket =
        "d=$(mktemp -d); perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => shift, "
        "Listen => 1) or die' $d/s; timeout 60 " +
        doctor + "$d/s; code=$?; rm -r $d; exit $code";
    const struct {
        std::string command;
        const char* kind;
    } cases[] = {
        {"cat " + kDemo + " | " + doctor + "-", "standard input"},
        {"cat " + kDemo + " | " + doctor + "/dev/stdin", "/dev/stdin: doctor"},
        {"cat " + kDemo + " | " + doctor + "pipe:0", "a pipe"},
        {"bash -c '" + doctor + "<(cat " + kDemo + ")'", "a pipe"},
        {fifo, "a pipe"},
        {socket, "a socket"},
        {doctor + "/dev/tty", "a terminal"},
    };
    for (const auto& [command, kind] : cases) {
        const Ran ran = run_program(command);
        EXPECT_EQ(exit_code(ran), 2) << command << "\n" << ran.output;
        EXPECT_TRUE(contains(ran.output, "plays its file several times")) << ran.output;
        EXPECT_TRUE(contains(ran.output, kind)) << ran.output;
    }
}

/// The program with a configuration of its own, as it is found by its user's environment.
class Configured {
  public:
    explicit Configured(const std::string& text) {
        std::filesystem::create_directories(folder_.file("config/vitrine"));
        std::ofstream(path()) << text;
    }
    [[nodiscard]] std::string path() const { return folder_.file("config/vitrine/vitrine.conf"); }
    [[nodiscard]] Ran run(const std::string& arguments) const {
        return run_program("export XDG_CONFIG_HOME=" + folder_.file("config") +
                           "; unset VITRINE_NO_CONFIG; " + kProgram + " " + arguments);
    }

  private:
    test::TemporaryFolder folder_;
};

TEST(Program, ReadsItsConfiguration) {
    const Configured configured("output=null\nuntimed\n[two]\nprofile-desc=a pair\nframes=2\n");
    const Ran two = configured.run("--profile=two " + kDemo);
    EXPECT_EQ(exit_code(two), 0) << two.output;
    EXPECT_TRUE(contains(two.output, ", 2 presented")) << two.output;
    EXPECT_TRUE(contains(configured.run("--profile=help").output, "\n  two             a pair\n"));
    const Ran printed = configured.run("--print-config");
    EXPECT_EQ(exit_code(printed), 0);
    EXPECT_TRUE(contains(printed.output, "output=null ")) << printed.output;
    EXPECT_TRUE(contains(printed.output, "# " + configured.path() + ":1\n")) << printed.output;
    const auto json = nlohmann::json::parse(configured.run("--print-config --json").output);
    EXPECT_EQ(json["options"][0]["where"], configured.path() + ":1");
}

TEST(Program, AWrongConfigurationExitsWith2AndCanBeLeftOut) {
    const Configured wrong("fit=covr\n");
    for (const char* arguments : {"--print-config", "--profile=help", "nothing.mp4"}) {
        const Ran ran = wrong.run(arguments);
        EXPECT_EQ(exit_code(ran), 2) << ran.output;
        EXPECT_TRUE(contains(ran.output, wrong.path() + ":1: fit=covr: expected one of contain"))
            << ran.output;
        EXPECT_TRUE(contains(ran.output, "--no-config")) << ran.output;
    }
    EXPECT_EQ(exit_code(wrong.run("--no-config" + kNull + kDemo)), 0);
    EXPECT_EQ(exit_code(wrong.run("--help")), 0);
    EXPECT_EQ(exit_code(wrong.run("devices")), 0);
}

TEST(Program, AFullStandardOutputIsAFailure) {
    const Ran ran = vitrine("--help >/dev/full");
    EXPECT_EQ(exit_code(ran), 1);
    EXPECT_TRUE(contains(ran.output, "No space left on device"));
    EXPECT_EQ(exit_code(vitrine("--help 2>&-")), 0);
    const Ran closed = vitrine("--help >&-");
    EXPECT_EQ(exit_code(closed), 1);
    EXPECT_TRUE(contains(closed.output, "Bad file descriptor")) << closed.output;
}

TEST(Program, PlaysAndSaysWhatItDid) {
    const Ran ran = vitrine(kNull + kDemo);
    EXPECT_EQ(exit_code(ran), 0) << ran.output;
    EXPECT_TRUE(contains(ran.output, " presented, 0 dropped")) << ran.output;
    EXPECT_TRUE(contains(ran.output, "output null"));
    EXPECT_EQ(vitrine("--log-level=warning" + kNull + kDemo).output, "");
    EXPECT_TRUE(
        contains(vitrine("--log-level=quiet --timing" + kNull + kDemo).output, "presented"));
}

TEST(Program, ExitCodesTellHowMuchCouldBePlayed) {
    EXPECT_EQ(exit_code(vitrine(kNull + "/nonexistent.mp4")), 3);
    EXPECT_EQ(exit_code(vitrine(kNull + "/nonexistent.mp4 " + kDemo)), 4);
    EXPECT_EQ(exit_code(vitrine(kNull + kDemo + " " + kDemo)), 0);
    EXPECT_EQ(exit_code(vitrine(kNull + "--hwdec=vp9 " + kDemo)), 6);
    EXPECT_EQ(exit_code(vitrine(kNull + "--hwdec=h264_v4l2m2m " + kDemo)), 6);
    EXPECT_EQ(exit_code(vitrine(kNull + "--hwdec=no-such-decoder " + kDemo)), 2);
    const Ran missing = vitrine(kNull + "/nonexistent.mp4");
    EXPECT_TRUE(contains(missing.output, "/nonexistent.mp4")) << missing.output;
    EXPECT_TRUE(contains(missing.output, "No such file")) << missing.output;
}

TEST(Program, AForcedPathIsMissingOnlyWhereAnotherWouldDo) {
    if (!test::is_installed("ffmpeg")) VITRINE_MISSING("ffmpeg is not installed");
    const test::TemporaryFolder folder;
    const std::string odd = folder.file("odd.avi");
    ASSERT_EQ(run_program("ffmpeg -v error -nostdin -f lavfi -i testsrc=size=64x48:duration=0.2 "
                          "-c:v mpeg4 -f avi - | LC_ALL=C sed s/FMP4/Qq7z/g >" +
                          odd)
                  .status,
              0);
    const Ran unknown = vitrine(kNull + "--hwdec=software " + odd);
    EXPECT_EQ(exit_code(unknown), 3) << unknown.output;
    EXPECT_TRUE(contains(unknown.output, "Qq7z")) << unknown.output;
    EXPECT_EQ(exit_code(vitrine(kNull + "--hwdec=software " + kDemo + " " + odd)), 4);
    EXPECT_EQ(exit_code(vitrine(kNull + "--hwdec=vp9 " + kDemo + " " + odd)), 6);
}

TEST(Program, WithoutADisplayTheReportsAreWholeToo) {
    const test::TemporaryFolder folder;
    const std::string json_file = folder.file("t.json");
    const Ran ran = run_program(
        "env -u DISPLAY -u WAYLAND_DISPLAY -u XDG_RUNTIME_DIR "
        "SDL_KMSDRM_DEVICE_INDEX=99 " +
        kProgram + " --output=window --timing-json=" + json_file + " " + kDemo);
    EXPECT_EQ(exit_code(ran), 5) << ran.output;
    EXPECT_TRUE(contains(ran.output, "--output=offscreen")) << ran.output;
    EXPECT_TRUE(contains(ran.output, "0 presented")) << ran.output;
    const auto json = nlohmann::json::parse(test::contents_of(json_file), nullptr, false);
    ASSERT_TRUE(json.is_object()) << ran.output;
    EXPECT_EQ(json["frames"]["presented"], 0);
}

TEST(Program, FramesLimitsTheFramesOfAllFiles) {
    const test::TemporaryFolder folder;
    const std::string csv = folder.file("t.csv");
    const Ran ran = vitrine(kNull + "--frames=7 --timing-csv=" + csv + " " + kDemo + " " + kDemo);
    EXPECT_EQ(exit_code(ran), 0) << ran.output;
    std::istringstream lines(test::contents_of(csv));
    int count = 0;
    for (std::string line; std::getline(lines, line);) ++count;
    EXPECT_EQ(count, 8);
}

TEST(Program, AFileThatCannotBeWrittenIsAFailure) {
    for (const char* option : {"--frame-hash", "--timing-csv", "--timing-json"}) {
        const Ran full = vitrine(kNull + option + "=/dev/full " + kDemo);
        EXPECT_EQ(exit_code(full), 1) << option << full.output;
        EXPECT_TRUE(contains(full.output, "/dev/full: No space left on device")) << full.output;
    }
}

TEST(Program, AReportOnStandardOutputNeedsAReaderOnlyAsLongAsItReads) {
    for (const char* option : {"--frame-hash=-", "--timing-csv=-", "--timing-json=-"}) {
        const Ran closed = vitrine(kNull + option + " " + kDemo + " >&-");
        EXPECT_EQ(exit_code(closed), 1) << option << closed.output;
        // The reader is gone before anything is written.
        const Ran left = run_program("{ " + kProgram + kNull + option + " " + kDemo +
                                     "; echo \"[$?]\" >&2; } | true");
        EXPECT_TRUE(contains(left.output, "[0]")) << option << left.output;
    }
}

TEST(Program, AFileThatCannotBeMadeIsFoundBeforePlaying) {
    const std::string offscreen = "--output=offscreen --untimed ";
    for (const std::string& option : {offscreen + "--frame-hash=/nonexistent/file",
                                      offscreen + "--timing-csv=/nonexistent/file",
                                      offscreen + "--timing-json=/nonexistent/file",
                                      offscreen + "--screenshot=/nonexistent/file.png"}) {
        const Ran missing = vitrine(option + " " + kDemo);
        EXPECT_EQ(exit_code(missing), 1) << option << missing.output;
        EXPECT_TRUE(contains(missing.output, "cannot write /nonexistent/file")) << missing.output;
        EXPECT_TRUE(contains(missing.output, "No such file or directory")) << missing.output;
        EXPECT_FALSE(contains(missing.output, "presented")) << missing.output;
    }
}

TEST(Program, HashesOfDecodedPlanesAreThoseOfFfmpeg) {
    if (!test::is_installed("ffmpeg")) VITRINE_MISSING("ffmpeg is not installed");
    const test::TemporaryFolder folder;
    const std::string file = folder.file("hashes");
    ASSERT_EQ(exit_code(vitrine(kNull + "--frame-hash=" + file + " " + kDemo)), 0);
    const auto ours = hashes_of(test::contents_of(file));
    const auto theirs =
        hashes_of(run_program("ffmpeg -v error -i " + kDemo + " -map 0:v:0 -f framemd5 -").output);
    EXPECT_GT(ours.size(), 10u);
    EXPECT_EQ(ours, theirs);
}

TEST(Program, NothingThatIsReadIsWrittenOver) {
    const test::TemporaryFolder folder;
    const std::string clip = folder.file("clip.mp4");
    ASSERT_EQ(run_program("cp " + kDemo + " " + clip).status, 0);
    const std::string before = test::contents_of(clip);
    for (const char* option : {"--frame-hash", "--timing-csv", "--timing-json"}) {
        const Ran ran = vitrine(kNull + option + "=" + clip + " " + clip);
        EXPECT_EQ(exit_code(ran), 2) << ran.output;
        EXPECT_TRUE(contains(ran.output, "a file to be played")) << ran.output;
    }
    EXPECT_EQ(test::contents_of(clip), before);
    const std::string twice = folder.file("same");
    EXPECT_EQ(
        exit_code(vitrine(kNull + "--frame-hash=" + twice + " --timing-csv=" + twice + " " + clip)),
        2);
    const Ran both = vitrine(kNull + "--frame-hash=- --timing-csv=- " + clip);
    EXPECT_EQ(exit_code(both), 2) << both.output;
    EXPECT_TRUE(contains(both.output, "--timing-csv=- is --frame-hash too")) << both.output;
}

TEST(Program, NamesCannotSpeakToTheTerminal) {
    const Ran ran = vitrine(kNull + "\"$(printf 'no\\nsuch\\033[31m')\"");
    EXPECT_EQ(exit_code(ran), 3);
    EXPECT_TRUE(contains(ran.output, "no?such?[31m")) << ran.output;
}

TEST(Program, EveryDecodedFrameIsAccountedFor) {
    const test::TemporaryFolder folder;
    const std::string json_file = folder.file("t.json");
    ASSERT_EQ(exit_code(vitrine(kNull + "--frames=10 --timing-json=" + json_file + " " + kDemo)),
              0);
    const auto frames = nlohmann::json::parse(test::contents_of(json_file));
    EXPECT_EQ(frames["frames"]["presented"], 10);
    EXPECT_EQ(frames["source"]["decoded"].get<int>(),
              10 + frames["frames"]["dropped"]["total"].get<int>());
}

/// For a shell: until this log says which path was taken, at most ten seconds.
std::string until_it_plays(const std::string& log) {
    return "for i in $(seq 100); do grep -q path: " + log + " && break; sleep 0.1; done; ";
}

TEST(Program, AnInterruptEndsItWithTheSummaryAndTheSignal) {
    // Timed, the clip lasts for seconds; a subshell tells how the program ended.
    const testing::TemporaryFolder folder;
    const std::string log = folder.file("log");
    const Ran ran =
        run_program(kProgram + " --output=null " + kDemo + " 2>" + log + " & pid=$!; " +
                    until_it_plays(log) + "kill -TERM $pid; wait $pid; echo \"[$?]\"; cat " + log);
    EXPECT_TRUE(contains(ran.output, "[143]")) << ran.output;
    EXPECT_TRUE(contains(ran.output, " presented, ")) << ran.output;
}

TEST(Program, AnInterruptEndsItWhileAFileIsBeingOpened) {
    const testing::TemporaryFolder folder;
    const std::string log = folder.file("log");
    const std::string pipe = folder.file("pipe");
    // Nothing ever comes through the pipe; the second is opened while the first plays.
    for (const std::string& files : {pipe, kDemo + " " + pipe}) {
        const bool plays = files != pipe;
        const Ran ran = run_program(
            "rm -f " + pipe + "; mkfifo " + pipe + "; sleep 20 >" + pipe + " & writer=$!; " +
            kProgram + " --output=null " + files + " 2>" + log + " & pid=$!; " +
            (plays ? until_it_plays(log) : "") + "sleep 0.5; kill -TERM $pid; " +
            "( sleep 10; kill -KILL $pid ) >/dev/null 2>&1 & watch=$!; wait $pid; echo \"[$?]\"; " +
            "kill $writer $watch; cat " + log);
        EXPECT_TRUE(contains(ran.output, "[143]")) << ran.output;
        EXPECT_FALSE(contains(ran.output, "vitrine: error")) << ran.output;
        EXPECT_EQ(contains(ran.output, " presented, "), true) << ran.output;
        EXPECT_EQ(contains(ran.output, ", 0 presented"), !plays) << ran.output;
    }
}

TEST(Program, FilesFollowOneAnotherInTime) {
    const testing::TemporaryFolder folder;
    const std::string json_file = folder.file("t.json");
    const std::string csv = folder.file("t.csv");
    const std::string refused = folder.file("refused.m3u");
    std::ofstream(refused) << "gopher://nowhere/a.mp4\n";
    const Ran ran =
        vitrine("--output=null --start=4.9 --timing-json=" + json_file + " --timing-csv=" + csv +
                " " + kDemo + " /nonexistent.mp4 " + kDemo + " " + refused + " " + kDemo);
    EXPECT_EQ(exit_code(ran), 4) << ran.output;
    const auto json = nlohmann::json::parse(test::contents_of(json_file));
    const int on_time = json["seams"]["on_time"];
    EXPECT_EQ(on_time + json["seams"]["late"].get<int>(), 2);
    EXPECT_EQ(json["skipped_items"], 2);
    EXPECT_TRUE(contains(ran.output, "errors  2 items skipped\n")) << ran.output;
    EXPECT_TRUE(contains(ran.output, fmt::format("seams   {} on time", on_time))) << ran.output;
    // Each row names its file, among those that began.
    const std::string rows = test::contents_of(csv);
    for (const char* row : {"\n0,", "\n1,", "\n2,"}) EXPECT_TRUE(contains(rows, row)) << rows;
    EXPECT_FALSE(contains(rows, "\n3,")) << rows;
}

TEST(Program, TracksAreChosenAndReported) {
    const testing::TemporaryFolder folder;
    const std::string clip = folder.file("two.mkv");
    const Ran made = run_program(
        "ffmpeg -v error -f lavfi -i testsrc2=size=64x36:rate=25:duration=0.2 "
        "-f lavfi -i testsrc2=size=32x18:rate=25:duration=0.2 -map 0 -map 1 -c:v mpeg4 " +
        clip);
    ASSERT_EQ(exit_code(made), 0) << made.output;
    const std::string json_file = folder.file("t.json");
    const Ran ran =
        vitrine("--output=null --untimed --vid=2 --timing-json=" + json_file + " " + clip);
    EXPECT_EQ(exit_code(ran), 0) << ran.output;
    EXPECT_TRUE(contains(ran.output, "tracks  video 2 of 2 (mpeg4)")) << ran.output;
    const auto json = nlohmann::json::parse(test::contents_of(json_file));
    ASSERT_EQ(json["tracks"].size(), 1u);
    EXPECT_EQ(json["tracks"][0]["kind"], "video");
    EXPECT_EQ(json["tracks"][0]["number"], 2);
}

size_t times_said(const Ran& ran, const std::string& words) {
    size_t times = 0;
    for (size_t at = ran.output.find(words); at != std::string::npos;
         at = ran.output.find(words, at + words.size())) {
        ++times;
    }
    return times;
}

/// Said for all files it is a wish, for one file of a list a demand.
TEST(Program, AFileWithoutTheTrackPlaysItsDefaultUnlessItIsItsOwn) {
    const testing::TemporaryFolder folder;
    const std::string clip = folder.file("two.mkv");
    const Ran made = run_program(
        "ffmpeg -v error -f lavfi -i testsrc2=size=64x36:rate=25:duration=0.2 -f lavfi -i "
        "sine=duration=0.2 -map 0 -map 0 -map 1 -c:v mpeg4 -c:a flac " +
        clip);
    ASSERT_EQ(exit_code(made), 0) << made.output;
    const std::string warning = "warning: " + clip +
                                ": no video track 3 in it, so its default is played; it has 2: 1 "
                                "(mpeg4), 2";
    const Ran twice =
        vitrine("--output=null --untimed --vid=3 --loop-playlist=2 " + clip + " " + kDemo);
    EXPECT_EQ(exit_code(twice), 0) << twice.output;
    EXPECT_EQ(times_said(twice, warning), 1u) << twice.output;
    EXPECT_EQ(times_said(twice, "no video track 3 in it"), 2u) << twice.output;
    EXPECT_TRUE(contains(twice.output, "tracks  video 1 of 2 (mpeg4)")) << twice.output;
    const Ran silent = vitrine("--output=null --frames=3 --aid=9 " + clip);
    EXPECT_EQ(exit_code(silent), 0) << silent.output;
    EXPECT_EQ(times_said(silent, "no audio track 9 in it, so its default is played"), 1u);
    const std::string list = folder.file("l.m3u");
    std::ofstream(list) << "#VITRINE:vid=3\n" + clip + "\n";
    const Ran own = vitrine("--output=null --untimed --vid=1 " + list);
    EXPECT_EQ(exit_code(own), 3) << own.output;
    EXPECT_TRUE(contains(own.output, "no video track 3 in it; it has 2")) << own.output;
}

TEST(Program, AStartBeyondTheEndIsSaidOfEachFileOnce) {
    const Ran beyond = vitrine("--output=null --untimed --start=1:00 --loop-playlist=3 " + kDemo);
    EXPECT_EQ(exit_code(beyond), 0) << beyond.output;
    EXPECT_EQ(times_said(beyond,
                         ": is to begin at 60 s and ends at 5 s: it begins at its last "
                         "frame"),
              1u)
        << beyond.output;
    EXPECT_TRUE(contains(beyond.output, "frames  3 decoded")) << beyond.output;
    const Ran within = vitrine("--output=null --untimed --start=4.9 " + kDemo);
    EXPECT_EQ(times_said(within, "is to begin at"), 0u) << within.output;
}

TEST(Program, WhatCannotBePlayedFillsNoLog) {
    const testing::TemporaryFolder folder;
    const std::string list = folder.file("l.m3u");
    std::ofstream entries(list);
    for (int i = 0; i < 50; ++i) entries << "none" << i << ".mp4\n";
    entries.close();
    // In a row, and round after round.
    const Ran ran = vitrine(kNull + "--end=0.1 --loop-playlist=101 " + list + " " + kDemo);
    EXPECT_EQ(exit_code(ran), 4) << ran.output;
    EXPECT_EQ(times_said(ran, ": No such file or directory\n"), 20u) << ran.output;
    EXPECT_EQ(times_said(ran, "error: and 30 more\n"), 1u) << ran.output;
    EXPECT_EQ(times_said(ran, "(again, 100 times since it was last said)\n"), 21u) << ran.output;
    EXPECT_TRUE(contains(ran.output, "errors  5050 items skipped")) << ran.output;
}

TEST(Program, AStartThatIsNotBeforeTheEndIsRefusedWithItsPlace) {
    const testing::TemporaryFolder folder;
    const std::string list = folder.file("l.m3u");
    std::ofstream(list) << kDemo + "\n#EXTVLCOPT:start-time=3\n" + kDemo + "\n";
    const std::string reason = kDemo + ": is to begin at 3 s and to end at 1 s\n";
    const Ran listed = vitrine(kNull + "--end=1 " + list);
    EXPECT_EQ(exit_code(listed), 4) << listed.output;
    EXPECT_TRUE(contains(listed.output, list + ":3: " + reason)) << listed.output;
    std::ofstream(list) << "#EXTVLCOPT:stop-time=1\n" + kDemo + "\n";
    const Ran ended = vitrine(kNull + "--start=3 " + list);
    EXPECT_EQ(exit_code(ended), 3) << ended.output;
    EXPECT_TRUE(contains(ended.output, list + ":2: " + reason)) << ended.output;
}

TEST(Program, SpeedsThatAreTakenAreListed) {
    const Ran listed = vitrine("--speed=help 2>/dev/null");
    EXPECT_EQ(exit_code(listed), 0);
    EXPECT_TRUE(contains(listed.output, "0.25")) << listed.output;
    EXPECT_TRUE(contains(listed.output, "four times, which is the fastest")) << listed.output;
}

/// Twice, for the first may come while the first picture is shown, which may take long.
TEST(Program, AStandstillShowsInTheStatistics) {
    const testing::TemporaryFolder folder;
    const std::string log = folder.file("log");
    const std::string json_file = folder.file("t.json");
    const Ran ran = run_program(kProgram + " --output=null --frames=60 --timing-json=" + json_file +
                                " " + kDemo + " 2>" + log + " & pid=$!; " + until_it_plays(log) +
                                "kill -STOP $pid; sleep 1; kill -CONT $pid; sleep 0.5; "
                                "kill -STOP $pid; sleep 1; kill -CONT $pid; wait $pid");
    ASSERT_EQ(exit_code(ran), 0) << ran.output;
    const auto json = nlohmann::json::parse(test::contents_of(json_file));
    EXPECT_GT(json["jitter"]["max_ns"], 500'000'000) << json["jitter"];
    const std::string said = test::contents_of(log);
    EXPECT_TRUE(contains(said, "warning: " + kDemo + ": stood still for ")) << said;
}

TEST(Program, ADashIsStandardInput) {
    const Ran file = vitrine(kNull + "- <" + kDemo);
    EXPECT_EQ(exit_code(file), 0) << file.output;
    const Ran prefixed = vitrine(kNull + "file:" + kDemo);
    EXPECT_EQ(exit_code(prefixed), 0) << prefixed.output;
    const Ran loop = vitrine(kNull + "--loop=3 - <" + kDemo);
    EXPECT_EQ(exit_code(loop), 0) << loop.output;
    EXPECT_EQ(times_said(loop, "is played once only"), 0u) << "what is a file is read again";
    const Ran pipe = run_program("cat " + kDemo + " | " + kProgram + kNull + "--loop=3 -");
    EXPECT_EQ(exit_code(pipe), 0) << pipe.output;
    EXPECT_EQ(times_said(pipe, "standard input: is played once only: it cannot be read again"), 1u)
        << pipe.output;
    const Ran nothing = vitrine(kNull + "- </dev/null");
    EXPECT_EQ(exit_code(nothing), 3) << nothing.output;
    EXPECT_TRUE(contains(nothing.output, "standard input: nothing came")) << nothing.output;
    const testing::TemporaryFolder folder;
    const std::string clip = folder.file("clip.mp4");
    ASSERT_EQ(run_program("cp " + kDemo + " " + clip).status, 0);
    EXPECT_EQ(exit_code(vitrine(kNull + "--frame-hash=" + clip + " - <" + clip)), 2);
    EXPECT_EQ(exit_code(vitrine(kNull + "--frame-hash=" + clip + " file:" + clip)), 2);
}

TEST(Program, APipeThatFellSilentDoesNotKeepItFromEnding) {
    if (!test::is_installed("ffmpeg")) VITRINE_MISSING("ffmpeg is not installed");
    const testing::TemporaryFolder folder;
    const std::string clip = folder.file("a.mkv");
    const std::string pipe = folder.file("pipe");
    ASSERT_EQ(run_program("ffmpeg -v error -nostdin -i " + kDemo + " -c copy " + clip +
                          " && mkfifo " + pipe)
                  .status,
              0);
    const std::string log = folder.file("log");
    const std::string half = std::to_string(test::contents_of(clip).size() / 2);
    for (const std::string& input : {pipe, "- <" + pipe}) {
        const Ran ran = run_program(
            "( head -c " + half + " " + clip + "; exec sleep 20 ) >" + pipe +
            " 2>/dev/null & writer=$!; " + kProgram + kNull + input + " 2>" + log + " & pid=$!; " +
            until_it_plays(log) + "sleep 0.5; kill -TERM $pid; " +
            "( sleep 10; kill -KILL $pid ) >/dev/null 2>&1 & watch=$!; wait $pid; echo \"[$?]\"; " +
            "kill $writer $watch; cat " + log);
        EXPECT_TRUE(contains(ran.output, "[143]")) << ran.output;
        EXPECT_TRUE(contains(ran.output, " presented, ")) << ran.output;
        EXPECT_FALSE(contains(ran.output, ", 0 presented")) << ran.output;
    }
}

TEST(Program, ProbeDescribesThisMachine) {
    const Ran ran = vitrine("probe --json 2>/dev/null");
    ASSERT_EQ(exit_code(ran), 0);
    const auto json = nlohmann::json::parse(ran.output);
    EXPECT_EQ(json["schema"], 2);
    EXPECT_FALSE(json["decoders"].empty());
    EXPECT_FALSE(json["memory"].empty());
    ASSERT_FALSE(json["paths"].empty());
    EXPECT_FALSE(json["paths"][0]["output"].get<std::string>().empty());
    std::istringstream lines(vitrine("probe 2>/dev/null").output);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
}

TEST(Program, DevicesListsThisMachineWhateverItHas) {
    const Ran ran = vitrine("devices --all --json 2>/dev/null");
    ASSERT_EQ(exit_code(ran), 0);
    const auto json = nlohmann::json::parse(ran.output);
    EXPECT_EQ(json["schema"], 1);
    EXPECT_EQ(json["left_out"], 0);
    const Ran text = vitrine("devices 2>/dev/null");
    EXPECT_EQ(exit_code(text), 0);
    EXPECT_FALSE(text.output.empty());
    EXPECT_EQ(exit_code(vitrine("devices >/dev/full")), 1);
}

}  // namespace
}  // namespace vitrine
