#pragma once

#include <cstddef>
#include <string_view>

namespace rescuestream::cli {

/// Columns that `text` takes on a terminal: two for each character of the wide ones (CJK, most
/// emoji), none for one that is written onto the one before it (a combining accent). A byte that is
/// no UTF-8 takes one. Source: Unicode's East_Asian_Width, as utf8proc has it.
std::size_t display_width(std::string_view text) noexcept;

}  // namespace rescuestream::cli
