#include "hw/v4l2_description.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "hw/v4l2_nodes.h"
#include "tests/support/failing_kernel.h"
#include "tests/support/scripted_node.h"

namespace vitrine {
namespace {

using testing::FailingKernel;
using testing::ScriptedFormat;
using testing::ScriptedNode;

constexpr ScriptedFormat kH264{V4L2_PIX_FMT_H264, true};
constexpr ScriptedFormat kJpeg{V4L2_PIX_FMT_MJPEG, true};
constexpr ScriptedFormat kNv12{V4L2_PIX_FMT_NV12, false};
constexpr ScriptedFormat kRgb{V4L2_PIX_FMT_RGB24, false};
// Raw pictures in a vendor's own packing, which the kernel flags as compressed.
constexpr ScriptedFormat kPacked{v4l2_fourcc('Q', '0', '8', 'C'), true};

std::shared_ptr<ScriptedNode> codec(std::vector<ScriptedFormat> input,
                                    std::vector<ScriptedFormat> output) {
    auto node = std::make_shared<ScriptedNode>();
    node->input = std::move(input);
    node->output = std::move(output);
    return node;
}

std::shared_ptr<ScriptedNode> camera() {
    auto node = codec({}, {kJpeg, kRgb});
    node->capabilities = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
    return node;
}

V4l2Description describe(const std::shared_ptr<Kernel>& node) {
    return describe_node(node, "/dev/video0", V4l2Detail::with_controls);
}

TEST(V4l2Description, ACodecIsNamedByWhatItTakesAndGives) {
    EXPECT_EQ(describe(codec({kH264}, {kNv12})).kind, V4l2Kind::decoder);
    EXPECT_EQ(describe(codec({kH264, kJpeg}, {kNv12, kPacked})).kind, V4l2Kind::decoder);
    EXPECT_EQ(describe(codec({kNv12}, {kH264})).kind, V4l2Kind::encoder);
    EXPECT_EQ(describe(codec({kNv12, kPacked}, {kH264})).kind, V4l2Kind::encoder);
    EXPECT_EQ(describe(codec({kNv12}, {kRgb})).kind, V4l2Kind::converter);
    EXPECT_EQ(describe(codec({kNv12, kPacked}, {kRgb, kPacked})).kind, V4l2Kind::converter);
    EXPECT_EQ(describe(codec({kH264}, {kJpeg})).kind, V4l2Kind::other);
    EXPECT_EQ(describe(codec({}, {})).kind, V4l2Kind::other);
}

TEST(V4l2Description, OtherNodesAreNamedByTheirSides) {
    const auto kind = [](uint32_t flags, const char* driver = "scripted") {
        auto node = camera();
        node->capabilities = flags;
        node->driver = driver;
        return describe(node).kind;
    };
    EXPECT_EQ(kind(V4L2_CAP_VIDEO_CAPTURE), V4l2Kind::camera);
    EXPECT_EQ(kind(V4L2_CAP_VIDEO_CAPTURE_MPLANE | V4L2_CAP_META_CAPTURE), V4l2Kind::camera);
    EXPECT_EQ(kind(V4L2_CAP_VIDEO_OUTPUT), V4l2Kind::output);
    EXPECT_EQ(kind(V4L2_CAP_META_CAPTURE), V4l2Kind::metadata);
    EXPECT_EQ(kind(V4L2_CAP_VIDEO_OVERLAY), V4l2Kind::other);
    constexpr uint32_t kBoth = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_OUTPUT;
    EXPECT_EQ(kind(kBoth | V4L2_CAP_VIDEO_M2M, "v4l2 loopback"), V4l2Kind::loopback);
    EXPECT_EQ(kind(V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_M2M, "v4l2 loopback"), V4l2Kind::camera);
}

TEST(V4l2Description, ADecoderThatTakesRequestsIsStateless) {
    auto node = codec({{v4l2_fourcc('S', '2', '6', '4'), true}}, {kNv12});
    node->buffer_capabilities = V4L2_BUF_CAP_SUPPORTS_MMAP | V4L2_BUF_CAP_SUPPORTS_REQUESTS;
    EXPECT_TRUE(describe(node).stateless);
    EXPECT_FALSE(describe(codec({kH264}, {kNv12})).stateless);
}

TEST(V4l2Description, TheMemoryKindsAreWhatTheQueueSays) {
    auto node = codec({kH264}, {kNv12});
    node->buffer_capabilities = V4L2_BUF_CAP_SUPPORTS_MMAP | V4L2_BUF_CAP_SUPPORTS_DMABUF;
    const V4l2Description said = describe(node);
    ASSERT_TRUE(said.output->memory);
    EXPECT_TRUE(said.output->memory->mapped);
    EXPECT_TRUE(said.output->memory->imported);
    EXPECT_FALSE(said.output->memory->user_pointer);
    node->buffer_capabilities = 0;
    EXPECT_FALSE(describe(node).output->memory);
    EXPECT_NE(describe(node).output->memory_refused, "");
    node->create_error = ENOTTY;
    EXPECT_NE(describe(node).output->memory_refused.find("VIDIOC_CREATE_BUFS"), std::string::npos);
}

TEST(V4l2Description, ADriverThatClaimsItsNodeForTheQuestionIsNotAsked) {
    for (const char* driver : {"uvcvideo", "v4l2 loopback"}) {
        auto node = camera();
        node->driver = driver;
        const V4l2Description said = describe(node);
        EXPECT_EQ(node->requests.count(VIDIOC_CREATE_BUFS), 0u) << driver;
        EXPECT_FALSE(said.output->memory);
        EXPECT_NE(said.output->memory_refused.find(driver), std::string::npos);
    }
    auto node = camera();
    EXPECT_TRUE(describe(node).output->memory);
}

TEST(V4l2Description, NothingButQuestionsIsCalled) {
    const std::set<unsigned long> questions = {VIDIOC_QUERYCAP,        VIDIOC_ENUM_FMT,
                                               VIDIOC_ENUM_FRAMESIZES, VIDIOC_ENUM_FRAMEINTERVALS,
                                               VIDIOC_CREATE_BUFS,     VIDIOC_QUERY_EXT_CTRL,
                                               VIDIOC_QUERYMENU};
    for (const auto& node : {codec({kH264}, {kNv12}), codec({kNv12}, {kH264}), camera()}) {
        (void)describe(node);
        for (const unsigned long request : node->requests) {
            EXPECT_EQ(questions.count(request), 1u) << std::hex << request;
        }
    }
}

TEST(V4l2Description, SizesAndRatesAreTakenInEveryForm) {
    auto node = codec({kNv12}, {kH264});
    node->sizes = [](v4l2_frmsizeenum& out) {
        if (out.index != 0) return EINVAL;
        out.type = out.pixel_format == V4L2_PIX_FMT_NV12 ? V4L2_FRMSIZE_TYPE_STEPWISE
                                                         : V4L2_FRMSIZE_TYPE_CONTINUOUS;
        out.stepwise = {32, 1920, 2, 16, 1088, 4};
        return 0;
    };
    node->intervals = [](v4l2_frmivalenum& out) {
        if (out.index != 0) return EINVAL;
        out.type = out.width == 32 ? V4L2_FRMIVAL_TYPE_STEPWISE : V4L2_FRMIVAL_TYPE_CONTINUOUS;
        out.stepwise = {{1, 120}, {1, 1}, {1, 120}};
        return 0;
    };
    const V4l2Description said = describe(node);
    const V4l2Sizes& stepwise = said.input->formats[0].sizes;
    EXPECT_EQ(stepwise.range, V4l2Range::stepwise);
    ASSERT_EQ(stepwise.list.size(), 2u);
    EXPECT_EQ(stepwise.list[0].size, (Size{32, 16}));
    EXPECT_EQ(stepwise.list[1].size, (Size{1920, 1088}));
    EXPECT_EQ(stepwise.step, (Size{2, 4}));
    EXPECT_EQ(stepwise.list[0].intervals.range, V4l2Range::stepwise);
    EXPECT_EQ(stepwise.list[0].intervals.step, (V4l2Interval{1, 120}));
    EXPECT_EQ(stepwise.list[1].intervals.range, V4l2Range::continuous);
    EXPECT_EQ(stepwise.list[1].intervals.list, (std::vector<V4l2Interval>{{1, 120}, {1, 1}}));
    EXPECT_EQ(said.output->formats[0].sizes.range, V4l2Range::continuous);
    EXPECT_TRUE(said.complete);
}

TEST(V4l2Description, ListsWithoutAnEndAreCutOff) {
    auto node = camera();
    node->sizes = [](v4l2_frmsizeenum& out) {
        out.type = V4L2_FRMSIZE_TYPE_DISCRETE;
        out.discrete = {out.index + 1, 1};
        return 0;
    };
    node->intervals = [](v4l2_frmivalenum& out) {
        out.type = V4L2_FRMIVAL_TYPE_DISCRETE;
        out.discrete = {1, out.index + 1};
        return 0;
    };
    node->control = [](v4l2_query_ext_ctrl& out) {
        out.id = (out.id & V4L2_CTRL_ID_MASK) + 1;
        out.type = V4L2_CTRL_TYPE_MENU;
        out.maximum = INT32_MAX;
        return 0;
    };
    const V4l2Description said = describe(node);
    EXPECT_FALSE(said.complete);
    EXPECT_FALSE(said.controls.empty());
    EXPECT_LT(node->calls, 500'000);
}

TEST(V4l2Description, ControlsAreListedWithTheirMenus) {
    auto node = camera();
    node->control = [](v4l2_query_ext_ctrl& out) {
        switch (out.id & V4L2_CTRL_ID_MASK) {
            case 0:
                out = {};
                out.id = V4L2_CID_USER_CLASS;
                out.type = V4L2_CTRL_TYPE_CTRL_CLASS;
                return 0;
            case V4L2_CID_USER_CLASS:
                out = {};
                out.id = V4L2_CID_BRIGHTNESS;
                out.type = V4L2_CTRL_TYPE_INTEGER;
                std::strcpy(out.name, "Brightness");
                out.minimum = -64;
                out.maximum = 64;
                out.step = 2;
                out.default_value = 8;
                out.flags = V4L2_CTRL_FLAG_VOLATILE | V4L2_CTRL_FLAG_READ_ONLY;
                return 0;
            case V4L2_CID_BRIGHTNESS:
                out = {};
                out.id = V4L2_CID_LINK_FREQ;
                out.type = V4L2_CTRL_TYPE_INTEGER_MENU;
                out.minimum = 1;
                out.maximum = 3;
                return 0;
            default:  // in a circle
                out.id = V4L2_CID_BRIGHTNESS;
                return 0;
        }
    };
    node->menu = [](v4l2_querymenu& out) {
        if (out.index == 2) return EINVAL;  // a gap
        out.value = 1'000'000'000LL * out.index;
        return 0;
    };
    const V4l2Description said = describe(node);
    ASSERT_EQ(said.controls.size(), 2u);
    const V4l2Control& brightness = said.controls[0];
    EXPECT_EQ(brightness.name, "Brightness");
    EXPECT_EQ(brightness.type, "integer");
    EXPECT_EQ(brightness.minimum, -64);
    EXPECT_EQ(brightness.maximum, 64);
    EXPECT_EQ(brightness.step, 2u);
    EXPECT_EQ(brightness.default_value, 8);
    EXPECT_TRUE(brightness.changing && brightness.read_only);
    EXPECT_FALSE(brightness.inactive || brightness.write_only || brightness.disabled);
    const V4l2Control& frequency = said.controls[1];
    EXPECT_EQ(frequency.type, "integer-menu");
    ASSERT_EQ(frequency.menu.size(), 2u);
    EXPECT_EQ(frequency.menu[1].index, 3u);
    EXPECT_EQ(frequency.menu[1].name, "3000000000");
    EXPECT_TRUE(describe_node(node, "/dev/video0", V4l2Detail::without_controls).controls.empty());
}

TEST(V4l2Description, ANodeThatCannotBeAskedHasAReasonAndItsRights) {
    auto node = camera();
    node->group = 12345;  // has no name
    node->open_error = EACCES;
    EXPECT_EQ(describe(node).refused,
              "/dev/video0 belongs to root:12345 (0660): add yourself to group 12345");
    EXPECT_EQ(describe(node).kind, V4l2Kind::unknown);
    EXPECT_EQ(describe(node).rights->group, "12345");
    EXPECT_EQ(describe(node).rights->mode, 0660u);
    node->open_error = EBUSY;
    EXPECT_NE(describe(node).refused.find("fuser -v /dev/video0"), std::string::npos);
    node->open_error = 0;
    node->capability_error = ENOTTY;
    EXPECT_NE(describe(node).refused.find("VIDIOC_QUERYCAP"), std::string::npos);
    EXPECT_EQ(describe(node).rights->group, "12345");
    node->capability_error = 0;
    node->format_error = ENODEV;
    EXPECT_NE(describe(node).output->formats_refused.find("VIDIOC_ENUM_FMT"), std::string::npos);
    EXPECT_EQ(describe(node).kind, V4l2Kind::camera);
    node->capabilities = V4L2_CAP_VIDEO_M2M;
    EXPECT_EQ(describe(node).kind, V4l2Kind::unknown) << "what it is, its formats would tell";
    EXPECT_EQ(describe(node).capability.card, "A card");
}

TEST(V4l2Description, ACallThatFailsLeavesNothingOpenAndADescription) {
    ScriptedNode node;
    node.input = {kH264};
    node.output = {kNv12};
    const testing::Holdings before = testing::holdings();
    int failed = 0;
    for (int passes = 0;; ++passes) {
        const auto kernel = std::make_shared<FailingKernel>(node, passes, EIO);
        const V4l2Description said = describe(kernel);
        EXPECT_EQ(testing::holdings(), before);
        EXPECT_EQ(said.path, "/dev/video0");
        const bool formats_known = said.input && said.input->formats_refused.empty() &&
                                   said.output && said.output->formats_refused.empty();
        EXPECT_EQ(said.kind, formats_known ? V4l2Kind::decoder : V4l2Kind::unknown);
        EXPECT_EQ(said.refused.empty(), said.input.has_value());
        if (!kernel->failed()) break;
        ++failed;
    }
    std::printf("failed %d calls\n", failed);
    EXPECT_GT(failed, 5);
}

TEST(VideoNodes, AreListedByNumber) {
    ScriptedNode kernel;
    const auto nodes = video_nodes(kernel);
    ASSERT_TRUE(nodes);
    EXPECT_EQ(*nodes, (std::vector<std::string>{"/dev/video0", "/dev/video2", "/dev/video10"}));
}

/// Nobody may try them unasked, but who looks for them must see that they are there.
TEST(VideoNodes, OfAVendorAreForTheListOnly) {
    ScriptedNode kernel;
    const auto nodes = nodes_to_list(kernel);
    ASSERT_TRUE(nodes);
    EXPECT_EQ(*nodes, (std::vector<std::string>{"/dev/video0", "/dev/video2", "/dev/video10",
                                                "/dev/v4l2-nvdec", "/dev/v4l2-nvenc",
                                                "/dev/nvhost-msenc"}));
}

TEST(V4l2Format, ItsNameIsWhatPeopleWrite) {
    EXPECT_EQ(to_string(V4l2Format{V4L2_PIX_FMT_NV12M}), "NM12");
    EXPECT_EQ(to_string(V4l2Format{V4L2_PIX_FMT_Y10}), "Y10");
    EXPECT_EQ(to_string(V4l2Format{V4L2_PIX_FMT_Y16_BE}), "Y16-BE");
    EXPECT_EQ(to_string(V4l2Format{v4l2_fourcc('A', '\n', 'B', '%')}), "A?B?");
}

}  // namespace
}  // namespace vitrine
