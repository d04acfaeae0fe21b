#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace rescuestream {

/// A point in time in UTC with a resolution of one microsecond, as every backend stores it.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// Returns for example `2026-01-17T10:00:00.123456Z` (RFC 3339, UTC, always six fractional digits).
std::string format_rfc3339(Timestamp time);

/// Reads RFC 3339 with any offset and any number of fractional digits (digits after the sixth are
/// dropped). Returns an empty optional for anything else: a missing offset, a date that does not
/// exist, a year outside 1..9999, a leap second. Source: RFC 3339 section 5.6.
std::optional<Timestamp> parse_rfc3339(std::string_view text);

/// The source of the present time. Tests inject one to control it.
///
/// Thread-safety: implementations are called from any thread.
class Clock {
public:
    virtual ~Clock() = default;

    /// Returns the wall time, which is stored and shown. It may jump.
    virtual Timestamp now() const = 0;

    /// Returns a time for measuring durations. It never goes backwards.
    virtual std::chrono::steady_clock::time_point steady_now() const = 0;
};

/// The machine's clock. It exists as long as the program.
const Clock& system_clock();

}  // namespace rescuestream
