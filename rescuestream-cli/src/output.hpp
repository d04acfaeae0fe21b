#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream::cli {

/// `text` as it may stand on a terminal: key values masked, control characters and marks of
/// direction as escapes, so that a name cannot move the cursor or look like another one.
std::string printable(std::string_view text);

/// "3 h 5 min", two units at most; "0 s" for less than a second.
std::string show_duration(std::chrono::microseconds duration);
/// Local time with its distance: "2026-01-17 11:00:05 (3 h ago)", "… (in 2 d)".
std::string show_time(Timestamp time, Timestamp now);
/// As above; "-" for none.
std::string show_time(const std::optional<Timestamp>& time, Timestamp now);

enum class Colour { kNone, kGood, kWarning, kBad, kFaint };

struct Cell {
    Cell(std::string content, Colour paint = Colour::kNone)
        : text(std::move(content)), colour(paint) {}
    Cell(const char* content) : text(content) {}

    std::string text;
    Colour colour = Colour::kNone;
};

/// Columns for people, as wide as their longest cell.
class Table {
public:
    explicit Table(std::vector<std::string> titles);
    void add(std::vector<Cell> row);
    void print(const Host& host) const;

private:
    std::vector<std::vector<Cell>> rows_;
};

/// One thing for people: a name and a value per line, values in one column.
class Details {
public:
    void add(std::string name, Cell value);
    void print(const Host& host) const;

private:
    std::vector<std::pair<std::string, Cell>> lines_;
};

/// Status words with their colours.
Cell show_status(const StreamKey& key, Timestamp now);
Cell show_state(const Stream& stream);

/// "key_revoked" as "key revoked".
std::string spoken(std::string_view word);
/// "2.5 Mbit/s"
std::string show_bitrate(std::uint64_t bits_per_second);
/// "12.3 MB"
std::string show_bytes(std::uint64_t bytes);
/// "0.4 s", "12 s", "3 min 5 s"
std::string show_gap(std::chrono::milliseconds gap);

/// "rtmpConn" as "RTMP"; "-" when nothing is known.
std::string show_protocol(const std::optional<std::string>& source_type);

}  // namespace rescuestream::cli
