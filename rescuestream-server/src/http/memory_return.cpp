#include "http/memory_return.hpp"

#include <malloc.h>

#include <algorithm>

namespace rescuestream::server {
namespace {

constexpr std::size_t kWorthIt = 16 * 1024 * 1024;
constexpr std::chrono::seconds kBetween{30};

}  // namespace

bool MemoryReturn::is_due(std::size_t held, Instant now) noexcept {
    most_ = std::max(most_, held);
    const bool is_over = held <= most_ / 4;
    if (!is_over || most_ - held < kWorthIt || now < next_) return false;
    most_ = held;
    next_ = now + kBetween;
    return true;
}

void MemoryReturn::give_back() noexcept {
    malloc_trim(0);
}

}  // namespace rescuestream::server
