#include "decode/still_picture.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "tests/decode/sources.h"
#include "tests/decode/standard_input.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using testing::read_file;
using testing::write_file;

/// Each frame is a PNG; of more than one they stand one behind the other.
ClipOptions png(int frames = 1) {
    ClipOptions options;
    options.encoder = "png";
    options.format = AV_PIX_FMT_RGB24;
    options.container = "image2pipe";
    options.frames = frames;
    return options;
}

ClipOptions jpeg() {
    ClipOptions options = png();
    options.encoder = "mjpeg";
    options.format = AV_PIX_FMT_YUVJ420P;
    options.size = {320, 240};
    return options;
}

std::string error_of(const std::string& path) {
    const auto source = open_media(path, {}, test_clock());
    return source ? "(no error)" : source.error().text;
}

/// The 32-bit big-endian number at a place.
void put_number(std::vector<char>& bytes, size_t at, uint32_t value) {
    for (int byte = 0; byte < 4; ++byte) {
        bytes[at + static_cast<size_t>(byte)] = static_cast<char>(value >> (24 - 8 * byte));
    }
}

class StillPicture : public ::testing::Test {
  protected:
    TemporaryFolder folder;
};

TEST_F(StillPicture, IsOneFrameOfTheDurationAskedFor) {
    for (const ClipOptions& options : {png(), jpeg()}) {
        SCOPED_TRACE(options.encoder);
        const std::string file = folder.file("still." + options.encoder);
        make_clip(file, options);
        MediaOptions media;
        media.image_duration = 2500ms;
        const auto source = open_or_fail(file, media);
        ASSERT_TRUE(source);
        EXPECT_TRUE(source->info().still);
        EXPECT_EQ(source->info().duration, Nanos(2500ms));
        const auto frames = read_all(*source);
        ASSERT_EQ(frames.size(), 1u);
        EXPECT_EQ(frames[0]->info().pts, 0ns);
        EXPECT_EQ(frames[0]->info().duration, 2500ms);
        ASSERT_TRUE(source->seek(1s));
        EXPECT_EQ(read_all(*source).size(), 1u);
    }
    EXPECT_EQ(MediaOptions().image_duration, 10s);
}

/// Its owner shows it again, for the container makes up how long it lasts.
TEST_F(StillPicture, IsOfOnePass) {
    for (const ClipOptions& options : {png(), jpeg()}) {
        make_clip(folder.file("a." + options.encoder), options);
        MediaOptions media;
        media.passes = 3;
        const auto source = open_or_fail(folder.file("a." + options.encoder), media);
        ASSERT_TRUE(source);
        EXPECT_EQ(read_all(*source).size(), 1u);
        EXPECT_EQ(source->counters().passes, 1u);
    }
}

TEST_F(StillPicture, PixelsOfAPngAreAsTheyWereWritten) {
    make_clip(folder.file("a.png"), png());
    const auto source = open_or_fail(folder.file("a.png"));
    ASSERT_TRUE(source);
    const auto frames = read_all(*source);
    ASSERT_EQ(frames.size(), 1u);
    const av::Frame written = testing::make_picture(AV_PIX_FMT_RGB24, {64, 48}, 0);
    const CpuFrame* cpu = frames[0]->cpu();
    ASSERT_NE(cpu, nullptr);
    for (int y = 0; y < 48; ++y) {
        EXPECT_EQ(
            std::memcmp(cpu->plane(0).data + size_t{cpu->plane(0).pitch} * static_cast<size_t>(y),
                        written->data[0] + ptrdiff_t{y} * written->linesize[0], 64 * 3),
            0)
            << y;
    }
}

TEST_F(StillPicture, SeveralPicturesInAFileAreAFilm) {
    for (const int count : {1, 3}) {
        ClipOptions apng = png(count);
        apng.encoder = apng.container = "apng";
        ClipOptions gif = png(count);
        gif.encoder = gif.container = "gif";
        gif.format = AV_PIX_FMT_RGB8;
        for (const ClipOptions& options : {png(count), apng, gif}) {
            SCOPED_TRACE(options.encoder);
            make_clip(folder.file("a." + options.encoder), options);
            const auto source = open_or_fail(folder.file("a." + options.encoder));
            ASSERT_TRUE(source);
            EXPECT_EQ(source->info().still, count == 1);
            const auto frames = read_all(*source);
            ASSERT_EQ(frames.size(), static_cast<size_t>(count));
            EXPECT_EQ(frames[0]->info().duration >= 1s, count == 1);
        }
    }
}

/// Whether another one follows is known only when the writer has gone, who may never go.
TEST_F(StillPicture, WhatComesThroughAPipeIsAFilm) {
    make_clip(folder.file("a.png"), png());
    const std::vector<char> bytes = read_file(folder.file("a.png"));
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    UniqueFd writer(ends[1]);
    ASSERT_EQ(write(writer.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    writer.reset();
    const StandardInput input{UniqueFd(ends[0])};
    const auto source = open_or_fail("-");
    ASSERT_TRUE(source);
    EXPECT_FALSE(source->info().still);
    EXPECT_EQ(read_all(*source).size(), 1u);
}

TEST_F(StillPicture, ANameIsNoPatternOfNames) {
    make_clip(folder.file("a%02d.jpg"), jpeg());
    ClipOptions other = jpeg();
    other.size = {16, 16};
    make_clip(folder.file("a01.jpg"), other);
    const auto source = open_or_fail(folder.file("a%02d.jpg"));
    ASSERT_TRUE(source);
    EXPECT_EQ(source->info().visible_size, (Size{320, 240}));
    EXPECT_TRUE(source->info().still);
}

TEST_F(StillPicture, AJpegThatIsCutOffIsShownAsFarAsItGoes) {
    make_clip(folder.file("whole.jpg"), jpeg());
    const std::vector<char> whole = read_file(folder.file("whole.jpg"));
    write_file(folder.file("half.jpg"), {whole.begin(), whole.begin() + whole.size() / 2});
    const auto cut = open_or_fail(folder.file("half.jpg"));
    ASSERT_TRUE(cut);
    EXPECT_EQ(read_all(*cut).size(), 1u);
    EXPECT_EQ(cut->counters().early_ends, 1u);
    const auto good = open_or_fail(folder.file("whole.jpg"));
    EXPECT_EQ(read_all(*good).size(), 1u);
    EXPECT_EQ(good->counters().early_ends, 0u);
    // A small picture within has an end of its own.
    std::vector<char> nested(whole.begin(), whole.begin() + 2);
    const std::vector<char> small = {'\xff', '\xe1', 0, 10, 'x',    '\xff',
                                     '\xda', 0,      0, 0,  '\xff', '\xd9'};
    nested.insert(nested.end(), small.begin(), small.end());
    nested.insert(nested.end(), whole.begin() + 2, whole.begin() + whole.size() / 2);
    write_file(folder.file("nested.jpg"), nested);
    const auto inner = open_or_fail(folder.file("nested.jpg"));
    ASSERT_TRUE(inner);
    EXPECT_EQ(read_all(*inner).size(), 1u);
    EXPECT_EQ(inner->counters().early_ends, 1u);
}

TEST_F(StillPicture, OthersThatAreCutOffAreRefusedWithAReason) {
    ClipOptions options = png();
    options.size = {320, 240};
    make_clip(folder.file("a.png"), options);
    const std::vector<char> whole = read_file(folder.file("a.png"));
    for (const size_t bytes : {whole.size() / 2, size_t{40}, size_t{9}}) {
        write_file(folder.file("cut.png"), {whole.begin(), whole.begin() + bytes});
        const std::string text = error_of(folder.file("cut.png"));
        EXPECT_EQ(text.rfind(folder.file("cut.png") + ": ", 0), 0u) << text;
        EXPECT_NE(text.find("broken or cut off"), text.npos) << text;
    }
}

std::string jpeg_xl_box(uint32_t length, const std::string& type, const std::string& content) {
    std::vector<char> head(4);
    put_number(head, 0, length);
    return std::string(head.begin(), head.end()) + type + content;
}

/// Every one of them would be decoded without end.
TEST_F(StillPicture, AJpegXlThatEndsWithinTheHeadOfABoxIsRefused) {
    const std::string signature = jpeg_xl_box(12, "JXL ", "\r\n\x87\n");
    const std::string type = jpeg_xl_box(20, "ftyp", std::string("jxl \0\0\0\0jxl ", 12));
    const std::string torn_large = jpeg_xl_box(1, "jxlc", std::string(7, '\0'));
    for (const std::string& bytes :
         {std::string("\xff"), std::string(1, '\0'), signature.substr(0, 11),
          signature + type.substr(0, 7), signature + type + torn_large,
          signature + type + jpeg_xl_box(0, "jxlp", std::string(3, '\0')),
          signature + type + jpeg_xl_box(100, "brob", "Exi")}) {
        SCOPED_TRACE(bytes.size());
        write_file(folder.file("a.jxl"), {bytes.begin(), bytes.end()});
        EXPECT_NE(error_of(folder.file("a.jxl")).find("broken or cut off"), std::string::npos)
            << error_of(folder.file("a.jxl"));
    }
}

TEST(JpegXl, WhoseBoxesAreWholeIsForTheDecoder) {
    const std::string signature = jpeg_xl_box(12, "JXL ", "\r\n\x87\n");
    const std::string large = jpeg_xl_box(1, "jxlc", std::string("\0\0\0\0\0\0\0\x12..", 10));
    for (const std::string& bytes :
         {std::string("\xff\x0a"), std::string("other"), signature, signature + large,
          signature + jpeg_xl_box(0, "jxlc", ""), signature + jpeg_xl_box(100, "jxlc", ".."),
          signature + jpeg_xl_box(7, "jxlc", ""), signature + large + large}) {
        SCOPED_TRACE(bytes.size());
        const av::Packet packet(av_packet_alloc());
        ASSERT_EQ(av_new_packet(packet.get(), static_cast<int>(bytes.size())), 0);
        std::memcpy(packet->data, bytes.data(), bytes.size());
        EXPECT_FALSE(hangs_decoder(*packet, AV_CODEC_ID_JPEGXL));
    }
}

/// A few bytes that would become gigabytes, in looking what they are already.
TEST_F(StillPicture, MorePixelsThanAreTakenAreRefused) {
    make_clip(folder.file("a.png"), png());
    std::vector<char> bytes = read_file(folder.file("a.png"));
    put_number(bytes, 16, 16000);  // width and height in IHDR
    put_number(bytes, 20, 16000);
    write_file(folder.file("bomb.png"), bytes);
    EXPECT_NE(error_of(folder.file("bomb.png")).find("of more than 67108864 pixels"),
              std::string::npos)
        << error_of(folder.file("bomb.png"));
    ClipOptions gif = png();
    gif.encoder = gif.container = "gif";
    gif.format = AV_PIX_FMT_RGB8;
    make_clip(folder.file("a.gif"), gif);
    bytes = read_file(folder.file("a.gif"));
    for (const size_t at : {6, 8}) {  // little-endian, in the header
        bytes[at] = static_cast<char>(16000 % 256);
        bytes[at + 1] = static_cast<char>(16000 / 256);
    }
    write_file(folder.file("large.gif"), bytes);
    EXPECT_EQ(
        error_of(folder.file("large.gif")),
        folder.file("large.gif") + ": a picture size of 16000x16000; the most are 67108864 pixels");
}

TEST_F(StillPicture, AFileOfGigabytesIsNotRead) {
    for (const ClipOptions& options : {png(), jpeg()}) {
        const std::string file = folder.file("large." + options.encoder);
        make_clip(file, options);
        std::filesystem::resize_file(file, kLargestPictureFile + 1);  // it takes no space
        EXPECT_EQ(error_of(file),
                  file + ": a picture of 268435457 bytes; the largest has 268435456");
    }
}

TEST_F(StillPicture, IsDecodedWithoutADevice) {
    make_clip(folder.file("a.jpg"), jpeg());
    const auto source = open_or_fail(folder.file("a.jpg"));
    ASSERT_TRUE(source);
    EXPECT_FALSE(source->path().hardware);
    EXPECT_EQ(source->path().decoder, "mjpeg");
}

TEST(PictureContainer, IsToldByItsName) {
    for (const char* name : {"image2", "png_pipe", "jpeg_pipe", "webp_pipe", "gif", "apng"}) {
        const AVInputFormat* format = av_find_input_format(name);
        ASSERT_NE(format, nullptr) << name;
        EXPECT_TRUE(is_picture_container(*format)) << name;
    }
    for (const char* name : {"mov", "matroska", "mjpeg", "yuv4mpegpipe", "mpegts"}) {
        const AVInputFormat* format = av_find_input_format(name);
        ASSERT_NE(format, nullptr) << name;
        EXPECT_FALSE(is_picture_container(*format)) << name;
    }
}

}  // namespace
}  // namespace vitrine
