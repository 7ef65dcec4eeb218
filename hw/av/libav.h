// FFmpeg's headers with C linkage, in one place, and the owners of its objects. An owner frees what
// it holds; a bare pointer elsewhere is borrowed for the call. Thread-bound, as FFmpeg's objects
// are.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavcodec/bsf.h>
#include <libavcodec/codec_desc.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/hwcontext.h>
#include <libavutil/hwcontext_drm.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/mastering_display_metadata.h>
#include <libavutil/opt.h>
#include <libavutil/parseutils.h>
#include <libavutil/pixdesc.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
}

#include <memory>

namespace vitrine::av {

struct Freer {
    void operator()(AVFrame* frame) const { av_frame_free(&frame); }
    void operator()(AVPacket* packet) const { av_packet_free(&packet); }
    void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
    void operator()(AVBSFContext* filter) const { av_bsf_free(&filter); }
    void operator()(AVFormatContext* context) const { avformat_close_input(&context); }
    void operator()(AVCodecParameters* parameters) const { avcodec_parameters_free(&parameters); }
    void operator()(AVBufferRef* reference) const { av_buffer_unref(&reference); }
    void operator()(SwsContext* context) const { sws_freeContext(context); }
    void operator()(SwrContext* context) const { swr_free(&context); }
    void operator()(AVIOContext* io) const {  // one of our own making: avio_alloc_context
        av_freep(&io->buffer);
        avio_context_free(&io);
    }
    void operator()(AVDictionary* dictionary) const { av_dict_free(&dictionary); }
};

using Frame = std::unique_ptr<AVFrame, Freer>;
using Packet = std::unique_ptr<AVPacket, Freer>;
using CodecContext = std::unique_ptr<AVCodecContext, Freer>;
using BitstreamFilter = std::unique_ptr<AVBSFContext, Freer>;
using InputContext = std::unique_ptr<AVFormatContext, Freer>;
using Io = std::unique_ptr<AVIOContext, Freer>;
using CodecParameters = std::unique_ptr<AVCodecParameters, Freer>;
using BufferRef = std::unique_ptr<AVBufferRef, Freer>;
using Scaler = std::unique_ptr<SwsContext, Freer>;
using Resampler = std::unique_ptr<SwrContext, Freer>;

}  // namespace vitrine::av
