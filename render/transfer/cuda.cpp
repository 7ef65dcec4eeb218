// Pictures in an NVIDIA GPU's memory, copied within it: the cuda importer's. What the CPU wrote is
// not there, and nothing of ours brings it: the way has its place in the table, with the reason.
#include "render/cuda_importer.h"
#include "render/transfer/rows.h"

namespace vitrine {

MadeTransfer make_cuda_transfer(GlContext& context, const TransferPlan&) {
    if (auto found = find_cuda_importer(context); !found) return Failure(found.error());
    return fail(Errc::unsupported,
                "pictures come into an NVIDIA GPU's memory by NVDEC only, and are not written by "
                "the CPU");
}

}  // namespace vitrine
