#include "tests/decode/fake_libavcodec.h"

#include <dlfcn.h>

#include <cerrno>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>

#include "hw/av/compat.h"
#include "tests/decode/fake_frames.h"

namespace vitrine::testing {
namespace {

/// The library's own function of a name that is taken here.
template <typename Function>
Function* library(const char* name) {
    void* found = dlsym(RTLD_NEXT, name);
    if (found == nullptr) throw std::runtime_error(name);
    return reinterpret_cast<Function*>(found);
}
#define LIBRARY(name) library<decltype(name)>(#name)

/// Of a private option, where the plan has one: its context begins with its class.
struct Private {
    const AVClass* options;
    int pool;
};

struct Registered {
    FakePlan plan;
    std::shared_ptr<FakeRecord> record;
    AVCodecHWConfig config{};
    std::array<AVOption, 2> options{};
    AVClass option_class{};
    AVCodec codec{};
    // libavcodec keeps what is private behind the public part and may look there.
    std::array<std::byte, 1024> behind{};
};

/// One that is open.
struct Session {
    Registered* self = nullptr;
    AVCodecContext* context = nullptr;
    av::CodecContext real;
    std::deque<av::Packet> queue;
    std::deque<av::Frame> ready;
    std::deque<av::Frame> given;  // the last few
    std::shared_ptr<std::atomic<int>> lent = std::make_shared<std::atomic<int>>(0);
    Size size;
    int stale = 0;  // of those that are ready
    bool in_memory = false;
    bool draining = false;
    bool drained = false;
    bool at_end = false;
    bool dead = false;
};

std::recursive_mutex mutex;
std::vector<std::unique_ptr<Registered>> registered;
std::map<const AVCodecContext*, std::unique_ptr<Session>> sessions;

Registered* find(const AVCodec* codec) {
    for (const auto& each : registered) {
        if (&each->codec == codec) return each.get();
    }
    return nullptr;
}

Session* find(const AVCodecContext* context) {
    const auto found = sessions.find(context);
    return found == sessions.end() ? nullptr : found->second.get();
}

void ask_for_format(Session& session) {
    const FakePlan& plan = session.self->plan;
    std::vector<AVPixelFormat> offers = plan.offers;
    offers.push_back(AV_PIX_FMT_NONE);
    AVCodecContext* context = session.context;
    context->pix_fmt = context->get_format(context, offers.data());
    session.in_memory = plan.gives_memory || context->pix_fmt != plan.gives;
}

int pool_of(const Session& session) {
    const FakePlan& plan = session.self->plan;
    if (plan.pool_option.empty()) return plan.pool;
    return static_cast<const Private*>(session.context->priv_data)->pool;
}

void decode(Session& session, const AVPacket* packet) {
    if (LIBRARY(avcodec_send_packet)(session.real.get(), packet) < 0) return;
    while (true) {
        av::Frame frame(av_frame_alloc());
        if (LIBRARY(avcodec_receive_frame)(session.real.get(), frame.get()) < 0) return;
        session.ready.push_back(std::move(frame));
    }
}

int open(Session& session) {
    const FakePlan& plan = session.self->plan;
    FakeRecord& record = *session.self->record;
    AVCodecContext* context = session.context;
    record.had_device = context->hw_device_ctx != nullptr;
    record.threads = context->thread_count;
    record.extra_frames = context->extra_hw_frames;
    if (plan.refuses_foreign_devices && context->hw_device_ctx != nullptr) return AVERROR(EINVAL);
    const AVCodec* codec = avcodec_find_decoder(plan.codec);
    session.real.reset(LIBRARY(avcodec_alloc_context3)(codec));
    const av::CodecParameters parameters(avcodec_parameters_alloc());
    avcodec_parameters_from_context(parameters.get(), context);
    avcodec_parameters_to_context(session.real.get(), parameters.get());
    session.real->pkt_timebase = context->pkt_timebase;
    session.real->thread_count = 1;
    av::enable_tags(*session.real);
    const int status = LIBRARY(avcodec_open2)(session.real.get(), codec, nullptr);
    if (status < 0) return status;
    session.in_memory = plan.gives_memory || plan.asks == FakePlan::Asks::never;
    if (plan.asks == FakePlan::Asks::when_opened) ask_for_format(session);
    return 0;
}

int send(Session& session, const AVPacket* packet) {
    FakeRecord& record = *session.self->record;
    if (session.draining) return AVERROR_EOF;
    if (packet == nullptr) {
        if (!session.ready.empty() || !session.queue.empty()) ++record.ended_early;
        session.draining = true;
        return 0;
    }
    if (session.queue.size() >= static_cast<size_t>(session.self->plan.inputs)) {
        ++record.refused_packets;
        return AVERROR(EAGAIN);
    }
    av::Packet copy(av_packet_clone(packet));
    const int64_t tag =
        session.self->plan.tags ? av::tag_sent(*session.context, *packet) : int64_t{0};
    copy->stream_index = static_cast<int>(tag);  // of no other use here
    session.queue.push_back(std::move(copy));
    return 0;
}

int give(Session& session, AVFrame* to) {
    const FakePlan& plan = session.self->plan;
    FakeRecord& record = *session.self->record;
    if (*session.lent >= pool_of(session) - plan.pool_needed) return AVERROR(EAGAIN);
    const AVFrame& next = *session.ready.front();
    if (session.size != Size{next.width, next.height}) {
        session.size = {next.width, next.height};
        if (plan.asks == FakePlan::Asks::at_each_size) ask_for_format(session);
    }
    if (session.in_memory) {
        if (av_frame_ref(to, &next) < 0) return AVERROR(ENOMEM);
    } else {
        const int lent = ++*session.lent;
        if (lent > record.most_lent) record.most_lent = lent;
        lay_out_frame(next, plan.layout, *to, [counter = session.lent] { --*counter; });
        if (plan.gives == AV_PIX_FMT_VAAPI) {  // a surface, until it is mapped
            to->format = AV_PIX_FMT_VAAPI;
            to->data[3] = std::exchange(to->data[0], nullptr);
        }
    }
    if (session.stale > 0) {
        --session.stale;
        ++record.stale_given;
    } else {
        session.given.push_back(av::Frame(av_frame_clone(&next)));
        if (session.given.size() > 8) session.given.pop_front();
    }
    session.ready.pop_front();
    return 0;
}

int receive(Session& session, AVFrame* to) {
    const FakePlan& plan = session.self->plan;
    if (session.dead) return AVERROR(EAGAIN);
    if (plan.swallows) {
        session.queue.clear();
        return session.draining ? AVERROR_EOF : AVERROR(EAGAIN);
    }
    while (true) {
        if (!session.ready.empty()) return give(session, to);
        if (!session.queue.empty()) {
            av::Packet packet = std::move(session.queue.front());
            session.queue.pop_front();
            av::set_tag(*session.real, *packet, std::exchange(packet->stream_index, 0));
            decode(session, packet.get());
        } else if (session.draining && !session.drained) {
            session.drained = true;
            decode(session, nullptr);
        } else if (session.draining && !plan.never_ends) {
            session.at_end = true;
            return AVERROR_EOF;
        } else {
            return AVERROR(EAGAIN);
        }
    }
}

void flush(Session& session) {
    const FakePlan& plan = session.self->plan;
    ++session.self->record->flushed;
    if (plan.cannot_flush) return;
    if (plan.dies_of_early_flush && session.draining && !session.at_end) session.dead = true;
    session.queue.clear();
    session.ready.clear();
    session.stale = 0;
    const size_t stale =
        std::min(static_cast<size_t>(plan.stale_after_flush), session.given.size());
    for (size_t i = session.given.size() - stale; i < session.given.size(); ++i) {
        session.ready.push_back(av::Frame(av_frame_clone(session.given[i].get())));
        ++session.stale;
    }
    session.given.clear();
    session.draining = session.drained = session.at_end = false;
    LIBRARY(avcodec_flush_buffers)(session.real.get());
}

}  // namespace

FakeDecoder::FakeDecoder(FakePlan plan) : record_(std::make_shared<FakeRecord>()) {
    const std::lock_guard lock(mutex);
    auto made = std::make_unique<Registered>();
    made->plan = std::move(plan);
    made->record = record_;
    made->config = {made->plan.gives, made->plan.methods, made->plan.device};
    made->codec.name = made->plan.name.c_str();
    made->codec.type = AVMEDIA_TYPE_VIDEO;
    made->codec.id = made->plan.codec;
    made->codec.capabilities = AV_CODEC_CAP_DELAY | AV_CODEC_CAP_HARDWARE;
    AVOption& option = made->options[0];
    option.name = made->plan.pool_option.c_str();
    option.offset = offsetof(Private, pool);
    option.type = AV_OPT_TYPE_INT;
    option.default_val.i64 = made->plan.pool;
    option.min = 1;
    option.max = 32;
    option.flags = AV_OPT_FLAG_VIDEO_PARAM | AV_OPT_FLAG_DECODING_PARAM;
    made->option_class.class_name = "fake";
    made->option_class.item_name = av_default_item_name;
    made->option_class.option = made->options.data();
    made->option_class.version = LIBAVUTIL_VERSION_INT;
    if (!made->plan.pool_option.empty()) made->codec.priv_class = &made->option_class;
    codec_ = &made->codec;
    registered.push_back(std::move(made));
}

FakeDecoder::~FakeDecoder() {
    const std::lock_guard lock(mutex);
    std::erase_if(registered, [&](const auto& each) { return &each->codec == codec_; });
}

}  // namespace vitrine::testing

// Libavcodec's own names.
using namespace vitrine;
using namespace vitrine::testing;

extern "C" {

const AVCodec* av_codec_iterate(void** opaque) {
    const std::lock_guard lock(mutex);
    auto position = reinterpret_cast<uintptr_t>(*opaque);
    if (position < registered.size()) {
        *opaque = reinterpret_cast<void*>(position + 1);
        return &registered[position]->codec;
    }
    // The library keeps a number there too.
    auto* theirs = reinterpret_cast<void*>(position - registered.size());
    const AVCodec* codec = LIBRARY(av_codec_iterate)(&theirs);
    *opaque = reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(theirs) + registered.size());
    return codec;
}

const AVCodec* avcodec_find_decoder_by_name(const char* name) {
    const std::lock_guard lock(mutex);
    for (const auto& each : registered) {
        if (each->plan.name == name) return &each->codec;
    }
    return LIBRARY(avcodec_find_decoder_by_name)(name);
}

int av_codec_is_decoder(const AVCodec* codec) {
    const std::lock_guard lock(mutex);
    return find(codec) != nullptr ? 1 : LIBRARY(av_codec_is_decoder)(codec);
}

const AVCodecHWConfig* avcodec_get_hw_config(const AVCodec* codec, int index) {
    const std::lock_guard lock(mutex);
    const Registered* self = find(codec);
    if (self == nullptr) return LIBRARY(avcodec_get_hw_config)(codec, index);
    return self->plan.announces && index == 0 ? &self->config : nullptr;
}

AVCodecContext* avcodec_alloc_context3(const AVCodec* codec) {
    const std::lock_guard lock(mutex);
    Registered* self = find(codec);
    AVCodecContext* context = LIBRARY(avcodec_alloc_context3)(self != nullptr ? nullptr : codec);
    if (self == nullptr || context == nullptr) return context;
    context->codec = codec;
    context->codec_id = codec->id;
    context->codec_type = codec->type;
    if (!self->plan.pool_option.empty()) {
        auto* own = static_cast<Private*>(av_mallocz(sizeof(Private)));
        own->options = &self->option_class;
        own->pool = self->plan.pool;
        context->priv_data = own;
    }
    auto session = std::make_unique<Session>();
    session->self = self;
    session->context = context;
    sessions[context] = std::move(session);
    return context;
}

int avcodec_open2(AVCodecContext* context, const AVCodec* codec, AVDictionary** options) {
    const std::lock_guard lock(mutex);
    Session* session = find(context);
    if (session == nullptr) return LIBRARY(avcodec_open2)(context, codec, options);
    const int status = open(*session);
    if (status < 0) {
        session->real.reset();
        return status;
    }
    ++session->self->record->opened;
    ++session->self->record->open_now;
    return 0;
}

void avcodec_free_context(AVCodecContext** context) {
    const std::lock_guard lock(mutex);
    if (Session* session = find(*context)) {
        if (session->real) --session->self->record->open_now;
        (*context)->codec = nullptr;
        sessions.erase(*context);
    }
    LIBRARY(avcodec_free_context)(context);
}

int avcodec_send_packet(AVCodecContext* context, const AVPacket* packet) {
    const std::lock_guard lock(mutex);
    Session* session = find(context);
    if (session == nullptr) return LIBRARY(avcodec_send_packet)(context, packet);
    return send(*session, packet);
}

int avcodec_receive_frame(AVCodecContext* context, AVFrame* frame) {
    const std::lock_guard lock(mutex);
    Session* session = find(context);
    if (session == nullptr) return LIBRARY(avcodec_receive_frame)(context, frame);
    av_frame_unref(frame);
    return receive(*session, frame);
}

void avcodec_flush_buffers(AVCodecContext* context) {
    const std::lock_guard lock(mutex);
    Session* session = find(context);
    if (session == nullptr) return LIBRARY(avcodec_flush_buffers)(context);
    flush(*session);
}

int av_hwframe_map(AVFrame* to, const AVFrame* surface, int flags) {
    if (surface->format != AV_PIX_FMT_VAAPI || to->format != AV_PIX_FMT_DRM_PRIME) {
        return LIBRARY(av_hwframe_map)(to, surface, flags);
    }
    to->buf[0] = av_buffer_ref(surface->buf[0]);
    to->data[0] = surface->data[3];
    to->width = surface->width;
    to->height = surface->height;
    return to->buf[0] != nullptr ? 0 : AVERROR(ENOMEM);
}

/// A type that no header here knows is one that a patched library has.
int av_hwdevice_ctx_create(AVBufferRef** device, AVHWDeviceType type, const char* name,
                           AVDictionary* options, int flags) {
    if (type != kPatchedDevice && type != AV_HWDEVICE_TYPE_VAAPI) {
        return LIBRARY(av_hwdevice_ctx_create)(device, type, name, options, flags);
    }
    *device = av_hwdevice_ctx_alloc(AV_HWDEVICE_TYPE_DRM);
    return *device != nullptr ? 0 : AVERROR(ENOMEM);
}

}  // extern "C"
