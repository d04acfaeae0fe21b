#include "rescuestream/sampler.hpp"

#include <endian.h>

#include <cstring>
#include <stdexcept>

namespace rescuestream {
namespace {

constexpr std::uint64_t kAll = std::uint64_t{1} << 63U;

std::uint64_t bound_of(double ratio) {
    if (!(ratio >= 0 && ratio <= 1)) {
        throw std::invalid_argument("Sampler: the ratio must be from 0 to 1");
    }
    return ratio >= 1 ? kAll : static_cast<std::uint64_t>(ratio * static_cast<double>(kAll));
}

}  // namespace

Sampler::Sampler(double ratio, bool follows_parent)
    : bound_(bound_of(ratio)), follows_parent_(follows_parent) {}

bool Sampler::samples(const TraceId& trace, const SpanContext* parent) const noexcept {
    if (parent != nullptr && (follows_parent_ || !parent->is_remote)) return parent->sampled;
    if (bound_ == kAll) return true;
    std::uint64_t number = 0;
    std::memcpy(&number, trace.data() + sizeof number, sizeof number);
    return be64toh(number) >> 1U < bound_;
}

}  // namespace rescuestream
