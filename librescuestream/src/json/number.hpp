#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace rescuestream::json {

/// The value of a number in a JSON text. A whole number has the first type into which it fits.
using Number = std::variant<std::int64_t, std::uint64_t, double>;

/// Maximum of characters of a number, and of digits of its exponent.
inline constexpr std::size_t kMaxNumberLength = 64;
inline constexpr std::size_t kMaxExponentDigits = 4;

/// Reads a number whose form the parser has checked. RapidJSON's own number parser reads beyond its
/// tables if an exponent is extreme (CVE-2024-38517), so it never gets a number of an untrusted
/// text. Returns an empty optional for a number that is too long or larger than any double; a
/// number that is smaller than any double is 0.
std::optional<Number> read_number(std::string_view text) noexcept;

}  // namespace rescuestream::json
