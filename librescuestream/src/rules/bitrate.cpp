#include "rules/bitrate.hpp"

namespace rescuestream::rules {

BitrateWatch watch_bitrate(const BitrateWatch& before, std::uint64_t bitrate,
                           const std::optional<std::uint64_t>& limit,
                           BitrateWatch::SteadyTime now) noexcept {
    if (!limit) return {};
    const bool contradicts = before.is_exceeded ? bitrate <= *limit / 10 * 9 : bitrate > *limit;
    if (!contradicts) return {before.is_exceeded, std::nullopt};
    const auto since = before.contradicted_since.value_or(now);
    if (now - since >= kBitratePatience) return {!before.is_exceeded, std::nullopt};
    return {before.is_exceeded, since};
}

}  // namespace rescuestream::rules
