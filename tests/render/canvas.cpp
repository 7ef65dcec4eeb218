#include "canvas.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "tests/support/memfd_buffer.h"

namespace vitrine::test {

Canvas::Canvas(Size size, const FunctionFilters& filters) {
    auto [place, context] = make_process_context(filters);
    place_ = std::move(place);
    if (!context) throw std::runtime_error(context.error().text);
    auto output = make_offscreen_output(std::move(*context), size);
    if (!output) throw std::runtime_error(output.error().text);
    output_ = std::move(*output);
    auto renderer = Renderer::make(output_->context());
    if (!renderer) throw std::runtime_error(renderer.error().text);
    renderer_ = std::move(*renderer);
}

std::unique_ptr<TextureImporter> Canvas::importer(std::string_view name) {
    for (const ImporterRow& row : importer_rows()) {
        if (row.name != name) continue;
        auto made = row.make(context());
        if (!made) throw std::runtime_error(made.error().text);
        return std::move(*made);
    }
    throw std::runtime_error("no importer " + std::string(name));
}

Result<Picture> Canvas::draw(const GpuFrame& frame, const DrawOptions& options) {
    const DrawTarget target = output_->begin_frame();
    if (auto ok = renderer_->draw(frame, target, options); !ok) return Failure(ok.error());
    if (auto ok = output_->present(); !ok) return Failure(ok.error());
    return read_pixels(context(), target);
}

Result<Picture> Canvas::show(TextureImporter& importer, const FramePtr& frame,
                             const DrawOptions& options) {
    auto imported = importer.import(frame);
    if (!imported) return Failure(imported.error());
    auto picture = draw(*imported, options);
    importer.release(*imported);
    return picture;
}

bool shows(GlContext& context, const reference::Format& format) {
    return format.depth == 8 || context.facts().es_major >= 3;
}

std::string import_missing(GlContext& context) {
    const MemfdBuffer buffer(20480);
    const auto proof = prove_memory_import(context, buffer.object(), buffer.data());
    return proof ? "" : proof.error().text;
}

double worst_difference(const Picture& seen, const std::vector<reference::Rgb>& wanted) {
    double worst = 0;
    if (seen.rgba.size() != wanted.size() * 4) return std::numeric_limits<double>::infinity();
    for (size_t i = 0; i < wanted.size(); ++i) {
        if (seen.rgba[i * 4 + 3] != 255) return std::numeric_limits<double>::infinity();
        for (size_t c = 0; c < 3; ++c)
            worst = std::max(worst, std::abs(seen.rgba[i * 4 + c] - wanted[i][c] * 255));
    }
    return worst;
}

int worst_difference(const Picture& one, const Picture& other) {
    int worst = one.rgba.size() == other.rgba.size() ? 0 : 256;
    for (size_t i = 0; worst < 256 && i < one.rgba.size(); ++i)
        worst = std::max(worst, std::abs(one.rgba[i] - other.rgba[i]));
    return worst;
}

double tolerance() {
    const char* setting = std::getenv("GALLIVM_PERF");
    const bool exact = setting != nullptr && std::string(setting) == "no_aos_sampling";
    return exact ? 1.0 : 3.0;
}

}  // namespace vitrine::test
