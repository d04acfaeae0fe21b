#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Patterns of path names, for settings that apply to some paths only.
///
/// A pattern is a path name in which `*` stands for any characters within one segment (also for
/// none), and a segment `**` for one or more whole segments: `cam/*` matches `cam/1` but not
/// `cam/1/low`, which `cam/**` matches too; `cam*/low` matches `cam7/low`. A pattern matches a
/// whole name, and case counts.
///
/// Thread-safety: all functions may be called from any thread.
namespace rescuestream::rules {

/// Returns what is wrong with a pattern, as the end of a sentence. Empty: it can be used.
std::optional<std::string> check_path_pattern(std::string_view pattern);

/// Precondition: `check_path_pattern` finds nothing wrong with the pattern.
bool matches(std::string_view pattern, std::string_view path) noexcept;
/// Returns whether one of the patterns matches.
bool matches_any(const std::vector<std::string>& patterns, std::string_view path) noexcept;

}  // namespace rescuestream::rules
