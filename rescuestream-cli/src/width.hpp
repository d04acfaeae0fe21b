#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rescuestream::cli {

/// Returns the number of columns that `text` takes on a terminal: two for each wide character (CJK,
/// most emoji), none for a character that is combined with the one before it (a combining accent).
/// A byte that is not UTF-8 takes one. Source: Unicode's East_Asian_Width, as in utf8proc.
std::size_t display_width(std::string_view text) noexcept;

/// Returns `text`, or if it takes more than `width` columns, as much of its beginning as fits with
/// an ellipsis (`…`) behind it. `width` is at least 1.
std::string cut_to_width(std::string_view text, std::size_t width);

}  // namespace rescuestream::cli
