#include "player/m3u.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

using namespace std::chrono_literals;

M3uList parse(std::string_view text, size_t most = 1000) {
    auto list = parse_m3u(text, most);
    EXPECT_TRUE(list) << list.error().text;
    return list ? std::move(*list) : M3uList();
}

std::vector<std::string> names_of(const M3uList& list) {
    std::vector<std::string> names;
    for (const M3uEntry& entry : list.entries) names.push_back(entry.name);
    return names;
}

/// Of the one entry that these lines lead to.
M3uEntry entry_of(const std::string& remarks) {
    const M3uList list = parse(remarks + "\nf\n");
    EXPECT_EQ(list.entries.size(), 1u);
    EXPECT_TRUE(list.complaints.empty()) << list.complaints.front().text;
    return list.entries.empty() ? M3uEntry() : list.entries.front();
}

TEST(M3u, LinesAreNamesAndRemarks) {
    const M3uList list = parse("\xef\xbb\xbf#EXTM3U\r\n# a remark\r\n\r\n  a b.mp4 \r\n#x\nc.mp4");
    EXPECT_EQ(names_of(list), (std::vector<std::string>{"a b.mp4", "c.mp4"}));
    EXPECT_EQ(list.entries[0].line, 4);
    EXPECT_EQ(list.entries[1].line, 6);
    EXPECT_EQ(list.entries[0].options, ItemOptions());
    EXPECT_TRUE(list.complaints.empty());
    EXPECT_TRUE(parse("").entries.empty());
}

TEST(M3u, TitlesAndLengthsAreOfTheNextEntry) {
    const M3uList list = parse("#EXTINF:12.5,One, with a comma\na\nb\n#EXTINF:-1,Three\nc\n");
    ASSERT_EQ(list.entries.size(), 3u);
    EXPECT_EQ(list.entries[0].title, "One, with a comma");
    EXPECT_EQ(list.entries[0].options.image_duration, Nanos(12500ms));
    EXPECT_EQ(list.entries[1].title, "");
    EXPECT_EQ(list.entries[1].options, ItemOptions());
    EXPECT_EQ(list.entries[2].title, "Three");
    EXPECT_FALSE(list.entries[2].options.image_duration);
    EXPECT_EQ(entry_of("#EXTINF:-1 tvg-name=\"A,B\" group=\"C\",Title").title, "Title");
    EXPECT_EQ(entry_of("#EXTINF:3 x=\"y,Title").title, "Title");
    EXPECT_EQ(entry_of("#EXTINF:3").options.image_duration, Nanos(3s));
    EXPECT_EQ(entry_of("#EXTINF:99999999999999999999,T").title, "T");
}

TEST(M3u, TitlesAreCleanAndShort) {
    EXPECT_EQ(entry_of("#EXTINF:1,a\x1b[31mb\tc\x7f").title, "a [31mb c ");
    EXPECT_EQ(entry_of("#EXTINF:1,caf\xe9").title, "caf\xc3\xa9");      // Latin-1
    EXPECT_EQ(entry_of("#EXTINF:1,caf\xc3\xa9").title, "caf\xc3\xa9");  // UTF-8
    EXPECT_EQ(entry_of("#EXTINF:1,a\xc2\x9b"
                       "b")
                  .title,
              "a b");  // CSI, a later control
    EXPECT_EQ(entry_of("#EXTINF:1,\xc3").title, "\xc3\x83");
    std::string umlauts;
    for (int i = 0; i < 150; ++i) umlauts += "\xc3\xa4";
    EXPECT_EQ(entry_of("#EXTINF:1,x" + umlauts).title, "x" + umlauts.substr(0, 198));
    for (const char* bad : {"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe0\x80\xaf"}) {
        const std::string title = entry_of(std::string("#EXTINF:1,") + bad).title;
        EXPECT_EQ(title.find(bad), std::string::npos) << title;
    }
}

TEST(M3u, OwnOptionsAreTaken) {
    const ItemOptions options = entry_of(
                                    "#VITRINE:start=1:00, end=90.5 ,image-duration=5\n"
                                    "#VITRINE:repeat=3,fit=cover,rotate=270,volume=50,")
                                    .options;
    EXPECT_EQ(options.start, Nanos(60s));
    EXPECT_EQ(options.end, Nanos(90500ms));
    EXPECT_EQ(options.image_duration, Nanos(5s));
    EXPECT_EQ(options.repeat, 3u);
    EXPECT_EQ(options.fit, Fit::cover);
    EXPECT_EQ(options.quarter_turns, 3);
    EXPECT_EQ(options.volume, 50.0);
    EXPECT_EQ(entry_of("#VITRINE:repeat=inf").options.repeat, 0u);
    const ItemOptions tracks = entry_of("#VITRINE:vid=2,aid=3").options;
    EXPECT_EQ(tracks.video_track, 2);
    EXPECT_EQ(tracks.audio_track, 3);
    EXPECT_EQ(entry_of("#VITRINE:aid=no").options.audio_track, 0);
    // What is said of pictures wins over the length.
    EXPECT_EQ(entry_of("#VITRINE:image-duration=5\n#EXTINF:9,x").options.image_duration, Nanos(5s));
}

TEST(M3u, OptionsOfVlcAreTaken) {
    const ItemOptions options = entry_of(
                                    "#EXTVLCOPT:start-time=10\n#EXTVLCOPT:run-time=2.5\n"
                                    "#EXTVLCOPT:input-repeat=2")
                                    .options;
    EXPECT_EQ(options.start, Nanos(10s));
    EXPECT_EQ(options.end, Nanos(12500ms));
    EXPECT_EQ(options.repeat, 3u);
    EXPECT_EQ(entry_of("#EXTVLCOPT: stop-time = 7").options.end, Nanos(7s));
    EXPECT_EQ(entry_of("#EXTVLCOPT:image-duration=7").options.image_duration, Nanos(7s));
}

TEST(M3u, WhatIsWrongIsSaidWithItsLineAndLeftOut) {
    const M3uList list = parse(
        "#EXTM3U\n#VITRINE:colour=red\n#EXTVLCOPT:sout=#file{dst=/etc/x}\n"
        "#VITRINE:repeat=0,fit=cover\n#VITRINE:fit\n#VITRINE:rotate=45\n"
        "#VITRINE:volume=101\n#VITRINE:start=5,end=4\nf\n");
    ASSERT_EQ(list.entries.size(), 1u);
    EXPECT_EQ(list.entries[0].options, ItemOptions());
    ASSERT_EQ(list.complaints.size(), 7u);
    EXPECT_EQ(list.complaints[0].line, 2);
    EXPECT_EQ(list.complaints[0].text, "the option colour is not known here");
    EXPECT_EQ(list.complaints[1].text, "the option sout is not known here");
    EXPECT_EQ(list.complaints[2].text.substr(0, 9), "repeat=0:");
    EXPECT_EQ(list.complaints[3].text, "fit wants a value");
    EXPECT_EQ(list.complaints[6].line, 9);
    EXPECT_EQ(list.complaints[6].text, "its end is not after its start; played as a whole");
}

TEST(M3u, LongLinesAndNulsAreLeftOut) {
    const std::string text = "#VITRINE:repeat=2\n" + std::string(10'000'000, 'x') + "\nb\n" +
                             std::string("c\0d", 3) + "\n#EXTINF:1," +
                             std::string(kLongestLine, 't') + "\ne";
    const M3uList list = parse(text);
    EXPECT_EQ(names_of(list), (std::vector<std::string>{"b", "e"}));
    EXPECT_EQ(list.entries[0].options, ItemOptions());  // what was said was of the long line
    ASSERT_EQ(list.complaints.size(), 3u);
    EXPECT_EQ(list.complaints[0].line, 2);
    EXPECT_EQ(list.complaints[0].text, "a line of 10000000 bytes, and 65536 are the most");
    EXPECT_EQ(list.complaints[1].line, 4);
    EXPECT_EQ(list.complaints[1].text, "a line with a NUL in it");
}

TEST(M3u, EntriesAndComplaintsAreBounded) {
    std::string text;
    for (int i = 0; i < 1'000'000; ++i) text += "a\n";
    const M3uList list = parse(text, 5000);
    EXPECT_EQ(list.entries.size(), 5000u);
    ASSERT_EQ(list.complaints.size(), 1u);
    EXPECT_EQ(list.complaints[0].line, 5001);
    std::string bad;
    for (int i = 0; i < 1000; ++i) bad += "#VITRINE:x=y\n";
    const M3uList complained = parse(bad);
    EXPECT_EQ(complained.complaints.size(), kMostComplaints);
    EXPECT_EQ(complained.more_complaints, 1000 - kMostComplaints);
}

TEST(M3u, Utf16IsRefused) {
    const auto list = parse_m3u(std::string_view("\xff\xfe#\0a\0", 6), 10);
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().text, "the list is UTF-16; save it as UTF-8");
}

TEST(M3u, HlsIsToldFromLists) {
    EXPECT_TRUE(is_hls("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\na.ts\n"));
    EXPECT_TRUE(is_hls("\xef\xbb\xbf#EXTM3U\r\n#EXT-X-STREAM-INF:BANDWIDTH=1\r\na.m3u8\r\n"));
    EXPECT_FALSE(is_hls("#EXTM3U\n#EXTINF:9,#EXT-X-TARGETDURATION:9\na.ts\n"));
    EXPECT_FALSE(is_hls("a.ts\n#EXT-X-TARGETDURATION:9\n"));
    EXPECT_FALSE(is_hls(""));
}

TEST(ResolveEntry, NamesAreFromTheFolderOfTheList) {
    EXPECT_EQ(resolve_entry("a.mp4", "/lists").value(), "/lists/a.mp4");
    EXPECT_EQ(resolve_entry("../a.mp4", "x").value(), "x/../a.mp4");
    EXPECT_EQ(resolve_entry("/films/a.mp4", "x").value(), "/films/a.mp4");
    EXPECT_EQ(resolve_entry("a.mp4", "").value(), "./a.mp4");
}

TEST(ResolveEntry, WhatLooksLikeSomethingElseIsAFile) {
    for (const std::string name :
         {"-", "--output=null", "-x.mp4", "concat:a|b", "pipe:0", "fd:3", "data:,x", "play",
          "lavfi:testsrc", "subfile,,start,1,,:/etc/passwd", "a b://c"}) {
        EXPECT_EQ(resolve_entry(name, "").value(), "./" + name);
        EXPECT_EQ(resolve_entry(name, "/l").value(), "/l/" + name);
    }
}

TEST(ResolveEntry, UrlsOfKnownKindsAreTaken) {
    for (const char* url : {"http://h/a.mp4", "HTTPS://h/a?b=c#d", "rtsp://h:554/x", "udp://@:1"}) {
        EXPECT_EQ(resolve_entry(url, "x").value(), url);
    }
    for (const char* url : {"concat://a|b", "crypto+file:///etc/passwd", "gopher://h", "data://x",
                            "subfile://x", "async://x", "tee://x"}) {
        const auto resolved = resolve_entry(url, "x");
        ASSERT_FALSE(resolved) << url;
        EXPECT_NE(resolved.error().text.find("may not name"), std::string::npos);
    }
}

TEST(ResolveEntry, FileUrlsArePaths) {
    EXPECT_EQ(resolve_entry("file:///films/a%20b%2ec", "x").value(), "/films/a b.c");
    EXPECT_EQ(resolve_entry("FILE://localhost/a", "x").value(), "/a");
    for (const char* url : {"file://server/a", "file://", "file:///a%0", "file:///a%zz",
                            "file:///a%00b", "file:///%"}) {
        EXPECT_FALSE(resolve_entry(url, "x")) << url;
    }
}

}  // namespace
}  // namespace vitrine
