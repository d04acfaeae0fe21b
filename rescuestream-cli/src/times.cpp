#include "times.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <ctime>
#include <vector>

#include "invalid.hpp"
#include "length_of_time.hpp"
#include "output.hpp"
#include "support/time_range.hpp"

namespace rescuestream::cli {
namespace {

using std::chrono::seconds;

struct Unit {
    std::int64_t seconds;
    char letter;
    std::string_view name;
};
constexpr std::array<Unit, 5> kUnits{{{7 * 86'400, 'w', "w"},
                                      {86'400, 'd', "d"},
                                      {3'600, 'h', "h"},
                                      {60, 'm', "min"},
                                      {1, 's', "s"}}};

std::time_t seconds_of(Timestamp time) {
    return std::chrono::floor<seconds>(time).time_since_epoch().count();
}

std::optional<std::tm> local_of(Timestamp time) {
    const std::time_t count = seconds_of(time);
    std::tm local{};
    if (::localtime_r(&count, &local) == nullptr) return std::nullopt;
    return local;
}

std::string formatted(const std::tm& time, const char* format) {
    std::array<char, 64> text{};
    return {text.data(), std::strftime(text.data(), text.size(), format, &time)};
}

// Reads `digits` digits at the beginning of `text`, and removes them.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
    int number = 0;
    if (text.size() < digits) return std::nullopt;
    const char* end = text.data() + digits;
    const auto [parsed, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || parsed != end || number < 0) return std::nullopt;
    text.remove_prefix(digits);
    return number;
}

bool take(std::string_view& text, std::string_view characters) {
    if (text.empty() || characters.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

// "10:00" or "10:00:30", to the end of `text`.
bool read_clock(std::string_view text, std::tm& time) {
    const auto hour = take_number(text, 2);
    if (!hour || !take(text, ":")) return false;
    const auto minute = take_number(text, 2);
    if (!minute || *hour > 23 || *minute > 59) return false;
    time.tm_hour = *hour;
    time.tm_min = *minute;
    time.tm_sec = 0;
    if (text.empty()) return true;
    if (!take(text, ":")) return false;
    const auto second = take_number(text, 2);
    if (!second || *second > 59 || !text.empty()) return false;
    time.tm_sec = *second;
    return true;
}

// "2026-12-01" at the beginning of `text`, and removes it.
bool read_date(std::string_view& text, std::tm& time) {
    const auto year = take_number(text, 4);
    if (!year || !take(text, "-")) return false;
    const auto month = take_number(text, 2);
    if (!month || !take(text, "-")) return false;
    const auto day = take_number(text, 2);
    if (!day) return false;
    const std::chrono::year_month_day date{std::chrono::year(*year),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return false;
    time.tm_year = *year - 1900;
    time.tm_mon = *month - 1;
    time.tm_mday = *day;
    return true;
}

enum class OfDay { kBegin, kEnd };

void set_clock(std::tm& time, OfDay of_day) {
    time.tm_hour = of_day == OfDay::kBegin ? 0 : 23;
    time.tm_min = of_day == OfDay::kBegin ? 0 : 59;
    time.tm_sec = 0;
}

// Reads one of the forms in local time.
std::optional<std::tm> read_local(std::string_view text, Timestamp now, OfDay of_day) {
    auto time = local_of(now);
    if (!time) return std::nullopt;
    if (text == "tonight" || text == "tomorrow") {
        set_clock(*time, OfDay::kEnd);
        if (text == "tomorrow") ++time->tm_mday;
        return time;
    }
    if (read_clock(text, *time)) return time;
    if (!read_date(text, *time)) return std::nullopt;
    set_clock(*time, of_day);
    if (text.empty()) return time;
    if (!take(text, "T ") || !read_clock(text, *time)) return std::nullopt;
    return time;
}

// The moments at which the clocks show this local time: usually one.
std::vector<std::time_t> moments_of(const std::tm& wanted) {
    std::vector<std::time_t> moments;
    for (const int is_dst : {0, 1}) {
        std::tm time = wanted;
        time.tm_isdst = is_dst;
        const std::time_t moment = std::mktime(&time);
        std::tm shown{};
        if (moment == -1 || ::localtime_r(&moment, &shown) == nullptr) continue;
        // mktime corrects a time that the clocks do not show, and days beyond the end of a month.
        const bool is_it = shown.tm_isdst == is_dst && shown.tm_hour == wanted.tm_hour &&
                           shown.tm_min == wanted.tm_min;
        if (is_it) moments.push_back(moment);
    }
    return moments;
}

Result<Timestamp> moment_of(const std::tm& wanted, std::string_view text, std::string_view option) {
    const auto moments = moments_of(wanted);
    if (moments.size() == 1) return Timestamp(seconds(moments.front()));
    const char* why = moments.empty() ? "does not exist on that day, because the clocks are put "
                                        "forward"
                                      : "occurs twice on that day, because the clocks are put back";
    return invalid(
        fmt::format("{}: {} {}. Write it with its offset, such as 2026-10-25T02:30:00+01:00.",
                    option, printable(text), why));
}

bool has_unit(std::string_view text) {
    return !text.empty() && (text.back() < '0' || text.back() > '9');
}

Error unreadable(std::string_view option, std::string_view distance) {
    return invalid(
        fmt::format("{}: must be a moment such as 2026-12-01T00:00:00Z, a local time such as "
                    "23:59, 2026-12-01, "
                    "2026-12-01T10:00, tonight or tomorrow, or {}, such as 8h or 30d.",
                    option, distance));
}

}  // namespace

std::string show_moment(Timestamp time) {
    const auto local = local_of(time);
    return local ? formatted(*local, "%Y-%m-%d %H:%M:%S %Z") : format_rfc3339(time);
}

std::string show_distance(Timestamp time, Timestamp now) {
    const bool is_past = time <= now;
    const std::int64_t distance = is_past ? std::chrono::floor<seconds>(now - time).count()
                                          : std::chrono::ceil<seconds>(time - now).count();
    for (const auto& unit : kUnits) {
        if (unit.letter == 'w') continue;  // people count in days
        if (distance < unit.seconds && unit.letter != 's') continue;
        // Rounded, so that eight hours that began a second ago are shown as "in 8 h".
        if (!is_past) {
            return fmt::format("in {} {}", (distance + unit.seconds / 2) / unit.seconds, unit.name);
        }
        return fmt::format("{} {} ago", distance / unit.seconds, unit.name);
    }
    return "now";
}

std::string show_expiry(Timestamp time, Timestamp now) {
    const auto local = local_of(time);
    const auto today = local_of(now);
    if (!local || !today) return show_time(time, now);
    const bool is_this_year = local->tm_year == today->tm_year;
    const std::string shown =
        fmt::format("{} {} {}", formatted(*local, "%a"), local->tm_mday,
                    formatted(*local, is_this_year ? "%b %H:%M %Z" : "%b %Y %H:%M %Z"));
    if (time <= now) return fmt::format("{}, {}", shown, show_distance(time, now));
    const auto distance = std::chrono::ceil<seconds>(time - now);
    return fmt::format("{}, in {}", shown, show_duration(distance));
}

Result<Timestamp> parse_future(std::string_view text, std::string_view option, Timestamp now) {
    if (const auto length = has_unit(text) ? parse_length_of_time(text) : std::nullopt;
        length && length->count() > 0) {
        if (is_in_written_years(now + *length)) return now + *length;
        return invalid(fmt::format("{}: must lie before the year 10000.", option));
    }
    if (const auto time = parse_rfc3339(text)) return *time;
    const auto local = read_local(text, now, OfDay::kEnd);
    if (!local) return unreadable(option, "a length of time from now");
    auto moment = moment_of(*local, text, option);
    if (moment && *moment <= now) {
        return invalid(fmt::format("{}: {} is past: that was {}, and it is {} now.", option,
                                   printable(text), show_moment(*moment), show_moment(now)));
    }
    return moment;
}

Result<Timestamp> parse_past(std::string_view text, std::string_view option, Timestamp now) {
    if (const auto length = has_unit(text) ? parse_length_of_time(text) : std::nullopt;
        length && length->count() > 0) {
        if (is_in_written_years(now - *length)) return now - *length;
        return invalid(fmt::format("{}: must not lie before the year 1.", option));
    }
    if (const auto time = parse_rfc3339(text)) return *time;
    const auto local = read_local(text, now, OfDay::kBegin);
    if (!local) return unreadable(option, "how long ago");
    return moment_of(*local, text, option);
}

}  // namespace rescuestream::cli
