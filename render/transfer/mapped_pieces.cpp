#include "render/transfer/mapped_pieces.h"

#include <algorithm>
#include <functional>

namespace vitrine {
namespace {

constexpr size_t kAlignment = 256;

}  // namespace

Result<std::unique_ptr<SharedBuffer>> MappedPieces::allocate(size_t size) {
    const std::lock_guard lock(mutex_);
    if (size > memory_.size() - given_) {
        return fail(Errc::unavailable, "{} of {} bytes are left of the {}, and {} are wanted",
                    memory_.size() - given_, memory_.size(), name(), size);
    }
    const auto piece = memory_.subspan(given_, size);
    given_ = std::min((given_ + size + kAlignment - 1) / kAlignment * kAlignment, memory_.size());
    return std::make_unique<SharedBuffer>(piece);
}

std::optional<size_t> MappedPieces::offset_of(const std::byte* address) const {
    const std::less<> before;
    if (before(address, memory_.data()) || !before(address, memory_.data() + memory_.size()))
        return {};
    return static_cast<size_t>(address - memory_.data());
}

}  // namespace vitrine
