// The rows behind transfer_rows(), one .cpp a kind. For this folder's own use.
#pragma once

#include "render/transfer.h"

namespace vitrine {

using MadeTransfer = Result<std::unique_ptr<TextureTransfer>>;

[[nodiscard]] MadeTransfer make_draw_only(GlContext& context, const TransferPlan& plan);
[[nodiscard]] MadeTransfer make_tex_image(GlContext& context, const TransferPlan& plan);
[[nodiscard]] MadeTransfer make_sub_image_same(GlContext& context, const TransferPlan& plan);
[[nodiscard]] MadeTransfer make_sub_image_tight(GlContext& context, const TransferPlan& plan);
[[nodiscard]] MadeTransfer make_sub_image_padded(GlContext& context, const TransferPlan& plan);
[[nodiscard]] MadeTransfer make_orphaned_buffer(GlContext& context, const TransferPlan& plan);
[[nodiscard]] MadeTransfer make_buffer_ring(GlContext& context, const TransferPlan& plan);
[[nodiscard]] MadeTransfer make_persistent_copied(GlContext& context, const TransferPlan& plan);
[[nodiscard]] MadeTransfer make_persistent_direct(GlContext& context, const TransferPlan& plan);
[[nodiscard]] MadeTransfer make_shared_fresh(GlContext& context, const TransferPlan& plan);
[[nodiscard]] MadeTransfer make_shared_cached(GlContext& context, const TransferPlan& plan);
[[nodiscard]] MadeTransfer make_composed_fresh(GlContext& context, const TransferPlan& plan);
[[nodiscard]] MadeTransfer make_composed_cached(GlContext& context, const TransferPlan& plan);
[[nodiscard]] MadeTransfer make_cuda_transfer(GlContext& context, const TransferPlan& plan);
[[nodiscard]] MadeTransfer make_memory_copy(GlContext& context, const TransferPlan& plan);

}  // namespace vitrine
