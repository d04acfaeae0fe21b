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

/// Returns `text` in a form that is safe on a terminal: key values are masked, and control
/// characters and marks of text direction are escaped, so that a name cannot move the cursor or
/// imitate another one.
std::string printable(std::string_view text);

/// Returns "1 error" or "2 errors": a number with its noun, which takes an s.
std::string counted(std::size_t count, std::string_view noun);

/// Returns "3 h 5 min", with at most two units; "0 s" for less than a second.
std::string show_duration(std::chrono::microseconds duration);
/// Returns local time with its distance from now: "2026-01-17 11:00:05 CET (3 h ago)", "… (in 2
/// d)".
std::string show_time(Timestamp time, Timestamp now);
/// Does the same; returns "-" if there is no time.
std::string show_time(const std::optional<Timestamp>& time, Timestamp now);

enum class Colour { kNone, kGood, kWarning, kBad, kFaint };

struct Cell {
    Cell(std::string content, Colour paint = Colour::kNone)
        : text(std::move(content)), colour(paint) {}
    Cell(const char* content) : text(content) {}
    Cell() = default;

    std::string text;
    Colour colour = Colour::kNone;
};

/// Whether the output may have colours.
bool use_colour(const Host& host);

/// A table for people. Each column is as wide as its longest cell.
class Table {
public:
    explicit Table(std::vector<std::string> titles);
    void add(std::vector<Cell> row);
    /// Cuts cells until the table takes at most `width` columns of a terminal, the widest column
    /// first, but none below its `narrowest` width. A column with 0 is not cut.
    void fit(std::size_t width, const std::vector<std::size_t>& narrowest);
    std::string text(bool coloured) const;
    void print(const Host& host) const;

private:
    std::vector<std::size_t> widths() const;

    std::vector<std::vector<Cell>> rows_;
};

/// The details of one record for people: a name and a value per line, with the values in one
/// column.
class Details {
public:
    void add(std::string name, Cell value);
    /// For a text that holds a secret which is meant to be shown, this once.
    void add_secret(std::string name, std::string_view text);
    void print(const Host& host) const;

private:
    std::vector<std::pair<std::string, Cell>> lines_;
};

/// Returns a status word with its colour.
Cell show_status(const StreamKey& key, Timestamp now);
Cell show_state(const Stream& stream);

/// Returns "key_revoked" as "key revoked".
std::string spoken(std::string_view word);
/// "2.5 Mbit/s"
std::string show_bitrate(std::uint64_t bits_per_second);
/// "12.3 MB"
std::string show_bytes(std::uint64_t bytes);
/// "0.4 s", "12 s", "3 min 5 s"
std::string show_gap(std::chrono::milliseconds gap);

/// Returns "rtmpConn" as "RTMP"; "-" when the type is unknown.
std::string show_protocol(const std::optional<std::string>& source_type);

}  // namespace rescuestream::cli
