#include "app/doctor.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "app/text.h"
#include "decode/media_source.h"
#include "hw/kernel.h"
#include "tests/app/support.h"
#include "tests/support/failing_kernel.h"

namespace vitrine {
namespace {

using test::contains;

DoctorReport report() {
    DoctorReport::Rung played;
    played.name = "software, uploaded";
    played.played = true;
    played.path = "h264 > memory > upload";
    played.frames = 120;
    played.frames_per_second = 60.04;
    played.copies_per_frame = 1;
    DoctorReport::Rung device = played;
    device.name = "nvdec";
    device.copies_per_frame = 0;
    device.device_copies_per_frame = 1;
    DoctorReport::Rung left;
    left.name = "v4l2";
    left.reason = "a reason";
    left.hint = "a hint";
    return {"a\nb.mp4", "some GPU", "", {left, device, played}};
}

TEST(DoctorText, SaysForEachRungWhatCameOfIt) {
    const std::string text = doctor_text(report());
    EXPECT_TRUE(contains(text, "a?b.mp4")) << text;
    EXPECT_TRUE(contains(text, "  v4l2                  left             -           -\n")) << text;
    EXPECT_TRUE(contains(text, "      reason  a reason\n      hint    a hint\n")) << text;
    EXPECT_TRUE(contains(text, "played        60.0           1  h264 > memory > upload\n")) << text;
    EXPECT_TRUE(contains(text, "60.0   0 (GPU 1)  h264")) << text;
    EXPECT_FALSE(contains(text, "software renderer")) << text;
}

TEST(DoctorJson, HasEveryField) {
    const auto json = nlohmann::json::parse(doctor_json(report()));
    EXPECT_EQ(json["schema"], 1);
    EXPECT_EQ(json["file"], "a\nb.mp4");
    ASSERT_EQ(json["rungs"].size(), 3U);
    EXPECT_EQ(json["rungs"][0]["outcome"], "left");
    EXPECT_EQ(json["rungs"][0]["hint"], "a hint");
    EXPECT_EQ(json["rungs"][1]["device_copies_per_frame"], 1.0);
    EXPECT_EQ(json["rungs"][2]["outcome"], "played");
    EXPECT_EQ(json["rungs"][2]["frames"], 120);
}

/// The names in backquotes that begin the rows of a table of docs/doctor.md, from a heading on.
std::set<std::string> documented(const std::string& from) {
    const std::string document = test::contents_of(VITRINE_SOURCE_DIR "/docs/doctor.md");
    const size_t begin = document.find(from);
    EXPECT_NE(begin, document.npos) << from;
    if (begin == document.npos) return {};
    const size_t end = document.find("\n## ", begin + 1);
    std::istringstream lines(document.substr(begin, end == document.npos ? end : end - begin));
    std::set<std::string> names;
    for (std::string line; std::getline(lines, line);) {
        if (line.rfind("| `", 0) == 0) names.insert(line.substr(3, line.find('`', 3) - 3));
    }
    return names;
}

TEST(DoctorJson, HoldsExactlyTheDocumentedFields) {
    std::set<std::string> fields;
    const auto json = nlohmann::json::parse(doctor_json(report()));
    for (const auto& [key, value] : json.items()) {
        if (!value.is_array()) fields.insert(key);
        for (const auto& member : value.is_array() ? value : nlohmann::json::array()) {
            for (const auto& [inner, unused] : member.items()) fields.insert(key + "[]." + inner);
        }
    }
    EXPECT_EQ(fields, documented("## `--json`"));
}

TEST(DoctorReport, IsDocumentedRungByRung) {
    std::set<std::string> rows;
    for (const DecoderRow& row : decoder_rows()) {
        if (row.name != "software") rows.emplace(row.name);
    }
    rows.insert({"software, imported", "software, uploaded"});
    EXPECT_EQ(documented("## The rungs"), rows);
}

/// As Debian has its nodes, for somebody who is not in the group.
class VideoGroupOnly final : public testing::PassingKernel {
  public:
    int stat(const char*, struct stat& status) override {
        status = {};
        status.st_mode = S_IFCHR | 0660;
        status.st_gid = 44;
        return 0;
    }
};

TEST(DoctorHint, NamesTheGroupToBeIn) {
    VideoGroupOnly kernel;
    const Error error = explain_open_failure(kernel, "/dev/video10", EACCES);
    EXPECT_EQ(hint_for("v4l2", error.text + "; v4l2: more", {}),
              "sudo usermod -aG video $USER, and log in again");
}

TEST(DoctorHint, IsAboutDriversThatAreNotLoaded) {
    EXPECT_TRUE(contains(hint_for("v4l2", "there is no /dev/video*", {}), "modprobe"));
    EXPECT_TRUE(contains(hint_for("vaapi",
                                  "no vaapi device: Generic error in an external library "
                                  "(there is no /dev/dri/renderD*)",
                                  {}),
                         "driver of a GPU"));
}

TEST(DoctorHint, IsAboutMemoryForDecodersThatGetTooLittle) {
    const std::string too_little =
        fmt::format("h264_v4l2m2m does not open: {}", errno_text(ENOMEM));
    for (const char* row : {"v4l2", "drm-prime"}) {
        EXPECT_TRUE(contains(hint_for(row, too_little, {}), "cma-512")) << row;
        EXPECT_TRUE(contains(hint_for_copies(row, kTooFewToLend, {}), "cma-512")) << row;
    }
}

TEST(DoctorHint, OfCopiesKnowsASoftwareRenderer) {
    const std::string reason = "dmabuf: EGL does not list NV12";
    GlFacts graphics;
    graphics.software_renderer = true;
    EXPECT_TRUE(contains(hint_for_copies("v4l2", reason, graphics), "a software renderer draws"));
    EXPECT_EQ(hint_for_copies("v4l2", reason, {}), "");
}

TEST(DoctorReport, IsOfAnythingThatCanBeReadAgain) {
    for (const char* file : {VITRINE_SOURCE_DIR "/assets/demo.mp4", "no such file",
                             "http://127.0.0.1/a.mp4", VITRINE_SOURCE_DIR}) {
        EXPECT_TRUE(check_replayable(file)) << file;
    }
}

TEST(DoctorReport, SaysNothingTwice) {
    EXPECT_EQ(
        own_words("a.mp4", "vaapi", "a.mp4: no decoder that was asked for works: vaapi (h264): no"),
        "no");
    EXPECT_EQ(
        own_words("a.mp4", "v4l2", "a.mp4: no decoder that was asked for works: v4l2: there is"),
        "there is");
    EXPECT_EQ(own_words("a.mp4", "v4l2", "v4l2 (/dev/video10 x (y)): one; /dev/video11: other"),
              "one; /dev/video11: other");
    EXPECT_EQ(own_words("a.mp4", "nvdec", "vaapi (h264): no"), "vaapi (h264): no");
    EXPECT_EQ(own_words("a.mp4", "nvdec", "nvdec (cut"), "nvdec (cut");
    EXPECT_EQ(own_words("a.mp4", "nvdec", ""), "");
}

TEST(DoctorHint, OfAnOldMesaIsForMesaOnly) {
    const std::string reason = "EGL on device has no EGL_EXT_image_dma_buf_import";
    const auto hint = [&reason](const char* version) {
        GlFacts graphics;
        graphics.gl_version = version;
        return hint_for("software", reason, graphics);
    };
    EXPECT_TRUE(contains(hint("OpenGL ES 3.1 Mesa 22.3.6"), "this Mesa is too old"));
    EXPECT_EQ(hint("OpenGL ES 3.2 Mesa 25.0.7-2~bpo12+1"), "");
    EXPECT_EQ(hint("OpenGL ES 3.2 NVIDIA 470.223.02"), "");
    EXPECT_EQ(hint(""), "");
}

TEST(DoctorHint, SaysWhereNvidiasDriverComesFrom) {
    EXPECT_TRUE(contains(hint_for("nvdec", "no NVIDIA driver (no libcuda.so.1)", {}), "libcuda1"));
    EXPECT_EQ(hint_for("vaapi", "no NVIDIA driver (no libcuda.so.1)", {}), "");
}

TEST(DoctorHint, IsNotGivenForWhatNobodyKnows) {
    EXPECT_EQ(hint_for("v4l2", "something else", {}), "");
    EXPECT_EQ(hint_for("nvdec", "h264: Cannot allocate memory", {}), "");
    EXPECT_EQ(hint_for("software", "there is no /dev/video*", {}), "");
    EXPECT_EQ(hint_for_graphics(false), "");
    EXPECT_NE(hint_for_graphics(true), "");
}

}  // namespace
}  // namespace vitrine
