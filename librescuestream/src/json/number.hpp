#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace rescuestream::json {

/// What a number of a JSON text can be. A whole number is of the first type that it fits in.
using Number = std::variant<std::int64_t, std::uint64_t, double>;

/// The most characters that a number may have, and the most digits of its exponent.
inline constexpr std::size_t kMaxNumberLength = 64;
inline constexpr std::size_t kMaxExponentDigits = 4;

/// Reads a number whose form the parser has checked. RapidJSON's own reader of numbers reads beyond
/// its tables when an exponent is extreme (CVE-2024-38517), so no text from outside ever reaches
/// it. Empty for a number that is too long, or larger than a double can be; what is smaller than
/// any double is 0.
std::optional<Number> read_number(std::string_view text) noexcept;

}  // namespace rescuestream::json
