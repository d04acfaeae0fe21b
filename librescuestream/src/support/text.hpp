#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace rescuestream {

/// Well-formed UTF-8 (no surrogates, no overlong forms) without a NUL character.
bool is_clean_utf8(std::string_view text) noexcept;

/// Number of code points. Precondition: `is_clean_utf8(text)`.
std::size_t count_characters(std::string_view text) noexcept;

/// Empty, or nothing but white space (Unicode's, no-break and zero-width space included).
bool is_blank(std::string_view text) noexcept;

/// True when a character below U+0020, or U+007F, is in it.
bool has_control_character(std::string_view text) noexcept;

/// `text` as a person may see it, on one line: control characters (C1 too), line and paragraph
/// separators and marks that turn the direction of writing become escapes (`\n`, `\u202e`), a byte
/// that is no UTF-8 becomes `\xff`. Nothing else changes, so a backslash of the text stays one.
std::string escape_unprintable(std::string_view text);

/// `text`, or as many whole characters of its beginning as have at most `max` bytes together.
/// Precondition: `is_clean_utf8(text)`.
std::string shortened(std::string_view text, std::size_t max);

/// What a number of seconds is in larger units, to stand behind it: " (30 min)", " (24 h)". Empty
/// below two minutes, and for what is no whole number of minutes.
std::string in_units(std::chrono::seconds duration);

}  // namespace rescuestream
