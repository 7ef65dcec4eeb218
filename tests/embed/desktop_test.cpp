// What a program does that draws with desktop GL: the pictures are those of GL ES.
#include <optional>

#include "tests/embed/host.h"
#include "tests/support/desktop_gl.h"

namespace vitrine {
namespace {

const std::string kSecond = VITRINE_TEST_CLIPS "/second.mp4";  // 25 frames

struct DesktopRow {
    const char* name;
    testing::DesktopGl::Kind kind;
};
constexpr DesktopRow kDesktops[] = {
    {"core", {3, 3, true}},
    {"compatibility", {3, 3, false}},
    {"core_4", {4, 5, true}},
};

class DesktopHost : public testing::Host, public ::testing::WithParamInterface<DesktopRow> {
  protected:
    Result<std::unique_ptr<GlContext>> make_context() override {
        desktop_.emplace(GetParam().kind);
        if (!desktop_->missing().empty()) return fail(Errc::unsupported, "{}", desktop_->missing());
        return GlContext::join_current();
    }
    void TearDown() override {
        Host::TearDown();
        context_.reset();
        desktop_.reset();
    }
    [[nodiscard]] std::string text(const char* name) const {
        char value[256] = "";
        if (vitrine_player_get_text(player_.get(), name, value, sizeof(value), nullptr)) return "";
        return value;
    }

    std::optional<testing::DesktopGl> desktop_;
};

INSTANTIATE_TEST_SUITE_P(Rows, DesktopHost, ::testing::ValuesIn(kDesktops),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(DesktopHost, IsWhatItIsCalled) {
    EXPECT_TRUE(context_->facts().desktop) << context_->facts().gl_version;
    EXPECT_EQ(context_->facts().core_profile, GetParam().kind.core);
}

TEST_P(DesktopHost, PlaysAFileToItsEnd) {
    open(kSecond);
    play_until([&] { return count_told(VITRINE_EVENT_QUEUE_PLAYED) > 0; });
    ASSERT_FALSE(numbers_.empty());
    EXPECT_EQ(numbers_.back(), 24);
    for (size_t i = 1; i < numbers_.size(); ++i) EXPECT_LT(numbers_[i - 1], numbers_[i]);
    EXPECT_EQ(context_->gl().GetError(), GLenum{GL_NO_ERROR});
    EXPECT_EQ(text("path"), "h264 > memfd > dmabuf > host");
}

}  // namespace
}  // namespace vitrine
