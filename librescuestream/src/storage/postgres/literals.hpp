#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rescuestream::postgres {

/// Values in PostgreSQL's text format; empty for NULL.
using Texts = std::vector<std::optional<std::string>>;

/// Returns a literal for a text that is valid UTF-8 without NUL. It means the same whatever
/// standard_conforming_strings is, and may stand directly after a word.
std::string literal_of(const std::optional<std::string>& text);

/// Returns `statement` with literals in place of `$1`, `$2`, …, so that it can be sent together
/// with other statements. What stands between single quotes is not changed. Throws
/// std::out_of_range for a parameter without a value.
std::string with_literals(std::string_view statement, const Texts& texts);

}  // namespace rescuestream::postgres
