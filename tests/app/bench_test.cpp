#include "app/bench.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "app/options.h"
#include "tests/support/temporary_folder.h"

namespace {

using namespace vitrine;

std::vector<PixelFormat> formats() {
    std::vector<PixelFormat> out;
    for (size_t i = 0; i < kPixelFormatCount; ++i) {
        const auto format = static_cast<PixelFormat>(i);
        if (info(format).packing == Packing::words) out.push_back(format);
    }
    return out;
}

/// Memory for a picture, its rows apart.
struct Memory {
    std::vector<std::vector<std::byte>> bytes;
    LentPlanes planes;
    FramePtr frame;
};

Memory memory_for(PixelFormat format, Size size) {
    Memory out;
    std::array<CpuPlane, 4> seen{};
    const PixelFormatInfo& row = info(format);
    for (size_t i = 0; i < static_cast<size_t>(row.plane_count); ++i) {
        const PlaneExtent extent = plane_extent(row, static_cast<int>(i), size.width, size.height);
        const auto pitch = static_cast<uint32_t>(extent.row_bytes + 12);
        out.bytes.emplace_back(size_t{pitch} * static_cast<size_t>(extent.rows));
        out.planes[i] = {out.bytes.back().data(), pitch};
        seen[i] = {out.bytes.back().data(), pitch};
    }
    FrameInfo shown;
    shown.crop = {0, 0, size.width, size.height};
    shown.color = resolve_color({}, format, size).color;
    out.frame =
        make_frame(shown, make_cpu_frame(format, size, seen).value(), std::make_shared<int>(0))
            .value();
    return out;
}

TEST(BenchPicture, IsUnlikeThoseThatFollow) {
    for (const PixelFormat format : formats()) {
        const auto picture = BenchPicture::make(format, {1920, 1080});
        ASSERT_TRUE(picture);
        for (uint64_t number = 0; number < 300; ++number) {
            const auto color = picture->color(number);
            for (uint64_t later = number + 1; later <= number + kDistinct; ++later) {
                const auto other = picture->color(later);
                double apart = 0;
                for (size_t i = 0; i < 3; ++i)
                    apart = std::max(apart, std::abs(color[i] - other[i]));
                ASSERT_GE(apart, 2 * kBenchTolerance) << info(format).name << " " << number;
            }
        }
    }
}

TEST(BenchPicture, TakesItsOwnColorAndNoOther) {
    const auto picture = BenchPicture::make(PixelFormat::nv12, {640, 360});
    ASSERT_TRUE(picture);
    const auto pixel_of = [&](uint64_t number) {
        std::array<uint8_t, 4> rgba{0, 0, 0, 255};
        for (size_t i = 0; i < 3; ++i)
            rgba[i] = static_cast<uint8_t>(std::lround(picture->color(number)[i]));
        return rgba;
    };
    EXPECT_EQ(picture->wrong_pixel(7, pixel_of(7)), "");
    for (uint64_t stale = 0; stale < 7; ++stale)
        EXPECT_NE(picture->wrong_pixel(7, pixel_of(stale)), "") << stale;
    EXPECT_NE(picture->wrong_pixel(7, {0, 0, 0, 255}), "");
}

TEST(BenchPicture, IsFoundInTheMemoryItWasWrittenInto) {
    for (const PixelFormat format : formats()) {
        SCOPED_TRACE(info(format).name);
        for (const Size size : {kSmallestBench, Size{101, 67}, Size{320, 180}}) {
            const auto picture = BenchPicture::make(format, size);
            ASSERT_TRUE(picture);
            const Memory memory = memory_for(format, size);
            for (uint64_t number = 0; number < 10; ++number) {
                picture->write(number, memory.planes);
                EXPECT_EQ(picture->wrong_memory(number, *memory.frame), "") << number;
                EXPECT_NE(picture->wrong_memory(number + 5, *memory.frame), "") << number;
            }
        }
    }
}

TEST(BenchPicture, LeavesThePaddingAlone) {
    const auto picture = BenchPicture::make(PixelFormat::yuv420p, {101, 67});
    ASSERT_TRUE(picture);
    const Memory memory = memory_for(PixelFormat::yuv420p, {101, 67});
    picture->write(3, memory.planes);
    for (size_t y = 0; y < 67; ++y) {
        for (size_t x = 101; x < 113; ++x)
            ASSERT_EQ(memory.bytes[0][y * memory.planes[0].pitch + x], std::byte{0});
    }
}

TEST(BenchPicture, IsAnotherAllOver) {
    const auto picture = BenchPicture::make(PixelFormat::gray, {640, 360});
    ASSERT_TRUE(picture);
    const Memory one = memory_for(PixelFormat::gray, {640, 360});
    const Memory other = memory_for(PixelFormat::gray, {640, 360});
    picture->write(0, one.planes);
    picture->write(1, other.planes);
    size_t same = 0;
    for (size_t i = 0; i < one.bytes[0].size(); ++i)
        same += one.bytes[0][i] == other.bytes[0][i] ? 1 : 0;
    // Of noise one byte in 256 is as it was, and the padding is.
    EXPECT_LT(same, one.bytes[0].size() / 20);
}

/// The first picture is looked at where it is smoothest: in a patch, and not in the noise.
TEST(PictureProbe, KnowsTheColorsOfEveryFormat) {
    for (const PixelFormat format : formats()) {
        SCOPED_TRACE(info(format).name);
        const Size size{640, 360};
        const auto picture = BenchPicture::make(format, size);
        ASSERT_TRUE(picture);
        const Memory memory = memory_for(format, size);
        picture->write(7, memory.planes);
        PictureProbe probe(memory.frame->info(), format, {640, 360}, 4);
        const auto pixel = probe.choose(*memory.frame);
        ASSERT_TRUE(pixel) << pixel.error().text;
        EXPECT_FALSE(pixel->tells_apart);
        const auto wanted = picture->color(7);
        for (size_t i = 0; i < 3; ++i) {
            EXPECT_NEAR(pixel->color.low[i], wanted[i] - kBenchTolerance, 0.5) << i;
            EXPECT_NEAR(pixel->color.high[i], wanted[i] + kBenchTolerance, 0.5) << i;
            EXPECT_NEAR(pixel->by_driver.high[i], wanted[i] + kBenchTolerance, 0.5) << i;
        }
    }
}

TEST(PictureProbe, LooksWhereThePictureIsUnlikeThoseBefore) {
    const Size size{640, 360};
    const Memory memory = memory_for(PixelFormat::gray, size);
    PictureProbe probe(memory.frame->info(), PixelFormat::gray, size, 2);
    const auto put = [&](int x, int y, int value) {
        for (int down = y; down < y + 60; ++down)
            std::fill_n(memory.planes[0].data + size_t{memory.planes[0].pitch} * size_t(down) + x,
                        60, static_cast<std::byte>(value));
    };
    ASSERT_TRUE(probe.choose(*memory.frame));
    EXPECT_FALSE(probe.choose(*memory.frame)->tells_apart) << "it is the same";
    put(300, 200, 200);
    const auto other = probe.choose(*memory.frame);
    ASSERT_TRUE(other);
    EXPECT_TRUE(other->tells_apart);
    EXPECT_TRUE(other->at[0] >= 300 && other->at[0] < 360) << other->at[0];
    EXPECT_TRUE(other->at[1] >= 200 && other->at[1] < 260) << other->at[1];
    EXPECT_EQ(other->wrong({214, 214, 214, 255}, false), "") << "of 16 to 235";
    EXPECT_NE(other->wrong({0, 0, 0, 255}, false), "");
    // One that was two before is not to be taken for it either.
    put(300, 200, 0);
    EXPECT_FALSE(probe.choose(*memory.frame)->tells_apart);
    put(20, 20, 90);
    EXPECT_TRUE(probe.choose(*memory.frame)->tells_apart);
    put(20, 20, 92);
    EXPECT_FALSE(probe.choose(*memory.frame)->tells_apart) << "a driver may be off by as much";
}

TEST(PictureProbe, ComparesCopies) {
    const Size size{101, 67};
    const auto picture = BenchPicture::make(PixelFormat::yuv420p, size);
    ASSERT_TRUE(picture);
    const Memory one = memory_for(PixelFormat::yuv420p, size);
    const Memory other = memory_for(PixelFormat::yuv420p, size);
    picture->write(3, one.planes);
    PictureProbe probe(one.frame->info(), PixelFormat::yuv420p, {640, 360}, 4);
    const auto pixel = probe.choose(*one.frame);
    ASSERT_TRUE(pixel);
    EXPECT_NE(probe.wrong_copy(*other.frame, *one.frame, *pixel), "");
    picture->write(3, other.planes);
    EXPECT_EQ(probe.wrong_copy(*other.frame, *one.frame, *pixel), "");
}

TEST(BenchOrder, HasEachJobOnceARound) {
    for (uint64_t round = 0; round < 5; ++round) {
        auto order = bench_order(17, 4, round);
        std::sort(order.begin(), order.end());
        for (size_t i = 0; i < order.size(); ++i) EXPECT_EQ(order[i], i);
    }
    EXPECT_TRUE(bench_order(0, 1, 0).empty());
}

TEST(BenchOrder, ComesOfTheSeedAndTheRound) {
    EXPECT_EQ(bench_order(17, 4, 1), bench_order(17, 4, 1));
    EXPECT_NE(bench_order(17, 4, 1), bench_order(17, 4, 2));
    EXPECT_NE(bench_order(17, 4, 1), bench_order(17, 5, 1));
    EXPECT_NE(bench_order(17, 4, 1), bench_order(17, 4 + (uint64_t{1} << 32), 1));
}

TEST(BenchOrder, HasEveryJobFirstNowAndThen) {
    std::array<int, 4> first{};
    for (uint64_t round = 0; round < 400; ++round) ++first[bench_order(4, 9, round)[0]];
    for (const int count : first) EXPECT_NEAR(count, 100, 40);
}

Result<BenchOptions> parsed(std::vector<std::string_view> arguments) {
    arguments.insert(arguments.begin(), "bench");
    const auto invocation = parse_command_line(arguments);
    if (!invocation) return Failure(invocation.error());
    EXPECT_EQ(invocation->action, Invocation::Action::bench);
    return invocation->bench;
}

TEST(BenchOptions, AreWhatWasAskedFor) {
    const auto options =
        parsed({"--methods=memcpy,subimage", "--sizes=720p,8k,320x200", "--formats=p010,rgba",
                "--frames=7", "--duration=1.5", "--trials=3", "--seed=18446744073709551615"});
    ASSERT_TRUE(options) << options.error().text;
    EXPECT_EQ(options->methods, (std::vector<std::string>{"memcpy", "subimage"}));
    EXPECT_EQ(options->sizes, (std::vector<Size>{{1280, 720}, {7680, 4320}, {320, 200}}));
    EXPECT_EQ(options->formats, (std::vector<PixelFormat>{PixelFormat::p010, PixelFormat::rgba}));
    EXPECT_EQ(options->frames, 7u);
    EXPECT_EQ(options->duration, std::chrono::milliseconds(1500));
    EXPECT_EQ(options->trials, 3u);
    EXPECT_EQ(options->seed, ~uint64_t{0});
    EXPECT_EQ(options->file, "");
    EXPECT_EQ(parsed({"--file=clip.mp4", "--methods=memcpy"})->file, "clip.mp4");
    EXPECT_EQ(options->via, BenchVia::gl);
    EXPECT_EQ(parsed({"--via=api"})->via, BenchVia::api);
    EXPECT_EQ(parsed({"--via=api", "--via=gl", "--methods=memcpy"})->via, BenchVia::gl);
}

TEST(BenchOptions, DefaultsAreThoseOfTheTable) {
    const BenchOptions plain;
    for (const char* name : {"via", "methods", "sizes", "formats", "trials"}) {
        const OptionRow* row = find_option(name);
        ASSERT_NE(row, nullptr);
        const std::string given = fmt::format("--{}={}", name, row->default_text);
        const auto stated = parsed({given});
        ASSERT_TRUE(stated) << stated.error().text;
        EXPECT_EQ(stated->via, plain.via);
        EXPECT_EQ(stated->methods, plain.methods);
        EXPECT_EQ(stated->sizes, plain.sizes);
        EXPECT_EQ(stated->formats, plain.formats);
        EXPECT_EQ(stated->trials, plain.trials);
    }
}

TEST(BenchOptions, TakeEverySizeThatTheTableNames) {
    for (const Choice& choice : find_option("sizes")->choices) {
        const std::string by_name = fmt::format("--sizes={}", choice.name);
        const std::string in_full = fmt::format("--sizes={}", choice.description);
        const auto named = parsed({by_name});
        const auto written = parsed({in_full});
        ASSERT_TRUE(named && written) << by_name;
        EXPECT_EQ(named->sizes, written->sizes);
    }
}

TEST(BenchOptions, TakeEveryFormatThatIsListed) {
    const std::vector<NamedChoice> listed = bench_formats();
    EXPECT_EQ(listed.size(), formats().size());
    for (const NamedChoice& format : listed) {
        EXPECT_TRUE(parsed({"--formats=" + format.name})) << format.name;
        EXPECT_EQ(format.description.find("  "), std::string::npos) << format.description;
    }
    for (const Choice& choice : find_option("formats")->choices) {
        const auto found = std::find_if(listed.begin(), listed.end(), [&](const NamedChoice& each) {
            return each.name == choice.name;
        });
        ASSERT_NE(found, listed.end()) << choice.name;
        EXPECT_EQ(found->description, choice.description);
    }
}

TEST(BenchOptions, MayStandBeforeTheCommand) {
    const std::vector<std::string_view> arguments = {"--frames", "3", "bench"};
    const auto invocation = parse_command_line(arguments);
    ASSERT_TRUE(invocation) << invocation.error().text;
    EXPECT_EQ(invocation->bench.frames, 3u);
    // With bounds of bench's own, and not of play's.
    const std::vector<std::string_view> too_many = {"--frames=100001", "bench"};
    const auto refused = parse_command_line(too_many);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().text, "--frames=100001: expected a whole number from 1 to 100000");
}

TEST(BenchOptions, ChooseHowItIsPrinted) {
    EXPECT_FALSE(parsed({"--json"})->csv);
    EXPECT_TRUE(parsed({"--csv"})->csv);
    const auto both = parsed({"--csv", "--json"});
    ASSERT_FALSE(both);
    EXPECT_EQ(both.error().text, "--json and --csv exclude each other");
    EXPECT_EQ(parsed({"--html=a.html", "--json"})->html, "a.html");
    for (const std::string other : {"json", "csv"}) {
        const std::string option = "--" + other;
        const auto page = parsed({"--html=-", option});
        ASSERT_FALSE(page);
        EXPECT_EQ(page.error().text, "--html=- and --" + other + " exclude each other");
    }
}

TEST(BenchOptions, NameWhatMayNotBeSlower) {
    const auto options = parsed({"--baseline=old.json", "--fail-if=p95>10%,hand_over.p50>2.5%"});
    ASSERT_TRUE(options) << options.error().text;
    EXPECT_EQ(options->baseline, "old.json");
    ASSERT_EQ(options->fail_if.size(), 2u);
    EXPECT_EQ(options->fail_if[0].metric, "frame.p95");
    EXPECT_EQ(options->fail_if[1].metric, "hand_over.p50");
    EXPECT_EQ(options->fail_if[1].percent, 2.5);
}

TEST(BenchOptions, AreRefusedWithTheReason) {
    const auto refusal = [](std::string_view argument) {
        const auto options = parsed({argument});
        return options ? std::string("taken") : options.error().text;
    };
    EXPECT_EQ(refusal("--via=lib"), "--via=lib: expected one of gl|api");
    EXPECT_EQ(refusal("--via="), "--via=: expected gl|api");
    const auto methods = parsed({"--methods=memcpy", "--via=api"});
    ASSERT_FALSE(methods);
    EXPECT_EQ(methods.error().text,
              "--methods and --via=api exclude each other: libvitrine has its own");
    EXPECT_EQ(refusal("--file="), "--file=: expected FILE");
    for (const std::string_view other : {"--sizes=4k", "--formats=nv12", "--via=api"}) {
        const auto both = parsed({"--file=clip.mp4", other});
        ASSERT_FALSE(both) << other;
        EXPECT_TRUE(both.error().text.starts_with(
            fmt::format("--file and {} exclude each other: ",
                        other == "--via=api" ? other : other.substr(0, other.find('=')))))
            << both.error().text;
    }
    EXPECT_EQ(refusal("--methods=memcopy"),
              "--methods=memcopy: no method is called memcopy; did you mean memcpy?");
    EXPECT_EQ(refusal("--formats=nv21,p01"),
              "--formats=nv21,p01: no format is called p01; did you mean p010?");
    EXPECT_NE(refusal("--formats=nv15").find("no format is called nv15"), std::string::npos);
    for (const std::string_view sizes : {"720", "101x51", "0x0", "64x16385", "1080p,"}) {
        EXPECT_EQ(refusal(fmt::format("--sizes={}", sizes)),
                  fmt::format("--sizes={}: expected WIDTHxHEIGHT in pixels, each from 64 to 16384, "
                              "such as 1280x720, or a name such as 720p, 1080p, 4k, 8k",
                              sizes));
    }
    // Measured twice they would be two rows of one name.
    EXPECT_EQ(refusal("--methods=memcpy,subimage,memcpy"),
              "--methods=memcpy,subimage,memcpy: memcpy is named twice");
    EXPECT_EQ(refusal("--formats=nv12,nv12"), "--formats=nv12,nv12: nv12 is named twice");
    EXPECT_EQ(refusal("--sizes=720p,1080p,1280x720"),
              "--sizes=720p,1080p,1280x720: 1280x720 is named twice");
    for (const std::string_view count : {"0", "101", "1000000000", "-1", "many"}) {
        EXPECT_EQ(refusal(fmt::format("--trials={}", count)),
                  fmt::format("--trials={}: expected a whole number from 1 to 100", count));
    }
    for (const std::string_view count : {"0", "100001"}) {
        EXPECT_EQ(refusal(fmt::format("--frames={}", count)),
                  fmt::format("--frames={}: expected a whole number from 1 to 100000", count));
    }
    EXPECT_NE(refusal("--seed=-1").find("expected a whole number"), std::string::npos);
    EXPECT_NE(refusal("--baseline=").find("--baseline"), std::string::npos);
    EXPECT_EQ(refusal("--fail-if=p95>10%"), "--fail-if wants --baseline: slower than what?");
    EXPECT_EQ(refusal("--fail-if=p95"), "--fail-if=p95: p95 is not of the kind of p95>10%");
    EXPECT_NE(refusal("--fit=cover").find("does not belong to bench"), std::string::npos);
    EXPECT_NE(refusal("clip.mp4").find("bench takes no file"), std::string::npos);
}

TEST(MachineState, IsReadWhereTheKernelSaysIt) {
    const vitrine::testing::TemporaryFolder folder;
    const std::string root = folder.file("root");
    const auto put = [&](const std::string& path, const std::string& text) {
        const std::filesystem::path file = root + path;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file) << text;
    };
    EXPECT_EQ(text_of(read_machine_state(root)), "governor, clock and temperature not to be read");
    EXPECT_EQ(processor_text(root), "unknown processor, 0 processors");
    put("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n");
    put("/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "1800000\n");
    put("/sys/class/thermal/thermal_zone0/temp", "41234\n");
    put("/sys/class/thermal/thermal_zone3/temp", "52100\n");
    put("/proc/cpuinfo", "processor\t: 0\nmodel name\t: A thing\nprocessor\t: 1\n");
    EXPECT_EQ(text_of(read_machine_state(root)), "governor performance, 1800 MHz, 52.1 C");
    EXPECT_EQ(processor_text(root), "A thing, 2 processors");
    put("/proc/device-tree/model", std::string("A board Rev 1.4\0", 16));
    EXPECT_EQ(processor_text(root), "A board Rev 1.4, 2 processors");
}

}  // namespace
