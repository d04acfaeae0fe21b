#include "output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ostream>

#include "media/mediamtx/words.hpp"
#include "settings.hpp"
#include "support/text.hpp"
#include "times.hpp"
#include "width.hpp"

namespace rescuestream::cli {
namespace {

using std::chrono::microseconds;

std::string_view escape_of(Colour colour) noexcept {
    switch (colour) {
        case Colour::kNone:
            return "";
        case Colour::kGood:
            return "\x1b[32m";
        case Colour::kWarning:
            return "\x1b[33m";
        case Colour::kBad:
            return "\x1b[31m";
        case Colour::kFaint:
            return "\x1b[2m";
    }
    return "";
}

void append_cell(std::string& out, const Cell& cell, std::size_t width, bool coloured) {
    const std::string_view escape = coloured ? escape_of(cell.colour) : "";
    out += escape;
    out += cell.text;
    if (!escape.empty()) out += "\x1b[0m";
    const std::size_t used = display_width(cell.text);
    if (used < width) out.append(width - used, ' ');
}

constexpr std::size_t kGap = 2;  // between two columns of a table

}  // namespace

bool use_colour(const Host& host) {
    return host.out_is_terminal && !environment_text(host, "NO_COLOR") &&
           environment_text(host, "TERM").value_or("") != "dumb";
}

std::string printable(std::string_view text) {
    return escape_unprintable(redact_key_values(text));
}

std::string counted(std::size_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string show_duration(microseconds duration) {
    struct Unit {
        std::int64_t seconds;
        std::string_view name;
    };
    static constexpr std::array<Unit, 4> kUnits{
        {{86'400, "d"}, {3'600, "h"}, {60, "min"}, {1, "s"}}};
    std::int64_t rest =
        std::max<std::int64_t>(0, std::chrono::floor<std::chrono::seconds>(duration).count());
    std::string out;
    int parts = 0;
    for (const auto& unit : kUnits) {
        const std::int64_t count = rest / unit.seconds;
        rest %= unit.seconds;
        if (count == 0 && parts == 0) continue;
        if (count != 0) out += fmt::format("{}{} {}", out.empty() ? "" : " ", count, unit.name);
        if (++parts == 2) break;
    }
    return out.empty() ? "0 s" : out;
}

std::string show_time(Timestamp time, Timestamp now) {
    const auto shown = show_moment(time);
    if (time <= now) return fmt::format("{} ({} ago)", shown, show_duration(now - time));
    // Rounded up, so that a time that was just set to thirty days is shown as "in 30 d".
    const auto distance = std::chrono::ceil<std::chrono::seconds>(time - now);
    return fmt::format("{} (in {})", shown, show_duration(distance));
}

std::string show_time(const std::optional<Timestamp>& time, Timestamp now) {
    return time ? show_time(*time, now) : "-";
}

Table::Table(std::vector<std::string> titles) {
    std::vector<Cell> row;
    row.reserve(titles.size());
    for (auto& title : titles) row.emplace_back(std::move(title), Colour::kFaint);
    rows_.push_back(std::move(row));
}

void Table::add(std::vector<Cell> row) {
    for (auto& cell : row) cell.text = printable(cell.text);
    rows_.push_back(std::move(row));
}

std::vector<std::size_t> Table::widths() const {
    std::vector<std::size_t> widths(rows_.front().size(), 0);
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], display_width(row[i].text));
        }
    }
    return widths;
}

void Table::fit(std::size_t width, const std::vector<std::size_t>& narrowest) {
    const auto before = widths();
    auto after = before;
    std::size_t total = kGap * (after.size() - 1);
    for (const auto each : after) total += each;
    while (total > width) {
        std::optional<std::size_t> widest;
        for (std::size_t i = 0; i < after.size(); ++i) {
            if (narrowest[i] == 0 || after[i] <= narrowest[i]) continue;
            if (!widest || after[i] > after[*widest]) widest = i;
        }
        if (!widest) break;  // a narrow terminal wraps the lines
        --after[*widest];
        --total;
    }
    for (auto& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (after[i] < before[i]) row[i].text = cut_to_width(row[i].text, after[i]);
        }
    }
}

std::string Table::text(bool coloured) const {
    const auto columns = widths();
    std::string out;
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            const bool last = i + 1 == row.size();
            append_cell(out, row[i], last ? 0 : columns[i] + kGap, coloured);
        }
        out += '\n';
    }
    return out;
}

void Table::print(const Host& host) const {
    host.out << text(use_colour(host));
}

void Details::add(std::string name, Cell value) {
    value.text = printable(value.text);
    lines_.emplace_back(std::move(name), std::move(value));
}

void Details::add_secret(std::string name, std::string_view text) {
    lines_.emplace_back(std::move(name), escape_unprintable(text));
}

void Details::print(const Host& host) const {
    std::size_t width = 0;
    for (const auto& line : lines_) width = std::max(width, display_width(line.first));
    const bool coloured = use_colour(host);
    std::string out;
    for (const auto& [name, value] : lines_) {
        append_cell(out, Cell(name, Colour::kFaint), width + kGap, coloured);
        append_cell(out, value, 0, coloured);
        out += '\n';
    }
    host.out << out;
}

Cell show_status(const StreamKey& key, Timestamp now) {
    switch (key.status_at(now)) {
        case StreamKeyStatus::kRevoked:
            return {"revoked", Colour::kBad};
        case StreamKeyStatus::kExpired:
            return {"expired", Colour::kWarning};
        case StreamKeyStatus::kActive:
            break;
    }
    if (key.disabled || key.broadcaster_disabled) return {"disabled", Colour::kWarning};
    if (key.blocked_until && *key.blocked_until > now) {
        const auto rest = std::chrono::ceil<std::chrono::seconds>(*key.blocked_until - now);
        return {"blocked for " + show_duration(rest), Colour::kWarning};
    }
    return {"active", Colour::kGood};
}

Cell show_state(const Stream& stream) {
    switch (stream.state) {
        case StreamState::kLive:
            if (stream.not_playable_reason) return {"live, not playable", Colour::kWarning};
            return {"live", Colour::kGood};
        case StreamState::kReconnecting:
            return {"reconnecting", Colour::kWarning};
        case StreamState::kUnknown:
            return {"unknown", Colour::kWarning};
        case StreamState::kEnded:
            break;
    }
    if (!stream.end_reason) return {"ended", Colour::kFaint};
    return {"ended: " + spoken(to_string(*stream.end_reason)), Colour::kFaint};
}

std::string spoken(std::string_view word) {
    std::string out(word);
    std::replace(out.begin(), out.end(), '_', ' ');
    return out;
}

std::string show_bitrate(std::uint64_t bits_per_second) {
    const auto value = static_cast<double>(bits_per_second);
    if (value >= 1e6) return fmt::format("{:.1f} Mbit/s", value / 1e6);
    return fmt::format("{:.0f} kbit/s", value / 1e3);
}

std::string show_bytes(std::uint64_t bytes) {
    const auto value = static_cast<double>(bytes);
    if (value >= 1e9) return fmt::format("{:.1f} GB", value / 1e9);
    if (value >= 1e6) return fmt::format("{:.1f} MB", value / 1e6);
    return fmt::format("{:.0f} kB", value / 1e3);
}

std::string show_gap(std::chrono::milliseconds gap) {
    constexpr std::chrono::seconds kShort{10};
    if (gap >= kShort) return show_duration(gap);
    return fmt::format("{:.1f} s", std::chrono::duration<double>(gap).count());
}

std::string show_protocol(const std::optional<std::string>& source_type) {
    if (!source_type || source_type->empty()) return "-";
    return mediamtx::display_name(*source_type);
}

}  // namespace rescuestream::cli
