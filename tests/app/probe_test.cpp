#include "app/probe.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/probe_paths.h"
#include "tests/app/support.h"

namespace vitrine {
namespace {

using test::contains;
using Json = nlohmann::json;

PathParts sample_parts() {
    return {"offscreen",
            {"window: no display"},
            {"dma-heap:system: cannot open it"},
            {{"dmabuf", ""}, {"upload", ""}}};
}

ProbeReport sample_report() {
    ProbeReport report;
    report.system = "Some System 1, Linux 6.1 aarch64";
    report.ffmpeg = "5.1";
    report.gl.emplace();
    report.gl->egl_platform = "surfaceless";
    report.gl->gl_version = "OpenGL ES 3.2";
    report.gl->gl_renderer = "V3D";
    report.gl->has_dma_buf_import = true;
    report.import_formats = {{"NV12", {{"LINEAR", false}, {"BROADCOM:SAND128", true}}},
                             {"R8", {{"LINEAR", false}}},
                             {"GR88", {{"LINEAR", false}}}};
    report.memory = {{"dma-heap:system", "cannot open it\nat all"}, {"udmabuf", ""}};
    report.importers = {{"dmabuf", ""}, {"upload", ""}};
    report.video_drivers = {{"wayland", "not there"}, {"x11", ""}};
    report.decoders = {{"drm-prime", "h264", "h264_v4l2m2m", "", "h264_v4l2m2m does not open"},
                       {"software", "h264", "h264", "udmabuf", ""},
                       {"drm-prime", "hevc", "hevc_v4l2m2m", "", "hevc_v4l2m2m does not open"},
                       {"software", "hevc", "hevc", "udmabuf", ""},
                       {"software", "av1", "libdav1d", "memory", ""}};
    report.nodes = {{"/dev/dri/renderD128", false, "root", "render", "rw-rw----"},
                    {"/dev/video0", true, "root", "video", "rw-rw----"},
                    {"/dev/secret", false, "root", "root", "rw-------"}};
    for (DecoderTrial& trial : report.decoders) {
        trial.hardware = trial.row != "software";
        if (trial.delivers == "udmabuf") trial.storage = StorageKind::dma_buf;
    }
    report.decoders.back().shortfall = "decodes into memory of its own";
    report.paths = paths_of(report.decoders, sample_parts());
    return report;
}

TEST(ProbeText, SaysWhatWorksAndWhyTheRestDoesNot) {
    const std::string text = probe_text(sample_report());
    EXPECT_TRUE(contains(text, "dma-heap:system  out: cannot open it?at all\n"));
    EXPECT_TRUE(contains(text, "udmabuf          works\n"));
    EXPECT_TRUE(contains(text, "R8 GR88: LINEAR\n"));
    EXPECT_TRUE(contains(text, "NV12: LINEAR BROADCOM:SAND128*\n"));
    EXPECT_TRUE(contains(text,
                         "/dev/dri/renderD128  not ours to open (rw-rw---- root:render); join "
                         "the group render\n"))
        << text;
    EXPECT_TRUE(contains(text, "/dev/video0          ours to open"));
    EXPECT_TRUE(contains(text, "/dev/secret          not ours to open (rw------- root:root)\n"));
    EXPECT_TRUE(contains(text, "can       dma-buf import\n"));
}

/// The text without its line breaks and columns.
std::string words_of(const std::string& text) {
    std::istringstream in(text);
    std::string out;
    for (std::string word; in >> word;) out += word + " ";
    return out;
}

TEST(ProbeText, SaysHowGraphicsTakeMoreThanEightBits) {
    ProbeReport report = sample_report();
    EXPECT_TRUE(
        contains(words_of(probe_text(report)),
                 "can dma-buf import cannot format modifiers, images as 2D textures, images "
                 "as external textures, R8 and RG8, R16 and RG16, more than 8 bits, row"));
    report.gl->es_major = 3;
    const std::string bytes = words_of(probe_text(report));
    EXPECT_TRUE(contains(bytes, "can dma-buf import, more than 8 bits (byte by byte) cannot"));
    EXPECT_TRUE(contains(bytes, "RG8, R16 and RG16, row length"));
    report.gl->has_norm16 = true;
    EXPECT_TRUE(contains(words_of(probe_text(report)),
                         "can dma-buf import, R16 and RG16, more than 8 bits cannot"));
}

TEST(ProbeText, GroupsCodecsOfTheSameOutcome) {
    const std::string text = probe_text(sample_report());
    EXPECT_TRUE(contains(text,
                         "  drm-prime  h264 (h264_v4l2m2m), hevc (hevc_v4l2m2m): out: it does "
                         "not open\n"
                         "  software   h264, hevc: gives udmabuf\n"
                         "  software   av1 (libdav1d): gives memory\n"))
        << text;
}

TEST(ProbeText, SaysForEachCodecWhichPathItTakesAndWhyNoBetterOne) {
    const std::string text = probe_text(sample_report());
    EXPECT_TRUE(contains(text,
                         "  software > udmabuf > dmabuf > offscreen: h264, hevc\n"
                         "    not  drm-prime: it does not open\n"
                         "    not  dma-heap:system: cannot open it\n"
                         "    not  window: no display\n"
                         "  software > memory > upload > offscreen: av1 (libdav1d)\n"
                         "    not  software: decodes into memory of its own\n"))
        << text;
}

TEST(ProbePaths, AHardwareDecoderIsTakenWhereItOpens) {
    std::vector<DecoderTrial> trials = {{"v4l2", "h264", "/dev/video10 vpu", "dma-buf", ""},
                                        {"software", "h264", "h264", "udmabuf", ""},
                                        {"v4l2", "vvc", "", "", "V4L2 has no format for vvc"},
                                        {"software", "vvc", "", "", "no decoder for vvc"}};
    trials[0].hardware = true;
    trials[0].storage = StorageKind::dma_buf;
    const auto paths = paths_of(trials, sample_parts());
    ASSERT_EQ(paths.size(), 2u);
    EXPECT_EQ(paths[0].row, "v4l2");
    EXPECT_EQ(paths[0].memory, "dma-buf");
    EXPECT_EQ(paths[0].importer, "dmabuf");
    EXPECT_EQ(paths[0].refused, std::vector<std::string>{"window: no display"});
    EXPECT_EQ(paths[1].row, "");
    EXPECT_EQ(paths[1].refused.size(), 2u);

    ProbeReport report;
    report.decoders = trials;
    report.paths = paths;
    const std::string text = probe_text(report);
    EXPECT_TRUE(contains(text, "  v4l2 > dma-buf > dmabuf > offscreen: h264 (/dev/video10 vpu)\n"));
    EXPECT_TRUE(contains(text, "  no decoder: vvc\n    not  v4l2: V4L2 has no format for it\n"))
        << text;
}

TEST(ProbePaths, WithoutAnImporterOfItBetterMemoryIsUploaded) {
    PathParts parts = sample_parts();
    parts.importers[0].refused = "EGL imports nothing";
    const auto paths = paths_of(sample_report().decoders, parts);
    EXPECT_EQ(paths[0].importer, "upload");
    EXPECT_EQ(paths[0].refused[2], "dmabuf: EGL imports nothing");
}

TEST(ProbeText, FitsAHundredColumns) {
    ProbeReport report = sample_report();
    for (int i = 0; i < 60; ++i)
        report.import_formats[0].modifiers.push_back({"SOME_TILING", true});
    std::istringstream lines(probe_text(report));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
}

TEST(ProbeText, AMachineWithoutGraphicsIsDescribedToo) {
    ProbeReport report;
    report.gl_refused = "no EGL";
    report.decoders = {{"software", "h264", "h264", "memory", ""}};
    report.paths = paths_of(report.decoders, {"none", {"output: no EGL"}, {}, {}});
    const std::string text = probe_text(report);
    EXPECT_TRUE(contains(text, "out  no EGL"));
    EXPECT_FALSE(contains(text, "formats that EGL imports"));
    EXPECT_TRUE(
        contains(text, "  software > memory > none > none: h264\n    not  output: no EGL\n"))
        << text;
    const Json json = Json::parse(probe_json(report));
    EXPECT_EQ(json["graphics"]["works"], false);
    EXPECT_EQ(json["graphics"]["refused"], "no EGL");
}

TEST(ProbeJson, HoldsTheWholeReport) {
    const Json json = Json::parse(probe_json(sample_report()));
    EXPECT_EQ(json["schema"], 2);
    EXPECT_EQ(json["graphics"]["gl_renderer"], "V3D");
    EXPECT_EQ(json["import_formats"][0]["modifiers"][1]["external_only"], true);
    EXPECT_EQ(json["memory"][0]["works"], false);
    EXPECT_EQ(json["memory"][1]["works"], true);
    EXPECT_EQ(json["decoders"].size(), 5u);
    EXPECT_EQ(json["decoders"][4]["decoder"], "libdav1d");
    EXPECT_EQ(json["nodes"][0]["group"], "render");
    EXPECT_EQ(json["decoders"][0]["hardware"], true);
    EXPECT_EQ(json["paths"].size(), 3u);
    EXPECT_EQ(json["paths"][0]["codec"], "h264");
    EXPECT_EQ(json["paths"][0]["works"], true);
    EXPECT_EQ(json["paths"][0]["importer"], "dmabuf");
    EXPECT_EQ(json["paths"][0]["output"], "offscreen");
    EXPECT_EQ(json["paths"][0]["refused"][0], "drm-prime: h264_v4l2m2m does not open");
    EXPECT_EQ(json["video_drivers"][0]["refused"], "not there");
}

TEST(FindNodes, ListsCharacterDevicesThatMatter) {
    const test::TemporaryFolder folder;
    const std::string root = folder.file("dev");
    std::filesystem::create_directories(root + "/dri/by-path");
    std::filesystem::create_directories(root + "/dma_heap");
    for (const char* name : {"/dri/card0", "/dma_heap/system", "/video3", "/other"}) {
        std::filesystem::create_symlink("/dev/null", root + name);
    }
    const auto nodes = find_nodes(root);
    ASSERT_EQ(nodes.size(), 3u);
    EXPECT_EQ(nodes[0].path, root + "/dri/card0");
    EXPECT_EQ(nodes[1].path, root + "/dma_heap/system");
    EXPECT_EQ(nodes[2].path, root + "/video3");
    EXPECT_TRUE(nodes[0].usable);
    EXPECT_EQ(nodes[0].owner, "root");
    EXPECT_EQ(nodes[0].mode, "rw-rw-rw-");
}

}  // namespace
}  // namespace vitrine
