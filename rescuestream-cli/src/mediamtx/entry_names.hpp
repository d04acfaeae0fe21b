#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

/// Names of MediaMTX's path entries: a path, an expression ("~^live/"), or a word for all others.
/// MediaMTX reads expressions with Go's regexp, whose syntax and speed are those of RE2, with which
/// they are read here: no expression takes longer than the length of the path.
namespace rescuestream::cli {

bool is_catch_all_entry(std::string_view name) noexcept;  ///< all, all_others, ~^.*$
/// Returns whether `name` ("~…") is an expression that can be read.
bool is_readable_expression(std::string_view name);

/// Returns the place of the entry that applies to `path`, in MediaMTX's order: the exact name, the
/// expressions by name, the words for all others. An expression that cannot be read applies to
/// nothing. Empty: MediaMTX refuses the path.
std::optional<std::size_t> entry_for(const std::vector<std::string_view>& names,
                                     std::string_view path);

}  // namespace rescuestream::cli
