#include "length_of_time.hpp"

#include <charconv>
#include <cstdint>

namespace rescuestream::cli {
namespace {

// 10,000 years: longer than anybody needs, and without overflow.
constexpr std::int64_t kMostSeconds = 10'000LL * 366 * 86'400;

// Returns the seconds of a unit, or 0 when the letter is not a unit.
std::int64_t unit_of(char letter) noexcept {
    switch (letter) {
        case 's':
            return 1;
        case 'm':
            return 60;
        case 'h':
            return 3'600;
        case 'd':
            return 86'400;
        case 'w':
            return 7 * 86'400;
        default:
            return 0;
    }
}

// Reads the number at the beginning of `text`, and removes it.
std::optional<std::int64_t> take_count(std::string_view& text) {
    std::int64_t count = 0;
    const char* end = text.data() + text.size();
    const auto [parsed, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc{} || count < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(parsed - text.data()));
    return count;
}

}  // namespace

std::optional<std::chrono::seconds> parse_length_of_time(std::string_view text) {
    const bool has_units = !text.empty() && unit_of(text.back()) != 0;
    std::int64_t sum = 0;
    std::int64_t last_unit = kMostSeconds;
    do {
        const auto count = take_count(text);
        if (!count) return std::nullopt;
        std::int64_t unit = 1;
        if (has_units) {
            unit = text.empty() ? 0 : unit_of(text.front());
            if (unit == 0 || unit >= last_unit) return std::nullopt;
            text.remove_prefix(1);
        } else if (!text.empty()) {
            return std::nullopt;
        }
        if (*count > kMostSeconds / unit) return std::nullopt;
        last_unit = unit;
        sum += *count * unit;
    } while (!text.empty());
    if (sum > kMostSeconds) return std::nullopt;
    return std::chrono::seconds(sum);
}

}  // namespace rescuestream::cli
