#pragma once

#include <string>
#include <string_view>

#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

/// Times and lengths of time as people write and read them. Local time is that of the environment
/// (TZ, else /etc/localtime).
namespace rescuestream::cli {

/// Returns local time with its zone: "2026-01-17 11:00:05 CET".
std::string show_moment(Timestamp time);
/// Returns how far away a time is, in one unit: "3 h ago", "in 2 d".
std::string show_distance(Timestamp time, Timestamp now);
/// Returns when something expires: "Fri 27 Nov 23:59 CET, in 3 h". The year is shown if it is
/// another one than that of `now`.
std::string show_expiry(Timestamp time, Timestamp now);

/// Reads a time in the future: RFC 3339; a length of time from now with a unit; or in local time
/// `tonight` and `tomorrow` (23:59 of that day), `23:59` (today), a date (23:59 of that day), or a
/// date with a time, such as 2026-12-01T10:00. kInvalidArgument, which names `option`: it cannot be
/// read, it is past, or the clocks are changed so that this local time does not exist or occurs
/// twice.
Result<Timestamp> parse_future(std::string_view text, std::string_view option, Timestamp now);

/// Reads a time in the past: the same forms, where a date is the beginning of its day, and a length
/// of time is counted back from now. A time in the future is no error.
Result<Timestamp> parse_past(std::string_view text, std::string_view option, Timestamp now);

}  // namespace rescuestream::cli
