#include "embed/picture_copier.h"

#include <exception>
#include <utility>

#include "core/thread_name.h"
#include "player/import_ladder.h"
#include "render/render_texture.h"
#include "render/renderer.h"

namespace vitrine {

/// Torn down in reverse.
struct PictureCopier::Gl {
    std::unique_ptr<GlContext> context;
    std::unique_ptr<Renderer> renderer;
    std::unique_ptr<ImportLadder> ladder;
    uint64_t source = 0;  // of the last picture

    static Result<std::unique_ptr<Gl>> make();
    Result<Picture> draw(const PictureBoard::Posted& picture, Size size);
};

Result<std::unique_ptr<PictureCopier::Gl>> PictureCopier::Gl::make() {
    auto gl = std::make_unique<Gl>();
    auto context = GlContext::make_guest();
    if (!context) return Failure(context.error());
    gl->context = std::move(*context);
    auto renderer = Renderer::make(*gl->context);
    if (!renderer) return Failure(renderer.error());
    gl->renderer = std::move(*renderer);
    // By name: what only the upload takes here is uploaded, for nobody else is to be had.
    std::vector<std::string> every;
    for (const ImporterRow& row : importer_rows()) every.emplace_back(row.name);
    auto ladder = ImportLadder::make(*gl->context, *gl->renderer, every);
    if (!ladder) return Failure(ladder.error());
    gl->ladder = std::move(*ladder);
    return gl;
}

Result<Picture> PictureCopier::Gl::draw(const PictureBoard::Posted& picture, Size size) {
    const int longest = context->facts().max_texture_size;
    if (size.width > longest || size.height > longest) {
        return fail(Errc::unsupported,
                    "a picture of {}x{}: the longest side that this GPU draws is {} pixels",
                    size.width, size.height, longest);
    }
    auto target = make_render_texture(*context, size);
    if (!target) return Failure(target.error());
    if (std::exchange(source, picture.source) != picture.source) ladder->begin_source();
    auto imported = ladder->import(picture.frame);
    if (!imported) return Failure(imported.error());
    const DrawTarget whole{target->framebuffer.name(), size, true};
    DrawOptions stretched;
    stretched.fit = Fit::stretch;
    if (auto drawn = renderer->draw(**imported, whole, stretched); !drawn)
        return Failure(drawn.error());
    return read_pixels(*context, whole);
}

PictureCopier::PictureCopier() = default;

PictureCopier::~PictureCopier() {
    {
        std::lock_guard lock(mutex_);
        over_ = true;
    }
    wanted_.notify_all();
    if (thread_.joinable()) thread_.join();
}

Result<Picture> PictureCopier::copy(PictureBoard::Posted picture, Size size) {
    std::future<Result<Picture>> done;
    {
        std::lock_guard lock(mutex_);
        if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
        jobs_.push_back({std::move(picture), size, {}});
        done = jobs_.back().done.get_future();
    }
    wanted_.notify_one();
    return done.get();
}

void PictureCopier::run() {
    name_this_thread("vitrine:copy");
    std::unique_lock lock(mutex_);
    for (;;) {
        wanted_.wait(lock, [&] { return over_ || !jobs_.empty(); });
        if (jobs_.empty()) break;
        Job job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        try {
            auto picture = draw(job);
            job.picture.frame.reset();
            job.done.set_value(std::move(picture));
        } catch (...) {
            job.done.set_exception(std::current_exception());
        }
        lock.lock();
    }
    gl_.reset();
}

Result<Picture> PictureCopier::draw(const Job& job) {
    if (!gl_) {
        auto made = Gl::make();
        if (!made) return Failure(made.error());
        gl_ = std::move(*made);
    }
    auto picture = gl_->draw(job.picture, job.size);
    if (!picture && picture.error().code == Errc::device_lost) gl_.reset();
    return picture;
}

}  // namespace vitrine
