#include "hw/display_cards.h"

#include <drm.h>
#include <gtest/gtest.h>

#include "tests/support/failing_kernel.h"

namespace vitrine {
namespace {

/// Cards that are opened and mastered with these errnos; 0: they can be.
class Cards final : public testing::PassingKernel {
  public:
    struct Card {
        int open = 0;
        int master = 0;
    };
    std::map<std::string, Card> cards;  // by name

    int list(const char* path, std::vector<std::string>& names) override {
        EXPECT_STREQ(path, "/dev/dri");
        for (const auto& [name, card] : cards) names.push_back(name);
        return 0;
    }
    int open(const char* path, int) override {
        opened_ = cards.at(std::string(path).substr(9));
        if (opened_.open == 0) return ::open("/dev/null", O_RDWR | O_CLOEXEC);
        errno = opened_.open;
        return -1;
    }
    int ioctl(int, unsigned long request, void*) override {
        EXPECT_EQ(request, DRM_IOCTL_SET_MASTER);
        errno = opened_.master;
        return opened_.master == 0 ? 0 : -1;
    }
    int stat(const char*, struct stat& status) override {
        status = {};
        status.st_mode = S_IFCHR | 0660;
        return 0;
    }
    ProcessIdentity identity() override { return {1000, {1000}}; }

  private:
    Card opened_;
};

TEST(DisplayCards, NoneIsNone) {
    Cards cards;
    cards.cards = {{"renderD128", {}}};
    EXPECT_EQ(explain_no_display(cards), "there is no card in /dev/dri");
    cards.cards["card0"] = {};
    EXPECT_EQ(explain_no_display(cards), "no card in /dev/dri has a display that SDL can use");
}

// 57: "DRM master denied under service/other VT; obscure errors".
TEST(DisplayCards, C57_SaysThatAnotherProgramHasTheDisplays) {
    for (const int error : {EBUSY, EACCES}) {
        Cards cards;
        cards.cards = {{"card0", {}}, {"card1", {0, error}}};
        EXPECT_EQ(
            explain_no_display(cards),
            "another program has the displays of /dev/dri/card1, such as a desktop on another "
            "terminal: 'fuser -v /dev/dri/card1' names those that may");
    }
}

TEST(DisplayCards, C57_SaysWhoMayOpenThem) {
    Cards cards;
    cards.cards = {{"card0", {EACCES}}};
    const std::string said = explain_no_display(cards);
    EXPECT_TRUE(said.starts_with("/dev/dri/card0 belongs to root:root (0660): ")) << said;
}

}  // namespace
}  // namespace vitrine
