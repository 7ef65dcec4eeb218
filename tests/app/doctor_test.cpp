#include "app/doctor.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "app/text.h"
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
    EXPECT_EQ(hint_for("v4l2", error.text + "; v4l2: more"),
              "sudo usermod -aG video $USER, and log in again");
}

TEST(DoctorHint, IsAboutDriversThatAreNotLoaded) {
    EXPECT_TRUE(contains(hint_for("v4l2", "there is no /dev/video*"), "modprobe"));
    EXPECT_TRUE(contains(hint_for("vaapi",
                                  "no vaapi device: Generic error in an external library "
                                  "(there is no /dev/dri/renderD*)"),
                         "driver of a GPU"));
}

TEST(DoctorHint, IsNotGivenForWhatNobodyKnows) {
    EXPECT_EQ(hint_for("v4l2", "something else"), "");
    EXPECT_EQ(hint_for("nvdec", "h264: Cannot allocate memory"), "");
    EXPECT_EQ(hint_for("software", "there is no /dev/video*"), "");
    EXPECT_EQ(hint_for_graphics(false), "");
    EXPECT_NE(hint_for_graphics(true), "");
}

}  // namespace
}  // namespace vitrine
