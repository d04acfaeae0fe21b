#pragma once

namespace rescuestream {

/// Classes of ASCII characters. Unlike <cctype> they depend on no locale, and they take every char.
constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
constexpr bool is_lower(char c) noexcept {
    return c >= 'a' && c <= 'z';
}
constexpr bool is_upper(char c) noexcept {
    return c >= 'A' && c <= 'Z';
}
constexpr bool is_alphanumeric(char c) noexcept {
    return is_digit(c) || is_lower(c) || is_upper(c);
}
/// The alphabet of base64url (RFC 4648, section 5), without padding.
constexpr bool is_base64url(char c) noexcept {
    return is_alphanumeric(c) || c == '-' || c == '_';
}

}  // namespace rescuestream
