#include <gtest/gtest.h>

#include <fstream>

#include "tests/structure/check.h"

namespace vitrine::structure {
namespace {

namespace fs = std::filesystem;

std::string all(const Violations& violations) {
    std::string text;
    for (const std::string& each : violations) text += each + "\n";
    return text;
}

TEST(Structure, TheTreeKeepsToTheTable) {
    const TreeCheck check = check_tree(VITRINE_SOURCE_DIR);
    EXPECT_TRUE(check.violations.empty()) << all(check.violations);
    // It has really looked: core alone has more than this.
    EXPECT_GT(check.files, 20u);
    EXPECT_GT(check.includes, 60u);
    EXPECT_GT(check.links, 4u);
}

struct Planted {
    const char* path;
    const char* text;
    const char* fault;
};

TEST(Structure, FindsPlantedIncludes) {
    const Planted planted[] = {
        {"core/a.h", "#include \"hw/kernel.h\"", "core may not use hw"},
        {"core/a.cpp", "#include <EGL/egl.h>", "core may not use gl"},
        {"core/a.cpp", "  #  include <linux/dma-buf.h>", "core may not use kernel"},
        {"core/a.cpp", "#include <sys/ioctl.h>", "core may not use kernel"},
        {"hw/a.cpp", "#include <libavutil/frame.h>", "hw may not use ffmpeg"},
        {"hw/a.cpp", "#include \"hw/av/frame.h\"", "hw may not use hw/av"},
        {"render/a.cpp", "#include <libavcodec/avcodec.h>", "render may not use ffmpeg"},
        {"render/a.cpp", "#include \"hw/av/frame.h\"", "render may not use hw/av"},
        {"render/a.cpp", "#include \"decode/media_source.h\"", "render may not use decode"},
        {"render/a.cpp", "#include <SDL2/SDL.h>", "render may not use sdl"},
        {"decode/a.cpp", "#include <GLES3/gl3.h>", "decode may not use gl"},
        {"decode/a.cpp", "#include \"render/importer.h\"", "decode may not use render"},
        {"share/a.cpp", "#include \"hw/kernel.h\"", "share may not use hw"},
        {"capture/a.cpp", "#include <libavutil/frame.h>", "capture may not use ffmpeg"},
        {"player/a.cpp", "#include <SDL.h>", "player may not use sdl"},
        {"player/a.cpp", "#include \"SDL.h\"", "player may not use sdl"},
        {"decode/a.cpp", "#include \"EGL/egl.h\"", "decode may not use gl"},
        {"player/a.cpp", "#include <EGL/egl.h>", "player may not use gl"},
        {"decode/a.cpp", "#include <nlohmann/json.hpp>", "decode may not use json"},
        {"player/a.cpp", "#include \"app/options.h\"", "player may not use app"},
        {"decode/a.cpp", "#include <ass/ass.h>", "decode may not use ass"},
        {"app/a.cpp", "#include \"hw/av/frame.h\"", "app may not use hw/av"},
        {"app/a.cpp", "#include <cuda.h>", "app may not use cuda"},
        {"app/a.h", "#include <CLI/CLI.hpp>", "cli11 is for .cpp files only"},
        {"app/a.h", "#include <nlohmann/json.hpp>", "json is for .cpp files only"},
        {"app/a.cpp", "#include \"../hw/kernel.h\"", "it names no room of the table"},
        {"app/a.cpp", "#include <boost/any.hpp>", "no library in the table has this header"},
        {"extras/a.cpp", "int a;", "lies in no room"},
    };
    for (const Planted& each : planted) {
        const Violations found = check_includes(each.path, each.text);
        ASSERT_EQ(found.size(), 1u) << each.path << ": " << each.text;
        EXPECT_NE(found[0].find(each.fault), std::string::npos) << found[0];
    }
}

TEST(Structure, LetsThroughWhatTheTableAllows) {
    EXPECT_TRUE(check_includes("decode/a.cpp",
                               "#include <libavformat/avformat.h>\n#include \"hw/av/frame.h\"\n"
                               "#include <vector>\n#include <sys/mman.h>\n")
                    .empty());
    EXPECT_TRUE(check_includes("app/a.cpp", "#include <nlohmann/json.hpp>\n").empty());
    EXPECT_TRUE(check_includes("share/a.cpp", "#include \"a.h\"\n").empty());
    EXPECT_TRUE(check_includes("tests/a.cpp", "#include <EGL/egl.h>\n").empty());
    EXPECT_TRUE(check_includes("core/a.cpp", "// #include <EGL/egl.h>\n").empty());
}

TEST(Structure, NamesFileAndLine) {
    const Violations found = check_includes("share/a.cpp", "\n#include \"hw/kernel.h\"\n");
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0], "share/a.cpp:2 includes hw/kernel.h: share may not use hw");
}

TEST(Structure, FindsPlantedLinks) {
    const Planted planted[] = {
        {"render/CMakeLists.txt",
         "target_link_libraries(vitrine_render PUBLIC vitrine_core PRIVATE\n  PkgConfig::FFMPEG)",
         "render may not use it"},
        {"core/CMakeLists.txt", "target_link_libraries(vitrine_core PUBLIC vitrine_hw)",
         "core may not use hw"},
        {"app/CMakeLists.txt", "target_link_libraries(vitrine PRIVATE vitrine_hw_av)",
         "app may not use hw/av"},
        {"player/CMakeLists.txt", "target_link_libraries(vitrine_player PUBLIC PkgConfig::SDL2)",
         "player may not use it"},
        // The name of a target counts for more than the folder it is made in.
        {"app/CMakeLists.txt", "target_link_libraries(vitrine_share PUBLIC vitrine_decode)",
         "share may not use decode"},
        {"app/CMakeLists.txt", "target_link_libraries(vitrine PRIVATE boost)",
         "no row in the table has this target"},
    };
    for (const Planted& each : planted) {
        const Violations found = check_links(each.path, each.text);
        ASSERT_EQ(found.size(), 1u) << each.text << "\n" << all(found);
        EXPECT_NE(found[0].find(each.fault), std::string::npos) << found[0];
    }
}

TEST(Structure, LetsThroughLinksThatTheTableAllows) {
    EXPECT_TRUE(check_links("decode/CMakeLists.txt",
                            "# target_link_libraries(vitrine_decode PUBLIC vitrine_app)\n"
                            "target_link_libraries(vitrine_decode PUBLIC vitrine_hw vitrine_hw_av "
                            "PkgConfig::FFMPEG Threads::Threads)")
                    .empty());
}

TEST(Structure, FindsPlantedClocksOfDay) {
    for (const char* text : {"auto t = std::chrono::system_clock::now();",
                             "clock_gettime(CLOCK_REALTIME, &t);", "gettimeofday(&t, nullptr);",
                             "const auto t = time(nullptr);", "int64_t t = av_gettime();"}) {
        EXPECT_EQ(check_clocks("player/a.cpp", text).size(), 1u) << text;
        EXPECT_TRUE(check_clocks("tests/player/a.cpp", text).empty());
    }
    for (const char* text :
         {"clock_gettime(CLOCK_MONOTONIC, &t);", "std::chrono::steady_clock::now();",
          "a.set_time(nullptr);", "av_gettime_relative();", "// not system_clock"}) {
        EXPECT_TRUE(check_clocks("player/a.cpp", text).empty()) << text;
    }
}

TEST(Structure, ReadsAWholeTree) {
    const fs::path root = fs::path(::testing::TempDir()) / "vitrine_structure_test";
    fs::remove_all(root);
    fs::create_directories(root / "render/sub");
    fs::create_directories(root / "extras");
    fs::create_directories(root / "build/dev");
    std::ofstream(root / "render/sub/a.cpp") << "#include <libavutil/frame.h>\n";
    std::ofstream(root / "render/CMakeLists.txt")
        << "target_link_libraries(vitrine_render PUBLIC vitrine_decode)\n";
    std::ofstream(root / "extras/b.cpp") << "int b;\n";
    std::ofstream(root / "build/dev/c.cpp") << "#include <EGL/egl.h>\n";
    const TreeCheck check = check_tree(root);
    fs::remove_all(root);
    EXPECT_EQ(check.files, 3u);
    EXPECT_EQ(check.violations.size(), 3u) << all(check.violations);
}

}  // namespace
}  // namespace vitrine::structure
