#include "limits.hpp"

namespace rescuestream::server {
namespace {

using std::chrono::steady_clock;

steady_clock::duration of_seconds(double count) {
    return std::chrono::duration_cast<steady_clock::duration>(std::chrono::duration<double>(count));
}

}  // namespace

RateLimit::Outcome RateLimit::take(std::string_view who, Instant now, std::uint64_t units) {
    const auto step = of_seconds(1.0 / rate_);
    const auto cost = of_seconds(static_cast<double>(units) / rate_);
    const auto most = of_seconds(static_cast<double>(burst_) / rate_);
    const std::uint64_t name = hash_(who);
    const std::lock_guard lock(mutex_);
    Instant& due = due_.get(name, name, [](Instant each) { return each; });
    if (due < now) due = now;
    Outcome outcome;
    const auto used = due - now;
    if (used + cost > most) {
        outcome.allowed = false;
        outcome.reset = std::chrono::ceil<std::chrono::seconds>(used + cost - most);
        return outcome;
    }
    due += cost;
    outcome.remaining = static_cast<std::uint64_t>((most - used - cost) / step);
    outcome.reset = std::chrono::ceil<std::chrono::seconds>(due - now);
    return outcome;
}

}  // namespace rescuestream::server
