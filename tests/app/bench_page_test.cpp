// The page of bench, and how a browser shows it.
#include <gtest/gtest.h>
#include <png.h>

#include <fstream>
#include <map>

#include "app/bench.h"
#include "tests/app/bench_sample.h"
#include "tests/app/support.h"
#include "tests/support/missing.h"

namespace {

using namespace vitrine;
using test::contains;
using test::row_of_times;
using test::sample_report;

/// What is wrong of the page as XML, which is stricter than HTML: elements that do not nest,
/// attributes without quotes, bare & and <. "" for nothing.
std::string fault_of(const std::string& page) {
    std::vector<std::string> open;
    size_t at = page.find('\n') + 1;  // behind <!DOCTYPE html>
    while (at < page.size()) {
        if (page[at] == '&') {
            const size_t end = page.find_first_not_of("0123456789", at + 2);
            if (page[at + 1] != '#' || page[end] != ';') return "& at " + page.substr(at, 20);
        }
        if (page[at] != '<') {
            ++at;
            continue;
        }
        size_t end = page.find_first_of(" />", at + 2);
        const std::string name = page.substr(at + 1, end - at - 1);
        if (name[0] == '/') {
            if (open.empty() || "/" + open.back() != name) return "unexpected <" + name;
            open.pop_back();
            at = end + 1;
            continue;
        }
        while (page[end] == ' ') {
            const size_t quote = page.find_first_of("\"<>", end);
            if (page[quote] != '"' || page[quote - 1] != '=') return "attributes of " + name;
            end = page.find_first_of("\"<>", quote + 1);
            if (page[end] != '"') return "the end of an attribute of " + name;
            ++end;
        }
        if (page[end] == '>') open.push_back(name);
        if (page[end] == '/') ++end;
        if (page[end] != '>') return "the end of " + name;
        at = end + 1;
    }
    return open.empty() ? "" : "left open: " + open.back();
}

/// With names and texts as no driver should have them.
BenchReport hostile_report() {
    BenchReport report = sample_report();
    report.processor = "<script>alert('1')</script> & \"co\"";
    report.gl.gl_renderer = "]]>\x1b<!--";
    report.rows[0].method =
        "<b title=\"x\">&amp; a method of a name that is far too long for a plot";
    report.rows[2].unsupported = "</dl></body>";
    report.rows[4].voided = {"<svg onload=\"x\">"};
    return report;
}

TEST(BenchPage, IsWellFormedWhateverNamesThereAre) {
    for (const BenchReport& report : {sample_report(), hostile_report(), BenchReport{}}) {
        const std::string page = bench_html(report);
        EXPECT_TRUE(page.starts_with("<!DOCTYPE html>\n<html ")) << page.substr(0, 40);
        EXPECT_EQ(fault_of(page), "");
    }
    EXPECT_TRUE(contains(bench_html(hostile_report()),
                         "&#60;script&#62;alert('1')&#60;/script&#62; &#38; &#34;co&#34;"));
}

TEST(BenchPage, AsksForNothing) {
    const std::string page = bench_html(hostile_report());
    for (const char* way : {"http:", "https:", "//", "url(", "@import", "src=", "href=", "<script",
                            "<link", "<iframe", "<img"})
        EXPECT_FALSE(contains(page, way)) << way;
    EXPECT_TRUE(contains(page, "content=\"default-src 'none'; style-src 'unsafe-inline'\""));
}

TEST(BenchPage, HasWhatLibvitrineTakes) {
    const std::string page = bench_html(test::sample_api_report());
    EXPECT_EQ(fault_of(page), "");
    const auto has = [&](std::string_view what) {
        EXPECT_TRUE(contains(page, std::string(what))) << what << "\nin\n" << page;
    };
    has("<h1>What a picture costs through libvitrine</h1>");
    has("<tr><th>update, nothing new</th><td>0.3</td><td>-</td><td>-</td><td>-</td><td>0.6</td>"
        "<td>0.7</td><td>0</td></tr>");
    has(">Frame: how often each time</text>");
    has("<th colspan=\"4\">Until the GPU has finished, µs</th>");
    has("<tr><th>api memfd</th><td>42.0</td><td>(42.0 42.0)</td>");
    has("<dt>api memfd</dt><dd>beside program memfd, at p50: +1.0 %");
    EXPECT_FALSE(contains(page, "Hand-over"));
}

TEST(BenchPage, HasTheFiguresOfTheTable) {
    const std::string page = bench_html(sample_report());
    const auto has = [&](std::string_view what) {
        EXPECT_TRUE(contains(page, std::string(what))) << what << "\nin\n" << page;
    };
    has("<dt>machine</dt><dd>A board</dd>");
    has("<h2>nv12 100x80, 11.7 KiB a picture</h2>");
    has("<tr><th>subimage</th><td>5.0</td><td>(2.0 9.0)</td><td>9.0</td><td>-</td><td>-</td>"
        "<td>-</td><td>10.0</td><td>10.0</td><td>-</td><td>-</td><td>20.0</td></tr>");
    has("<tr><th>subimage</th><td>70.0</td><td>-</td><td>5.5</td><td>5.0</td><td>1.0+0</td>"
        "<td>11.7 KiB</td><td>2.40</td><td>40</td><td>1000.0</td></tr>");
    has("<dt>unsupported</dt><dd>dmabuf udmabuf, cuda: there is no such thing</dd>");
    has("<dt>void</dt><dd>composed, 2 trials: picture 3: a pixel is 0,0,0</dd>");
}

/// The numbers in attributes of one name, in their order: of rectangles of a class.
std::vector<double> numbers_of(const std::string& page, const std::string& kind,
                               const std::string& attribute) {
    std::vector<double> out;
    const std::string begin = "<rect class=\"" + kind + "\"";
    for (size_t at = page.find(begin); at != page.npos; at = page.find(begin, at + 1)) {
        const size_t value = page.find(" " + attribute + "=\"", at) + attribute.size() + 3;
        out.push_back(std::stod(page.substr(value)));
    }
    return out;
}

TEST(BenchPage, DrawsBarsByTheMedian) {
    BenchReport report = sample_report();
    report.rows = {row_of_times("a", 1, {100}), row_of_times("b", 1, {50}),
                   row_of_times("memcpy", 1, {25})};
    const std::string page = bench_html(report);
    // Of each a bar, and a column of one value.
    const auto widths = numbers_of(page, "bar", "width");
    ASSERT_EQ(widths.size(), 4u);
    EXPECT_NEAR(widths[0], 2 * widths[2], 0.2);
    EXPECT_GT(widths[0], 400);
    EXPECT_EQ(numbers_of(page, "bar", "x")[0], numbers_of(page, "bar", "x")[2]);
    EXPECT_NEAR(numbers_of(page, "plain", "width")[0], widths[0] / 4, 0.2);
    // A doubling is four columns of five.
    EXPECT_EQ(numbers_of(page, "bar", "x")[1] - numbers_of(page, "bar", "x")[3], 20);
    EXPECT_FALSE(contains(page, "class=\"within\"")) << "one value has no interval";
    EXPECT_TRUE(contains(bench_html(sample_report()), "class=\"within\""));
}

struct Shot {
    uint32_t paper = 0;  // the colour of the first corner
    std::map<uint32_t, size_t> pixels;
};

/// As Chromium shows it in 1240x1400, with its errors where it shows nothing.
Shot shot_of(const std::string& page, const std::string& option) {
    const test::TemporaryFolder folder;
    std::ofstream(folder.file("page.html")) << page;
    const auto ran = test::run_program(
        "chromium --headless --no-sandbox --disable-gpu --hide-scrollbars "
        "--window-size=1240,1400 " +
        option + " --user-data-dir=" + folder.file("profile") +
        " --screenshot=" + folder.file("shot.png") + " file://" + folder.file("page.html"));
    EXPECT_EQ(ran.status, 0) << ran.output;
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    Shot shot;
    if (png_image_begin_read_from_file(&image, folder.file("shot.png").c_str()) == 0) {
        ADD_FAILURE() << image.message << "\n" << ran.output;
        return shot;
    }
    image.format = PNG_FORMAT_RGBA;
    std::vector<uint8_t> rgba(PNG_IMAGE_SIZE(image));
    EXPECT_NE(png_image_finish_read(&image, nullptr, rgba.data(), 0, nullptr), 0);
    for (size_t i = 0; i + 3 < rgba.size(); i += 4) {
        const uint32_t color = uint32_t{rgba[i]} << 16 | uint32_t{rgba[i + 1]} << 8 | rgba[i + 2];
        if (i == 0) shot.paper = color;
        ++shot.pixels[color];
    }
    return shot;
}

TEST(BenchPage, IsShownByABrowserInLightAndDark) {
    if (!test::is_installed("chromium")) VITRINE_MISSING("chromium is not installed");
    const std::string page = bench_html(sample_report());
    struct Scheme {
        const char* option;
        uint32_t paper, bar, plain, ink;
    };
    for (const Scheme& scheme :
         {Scheme{"--blink-settings=preferredColorScheme=1", 0xffffff, 0x86a8ca, 0xc3cad1, 0x1d2833},
          Scheme{"--blink-settings=preferredColorScheme=0", 0x15191e, 0x41698f, 0x4b555f,
                 0xdde3e9}}) {
        Shot shot = shot_of(page, scheme.option);
        EXPECT_EQ(shot.paper, scheme.paper) << scheme.option;
        // The first bar is about 16x400, the second two fifths of it.
        EXPECT_GT(shot.pixels[scheme.bar], 4000u) << scheme.option;
        EXPECT_GT(shot.pixels[scheme.plain], 1500u) << scheme.option;
        EXPECT_GT(shot.pixels[scheme.ink], 500u) << scheme.option;
        EXPECT_GT(shot.pixels[scheme.paper], 1000000u) << scheme.option;
    }
}

}  // namespace
