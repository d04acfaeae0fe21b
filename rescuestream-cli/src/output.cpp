#include "output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <ostream>

#include "media/mediamtx/words.hpp"
#include "settings.hpp"
#include "support/text.hpp"
#include "width.hpp"

namespace rescuestream::cli {
namespace {

using std::chrono::microseconds;

bool use_colour(const Host& host) {
    return host.out_is_terminal && !environment_text(host, "NO_COLOR") &&
           environment_text(host, "TERM").value_or("") != "dumb";
}

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

void print_cell(std::ostream& out, const Cell& cell, std::size_t width, bool coloured) {
    const std::string_view escape = coloured ? escape_of(cell.colour) : "";
    out << escape << cell.text;
    if (!escape.empty()) out << "\x1b[0m";
    for (std::size_t used = display_width(cell.text); used < width; ++used) out << ' ';
}

}  // namespace

std::string printable(std::string_view text) {
    return escape_unprintable(redact_key_values(text));
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
    const std::time_t seconds =
        std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
    std::tm local{};
    if (::localtime_r(&seconds, &local) == nullptr) return format_rfc3339(time);
    std::array<char, 32> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &local);
    const std::string_view shown(text.data(), size);
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

void Table::print(const Host& host) const {
    std::vector<std::size_t> widths(rows_.front().size(), 0);
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], display_width(row[i].text));
        }
    }
    const bool coloured = use_colour(host);
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            const bool last = i + 1 == row.size();
            print_cell(host.out, row[i], last ? 0 : widths[i] + 2, coloured);
        }
        host.out << '\n';
    }
}

void Details::add(std::string name, Cell value) {
    value.text = printable(value.text);
    lines_.emplace_back(std::move(name), std::move(value));
}

void Details::print(const Host& host) const {
    std::size_t width = 0;
    for (const auto& line : lines_) width = std::max(width, display_width(line.first));
    const bool coloured = use_colour(host);
    for (const auto& [name, value] : lines_) {
        print_cell(host.out, Cell(name, Colour::kFaint), width + 2, coloured);
        print_cell(host.out, value, 0, coloured);
        host.out << '\n';
    }
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
    if (key.blocked_until && *key.blocked_until > now) return {"blocked", Colour::kWarning};
    return {"active", Colour::kGood};
}

Cell show_state(const Stream& stream) {
    switch (stream.state) {
        case StreamState::kLive:
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
