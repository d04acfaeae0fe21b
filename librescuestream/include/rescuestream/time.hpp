#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace rescuestream {

/// A moment in UTC with microsecond resolution: what every backend stores and every answer shows.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// `2026-01-17T10:00:00.123456Z` (RFC 3339, UTC, always six fractional digits).
std::string format_rfc3339(Timestamp time);

/// Reads RFC 3339 with any offset and any number of fractional digits (digits beyond the sixth are
/// cut off). Empty for anything else: a missing offset, a date out of the calendar, a year outside
/// 1..9999, a leap second. Source: RFC 3339 section 5.6.
std::optional<Timestamp> parse_rfc3339(std::string_view text);

/// The source of "now". Inject one to test what depends on time.
///
/// Thread-safety: implementations are called from any thread.
class Clock {
public:
    virtual ~Clock() = default;

    /// Wall time: what is stored and shown. May step.
    virtual Timestamp now() const = 0;

    /// Time for measuring waits. Never steps back.
    virtual std::chrono::steady_clock::time_point steady_now() const = 0;
};

/// The machine's clock. Lives for the whole program.
const Clock& system_clock();

}  // namespace rescuestream
