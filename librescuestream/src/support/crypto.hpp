#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rescuestream {

using Sha256Digest = std::array<std::uint8_t, 32>;

Sha256Digest sha256(std::string_view data);
Sha256Digest hmac_sha256(std::string_view key, std::string_view message);

/// PBKDF2 with HMAC-SHA-256: a digest that is slow by the number of rounds, for short secrets.
Sha256Digest pbkdf2_sha256(std::string_view secret, std::string_view salt, int rounds);

/// Returns lower-case hexadecimal digits.
std::string to_hex(std::span<const std::uint8_t> bytes);
/// Reads upper and lower case. Empty: the length is odd, or a character is not a digit.
std::optional<std::string> from_hex(std::string_view hex);
/// The same into `bytes`. Returns false if the length differs or a character is not a digit.
bool from_hex(std::string_view hex, std::span<std::uint8_t> bytes) noexcept;

/// RFC 4648 section 5, without padding.
std::string base64url_encode(std::span<const std::uint8_t> bytes);
/// Empty for padding, a foreign character or an impossible length.
std::optional<std::string> base64url_decode(std::string_view text);
/// RFC 4648 section 4 with padding (HTTP Basic); empty when malformed.
std::optional<std::string> base64_decode(std::string_view text);
std::string base64_encode(std::string_view bytes);

/// Compares in constant time for texts of the same length.
bool constant_time_equal(std::string_view a, std::string_view b) noexcept;

}  // namespace rescuestream
