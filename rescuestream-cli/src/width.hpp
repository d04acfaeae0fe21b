#pragma once

#include <cstddef>
#include <string_view>

namespace rescuestream::cli {

/// Returns the number of columns that `text` takes on a terminal: two for each wide character (CJK,
/// most emoji), none for a character that is combined with the one before it (a combining accent).
/// A byte that is not UTF-8 takes one. Source: Unicode's East_Asian_Width, as in utf8proc.
std::size_t display_width(std::string_view text) noexcept;

}  // namespace rescuestream::cli
