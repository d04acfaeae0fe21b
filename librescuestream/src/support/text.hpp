#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rescuestream {

/// Returns true for valid UTF-8 (no surrogates, no overlong forms) without a NUL character.
bool is_clean_utf8(std::string_view text) noexcept;

/// Number of code points. Precondition: `is_clean_utf8(text)`.
std::size_t count_characters(std::string_view text) noexcept;

/// Empty, or nothing but white space (Unicode's, no-break and zero-width space included).
bool is_blank(std::string_view text) noexcept;

/// Returns true if it contains a character below U+0020, or U+007F.
bool has_control_character(std::string_view text) noexcept;

/// Returns `text` in a form that is safe to show on one line: control characters (including C1),
/// line and paragraph separators and bidirectional marks become escapes (`\n`, `\u202e`), and an
/// invalid byte becomes `\xff`. Everything else is unchanged, also backslashes.
std::string escape_unprintable(std::string_view text);

/// Returns the longest beginning of `text` that has at most `max` bytes and ends after a complete
/// character. Precondition: `is_clean_utf8(text)`.
std::string shortened(std::string_view text, std::size_t max);

/// Returns a number of seconds in larger units, to be appended to it: " (30 min)", " (24 h)". Empty
/// below two minutes and if it is not a whole number of minutes.
std::string in_units(std::chrono::seconds duration);

/// "a, b or c"
std::string listed(const std::vector<std::string>& words);

}  // namespace rescuestream
